"""The command `serve`: checks what can be checked before any process starts, then hands over to the server."""

from __future__ import annotations

import logging
import os
import socket
from contextlib import suppress
from pathlib import Path

import click

from indexer import task_runner
from indexer.options import data_option
from service.config import Config, ConfigError, load_config
from service.search.engines import native
from service.task_program import task_program
from service.web import logs

_log = logging.getLogger(__name__)


@click.command(
    "serve",
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
