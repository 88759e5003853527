"""Reads the compiled index of a snapshot. Nothing is loaded: everything is looked up in mapped arrays."""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.compiled import bits
from indexer.compiled.dictionary import Dictionary
from indexer.compiled.layout import Container
from indexer.compiled.names import name_hash

Ints = NDArray[np.int64]
_SINGLE = len(bits.SINGLE)
_FIELD_COUNT = len(bits.FIELDS)
_SHOWN = ("bytes", "first", "before")


@dataclass(frozen=True, slots=True)
class PostingList:
    """The postings of one stem: records ascending, impacts (below 0: in no core field), and bits."""

    docs: NDArray[np.uint32]
    impacts: NDArray[np.float32]
    bits: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.docs)


class TermIndex:
    """The words, codes and names of one snapshot, without its postings; safe for many threads.

    Postings have numbers all the same: those of stem *n* are from ``first[n]`` to before ``first[n + 1]``.
    """

    def __init__(self, container: Container) -> None:
        self.stems = Dictionary(container, "stems")
        self.words = Dictionary(container, "words")
        self.codes = Dictionary(container, "codes")
        self.count = len(self.codes)
        self.first = container["post.first"].data
        #: The bytes of all words, their ends, and the table by which they are found.
        self.word_arrays = tuple(container[f"words.{part}"] for part in ("bytes", "ends", "table"))
        self.word_stems, self.word_forms = container["word.stem"], container["word.form"]
        self._word_stem, self._word_form = self.word_stems.data, self.word_forms.data
        self._word_count = container["word.count"].data
        self.word_short = container["word.short"]
        #: The hashes of all names, ascending, and the record that is called so.
        self.name_arrays = container["name.hash"], container["name.doc"]
        self._name_hash, self._name_doc = (each.data for each in self.name_arrays)

    def peak(self, number: int) -> float:
        """Return the largest impact of stem ``number`` in any record."""
        raise NotImplementedError

    def dense_number(self, number: int) -> int:
        """Return which of the bitsets of frequent stems are those of stem ``number``, or -1 where there are none."""
        raise NotImplementedError

    def bounds(self, stem: str) -> tuple[int, int]:
        """Return the numbers of a stem's first posting and of the one behind its last; (0, 0) for an unknown one."""
        number = self.stems.find(stem)
        return (self.first[number], self.first[number + 1]) if number >= 0 else (0, 0)

    def word(self, number: int) -> tuple[int, int]:
        """Return the stem number and the bit of the form of word ``number``."""
        return self._word_stem[number], bits.form_bit(self._word_form[number])

    def frequency(self, word: str) -> int:
        """Return how many records hold a word."""
        number = self.words.find(word)
        return self._word_count[number] if number >= 0 else 0

    def named(self, key: str) -> list[int]:
        """Return the records that have a name, by its key, ascending."""
        wanted = name_hash(key)
        at, found = bisect.bisect_left(self._name_hash, wanted), []
        while at < len(self._name_hash) and self._name_hash[at] == wanted:
            found.append(self._name_doc[at])
            at += 1
        return found

    def completions(self, prefix: str, most: int) -> list[int]:
        """Return the numbers of at most ``most`` words that begin so, the shortest first."""
        numbers = self.words.beginning(prefix)
        if len(numbers) <= 1:
            return list(numbers)
        shortness = self.word_short[numbers.start : numbers.stop]
        if len(numbers) > most:
            return [numbers.start + int(at) for at in _smallest(shortness, most)]
        return [numbers.start + int(at) for at in np.argsort(shortness)]


