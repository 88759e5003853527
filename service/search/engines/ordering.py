"""Orders the matches of one search in any way that may be asked for, and finds the page behind a cursor."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from indexer.compiled.reader import CompiledIndex
from service.search import ranking
from service.search.engines.columns import Bools, Columns, Ints
from service.search.engines.evaluate import Ranked
from service.search.model import Key, SearchRequest


class Ordered(NamedTuple):
    """One page: (record, tier, fraction) of each match, how many match in all, and the key where more follow."""

    page: list[tuple[int, int, float]]
    total: int
    last: Key | None


class Found:
    """All records that match: tiers, fractions and whether matched, one value a record."""

    def __init__(self, index: CompiledIndex, columns: Columns, active: Bools) -> None:
        self._index, self._columns, self._active = index, columns, active
        self.tiers = np.zeros(index.count, np.int64)
        self.fractions = np.zeros(index.count)
        self.matched = np.zeros(index.count, bool)
        self.strongest = 0

    def take(self, ranked: Ranked) -> None:
        """Take what was found by words."""
        self.tiers[ranked.numbers] = ranked.tiers
        self.fractions[ranked.numbers] = ranked.fractions
        self.matched[ranked.numbers] = True
        self.strongest = ranked.strongest

    def take_all(self) -> None:
        """Take every record; filters and demands say which of them stay."""
        self.matched[:] = True

    def ordered(self, request: SearchRequest, mask: Bools | None, *, by_words: bool) -> Ordered:
        """Return the page that ``request`` asks for of the records in ``mask``."""
        numbers = np.flatnonzero(self.matched if mask is None else self.matched & mask)
        numbers, columns = self._sorted(request, numbers, by_words=by_words)
        start = self._start(request, numbers, columns)
        page = numbers[start : start + request.limit]
        more = start + len(page) < len(numbers) and len(page)
        last = self._key(numbers, columns, start + len(page) - 1) if more else None
        rows = zip(page.tolist(), self.tiers[page].tolist(), self.fractions[page].tolist(), strict=True)
        return Ordered(list(rows), len(numbers), last)

    def _sorted(
        self, request: SearchRequest, numbers: Ints, *, by_words: bool
    ) -> tuple[Ints, tuple[np.ndarray[Any, Any], ...]]:
        """Return record numbers in order, and the columns that they are sorted by, ascending."""
        if request.sort == "code" or (request.sort == "relevance" and not by_words):
            return numbers, (numbers,)
        if request.sort != "relevance":
            newest_first = -self._columns.dates[request.sort][numbers]
            order = np.lexsort((numbers, newest_first))
            return numbers[order], (newest_first[order], numbers[order])
        tiers, fractions, active = self.tiers[numbers], self.fractions[numbers], self._active[numbers]
        order = ranking.ranked(tiers, fractions, active, numbers)
        columns = (-tiers, -fractions, (~active).astype(np.int64), numbers)
        return numbers[order], tuple(column[order] for column in columns)

    def _start(self, request: SearchRequest, numbers: Ints, columns: tuple[np.ndarray[Any, Any], ...]) -> int:
        if request.after is None:
            return request.offset
        *values, code = request.after
        if len(values) + 1 != len(columns):
            return len(numbers)
        # A code that is gone from this snapshot still has its place between those before and after it.
        place = self._index.codes.between("", str(code)).stop - 1
        keys = [*(float(value) for value in values), float(place)]
        return ranking.first_after(list(zip(columns, keys, strict=True)))

    def _key(self, numbers: Ints, columns: tuple[np.ndarray[Any, Any], ...], at: int) -> Key:
        values = (float(column[at]) for column in columns[:-1])
        return (*values, self._index.codes[int(numbers[at])])
