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


class Columns:
    """Takes record after record; `dump` gives the columns of all."""

    def __init__(self) -> None:
        self._facets: dict[str, dict[str, list[int]]] = {name: {} for name in FACETS}
        self._dates: dict[str, list[int]] = {name: [] for name in DATES}
        self._count = 0

    def add(self, record: Mapping[str, Any]) -> None:
        """Take the next record."""
        for name, values in _values(record).items():
            for value in values:
                self._facets[name].setdefault(value, []).append(self._count)
        for name, dates in self._dates.items():
            dates.append(_date(record, name))
        self._count += 1

    def dump(self) -> bytes:
        """Return the JSON file of a snapshot."""
        return _dump(self._facets, self._dates)


def revised(folder: Path, numbers: Sequence[int], new: Mapping[int, Mapping[str, Any]]) -> bytes:
    """Return the columns of an older snapshot with other numbers, -1 for records left out, and new records."""
    old = load(folder)
    facets = {
        name: {value: [numbers[each] for each in held if numbers[each] >= 0] for value, held in values.items()}
        for name, values in old["facets"].items()
    }
    count = sum(number >= 0 for number in numbers) + len(new)
    dates = {name: [0] * count for name in DATES}
    for name, values in old["dates"].items():
        for number, date in zip(numbers, values, strict=True):
            if number >= 0:
                dates[name][number] = date
    for number, record in new.items():
        for name, found in _values(record).items():
            for value in found:
                facets[name].setdefault(value, []).append(number)
        for name in DATES:
            dates[name][number] = _date(record, name)
    return _dump(facets, dates)


def _dump(facets: Mapping[str, Mapping[str, list[int]]], dates: Mapping[str, list[int]]) -> bytes:
    ordered = {
        name: {value: sorted(held) for value, held in sorted(values.items()) if held} for name, values in facets.items()
    }
    return orjson.dumps({"facets": ordered, "dates": dates})


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
