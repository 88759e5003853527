"""Ranks a plan in numpy, one array operation at a time over all records: slow, plain, and the measure of the kernel.

It serves where the kernel cannot be compiled, explains scores, and is what tests compare the kernel with: scores and
order have to be equal to the last bit, so every sum is made in the same order here and there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.compiled import bits
from indexer.compiled.reader import PostingList
from service.search import ranking
from service.search.engines.layouts import FIRST_WORD, NOTHING, PREFIX, TOGETHER
from service.search.engines.lexicon import Leaf
from service.search.engines.plan import Plan
from service.search.model import Part, Tier

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Postings(Protocol):
    """What ranking reads of an index, or of a part of its records; record numbers are from 0 to below ``count``."""

    @property
    def count(self) -> int:
        """How many records there are."""

    @property
    def shares(self) -> NDArray[Any]:
        """Records x 4: what share of each field of `bits.SINGLE` one word is."""

    @property
    def sections(self) -> NDArray[Any]:
        """A bit for each section with text."""

    def between(self, start: int, end: int) -> PostingList:
        """Return the postings that a plan bounds so."""

    def all_positions(self, stem: str) -> Ints:
        """Return the positions of a stem as `indexer.compiled.reader.CompiledIndex.all_positions` does."""


@dataclass(frozen=True, slots=True)
class Population:
    """All records of an index: their number, and how many hold something for each slot of a plan."""

    count: int
    holding: Sequence[int]

    def of_slot(self, at: int) -> tuple[int, int]:
        """Return both numbers for slot ``at``."""
        return self.count, self.holding[at]


@dataclass(slots=True)
class Scores:
    """What is known of every record for one plan; all arrays are one value a record."""

    tiers: Ints
    fractions: Floats
    parts: list[tuple[str, str | None, Floats]]

    def explained(self, number: int, factor: float) -> Iterator[Part]:
        """Yield the summands of one record's score; ``factor`` is what its fraction was multiplied by."""
        yield Part("tier", None, float(self.tiers[number]))
        for name, word, values in self.parts:
            if values[number]:
                yield Part(name, word, float(values[number]) * factor)


def score(
    plan: Plan,
    index: Postings,
    factors: Floats,
    within: Bools | None,
    section_bit: int,
    population: Population | None = None,
) -> Scores:
    """Return tiers and fractions of all records; only words in ``within`` (records) count, where it is given.

    ``population`` says of how many records those of ``index`` are a part; None: they are all.
    """
    some, complete, total, weighed, best = _words(plan, index, population)
    if within is not None:
        some &= within
    scale = ranking.share("words") / best if best > 0 else 0.0
    parts: list[tuple[str, str | None, Floats]] = [
        ("word", word, np.where(some, weight * credit * scale, 0.0)) for word, credit, weight in weighed
    ]
    fractions = total * scale
    features = _features(plan, index, section_bit)
    gained = np.zeros(index.count)
    for name, values in features:
        gained += values * ranking.share(name)
    adjacency = _adjacency(plan, index) * ranking.share("adjacency")
    fractions = np.where(some, (fractions + gained) + adjacency, 0.0) * factors
    parts += [(name, None, np.where(some, values * ranking.share(name), 0.0)) for name, values in features]
    parts.append(("adjacency", None, np.where(some, adjacency, 0.0)))
    tiers = np.where(some, np.where(complete, int(Tier.ALL_WORDS), int(Tier.SOME_WORDS)), 0).astype(np.int64)
    for first, end, tier in plan.raises:
        tiers[first:end] = np.maximum(tiers[first:end], tier)
    fractions[tiers == 0] = 0.0
    return Scores(tiers, fractions, parts)


def _words(
    plan: Plan, index: Postings, population: Population | None
) -> tuple[Bools, Bools, Floats, list[tuple[str, Floats, float]], float]:
    """Return which records have some word, which have all, their sums, each slot's share, and the best sum."""
    some, complete = np.zeros(index.count, bool), np.ones(index.count, bool)
    total = np.zeros(index.count)
    weighed = []
    # Words that a record needs come first, as in the kernel; sums differ in their last bits by their order.
    order = sorted(range(len(plan.slots)), key=lambda at: not plan.slots[at].required)
    weights = [0.0] * len(order)
    for at in order:
        slot = plan.slots[at]
        credit, core = np.zeros(index.count), np.zeros(index.count, bool)
        for leaf in slot.leaves:
            numbers, values, held = _leaf(leaf, plan, index)
            credit[numbers] = np.maximum(credit[numbers], values)
            core[numbers] |= held
        count, holding = population.of_slot(at) if population else (index.count, int((credit > 0).sum()))
        weight = slot.factor * ranking.inverse_document_frequency(count, holding)
        weights[at] = weight
        weighed.append((slot.word, credit, weight))
        total += weight * credit
        if slot.required:
            some |= credit > 0
            complete &= core
    return some, complete, total, weighed, sum(weights)


