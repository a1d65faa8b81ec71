"""A whole plan as one workbook: what an export writes, an import reads.

`tables` names the sheets in the order in which they need each other; `exporting` fills them,
`importing` reads them into the database through the write path, and `template` explains them.
"""
