"""The records of one snapshot as lists of codes by code system, release and day."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.codes import HCPCS
from service.search.engines.base import Engine
from service.search.errors import BadRequest
from service.search.reading import Reading
from service.search.releases import Wording, arrival, changed_after, first_day, in_force, wording

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

#: Properties that codes can be selected by, as the newest release has them.
SELECTABLE = ("kind", "family", "coverage", "betos", "types_of_service")
_NO_RELEASE = -1
_NEVER = 1 << 30
_NO_END = 99_991_231
_LISTS_KEPT = 2


@dataclass(frozen=True, slots=True)
class Edition:
    """A code system as one release has it, looked at on one day.

    ``release`` is the place of the release among `CodeList.labels`, ``label`` its label; -1 and None for a system
    without releases. ``dated`` says that the day was asked for, and is not only the day on which the question came.
    """

    system: str
    release: int
    label: str | None
    day: datetime.date
    dated: bool = False


class CodeList:
    """Every code of a snapshot by number; number *n* is record *n*.

    A code belongs to a release if this or an earlier one lists it: a code that was dropped is a code no longer in use,
    not one that never was. A document whose code no imported release lists belongs to none.
    """

    def __init__(self, engine: Engine) -> None:
        manifest = engine.manifest
        count = manifest["counts"]["records"]
        releases = (each["release"] for each in manifest["sources"]["releases"] if each["system"] == HCPCS.name)
        self.labels: tuple[str, ...] = tuple(sorted(releases))
        self.count = count
        self.numbers: dict[str, int] = {}
        self._histories: dict[int, list[dict[str, Any]]] = {}
        self._arrivals = np.full(count, _NEVER, np.int64)
        self._added, self._ends = np.zeros(count, np.int64), np.full(count, _NO_END, np.int64)
        systems: dict[str, list[int]] = {}
        values: dict[tuple[str, str], list[int]] = {}
        for number, record in enumerate(engine.records(range(count))):
            self._take(number, record)
            systems.setdefault(record["code_system"], []).append(number)
            for pair in _selectable(record):
                values.setdefault(pair, []).append(number)
        self._systems = {name: self._mask(numbers) for name, numbers in systems.items()}
        self._values = {pair: np.array(numbers, np.int64) for pair, numbers in values.items()}
        self.members = lru_cache(16)(self._members)
        self.active = lru_cache(16)(self._active)

    @property
    def systems(self) -> tuple[str, ...]:
        """The names of the code systems that have codes, HCPCS always among them and first."""
        return (HCPCS.name, *sorted(name for name in self._systems if name != HCPCS.name))

    def edition(self, system: str, version: str | None, date: datetime.date | None, today: datetime.date) -> Edition:
        """Return ``system`` as ``version`` has it, else as it was on ``date``, else as it is ``today``.

        BadRequest where there is no such version, or nothing is known of that day.
        """
        labels = self.labels if system == HCPCS.name else ()
        if version is not None:
            if version not in labels:
                known = f"a version that is here: {', '.join(labels) or 'this code system has none'}"
                raise BadRequest("version", known, repr(version[:40]))
            return Edition(system, labels.index(version), version, date or first_day(version), date is not None)
        release = in_force(labels, date or today)
        if date is not None and release is None:
            raise BadRequest("date", _known_days(labels), date.isoformat())
        if not labels:
            return Edition(system, _NO_RELEASE, None, today)
        # Where the only releases are still to come, the first of them is better than none.
        release = release or 0
        return Edition(system, release, labels[release], date or today, date is not None)

    def _members(self, system: str, release: int) -> Bools:
        """Say of each record whether its code belongs to ``system`` as the release has it."""
        mask = self._systems.get(system)
        if mask is None:
            return np.zeros(self.count, bool)
        return mask if release == _NO_RELEASE else mask & (self._arrivals <= release)

    def ever(self, system: str) -> Bools:
        """Say of each record whether its code belongs to ``system`` in any release."""
        return self.members(system, len(self.labels) - 1 if system == HCPCS.name else _NO_RELEASE)

    def _active(self, day: datetime.date) -> Bools:
        """Say of each record whether its code may be used on ``day``."""
        number = _number(day.isoformat())
        active: Bools = (self._added <= number) & (self._ends >= number)
        return active

    def having(self, name: str, values: tuple[str, ...]) -> Bools:
        """Say of each record whether a property of `SELECTABLE` has one of ``values``."""
        found = [self._values[name, value] for value in values if (name, value) in self._values]
        return self._mask(np.concatenate(found)) if found else np.zeros(self.count, bool)

    def find(self, code: str, edition: Edition) -> int | None:
        """Return the number of ``code``, written exactly so, where it belongs to ``edition``."""
        number = self.numbers.get(code)
        inside = number is not None and self.members(edition.system, edition.release)[number]
        return number if inside else None

    def changes(self, number: int, edition: Edition) -> dict[str, str]:
        """Return what later releases than that of ``edition`` changed, as it was before."""
        history = self._histories.get(number)
        return changed_after(history, edition.label) if history and edition.label else {}

    def wording(self, number: int, card: Mapping[str, Any], edition: Edition) -> Wording:
        """Return what the release of ``edition`` calls record ``number``."""
        return wording(card, self.changes(number, edition))

    def _take(self, number: int, record: Mapping[str, Any]) -> None:
        self.numbers[record["code"]] = number
        history = record["history"]
        if any(event["changes"] for event in history):
            self._histories[number] = history
        label = arrival(history)
        if label in self.labels:
            self._arrivals[number] = self.labels.index(label)
        added = (record["official"] or {}).get("added")
        self._added[number] = _number(added) if added else 0
        self._ends[number] = _number(record["ends"]) if record["ends"] else _NO_END

    def _mask(self, numbers: list[int] | Ints) -> Bools:
        mask = np.zeros(self.count, bool)
        mask[numbers] = True
        return mask


class CodeLists:
    """The code lists of the snapshots that are served, made when they are first asked for; safe for many threads."""

    def __init__(self) -> None:
        self._made: dict[str, CodeList] = {}
        self._lock = threading.Lock()

    def of(self, reading: Reading) -> CodeList:
        """Return the code list of the snapshot that is read."""
        made = self._made.get(reading.snapshot)
        if made is not None:
            return made
        with self._lock:
            if reading.snapshot not in self._made:
                self._made[reading.snapshot] = CodeList(reading.engine)
                for old in list(self._made)[:-_LISTS_KEPT]:
                    del self._made[old]
            return self._made[reading.snapshot]


def _known_days(labels: tuple[str, ...]) -> str:
    if not labels:
        return "no date: no official release of this code system is imported"
    return f"a day from {first_day(labels[0])} on, when the oldest release that is here took effect"


def _number(day: str) -> int:
    return int(day.replace("-", ""))


def _selectable(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    facts = {"kind": record["kind"], "family": record["family"], **(record["official"] or {})}
    for name in SELECTABLE:
        given = facts.get(name)
        for value in given if isinstance(given, list) else [given]:
            if value is not None:
                yield name, value["value"] if isinstance(value, dict) else value
