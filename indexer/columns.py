"""Facets and dates of all records, laid out by value, so that a filter or a count is one array operation.

``columns.json`` holds ``facets`` (name -> value -> numbers of the records that have it, ascending) and ``dates``
(name -> one number like 20191231 for each record, 0 where it has none).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

FILE = "columns.json"

#: Facets that a search may filter and count by.
FACETS = ("kind", "code_system", "family", "coverage", "betos", "type_of_service", "has_document")
DATES = ("added", "effective", "ends")
_NO_END = 99991231


def dump(records: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the columns of ``records`` as the JSON file of a snapshot."""
    facets: dict[str, dict[str, list[int]]] = {name: {} for name in FACETS}
    for number, record in enumerate(records):
        for name, values in _values(record).items():
            for value in values:
                facets[name].setdefault(value, []).append(number)
    dates = {name: [_date(record, name) for record in records] for name in DATES}
    return orjson.dumps({"facets": facets, "dates": dates})


def load(folder: Path) -> dict[str, Any]:
    """Read back what `dump` gave from the folder of a snapshot."""
    columns: dict[str, Any] = orjson.loads((folder / FILE).read_bytes())
    return columns


def _values(record: Mapping[str, Any]) -> dict[str, Iterable[str]]:
    official = record["official"] or {}
    return {
        "kind": [record["kind"]],
        "code_system": [record["code_system"]],
        "family": [record["code"][0]] if record["family"] and record["kind"] == "procedure" else [],
        "coverage": _coded(official.get("coverage")),
        "betos": _coded(official.get("betos")),
        "type_of_service": [each["value"] for each in official.get("types_of_service", ())],
        "has_document": ["true" if record["has_document"] else "false"],
    }


def _coded(value: Mapping[str, str] | None) -> list[str]:
    return [value["value"]] if value else []


def _date(record: Mapping[str, Any], name: str) -> int:
    if name == "ends":
        return int(record["ends"].replace("-", "")) if record["ends"] else _NO_END
    value = (record["official"] or {}).get(name)
    return int(value.replace("-", "")) if value else 0