def _leaf(leaf: Leaf, plan: Plan, index: Postings) -> tuple[Ints, Floats, Bools]:
    """Return the records that a leaf finds, what it counts in each, and whether in a core field."""
    if leaf.kind == TOGETHER:
        terms = [plan.terms[place] for place in plan.together[leaf.start : leaf.end]]
        return together([index.between(term.start, term.end) for term in terms], leaf.typed)
    found = index.between(leaf.start, leaf.end)
    if leaf.kind == PREFIX:
        held = (found.bits & np.uint32(leaf.form)) > 0 if leaf.form else np.ones(len(found), bool)
        numbers = found.docs[held].astype(np.int64)
        return numbers, np.full(len(numbers), leaf.typed), np.ones(len(numbers), bool)
    typed = (found.bits & np.uint32(leaf.form)) > 0
    values = np.abs(found.impacts.astype(np.float64)) * np.where(typed, leaf.typed, leaf.other)
    return found.docs.astype(np.int64), values, found.impacts > 0


def together(lists: Sequence[PostingList], weight: float) -> tuple[Ints, Floats, Bools]:
    """Return the records that hold several terms, what these count there on average, and whether all in the core."""
    numbers = lists[0].docs
    for each in lists[1:]:
        numbers = np.intersect1d(numbers, each.docs, assume_unique=True)
    total, core = np.zeros(len(numbers)), np.ones(len(numbers), bool)
    for each in lists:
        impact = each.impacts[np.searchsorted(each.docs, numbers)].astype(np.float64)
        total += np.abs(impact)
        core &= impact > 0
    return numbers.astype(np.int64), total / len(lists) * weight, core


def _features(plan: Plan, index: Postings, section_bit: int) -> list[tuple[str, Floats]]:
    head, held = np.zeros(index.count), np.zeros((index.count, len(bits.SINGLE)))
    for term, role in zip(plan.terms, plan.roles, strict=True):
        if role == NOTHING:
            continue
        found = index.between(term.start, term.end)
        leading = found.docs[(found.bits & np.uint32(1 << bits.HEAD_BIT)) > 0]
        worth = 1.0 if role == FIRST_WORD else float(np.float32(ranking.OTHER_HEAD))
        head[leading] = np.maximum(head[leading], worth)
        for at, name in enumerate(bits.SINGLE):
            held[found.docs, at] += (found.bits >> np.uint32(bits.NUMBERS[name])) & np.uint32(1)
    coverage = np.minimum((held * index.shares[:, :-1]).max(axis=1), 1.0)
    features = [("head", head), ("coverage", coverage)]
    if section_bit >= 0:
        features.append(("section", ((index.sections >> np.uint16(section_bit)) & 1).astype(np.float64)))
    return features


def _adjacency(plan: Plan, index: Postings) -> Floats:
    """Return the share of neighbouring words of the query that are neighbours in a record too, in that order.

    Neighbours in the other order, or with one word between them, count half.
    """
    best = np.zeros(index.count)
    places = {term.text: _naming_positions(term.text, index) for term in plan.terms}
    for chain in plan.chains:
        share = np.zeros(index.count)
        for one, two in pairwise(chain):
            first, second = places[plan.terms[one].text], places[plan.terms[two].text]
            near = np.zeros(index.count)
            near[_records(first + 2, second)] = ranking.NEAR
            near[_records(first - 1, second)] = ranking.NEAR
            near[_records(first + 1, second)] = 1.0
            share += near
        best = np.maximum(best, share / (len(chain) - 1))
    return best


def _naming_positions(text: str, index: Postings) -> Ints:
    places = index.all_positions(text)
    naming: Ints = places[(np.int64(bits.NAMING_BITS) >> bits.fields_of_positions(places)) & 1 == 1]
    return naming


def _records(one: Ints, two: Ints) -> Ints:
    return np.intersect1d(one, two) >> bits.RECORD_SHIFT
