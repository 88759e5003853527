"""From the words of records to sorted runs of postings, with bounded memory.

Records come in order. Their words are kept as flat arrays until there are enough for a *run*, which is sorted by stem
and, beyond the first, put on disk. Runs are merged stem by stem: `indexer.compiled.merge`.
"""

from __future__ import annotations

import array
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from indexer.analysis.batches import Batch, index_batch
from indexer.analysis.tokenizer import stem
from indexer.compiled import bits, groups
from indexer.compiled.layout import Array

#: Words in one run: about 250 MB of arrays while it is sorted.
RUN_WORDS = 4_000_000
#: The field that stands for the code itself where positions are counted.
CODE_POSITION = bits.CODE_FIELD << bits.FIELD_SHIFT
_SHIFT = bits.FIELD_SHIFT


class Spilled:
    """An array that grows on disk, and of which parts are read back."""

    def __init__(self, path: Path, dtype: str) -> None:
        self.path, self._dtype, self._size = path, np.dtype(dtype), 0
        path.write_bytes(b"")

    def __len__(self) -> int:
        return self._size

    def append(self, values: Array) -> None:
        """Add values at its end."""
        with self.path.open("ab") as stream:
            stream.write(np.ascontiguousarray(values, self._dtype).data)
        self._size += len(values)

    def __getitem__(self, part: slice) -> Array:
        """Read one part, given by its bounds."""
        first, last, _ = part.indices(self._size)
        return np.fromfile(self.path, self._dtype, last - first, offset=first * self._dtype.itemsize)


Column = Array | Spilled
_SPILLED = {"docs": "<u4", "sizes": "<u4", "positions": "<u4", "word_docs": "<u4"}


