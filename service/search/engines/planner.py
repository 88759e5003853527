"""Plans queries by the kernel: what it is asked, and what comes back; what it cannot plan is left to Python.

That are queries with a beginning in the place of each word, or several words in that of one, and those that need more
room than there is.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, lru_cache
from itertools import chain
from typing import NamedTuple

import numpy as np

from indexer.compiled.reader import CompiledIndex
from service.search.engines.ending import NO_ENDING, Ending
from service.search.engines.layouts import (
    ASKED_TERM,
    ASKED_VALUES,
    FLOATS,
    MOST_NUMBERS,
    MOST_READ,
    NAMES_AT,
    NOT_KNOWN,
    O_FOUND,
    O_GROUP_COUNT,
    O_GROUP_NUMBERS,
    O_GROUPED,
    O_NAMES,
    O_TERM_COUNT,
    OUTCOME,
    Q_ASKED,
    Q_SLOTS,
    SIGHTED,
    SPELLED,
    WORK,
)
from service.search.engines.lexicon import Lexicon
from service.search.engines.machine import Machine
from service.search.engines.plan import Plan
from service.search.engines.rules import Rules
from service.search.engines.spelled import spelled
from service.search.engines.wordbook import Wordbook
from service.search.query.expand import MOST_ALTERNATIVES, Alternative, denied, respelled
from service.search.query.parser import Given, Query, Slot, Unread, parse_query

_SLOTS_KEPT, _ENDINGS_KEPT = 1 << 14, 1 << 8
_NAMES_MISSING = -2
_NO_VALUES, _NO_TERM = (0,) * ASKED_VALUES, [0] * ASKED_TERM
#: Where the numbers of terms begin that are not in the vocabulary, and of those that are not in the index either.
_BELOW, _FAR_BELOW, _HASHED = -2, -(1 << 33), (1 << 61) - 1

Raise = tuple[int, int, int]
#: Returns the runs of records that a query lifts, also by its other spellings.
RaisesOf = Callable[[Query, Sequence[Alternative]], Sequence[Raise]]


class Question(NamedTuple):
    """A query as the kernel plans it. ``ending`` keeps what ``numbers`` point to.

    The numbers of a query that the kernel read stand until it reads the next one.
    """

    query: Query | Unread
    numbers: array[int]
    ending: Ending


class Planned:
    """What the kernel planned: what asks it for evidence and shows it. `whole` is the same plan by Python.

    ``unfound`` are the places of the slots that nothing matches, None where it takes more to know that; ``all_found``
    says that there are none.
    """

    def __init__(self, question: Question, made: Made, plan: Callable[[Query], Plan]) -> None:
        self._question, self._made, self._plan = question, made, plan
        self.extra, self.unfound, self.all_found = made.extra, made.unfound, made.unfound == ()

    @property
    def query(self) -> Query | Unread:
        """The query that was planned."""
        return self._question.query

    @cached_property
    def whole(self) -> Plan:
        """The plan as values."""
        return self._plan(self._question.query.whole)

    def asked(self, numbers: Sequence[int], room: int) -> array[int]:
        """Return what is asked of the kernel about records; ``room`` is for so many keys."""
        made, ending = self._made, self._question.ending
        asked = array("q", (len(numbers), made.terms, made.groups, ending.size, room, *numbers))
        asked.frombytes(made.asked_terms)
        asked.extend(ending.asked)
        asked.frombytes(made.asked_groups)
        return asked


class Made(NamedTuple):
    """What the kernel planned, copied: how many terms and groups, what asks for evidence of them, what shows it, and
    which slots nothing matches, None where several words together may.
    """

    terms: int
    groups: int
    asked_terms: bytes
    asked_groups: bytes
    extra: bytes
    unfound: tuple[int, ...] | None


class Planner:
    """Asks the kernel for plans. Whoever calls `plan` holds the lock of the machine until the plan is ranked."""

    def __init__(self, machine: Machine, index: CompiledIndex, lexicon: Lexicon, raises: RaisesOf) -> None:
        self._machine, self._index, self._lexicon, self._raises = machine, index, lexicon, raises
        self._rules = Rules(lexicon.thesaurus, index)
        self._numbers, self._weights = np.zeros(MOST_NUMBERS, np.int64), np.zeros(MOST_NUMBERS, np.float64)
        self._terms, self._groups, self._extra = (np.zeros(MOST_NUMBERS, np.int64) for _ in range(3))
        self._work, self._floats = np.zeros(WORK, np.int64), np.zeros(FLOATS, np.float64)
        rooms = (self._numbers, self._weights, self._terms, self._groups, self._extra, self._work, self._floats)
        self._out = array("q", (*(int(each.ctypes.data) for each in rooms), *bytes(OUTCOME - len(rooms))))
        #: Where the numbers and the weights of the plan made last lie.
        self.addresses = self._out[0], self._out[1]
        self._slot = lru_cache(_SLOTS_KEPT)(self._make_slot)
        self._ending = lru_cache(_ENDINGS_KEPT)(self._make_ending)
        self._wordbook = Wordbook(machine, index, lexicon, self._slot, self._spelling)
        self._read = array("q", bytes(8 * MOST_READ))
        self._read_at = self._read.buffer_info()[0]

    def read(self, given: Given) -> Question | None:
        """Return what to ask for a text that the kernel can read; None for one that Python has to. Whoever calls it
        holds the lock of the machine until the question is planned.
        """
        book = self._wordbook
        state = book.read(given, self._read_at)
        if state == NOT_KNOWN:
            self._learn(parse_query(given.words))
            state = book.read(given, self._read_at)
        return Question(book.found(given), self._read, book.ending or NO_ENDING) if state == 0 else None

    def _learn(self, query: Query) -> None:
        """Look up the words of a query."""
        joined = [each.text for each in respelled(query.slots, self._lexicon) if len(each.slots) > 1]
        ending = self._ending(query.prefix, query.terms[-1]) if query.prefix else NO_ENDING
        self._wordbook.learn(query, joined, ending)

    def question(self, query: Query) -> Question | None:
        """Return what to ask for a query; None for one that Python has to plan."""
        if query.beginnings or _has_phrases(query):
            return None
        spellings = respelled(query.slots, self._lexicon)
        if len(spellings) > MOST_ALTERNATIVES:
            return None
        ending = self._ending(query.prefix, query.terms[-1]) if query.prefix else NO_ENDING
        raises, places = self._raises(query, spellings), denied(query.slots).intersection(range(len(query.slots)))
        counts = (len(query.slots), _as_bits(places), len(raises), len(spellings), ending.size)
        numbers = array("q", (*counts, *ending.addresses, *_NO_VALUES))
        for slot in query.slots:
            numbers.extend(self._slot(slot))
        for spelling in spellings:
            numbers.extend(self._spelling(spelling))
        numbers.extend(chain.from_iterable(raises))
        return Question(query, numbers, ending)

    def plan(self, question: Question, values: Sequence[int]) -> Made | None:
        """Plan a query, where ``values`` are those of `HEADER` from ``limit`` to ``deadline``; None: Python has to."""
        question.numbers[Q_ASKED : Q_ASKED + ASKED_VALUES] = array("q", values)
        kernel, asked_at = self._machine.kernel, question.numbers.buffer_info()[0]
        table_at, out_at = self._machine.table_at, self._out.buffer_info()[0]
        state = kernel.plan(table_at, asked_at, self._rules.address, out_at)
        if state == _NAMES_MISSING:
            self._look_up_names()
            state = kernel.plan(table_at, asked_at, self._rules.address, out_at)
        return None if state < 0 else self._copied(question)

    def _copied(self, question: Question) -> Made:
        terms = self._out[O_TERM_COUNT]
        return Made(
            terms,
            self._out[O_GROUP_COUNT],
            self._terms[: SIGHTED * terms].tobytes(),
            self._groups[: self._out[O_GROUP_NUMBERS]].tobytes(),
            self._extra[: SPELLED * (terms + question.ending.size)].tobytes(),
            self._unfound(question.numbers[Q_SLOTS]),
        )

    def _unfound(self, slots: int) -> tuple[int, ...] | None:
        unfound = ~self._out[O_FOUND] & ((1 << slots) - 1)
        if not unfound:
            return ()
        return None if unfound & self._out[O_GROUPED] else tuple(at for at in range(slots) if unfound >> at & 1)

    def _look_up_names(self) -> None:
        """Look up which records are called as some alternatives say; each text is looked up once."""
        for text in self._work[NAMES_AT : NAMES_AT + self._out[O_NAMES]].tolist():
            self._rules.name(text, self._index.named(self._lexicon.thesaurus.name(text)))

    def _make_slot(self, slot: Slot) -> tuple[int, ...]:
        form = self._lexicon.own(slot.word, slot.term).form
        return *self._term(slot.term), *spelled(slot.word, slot.term), form, slot.required

    def _spelling(self, spelling: Alternative) -> list[int]:
        text = self._lexicon.thesaurus.text(spelling.terms, spelling.text)
        parts = [_as_bits(spelling.slots), len(spelling.terms), text]
        for term in spelling.terms:
            parts += (*self._term(term), *spelled("", term))
        return parts + _NO_TERM * (2 - len(spelling.terms))

    def _term(self, term: str) -> tuple[int, int]:
        """Return the number of a term and its stem. One that the vocabulary does not have is numbered by its stem, or
        where the index does not have it either, by its letters.
        """
        stem = self._lexicon.term(term).number
        number = self._lexicon.thesaurus.number(term)
        if number < 0:
            number = _BELOW - stem if stem >= 0 else _FAR_BELOW - (hash(term) & _HASHED)
        return number, stem

    def _make_ending(self, prefix: str, stem: str) -> Ending:
        completed, index = self._lexicon.completed(prefix, stem), self._index
        words = [index.word(word) for word in completed.words]
        asked = ((index.first[stem], index.first[stem + 1], stem, form) for stem, form in words)
        first: dict[int, int] = {}
        letters = (
            (stem, first.setdefault(stem, at), *spelled(index.words[word], index.stems[stem]))
            for at, (word, (stem, _)) in enumerate(zip(completed.words, words, strict=True))
        )
        return Ending(
            len(words),
            array("q", completed.numbers),
            array("d", completed.weights),
            array("q", chain.from_iterable(asked)),
            array("q", chain.from_iterable(letters)),
        )


def _as_bits(places: Iterable[int]) -> int:
    """Return distinct places as bits of a number."""
    return sum([1 << place for place in places])


def _has_phrases(query: Query) -> bool:
    """Say whether a word is several words once it is folded, as a few characters are; by itself it may be a phrase."""
    return not query.text.isascii() and any(" " in term for term in query.terms)
