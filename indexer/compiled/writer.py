"""Writes the compiled index of a snapshot: takes records in order, then lays their postings out by stem.

The arrays of the container, beside the three dictionaries ``stems``, ``words`` and ``codes``:

``post.first`` (stems + 1): number of each stem's first posting; ``post.doc``, ``post.impact``, ``post.bits``, one value
a posting, records ascending: record number, impact (negative where the term is in no field that says what the
procedure is) and the bits of `indexer.compiled.bits`. ``pos.first`` (stems + 1) and ``pos.start`` (one a posting,
counted from the first of its stem): where its packed positions begin in ``pos.packed``.
``word.stem``, ``word.form``, ``word.count``: of each word its stem, form and number of records; ``word.short``: word
numbers by length, so that the shortest completions come first.
``doc.shares`` (records x 4): what share of each field of `bits.SINGLE` one word is, and the largest of these;
``doc.sections``: a bit for each section with text.
``text.starts``, ``text.widths``: where each token of each text begins, and how many characters it has, for highlights;
``text.first`` (records + 1): the first token of a record, ``text.before`` (records x fields): tokens before a field.
``dense.stems`` are the stems that one record in 16 holds; ``dense.bits`` has two bitsets for each: records, and records
where it stands in a core field.
``name.hash`` (ascending) and ``name.doc``: which records have a name, by the hash of its key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from indexer import impacts
from indexer.compiled import bits, layout
from indexer.compiled.dictionary import dictionary_arrays
from indexer.compiled.layout import Array
from indexer.compiled.runs import RUN_WORDS, Run, RunWriter
from indexer.records import names_of, text_of
from indexer.schema import SECTION_FIELDS

_SECTIONS = tuple(SECTION_FIELDS)
#: One record in so many holds a stem that gets bitsets.
_DENSE = 16


def name_hash(key: str) -> int:
    """Return the 64-bit hash by which a name key is found."""
    return int.from_bytes(hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


class CompiledWriter:
    """Takes records in the order of their codes; `finish` writes the container into ``folder``."""

    def __init__(self, folder: Path, scratch: Path | None = None, run_words: int = RUN_WORDS) -> None:
        self._folder = folder
        self._runs = RunWriter(scratch or folder, run_words)
        self._codes: list[str] = []
        self._sections: list[int] = []
        self._names: list[tuple[int, int]] = []

    def add(self, record: Mapping[str, Any]) -> None:
        """Take the next record."""
        texts = {field.name: text_of(record, field.name) for field in bits.FIELDS}
        number = len(self._codes)
        self._names += [(name_hash(name), number) for name in names_of(record)]
        self._codes.append(record["code"])
        self._sections.append(sum(1 << at for at, name in enumerate(_SECTIONS) if texts[name]))
        self._runs.add(record["code"], list(texts.values()))

    def finish(self) -> None:
        """Lay everything out and write it; the writer must not be used afterwards."""
        lengths, places = self._runs.finish()
        names = sorted(self._names)
        small = {
            **dictionary_arrays("codes", self._codes),
            "doc.shares": _shares(lengths[:, [bits.NUMBERS[name] for name in bits.SINGLE]]),
            "doc.sections": np.array(self._sections, np.uint16),
            **places,
            "name.hash": np.array([each for each, _ in names], np.uint64),
            "name.doc": np.array([number for _, number in names], np.uint32),
        }
        rank, stems = _ranked(self._runs.terms.stems)
        counts, position_counts = self._totals(rank)
        sizes = {
            "post.doc": ("<u4", int(counts.sum())),
            "post.impact": ("<f4", int(counts.sum())),
            "post.bits": ("<u4", int(counts.sum())),
            "pos.start": ("<u4", int(counts.sum())),
            "pos.packed": ("<u4", int(position_counts.sum())),
        }
        dense = np.flatnonzero(counts * _DENSE >= max(len(self._codes), 1))
        words = -(-len(self._codes) // 64)
        sizes["dense.bits"] = ("<u8", 2 * words * len(dense))
        small |= {"dense.stems": dense.astype(np.uint32)}
        small |= {"post.first": _starts(counts), "pos.first": _starts(position_counts)}
        small |= dictionary_arrays("stems", stems) | self._words(rank)
        # How many records hold each word is known only when all postings are laid out.
        sizes |= {name: (each.dtype.str, len(each)) for name, each in small.items()}
        sizes["word.count"] = ("<u4", len(self._runs.terms.words))
        made = layout.create(self._folder, sizes)
        for name, values in small.items():
            made[name][:] = values
        _lay_out(self._runs.runs, rank, lengths, made)
        made["word.count"][:] = _word_counts(made)
        _fill_bitsets(made, words)
        layout.flush(made)
        _remove_spilled(self._runs.runs)

    def _totals(self, rank: Array) -> tuple[Array, Array]:
        """Return the number of postings and of positions of each stem, by rank."""
        counts, positions = np.zeros(len(rank), np.int64), np.zeros(len(rank), np.int64)
        for run in self._runs.runs:
            counts[rank[run.stems]] += run.counts
            positions[rank[run.stems]] += _sums(run.position_counts, run.counts)
        return counts, positions

    def _words(self, rank: Array) -> dict[str, Array]:
        words = sorted(self._runs.terms.words.items())
        short = sorted(range(len(words)), key=lambda number: (len(words[number][0]), number))
        places = np.empty(len(words), np.uint32)
        places[short] = np.arange(len(words), dtype=np.uint32)
        return {
            **dictionary_arrays("words", [word for word, _ in words]),
            "word.stem": rank[np.array([number for _, (number, _) in words], np.int64)].astype(np.uint32),
            "word.form": np.array([form for _, (_, form) in words], np.uint8),
            "word.short": places,
        }


def _shares(lengths: Array) -> Array:
    shares = (1.0 / np.maximum(lengths, 1)).astype(np.float32)
    return np.column_stack([shares, np.where(lengths > 0, shares, 0).max(axis=1)]).ravel()


def _ranked(stems: Mapping[str, int]) -> tuple[Array, list[str]]:
    """Return the place in sorted order of each stem number, and the stems in that order."""
    ordered = sorted(stems)
    rank = np.empty(len(stems), np.int64)
    rank[[stems[each] for each in ordered]] = np.arange(len(stems))
    return rank, ordered


def _lay_out(runs: list[Run], rank: Array, lengths: Array, made: Mapping[str, Array]) -> None:
    """Copy the postings of each run behind those of the runs before it, stem by stem."""
    next_posting = np.array(made["post.first"][:-1])
    next_position = np.array(made["pos.first"][:-1])
    averages = _averages(lengths)
    for run in runs:
        order = rank[run.stems]
        to = _targets(next_posting[order], run.counts)
        made["post.doc"][to] = run.docs
        made["post.bits"][to] = run.bits
        made["post.impact"][to] = _impacts(run, lengths, averages)
        totals = _sums(run.position_counts, run.counts)
        # Counted from the first position of the stem, over all runs before.
        base = np.repeat(next_position[order] - made["pos.first"][order], run.counts)
        made["pos.start"][to] = base + _within_group(run.position_counts, run.counts)
        made["pos.packed"][_targets(next_position[order], totals)] = run.positions
        next_posting[order] += run.counts
        next_position[order] += totals


def _impacts(run: Run, lengths: Array, averages: Array) -> Array:
    weights = np.array([*(field.weight for field in bits.FIELDS), bits.FIELDS[0].weight])
    docs = np.repeat(run.docs, run.field_counts)
    is_code = run.fields == bits.CODE_FIELD
    fields = np.where(is_code, 0, run.fields)
    own = np.where(is_code, averages[0], lengths[docs, fields])
    frequency = impacts.field_frequency(run.frequencies, own, averages[fields], weights[run.fields])
    starts = np.cumsum(run.field_counts, dtype=np.int64) - run.field_counts
    impact = impacts.saturate(np.add.reduceat(frequency, starts)) if len(starts) else frequency
    return np.where(run.bits & np.uint32(bits.CORE), impact, -impact).astype(np.float32)


def _averages(lengths: Array) -> Array:
    """Return the mean number of words of each field, over the records that have any."""
    filled = np.maximum((lengths > 0).sum(axis=0), 1)
    averages: Array = lengths.sum(axis=0, dtype=np.float64) / filled
    return averages


def _word_counts(made: Mapping[str, Array]) -> Array:
    """Return how many records hold each word; of a form that is not told apart, how many hold its stem at most."""
    flags, first = made["post.bits"], made["post.first"][:-1].astype(np.int64)
    stems, forms = made["word.stem"], made["word.form"]
    counts = np.diff(made["post.first"])[stems].astype(np.uint32)
    for form in range(bits.MAX_FORMS):
        chosen = forms == form
        held = np.add.reduceat((flags >> np.uint32(bits.FIRST_FORM_BIT + form)) & np.uint32(1), first)
        counts[chosen] = held[stems[chosen]]
    return counts


def _fill_bitsets(made: Mapping[str, Array], words: int) -> None:
    rows = made["dense.bits"].reshape(-1, 2, words) if words else ()
    for row, number in zip(rows, made["dense.stems"].tolist(), strict=True):
        start, end = int(made["post.first"][number]), int(made["post.first"][number + 1])
        docs, core = made["post.doc"][start:end], made["post.impact"][start:end] > 0
        for bitset, held in zip(row, (docs, docs[core]), strict=True):
            mask = np.zeros(64 * words, bool)
            mask[held] = True
            bitset[:] = np.packbits(mask, bitorder="little").view(np.uint64)


def _targets(starts: Array, counts: Array) -> Array:
    """Return start, start + 1, ... for each group, ``counts`` values each, end to end."""
    return np.repeat(starts.astype(np.int64), counts) + _ramps(counts)


def _ramps(counts: Array) -> Array:
    ends = np.cumsum(counts, dtype=np.int64)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) - np.repeat(ends - counts, counts)


def _within_group(values: Array, counts: Array) -> Array:
    """Return the sum of the values before each one in its group."""
    before = np.cumsum(values, dtype=np.int64) - values
    first = np.cumsum(counts, dtype=np.int64) - counts
    return before - np.repeat(before[first], counts)


def _sums(values: Array, counts: Array) -> Array:
    """Return the sum of each group of values; no group is empty."""
    first = np.cumsum(counts, dtype=np.int64) - counts
    return np.add.reduceat(values, first, dtype=np.int64) if len(first) else np.empty(0, np.int64)


def _starts(counts: Array) -> Array:
    return np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]).astype(np.int64)


def _remove_spilled(runs: list[Run]) -> None:
    arrays = (getattr(run, name) for run in runs for name in Run.__slots__)
    paths = {Path(each.filename) for each in arrays if isinstance(each, np.memmap) and each.filename}
    runs.clear()
    for path in paths:
        path.unlink(missing_ok=True)
