"""The rules of a vocabulary, laid out at publication so that a query finds those that it fires without trying them all.

``thesaurus.bin`` is mapped and shared by all processes. A *term* is a stem; the terms of the vocabulary are numbered. A
*node* stands for the first terms of phrases, 0 for none; a *meaning* for what a phrase also means. All numbers are
signed, of 64 bits; ``first`` arrays have one value more than there are entries.

``term.*`` and ``text.*``: dictionaries of the terms, and of the texts of meanings (terms, a line feed, the words as
written); ``typed``: the words that phrases were written in, in UTF-8, a line feed between.
``trie_keys``, ``trie_nodes``: a hash table from node << 32 | term to the node of one term more.
``node_first``, ``node_meanings``: the meanings of the phrase that ends at each node.
``pair_keys``, ``pair_first``, ``pair_end``: a hash table from rarest term << 32 | second rarest to phrases of several
terms; ``phrase_first``, ``phrase_terms``, ``phrase_node``: the terms and the node of each of these; ``term_rare``:
whether a term is the rarest of any.
``meaning_first``, ``meaning_terms``, ``meaning_weight`` (64-bit floats), ``meaning_text``: the parts of a meaning.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.analysis.vocabulary import Rule
from indexer.compiled.dictionary import Dictionary, dictionary_arrays
from indexer.compiled.groups import starts
from indexer.compiled.layout import Array, Arrays, Container

FILE = "thesaurus.bin"
#: A free place of a hash table; and what spreads a key over it when multiplied, by the upper half of the product
#: (Knuth, The Art of Computer Programming, volume 3, section 6.4).
EMPTY, SPREAD = -1, 0x9E3779B97F4A7C15
_ALL, _LOW = (1 << 64) - 1, (1 << 32) - 1
#: What looks are kept: queries share most terms and phrases.
_KEPT = 1 << 14

Ints = NDArray[np.int64]
#: A rule as the file of a vocabulary has it: phrase and meaning as stems, weight, and the meaning as written.
RuleParts = Sequence[object]


class Meaning(NamedTuple):
    """What a phrase also means: distinct terms, what they count against the phrase itself, and the words as written."""

    terms: tuple[str, ...]
    weight: float
    text: str


class Thesaurus:
    """Reads what `thesaurus_arrays` made; safe for many threads. ``arrays`` are for who reads them by address."""

    def __init__(self, arrays: Arrays) -> None:
        self.arrays = arrays
        #: The terms by their numbers.
        self.terms = Dictionary(arrays, "term")
        self._texts = Dictionary(arrays, "text")
        self._trie = _Table(arrays, "trie_keys", "trie_nodes")
        self._pairs = _Table(arrays, "pair_keys", "pair_first", "pair_end")
        # Memoryviews give Python numbers several times faster than arrays do.
        self._node_first, self._node_meanings = arrays["node_first"].data, arrays["node_meanings"].data
        self._phrase_first, self._phrase_terms = arrays["phrase_first"].data, arrays["phrase_terms"].data
        self._phrase_node, self._rare = arrays["phrase_node"].data, arrays["term_rare"].data
        # Methods would do, but a cache that belongs to the object is given up with it.
        self.number = functools.lru_cache(_KEPT)(self.terms.find)
        self.meanings = functools.lru_cache(_KEPT)(self._meanings)
        self.readings = functools.lru_cache(_KEPT)(self._readings)

    @classmethod
    def of(cls, rules: Iterable[Rule], typed: Iterable[str] = ()) -> Thesaurus:
        """Lay out rules in memory."""
        return cls(thesaurus_arrays(((each.phrase, each.meaning, each.weight, each.text) for each in rules), typed))

    @property
    def typed(self) -> frozenset[str]:
        """The words, folded, that phrases were written in: they are spelled right."""
        return frozenset(bytes(self.arrays["typed"]).decode().split("\n")) - {""}

    @property
    def text_count(self) -> int:
        """How many texts meanings have."""
        return len(self._texts)

    def text(self, terms: Iterable[str], written: str) -> int:
        """Return the number of a text of a meaning by its terms and as it is written, or -1."""
        return self._texts.find(_text_key(terms, written))

    def name(self, text: int) -> str:
        """Return the terms of a text, joined by blanks: how a record may be called."""
        return self._texts[text].partition("\n")[0]

    def child(self, node: int, term: int) -> int:
        """Return the node of the terms of ``node`` and one more; -1 where no phrase begins so."""
        at = self._trie.find(node << 32 | term)
        return self._trie.values[0][at] if at >= 0 else -1

    def phrases(self, rarest: int, second: int) -> Iterator[tuple[tuple[int, ...], int]]:
        """Yield terms and node of each phrase whose two terms that the fewest phrases have are these."""
        at = self._pairs.find(rarest << 32 | second)
        first, end = (column[at] for column in self._pairs.values) if at >= 0 else (0, 0)
        for phrase in range(first, end):
            terms = self._phrase_terms[self._phrase_first[phrase] : self._phrase_first[phrase + 1]]
            yield tuple(terms), self._phrase_node[phrase]

    def is_rare(self, term: int) -> bool:
        """Say whether a term is the first one that `phrases` finds anything by."""
        return self._rare[term] != 0

    def _meanings(self, node: int) -> tuple[Meaning, ...]:
        """Return what the phrase that ends at ``node`` means; nothing where none does."""
        return tuple(map(self._meaning, self._node_meanings[self._node_first[node] : self._node_first[node + 1]]))

    def _meaning(self, number: int) -> Meaning:
        terms = self.arrays["meaning_terms"][slice(*self.arrays["meaning_first"][number : number + 2])]
        text = self._texts[int(self.arrays["meaning_text"][number])].partition("\n")[2]
        weight = float(self.arrays["meaning_weight"][number])
        return Meaning(tuple(self.terms[int(term)] for term in terms), weight, text)

    def _readings(self, term: str) -> tuple[str, ...]:
        """Return what one term may mean, as written."""
        number = self.number(term)
        node = self.child(0, number) if number >= 0 else -1
        return tuple(dict.fromkeys([each.text for each in self.meanings(node)])) if node >= 0 else ()


class _Table:
    """A hash table that is open for reading."""

    def __init__(self, arrays: Arrays, keys: str, *values: str) -> None:
        self._keys, self.values = arrays[keys].data, [arrays[name].data for name in values]
        self._mask = len(self._keys) - 1

    def find(self, key: int) -> int:
        """Return the place of a key, or -1."""
        at = (key * SPREAD & _ALL) >> 32 & self._mask
        while (found := self._keys[at]) != EMPTY:
            if found == key:
                return at
            at = (at + 1) & self._mask
        return -1


def open_thesaurus(folder: Path) -> Thesaurus:
    """Open the thesaurus of a snapshot."""
    return Thesaurus(Container(folder, FILE))


def thesaurus_arrays(rules: Iterable[RuleParts], typed: Iterable[str]) -> dict[str, Array]:
    """Lay out rules that come in any order; those of one phrase stay in the order given."""
    found, known = _by_phrase(rules)
    phrases = [tuple(phrase.split()) for phrase in found]
    meanings = [Meaning(tuple(dict.fromkeys(terms.split())), weight, text) for terms, weight, text in known]
    terms = sorted({*chain.from_iterable(phrases), *chain.from_iterable([each.terms for each in meanings])})
    numbers = {term: number for number, term in enumerate(terms)}
    numbered = [tuple(map(numbers.__getitem__, phrase)) for phrase in phrases]
    trie, ends = _trie(numbered)
    return {
        **dictionary_arrays("term", terms),
        "typed": np.frombuffer("\n".join(sorted(typed)).encode(), np.uint8),
        **_meaning_arrays(meanings, numbers),
        **_node_arrays(trie, ends, list(found.values())),
        **_pair_arrays(numbered, ends, len(terms)),
    }


def _by_phrase(rules: Iterable[RuleParts]) -> tuple[dict[str, list[int]], dict[tuple[str, float, str], int]]:
    """Return the numbers of the meanings of each phrase, and the distinct meanings: most rules share theirs."""
    found: dict[str, list[int]] = {}
    known: dict[tuple[str, float, str], int] = {}
    for phrase, *meaning in rules:
        # A character may be a blank once it is folded; then more than one stand between two words.
        found.setdefault(" ".join(phrase.split()), []).append(known.setdefault(tuple(meaning), len(known)))  # type: ignore[attr-defined,arg-type]
    return found, known


def _text_key(terms: Iterable[str], written: str) -> str:
    return f"{' '.join(terms)}\n{written}"


def _meaning_arrays(meanings: Sequence[Meaning], numbers: Mapping[str, int]) -> dict[str, Array]:
    keys = [_text_key(each.terms, each.text) for each in meanings]
    texts = sorted(set(keys))
    number_of = {text: number for number, text in enumerate(texts)}
    return {
        **dictionary_arrays("text", texts),
        "meaning_first": starts([len(each.terms) for each in meanings]),
        "meaning_terms": _ints([numbers[term] for each in meanings for term in each.terms]),
        "meaning_weight": np.array([each.weight for each in meanings] or [0.0], np.float64),
        "meaning_text": _ints([number_of[key] for key in keys]),
    }


def _trie(phrases: Iterable[Sequence[int]]) -> tuple[dict[int, int], list[int]]:
    """Return the node behind each node and term, and the node at which each phrase ends."""
    nodes: dict[int, int] = {}
    ends = []
    for phrase in phrases:
        node = 0
        for term in phrase:
            node = nodes.setdefault(node << 32 | term, len(nodes) + 1)
        ends.append(node)
    return nodes, ends


def _node_arrays(trie: Mapping[int, int], ends: Sequence[int], meanings: Sequence[list[int]]) -> dict[str, Array]:
    some: list[list[int]] = [[] for _ in range(len(trie) + 1)]
    for end, each in zip(ends, meanings, strict=True):
        some[end] = each
    keys, nodes = _hash_table([*trie], [*trie.values()])
    first = starts(list(map(len, some)))
    return {"trie_keys": keys, "trie_nodes": nodes, "node_first": first, "node_meanings": _ints(chain(*some))}


def _pair_arrays(numbered: Sequence[tuple[int, ...]], ends: Sequence[int], terms: int) -> dict[str, Array]:
    """Return the phrases of several different terms by the two of them that the fewest phrases have."""
    frequency = Counter(chain.from_iterable(map(set, numbered)))
    # Terms are numbered in their order, so that of equally rare ones the first is taken.
    rank = [frequency[term] << 32 | term for term in range(terms)]
    found: dict[int, list[int]] = {}
    for at, phrase in enumerate(numbered):
        if len(phrase) > 1:
            rarest, *others = sorted({rank[term] for term in phrase})
            if others:
                found.setdefault((rarest & _LOW) << 32 | others[0] & _LOW, []).append(at)
    order = list(chain.from_iterable(found.values()))
    rare = np.zeros(terms + 1, np.int64)
    rare[[key >> 32 for key in found]] = 1
    bounds = starts(list(map(len, found.values())))
    keys, first, end = _hash_table([*found], bounds[:-1], bounds[1:])
    return {
        "pair_keys": keys,
        "pair_first": first,
        "pair_end": end,
        "phrase_first": starts([len(numbered[at]) for at in order]),
        "phrase_terms": _ints(chain.from_iterable(numbered[at] for at in order)),
        "phrase_node": _ints([ends[at] for at in order]),
        "term_rare": rare,
    }


def _hash_table(keys: Sequence[int], *values: Sequence[int] | Ints) -> list[Ints]:
    """Return a hash table of distinct keys: its keys, each at the first free place from its own on, and their values.

    All keys that have no place yet try one at a time, which numpy does faster than one key after the other.
    """
    size = 1 << max(4, (2 * len(keys)).bit_length())
    table, wanted = np.full(size, EMPTY, np.int64), np.array(keys, np.int64)
    at = ((wanted.view(np.uint64) * np.uint64(SPREAD)) >> np.uint64(32)).astype(np.int64) & (size - 1)
    left = np.arange(len(keys))
    while len(left):
        free = left[table[at[left]] == EMPTY]
        # Of several that want one place the first one takes it.
        _, first = np.unique(at[free], return_index=True)
        table[at[free[first]]] = wanted[free[first]]
        left = left[table[at[left]] != wanted[left]]
        at[left] = (at[left] + 1) & (size - 1)
    columns = [np.full(size, EMPTY, np.int64) for _ in values]
    for column, some in zip(columns, values, strict=True):
        column[at] = some
    return [table, *columns]


def _ints(values: Iterable[int]) -> Ints:
    # An empty array has no address that may be read.
    return np.array([*values] or [0], np.int64)
