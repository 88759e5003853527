"""The page that shows up to three codes side by side."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for

from corpus.codes import normalise_code
from corpus.grammar import SectionName
from service.search.errors import BadRequest, NotFound
from service.search.searcher import is_active
from service.web import facts
from service.web.context import searcher

blueprint = Blueprint("compare", __name__)

MOST_CODES = 3
_MAX_CODE_CHARS = 32
_NAMES = {"common_names": "Common names", "technical_terms": "Technical terms", "drug_names": "Drug names"}


@dataclass(frozen=True, slots=True)
class Row:
    """One thing in which codes are compared: for each code its lines, and whether they are not all the same."""

    heading: str
    cells: list[list[str]]
    differs: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A code that is compared, and the address of the page without it."""

    record: Mapping[str, Any]
    without: str


@blueprint.get("/compare")
def compare() -> str:
    """Compare the codes given as ``code``, each in any spelling; what is no code of the index is told."""
    wanted = _codes(request.args.getlist("code"))
    records, missing = [], []
    for code in wanted:
        try:
            records.append(searcher().document(code)[0])
        except NotFound:
            missing.append(code)
    codes = [record["code"] for record in records]
    columns = [Column(record, _address([code for code in codes if code != record["code"]])) for record in records]
    return render_template(
        "compare.html", columns=columns, rows=rows(records), missing=missing, room=MOST_CODES - len(records)
    )


def rows(records: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Return all rows in which at least one of ``records`` has something to say."""
    if not records:
        return []
    facts_of = [{row.heading: row for row in facts.fact_rows(record["official"] or {})} for record in records]
    made = [_row("Status", [_status(record) for record in records])]
    made.append(_row("Official descriptor", [_lines(record["descriptor"]) for record in records]))
    made.append(_row("Short descriptor", [_lines(record["short_descriptor"]) for record in records]))
    made.append(_row("Family", [_lines(record["family"]) for record in records]))
    made += [_row(heading, [_joined(record[name]) for record in records]) for name, heading in _NAMES.items()]
    made += [_row(name, [_fact_lines(each.get(name)) for each in facts_of]) for name in facts.headings()]
    made += [_row(name.value, [_section_lines(record, name.key) for record in records]) for name in SectionName]
    return [row for row in made if any(row.cells)]


def _codes(given: Sequence[str]) -> list[str]:
    codes = list(dict.fromkeys(normalise_code(each)[:_MAX_CODE_CHARS] for each in given if each.strip()))
    if len(codes) > MOST_CODES:
        raise BadRequest("code", f"at most {MOST_CODES} codes to compare", str(len(codes)))
    return codes


def _address(codes: Sequence[str]) -> str:
    query = urlencode([("code", code) for code in codes])
    return f"{url_for('compare.compare')}?{query}" if query else url_for("compare.compare")


def _row(heading: str, cells: list[list[str]]) -> Row:
    return Row(heading, cells, any(cell != cells[0] for cell in cells))


def _status(record: Mapping[str, Any]) -> list[str]:
    if is_active(dict(record), datetime.date.today()):
        return ["In use"]
    return [f"No longer in use since {facts.long_date(record['ends'])}" if record["ends"] else "Not yet in use"]


def _lines(text: str | None) -> list[str]:
    return [text] if text else []


def _joined(names: Sequence[str]) -> list[str]:
    return _lines(", ".join(names))


def _fact_lines(row: facts.FactRow | None) -> list[str]:
    return [f"{value} {text}" if value else text for value, text, _ in row.values] if row else []


def _section_lines(record: Mapping[str, Any], key: str) -> list[str]:
    blocks = next((section["blocks"] for section in record["sections"] if section["key"] == key), ())
    return [f"{block['label']}: {block['text']}" if block.get("label") else block["text"] for block in blocks]
