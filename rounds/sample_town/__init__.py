"""The invented town みほん市: plans whose numbers, names and events are all made up.

`goal_1` to `goal_5`, `whole`, `strategy` and `strategy_revised`, `reports…`, `sheets…`, `reviews`,
`verdicts` and `town` are plain tables; `structure` makes the rows of the plans and `edition` the
strategy's revised edition, `story` tells the years through the write path (`writing`).
"""
