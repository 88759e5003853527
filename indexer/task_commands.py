"""The commands for tasks: tasks, run-tasks, watch."""

from __future__ import annotations

import dataclasses
import logging
import os
import re
from pathlib import Path
from typing import Any

import click

from indexer import report, watching
from indexer.options import chosen_folders, corpus_options, data_option, json_option, print_json
from indexer.own_documents import FOLDER
from indexer.task_runner import INDEXER, Program, run_queued
from indexer.tasks import Task, TaskStore
from indexer.watching import Watched

_LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_DURATION = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)([smhd])")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


@click.command(
    "tasks",
    short_help="List builds that were asked for over HTTP or by a watcher.",
    epilog="\b\nExamples:\n  procsearch tasks\n  procsearch tasks --json",
)
@json_option
@data_option
def tasks_command(as_json: bool, data: Path) -> None:
    """List the tasks that are remembered, newest first: what each was for, how far it is, how it ended."""
    found = TaskStore(data).all()
    if as_json:
        print_json([_as_dict(task) for task in found])
    else:
        report.print_tasks(found)


@click.command(
    "run-tasks",
    short_help="Run queued tasks, then end.",
    epilog="\b\nExamples:\n  procsearch run-tasks",
)
@data_option
def run_tasks(data: Path) -> None:
    """Run the tasks that wait, one after the other. The service does it by itself; nobody has to."""
    logging.basicConfig(level=logging.INFO, format=_LOG_FORMAT)
    run_queued(data, _program())


def _seconds(text: str) -> float:
    match = _DURATION.fullmatch(text)
    if match is None or not float(match[1]):
        raise click.BadParameter(f"expected a duration like 90s, 15m, 24h or 7d; got {text!r}.")
    return float(match[1]) * _UNITS[match[2]]


@click.command(
    short_help="Build whenever documents or imports change.",
    epilog="\b\nExamples:\n  procsearch watch --corpus ~/procedures\n"
    "  procsearch watch --import-from /srv/cms --every 24h",
)
@corpus_options
@click.option(
    "--quiet",
    type=_seconds,
    metavar="DURATION",
    default="2s",
    show_default=True,
    help="How long files must be still before a build begins.",
)
@click.option(
    "--import-from",
    "import_folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Folder that is looked into for new files of CMS.",
)
@click.option(
    "--every",
    type=_seconds,
    metavar="DURATION",
    default="24h",
    show_default=True,
    help="How often that folder is looked into.",
)
@click.option("--parent", type=int, hidden=True, help="End with this process.")
@data_option
def watch(
    folders: tuple[Path, ...],
    shipped: bool,
    quiet: float,
    import_folder: Path | None,
    every: float,
    parent: int | None,
    data: Path,
) -> None:
    """Build at the start, and whenever files in the corpus folders or the imports changed, until interrupted.

    Builds are tasks: 'procsearch tasks' lists them. With --import-from, new files of CMS in that folder are imported
    first, at the start and then at the interval.
    """
    logging.basicConfig(level=logging.INFO, format=_LOG_FORMAT)
    chosen = chosen_folders(folders, shipped, data)
    own = data / FOLDER
    watched = Watched(
        data.absolute(),
        # Whoever changes a document of the service's own asks for a build at once.
        tuple(folder for folder in chosen if folder != own),
        quiet=quiet,
        import_folder=import_folder,
        import_every=every,
    )
    watching.watch(watched, lambda: parent is None or os.getppid() == parent, _program())


def _program() -> Program:
    """Return the program that whoever added these commands to its own wants tasks to be run by."""
    return click.get_current_context().find_object(Program) or INDEXER


def _as_dict(task: Task) -> dict[str, Any]:
    return dataclasses.asdict(task)
