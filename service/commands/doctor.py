"""The command `doctor`: looks at a set-up from all sides and says what is wrong and what to do about it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from indexer.errors import SnapshotError
from indexer.options import chosen_folders, corpus_options, data_option, json_option, print_json
from indexer.snapshots import Snapshot, SnapshotStore
from service.commands.asking import url_option
from service.commands.checks import cluster as cluster_checks
from service.commands.checks import data as data_checks
from service.commands.checks import installation, running, sources
from service.commands.checks import tokens as token_checks
from service.commands.checks.finding import Finding, Setup, State, problem
from service.commands.printing import clean, color_option, console, print_table

_EXIT_PROBLEM = 1
_STYLES = {State.OK: "green", State.WARNING: "yellow", State.PROBLEM: "bold red"}

Check = Callable[[Setup], Iterator[Finding]]

#: Every check, in the order in which a person would look.
CHECKS: tuple[Check, ...] = (
    installation.python,
    installation.packages,
    installation.kernel,
    running.settings,
    data_checks.folder,
    data_checks.space,
    data_checks.snapshot,
    sources.imports,
    sources.documents,
    data_checks.leftovers,
    data_checks.locks,
    token_checks.tokens,
    cluster_checks.cluster,
    running.service,
)


@click.command(
    short_help="Find what is wrong with a set-up.",
    epilog="\b\nExamples:\n  procsearch doctor\n  procsearch doctor --data /srv/procsearch --json\n"
    "  procsearch doctor --url http://127.0.0.1:8000",
)
@corpus_options
@color_option
@json_option
@url_option
@data_option
def doctor(folders: tuple[Path, ...], shipped: bool, color: str, as_json: bool, url: str | None, data: Path) -> None:
    """Check installation, settings, data folder, snapshot, imports, documents, cluster and service; change nothing.

    Each line is OK, a WARNING or a PROBLEM, the last two with a remedy. Exits with 1 where there is a problem. A
    service is looked for where the settings say, and has to be there only where --url names it. A cluster is looked at
    where the settings name it as the engine.
    """
    setup = Setup(data, tuple(chosen_folders(folders, shipped, data)), os.environ, url, _published(data))
    findings = [finding for check in CHECKS for finding in _findings(check, setup)]
    states = {finding.state for finding in findings}
    if as_json:
        worst = next(state for state in (State.PROBLEM, State.WARNING, State.OK) if state in states)
        print_json({"state": worst.value, "findings": [_as_dict(finding) for finding in findings]})
    else:
        _print(console(color), findings)
    if State.PROBLEM in states:
        sys.exit(_EXIT_PROBLEM)


def _published(data: Path) -> Snapshot | None:
    """The published snapshot; what keeps it from being read is told by its own check."""
    try:
        return SnapshotStore(data).current()
    except (SnapshotError, OSError):
        return None


def _findings(check: Check, setup: Setup) -> list[Finding]:
    try:
        return list(check(setup))
    except Exception as error:
        # What is broken in a way that no check foresaw must not hide what the others find.
        name = check.__name__.replace("_", " ")
        found = f"the check failed: {type(error).__name__}: {error}"
        return [problem(name, found, "Correct what it says; if that is unclear, report it as a fault of procsearch.")]


def _as_dict(finding: Finding) -> dict[str, Any]:
    return {
        "check": finding.check,
        "state": finding.state.value,
        "found": finding.found,
        "remedy": finding.remedy or None,
    }


def _print(out: Console, findings: Sequence[Finding]) -> None:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    for finding in findings:
        told = clean(finding.found)
        if finding.remedy:
            told.append_text(clean(f"\n→ {finding.remedy}", "bold"))
        table.add_row(clean(finding.state.value, _STYLES[finding.state]), clean(finding.check), told)
    print_table(out, table)
    counts = {state: sum(each.state is state for each in findings) for state in State}
    warnings, problems = counts[State.WARNING], counts[State.PROBLEM]
    out.print(f"{_number(problems, 'problem')}, {_number(warnings, 'warning')}")


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
