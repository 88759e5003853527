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
``shown.bytes``: all texts in UTF-8, end to end; ``shown.first``, ``shown.before``: the same of its bytes.
``dense.stems`` are the stems that one record in 16 holds; ``dense.bits`` has two bitsets for each: records, and records
where it stands in a core field.
``name.hash`` (ascending) and ``name.doc``: which records have a name, by the hash of its key.
"""

from __future__ import annotations

import functools
import pickle
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from indexer.compiled import bits, groups, layout
from indexer.compiled.collect import Collected, Collector
from indexer.compiled.dictionary import dictionary_arrays
from indexer.compiled.layout import Array
from indexer.compiled.merge import Merge, Part
from indexer.compiled.postings import Compiled, Whole, averages, compiled
from indexer.compiled.restore import run_of
from indexer.compiled.rows import Laid, old_rows
from indexer.compiled.runs import RUN_WORDS
from indexer.progress import Progress, Silent
from indexer.workers import Shared

#: One record in so many holds a stem that gets bitsets.
_DENSE = 16


class CompiledWriter:
    """Takes records in the order of their codes; `finish` writes the container into ``folder``."""

    def __init__(self, folder: Path, scratch: Path | None = None, run_words: int = RUN_WORDS) -> None:
        self._folder, self._scratch = folder, scratch or folder
        self._collector = Collector(self._scratch, run_words)
        self._parts: list[Collected] = []
        self._count = 0

    def add(self, record: Mapping[str, Any], number: int | None = None) -> Sequence[str]:
        """Take the next record; ``number`` where numbers in between are those of an older snapshot.

        Return its names, as `names_of` does.
        """
        number = self._count if number is None else number
        self._count = number + 1
        return self._collector.add(record, number)

    def take(self, part: Collected) -> None:
        """Take records that were collected elsewhere, and which none of those taken before is among."""
        for run in part.runs:
            # Most words come with every part: from another process, as strings of their own each time.
            run.stems, run.words = list(map(sys.intern, run.stems)), list(map(sys.intern, run.words))
        self._parts.append(part)

    def finish(
        self,
        before: Path | None = None,
        numbers: Array | None = None,
        *,
        shared: Shared | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Lay everything out and write it; the writer must not be used afterwards.

        ``before`` is the folder of an older snapshot to take all other records from; ``numbers`` gives each of its
        records its new number, ascending, or -1 to leave it out. ``shared``: who shares the work.
        """
        parts = [*self._parts, self._collector.finish()]
        if before is not None and numbers is not None:
            old, lengths = run_of(before, numbers, self._scratch)
            parts.append(Collected([old], old_rows(before, numbers, lengths)))
        runs = [run for part in parts for run in part.runs if run.stems]
        try:
            self._write(Merge(runs), Laid([part.rows for part in parts]), shared, progress or Silent())
        finally:
            for part in parts:
                part.remove()

    def _write(self, merge: Merge, rows: Laid, shared: Shared | None, progress: Progress) -> None:
        forms = _forms(merge)
        words = _words(merge, forms)
        small = rows.arrays | dictionary_arrays("stems", merge.stems) | words
        dense = np.flatnonzero(merge.counts * _DENSE >= max(rows.count, 1))
        small |= {"dense.stems": dense.astype(np.uint32), "post.first": groups.starts(merge.counts)}
        sizes = _sizes(merge, rows.count, len(dense), int(merge.word_counts[forms >= bits.MAX_FORMS].sum()))
        sizes |= {name: (each.dtype.str, len(each)) for name, each in small.items()} | rows.stream_sizes
        whole = Whole(merge.word_stems, forms, rows.lengths, averages(rows.lengths), dense)
        writer = layout.Writer(self._folder, sizes)
        try:
            for name, values in small.items():
                writer.append(name, values)
            for name, values in rows.streams():
                writer.append(name, values)
            position_counts = _lay_out(merge, whole, writer, shared, progress)
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


def _lay_out(merge: Merge, whole: Whole, writer: layout.Writer, shared: Shared | None, progress: Progress) -> Array:
    """Write all postings; return how many positions each stem has."""
    position_counts = np.zeros(len(merge.stems), np.int64)
    progress.phase("Merging", len(merge.stretches()))
    parts = (compiled(part, whole) for part in merge.parts()) if shared is None else _compiled(merge, whole, shared)
    for made in parts:
        for name, values in made.arrays.items():
            writer.append(name, values)
        position_counts[made.first : made.first + len(made.position_counts)] = made.position_counts
        progress.step()
    return position_counts


def _compiled(merge: Merge, whole: Whole, shared: Shared) -> Iterator[Compiled]:
    """Have workers compile the parts that are merged here."""
    known = shared.scratch / "whole"
    known.write_bytes(pickle.dumps(whole, pickle.HIGHEST_PROTOCOL))
    return shared.workers.map(compile_part, ((part, known) for part in merge.parts()))


def compile_part(part: Part, whole: Path) -> Compiled:
    """Return what is kept of a part; ``whole`` is a file with what is known of all."""
    return compiled(part, _read_whole(whole))


@functools.lru_cache(maxsize=1)
def _read_whole(path: Path) -> Whole:
    whole: Whole = pickle.loads(path.read_bytes())  # noqa: S301 - the build wrote it just now
    return whole
