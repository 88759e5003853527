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
#: What a phrase counts whose words stand apart or in another order.
SCATTERED_FACTOR = 0.9
_SHORTEST_PART = 3
_MAX_ALTERNATIVES = 64


@dataclass(frozen=True, slots=True)
class Alternative:
    """Terms (stems) that may stand for some of a query's slots, whose places (from 0) are ``slots``, ascending."""

    slots: tuple[int, ...]
    terms: tuple[str, ...]
    weight: float
    text: str


class Lexicon(Protocol):
    """What expansion asks of an index: which words it knows, and the rules of its vocabulary."""

    @property
    def rules(self) -> Mapping[str, Sequence[Rule]]:
        """The rules by phrase."""

    @property
    def long_phrases(self) -> Mapping[str, Sequence[str]]:
        """The phrases of two words and more, by each word that they have."""

    def knows(self, word: str) -> bool:
        """Say whether any record holds the folded word."""


def expand(query: Query, lexicon: Lexicon) -> tuple[Alternative, ...]:
    """Return the alternatives for ``query``, at most 64: spellings first, then synonyms of longer phrases first.

    A phrase of the vocabulary may be interrupted by other words and stand in any order ("brace for a bad lower back").
    """
    found = [*_joined(query, lexicon), *_split(query, lexicon), *_synonyms(query, lexicon)]
    return tuple(dict.fromkeys(found))[:_MAX_ALTERNATIVES]


def _joined(query: Query, lexicon: Lexicon) -> Iterator[Alternative]:
    words = [slot.word for slot in query.slots]
    for first in range(len(words) - 1):
        for last in range(first + 1, min(first + 3, len(words))):
            word = "".join(words[first : last + 1])
            if len(word) >= _SHORTEST_PART and lexicon.knows(word):
                yield Alternative(tuple(range(first, last + 1)), (stem(word),), JOINED_WEIGHT, word)


def _split(query: Query, lexicon: Lexicon) -> Iterator[Alternative]:
    for at, slot in enumerate(query.slots):
        for left, right in _parts(slot.word):
            if lexicon.knows(left) and lexicon.knows(right):
                yield Alternative((at,), (stem(left), stem(right)), SPLIT_WEIGHT, f"{left} {right}")


def _parts(word: str) -> Iterator[tuple[str, str]]:
    """Yield the ways to split a word in two: where letters meet digits, or into parts of three letters and more."""
    for at in range(1, len(word)):
        left, right = word[:at], word[at:]
        mixed = left[-1].isdigit() != right[0].isdigit()
        if mixed or (len(left) >= _SHORTEST_PART and len(right) >= _SHORTEST_PART and word.isalpha()):
            yield left, right


def _synonyms(query: Query, lexicon: Lexicon) -> Iterator[Alternative]:
    everything = list(range(len(query.slots)))
    required = [at for at in everything if query.slots[at].required]
    runs = _runs(everything) | _runs(required)
    scattered = set(_scattered(query, required, lexicon)) - runs
    for places in sorted(runs | scattered, key=_longest):
        factor = SCATTERED_FACTOR if places in scattered else 1.0
        phrase = " ".join(query.terms[at] for at in places)
        for rule in lexicon.rules.get(phrase, ()):
            meaning = tuple(dict.fromkeys(rule.meaning.split()))
            yield Alternative(tuple(sorted(places)), meaning, rule.weight * factor, rule.text)


def _longest(places: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
    return -len(places), places


def _runs(places: Sequence[int]) -> set[tuple[int, ...]]:
    """Return all runs of up to eight neighbours."""
    longest = min(MAX_PHRASE_WORDS, len(places))
    lengths = range(1, longest + 1)
    return {tuple(places[at : at + length]) for length in lengths for at in range(len(places) - length + 1)}


def _scattered(query: Query, required: Sequence[int], lexicon: Lexicon) -> Iterator[tuple[int, ...]]:
    """Yield the places, in the order of the phrase, of each phrase whose words the query has in any order."""
    place = {query.slots[at].term: at for at in required}
    for phrase in dict.fromkeys(phrase for term in place for phrase in lexicon.long_phrases.get(term, ())):
        words = phrase.split()
        if all(word in place for word in words):
            yield tuple(place[word] for word in words)
