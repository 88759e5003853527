"""Ranks a plan on one index, by the kernel where there is one, else by the reference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.compiled.reader import CompiledIndex
from indexer.schema import SECTION_FIELDS
from service.search import ranking
from service.search.engines import reference
from service.search.engines.layouts import MOST_TEXT, RESULTS, RESULTS_KEPT, RESULTS_LATE, RESULTS_STRONGEST
from service.search.engines.machine import Machine
from service.search.engines.plan import Plan, packed
from service.search.engines.planner import Made, Planned, Planner, Question
from service.search.engines.showing import Results, Shower
from service.search.model import Ready, SearchRequest, Tier
from service.search.query.parser import Given, Query

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Bits = NDArray[np.uint8]
_LARGEST_PAGE = 1_100
#: Sections as conditions name them.
SECTION_BITS = {name: at for at, name in enumerate(SECTION_FIELDS)}


@dataclass(frozen=True, slots=True)
class Ranked:
    """Records with tiers and fractions, best first; ``matching`` counts all that were admitted.

    ``strongest`` is the best tier of all records, also of those that a filter left out; 0 where nothing matches.
    ``late`` says that the deadline passed, and some may be missing.
    """

    numbers: NDArray[np.int64]
    tiers: NDArray[np.int64]
    fractions: Floats
    active: Bools
    matching: int
    strongest: int
    late: bool = False


class Best(NamedTuple):
    """The same for the records of one page, as lists."""

    numbers: list[int]
    tiers: list[int]
    fractions: list[float]
    active: list[int]
    matching: int
    strongest: int
    late: bool


class Factors:
    """What multiplies the fraction of each record, and which are in use; made once a day, and then only read."""

    def __init__(self, factors: Floats, active: Bools) -> None:
        self.factors, self.active = factors, active
        self._active = np.ascontiguousarray(active).view(np.uint8)
        self.addresses = (factors.ctypes.data, self._active.ctypes.data)


class Conditions(NamedTuple):
    """What holds for a search beside its plan.

    ``mask``: which records are admitted; ``within``: in which records words count; ``section_bit``: the section that
    was asked about, or -1; ``deadline``: when to stop, in nanoseconds of the monotonic clock, 0 for never; ``only``:
    which records the mask is drawn from, whatever is filtered by.
    """

    factors: Factors
    mask: Bools | None = None
    within: Bools | None = None
    section_bit: int = -1
    deadline: int = 0
    only: Bools | None = None


class TextReader(NamedTuple):
    """Who reads and plans texts, who plans what the kernel cannot, and who writes hits, where that is asked for;
    whether the text is a corrected one.
    """

    planner: Planner
    plan: Callable[[Query], Plan]
    shower: Shower | None
    corrected: bool = False


class Found(NamedTuple):
    """The best records of a text, its plan, and the hits as they are sent, where they could be written."""

    best: Best
    planned: Planned
    ready: Ready | None


def may_be_read(text: Given, request: SearchRequest) -> bool:
    """Say whether it is worth asking the kernel to read a text and to fill the page."""
    words = text.words
    return words.isascii() and 0 < len(words) <= MOST_TEXT and request.offset + request.limit <= _LARGEST_PAGE


class Evaluator:
    """Evaluates plans on one index; safe for many threads."""

    def __init__(self, index: CompiledIndex, machine: Machine | None) -> None:
        self._index, self._machine = index, machine
        self._few = _Results(_LARGEST_PAGE)

    def best(self, plan: Plan, conditions: Conditions, limit: int) -> Best:
        """Return the best ``limit`` records in order."""
        if self._machine is not None and limit <= _LARGEST_PAGE:
            # The results are shared, too.
            with self._machine.lock:
                found = self._few
                matching = self._run(self._machine, plan, conditions, found, limit)
                if matching >= 0:
                    return found.best(matching)
        return _cut(self.everything(plan, conditions), limit)

    def best_planned(
        self, planner: Planner, question: Question, conditions: Conditions, limit: int
    ) -> tuple[Best, Made] | None:
        """Plan a query and return its best ``limit`` records in order; None where the kernel cannot do either."""
        if self._machine is None or limit > _LARGEST_PAGE:
            return None
        with self._machine.lock:
            return self._planned(self._machine, planner, question, conditions, limit)

    def best_read(
        self, reader: TextReader, given: Given, request: SearchRequest, conditions: Conditions
    ) -> Found | None:
        """Read the text of a request, plan it and return its best records in order; None where the kernel cannot do
        all of that.
        """
        end = request.offset + request.limit
        if self._machine is None or end > _LARGEST_PAGE:
            return None
        with self._machine.lock:
            question = reader.planner.read(given)
            if question is None:
                return None
            bit = -1 if question.query.section is None else SECTION_BITS.get(question.query.section, -1)
            found = self._planned(self._machine, reader.planner, question, conditions._replace(section_bit=bit), end)
            if found is None:
                return None
            best, planned = found[0], Planned(question, found[1], reader.plan)
            return Found(best, planned, self._ready(reader, best, planned, request.offset))

    def _ready(self, reader: TextReader, best: Best, planned: Planned, offset: int) -> Ready | None:
        """Return the results from number ``offset`` on as they are sent, where that is asked for and can be done."""
        meant = reader.corrected or best.strongest >= Tier.ALL_WORDS or planned.all_found
        if reader.shower is None or not meant:
            return None
        results = Results(self._few.address, offset, reader.corrected)
        hits = reader.shower.hits(planned, best.numbers, results)
        if hits is None:
            return None
        if not hits:
            return Ready(hits, None)
        return Ready(hits, Tier.FUZZY if reader.corrected else Tier(best.tiers[offset]))

    def everything(self, plan: Plan, conditions: Conditions) -> Ranked:
        """Return all records that match, in order."""
        if self._machine is None:
            return self.by_reference(plan, conditions)
        found = _Results(self._index.count)
        with self._machine.lock:
            matching = self._run(self._machine, plan, conditions, found, -1)
        if matching < 0:
            return self.by_reference(plan, conditions)
        kept = slice(0, found.kept)
        numbers, tiers = found.docs[kept].astype(np.int64), found.tiers[kept].astype(np.int64)
        fractions, active = found.fractions[kept], found.active[kept] != 0
        order = ranking.ranked(tiers, fractions, active, numbers)
        return Ranked(
            numbers[order], tiers[order], fractions[order], active[order], matching, found.strongest, found.late
        )

    def by_reference(self, plan: Plan, conditions: Conditions) -> Ranked:
        """Return all records that match, in order, without the kernel."""
        scores = self.scores(plan, conditions)
        admitted = scores.tiers > 0 if conditions.mask is None else (scores.tiers > 0) & conditions.mask
        numbers = np.flatnonzero(admitted)
        tiers, fractions = scores.tiers[numbers], scores.fractions[numbers]
        active = conditions.factors.active[numbers]
        order = ranking.ranked(tiers, fractions, active, numbers)
        strongest = int(scores.tiers.max(initial=0))
        return Ranked(numbers[order], tiers[order], fractions[order], active[order], len(numbers), strongest)

    def scores(self, plan: Plan, conditions: Conditions) -> reference.Scores:
        """Return what every record gets, part by part."""
        return reference.score(plan, self._index, conditions.factors.factors, conditions.within, conditions.section_bit)

    def _planned(
        self, machine: Machine, planner: Planner, question: Question, conditions: Conditions, limit: int
    ) -> tuple[Best, Made] | None:
        values, _masks = _asked(conditions, limit)
        made = planner.plan(question, values)
        if made is None:
            return None
        matching = machine.kernel.rank(machine.table_at, *planner.addresses, self._few.address)
        return (self._few.best(matching), made) if matching >= 0 else None

    def _run(self, machine: Machine, plan: Plan, conditions: Conditions, results: _Results, limit: int) -> int:
        """Fill the results with the best ``limit`` records in order, with -1 with all in the order of codes.

        Return how many match; -1 where scratch arrays are too small.
        """
        values, _masks = _asked(conditions, limit)
        numbers, weights = packed(plan, values)
        addresses = numbers.buffer_info()[0], weights.buffer_info()[0], results.address
        return machine.kernel.rank(machine.table_at, *addresses)


def _asked(conditions: Conditions, limit: int) -> tuple[tuple[int, ...], tuple[Bits | None, Bits | None]]:
    """Return the values of `HEADER` from ``limit`` to ``deadline``, and the masks that they point to."""
    mask, within = _bitset(conditions.mask), _bitset(conditions.within)
    values = (
        max(limit, 0),
        limit < 0,
        0 if mask is None else mask.ctypes.data,
        0 if within is None else within.ctypes.data,
        conditions.section_bit,
        *conditions.factors.addresses,
        conditions.deadline,
    )
    return values, (mask, within)


class _Results:
    """Room for the results of the kernel."""

    def __init__(self, size: int) -> None:
        size = max(size, 1)
        self.docs, self.tiers = np.empty(size, np.uint32), np.empty(size, np.uint8)
        self.fractions, self.active = np.empty(size, np.float64), np.empty(size, np.uint8)
        # The kernel asks for the time in the last two numbers.
        self._table = np.zeros(len(RESULTS) + 2, np.int64)
        self._table[:4] = [each.ctypes.data for each in (self.docs, self.tiers, self.fractions, self.active)]
        self._numbers = self._table.data
        self.address = self._table.ctypes.data

    def best(self, matching: int) -> Best:
        """Return the results as lists; ``matching`` records match."""
        kept = self.kept
        return Best(
            self.docs[:kept].tolist(),
            self.tiers[:kept].tolist(),
            self.fractions[:kept].tolist(),
            self.active[:kept].tolist(),
            matching,
            self.strongest,
            self.late,
        )

    @property
    def kept(self) -> int:
        """How many records are in the results."""
        return self._numbers[RESULTS_KEPT]

    @property
    def strongest(self) -> int:
        """The best tier of all records."""
        return self._numbers[RESULTS_STRONGEST]

    @property
    def late(self) -> bool:
        """Whether the deadline passed before everything was ranked."""
        return self._numbers[RESULTS_LATE] != 0


def _bitset(mask: Bools | None) -> Bits | None:
    """Return a mask as bits, filled up to whole 64-bit words."""
    if mask is None:
        return None
    whole = np.zeros(-(-len(mask) // 64) * 8, np.uint8)
    whole[: -(-len(mask) // 8)] = np.packbits(mask, bitorder="little")
    return whole


def _cut(ranked: Ranked, limit: int) -> Best:
    return Best(
        ranked.numbers[:limit].tolist(),
        ranked.tiers[:limit].tolist(),
        ranked.fractions[:limit].tolist(),
        ranked.active[:limit].astype(np.int64).tolist(),
        ranked.matching,
        ranked.strongest,
        ranked.late,
    )
