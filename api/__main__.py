"""`python -m api` is `jiezhi`."""

import signal

# Ctrl-C while modules are still being read ends the process without a word.
signal.signal(signal.SIGINT, signal.SIG_DFL)

from api.cli import main  # noqa: E402

signal.signal(signal.SIGINT, signal.default_int_handler)
main()
