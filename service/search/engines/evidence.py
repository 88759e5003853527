"""By which words records match, and where their texts hold them, read off their postings."""

from __future__ import annotations

import bisect
from array import array
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.analysis.tokenizer import MOST_PARTS, compounds, folded_word, stem, tokenize_from
from indexer.compiled import bits
from indexer.compiled.reader import CompiledIndex
from service.search.engines.layouts import HELD_FIELD, KEY_FIELD, KEY_START, KEY_WIDTH
from service.search.engines.machine import Machine
from service.search.engines.plan import Plan
from service.search.engines.planner import Planned
from service.search.model import BY_CODE, Evidence, Match, Span

_FIELD_BITS = (1 << bits.CODE_FIELD) - 1
_PLACE = bits.SPAN - 1
_TERM, _WIDTH, _START = (1 << KEY_WIDTH) - 1, bits.WIDEST, bits.FARTHEST
_NAMES_KEPT = 1 << 14
_WORDS_KEPT = 1 << 15
#: Room for the keys of one page; where it does not do, they are found without the kernel.
_ROOM = 1 << 16


class _Wanted(NamedTuple):
    """A term or completion that is looked for: its postings, the number of its stem, and its form or how it counts."""

    start: int
    end: int
    number: int
    detail: int


class Held(NamedTuple):
    """What one record holds of a query: keys as in `layouts.KEY_FIELD`, ascending, and the stems that they number."""

    keys: list[int]
    stems: list[str]


class Witness:
    """Tells why records match; safe for many threads."""

    def __init__(self, index: CompiledIndex, machine: Machine | None) -> None:
        self._index, self._machine = index, machine
        self._keys = np.empty(_ROOM, np.int64)
        self._docs, self._bits = index.docs.data, index.bits.data
        self._starts, self._packed = index.position_starts.data, index.packed.data
        self._completion = lru_cache(_WORDS_KEPT)(self._find_completion)

    def evidence(self, matches: Sequence[Match], plan: Plan | None) -> list[Evidence]:
        """Return why each of the matches of ``plan`` matches."""
        if plan is None:
            return [Evidence(frozenset(), (), Held([], []))] * len(matches)
        found = None if self._machine is None else self._by_kernel(self._machine, matches, plan)
        return self.by_reference(matches, plan) if found is None else found

    def by_reference(self, matches: Sequence[Match], plan: Plan) -> list[Evidence]:
        """Return the same without the kernel."""
        wanted, stems = self._wanted(plan), self.stems(plan)
        return [evidence_of(match, *self._sighted(match.number, plan, wanted), stems) for match in matches]

    def spans(self, evidence: Evidence, field: str, text: str) -> list[Span] | None:
        """Return where the terms stand in the text of a field, in order and apart; None where that has to be read."""
        keys, stems = evidence.held
        first = bisect.bisect_left(keys, bits.NUMBERS[field] << KEY_FIELD)
        last = bisect.bisect_left(keys, (bits.NUMBERS[field] + 1) << KEY_FIELD, first)
        found: list[Span] = []
        begin = end = -1
        for key in keys[first:last]:
            start, width = key >> KEY_START & _START, bits.WIDEST - (key >> KEY_WIDTH & _WIDTH)
            if start == bits.FARTHEST or width == bits.WIDEST:
                return None
            term = stems[key & _TERM]
            stop = start + width if _is_word(text[start : start + width], term) else _end(text, start, width, term)
            if start == begin and stop > end:
                # The longest of several that begin together.
                found[-1], end = Span(start, stop, term), stop
            elif start >= end:
                found.append(Span(start, stop, term))
                begin, end = start, stop
        return found

    def asked(self, matches: Sequence[Match], plan: Plan | Planned, room: int) -> array[int]:
        """Return what is asked of the kernel about some matches; ``room`` is for so many keys."""
        if isinstance(plan, Planned):
            return plan.asked([match.number for match in matches], room)
        asked = array("q", (len(matches), len(plan.terms), len(plan.groups), len(plan.completions), room))
        asked.extend([match.number for match in matches])
        asked.extend(chain.from_iterable(self._wanted(plan)))
        for group in plan.groups:
            asked.append(len(group))
            asked.extend(group)
        return asked

    def _by_kernel(self, machine: Machine, matches: Sequence[Match], plan: Plan) -> list[Evidence] | None:
        """Return the same by the kernel; None where there is no room for its keys."""
        asked = self.asked(matches, plan, _ROOM)
        ends = array("q", bytes(16 * len(matches)))
        addresses = asked.buffer_info()[0], ends.buffer_info()[0], self._keys.ctypes.data
        with machine.lock:
            if (used := machine.kernel.witness(machine.table_at, *addresses)) < 0:
                return None
            keys = self._keys[:used].tolist()
        stems, first, found = self.stems(plan), 0, []
        for match, flags, last in zip(matches, ends[::2], ends[1::2], strict=True):
            found.append(evidence_of(match, flags, keys[first:last], stems))
            first = last
        return found

    def _wanted(self, plan: Plan) -> list[_Wanted]:
        """Return the terms of a plan and behind them its completions."""
        terms = [_Wanted(each.start, each.end, each.number, at in plan.single) for at, each in enumerate(plan.terms)]
        return [*terms, *map(self._completion, plan.completions)]

    def stems(self, plan: Plan) -> list[str]:
        """Return the stems of the terms of a plan and behind them of its completions."""
        stems = [term.text for term in plan.terms]
        if plan.completions:
            stems += [self._index.stems[self._completion(each).number] for each in plan.completions]
        return stems

    def _find_completion(self, word: int) -> _Wanted:
        number, form = self._index.word(word)
        return _Wanted(self._index.first[number], self._index.first[number + 1], number, form)

    # -- without the kernel --------------------------------------------------------------------------

    def _sighted(self, number: int, plan: Plan, wanted: Sequence[_Wanted]) -> tuple[int, list[int]]:
        """Return the bits of the postings by which a record matches, and the keys of the places."""
        postings = [self._posting(number, each.start, each.end) for each in wanted]
        counted = {at for at in plan.single if postings[at] >= 0}
        for group in plan.groups:
            if all(postings[at] >= 0 for at in group):
                counted.update(group)
        for at in range(len(plan.terms), len(wanted)):
            form, posting = wanted[at].detail, postings[at]
            if posting >= 0 and (not form or self._bits[posting] & form):
                counted.add(at)
        flags, keys = 0, list[int]()
        for at in counted:
            flags |= self._bits[postings[at]]
            keys += self._keys_of(number, at, postings[at], wanted[at])
        return flags, keys

    def _keys_of(self, number: int, at: int, posting: int, wanted: _Wanted) -> Iterator[int]:
        for packed in self._positions(posting, wanted):
            field = packed >> bits.FIELD_SHIFT
            token = self._index.first_token(number, field) + (packed & _PLACE)
            start, width = self._index.starts[token], self._index.widths[token]
            yield field << KEY_FIELD | start << KEY_START | (bits.WIDEST - width) << KEY_WIDTH | at
        yield HELD_FIELD << KEY_FIELD | at

    def _positions(self, posting: int, wanted: _Wanted) -> list[int]:
        """Return the packed positions of a posting."""
        base, end = self._index.first_position[wanted.number], self._index.first_position[wanted.number + 1]
        if posting + 1 < wanted.end:
            end = base + self._starts[posting + 1]
        found: list[int] = self._packed[base + self._starts[posting] : end].tolist()
        return found

    def _posting(self, number: int, start: int, end: int) -> int:
        """Return the number of a record's posting among those from ``start`` to ``end``, or -1."""
        at = bisect.bisect_left(self._docs, number, start, end)
        return at if at < end and self._docs[at] == number else -1


