"""The front of house: web, command line, migrations and the sample county."""
