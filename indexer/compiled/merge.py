"""Runs of postings merged stem by stem, a part of the stems at a time, so that memory stays bounded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.compiled import groups
from indexer.compiled.runs import Run

Array = NDArray[Any]
#: Positions that are merged at once: about 100 MB of arrays.
PART_POSITIONS = 1_000_000


@dataclass(frozen=True, slots=True)
class Part:
    """The postings of some stems, by stem, then record.

    ``stems``: the number of the stem of each posting; ``docs``, ``sizes``, ``positions`` as in `Run`. ``words`` and
    ``word_docs``: which record holds which word; words count in the order of stems, then their own.
    """

    stems: Array
    docs: Array
    sizes: Array
    positions: Array
    words: Array
    word_docs: Array


class Merge:
    """What runs hold together. No record is in two of them."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self._runs = runs
        self.stems = sorted(set().union(*(run.stems for run in runs)))
        self._places = [_places(self.stems, run.stems) for run in runs]
        owners: dict[str, int] = {}
        for run, places in zip(runs, self._places, strict=True):
            owners |= zip(run.words, places[run.word_stems].tolist(), strict=True)
        #: Words in the order of their stems, then their own, and the number of the stem of each.
        self.words = sorted(owners, key=lambda word: (owners[word], word))
        self.word_stems = np.array([owners[word] for word in self.words], np.int64)
        self._word_places = [_places(self.words, run.words) for run in runs]
        self._bounds = [_Bounds(run) for run in runs]
        #: Postings and positions of each stem, and records of each word.
        self.counts = self._totals(self._places, [run.counts for run in runs], len(self.stems))
        self.sizes = self._totals(self._places, [bounds.sizes for bounds in self._bounds], len(self.stems))
        self.word_counts = self._totals(self._word_places, [run.word_counts for run in runs], len(self.words))

    def parts(self, most: int = PART_POSITIONS) -> Iterator[Part]:
        """Yield everything, about ``most`` positions at a time."""
        for first, last in self.stretches(most):
            cut = [np.searchsorted(places, [first, last]) for places in self._places]
            pieces = [self._piece(number, *bounds.tolist()) for number, bounds in enumerate(cut)]
            yield pieces[0] if len(pieces) == 1 else _joined(pieces)

    def stretches(self, most: int = PART_POSITIONS) -> list[tuple[int, int]]:
        """Return first stem and end of each part of `parts`."""
        return groups.chunks(self.sizes, most)

    def _piece(self, number: int, first: int, last: int) -> Part:
        run, bounds, places = self._runs[number], self._bounds[number], self._places[number]
        start, end = int(bounds.postings[first]), int(bounds.postings[last])
        word, word_end = np.searchsorted(run.word_stems, [first, last]).tolist()
        return Part(
            np.repeat(places[first:last], run.counts[first:last]),
            run.docs[start:end],
            run.sizes[start:end],
            run.positions[int(bounds.positions[first]) : int(bounds.positions[last])],
            np.repeat(self._word_places[number][word:word_end], run.word_counts[word:word_end]),
            run.word_docs[int(bounds.words[word]) : int(bounds.words[word_end])],
        )

    @staticmethod
    def _totals(places: Sequence[Array], counts: Sequence[Array], total: int) -> Array:
        totals = np.zeros(total, np.int64)
        for where, each in zip(places, counts, strict=True):
            totals[where] += each
        return totals


class _Bounds:
    """Where the postings and positions of each stem, and the records of each word, begin in a run."""

    def __init__(self, run: Run) -> None:
        self.postings = groups.starts(run.counts)
        self.words = groups.starts(run.word_counts)
        sizes = [self._sizes(run, first, last) for first, last in groups.chunks(run.counts, PART_POSITIONS)]
        self.sizes = np.concatenate(sizes) if sizes else np.empty(0, np.int64)
        self.positions = groups.starts(self.sizes)

    def _sizes(self, run: Run, first: int, last: int) -> Array:
        part = run.sizes[int(self.postings[first]) : int(self.postings[last])]
        return groups.sums(part, run.counts[first:last])


def _places(whole: Sequence[str], some: Sequence[str]) -> Array:
    if len(whole) == len(some):
        return np.arange(len(whole))
    numbers = {text: number for number, text in enumerate(whole)}
    return np.array([numbers[text] for text in some], np.int64)


def _joined(pieces: Sequence[Part]) -> Part:
    stems = np.concatenate([piece.stems for piece in pieces])
    docs = np.concatenate([piece.docs for piece in pieces])
    sizes = np.concatenate([piece.sizes for piece in pieces])
    positions = np.concatenate([piece.positions for piece in pieces])
    order = _order(stems, docs)
    positions = positions[groups.ramps((np.cumsum(sizes, dtype=np.int64) - sizes)[order], sizes[order])]
    words = np.concatenate([piece.words for piece in pieces])
    word_docs = np.concatenate([piece.word_docs for piece in pieces])
    by_word = _order(words, word_docs)
    return Part(stems[order], docs[order], sizes[order], positions, words[by_word], word_docs[by_word])


def _order(groups_: Array, docs: Array) -> Array:
    """Return the order by group, then record; pieces are sorted already, which this sort makes use of."""
    return np.argsort((groups_.astype(np.int64) << 32) | docs, kind="stable")
