"""Open data: what citizens may read of a plan or a municipality, as files.

`table` and `formats` know no model; `scope` reads what is published; `plan_tables`,
`figure_tables` and `report_tables` declare the tables; `tables` lists them.
"""
