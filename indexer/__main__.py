"""`python -m indexer` in a checkout: the commands that write, without the service."""

from indexer.cli import cli

cli(prog_name="python -m indexer")
