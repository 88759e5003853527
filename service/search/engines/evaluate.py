"""Ranks a plan on one index, by the kernel where there is one, else by the reference."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.compiled.reader import CompiledIndex
from service.search import ranking
from service.search.engines import native, reference
from service.search.engines.layouts import ARRAYS
from service.search.engines.plan import Plan, packed

_log = logging.getLogger(__name__)

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
#: How far stamps may count; beyond, scratch arrays are cleared and counting begins anew.
_LAST_STAMP = (1 << 32) - 64
_STAMPS_A_QUERY = 34
_LARGEST_PAGE = 1_100


@dataclass(frozen=True, slots=True)
class Ranked:
    """Records with tiers and fractions, best first; ``matching`` counts all that were admitted.

    ``strongest`` is the best tier of all records, also of those that a filter left out; 0 where nothing matches.
    """

    numbers: NDArray[np.int64]
    tiers: NDArray[np.int64]
    fractions: Floats
    active: Bools
    matching: int
    strongest: int


class Factors:
    """What multiplies the fraction of each record, and which are in use; made once a day, and then only read."""

    def __init__(self, factors: Floats, active: Bools) -> None:
        self.factors, self.active = factors, active
        self._active = np.ascontiguousarray(active).view(np.uint8)
        self.addresses = (factors.ctypes.data, self._active.ctypes.data)


class Conditions(NamedTuple):
    """What holds for a search beside its plan.

    ``mask``: which records filters admit; ``within``: in which records words count; ``section_bit``: the section that
    was asked about, or -1.
    """

    factors: Factors
    mask: Bools | None = None
    within: Bools | None = None
    section_bit: int = -1


class Evaluator:
    """Evaluates plans on one index; safe for many threads."""

    def __init__(self, index: CompiledIndex) -> None:
        self._index = index
        self._lock = threading.Lock()
        try:
            self._kernel: native.Kernel | None = native.load()
        except native.NativeUnavailable as why:
            _log.warning("ranking runs in numpy, several times slower: %s", why)
            self._kernel = None
        if self._kernel is not None:
            self._prepare()

    @property
    def is_native(self) -> bool:
        """Whether the compiled kernel does the work."""
        return self._kernel is not None

    def best(self, plan: Plan, conditions: Conditions, limit: int) -> Ranked:
        """Return the best ``limit`` records in order."""
        if self._kernel is None or limit > _LARGEST_PAGE:
            return _cut(self.everything(plan, conditions), limit)
        return self._run(self._kernel, plan, conditions, limit)

    def everything(self, plan: Plan, conditions: Conditions) -> Ranked:
        """Return all records that match, in order."""
        if self._kernel is None:
            return self.by_reference(plan, conditions)
        found = self._run(self._kernel, plan, conditions, None)
        order = ranking.ranked(found.tiers, found.fractions, found.active, found.numbers)
        columns = (found.numbers[order], found.tiers[order], found.fractions[order], found.active[order])
        return Ranked(*columns, found.matching, found.strongest)

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

    def _prepare(self) -> None:
        """Make scratch arrays, and the table of addresses that the kernel works from."""
        index, count = self._index, max(self._index.count, 1)
        scratch: dict[str, NDArray[Any]] = {
            "stamp": np.zeros(count, np.uint32),
            "total": np.empty(count, np.float64),
            "found": np.empty(count, np.uint32),
            "cores": np.empty(count, np.uint32),
            "held": np.empty(count, np.uint64),
            "heads": np.empty(count, np.float32),
            "tiers": np.empty(count, np.uint8),
            "touched": np.empty(count, np.uint32),
            "slot_stamp": np.zeros(count, np.uint32),
            "slot_best": np.empty(count, np.float64),
            "slot_core": np.empty(count, np.uint8),
            "slot_found": np.empty(count, np.uint32),
        }
        mapped: dict[str, NDArray[Any]] = {
            "docs": index.docs,
            "impacts": index.impacts,
            "bits": index.bits,
            "position_starts": index.position_starts,
            "first_position": np.asarray(index.first_position),
            "packed": index.packed,
            "lengths": index.lengths,
            "sections": index.sections,
        }
        self._kept = {**scratch, **mapped}
        sizes = {"count": index.count, "postings": len(index.docs)}
        addresses = {name: each.ctypes.data for name, each in self._kept.items()}
        self._table = np.array([(sizes | addresses)[name] for name in ARRAYS], np.int64)
        self._stamped = (scratch["stamp"], scratch["slot_stamp"])
        self._epoch = 1
        self._few, self._few_at = _results(_LARGEST_PAGE)
        self._table_at = self._table.ctypes.data

    def _run(self, kernel: native.Kernel, plan: Plan, conditions: Conditions, limit: int | None) -> Ranked:
        """Return the best ``limit`` records in order, or with None all in no order."""
        everything = limit is None
        out, results = _results(self._index.count) if everything else (self._few, self._few_at)
        mask, within = _bytes(conditions.mask), _bytes(conditions.within)
        head = [
            limit or 0,
            int(everything),
            0 if mask is None else mask.ctypes.data,
            0 if within is None else within.ctypes.data,
            conditions.section_bit,
            0,
            *conditions.factors.addresses,
        ]
        # Scratch arrays and the results of small pages are shared.
        with self._lock:
            head[5] = self._next_epoch()
            numbers, weights = packed(plan, head)
            matching = kernel(self._table_at, numbers.buffer_info()[0], weights.buffer_info()[0], results.ctypes.data)
            kept = int(results[4])
            docs, tiers, fractions, active = (each[:kept] for each in out)
            return Ranked(
                docs.astype(np.int64), tiers.astype(np.int64), fractions.copy(), active != 0, matching, int(results[5])
            )

    def _next_epoch(self) -> int:
        if self._epoch > _LAST_STAMP:
            for each in self._stamped:
                each[:] = 0
            self._epoch = 1
        epoch, self._epoch = self._epoch, self._epoch + _STAMPS_A_QUERY
        return epoch


def _results(size: int) -> tuple[tuple[NDArray[Any], ...], NDArray[np.int64]]:
    """Return arrays for ``size`` results, and their addresses as the kernel wants them."""
    size = max(size, 1)
    out = (np.empty(size, np.uint32), np.empty(size, np.uint8), np.empty(size, np.float64), np.empty(size, np.uint8))
    return out, np.array([*(each.ctypes.data for each in out), 0, 0, 0, 0], np.int64)


def _bytes(mask: Bools | None) -> NDArray[np.uint8] | None:
    return None if mask is None else np.ascontiguousarray(mask).view(np.uint8)


def _cut(ranked: Ranked, limit: int) -> Ranked:
    columns = (ranked.numbers[:limit], ranked.tiers[:limit], ranked.fractions[:limit], ranked.active[:limit])
    return Ranked(*columns, ranked.matching, ranked.strongest)
