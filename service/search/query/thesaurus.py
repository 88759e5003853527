"""The rules of a vocabulary, laid out so that a query finds those that it fires without trying them all."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from indexer.analysis.vocabulary import Rule


class Meaning(NamedTuple):
    """What a phrase also means: distinct terms, what they count against the phrase itself, and the words as written."""

    terms: tuple[str, ...]
    weight: float
    text: str


class Thesaurus:
    """Rules by phrase; nothing changes after it is made."""

    def __init__(self, rules: Iterable[Rule], typed: Iterable[str] = ()) -> None:
        """Take the rules in any order; those of one phrase stay in the order given. They are not kept themselves.

        ``typed`` are the words, folded, that phrases were written in: they are spelled right.
        """
        self.typed = frozenset(typed)
        found: dict[str, list[Meaning]] = {}
        for rule in rules:
            # Terms come up again and again, in every process: one string stands for all.
            terms = tuple(dict.fromkeys(map(sys.intern, rule.meaning.split())))
            found.setdefault(rule.phrase, []).append(Meaning(terms, rule.weight, rule.text))
        self.meanings: dict[str, tuple[Meaning, ...]] = {phrase: tuple(some) for phrase, some in found.items()}
        phrases = [list(map(sys.intern, phrase.split())) for phrase in found]
        #: The beginnings, word by word, of the phrases that have several words.
        self.beginnings = frozenset(beginning for phrase in phrases for beginning in _beginnings(phrase))
        self.by_rarest_word = _by_rarest_word(phrases)

    def readings(self, phrase: str) -> tuple[str, ...]:
        """Return what a phrase may mean, as written."""
        return tuple(dict.fromkeys([meaning.text for meaning in self.meanings.get(phrase, ())]))


def _beginnings(words: Sequence[str]) -> list[str]:
    return [" ".join(words[:length]) for length in range(1, len(words))]


def _by_rarest_word(phrases: Sequence[list[str]]) -> dict[str, list[tuple[str, ...]]]:
    """Return the phrases of several different words, each under the word that the fewest phrases have."""
    frequency = Counter(word for phrase in phrases for word in set(phrase))
    found: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases:
        if len(set(phrase)) > 1:
            rarest = min(phrase, key=lambda word: (frequency[word], word))
            found.setdefault(rarest, []).append(tuple(phrase))
    return found
