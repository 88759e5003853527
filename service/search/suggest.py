"""Suggestions while someone types: completions of the query, codes, and procedures, each apart.

Every word typed is a beginning. Where no name has words with all these beginnings, beginnings within one error are
tried from the fourth letter on; a beginning with a digit in it is never changed.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from corpus.codes import looks_like_code, looks_like_code_prefix, normalise_code
from indexer import suggestions
from indexer.analysis.tokenizer import Token, fold, tokenize
from indexer.compiled.dictionary import Dictionary

MAX_SUGGESTIONS = 20
_MAX_WORDS = 8
#: A single letter begins hundreds of words; the shortest of them stand for it.
_MAX_EXPANSIONS = 100
_MAX_CODE_CHARS = 32
_FUZZY_FROM = 4
_FUZZY_WORDS = 40
#: How many of the best candidates are compared in detail; the list is shortest first already.
_CANDIDATES = 300
_NEAR_KEPT = 4_096

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A procedure to go to: the number of its record and the name that matches."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What may be meant: longer queries, numbers of records by code, and procedures by name, best first each."""

    completions: tuple[str, ...]
    codes: tuple[int, ...]
    names: tuple[Suggestion, ...]


class Suggester:
    """Suggestions from one snapshot; safe for many threads, since nothing changes after it is made."""

    def __init__(self, folder: Path, codes: Dictionary, preferred: NDArray[np.bool_]) -> None:
        loaded = suggestions.load(folder)
        self._codes = codes
        self._texts: list[str] = [text for text, _ in loaded["texts"]]
        self._folded = [fold(text) for text in self._texts]
        self._numbers = np.array([number for _, number in loaded["texts"]], np.int64)
        self._preferred = preferred
        self._words = sorted(loaded["words"])
        self._places = [np.array(loaded["words"][word], np.int64) for word in self._words]
        self._by_word = dict(zip(self._words, self._places, strict=True))
        # Someone who is still typing asks for the same beginnings again and again.
        self._near = lru_cache(_NEAR_KEPT)(self._find_near)

    def suggest(self, text: str, limit: int) -> Suggestions:
        """Return at most ``limit`` of each kind for what was typed so far."""
        tokens = list(tokenize(text))[:_MAX_WORDS]
        codes = self._with_code(text)[:limit]
        if not tokens:
            return Suggestions((), codes, ())
        expanded = [self._beginning(token.word) for token in tokens]
        found = self._in_all(expanded)
        if not len(found):
            expanded = [self._near(token.word) for token in tokens]
            found = self._in_all(expanded)
        names = self._best(found, tokens, limit)
        return Suggestions(self._completions(text, tokens, expanded[-1], found, limit), codes, names)

    def _with_code(self, text: str) -> tuple[int, ...]:
        prefix = normalise_code(text) if len(text) <= _MAX_CODE_CHARS else ""
        if not (looks_like_code_prefix(prefix) or looks_like_code(prefix)):
            return ()
        return tuple(self._codes.beginning(prefix)[:MAX_SUGGESTIONS])

    def _beginning(self, prefix: str) -> list[str]:
        first = bisect.bisect_left(self._words, prefix)
        last = bisect.bisect_left(self._words, prefix + "\U0010ffff")
        return sorted(self._words[first:last], key=len)[:_MAX_EXPANSIONS]

    def _find_near(self, prefix: str) -> list[str]:
        """Words that begin so, or, where none do, with something one error away."""
        same = self._beginning(prefix)
        if same or len(prefix) < _FUZZY_FROM or not prefix.isalpha():
            return same
        places: dict[int, None] = {}
        # A letter too many or too few moves the place where the beginning ends.
        for length in (len(prefix), len(prefix) + 1, len(prefix) - 1):
            cut = [word[:length] for word in self._words]
            found = process.extract(prefix, cut, scorer=OSA.distance, score_cutoff=1, limit=_FUZZY_WORDS)
            places |= dict.fromkeys(at for _, _, at in found)
        return [self._words[at] for at in places]

    def _in_all(self, expanded: Sequence[Sequence[str]]) -> Ints:
        """Places of the texts that have one of the words of each group, ascending."""
        if not all(expanded):
            return np.empty(0, np.int64)
        groups = (np.unique(np.concatenate([self._by_word[word] for word in words])) for words in expanded)
        return reduce(lambda one, two: np.intersect1d(one, two, assume_unique=True), groups)

    def _best(self, found: Ints, tokens: Sequence[Token], limit: int) -> tuple[Suggestion, ...]:
        typed = " ".join(token.word for token in tokens)
        numbers = self._numbers[found]
        order = found[np.argsort(~self._preferred[numbers], kind="stable")][:_CANDIDATES]
        ranked = sorted(map(int, order), key=lambda place: self._worth(place, typed))
        best: dict[int, Suggestion] = {}
        for place in ranked:
            number = int(self._numbers[place])
            best.setdefault(number, Suggestion(number, self._texts[place]))
        return tuple(best.values())[:limit]

    def _worth(self, place: int, typed: str) -> tuple[bool, bool, bool, int]:
        """Sort key: the whole name, then names that begin so, then those in use with a document, then the short."""
        text = self._folded[place]
        preferred = bool(self._preferred[self._numbers[place]])
        return text != typed, not text.startswith(typed), not preferred, place

    def _completions(
        self, text: str, tokens: Sequence[Token], words: Sequence[str], found: Ints, limit: int
    ) -> tuple[str, ...]:
        """The query with its last word made whole, the words of most names first."""
        last = tokens[-1]
        if last.end != len(text):
            return ()
        # With one word typed, what has the word is what was found; with more, it has the others as well.
        alone = len(tokens) == 1
        counts = ((word, self._count(word, None if alone else found)) for word in words)
        ranked = sorted(((word, count) for word, count in counts if count), key=lambda each: (-each[1], each[0]))
        return tuple(text[: last.start] + word for word, _ in ranked if word != last.word)[:limit]

    def _count(self, word: str, found: Ints | None) -> int:
        places = self._by_word[word]
        return len(places) if found is None else len(np.intersect1d(places, found, assume_unique=True))
