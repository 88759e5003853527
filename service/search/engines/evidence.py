"""By which words a record matches, and where its texts hold them, read off its postings."""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.analysis.tokenizer import MOST_PARTS, compounds, folded_word, stem, tokenize_from
from indexer.compiled import bits
from indexer.compiled.reader import CompiledIndex
from service.search.engines.lexicon import Term
from service.search.engines.plan import Plan
from service.search.model import Evidence, Match, Span, Tier

_BY_CODE = (Tier.EXACT_CODE, Tier.CODE_PREFIX)
_FIELD_BITS = (1 << bits.CODE_FIELD) - 1
_PLACE = bits.SPAN - 1
_NAMES_KEPT = 1 << 14


class Held(NamedTuple):
    """A term that a record holds, and the number of the posting that says so."""

    term: Term
    posting: int


class Witness:
    """Tells why records match; safe for many threads."""

    def __init__(self, index: CompiledIndex) -> None:
        self._index = index
        self._docs, self._bits = index.docs.data, index.bits.data
        self._starts, self._packed = index.position_starts.data, index.packed.data

    def evidence(self, match: Match, plan: Plan | None) -> Evidence:
        """Return why a match of ``plan`` matches."""
        if plan is None:
            return Evidence(frozenset(), ())
        postings = [self._posting(match.number, term.start, term.end) for term in plan.terms]
        places = {at for at in plan.single if postings[at] >= 0}
        for group in plan.groups:
            if all(postings[at] >= 0 for at in group):
                places.update(group)
        held = [Held(plan.terms[at], postings[at]) for at in places]
        held += self._completed(match.number, plan)
        flags = 0
        for each in held:
            flags |= self._bits[each.posting]
        by_code = match.tier in _BY_CODE or flags >> bits.CODE_FIELD & 1
        fields = _fields(flags & _FIELD_BITS)
        terms = frozenset([each.term.text for each in held])
        return Evidence(terms, ("code", *fields) if by_code else fields, held)

    def spans(self, number: int, evidence: Evidence, field: str, text: str) -> list[Span] | None:
        """Return where the terms stand in the text of a field; None where that has to be read."""
        wanted = bits.NUMBERS[field]
        first, starts, widths = self._index.first_token(number, wanted), self._index.starts, self._index.widths
        found = []
        for term, posting in evidence.held:
            if self._bits[posting] >> wanted & 1:
                for place in self._places(term, posting, wanted):
                    start, width = starts[first + place], widths[first + place]
                    if start == bits.FARTHEST or width == bits.WIDEST:
                        return None
                    found.append(_span(text, start, start + width, term.text))
        return found

    def _places(self, term: Term, posting: int, field: int) -> list[int]:
        """Return the places of a term in one field of the record of a posting."""
        base, end = self._index.first_position[term.number], self._index.first_position[term.number + 1]
        if posting + 1 < term.end:
            end = base + self._starts[posting + 1]
        packed = self._packed[base + self._starts[posting] : end].tolist()
        return [place & _PLACE for place in packed if place >> bits.FIELD_SHIFT == field]

    def _posting(self, number: int, start: int, end: int) -> int:
        """Return the number of a record's posting among those from ``start`` to ``end``, or -1."""
        at = bisect.bisect_left(self._docs, number, start, end)
        return at if at < end and self._docs[at] == number else -1

    def _completed(self, number: int, plan: Plan) -> Iterator[Held]:
        """Yield the stems of the completions that the record holds."""
        for each in plan.completions:
            at, form = self._index.word(each)
            start, end = self._index.first[at], self._index.first[at + 1]
            posting = self._posting(number, start, end)
            if posting >= 0 and (not form or self._bits[posting] & form):
                yield Held(Term(self._index.stems[at], at, start, end, -1), posting)


@lru_cache(_NAMES_KEPT)
def _fields(flags: int) -> tuple[str, ...]:
    """Return the names of the text fields whose bits are set, heaviest first."""
    return tuple(field.name for at, field in enumerate(bits.FIELDS) if flags >> at & 1)


def _span(text: str, start: int, end: int, term: str) -> Span:
    """Return the token from ``start`` to ``end`` where it has this stem, else the compound that begins with it."""
    if stem(folded_word(text[start:end])) == term:
        return Span(start, end, term)
    tokens = list(islice(tokenize_from(text, start), MOST_PARTS))
    found = (token for token in compounds(tokens, text) if token.start == start and token.term == term)
    return next((Span(start, token.end, term) for token in found), Span(start, end, term))


def holding(plan: Plan, field_bit: int, index: CompiledIndex) -> NDArray[np.bool_]:
    """Say of each record whether a field holds any term of the plan."""
    mask = np.zeros(index.count, bool)
    for term in plan.terms:
        found = index.between(term.start, term.end)
        mask[found.docs[(found.bits & np.uint32(field_bit)) > 0]] = True
    return mask
