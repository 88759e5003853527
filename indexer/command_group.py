"""A group of commands that tells our errors by a message and an exit code. Exit codes are set only here.

It loads nothing of what commands work with, which takes longer than many a command.
"""

from __future__ import annotations

from typing import Any

import click

from corpus.errors import CorpusError
from indexer.errors import DataError, IndexerError

EXIT_FAILED = 1

EXIT_CODES = """\b
Exit codes:
  0  done
  1  nothing found (search, show), a problem (doctor), or another failure that the message explains
  2  wrong use of the command line
  3  done, but documents were rejected (build), or problems were found (check)
  4  a file was refused; nothing was imported or restored
  5  the data folder cannot be used
  6  another build or import is at work
  7  a snapshot is missing or damaged
  8  the build failed; the published snapshot is untouched
  9  the service that --url names, or the OpenSearch cluster, does not answer or fails
"""


class ErrorGroup(click.Group):
    """A group whose commands end with a message and an exit code where our errors stop them."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; print any error of ours to standard error and exit with its code."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise
        except Exception as error:
            if isinstance(error, (IndexerError, CorpusError, *self.extra_errors())):
                click.echo(f"error: {error}", err=True)
                ctx.exit(getattr(error, "exit_code", EXIT_FAILED))
            if not isinstance(error, OSError):
                raise
            # Whatever the disk refuses beyond what the modules foresee: a full disk, a right that is missing.
            where, why = error.filename or "a file", error.strerror or type(error).__name__
            click.echo(
                f"error: {where}: expected to read or write it; got {why}. Check rights and free space.", err=True
            )
            ctx.exit(DataError.exit_code)

    @staticmethod
    def extra_errors() -> tuple[type[Exception], ...]:
        """Errors beside ours of the write side that a subclass wants to be shown the same way."""
        return ()
