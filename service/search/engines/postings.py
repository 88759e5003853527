"""Posting lists and the impacts of terms, read from Whoosh when first asked for and kept within a bound.

Whoosh keeps one file position a reader, so reading holds a lock; arithmetic does not.
"""

from __future__ import annotations

import bisect
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from indexer import schema
from service.search import ranking

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_CACHED = 4_000_000
#: What an entry costs beside its elements, in elements: unknown words make many that are empty.
_ENTRY = 100
#: Positions are packed as record number * this + position; no field is longer.
SPAN = 1 << 16
_MAX_EXPANSIONS = 256
FIELDS = tuple(sorted(schema.TEXT_FIELDS.values(), key=lambda field: -field.weight))
#: A word in one of these says what the procedure is; in another section only what it has to do with.
_CORE = {field.name for field in FIELDS if not field.section or field.name in ("summary", "purpose")}


@dataclass(frozen=True, slots=True)
class Postings:
    """The records that hold one term in one field, ascending, and how often each does."""

    numbers: Ints
    frequencies: Floats

    def __len__(self) -> int:
        return len(self.numbers)


@dataclass(frozen=True, slots=True)
class Impacts:
    """The records that hold one term in any text field, ascending; what it counts there (0 to 1), and whether it
    stands in a field that says what the procedure is."""

    numbers: Ints
    values: Floats
    core: Bools

    def __len__(self) -> int:
        return len(self.numbers)


class _Sized(Protocol):
    def __len__(self) -> int: ...


_Value = TypeVar("_Value", bound=_Sized)


class _Cache(Generic[_Value]):
    """Values by key, newest used last, forgotten oldest first beyond a total length. Not safe for threads by itself."""

    def __init__(self, bound: int) -> None:
        self._bound, self._held = bound, 0
        self._values: OrderedDict[Any, _Value] = OrderedDict()

    def get(self, key: Any, make: Callable[[], _Value]) -> _Value:
        """Return the value of ``key``, made now if it is not kept."""
        found = self._values.get(key)
        if found is not None:
            self._values.move_to_end(key)
            return found
        made = self._values[key] = make()
        self._held += len(made) + _ENTRY
        while self._held > self._bound and len(self._values) > 1:
            self._held -= len(self._values.popitem(last=False)[1]) + _ENTRY
        return made


class PostingReader:
    """Everything that scoring reads of one Whoosh index; safe for many threads."""

    def __init__(self, reader: Any, count: int) -> None:
        self.count = count
        self._reader = reader
        self._lock = threading.RLock()
        self._postings: _Cache[Postings] = _Cache(_CACHED)
        self._impacts: _Cache[Impacts] = _Cache(_CACHED)
        self._positions: _Cache[Ints] = _Cache(_CACHED)
        self.words = [word.decode() for word in reader.lexicon("words")]
        self.codes = [code.decode() for code in reader.lexicon("code")]
        self._lengths = {field.name: self._field_lengths(field.name) for field in FIELDS}

    def postings(self, field: str, term: str) -> Postings:
        """Return the posting list of ``term`` in ``field``; an empty one where no record holds it."""
        with self._lock:
            return self._postings.get((field, term), lambda: self._read(field, term))

    def impacts(self, term: str) -> Impacts:
        """Return what ``term`` (a stem) counts in each record that holds it."""
        with self._lock:
            return self._impacts.get(term, lambda: self._weigh(term))

    def positions(self, field: str, term: str) -> Ints:
        """Return where ``term`` stands in ``field``: record number * `SPAN` + position, ascending."""
        with self._lock:
            return self._positions.get((field, term), lambda: self._read_positions(field, term))

    def lengths(self, field: str) -> Floats:
        """Return the number of words of ``field`` in each record."""
        return self._lengths[field][0]

    def knows(self, word: str) -> bool:
        """Say whether any record holds the folded, unstemmed ``word``."""
        at = bisect.bisect_left(self.words, word)
        return at < len(self.words) and self.words[at] == word

    def expansions(self, prefix: str) -> list[str]:
        """Return at most 256 words of the index that begin with ``prefix``, the shortest first."""
        return sorted(_between(self.words, prefix), key=len)[:_MAX_EXPANSIONS]

    def with_code_prefix(self, prefix: str) -> Ints:
        """Return the records whose code begins with ``prefix``."""
        found = self.code_range(prefix, prefix + "\U0010ffff")
        return np.arange(found.start, found.stop)

    def code_neighbors(self, code: str, most: int) -> Ints:
        """Return up to ``most`` records on either side of the place of ``code``, of its first letter and length."""
        at = bisect.bisect_left(self.codes, code)
        alike = [number for number, each in enumerate(self.codes) if each[0] == code[0] and len(each) == len(code)]
        before = [number for number in alike if number < at][-most:]
        return np.array(before + [number for number in alike if number >= at][:most], np.int64)

    def code_range(self, first: str, last: str) -> slice:
        """Return the records whose code lies from ``first`` to ``last``: they are in the order of codes."""
        return slice(bisect.bisect_left(self.codes, first), bisect.bisect_right(self.codes, last))

    def _read(self, field: str, term: str) -> Postings:
        numbers, frequencies = [], []
        if (field, term) in self._reader:
            matcher = self._reader.postings(field, term)
            while matcher.is_active():
                numbers.append(matcher.id())
                frequencies.append(matcher.weight())
                matcher.next()
        return Postings(np.array(numbers, np.int64), np.array(frequencies, np.float64))

    def _read_positions(self, field: str, term: str) -> Ints:
        packed: list[int] = []
        if (field, term) in self._reader:
            matcher = self._reader.postings(field, term)
            while matcher.is_active():
                base = matcher.id() * SPAN
                packed.extend(base + min(position, SPAN - 1) for position in matcher.value_as("positions"))
                matcher.next()
        return np.array(packed, np.int64)

    def _weigh(self, term: str) -> Impacts:
        frequency = np.zeros(self.count)
        core = np.zeros(self.count, bool)
        for field in FIELDS:
            held = self.postings(field.name, term)
            if len(held):
                lengths, average = self._lengths[field.name]
                frequency[held.numbers] += ranking.field_frequency(
                    held.frequencies, lengths[held.numbers], average, field.weight
                )
                core[held.numbers] |= field.name in _CORE
        own_code = self.postings("code", term.upper()).numbers
        frequency[own_code] += schema.TEXT_FIELDS["title"].weight
        core[own_code] = True
        numbers = np.flatnonzero(frequency)
        return Impacts(numbers, ranking.saturate(frequency[numbers]), core[numbers])

    def _field_lengths(self, field: str) -> tuple[Floats, float]:
        lengths = np.array([self._reader.doc_field_length(number, field) or 0 for number in range(self.count)], float)
        filled = lengths[lengths > 0]
        return lengths, float(filled.mean()) if len(filled) else 0.0


def holding(numbers: Ints, lists: Iterable[Postings]) -> Bools:
    """Say for each of ``numbers`` whether any of the posting lists holds it."""
    found = np.zeros(len(numbers), bool)
    for postings in lists:
        if len(postings):
            at = np.minimum(np.searchsorted(postings.numbers, numbers), len(postings) - 1)
            found |= postings.numbers[at] == numbers
    return found


def _between(values: list[str], prefix: str) -> list[str]:
    first = bisect.bisect_left(values, prefix)
    return values[first : bisect.bisect_left(values, prefix + "\U0010ffff")]
