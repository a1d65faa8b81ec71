"""The API: the tables of open data to ask for by address, filter by filter and page by page.

`resources` says what can be asked for and by what filters, `serializers` what the document of the
API says of it, `views` answer. Rows and values are those of `exchange.open_data`, so the API tells
what its files and the pages tell.
"""
