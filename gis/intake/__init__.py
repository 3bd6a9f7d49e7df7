"""From upload to publication; read the modules in this order.

`recognition` finds the registers in what was sent · `rules` say what is wrong with it · `checking` puts both together ·
`submissions` take files in and queue the check · `staging` lays the result down · `changes` compare it with what is in
force · `reviews` hold the one table of moves · `publishing` ends old versions and begins new ones · `reports` tell it.
"""
