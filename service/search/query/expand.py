"""What else the words of a query may stand for: joined and split spellings, synonyms, abbreviations.

An alternative covers one or more neighbouring words and says which terms may stand in their place, and at what weight.
The words themselves always stay: an alternative never replaces, it only adds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from indexer.analysis.tokenizer import stem
from indexer.analysis.vocabulary import MAX_PHRASE_WORDS, Rule
from service.search.query.parser import Query

#: Joined and split spellings are the same words, but a split may be a coincidence.
JOINED_WEIGHT = 0.95
SPLIT_WEIGHT = 0.6
_SHORTEST_PART = 3
_MAX_ALTERNATIVES = 48


@dataclass(frozen=True, slots=True)
class Alternative:
    """Terms (stems) that may stand for the slots ``first`` to ``last`` (from 0, both included) of a query."""

    first: int
    last: int
    terms: tuple[str, ...]
    weight: float
    text: str


class Lexicon(Protocol):
    """What expansion asks of an index: which words it knows, and the rules of its vocabulary by phrase."""

    @property
    def rules(self) -> Mapping[str, Sequence[Rule]]: ...

    def knows(self, word: str) -> bool: ...


def expand(query: Query, lexicon: Lexicon) -> tuple[Alternative, ...]:
    """Return the alternatives for ``query``, at most 48: spellings first, then synonyms of longer phrases first."""
    found = [*_joined(query, lexicon), *_split(query, lexicon), *_synonyms(query, lexicon)]
    return tuple(found[:_MAX_ALTERNATIVES])


def _joined(query: Query, lexicon: Lexicon) -> Iterator[Alternative]:
    words = [slot.word for slot in query.slots]
    for first in range(len(words) - 1):
        for last in range(first + 1, min(first + 3, len(words))):
            word = "".join(words[first : last + 1])
            if len(word) >= _SHORTEST_PART and lexicon.knows(word):
                yield Alternative(first, last, (stem(word),), JOINED_WEIGHT, word)


def _split(query: Query, lexicon: Lexicon) -> Iterator[Alternative]:
    for at, slot in enumerate(query.slots):
        for left, right in _parts(slot.word):
            if lexicon.knows(left) and lexicon.knows(right):
                yield Alternative(at, at, (stem(left), stem(right)), SPLIT_WEIGHT, f"{left} {right}")


def _parts(word: str) -> Iterator[tuple[str, str]]:
    """Yield the ways to split a word in two: where letters meet digits, or into parts of three letters and more."""
    for at in range(1, len(word)):
        left, right = word[:at], word[at:]
        mixed = left[-1].isdigit() != right[0].isdigit()
        if mixed or (len(left) >= _SHORTEST_PART and len(right) >= _SHORTEST_PART and word.isalpha()):
            yield left, right


def _synonyms(query: Query, lexicon: Lexicon) -> Iterator[Alternative]:
    terms = query.terms
    for length in range(min(MAX_PHRASE_WORDS, len(terms)), 0, -1):
        for first in range(len(terms) - length + 1):
            for rule in lexicon.rules.get(" ".join(terms[first : first + length]), ()):
                meaning = tuple(dict.fromkeys(rule.meaning.split()))
                yield Alternative(first, first + length - 1, meaning, rule.weight, rule.text)
