"""The entry sheet as a workbook: one per section, to be filled in and brought back.

`layout` says what a workbook looks like to whoever reads it back.
"""
