"""The records at the top of a search, as a small index that the reference ranking reads: the exact scores of a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.compiled import bits
from indexer.compiled.reader import PostingList, TermIndex
from service.search.engines.evidence import evidence_of
from service.search.engines.layouts import HELD_FIELD, KEY_FIELD
from service.search.engines.plan import Plan
from service.search.engines.reference import Bools, Ints, Population, Scores, score
from service.search.model import Evidence, Match

#: What lies in a cluster of one record for ranking, as `indexer.opensearch.bodies` describes it.
Held = Mapping[str, Any]


class Candidate(NamedTuple):
    """One record as a search found it: number, card as JSON, what it holds, whether in use, and its score there."""

    number: int
    card: bytes
    held: Held
    active: bool
    factor: float
    score: float


class _Stem(NamedTuple):
    """A stem of a plan: its postings in the whole index, and the words of it whose forms count, by their bits."""

    text: str
    start: int
    end: int
    forms: dict[str, int]


class Ranked(NamedTuple):
    """What the formula gives each of some candidates: tier, fraction, and all its parts by place."""

    tiers: list[int]
    fractions: list[float]
    scores: Scores


def rank(
    candidates: Sequence[Candidate],
    plan: Plan,
    index: TermIndex,
    population: Population,
    within: str | None,
    section_bit: int,
) -> Ranked:
    """Score candidates exactly as the reference scores them among all records."""
    part = _Part([each.held for each in candidates], list(_stems(plan, index)))
    factors = np.array([each.factor for each in candidates])
    inside = None if within is None else part.inside(plan, bits.field_bits([within]))
    scores = score(_localised(plan, candidates), part, factors, inside, section_bit, population)
    return Ranked(scores.tiers.tolist(), scores.fractions.tolist(), scores)


def evidence(match: Match, held: Held, plan: Plan, index: TermIndex) -> Evidence:
    """Return why a record matches."""
    stems = held["stems"]
    counted = {at for at in plan.single if plan.terms[at].text in stems}
    for group in plan.groups:
        if all(plan.terms[at].text in stems for at in group):
            counted.update(group)
    texts = [term.text for term in plan.terms]
    for at, number in enumerate(plan.completions, len(texts)):
        stem, form = index.word(number)
        texts.append(index.stems[stem])
        found = stems.get(texts[-1])
        if found and (not form or index.words[number] in found[2]):
            counted.add(at)
    flags = 0
    for at in counted:
        flags |= stems[texts[at]][1]
    return evidence_of(match, flags, [HELD_FIELD << KEY_FIELD | at for at in counted], texts)


def _stems(plan: Plan, index: TermIndex) -> Iterator[_Stem]:
    """Yield the distinct stems of the terms and completions of a plan that the index has."""
    numbers = {term.number for term in plan.terms if term.number >= 0}
    forms: dict[int, dict[str, int]] = {number: {} for number in numbers}
    for number in plan.completions:
        stem, bit = index.word(number)
        forms.setdefault(stem, {})[index.words[number]] = bit
    for slot in plan.slots:
        number = index.words.find(slot.word)
        if number >= 0:
            stem, bit = index.word(number)
            forms.setdefault(stem, {})[slot.word] = bit
    for stem, words in forms.items():
        yield _Stem(index.stems[stem], index.first[stem], index.first[stem + 1], words)


def _localised(plan: Plan, candidates: Sequence[Candidate]) -> Plan:
    """Return a plan that lifts candidates, by their places, as the plan lifts records."""
    lifted = [
        (place, place + 1, tier)
        for place, each in enumerate(candidates)
        for first, end, tier in plan.raises
        if first <= each.number < end
    ]
    return plan._replace(raises=lifted)


class _Part:
    """The postings of a few records, which are numbered by their places; see `reference.Postings`."""

    def __init__(self, records: Sequence[Held], stems: Sequence[_Stem]) -> None:
        self._count = len(records)
        self._shares = np.array([each["shares"] for each in records], np.uint32).view(np.float32)
        self._sections = np.array([each["sections"] for each in records], np.uint16)
        self._lists: dict[int, PostingList] = {}
        self._positions: dict[str, Ints] = {}
        for stem in stems:
            rows = [(at, each["stems"].get(stem.text)) for at, each in enumerate(records)]
            self._lists[stem.start], self._positions[stem.text] = _postings(stem, rows), _positions(rows)

    @property
    def count(self) -> int:
        """How many records there are."""
        return self._count

    @property
    def shares(self) -> NDArray[Any]:
        """Records x 4."""
        return self._shares.reshape(self._count, -1)

    @property
    def sections(self) -> NDArray[Any]:
        """A bit for each section with text."""
        return self._sections

    def between(self, start: int, end: int) -> PostingList:
        """Return the postings of the stem whose postings in the whole index are these."""
        return self._lists[start] if end > start else _NO_POSTINGS

    def all_positions(self, stem: str) -> Ints:
        """Return the positions of a stem in naming fields."""
        return self._positions.get(stem, _NO_POSITIONS)

    def inside(self, plan: Plan, field: int) -> Bools:
        """Say of each record whether a field holds any term of the plan."""
        mask = np.zeros(self._count, bool)
        for term in plan.terms:
            found = self.between(term.start, term.end)
            mask[found.docs[(found.bits & np.uint32(field)) > 0]] = True
        return mask


_NO_POSITIONS = np.empty(0, np.int64)
_NO_POSTINGS = PostingList(np.empty(0, np.uint32), np.empty(0, np.float32), np.empty(0, np.uint32))


def _postings(stem: _Stem, rows: Sequence[tuple[int, Any]]) -> PostingList:
    kept = [(at, found) for at, found in rows if found]
    flags = [_flags(found, stem.forms) for _, found in kept]
    impacts = np.array([found[0] for _, found in kept], np.uint32).view(np.float32)
    return PostingList(np.array([at for at, _ in kept], np.uint32), impacts, np.array(flags, np.uint32))


def _flags(found: Any, forms: Mapping[str, int]) -> int:
    """Return the bits of a posting, those of the forms among them that a plan asks for."""
    flags: int = found[1]
    for text, bit in forms.items():
        if text in found[2]:
            flags |= bit
    return flags


def _positions(rows: Sequence[tuple[int, Any]]) -> Ints:
    return np.array([at << bits.RECORD_SHIFT | each for at, found in rows if found for each in found[3]], np.int64)
