"""Flat tables in the admin: one row of a table is one row of a CSV or workbook, out and in.

django-import-export gives the pages, columns (`fields`, `widgets`) and export; what comes in is
read by `municipalities.uploads`, checked as a whole and written through the write path.
"""
