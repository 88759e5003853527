"""From the words of records to sorted runs of postings, with bounded memory.

Records come in order. Their words are kept as flat arrays until there are enough for a *run*, which is sorted by stem
and, beyond the first, put on disk. Since every run holds later records than the one before it, runs are merged by
laying them end to end, stem by stem.
"""

from __future__ import annotations

import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from indexer.analysis.tokenizer import index_words, stem
from indexer.compiled import bits
from indexer.compiled.layout import Array

#: Words in one run: about 200 MB of arrays while it is sorted.
RUN_WORDS = 4_000_000
_HEAD_FIELDS = (bits.NUMBERS["title"], bits.NUMBERS["descriptor"])


@dataclass(slots=True)
class Run:
    """Postings of some records, sorted by stem (its number), then record.

    ``stems`` and ``counts``: which stems, and how many postings each has. ``docs`` and ``bits``: one a posting.
    ``field_counts``: how many fields each posting has; ``fields``, ``frequencies``: one for each of these.
    ``position_counts``: how many positions each posting has; ``positions``: packed as in `bits`.
    """

    stems: Array
    counts: Array
    docs: Array
    bits: Array
    field_counts: Array
    fields: Array
    frequencies: Array
    position_counts: Array
    positions: Array

    def saved(self, folder: Path, number: int) -> Run:
        """Put the arrays on disk; return the run mapped from there."""
        mapped = {}
        for name in self.__slots__:
            path = folder / f"run-{number}-{name}.npy"
            np.save(path, getattr(self, name))
            mapped[name] = np.load(path, mmap_mode="r")
        return Run(**mapped)


@dataclass(slots=True)
class Terms:
    """Numbers of stems and forms, in the order in which they were first seen. ``words``: word -> (stem, form)."""

    stems: dict[str, int] = field(default_factory=dict)
    words: dict[str, tuple[int, int]] = field(default_factory=dict)
    forms: list[int] = field(default_factory=list)

    def word(self, word: str) -> tuple[int, int]:
        """Return the numbers of a word's stem and of its form among those of the stem."""
        known = self.words.get(word)
        if known is None:
            number = self.stem(stem(word))
            known = self.words[word] = (number, min(self.forms[number], bits.NO_FORM))
            self.forms[number] += 1
        return known

    def stem(self, text: str) -> int:
        """Return the number of a stem."""
        number = self.stems.setdefault(text, len(self.stems))
        if number == len(self.forms):
            self.forms.append(0)
        return number


