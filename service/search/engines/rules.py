"""The vocabulary as the kernel reads it: phrases as a trie and by their two rarest words, meanings by number.

Most arrays are those of `indexer.thesaurus`, mapped; what belongs to an index is made when a snapshot is opened. All of
them are named in `service.search.engines.layouts.RULES`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.compiled.reader import CompiledIndex
from indexer.thesaurus import EMPTY, Thesaurus
from service.search.engines.layouts import RULES, SPELLED
from service.search.engines.spelled import spelled

Ints = NDArray[np.int64]
#: A peak that nobody asked for yet.
_UNKNOWN = -1.0
_ROOM = 1 << 12
#: What is read as it was laid out at publication.
_LAID_OUT = (
    *("trie_keys", "trie_nodes", "node_first", "node_meanings"),
    *("pair_keys", "pair_first", "pair_end", "phrase_first", "phrase_terms", "phrase_node", "term_rare"),
    *("meaning_first", "meaning_terms", "meaning_weight", "meaning_text"),
)


class Rules:
    """The arrays, and their addresses in the order of `RULES`. Whoever changes `named_at` holds the kernel's lock."""

    def __init__(self, thesaurus: Thesaurus, index: CompiledIndex) -> None:
        laid_out = {name: thesaurus.arrays[name] for name in _LAID_OUT}
        self._arrays: dict[str, NDArray[Any]] = laid_out | _terms(thesaurus, index) | _stems(index)
        self._arrays["named_at"] = np.full(thesaurus.text_count + 1, EMPTY, np.int64)
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


def _terms(thesaurus: Thesaurus, index: CompiledIndex) -> dict[str, NDArray[Any]]:
    """Return of each term its stem in the index, or -1, and by which letters one is known that records have."""
    terms = list(thesaurus.terms)
    stems = list(map(index.stems.find, terms))
    nothing = (0,) * (SPELLED - 1)
    letters = [spelled("", term) if at >= 0 else nothing for term, at in zip(terms, stems, strict=True)]
    return {"term_stem": _ints(stems), "term_spelled": np.array(letters or [nothing], np.int64)}


def _stems(index: CompiledIndex) -> dict[str, NDArray[Any]]:
    """Return where the postings of stems begin, the numbers of their bitsets or -1, and room for their peaks."""
    first: Ints = np.asarray(index.first)
    dense = np.full(len(first), -1, np.int64)
    for number, at in index.dense_numbers.items():
        dense[number] = at
    return {"first": first, "dense": dense, "peaks": np.full(len(first), _UNKNOWN)}


def _ints(values: Iterable[int]) -> Ints:
    # An empty array has no address that may be read.
    return np.array([*values] or [0], np.int64)
