"""By which letters the kernel knows a word in a text: those of a stem, and of a word that someone typed for it."""

from __future__ import annotations

from functools import lru_cache

from indexer.analysis.tokenizer import stem
from service.search.engines.layouts import SPELLED_CHARS

_KEPT = 1 << 15


@lru_cache(_KEPT)
def spelled(word: str, term: str) -> tuple[int, ...]:
    """Return the length of a stem, and length and characters of two words that have it: a typed one, and itself.

    Three 0s stand for a word that has another stem, or cannot be compared with a token as it stands in a text.
    """
    return (len(term), *_characters(word, term), *_characters(term, term))


def _characters(word: str, term: str) -> tuple[int, int, int]:
    if not word.isascii() or not word.isalnum() or len(word) > SPELLED_CHARS or stem(word) != term:
        return 0, 0, 0
    low, high = (int.from_bytes(word[at : at + 8].encode(), "little") for at in (0, 8))
    return len(word), low, high
