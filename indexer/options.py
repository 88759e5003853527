"""Options that several commands have, and how they print JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import orjson

from corpus.errors import Problem
from corpus.store import SHIPPED
from indexer.build import Summary

Command = Callable[..., Any]


def data_option(command: Command) -> Command:
    """Add ``--data``."""
    return click.option(
        "--data",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path("var"),
        envvar="PROCSEARCH_DATA",
        show_default=True,
        show_envvar=True,
        help="Folder of imports and snapshots.",
    )(command)


def corpus_options(command: Command) -> Command:
    """Add ``--corpus`` and ``--no-shipped``."""
    command = click.option("--no-shipped", is_flag=True, help="Leave out the documents that come with procsearch.")(
        command
    )
    return click.option(
        "--corpus",
        "folders",
        type=click.Path(path_type=Path, file_okay=False),
        multiple=True,
        metavar="DIR",
        help="Folder of your own documents; give it once for each folder. A document of yours replaces "
        "a shipped one of the same code.",
    )(command)


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")
wait_option = click.option(
    "--wait", type=click.FloatRange(0), default=0.0, metavar="SECONDS", help="Wait so long for another writer to end."
)


def chosen_folders(folders: tuple[Path, ...], no_shipped: bool) -> list[Path]:
    """Return the corpus folders that the options name, shipped documents first."""
    chosen = ([] if no_shipped else [SHIPPED]) + list(folders)
    if not chosen:
        raise click.UsageError("--no-shipped needs at least one --corpus DIR.")
    return chosen


def as_dict(value: Summary | Problem) -> dict[str, Any]:
    """Return a value as JSON values."""
    return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}


def print_json(value: Any) -> None:
    """Print a value as indented JSON."""
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())