def evidence_of(match: Match, flags: int, keys: list[int], stems: list[str]) -> Evidence:
    """Return why a record matches: by the bits of its postings, and keys of what it holds, in any order."""
    keys.sort()
    fields = field_names(flags & _FIELD_BITS)
    if match.tier in BY_CODE or flags >> bits.CODE_FIELD & 1:
        fields = ("code", *fields)
    held = bisect.bisect_left(keys, HELD_FIELD << KEY_FIELD)
    return Evidence(frozenset([stems[key & _TERM] for key in keys[held:]]), fields, Held(keys, stems))


@lru_cache(_NAMES_KEPT)
def field_names(flags: int) -> tuple[str, ...]:
    """Return the names of the text fields whose bits are set, heaviest first."""
    return tuple(field.name for at, field in enumerate(bits.FIELDS) if flags >> at & 1)


@lru_cache(_WORDS_KEPT)
def _is_word(raw: str, term: str) -> bool:
    """Say whether a token as it stands in a text has this stem by itself."""
    return stem(folded_word(raw)) == term


def _end(text: str, start: int, width: int, term: str) -> int:
    """Return the end of the compound that begins at ``start`` and has this stem; of the token, where there is none."""
    tokens = list(islice(tokenize_from(text, start), MOST_PARTS))
    found = (token for token in compounds(tokens, text) if token.start == start and token.term == term)
    return next((token.end for token in found), start + width)


def holding(plan: Plan, field_bit: int, index: CompiledIndex) -> NDArray[np.bool_]:
    """Say of each record whether a field holds any term of the plan."""
    mask = np.zeros(index.count, bool)
    for term in plan.terms:
        found = index.between(term.start, term.end)
        mask[found.docs[(found.bits & np.uint32(field_bit)) > 0]] = True
    return mask
