"""The rules of a vocabulary, laid out so that a query finds those that it fires without trying them all."""

from __future__ import annotations

import hashlib
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from indexer import vocabularies
from indexer.analysis.vocabulary import Rule

#: The thesaurus made last, by the digest of its file, and the lock of this.
_made: dict[bytes, Thesaurus] = {}
_making = threading.Lock()


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
        # Most rules share what they mean with others, and terms come up again and again: each is kept once.
        known: dict[tuple[str, float, str], Meaning] = {}
        for rule in rules:
            key = (rule.meaning, rule.weight, rule.text)
            meaning = known.get(key)
            if meaning is None:
                terms = tuple(dict.fromkeys(map(sys.intern, rule.meaning.split())))
                meaning = known[key] = Meaning(terms, rule.weight, rule.text)
            # A character may be a blank once it is folded; then more than one stand between two words.
            found.setdefault(" ".join(rule.phrase.split()), []).append(meaning)
        #: What phrases mean, and all that they mean, each once.
        self.meanings: dict[str, tuple[Meaning, ...]] = {phrase: tuple(some) for phrase, some in found.items()}
        self.every_meaning = tuple(known.values())
        phrases = [list(map(sys.intern, phrase.split())) for phrase in found]
        #: The beginnings, word by word, of the phrases that have several words.
        self.beginnings = frozenset(beginning for phrase in phrases for beginning in _beginnings(phrase))
        self.by_rarest_words = _by_rarest_words(phrases)

    def readings(self, phrase: str) -> tuple[str, ...]:
        """Return what a phrase may mean, as written."""
        return tuple(dict.fromkeys([meaning.text for meaning in self.meanings.get(phrase, ())]))


def thesaurus_in(folder: Path) -> Thesaurus:
    """Return the thesaurus of the snapshot in ``folder``. Snapshots of one vocabulary, as most are, share it."""
    content = (folder / vocabularies.FILE).read_bytes()
    digest = hashlib.sha256(content).digest()
    with _making:
        found = _made.get(digest)
        if found is None:
            found = Thesaurus(*vocabularies.load(content))
            _made.clear()
            _made[digest] = found
        return found


def _beginnings(words: Sequence[str]) -> list[str]:
    return [" ".join(words[:length]) for length in range(1, len(words))]


def _by_rarest_words(phrases: Sequence[list[str]]) -> dict[str, dict[str, list[tuple[str, ...]]]]:
    """Return the phrases of several different words, each under the two of its words that the fewest phrases have."""
    frequency = Counter(word for phrase in phrases for word in set(phrase))
    found: dict[str, dict[str, list[tuple[str, ...]]]] = {}
    for phrase in phrases:
        words = sorted(set(phrase), key=lambda word: (frequency[word], word))
        if len(words) > 1:
            found.setdefault(words[0], {}).setdefault(words[1], []).append(tuple(phrase))
    return found
