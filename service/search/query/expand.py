"""What else the words of a query may stand for: joined and split spellings, synonyms, abbreviations.

An alternative covers one or more neighbouring words and says which terms may stand in their place, and at what weight.
The words themselves always stay: an alternative never replaces, it only adds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import permutations
from typing import NamedTuple, Protocol

from indexer.analysis.tokenizer import stem
from indexer.analysis.vocabulary import MAX_PHRASE_WORDS
from indexer.thesaurus import Thesaurus
from service.search.query.parser import Query, Slot

#: Joined and split spellings are the same words, but a split may be a coincidence.
JOINED_WEIGHT = 0.95
SPLIT_WEIGHT = 0.6
#: What a phrase counts whose words stand apart or in another order.
SCATTERED_FACTOR = 0.9
SHORTEST_PART = 3
#: So many words are joined at most.
MOST_JOINED = 3
#: Words of a phrase that can be interrupted.
_SHORTEST_PHRASE = 2
MOST_ALTERNATIVES = 64
#: These words deny as many as follow them.
DENYING = frozenset(("without", "no", "not", "never"))
DENIED_WORDS = 2

Places = tuple[int, ...]


class Alternative(NamedTuple):
    """Terms (stems) that may stand for some of a query's slots, whose places (from 0) are ``slots``, ascending."""

    slots: Places
    terms: tuple[str, ...]
    weight: float
    text: str


class Lexicon(Protocol):
    """What expansion asks of an index: which words it knows, how an unspaced word splits, and its vocabulary."""

    @property
    def thesaurus(self) -> Thesaurus:
        """The rules of the vocabulary."""

    def knows(self, word: str) -> bool:
        """Say whether any record holds the folded word."""

    def splits(self, word: str) -> Sequence[tuple[str, str]]:
        """Return the ways to split a folded word into two known ones; `known_splits` finds them."""


def expand(query: Query, lexicon: Lexicon) -> tuple[Alternative, ...]:
    """Return the alternatives for ``query``, at most 64: spellings first, then synonyms of longer phrases first.

    A phrase of the vocabulary may be interrupted by other words and stand in any order ("brace for a bad lower back").
    """
    found = [*respelled(query.slots, lexicon), *_synonyms(query.slots, lexicon.thesaurus)]
    return tuple(dict.fromkeys(found))[:MOST_ALTERNATIVES]


def respelled(slots: Sequence[Slot], lexicon: Lexicon) -> list[Alternative]:
    """Return the alternatives that are joined or split spellings of words."""
    return [*_joined(slots, lexicon), *_split(slots, lexicon)]


def known_splits(word: str, knows: Callable[[str], bool]) -> tuple[tuple[str, str], ...]:
    """Return the ways to split a word in two known ones: where letters meet digits, or into three letters and more."""
    return tuple((left, right) for left, right in _parts(word) if knows(left) and knows(right))


def _joined(slots: Sequence[Slot], lexicon: Lexicon) -> Iterator[Alternative]:
    words = [slot.word for slot in slots]
    for first in range(len(words) - 1):
        word = words[first]
        for last in range(first + 1, min(first + MOST_JOINED, len(words))):
            word += words[last]
            if len(word) >= SHORTEST_PART and lexicon.knows(word):
                yield Alternative(tuple(range(first, last + 1)), (stem(word),), JOINED_WEIGHT, word)


def _split(slots: Sequence[Slot], lexicon: Lexicon) -> Iterator[Alternative]:
    for at, slot in enumerate(slots):
        yield from split_spellings(at, lexicon.splits(slot.word))


def split_spellings(at: int, parts: Iterable[tuple[str, str]]) -> Iterator[Alternative]:
    """Yield the alternatives to the slot at place ``at``, whose word may be written in these two parts."""
    for left, right in parts:
        yield Alternative((at,), (stem(left), stem(right)), SPLIT_WEIGHT, f"{left} {right}")


def _parts(word: str) -> Iterator[tuple[str, str]]:
    for at in range(1, len(word)):
        left, right = word[:at], word[at:]
        mixed = left[-1].isdigit() != right[0].isdigit()
        if mixed or (len(left) >= SHORTEST_PART and len(right) >= SHORTEST_PART and word.isalpha()):
            yield left, right


def _synonyms(slots: Sequence[Slot], thesaurus: Thesaurus) -> list[Alternative]:
    required = [at for at, slot in enumerate(slots) if slot.required]
    # Phrases that stand in the query as they are, also with little words between theirs, count in full.
    found: dict[Places, int] = dict(_runs(slots, range(len(slots)), thesaurus))
    if len(required) < len(slots):
        found |= _runs(slots, required, thesaurus)
    fired = [(-len(places), places, node, 1.0) for places, node in found.items()]
    for places, node in _scattered(slots, required, thesaurus):
        if places not in found:
            fired.append((-len(places), places, node, SCATTERED_FACTOR))
    # Longer phrases first; no two phrases have the same places.
    fired.sort()
    return [
        Alternative(places if factor == 1.0 else tuple(sorted(places)), terms, weight * factor, text)
        for _, places, node, factor in fired
        for terms, weight, text in thesaurus.meanings(node)
    ]


def _runs(slots: Sequence[Slot], places: Sequence[int], thesaurus: Thesaurus) -> Iterator[tuple[Places, int]]:
    """Yield each run of up to eight neighbours that is a phrase of the vocabulary, with the node of the phrase."""
    # A few characters are blanks once they are folded, so that one word is several terms.
    terms = [[thesaurus.number(term) for term in slots[place].term.split()] for place in places]
    for first in range(len(places)):
        node = 0
        for last in range(first, min(first + MAX_PHRASE_WORDS, len(places))):
            for term in terms[last]:
                node = thesaurus.child(node, term) if node >= 0 and term >= 0 else -1
            if node < 0:
                break
            if thesaurus.meanings(node):
                yield tuple(places[first : last + 1]), node


def _scattered(slots: Sequence[Slot], required: Sequence[int], thesaurus: Thesaurus) -> Iterator[tuple[Places, int]]:
    """Yield the places, in the order of the phrase, of each phrase whose words the query has in any order, and its
    node.
    """
    place = {thesaurus.number(slots[at].term): at for at in required}
    place.pop(-1, None)
    if len(place) < _SHORTEST_PHRASE:
        return
    no, terms = denied(slots), place.keys()
    for rarest, second in permutations(terms, 2):
        if thesaurus.is_rare(rarest):
            for phrase, node in thesaurus.phrases(rarest, second):
                places = tuple([place[term] for term in phrase]) if terms >= set(phrase) else ()
                if places and (not no or not _crosses(no, places)):
                    yield places, node


def denied(slots: Sequence[Slot]) -> frozenset[int]:
    """Return the places of words that are denied: "rehab without staying overnight" is no "overnight rehab"."""
    found = [at for at, slot in enumerate(slots) if slot.word in DENYING]
    return frozenset(place for at in found for place in range(at, at + DENIED_WORDS + 1))


def _crosses(no: frozenset[int], places: Places) -> bool:
    """Say whether a phrase has both words that are denied and words that are not."""
    return 0 < len(no.intersection(places)) < len(places)
