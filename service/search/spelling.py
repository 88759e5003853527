"""Which word of the index someone meant who typed one that it does not have."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from corpus.codes import looks_like_code

_SHORTEST = 4
#: Words of this length and more may hold two errors.
_TWO_ERRORS = 7
_CANDIDATES = 40
#: How much a first letter that differs counts, in errors: rarer than other slips, but not sacred.
_FIRST_LETTER = 0.4
#: How much each tenfold of frequency makes up for, in errors.
_FREQUENCY = 0.25


class Speller:
    """Corrections from the words of one index. ``frequency`` tells how many records hold a word."""

    def __init__(self, words: Sequence[str], frequency: Callable[[str], int]) -> None:
        self._words = [word for word in words if word.isalpha() and len(word) >= _SHORTEST - 1]
        self._frequency = frequency
        self.correct = lru_cache(maxsize=4096)(self._correct)

    def _correct(self, word: str) -> str | None:
        """Return the likeliest word within one error (two in a long word); None for codes, numbers, short words."""
        if len(word) < _SHORTEST or not word.isalpha() or looks_like_code(word):
            return None
        errors = 2 if len(word) >= _TWO_ERRORS else 1
        found = process.extract(word, self._words, scorer=OSA.distance, score_cutoff=errors, limit=_CANDIDATES)
        costs = [(self._cost(word, candidate, int(distance)), candidate) for candidate, distance, _ in found]
        return min(costs)[1] if costs else None

    def _cost(self, word: str, candidate: str, distance: int) -> float:
        cost = distance - _FREQUENCY * math.log10(1 + self._frequency(candidate))
        return cost + _FIRST_LETTER * (word[0] != candidate[0])
