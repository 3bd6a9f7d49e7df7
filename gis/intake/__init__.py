"""From upload to publication. Read in this order:

`recognition` finds the registers in what was sent · `rules` say what is wrong with it · `submissions` take it in, check
it and stage it · `changes` compare it with what is in force · `reviews` hold the one table of moves and the decisions ·
`publishing` ends old versions and begins new ones.
"""
