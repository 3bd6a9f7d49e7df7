"""`python -m api` is `jiezhi`."""

from api.cli import main

main()
