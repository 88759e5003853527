"""By which words a record matches, and which of its fields hold them, read off the bits of its postings."""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from indexer.analysis.tokenizer import MOST_PARTS, compounds, tokenize_from
from indexer.compiled import bits
from indexer.compiled.reader import CompiledIndex
from service.search.engines.layouts import LIST, TOGETHER
from service.search.engines.plan import Plan
from service.search.model import Evidence, Match, Span, Tier

_BY_CODE = (Tier.EXACT_CODE, Tier.CODE_PREFIX)
_FIELD_SHIFT, _PLACE = 16, bits.SPAN - 1
_BEYOND = 0xFFFF
_FIELD_BITS = (1 << bits.CODE_FIELD) - 1


class Witness:
    """Tells why records match; safe for many threads."""

    def __init__(self, index: CompiledIndex) -> None:
        self._index = index
        self._docs, self._bits = index.docs.data, index.bits.data
        self._names: dict[int, tuple[str, ...]] = {}

    def evidence(self, match: Match, plan: Plan | None) -> Evidence:
        """Return why a match of ``plan`` matches; the words of the query count as its terms wherever they are."""
        if plan is None:
            return Evidence(frozenset(), ())
        held = [self._flags(match.number, term.start, term.end) for term in plan.terms]
        places = self._places(plan, held)
        terms, flags = {plan.terms[at].text for at in places}, 0
        for at in places:
            flags |= held[at]
        for text, flag in self._completed(match.number, plan):
            terms.add(text)
            flags |= flag
        by_code = match.tier in _BY_CODE or flags >> bits.CODE_FIELD & 1
        return Evidence(frozenset(terms), (("code",) if by_code else ()) + self._fields(flags & _FIELD_BITS))

    def spans(self, number: int, terms: frozenset[str], field: str, text: str) -> list[Span] | None:
        """Return where the terms stand in the text of a field; None where it is too long for offsets to be kept."""
        wanted, starts = bits.NUMBERS[field], self._index.starts(number, bits.NUMBERS[field])
        found: set[Span] = set()
        for term in terms:
            for packed in self._positions(number, term):
                if packed >> _FIELD_SHIFT == wanted:
                    start = int(starts[packed & _PLACE])
                    if start == _BEYOND:
                        return None
                    found.update(_span(text, start, term))
        return sorted(found)

    def _positions(self, number: int, term: str) -> list[int]:
        """Return the packed positions of a term in a record."""
        start, end = self._index.bounds(term)
        at = bisect.bisect_left(self._docs, number, start, end)
        return self._index.positions(term, at).tolist() if at < end and self._docs[at] == number else []

    def _flags(self, number: int, start: int, end: int) -> int:
        """Return the bits of a record's posting among those from ``start`` to ``end``, or 0."""
        at = bisect.bisect_left(self._docs, number, start, end)
        return self._bits[at] if at < end and self._docs[at] == number else 0

    @staticmethod
    def _places(plan: Plan, held: list[int]) -> set[int]:
        """Return the places of the terms that count: those of the query, and of groups that the record holds whole."""
        own = {term.start: at for at, term in enumerate(plan.terms) if term.end}
        places = set()
        for slot in plan.slots:
            for leaf in slot.leaves:
                if leaf.kind == LIST and leaf.end:
                    places.add(own[leaf.start])
                elif leaf.kind == TOGETHER:
                    group = plan.together[leaf.start : leaf.end]
                    places.update(group if all(held[at] for at in group) else ())
        return places

    def _completed(self, number: int, plan: Plan) -> Iterator[tuple[str, int]]:
        """Yield stem and bits of each completion that the record holds."""
        for each in plan.completions:
            stem, form = self._index.word(each)
            flags = self._flags(number, self._index.first[stem], self._index.first[stem + 1])
            if flags & form or (flags and not form):
                yield self._index.stems[stem], flags

    def _fields(self, flags: int) -> tuple[str, ...]:
        names = self._names.get(flags)
        if names is None:
            names = tuple(field.name for at, field in enumerate(bits.FIELDS) if flags >> at & 1)
            if len(self._names) < 1 << 14:
                self._names[flags] = names
        return names


def _span(text: str, start: int, term: str) -> Iterator[Span]:
    """Yield the word that begins at ``start``, or the compound, whichever it is that has this stem."""
    tokens = list(islice(tokenize_from(text, start), MOST_PARTS))
    for token in (*tokens[:1], *compounds(tokens, text)):
        if token.term == term and token.start == start:
            yield Span(start, token.end, term)


def holding(plan: Plan, field_bit: int, index: CompiledIndex) -> NDArray[np.bool_]:
    """Say of each record whether a field holds any term of the plan."""
    mask = np.zeros(index.count, bool)
    for term in plan.terms:
        found = index.between(term.start, term.end)
        mask[found.docs[(found.bits & np.uint32(field_bit)) > 0]] = True
    return mask
