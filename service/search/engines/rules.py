"""The vocabulary laid out for the kernel: phrases as a trie and by their two rarest words, meanings by number.

Terms of the vocabulary are numbered; the arrays are named in `service.search.engines.layouts.RULES`. They are made when
a snapshot is opened: those of the vocabulary alone once for all snapshots that share it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.compiled.reader import CompiledIndex
from service.search.engines.layouts import EMPTY, RULES, SPELLED, SPREAD
from service.search.engines.spelled import spelled
from service.search.query.thesaurus import Meaning, Thesaurus

Ints = NDArray[np.int64]
_ALL = (1 << 64) - 1
#: A peak that nobody asked for yet.
_UNKNOWN = -1.0
_ROOM = 1 << 12


class Layout:
    """What of a vocabulary is the same for every index: numbers of its terms and texts, and arrays, never changed."""

    def __init__(self, thesaurus: Thesaurus) -> None:
        phrases = [phrase.split() for phrase in thesaurus.meanings]
        meanings = thesaurus.every_meaning
        terms = dict.fromkeys(chain(chain.from_iterable(phrases), *[each.terms for each in meanings]))
        #: The numbers of terms.
        self.numbers = {term: number for number, term in enumerate(terms)}
        #: The number of each text of a meaning, by its terms and as it is written.
        self.text_numbers: dict[tuple[tuple[str, ...], str], int] = {}
        self._numbered = [[self.numbers[word] for word in phrase] for phrase in phrases]
        self._nodes: dict[int, int] = {}
        ends = list(map(self._node, self._numbered))
        self.arrays: dict[str, NDArray[Any]] = self._meanings(meanings) | self._pairs(thesaurus, ends)
        self.arrays |= self._phrases(thesaurus, ends)
        keys, nodes = _table({key: (child,) for key, child in self._nodes.items()}, 1)
        self.arrays |= {"trie_keys": keys, "trie_nodes": nodes}
        #: The terms of each text, joined by blanks: how a record may be called.
        self.texts = [" ".join(terms) for terms, _ in self.text_numbers]
        # All of it is in the arrays now; as objects it would take several megabytes more in every process.
        del self._nodes, self._numbered

    def _node(self, terms: Iterable[int]) -> int:
        node, nodes = 0, self._nodes
        for term in terms:
            node = nodes.setdefault(node << 32 | term, len(nodes) + 1)
        return node

    def _meanings(self, meanings: Sequence[Meaning]) -> dict[str, NDArray[Any]]:
        numbers, texts = self.numbers, self.text_numbers
        return {
            "meaning_first": _ends([len(each.terms) for each in meanings]),
            "meaning_terms": _ints([numbers[term] for each in meanings for term in each.terms]),
            "meaning_weight": np.array([each.weight for each in meanings] or [0.0], np.float64),
            "meaning_text": _ints([texts.setdefault((each.terms, each.text), len(texts)) for each in meanings]),
        }

    def _phrases(self, thesaurus: Thesaurus, ends: Sequence[int]) -> dict[str, NDArray[Any]]:
        """Return the numbers of the meanings of each node, end to end."""
        numbers = {id(meaning): number for number, meaning in enumerate(thesaurus.every_meaning)}
        some: list[tuple[Meaning, ...]] = [()] * (len(self._nodes) + 1)
        for end, meanings in zip(ends, thesaurus.meanings.values(), strict=True):
            some[end] = meanings
        every = [numbers[id(meaning)] for meanings in some for meaning in meanings]
        return {"node_first": _ends(list(map(len, some))), "node_meanings": _ints(every)}

    def _pairs(self, thesaurus: Thesaurus, ends: Sequence[int]) -> dict[str, NDArray[Any]]:
        """Return the phrases of several words by the two of them that the fewest phrases have."""
        number_of = {phrase: at for at, phrase in enumerate(thesaurus.meanings)}
        numbers, order, pairs = self.numbers, list[int](), dict[int, tuple[int, ...]]()
        for rarest, by_second in thesaurus.by_rarest_words.items():
            for second, some in by_second.items():
                pairs[numbers[rarest] << 32 | numbers[second]] = (len(order), len(order) + len(some))
                order += [number_of[" ".join(phrase)] for phrase in some]
        keys, first, end = _table(pairs, 2)
        rare = np.zeros(len(numbers) + 1, np.int64)
        rare[[numbers[term] for term in thesaurus.by_rarest_words]] = 1
        phrases = [self._numbered[at] for at in order]
        return {
            "pair_keys": keys,
            "pair_first": first,
            "pair_end": end,
            "phrase_first": _ends(list(map(len, phrases))),
            "phrase_terms": _ints(chain.from_iterable(phrases)),
            "phrase_node": _ints([ends[at] for at in order]),
            "term_rare": rare,
        }


@lru_cache(maxsize=1)
def layout_of(thesaurus: Thesaurus) -> Layout:
    """Return the layout of a vocabulary; the last one is kept, since most snapshots have that of the one before."""
    return Layout(thesaurus)


class Rules:
    """The arrays, and their addresses in the order of `RULES`. Whoever changes `named_at` holds the kernel's lock."""

    def __init__(self, thesaurus: Thesaurus, index: CompiledIndex) -> None:
        layout = layout_of(thesaurus)
        self.numbers, self.text_numbers, self.texts = layout.numbers, layout.text_numbers, layout.texts
        self._arrays = layout.arrays | self._terms(index) | _stems(index)
        self._arrays["named_at"] = np.full(len(self.texts) + 1, EMPTY, np.int64)
        self._arrays["named"], self._used = np.zeros(_ROOM, np.int64), 0
        self._addresses = np.zeros(len(RULES), np.int64)
        #: The address of the table of addresses.
        self.address = int(self._addresses.ctypes.data)
        self._address()

    def name(self, text: int, records: Sequence[int]) -> None:
        """Take note of which records are called as a text of a meaning says."""
        named, end = self._arrays["named"], self._used + 1 + len(records)
        if end > len(named):
            self._arrays["named"] = np.concatenate([named, np.zeros(max(len(named), end), np.int64)])
            self._address()
        self._arrays["named"][self._used : end] = (len(records), *records)
        self._arrays["named_at"][text], self._used = self._used, end

    def _address(self) -> None:
        values = {name: each.ctypes.data for name, each in self._arrays.items()}
        values |= {f"{name}_mask": len(self._arrays[f"{name}_keys"]) - 1 for name in ("trie", "pair")}
        self._addresses[:] = [values[name] for name in RULES]

    def _terms(self, index: CompiledIndex) -> dict[str, NDArray[Any]]:
        """Return of each term its stem in the index, or -1, and by which letters one is known that records have."""
        stems = [index.stems.find(term) for term in self.numbers]
        nothing = (0,) * (SPELLED - 1)
        letters = [spelled("", term) if at >= 0 else nothing for term, at in zip(self.numbers, stems, strict=True)]
        return {"term_stem": _ints(stems), "term_spelled": np.array(letters or [nothing], np.int64)}