@dataclass(slots=True)
class Run:
    """Postings of some records, sorted by stem, then record.

    ``stems``: the stems in order; ``counts``: how many postings each has. ``docs``: one a posting; ``sizes``: how many
    positions it has. ``positions``: packed as in `bits`; that of a code is `CODE_POSITION`.
    ``words``: the words in the order of their stems, then their own; ``word_stems``: the place of its stem of each;
    ``word_counts``: how many records hold it; ``word_docs``: these records.
    """

    stems: list[str]
    counts: Array
    docs: Column
    sizes: Column
    positions: Column
    words: list[str]
    word_stems: Array
    word_counts: Array
    word_docs: Column

    def spilled(self, folder: Path, name: str) -> Run:
        """Put the large arrays on disk; return the run that reads them from there."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        for column, dtype in _SPILLED.items():
            values[column] = Spilled(folder / f"{name}-{column}.run", dtype)
            values[column].append(getattr(self, column))
        return Run(**values)

    def remove(self) -> None:
        """Remove what it has on disk."""
        for column in _SPILLED:
            each = getattr(self, column)
            if isinstance(each, Spilled):
                each.path.unlink(missing_ok=True)


class _Terms(dict[str, int]):
    """Numbers of words, in the order in which they were first seen; a code is a word of its own kind."""

    def __init__(self) -> None:
        self.stems: dict[str, int] = {}
        self.stem_of, self.is_code = array.array("I"), array.array("B")

    def __missing__(self, word: str) -> int:
        return self._add(word, stem(word), is_code=False)

    def code(self, code: str) -> int:
        """Return the number of a code; no word begins with a blank."""
        key = f" {code}"
        return self[key] if key in self else self._add(key, code, is_code=True)

    def _add(self, key: str, text: str, *, is_code: bool) -> int:
        number = self[key] = len(self)
        self.stem_of.append(self.stems.setdefault(text, len(self.stems)))
        self.is_code.append(is_code)
        return number


class RunWriter:
    """Takes the words of records in batches and makes runs of them."""

    def __init__(self, scratch: Path, run_words: int = RUN_WORDS) -> None:
        self.runs: list[Run] = []
        self._terms = _Terms()
        self._scratch, self._run_words = scratch, run_words
        self._clear()

    def add(self, numbers: Sequence[int], codes: Sequence[str], texts: Sequence[str]) -> Batch:
        """Take records: their numbers, ascending, their codes and, end to end, the texts of each.

        Texts come in the order of `bits.FIELDS`, blank where a record has none. Return their words.
        """
        batch = index_batch(texts, self._terms.__getitem__)
        ends = np.cumsum(batch.word_counts).reshape(-1, len(bits.FIELDS))[:, -1]
        places = np.minimum(batch.positions, bits.SPAN - 1)
        packed = places | np.repeat(np.tile(np.arange(len(bits.FIELDS)), len(numbers)), batch.word_counts) << _SHIFT
        own = [self._terms.code(code.lower()) for code in codes]
        sizes = np.diff(ends, prepend=0) + 1
        self._words.append(np.insert(batch.words, ends, own).astype(np.uint32))
        self._packed.append(np.insert(packed, ends, CODE_POSITION).astype(np.uint32))
        self._docs.append(np.repeat(np.array(numbers, np.uint32), sizes))
        self._size += int(sizes.sum())
        if self._size >= self._run_words:
            self._flush(last=False)
        return batch

    def finish(self, *, to_disk: bool = False) -> list[Run]:
        """Make the last run, which stays in memory where it is the only one, unless it has to go ``to_disk``."""
        self._flush(last=not to_disk)
        return self.runs

    def _clear(self) -> None:
        self._words: list[Array] = []
        self._packed: list[Array] = []
        self._docs: list[Array] = []
        self._size = 0

    def _flush(self, *, last: bool) -> None:
        if not self._size:
            return
        columns = [np.concatenate(each) for each in (self._words, self._docs, self._packed)]
        self._clear()
        run = self._sorted(*columns)
        alone = last and not self.runs
        self.runs.append(run if alone else run.spilled(self._scratch, str(len(self.runs))))

    def _sorted(self, words: Array, docs: Array, packed: Array) -> Run:
        present = _present(words, len(self._terms))
        stem_of = np.frombuffer(self._terms.stem_of, np.uint32)
        texts = list(self._terms.stems)
        stems = sorted(set(stem_of[present].tolist()), key=texts.__getitem__)
        place = np.zeros(len(texts), np.uint32)
        place[stems] = np.arange(len(stems), dtype=np.uint32)
        by_word = self._word_postings(words, docs, present, place[stem_of])
        return Run([texts[each] for each in stems], *_postings(place[stem_of[words]], docs, packed), *by_word)

    def _word_postings(
        self, words: Array, docs: Array, present: Array, stem_of: Array
    ) -> tuple[list[str], Array, Array, Array]:
        """Return words, their stems, how many records hold each, and these records."""
        texts = list(self._terms)
        is_code = np.frombuffer(self._terms.is_code, np.uint8)
        chosen = present[is_code[present] == 0].tolist()
        stems = stem_of.tolist()
        ordered = sorted(chosen, key=lambda word: (stems[word], texts[word]))
        place = np.full(len(texts), len(ordered), np.uint32)
        place[ordered] = np.arange(len(ordered), dtype=np.uint32)
        kept = np.flatnonzero(is_code[words] == 0)
        places = place[words[kept]]
        order = groups.stable_order(places)
        places, docs = places[order], docs[kept][order]
        first = np.flatnonzero(groups.changes(places, docs)) if len(docs) else np.empty(0, np.int64)
        counts = np.bincount(places[first], minlength=len(ordered))
        return [texts[word] for word in ordered], stem_of[ordered].astype(np.int64), counts, docs[first]


def _present(numbers: Array, count: int) -> Array:
    seen = np.zeros(count, bool)
    seen[numbers] = True
    return np.flatnonzero(seen)


def _postings(stems: Array, docs: Array, packed: Array) -> tuple[Array, Array, Array, Array]:
    """Return the postings of each stem, the record and the number of positions of each posting, and the positions."""
    order = groups.stable_order(stems)
    stems, docs = stems[order], docs[order]
    first = np.flatnonzero(groups.changes(stems, docs))
    counts = np.bincount(stems[first])
    return counts, docs[first], groups.sizes(first, len(docs)).astype(np.uint32), packed[order]
