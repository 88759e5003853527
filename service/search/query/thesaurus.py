"""The rules of a vocabulary, laid out so that a query finds those that it fires without trying them all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from indexer.analysis.vocabulary import Rule


class Meaning(NamedTuple):
    """What a phrase also means: distinct terms, what they count against the phrase itself, and the words as written."""

    terms: tuple[str, ...]
    weight: float
    text: str


class Thesaurus:
    """Rules by phrase; nothing changes after it is made."""

    def __init__(self, rules: Mapping[str, Sequence[Rule]]) -> None:
        self.rules = rules
        self.meanings: dict[str, tuple[Meaning, ...]] = {
            phrase: tuple(Meaning(tuple(dict.fromkeys(rule.meaning.split())), rule.weight, rule.text) for rule in some)
            for phrase, some in rules.items()
        }
        #: The beginnings, word by word, of the phrases that have several words.
        self.beginnings = frozenset(beginning for phrase in rules for beginning in _beginnings(phrase.split()))
        self.by_rarest_word = _by_rarest_word([phrase.split() for phrase in rules])


def _beginnings(words: Sequence[str]) -> list[str]:
    return [" ".join(words[:length]) for length in range(1, len(words))]


def _by_rarest_word(phrases: Sequence[list[str]]) -> dict[str, list[tuple[str, ...]]]:
    """Return the phrases of several different words, each under the word that the fewest phrases have."""
    frequency = Counter(word for words in phrases for word in set(words))
    found: dict[str, list[tuple[str, ...]]] = {}
    for words in phrases:
        if len(set(words)) > 1:
            rarest = min(words, key=lambda word: (frequency[word], word))
            found.setdefault(rarest, []).append(tuple(words))
    return found
