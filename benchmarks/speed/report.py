"""Tables of what was measured: on the screen, and as text and JSON in the folder of results."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.speed.queries import KINDS

RESULTS = Path(__file__).parents[1] / "results"
_WIDTH = 140
_NONE = "–"
_NOTES = (
    "p50 / ours: how many times Procsearch's p50 over the same kinds. – : the engine cannot answer this kind.",
    "total: whether an engine counts all matches, beside ranking the best ten.",
    "MB index leaves out stored records, which no peer keeps here. MB RAM is what opening and warming up added;",
    "both Tantivys share the files of one index, so the second adds little.",
    "Procsearch takes the last word of any query for the beginning of one, adds synonyms and corrects unknown words;",
    "the others complete words in the kind prefix and correct them in the kind typo only.",
)


class Report:
    """Collects tables and lines; `save` writes them with the figures they were made of."""

    def __init__(self, machine: Mapping[str, Any]) -> None:
        self._console = Console(width=_WIDTH, record=True, highlight=False)
        self._machine = dict(machine)
        self._show_machine()

    def say(self, text: str) -> None:
        """Add a line of text."""
        self._console.print(text, markup=False)

    def table(self, title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Add a table; all columns but the first hold numbers."""
        table = Table(title=title, title_justify="left")
        for at, name in enumerate(head):
            table.add_column(name, justify="right" if at else "left")
        for row in rows:
            table.add_row(*row)
        self._console.print(table)

    def save(self, folder: Path, name: str, figures: Any) -> None:
        """Write ``speed-NAME.txt`` and ``speed-NAME.json``."""
        folder.mkdir(parents=True, exist_ok=True)
        text = "\n".join(line.rstrip() for line in self._console.export_text().splitlines())
        (folder / f"speed-{name}.txt").write_text(f"{text}\n", "utf-8")
        whole = {"machine": self._machine, "figures": figures}
        (folder / f"speed-{name}.json").write_text(json.dumps(whole, indent=1) + "\n", "utf-8")
        self._console.print(f"written: {folder / f'speed-{name}.txt'} and .json", markup=False)

    def _show_machine(self) -> None:
        given = self._machine
        self.say(f"{given['cpu']}, {given['cores']} cores, {given['memory_gb']} GB; {given['system']}")
        packages = ", ".join(f"{name} {version}" for name, version in given["packages"].items())
        self.say(f"Commit {given['commit']}; Python {given['python']}; {packages}")
        if given["busy"]:
            used = given["processors_used"]
            self.say(f"BUSY: other programs kept {used} processors at work at the start. Do not publish these figures.")


def show_inprocess(report: Report, found: Mapping[str, Any]) -> None:
    """Show one run of all engines in one process."""
    rows = found["engines"]
    summed = [_summed(row) for row in rows.values()]
    head = ("engine", "p50", "p95", "p99", "p99.9", "mean", "p50 / ours", "p95 / ours", "total", "MB RAM", "MB index")
    report.table(f"{found['title']}: milliseconds a query, over the kinds that an engine answers", head, summed)
    kinds = [kind for kind in KINDS if any(kind in row["kinds"] for row in rows.values())]
    by_kind = [[row["name"], *(_of_kind(row, kind) for kind in kinds)] for row in rows.values()]
    report.table("By kind of query: p50 / p95 in milliseconds", ("engine", *kinds), by_kind)
    for note in (*found["notes"], *_NOTES):
        report.say(note)
    turn = found["in_a_row"]
    report.say(
        f"Engines take turns after {'each query' if turn == 1 else f'{turn} queries'}; {found['rounds']} rounds."
    )


def _summed(row: Mapping[str, Any]) -> list[str]:
    times, ratios = row["all"], row["times_ours"]
    return [
        f"{row['name']} {row['version']}",
        *(milliseconds(times[part]) for part in ("p50", "p95", "p99", "p99.9", "mean")),
        *(f"{ratios[part]:.2f}x" for part in ("p50", "p95")),
        row["counts"],
        f"{row['memory_mb']:,.0f}",
        f"{row['index_mb']:,.1f}",
    ]


def _of_kind(row: Mapping[str, Any], kind: str) -> str:
    times = row["kinds"].get(kind)
    return f"{milliseconds(times['p50'])} / {milliseconds(times['p95'])}" if times else _NONE


def milliseconds(value: float) -> str:
    """Return a time with three digits that mean something."""
    return f"{value:.3f}" if value < 10 else f"{value:,.1f}"
