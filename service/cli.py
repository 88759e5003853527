"""The `procsearch` command: all commands of the indexer, those of `commands`, and serve."""

from __future__ import annotations

import logging
import os
import socket
from contextlib import suppress
from pathlib import Path

import click

from indexer import cli as indexer_cli
from indexer import task_runner
from indexer.options import data_option
from service.admin.errors import AdminError
from service.commands.asking import RemoteFailure
from service.commands.cluster import build_for_cluster, cluster
from service.commands.completion import completion
from service.commands.config import config_command
from service.commands.doctor import doctor
from service.commands.export import export
from service.commands.search import search, show
from service.commands.token import token
from service.config import Config, ConfigError, load_config
from service.search.engines import native
from service.search.errors import SearchError
from service.task_program import task_program
from service.web import logs

_log = logging.getLogger(__name__)

#: Commands of the indexer that run tasks, or have them run.
_TASK_COMMANDS = ("run-tasks", "watch")


class ServiceGroup(indexer_cli.ErrorGroup):
    """The group that also explains errors of searching and of settings."""

    @staticmethod
    def extra_errors() -> tuple[type[Exception], ...]:
        """Errors of the read side."""
        return (SearchError, ConfigError, RemoteFailure, AdminError)


@click.group(cls=ServiceGroup, epilog=indexer_cli.EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
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
        context.obj = task_program(load_config(os.environ))


for _name, _command in indexer_cli.cli.commands.items():
    cli.add_command(_command, _name)
for _command in (search, show, export, doctor, config_command, completion, token, cluster):
    cli.add_command(_command)
cli.add_command(build_for_cluster(indexer_cli.cli.commands["build"]), "build")


@cli.command(
    short_help="Serve the search page and the API.",
    epilog="\b\nExamples:\n  procsearch serve\n  procsearch serve --host 0.0.0.0 --port 80 --workers 2",
)
@click.option("--host", help="Address to listen on.  [env var: PROCSEARCH_HOST; default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65_535), help="[env var: PROCSEARCH_PORT; default: 8000]")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes.  [env var: PROCSEARCH_WORKERS; default: 1]")
@click.option("--debug", is_flag=True, help="Flask's own server with its debugger; never for others to reach.")
@click.option("--watch", is_flag=True, help="Build whenever documents or imports change.")
@data_option
def serve(host: str | None, port: int | None, workers: int | None, debug: bool, watch: bool, data: Path) -> None:
    """Serve the published snapshot until interrupted, and each newer one as soon as it is published."""
    config = load_config(os.environ, host=host, port=port, workers=workers, data=data.absolute())
    _require_free(config)
    _tell_workers(config)
    logs.setup(config.log)
    _log.info("procsearch on http://%s:%s (data: %s)", config.host, config.port, config.data)
    if config.engine == "embedded":
        _prepare_kernel()
    if watch:
        _start_watcher(config)
    # Loading the application or the server takes longer than many a command.
    if debug:
        from service.app import create_app

        create_app(config, logs.request_log(config.log)).run(config.host, config.port, debug=True, use_reloader=False)
    else:
        from service.server import serve as serve_config

        serve_config(config)


def _require_free(config: Config) -> None:
    """Fail before any process starts where the address cannot be had."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((config.host, config.port))
    except OSError as error:
        raise ConfigError(
            f"expected to listen on {config.host}:{config.port}; got {error.strerror}. Choose another with --port."
        ) from error


def _tell_workers(config: Config) -> None:
    """Put into the environment, which server processes read, what options may have said."""
    os.environ["PROCSEARCH_DATA"] = str(config.data)
    os.environ["PROCSEARCH_HOST"], os.environ["PROCSEARCH_PORT"] = config.host, str(config.port)


def _start_watcher(config: Config) -> None:
    """Start a process that watches as long as this one lives."""
    folders = [word for folder in config.corpus for word in ("--corpus", str(folder.absolute()))]
    shipped = "--shipped" if config.shipped == "on" else "--no-shipped"
    chosen = ["--data", str(config.data), "--parent", str(os.getpid()), shipped, *folders]
    task_runner.spawn(["watch", *chosen], task_program(config))


def _prepare_kernel() -> None:
    """Compile what ranks before any worker starts: once after an installation, and not once in each of them."""
    if not native.is_compiled():
        _log.info("Compiling the ranking kernel for this processor; this takes some seconds, once.")
    # Where it cannot be done, the workers say so and rank in numpy.
    with suppress(native.NativeUnavailable):
        native.load()
