"""Answers and records as a person reads them in a terminal: in colours where the terminal has them, else plain."""

from __future__ import annotations

import html
import os
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from service.web.facts import fact_rows

_INDENT = " " * 7
#: Where no terminal limits them, lines are as long as they are.
_ENDLESS = 100_000
#: What a terminal would take for a command, if a document or a foreign service had it in a text.
_CONTROLS = {number: "�" for number in (*range(0x20), *range(0x7F, 0xA0)) if chr(number) not in "\t\n"}

color_option = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colours; auto: in a terminal, unless NO_COLOR is set.",
)


def console(color: str) -> Console:
    """Return where to print, with colours as ``color`` (``auto``, ``always``, ``never``) says."""
    terminal = sys.stdout.isatty()
    colored = color == "always" or (color == "auto" and terminal and not os.environ.get("NO_COLOR"))
    return Console(
        color_system=("auto" if terminal else "standard") if colored else None,
        force_terminal=terminal or colored,
        no_color=False,
        highlight=False,
        markup=False,
        emoji=False,
        width=None if terminal else _ENDLESS,
    )


def clean(text: str, style: str = "") -> Text:
    """Return ``text`` without characters that control a terminal."""
    return Text(text.translate(_CONTROLS), style=style)


def print_answer(out: Console, answer: Mapping[str, Any], explain: bool) -> None:
    """Print the answer to a search, with the parts of each score where they are wanted."""
    for fix in answer["corrections"]:
        out.print(clean(f"Searched for {fix['searched']!r} instead of {fix['typed']!r}.", "yellow"))
    for note in answer["notes"]:
        out.print(clean(note, "yellow"))
    for hit in answer["hits"]:
        _print_hit(out, hit)
        if explain and hit["explanation"]:
            print_table(out, _score_table(hit))
    out.print(clean(f"{answer['total']:,} found in {answer['took_ms']:.1f} ms, snapshot {answer['snapshot']}"))


def print_table(out: Console, table: Table) -> None:
    """Print a table without the blanks that fill its last column."""
    with out.capture() as capture:
        out.print(table)
    out.file.write("".join(f"{line.rstrip()}\n" for line in capture.get().splitlines()))


def _print_hit(out: Console, hit: Mapping[str, Any]) -> None:
    line = Text.assemble(clean(f"{hit['code']:<7}", "bold cyan"), clean(hit["title"], "bold"))
    line.append("" if hit["status"] == "active" else "  (no longer in use)", style="red")
    out.print(line)
    out.print(clean(f"{_INDENT}{hit['descriptor']}", "dim"), no_wrap=True, overflow="ellipsis")
    passage = hit["section"]
    if passage:
        out.print(Text.assemble(clean(f"{_INDENT}{passage['heading']}: "), *_marked(passage["snippet"])))


def _marked(snippet: str) -> list[Text]:
    pieces = re.split(r"<mark>(.*?)</mark>", snippet)
    return [clean(html.unescape(piece), "bold" if at % 2 else "") for at, piece in enumerate(pieces)]


def _score_table(hit: Mapping[str, Any]) -> Table:
    """Return the parts of a score, which add up to it."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(style="magenta")
    table.add_column()
    table.add_column(justify="right")
    for part in hit["explanation"]:
        name = f"{_INDENT}{part['part'].replace('_', ' ')}"
        note = hit["match"].replace("_", " ") if part["part"] == "tier" else part["word"] or ""
        table.add_row(clean(name), clean(note), f"{part['value']:.6f}")
    table.add_row(f"{_INDENT}score", "", f"{hit['score']:.6f}", style="bold")
    return table


def print_record(out: Console, record: Mapping[str, Any]) -> None:
    """Print one record whole."""
    out.print(clean(f"{record['title']} ({record['code']})", "bold"))
    out.print(clean(record["descriptor"]))
    for heading, names in (("Common names", record["common_names"]), ("Technical terms", record["technical_terms"])):
        if names:
            out.print(clean(f"{heading}: {', '.join(names)}"))
    for section in record["sections"]:
        out.print(clean(f"\n{section['heading']}", "bold"))
        for block in section["blocks"]:
            out.print(clean(_block_line(block)))
    _print_facts(out, record["official"] or {})


def _block_line(block: Mapping[str, Any]) -> str:
    if block["type"] == "item":
        label = f"{block['label']}: " if "label" in block else ""
        return f"- {label}{block['text']}"
    return f"{block['text']}:" if block["type"] == "subheading" else str(block["text"])


def _print_facts(out: Console, official: dict[str, Any]) -> None:
    rows = fact_rows(official)
    if rows:
        out.print(clean("\nOfficial facts", "bold"))
    for row in rows:
        out.print(clean(f"{row.heading}: {_values(row.values)}"))


def _values(values: Sequence[tuple[str | None, str, bool]]) -> str:
    return "; ".join(f"{value} {text}" if value else text for value, text, _ in values)