def _stems(index: CompiledIndex) -> dict[str, NDArray[Any]]:
    """Return where the postings of stems begin, the numbers of their bitsets or -1, and room for their peaks."""
    first: Ints = np.asarray(index.first)
    dense = np.full(len(first), -1, np.int64)
    for number, at in index.dense_numbers.items():
        dense[number] = at
    return {"first": first, "dense": dense, "peaks": np.full(len(first), _UNKNOWN)}


def _table(values: dict[int, tuple[int, ...]], width: int) -> list[Ints]:
    """Return a hash table as the kernel looks keys up: keys, and so many values of each."""
    size = 1 << max(4, (2 * len(values)).bit_length())
    table = [[EMPTY] * size for _ in range(width + 1)]
    keys = table[0]
    for key, some in values.items():
        at = (key * SPREAD & _ALL) >> 32 & (size - 1)
        while keys[at] != EMPTY:
            at = (at + 1) & (size - 1)
        for column, value in zip(table, (key, *some), strict=True):
            column[at] = value
    return [np.array(column, np.int64) for column in table]


def _ends(lengths: Sequence[int]) -> Ints:
    ends = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=ends[1:])
    return ends


def _ints(values: Iterable[int]) -> Ints:
    # An empty array has no address that may be read.
    return np.array([*values] or [0], np.int64)