class CompiledIndex(TermIndex):
    """The compiled index of one snapshot; safe for many threads, and shared by all processes that map it."""

    def __init__(self, folder: Path) -> None:
        container = Container(folder)
        super().__init__(container)
        self.docs, self.impacts, self.bits = (container[f"post.{name}"] for name in ("doc", "impact", "bits"))
        self.packed, self.position_starts = container["pos.packed"], container["pos.start"]
        self.shares: NDArray[Any] = container["doc.shares"].reshape(-1, _SINGLE + 1)
        self.sections = container["doc.sections"]
        self.first_position = container["pos.first"].data
        self.dense = container["dense.bits"]
        #: The numbers of the bitsets of frequent stems, by stem.
        self.dense_numbers = {number: at for at, number in enumerate(container["dense.stems"].tolist())}
        self.starts, self.widths = container["text.starts"].data, container["text.widths"].data
        self.text_first, self.text_before = container["text.first"].data, container["text.before"].data
        self.shown, self.shown_first, self.shown_before = (container[f"shown.{name}"] for name in _SHOWN)

    def peak(self, number: int) -> float:
        """Return the largest impact of stem ``number`` in any record."""
        return float(np.abs(self.impacts[self.first[number] : self.first[number + 1]]).max(initial=0))

    def postings(self, stem: str) -> PostingList:
        """Return the postings of a stem; none for an unknown one."""
        return self.between(*self.bounds(stem))

    def between(self, start: int, end: int) -> PostingList:
        """Return postings by their numbers."""
        return PostingList(self.docs[start:end], self.impacts[start:end], self.bits[start:end])

    def positions(self, stem: str, posting: int) -> NDArray[np.uint32]:
        """Return the packed positions of posting number ``posting``, which is one of ``stem``."""
        number = self.stems.find(stem)
        base, end = self.first_position[number], self.first_position[number + 1]
        if posting + 1 < self.first[number + 1]:
            end = base + int(self.position_starts[posting + 1])
        positions: NDArray[np.uint32] = self.packed[base + int(self.position_starts[posting]) : end]
        return positions

    def all_positions(self, stem: str) -> Ints:
        """Return all positions of a stem as record << `bits.RECORD_SHIFT` | packed position, ascending."""
        number = self.stems.find(stem)
        if number < 0:
            return np.empty(0, np.int64)
        start, end = self.first[number], self.first[number + 1]
        packed = self.packed[self.first_position[number] : self.first_position[number + 1]].astype(np.int64)
        starts: Ints = np.append(self.position_starts[start:end], len(packed)).astype(np.int64)
        counts = starts[1:] - starts[:-1]
        return (np.repeat(self.docs[start:end].astype(np.int64), counts) << bits.RECORD_SHIFT) | packed

    def dense_number(self, number: int) -> int:
        """Return which of the bitsets of frequent stems are those of stem ``number``, or -1."""
        return self.dense_numbers.get(number, -1)

    def positions_in(self, stem: str, docs: NDArray[Any]) -> Ints:
        """Return the same for some records, all of which hold the stem; ``docs`` are ascending."""
        number = self.stems.find(stem)
        start, end = self.first[number], self.first[number + 1]
        places = start + np.searchsorted(self.docs[start:end], docs)
        base, last = self.first_position[number], self.first_position[number + 1]
        begin = base + self.position_starts[places].astype(np.int64)
        behind = base + self.position_starts[np.minimum(places + 1, end - 1)].astype(np.int64)
        counts = np.where(places + 1 < end, behind, last) - begin
        # One run of positions for each posting, end to end.
        ramp = np.arange(int(counts.sum())) - np.repeat(counts.cumsum() - counts, counts)
        packed = self.packed[np.repeat(begin, counts) + ramp].astype(np.int64)
        found: Ints = (np.repeat(docs.astype(np.int64), counts) << bits.RECORD_SHIFT) | packed
        return found

    def first_token(self, doc: int, field: int) -> int:
        """Return the number of the first token of a text: its place in `starts` and `widths`, where
        `bits.FARTHEST` and `bits.WIDEST` stand for anything beyond.
        """
        return self.text_first[doc] + self.text_before[doc * _FIELD_COUNT + field]


def _smallest(values: NDArray[Any], most: int) -> NDArray[Any]:
    chosen = np.argpartition(values, most)[:most]
    ordered: NDArray[Any] = chosen[np.argsort(values[chosen])]
    return ordered
