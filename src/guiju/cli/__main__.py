"""`python -m guiju.cli`: the command without its script, as the supervisor starts its children."""

from guiju.cli import main

main(prog_name="guiju")
