"""The `procsearch` command: all commands of the indexer, and those of `commands`. Each is loaded once it is needed."""

from __future__ import annotations

import importlib
import os
import sys

import click

from indexer.command_group import EXIT_CODES, ErrorGroup
from service.config import load_config

#: Where the commands of the service are.
_OWN = {
    **dict.fromkeys(("search", "show"), "search"),
    **{name: name for name in ("cluster", "completion", "doctor", "export", "serve", "token")},
    "config": "config",
}
#: The commands of the indexer.
_WRITING = (
    *("backup", "build", "check", "import", "new", "prune", "restore", "rollback"),
    *("run-tasks", "snapshots", "tasks", "verify", "watch"),
)
#: Commands of the indexer that run tasks, or have them run.
_TASK_COMMANDS = ("run-tasks", "watch")
#: What names an engine, or a file that may name one.
_SETTINGS = {"PROCSEARCH_ENGINE", "PROCSEARCH_CONFIG", "--config"}


class ServiceGroup(ErrorGroup):
    """The group that loads its commands, and also explains errors of searching and of settings."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted((*_OWN, *_WRITING))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command; None for a name that is none."""
        if cmd_name in _OWN:
            module = importlib.import_module(f"service.commands.{_OWN[cmd_name]}")
            found: click.Command = getattr(module, "config_command" if cmd_name == "config" else cmd_name)
            return found
        return _writing(cmd_name) if cmd_name in _WRITING else None

    @staticmethod
    def extra_errors() -> tuple[type[Exception], ...]:
        """Errors of the read side."""
        from service.admin.errors import AdminError
        from service.commands.asking import RemoteFailure
        from service.config import ConfigError
        from service.search.errors import SearchError

        return (SearchError, ConfigError, RemoteFailure, AdminError)


def _writing(name: str) -> click.Command:
    from indexer.cli import cli as writing

    # Where a cluster searches, as environment or settings file may say, a build has one more thing to do.
    if name == "build" and _SETTINGS & {*os.environ, *sys.argv}:
        from service.commands.cluster import build_for_cluster

        return build_for_cluster(writing.commands[name])
    return writing.commands[name]


@click.group(cls=ServiceGroup, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="procsearch")
@click.pass_context
def cli(context: click.Context) -> None:
    """Full-text search for medical procedure documents and official codes.

    \b
    First steps:
      procsearch build                 index the shipped documents
      procsearch search "IOP"          search from the command line
      procsearch serve                 search page and API on http://127.0.0.1:8000
    """
    if context.invoked_subcommand in _TASK_COMMANDS:
        from service.task_program import task_program

        context.obj = task_program(load_config(os.environ))
