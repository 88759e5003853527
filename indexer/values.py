"""Keywords and names of records, by value: which records have each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from indexer.records import names_of
from indexer.schema import NO_END

#: Field and value.
Key = tuple[str, str]


def value_keys(record: Mapping[str, Any], names: Sequence[str] | None = None) -> list[Key]:
    """Return field and value of each keyword and name of a record; ``names`` are its `names_of`, where known."""
    keywords = [(name, record[name]) for name in ("code", "code_system", "kind")]
    names = names_of(record) if names is None else names
    return [*keywords, ("ends", record["ends"] or NO_END), *(("names", key) for key in names)]


class Values:
    """The records of each value, ascending, by field: ``held``; values in the order in which they first came."""

    def __init__(self) -> None:
        self.held: dict[str, dict[str, list[int]]] = {}

    def add(self, number: int, keys: Iterable[Key]) -> None:
        """Take the values of record ``number``; numbers ascend."""
        for field, value in keys:
            self.held.setdefault(field, {}).setdefault(value, []).append(number)


def values_of(records: Iterable[Mapping[str, Any]]) -> Values:
    """Return the values of all records, which come by number."""
    values = Values()
    for number, record in enumerate(records):
        values.add(number, value_keys(record))
    return values
