"""Shows why records match, as JSON ready to be sent, by the kernel; what it cannot tell is left to who reads texts."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from indexer.compiled import bits
from indexer.compiled.reader import CompiledIndex
from indexer.documents import mapped_cards
from indexer.schema import LABELS, SECTION_FIELDS
from service.search.engines.evidence import Witness, field_names
from service.search.engines.layouts import (
    LABEL,
    MOST_CHARS,
    MOST_SPANS,
    ONE_TEXT,
    S_CORRECTED,
    S_FIRST,
    S_RESULTS,
    SECTION_TEXT,
    TEXT_LIST,
)
from service.search.engines.machine import Machine
from service.search.engines.plan import Plan
from service.search.engines.planner import Planned
from service.search.engines.spelled import spelled
from service.search.model import BY_CODE, Match, Tier
from service.search.query.parser import Query, Unread

_LISTS = frozenset(("common_names", "technical_terms", "drug_names"))
_FIELD_BITS = (1 << bits.CODE_FIELD) - 1
_KEPT = 1 << 15
#: Room for the keys of one record, and for the JSON of one page.
_KEYS, _BYTES = 1 << 16, 1 << 20


class Results(NamedTuple):
    """Results whose hits are written: where they lie, the first that is, and whether they are of a corrected text."""

    address: int
    first: int
    corrected: bool


class Shower:
    """Shows why records match; safe for many threads."""

    def __init__(self, folder: Path, index: CompiledIndex, machine: Machine, witness: Witness) -> None:
        self._index, self._machine, self._witness = index, machine, witness
        self._keys, self._spans = np.empty(_KEYS, np.int64), np.empty(3 * MOST_SPANS, np.int64)
        self._chars, self._out = np.empty(MOST_CHARS, np.uint32), np.empty(_BYTES, np.uint8)
        self._names, self._cards, self._labels = _names(), mapped_cards(folder), _labels()
        rooms = (self._keys, self._spans, self._chars, self._out, self._names, *self._cards, self._labels)
        self._rooms = tuple(int(each.ctypes.data) for each in rooms)
        self._written = self._out.data

    def shown(
        self, matches: Sequence[Match], plan: Plan | Planned, query: Query | Unread, section: str | None
    ) -> list[bytes | None]:
        """Return for each match the members of `service.search.model.Hit.why`; None where texts have to be read."""
        asked = self._witness.asked(matches, plan, _KEYS)
        extra = self._extra(plan, query, section)
        ends = array("q", bytes(24 * len(matches)))
        addresses = asked.buffer_info()[0], extra.buffer_info()[0], ends.buffer_info()[0]
        with self._machine.lock:
            self._machine.kernel.show(self._machine.table_at, *addresses)
            written = self._written[: max(ends[2::3], default=0)].tobytes() if matches else b""
        rows = zip(matches, ends[::3], ends[1::3], ends[2::3], strict=True)
        return [
            None if end < 0 else self._members(match, flags, written[begin:end], plan, query)
            for match, flags, begin, end in rows
        ]

    def hits(self, plan: Planned, numbers: Sequence[int], results: Results) -> bytes | None:
        """Return hits as they are sent, with commas between; None where one of them has to be told by Python.

        ``numbers`` are the records of all results. Whoever calls it holds the lock of the machine, and did so when the
        results were made.
        """
        asked = plan.asked(numbers[results.first :], _KEYS)
        extra = self._extra(plan, plan.query, None)
        extra[S_RESULTS], extra[S_FIRST], extra[S_CORRECTED] = results
        size = self._machine.kernel.show(self._machine.table_at, asked.buffer_info()[0], extra.buffer_info()[0], 0)
        return None if size < 0 else self._written[:size].tobytes()

    def _extra(self, plan: Plan | Planned, query: Query | Unread, section: str | None) -> array[int]:
        sections, asked = -1, -1
        if section is not None:
            sections = bits.field_bits([section])
        elif query.section in SECTION_FIELDS:
            asked = bits.NUMBERS[query.section]
        extra = array("q", (*self._rooms, _BYTES, sections, asked, 0, 0, 0))
        if isinstance(plan, Planned):
            extra.frombytes(plan.extra)
            return extra
        first: dict[str, int] = {}
        typed = {slot.places[0]: slot.word for slot in plan.slots}
        typed |= {len(plan.terms) + at: self._index.words[word] for at, word in enumerate(plan.completions)}
        for at, text in enumerate(self._witness.stems(plan)):
            extra.append(first.setdefault(text, at))
            extra.extend(spelled(typed.get(at, ""), text))
        return extra

    def _members(
        self, match: Match, flags: int, rest: bytes, plan: Plan | Planned, query: Query | Unread
    ) -> bytes | None:
        if match.tier not in BY_CODE and not flags >> bits.CODE_FIELD & 1:
            return _head(flags & _FIELD_BITS, by_code=False) + rest
        code = self._index.codes[match.number]
        if not _is_one_word(code):
            return None
        head, word = _head(flags & _FIELD_BITS, by_code=True), code.lower()
        begun = query.prefix is not None and word.startswith(query.prefix)
        if begun or word in query.whole.terms or word in _single(plan):
            comma = b"" if rest.startswith(b"}") else b","
            return b'%b"code":["<mark>%b</mark>"]%b%b' % (head, code.encode(), comma, rest)
        return head + rest


def _single(plan: Plan | Planned) -> list[str]:
    plan = plan.whole if isinstance(plan, Planned) else plan
    return [plan.terms[place].text for place in plan.single]


def _is_one_word(code: str) -> bool:
    """Say whether a code is a token like any other, whose stem is itself."""
    return code.isascii() and code.isalnum() and not code.isalpha() and code[0].isalpha()


@lru_cache(_KEPT)
def _head(flags: int, *, by_code: bool) -> bytes:
    """Return how the members begin for a record that matches in these fields."""
    fields = (("code",) if by_code else ()) + field_names(flags)
    return b'"matched_fields":%b,"highlights":{' % orjson.dumps(fields)


def _labels() -> NDArray[np.uint8]:
    """Return the names of fields and, behind them, of tiers, as `layouts.LABEL` has them."""
    names = [*(field.name for field in bits.FIELDS), *(tier.key for tier in Tier)]
    rows = np.zeros((len(names), LABEL), np.uint8)
    for row, name in zip(rows, names, strict=True):
        quoted = np.frombuffer(b'"%b"' % name.encode(), np.uint8)
        row[0], row[1 : 1 + len(quoted)] = len(quoted), quoted
    return rows.ravel()


def _names() -> NDArray[np.uint8]:
    """Return how the entry of each field begins: numbers as in `layouts.NAMED_KIND`, and the bytes behind them."""
    numbers, pieces, end = [], [], 0
    for field in bits.FIELDS:
        piece = b',"%b":[' % field.name.encode()
        if field.name in SECTION_FIELDS:
            key, heading = orjson.dumps(field.name), orjson.dumps(LABELS[field.name])
            piece = b'{"key":%b,"heading":%b,"snippet":"' % (key, heading)
        kind = SECTION_TEXT if field.section else TEXT_LIST if field.name in _LISTS else ONE_TEXT
        numbers.append((kind, end, end + len(piece)))
        pieces.append(piece)
        end += len(piece)
    return np.frombuffer(np.array(list(chain.from_iterable(numbers)), np.int64).tobytes() + b"".join(pieces), np.uint8)
