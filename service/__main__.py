"""`python -m service` in a checkout does what the `procsearch` command does."""

from service.cli import cli

cli(prog_name="python -m service")
