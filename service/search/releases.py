"""Which official release was in force on a day, and what did a record say then?

A record holds what the newest release says of a code, and every change that led there. Undoing the changes of later
releases gives its wording and the facts that `indexer.history` follows as an earlier release had them.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from indexer.importers import hcpcs_meanings as meanings

#: Facts whose changes are followed, with the meanings of their values; of the others only the newest are known.
FOLLOWED: dict[str, Mapping[str, str] | None] = {
    "coverage": meanings.COVERAGE,
    "pricing": meanings.PRICING,
    "multiple_pricing": meanings.MULTIPLE_PRICING,
    "betos": meanings.BETOS,
    "types_of_service": meanings.TYPES_OF_SERVICE,
    "cross_references": None,
    "statute": None,
}
_LISTS = ("pricing", "types_of_service", "cross_references")
_ARRIVALS = ("listed", "added", "relisted")


class Wording(NamedTuple):
    """What a release calls a code."""

    descriptor: str
    short_descriptor: str


def first_day(label: str) -> datetime.date:
    """Return the day on which a release took effect: January 1 of ``2020``, April 1 of ``2024-04``."""
    return datetime.date(int(label[:4]), int(label[5:] or 1), 1)


def in_force(labels: Sequence[str], day: datetime.date) -> int | None:
    """Return the place of the newest of ``labels`` (ascending) that took effect by ``day``; None before the first."""
    begun = sum(first_day(label) <= day for label in labels)
    return begun - 1 if begun else None


def arrival(history: Sequence[Mapping[str, Any]]) -> str | None:
    """Return the label of the first release that lists a code with this ``history``, None where none does."""
    return next((event["release"] for event in history if event["event"] in _ARRIVALS), None)


def changed_after(history: Sequence[Mapping[str, Any]], label: str) -> dict[str, str]:
    """Return the fields that releases after ``label`` changed, each as it was before, in the form of a history."""
    before: dict[str, str] = {}
    for event in history:
        if event["release"] > label:
            for change in event["changes"]:
                before.setdefault(change["field"], change["before"])
    return before


def wording(card: Mapping[str, Any], before: Mapping[str, str]) -> Wording:
    """Return the wording of a record, or of its card, with the changes undone that `changed_after` gave."""
    return Wording(
        before.get("long_descriptor") or card["descriptor"] or card["title"],
        before.get("short_descriptor", card["short_descriptor"]),
    )


def facts_before(official: Mapping[str, Any], before: Mapping[str, str], label: str) -> dict[str, Any]:
    """Return the facts of ``official`` as release ``label`` had them, an earlier one than ``official`` is of.

    Only facts that are followed, and the day on which the code was added, are known of an earlier release.
    """
    facts: dict[str, Any] = {"release": label}
    for name in (*FOLLOWED, "added"):
        if name in before:
            facts[name] = _read(name, before[name])
        elif name in official:
            facts[name] = official[name]
    return {name: value for name, value in facts.items() if value}


def _read(name: str, text: str) -> Any:
    """Return a fact from the text that a history has for it."""
    values = [value for value in text.split(", ") if value] if name in _LISTS else [text]
    table = FOLLOWED[name]
    read = values if table is None else [_coded(table, value) for value in values if value]
    return read if name in _LISTS else next(iter(read), None)


def _coded(table: Mapping[str, str], value: str) -> dict[str, str | None]:
    return {"value": value, "meaning": meanings.meaning(table, value)}
