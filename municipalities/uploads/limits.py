"""How large an upload may be: more than any plan needs, less than fills a server's memory.

A book of entry sheets of a town has some thousand rows of twenty columns.
"""

UPLOAD = 10 * 2**20
"""Bytes of the file."""
UNPACKED = 64 * 2**20
"""Bytes of everything an xlsx holds."""
MEMBERS = 1000
"""Files inside an xlsx."""
TAGS = 6_000_000
"""Elements and ends of elements of one file inside an xlsx."""
SHEETS = 200
ROWS = 100_000
COLUMNS = 1000
CELLS = 1_000_000
"""Rows × columns of all sheets, to the last row and column with content."""
TEXT = 40 * 2**20
"""Bytes of the texts of all cells, as often as they stand there."""
