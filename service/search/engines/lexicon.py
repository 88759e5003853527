"""What one index and its vocabulary know of words. Look-ups are kept, within bounds: queries share most words."""

from __future__ import annotations

from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from indexer.compiled.reader import TermIndex
from indexer.thesaurus import Thesaurus
from service.search import ranking
from service.search.engines.layouts import LIST, NOTHING, PREFIX
from service.search.query.expand import known_splits
from service.search.spelling import Speller

_KEPT = 32_768
MAX_COMPLETIONS = 256


class Leaf(NamedTuple):
    """One thing that may stand for a word, as the kernel reads it.

    ``kind`` is LIST, PREFIX or TOGETHER. ``start`` and ``end`` bound its postings; of TOGETHER they bound its terms in
    the plan. ``form`` is the bit of the form that was typed, or of the completion (0: any form); a record with it
    counts ``typed`` times its impact, another ``other`` times; a completion counts ``typed`` by itself. ``dense`` is
    the number of its bitsets in the index, or -1. No record counts more than ``most``.
    """

    kind: int
    start: int
    end: int
    form: int
    typed: float
    other: float
    dense: int = -1
    most: float = 1.0


class Term(NamedTuple):
    """One stem: its number in the index (-1: unknown), its postings from ``start`` to ``end``, its bitsets or -1, and
    its largest impact.
    """

    text: str
    number: int
    start: int
    end: int
    dense: int
    peak: float


class Completed(NamedTuple):
    """The words that begin in one way: their numbers, their leaves, and numbers and weights of these as the kernel
    reads them.
    """

    words: tuple[int, ...] = ()
    leaves: tuple[Leaf, ...] = ()
    numbers: tuple[int, ...] = ()
    weights: tuple[float, ...] = ()


class Lexicon:
    """The words of one index; safe for many threads."""

    def __init__(self, index: TermIndex, thesaurus: Thesaurus) -> None:
        self.thesaurus = thesaurus
        self._index = index
        # Methods would do, but a cache that belongs to the object is given up with it.
        self.knows = lru_cache(_KEPT)(self._knows)
        self.splits = lru_cache(_KEPT)(self._splits)
        self.term = lru_cache(_KEPT)(self._term)
        self.own = lru_cache(_KEPT)(self._own)
        self.standing = lru_cache(_KEPT)(self._standing)
        self.completed = lru_cache(_KEPT // 16)(self._completed)

    def speller(self) -> Speller:
        """Words are right that a record or a rule of the vocabulary has: "glucometer" is in no official descriptor."""
        return Speller(sorted(self.thesaurus.typed.union(self._index.words)), self._index.frequency)

    def _knows(self, word: str) -> bool:
        """Say whether any record holds the folded ``word``."""
        return self._index.words.find(word) >= 0

    def _splits(self, word: str) -> tuple[tuple[str, str], ...]:
        """Return the ways to split a word into two known ones."""
        return known_splits(word, self.knows)

    def _term(self, text: str) -> Term:
        """Return a stem with its postings."""
        number = self._index.stems.find(text)
        if number < 0:
            return Term(text, -1, 0, 0, -1, 0.0)
        start, end = self._index.first[number], self._index.first[number + 1]
        return Term(text, number, start, end, self._index.dense_number(number), self._index.peak(number))

    def _own(self, word: str, text: str) -> Leaf:
        """Return the leaf of a word itself. The form that was typed counts more than another one of its stem."""
        term, number = self.term(text), self._index.words.find(word)
        form = self._index.word(number)[1] if number >= 0 else 0
        return Leaf(LIST, term.start, term.end, form, 1.0, ranking.STEM_FACTOR, term.dense, term.peak)

    def _standing(self, text: str, weight: float) -> Leaf:
        """Return the leaf of a stem that stands for another word."""
        term = self.term(text)
        return Leaf(LIST, term.start, term.end, 0, weight, weight, term.dense, weight * term.peak)

    def _completion(self, number: int) -> Leaf:
        """Return the leaf of a word that what was typed may be the beginning of."""
        stem, form = self._index.word(number)
        credit = ranking.PREFIX_CREDIT
        return Leaf(PREFIX, self._index.first[stem], self._index.first[stem + 1], form, credit, credit, most=credit)

    def _completed(self, prefix: str, stem: str) -> Completed:
        """Return at most 256 words that begin so, the shortest first; forms of ``stem`` are left out."""
        own = self._index.stems.find(stem)
        found = self._index.completions(prefix, MAX_COMPLETIONS)
        words = tuple(number for number in found if self._index.word(number)[0] != own)
        leaves = tuple(map(self._completion, words))
        numbers = ((each.kind, each.start, each.end, each.form, NOTHING, each.dense) for each in leaves)
        weights = ((each.typed, each.other) for each in leaves)
        return Completed(words, leaves, tuple(chain.from_iterable(numbers)), tuple(chain.from_iterable(weights)))
