"""The invented town みほん市: two plans whose numbers, names and events are all made up.

`goal_1` to `goal_5`, `whole`, `strategy`, `reports`, `sheets`, `verdicts` and `town` are plain
tables; `structure` makes the rows of the plans, `story` tells the years through the write path.
"""