class RunWriter:
    """Takes the texts of one record after the other and makes runs of them."""

    def __init__(self, scratch: Path, run_words: int = RUN_WORDS) -> None:
        self.terms = Terms()
        self.runs: list[Run] = []
        self.lengths: list[Array] = []
        self._scratch, self._run_words = scratch, run_words
        self._starts, self._widths = array.array("H"), array.array("B")
        self._place_counts = array.array("I")
        self._count = 0
        self._clear()

    def __len__(self) -> int:
        """The number of records taken."""
        return self._count

    def add(self, code: str, texts: Sequence[str]) -> None:
        """Take the next record: its code and its texts in the order of `bits.FIELDS`, blank where it has none."""
        lengths = np.zeros(len(bits.FIELDS), np.uint32)
        known: dict[str, tuple[list[tuple[int, int]], list[int], list[tuple[int, int]]]] = {}
        for number, text in enumerate(texts):
            if not text:
                self._place_counts.append(0)
                continue
            # The title of a bare code is its descriptor: each distinct text is read once.
            if text not in known:
                words, positions, places = index_words(text)
                known[text] = [self.terms.word(word) for word in words], positions, places
            pairs, positions, places = known[text]
            lengths[number] = len(pairs)
            self._take(number, pairs, positions)
            self._keep_places(places)
        self._take(bits.CODE_FIELD, [(self.terms.stem(code.lower()), bits.NO_FORM)], [0])
        self.lengths.append(lengths)
        self._count += 1
        if len(self._stems) >= self._run_words:
            self._flush(last=False)

    def finish(self) -> tuple[Array, dict[str, Array]]:
        """Make the last run; return lengths (records x fields) and the arrays of token places."""
        self._flush(last=True)
        lengths = np.array(self.lengths, np.uint32).reshape(self._count, len(bits.FIELDS))
        counts = np.frombuffer(self._place_counts, np.uint32).reshape(lengths.shape)
        ends = counts.cumsum(axis=1, dtype=np.uint32)
        first = np.concatenate([[0], ends[:, -1].cumsum(dtype=np.int64)]) if len(counts) else np.zeros(1, np.int64)
        return lengths, {
            "text.starts": np.frombuffer(self._starts, np.uint16),
            "text.widths": np.frombuffer(self._widths, np.uint8),
            "text.first": first.astype(np.int64),
            "text.before": (ends - counts).ravel(),
        }

    def _take(self, number: int, pairs: Sequence[tuple[int, int]], positions: Sequence[int]) -> None:
        self._stems.extend([pair[0] for pair in pairs])
        self._forms.extend([pair[1] for pair in pairs])
        self._positions.extend([min(position, bits.SPAN - 1) for position in positions])
        self._fields.append(number)
        self._docs.append(self._count)
        self._sizes.append(len(pairs))

    def _keep_places(self, places: Sequence[tuple[int, int]]) -> None:
        """Keep where each token begins and how long it is; the largest number stands for anything beyond."""
        self._starts.extend([min(start, bits.FARTHEST) for start, _ in places])
        self._widths.extend([min(end - start, bits.WIDEST) for start, end in places])
        self._place_counts.append(len(places))

    def _clear(self) -> None:
        self._stems, self._forms, self._positions = array.array("I"), array.array("B"), array.array("H")
        self._fields, self._docs, self._sizes = array.array("B"), array.array("I"), array.array("I")

    def _flush(self, *, last: bool) -> None:
        if not self._stems:
            return
        run = self._sorted()
        self._clear()
        alone = last and not self.runs
        self.runs.append(run if alone else run.saved(self._scratch, len(self.runs)))

    def _sorted(self) -> Run:
        sizes = np.frombuffer(self._sizes, np.uint32)
        stems = np.frombuffer(self._stems, np.uint32)
        order = np.argsort(stems, kind="stable")
        stems = stems[order]
        docs = np.repeat(np.frombuffer(self._docs, np.uint32), sizes)[order]
        fields = np.repeat(np.frombuffer(self._fields, np.uint8), sizes)[order]
        forms = np.frombuffer(self._forms, np.uint8)[order]
        positions = np.frombuffer(self._positions, np.uint16)[order]
        return _run(stems, docs, fields, forms, positions)


def _run(stems: Array, docs: Array, fields: Array, forms: Array, positions: Array) -> Run:
    """Group words, sorted by stem, record, field and position, into postings."""
    new_posting = _changes(stems, docs)
    new_field = new_posting | _changes(fields)
    posting_at, field_at = np.flatnonzero(new_posting), np.flatnonzero(new_field)
    in_text = fields < bits.CODE_FIELD
    flags = np.uint32(1) << fields.astype(np.uint32)
    flags |= np.where(_is_head(fields, positions), np.uint32(1 << bits.HEAD_BIT), np.uint32(0))
    told_apart = forms < bits.MAX_FORMS
    shift = np.where(told_apart, forms, 0).astype(np.uint32) + np.uint32(bits.FIRST_FORM_BIT)
    flags |= np.where(told_apart, np.uint32(1) << shift, np.uint32(0))
    new_stem = np.flatnonzero(_changes(stems[posting_at]))
    kept = np.flatnonzero(in_text)
    packed = fields[kept].astype(np.uint32) * bits.SPAN + positions[kept]
    return Run(
        stems=stems[posting_at][new_stem],
        counts=_sizes(new_stem, len(posting_at)),
        docs=docs[posting_at],
        bits=np.bitwise_or.reduceat(flags, posting_at),
        field_counts=np.add.reduceat(new_field, posting_at, dtype=np.uint32),
        fields=fields[field_at],
        frequencies=_sizes(field_at, len(stems)),
        position_counts=np.add.reduceat(in_text, posting_at, dtype=np.uint32),
        positions=packed.astype(np.uint32),
    )


def _is_head(fields: Array, positions: Array) -> Array:
    leading: Array = (positions < bits.HEAD_WORDS) & ((fields == _HEAD_FIELDS[0]) | (fields == _HEAD_FIELDS[1]))
    return leading


def _changes(*columns: Array) -> Array:
    """Say of each row whether it differs from the one before; the first row does."""
    changed = np.zeros(len(columns[0]), bool)
    changed[:1] = True
    for column in columns:
        changed[1:] |= column[1:] != column[:-1]
    return changed


def _sizes(starts: Array, total: int) -> Array:
    return np.diff(np.append(starts, total)).astype(np.uint32)
