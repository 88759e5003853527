"""Options that several commands have, and how they print JSON."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import orjson

from corpus.errors import Problem
from indexer.build import Summary
from indexer.config_file import VARIABLE, data_folder, own_folders, with_shipped
from indexer.own_documents import corpus_folders

Command = Callable[..., Any]


def data_option(command: Command) -> Command:
    """Add ``--data``, and ``--config``, whose file may name the data folder too."""
    command = click.option(
        "--data",
        type=click.Path(path_type=Path, file_okay=False),
        default=data_folder,
        envvar="PROCSEARCH_DATA",
        show_default="var",
        show_envvar=True,
        help="Folder of imports and snapshots.",
    )(command)
    return config_option(command)


def config_option(command: Command) -> Command:
    """Add ``--config``. What it names holds for this process and for those that it starts."""
    return click.option(
        "--config",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        expose_value=False,
        is_eager=True,
        callback=_use_config,
        help=f"File of settings (TOML).  [env var: {VARIABLE}]",
    )(command)


def _use_config(_context: click.Context, _option: click.Parameter, path: Path | None) -> None:
    if path is not None:
        os.environ[VARIABLE] = str(path.absolute())


def corpus_options(command: Command) -> Command:
    """Add ``--corpus`` and ``--no-shipped``."""
    command = click.option(
        "--shipped/--no-shipped",
        default=with_shipped,
        envvar="PROCSEARCH_SHIPPED",
        show_default="shipped",
        show_envvar=True,
        help="Whether to index the documents that come with procsearch.",
    )(command)
    return click.option(
        "--corpus",
        "folders",
        type=click.Path(path_type=Path, file_okay=False),
        multiple=True,
        default=own_folders,
        metavar="DIR",
        envvar="PROCSEARCH_CORPUS",
        show_envvar=True,
        help="Folder of your own documents; give it once for each folder. A document of yours replaces "
        "a shipped one of the same code.",
    )(command)


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")
wait_option = click.option(
    "--wait", type=click.FloatRange(0), default=0.0, metavar="SECONDS", help="Wait so long for another writer to end."
)


def chosen_folders(folders: tuple[Path, ...], shipped: bool, data: Path) -> list[Path]:
    """Return the corpus folders that the options name, see `corpus_folders`."""
    chosen = corpus_folders(folders, shipped, data)
    if not chosen:
        raise click.UsageError("--no-shipped needs at least one --corpus DIR.")
    return chosen


def as_dict(value: Summary | Problem) -> dict[str, Any]:
    """Return a value as JSON values."""
    return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}


def print_json(value: Any) -> None:
    """Print a value as indented JSON."""
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())
