"""The kit of every workbook that leaves the house: text that stays text, styles, rows, paper.

`Book` and `Sheet` write it, `Look` says what a cell looks like, `texts` how much room text takes,
`filling` makes a sheet a form.
"""

from .book import Book, Sheet
from .looks import Look, number_format
from .paper import A3, A4, Paper

__all__ = ["A3", "A4", "Book", "Look", "Paper", "Sheet", "number_format"]
