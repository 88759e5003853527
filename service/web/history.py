"""History of a code as a page shows it: by year, newest first, with the words that changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal, NamedTuple

from rapidfuzz.distance import LCSseq

from indexer.importers import hcpcs_meanings as meanings
from service.web import facts

#: What happened -> its heading, and what the date beside it is.
_EVENTS = {
    "listed": ("Listed in the oldest file imported", "added"),
    "added": ("New", "from"),
    "reworded": ("Reworded", "from"),
    "changed": ("Official facts changed", "from"),
    "ended": ("Ended", "last day"),
    "reinstated": ("Back in use", "from"),
    "dropped": ("No longer listed", ""),
    "relisted": ("Listed again", "from"),
}
_WORDING = {"long_descriptor": "Long descriptor", "short_descriptor": "Short descriptor"}
_TABLES: dict[str, Mapping[str, str]] = {
    "coverage": meanings.COVERAGE,
    "pricing": meanings.PRICING,
    "multiple_pricing": meanings.MULTIPLE_PRICING,
    "betos": meanings.BETOS,
    "types_of_service": meanings.TYPES_OF_SERVICE,
}
#: A word or a punctuation mark, with the blanks before it.
_TOKEN = re.compile(r"\s*(?:\w+|[^\w\s])|\s+")
#: Longer texts are shown as replaced whole: nobody reads a diff of them, and it would cost time and memory.
_MOST_TOKENS = 4_000
#: What stays the same between two changes is shown as changed with them if it is shorter: "of", a comma.
_SHORTEST_SAME = 4

Kind = Literal["same", "removed", "added"]


class Piece(NamedTuple):
    """A run of text of a diff: in both wordings, or in one."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """A field that changed: its heading and its pieces in reading order."""

    heading: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """What one release did: its label where it is not the year alone, a heading, a date (ISO) and what that is."""

    release: str | None
    heading: str
    date: str | None
    date_heading: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Year:
    """All events of a year, newest first; none where the code stood in the files unchanged."""

    year: str
    events: tuple[Event, ...]


def years(history: Sequence[Mapping[str, Any]], releases: Iterable[str]) -> list[Year]:
    """Return the history of a record by year, newest first.

    ``releases`` are the labels of all releases imported: those that list the code unchanged count as years without
    events.
    """
    happened = {event["release"][:4] for event in history}
    quiet = {label[:4] for label in releases if _is_listed(history, label)} - happened
    found = [Year(year, ()) for year in quiet]
    for year, events in groupby(reversed(history), key=lambda event: str(event["release"][:4])):
        found.append(Year(year, tuple(_event(event) for event in events)))
    return sorted(found, key=lambda each: each.year, reverse=True)


def word_diff(before: str, after: str) -> list[Piece]:
    """Return what changed, word by word.

    The texts of all pieces that are not ``added`` make ``before``, those of all that are not ``removed`` make
    ``after``. What was removed comes before what was added in its place.
    """
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if max(len(old), len(new)) > _MOST_TOKENS:
        return [Piece("removed", before), Piece("added", after)]
    steps = [
        ("".join(old[step.src_start : step.src_end]), "".join(new[step.dest_start : step.dest_end]), step.tag)
        for step in LCSseq.opcodes(old, new)
    ]
    pieces: list[Piece] = []
    removed = added = ""
    for at, (left, right, tag) in enumerate(steps):
        inside = 0 < at < len(steps) - 1
        if tag != "equal" or (inside and len(left.strip()) < _SHORTEST_SAME):
            removed, added = removed + left, added + right
            continue
        pieces += [*_changed(removed, added), Piece("same", left)]
        removed = added = ""
    return pieces + _changed(removed, added)


def _changed(removed: str, added: str) -> list[Piece]:
    pieces = (Piece("removed", removed), Piece("added", added))
    return [piece for piece in pieces if piece.text]


def _is_listed(history: Sequence[Mapping[str, Any]], label: str) -> bool:
    """Say whether the release ``label`` lists the code: the last event up to it is not that it was dropped."""
    before = [event for event in history if event["release"] <= label]
    return bool(before) and before[-1]["event"] != "dropped"


def _event(event: Mapping[str, Any]) -> Event:
    heading, date_heading = _EVENTS[event["event"]]
    release = event["release"]
    changes = tuple(_change(each["field"], each["before"], each["after"]) for each in event["changes"])
    return Event(release if len(release) > 4 else None, heading, event["date"], date_heading, changes)


def _change(field: str, before: str, after: str) -> Change:
    if field in _WORDING:
        return Change(_WORDING[field], tuple(word_diff(before, after)))
    return Change(facts.heading(field), tuple(_changed(_with_meaning(field, before), _with_meaning(field, after))))


def _with_meaning(field: str, text: str) -> str:
    """Return the values of ``text``, separated by commas, each with what it means where that is known."""
    table = _TABLES.get(field)
    if not table or not text:
        return text
    return "; ".join(f"{value} {table.get(value, '')}".strip() for value in text.split(", "))
