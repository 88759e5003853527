"""Writes the compiled index of a snapshot: takes records in order, then lays their postings out by stem.

The arrays of the container, beside the three dictionaries ``stems``, ``words`` and ``codes``:

``post.first`` (stems + 1): number of each stem's first posting; ``post.doc``, ``post.impact``, ``post.bits``, one value
a posting, records ascending: record number, impact (negative where the term is in no field that says what the
procedure is) and the bits of `indexer.compiled.bits`. ``pos.first`` (stems + 1) and ``pos.start`` (one a posting,
counted from the first of its stem): where its packed positions begin in ``pos.packed``.
``word.stem``, ``word.form``, ``word.count``: of each word its stem, form and number of records; ``word.short``: word
numbers by length, so that the shortest completions come first. ``other.doc``: the records of each word that has no
form bit, in the order of stems, then words. The forms of a stem are numbered from the most frequent one on.
``doc.shares`` (records x 4): what share of each field of `bits.SINGLE` one word is, and the largest of these;
``doc.sections``: a bit for each section with text.
``text.starts``, ``text.widths``: where each token of each text begins, and how many characters it has, for highlights;
``text.first`` (records + 1): the first token of a record, ``text.before`` (records x fields): tokens before a field.
``dense.stems`` are the stems that one record in 16 holds; ``dense.bits`` has two bitsets for each: records, and records
where it stands in a core field.
``name.hash`` (ascending) and ``name.doc``: which records have a name, by the hash of its key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from indexer.compiled import bits, groups, layout
from indexer.compiled.dictionary import dictionary_arrays
from indexer.compiled.layout import Array
from indexer.compiled.merge import Merge, Part
from indexer.compiled.postings import averages, bitsets, compiled
from indexer.compiled.restore import run_of
from indexer.compiled.rows import Rows, name_hash
from indexer.compiled.runs import RUN_WORDS, RunWriter
from indexer.records import names_of, text_of

__all__ = ["CompiledWriter", "name_hash"]

#: One record in so many holds a stem that gets bitsets.
_DENSE = 16


class CompiledWriter:
    """Takes records in the order of their codes; `finish` writes the container into ``folder``."""

    def __init__(self, folder: Path, scratch: Path | None = None, run_words: int = RUN_WORDS) -> None:
        self._folder, self._scratch = folder, scratch or folder
        self._runs = RunWriter(self._scratch, run_words)
        self._rows = Rows(self._scratch)
        self._count = 0

    def add(self, record: Mapping[str, Any], number: int | None = None) -> None:
        """Take the next record; ``number`` where numbers in between are those of an older snapshot."""
        number = self._count if number is None else number
        texts = {field.name: text_of(record, field.name) for field in bits.FIELDS}
        words = self._runs.add(number, record["code"], list(texts.values()))
        self._rows.add(number, record["code"], texts, names_of(record), words)
        self._count = number + 1

    def finish(self, before: Path | None = None, numbers: Array | None = None) -> None:
        """Lay everything out and write it; the writer must not be used afterwards.

        ``before`` is the folder of an older snapshot to take all other records from; ``numbers`` gives each of its
        records its new number, ascending, or -1 to leave it out.
        """
        runs = self._runs.finish()
        if before is not None and numbers is not None:
            old, lengths = run_of(before, numbers, self._scratch)
            runs = [*runs, old]
            self._rows.take_old(before, numbers, lengths)
        try:
            self._write(Merge([run for run in runs if run.stems]))
        finally:
            for run in runs:
                run.remove()
            self._rows.remove()

    def _write(self, merge: Merge) -> None:
        rows = self._rows.finish()
        forms = _forms(merge)
        words = _words(merge, forms)
        small = rows.arrays | dictionary_arrays("stems", merge.stems) | words
        dense = np.flatnonzero(merge.counts * _DENSE >= max(rows.count, 1))
        small |= {"dense.stems": dense.astype(np.uint32), "post.first": groups.starts(merge.counts)}
        sizes = _sizes(merge, rows.count, len(dense), int(merge.word_counts[forms >= bits.MAX_FORMS].sum()))
        sizes |= {name: (each.dtype.str, len(each)) for name, each in small.items()} | rows.token_sizes
        writer = layout.Writer(self._folder, sizes)
        try:
            for name, values in small.items():
                writer.append(name, values)
            for name, values in rows.tokens():
                writer.append(name, values)
            position_counts = _lay_out(merge, forms, rows.lengths, dense, writer)
            writer.append("pos.first", groups.starts(position_counts))
        except BaseException:
            writer.close(complete=False)
            raise
        writer.close()


def _sizes(merge: Merge, count: int, dense: int, others: int) -> dict[str, tuple[str, int]]:
    """Return type and length of the arrays that are written part by part; each code is one position too many."""
    postings = int(merge.counts.sum())
    return {
        "post.doc": ("<u4", postings),
        "post.impact": ("<f4", postings),
        "post.bits": ("<u4", postings),
        "pos.start": ("<u4", postings),
        "pos.packed": ("<u4", int(merge.sizes.sum()) - count),
        "pos.first": ("<i8", len(merge.stems) + 1),
        "other.doc": ("<u4", others),
        "dense.bits": ("<u8", 2 * -(-count // 64) * dense),
    }


def _forms(merge: Merge) -> Array:
    """Return the form of each word of the merge: its place among those of its stem, the most frequent first."""
    order = np.lexsort((np.arange(len(merge.words)), -merge.word_counts, merge.word_stems))
    first = groups.changes(merge.word_stems[order]) if len(order) else np.empty(0, bool)
    begin = np.flatnonzero(first)
    places = np.arange(len(order)) - np.repeat(begin, groups.sizes(begin, len(order)))
    forms = np.empty(len(order), np.int64)
    forms[order] = np.minimum(places, bits.NO_FORM)
    return forms


def _words(merge: Merge, forms: Array) -> dict[str, Array]:
    order = sorted(range(len(merge.words)), key=merge.words.__getitem__)
    words = [merge.words[each] for each in order]
    short = sorted(range(len(words)), key=lambda number: (len(words[number]), number))
    places = np.empty(len(words), np.uint32)
    places[short] = np.arange(len(words), dtype=np.uint32)
    return {
        **dictionary_arrays("words", words),
        "word.stem": merge.word_stems[order].astype(np.uint32),
        "word.form": forms[order].astype(np.uint8),
        "word.count": merge.word_counts[order].astype(np.uint32),
        "word.short": places,
    }


def _lay_out(merge: Merge, forms: Array, lengths: Array, dense: Array, writer: layout.Writer) -> Array:
    """Write all postings; return how many positions each stem has."""
    position_counts = np.zeros(len(merge.stems), np.int64)
    means = averages(lengths)
    for part in merge.parts():
        made = compiled(part, merge.word_stems, forms, lengths, means)
        for name, values in made.arrays.items():
            writer.append(name, values)
        first, last = int(part.stems[0]), int(part.stems[-1]) + 1
        position_counts[first:last] = made.position_counts
        for values in _dense_rows(part, made.arrays, dense, len(lengths)):
            writer.append("dense.bits", values)
    return position_counts


def _dense_rows(part: Part, arrays: Mapping[str, Array], dense: Array, count: int) -> Iterator[Array]:
    for stem in dense[np.searchsorted(dense, part.stems[0]) : np.searchsorted(dense, part.stems[-1], "right")]:
        start, end = np.searchsorted(part.stems, [stem, stem + 1])
        yield bitsets(arrays["post.doc"][start:end], arrays["post.impact"][start:end], count)
