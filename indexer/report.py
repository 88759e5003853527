"""What the commands show to a person: progress bars and tables, by rich."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Task as Bar
from rich.table import Table
from rich.text import Text

from corpus.errors import Problem
from corpus.store import Corpus
from indexer.build import Summary
from indexer.importers.drugs import DrugTable, names_by_code, unresolved
from indexer.official import Release
from indexer.tasks import Task

_SHOWN_PROBLEMS = 20


class _RateColumn(ProgressColumn):
    """How many steps a second were done lately."""

    def render(self, task: Bar) -> Text:
        """Return the rate as text, or a dash before it is known."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f}/s" if speed else "-", style="progress.data.speed")


class BarProgress:
    """Build progress as one bar a phase, with rate and time left."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._task: TaskID | None = None

    def phase(self, name: str, steps: int) -> None:
        """Begin a phase of ``steps`` steps."""
        self._task = self._bars.add_task(name, total=steps)

    def step(self) -> None:
        """Count one step of the phase."""
        if self._task is not None:
            self._bars.advance(self._task)


@contextmanager
def progress_bar() -> Iterator[BarProgress]:
    """Show progress on standard error while the context lasts; nothing where that is no terminal."""
    console = Console(stderr=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:<9}"),
        BarColumn(),
        MofNCompleteColumn(),
        _RateColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        yield BarProgress(bars)


def print_releases(stored: Sequence[tuple[Release, bool]]) -> None:
    """Say of each release what it holds and whether it is new."""
    for release, new in stored:
        facts = release_json(release, new)
        state = "imported" if new else "already imported, unchanged"
        click.echo(
            f"{release.system} {release.label}: {facts['procedures']:,} procedures, {facts['modifiers']:,} modifiers, "
            f"{state} ({release.source})"
        )
    click.echo("Run 'procsearch build' to index what was imported.")


def release_json(release: Release, new: bool) -> dict[str, Any]:
    """Return what a script wants to know of an imported release."""
    modifiers = sum(code.kind == "modifier" for code in release.codes)
    return {
        "system": release.system,
        "release": release.label,
        "source": release.source,
        "sha256": release.sha256,
        "procedures": len(release.codes) - modifiers,
        "modifiers": modifiers,
        "imported": new,
    }


def drug_table_json(table: DrugTable, new: bool) -> dict[str, Any]:
    """Return what a script wants to know of an imported Table of Drugs."""
    return {
        "release": table.label,
        "source": table.source,
        "sha256": table.sha256,
        "rows": len(table.entries),
        "codes": len(names_by_code(table)),
        "references": sum(bool(entry.see) for entry in table.entries),
        "unresolved": [entry.name for entry in unresolved(table)],
        "imported": new,
    }


def print_drug_tables(tables: Sequence[dict[str, Any]]) -> None:
    """Say of each table what it holds, and which names it leads nowhere."""
    for facts in tables:
        state = "imported" if facts["imported"] else "already imported, unchanged"
        click.echo(f"Table of Drugs {facts['release']}: {facts['rows']:,} rows, {facts['codes']:,} codes, {state}")
        if facts["unresolved"]:
            names = ", ".join(facts["unresolved"][:8])
            click.echo(f"  {len(facts['unresolved'])} names lead to no row of this table ({names}, ...)")
    click.echo("Run 'procsearch build' to index what was imported.")


def print_check(corpus: Corpus, problems: Sequence[Problem]) -> None:
    """Print every problem on a line of its own, then the counts."""
    for problem in problems:
        click.echo(str(problem))
    errors = sum(problem.severity == "error" for problem in problems)
    click.echo(
        f"{corpus.files} files, {len(corpus.documents)} documents: {errors} errors, {len(problems) - errors} warnings"
    )


def print_summary(summary: Summary) -> None:
    """Print what a build found, did and published."""
    for problem in summary.problems[:_SHOWN_PROBLEMS]:
        click.echo(str(problem), err=True)
    if len(summary.problems) > _SHOWN_PROBLEMS:
        click.echo(f"... {len(summary.problems) - _SHOWN_PROBLEMS} more; 'procsearch check' shows all", err=True)
    for code, left_out, used in summary.replaced:
        click.echo(f"{code}: {used} replaces {left_out}", err=True)
    counts = summary.counts
    click.echo(
        f"{counts['records']:,} records: {counts['documents']:,} documents, {counts['procedures']:,} procedures, "
        f"{counts['modifiers']:,} modifiers"
    )
    for name in ("added", "changed", "removed", "rejected"):
        click.echo(f"  {name:<9}{_listed(getattr(summary, name))}")
    state = "published" if summary.published else "unchanged, nothing published; serving"
    click.echo(f"{state} {summary.snapshot}")


def print_snapshots(rows: Sequence[dict[str, Any]]) -> None:
    """Print the snapshots as a table; the published one is marked."""
    table = Table("", "Snapshot", "Created", "Records", "Documents", "Size", box=None)
    for row in rows:
        mark = "*" if row["published"] else ""
        if "error" in row:
            table.add_row(mark, row["snapshot"], Text("damaged or of another version", style="red"))
            continue
        counts = row["counts"]
        size = f"{row['bytes'] / 1e6:,.1f} MB"
        table.add_row(mark, row["snapshot"], row["created"], f"{counts['records']:,}", f"{counts['documents']:,}", size)
    Console().print(table if rows else "No snapshot yet. Run 'procsearch build'.")


def print_tasks(tasks: Sequence[Task]) -> None:
    """Print tasks as a table."""
    table = Table("Task", "For", "State", "Phase", "Snapshot", "Message", box=None)
    for task in tasks:
        phase = f"{task.phase} {task.done:,}/{task.steps:,}" if task.phase and not task.is_over else ""
        cells = (task.id, task.reason, task.state, phase, task.snapshot or "", task.message or "")
        table.add_row(*map(Text, cells))
    Console().print(table if tasks else "No task yet.")


def _listed(values: Sequence[str]) -> str:
    shown = ", ".join(values[:8]) + (", ..." if len(values) > 8 else "")
    return f"{len(values):>6,}  {shown}".rstrip()
