"""The compiled index read back as the postings that it was made of: for the Whoosh index, and for the next build.

Nothing is lost on the way in, so everything is found again: positions say which fields hold a stem and how often, the
bits of a posting which words, and ``other.doc`` which records hold the words that have no bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from indexer.compiled import bits, groups
from indexer.compiled.dictionary import Dictionary
from indexer.compiled.layout import Array, Container
from indexer.compiled.merge import PART_POSITIONS, Part
from indexer.compiled.runs import CODE_POSITION, Run, Spilled

_FIELDS = len(bits.FIELDS)


class Restored:
    """The postings of a snapshot's compiled index, a part of the stems at a time."""

    def __init__(self, folder: Path) -> None:
        self._container = Container(folder)
        self.stems, self._words = (list(Dictionary(self._container, name)) for name in ("stems", "words"))
        self.count = self._container.size("doc.sections")
        self._first = self._container.read("post.first")
        self._first_position = self._container.read("pos.first")
        stems, self._forms = self._container.read("word.stem"), self._container.read("word.form")
        self._order = groups.stable_order(stems)
        #: Words in the order of their stems, then their own, and the number of the stem of each.
        self.words = [self._words[number] for number in self._order.tolist()]
        self.word_stems = stems[self._order].astype(np.int64)
        self._forms = self._forms[self._order]
        counts = self._container.read("word.count")[self._order].astype(np.int64)
        self._other_first = groups.starts(np.where(self._forms < bits.MAX_FORMS, 0, counts))
        self._by_form = self._words_by_form()

    def parts(self, most: int = PART_POSITIONS) -> Iterator[Part]:
        """Yield everything, about ``most`` positions at a time."""
        for first, last in self.stretches(most):
            yield self.part(first, last)

    def stretches(self, most: int) -> list[tuple[int, int]]:
        """Return first stem and end of each part of `parts`."""
        return groups.chunks(np.diff(self._first) + np.diff(self._first_position), most)

    def part(self, first: int, last: int) -> Part:
        """Return the postings of the stems from ``first`` to before ``last``."""
        start, end = int(self._first[first]), int(self._first[last])
        stems = np.repeat(np.arange(first, last), np.diff(self._first[first : last + 1]))
        docs, flags = (self._container.read(name, start, end) for name in ("post.doc", "post.bits"))
        sizes, positions = self._positions(first, last, flags)
        return Part(stems, docs, sizes, positions, *self._word_docs(first, last, stems, docs, flags))

    def _positions(self, first: int, last: int, flags: Array) -> tuple[Array, Array]:
        """Return how many positions each posting has, and these; the code counts as one, behind the others."""
        start, end = int(self._first[first]), int(self._first[last])
        begin, behind = int(self._first_position[first]), int(self._first_position[last])
        packed = self._container.read("pos.packed", begin, behind)
        own = self._container.read("pos.start", start, end).astype(np.int64)
        counts = np.diff(self._first[first : last + 1])
        begins = own + np.repeat(self._first_position[first:last] - begin, counts)
        ends = np.append(begins[1:], behind - begin)
        is_code = (flags >> np.uint32(bits.CODE_FIELD)) & np.uint32(1)
        return ends - begins + is_code, np.insert(packed, ends[is_code > 0], CODE_POSITION)

    def _words_by_form(self) -> Array:
        """Return for each stem and form the place of the word, or -1."""
        table = np.full((len(self.stems), bits.MAX_FORMS), -1, np.int64)
        told = np.flatnonzero(self._forms < bits.MAX_FORMS)
        table[self.word_stems[told], self._forms[told]] = told
        return table

    def _word_docs(self, first: int, last: int, stems: Array, docs: Array, flags: Array) -> tuple[Array, Array]:
        words, holders = [], []
        for form in range(bits.MAX_FORMS):
            held = np.flatnonzero(flags & np.uint32(bits.form_bit(form)))
            words.append(self._by_form[stems[held], form])
            holders.append(docs[held])
        word, word_end = np.searchsorted(self.word_stems, [first, last]).tolist()
        start, end = int(self._other_first[word]), int(self._other_first[word_end])
        words.append(np.repeat(np.arange(word, word_end), np.diff(self._other_first[word : word_end + 1])))
        holders.append(self._container.read("other.doc", start, end))
        all_words, all_docs = np.concatenate(words), np.concatenate(holders)
        order = np.argsort((all_words << 32) | all_docs, kind="stable")
        return all_words[order], all_docs[order]


def run_of(folder: Path, numbers: Array, scratch: Path) -> tuple[Run, Array]:
    """Return a snapshot's postings as a run, and the number of words of each field of its old records.

    ``numbers`` gives each record its new number, ascending, or -1 to leave it out.
    """
    restored = Restored(folder)
    lengths = np.zeros(restored.count * _FIELDS, np.int64)
    run = _empty(restored, scratch)
    for part in restored.parts():
        owners = np.repeat(part.docs.astype(np.int64), part.sizes)
        fields = part.positions >> np.uint32(bits.FIELD_SHIFT)
        in_text = fields < _FIELDS
        lengths += np.bincount(owners[in_text] * _FIELDS + fields[in_text], minlength=len(lengths))
        _keep(run, part, numbers)
    return _without_empty(run), lengths.reshape(-1, _FIELDS)


def _empty(restored: Restored, scratch: Path) -> Run:
    columns = {
        name: Spilled(scratch / f"old-{name}.run", "<u4") for name in ("docs", "sizes", "positions", "word_docs")
    }
    counts, word_counts = np.zeros(len(restored.stems), np.int64), np.zeros(len(restored.words), np.int64)
    return Run(
        stems=restored.stems,
        counts=counts,
        words=restored.words,
        word_stems=restored.word_stems,
        word_counts=word_counts,
        **columns,
    )


def _keep(run: Run, part: Part, numbers: Array) -> None:
    kept = numbers[part.docs] >= 0
    run.docs.append(numbers[part.docs[kept]])  # type: ignore[union-attr]
    run.sizes.append(part.sizes[kept])  # type: ignore[union-attr]
    run.positions.append(part.positions[np.repeat(kept, part.sizes)])  # type: ignore[union-attr]
    run.counts += np.bincount(part.stems[kept], minlength=len(run.counts))
    kept = numbers[part.word_docs] >= 0
    run.word_docs.append(numbers[part.word_docs[kept]])  # type: ignore[union-attr]
    run.word_counts += np.bincount(part.words[kept], minlength=len(run.word_counts))


def _without_empty(run: Run) -> Run:
    """Leave out stems and words that no record holds any more."""
    stems, words = np.flatnonzero(run.counts), np.flatnonzero(run.word_counts)
    place = np.zeros(len(run.stems), np.int64)
    place[stems] = np.arange(len(stems))
    return Run(
        stems=[run.stems[each] for each in stems.tolist()],
        counts=run.counts[stems],
        docs=run.docs,
        sizes=run.sizes,
        positions=run.positions,
        words=[run.words[each] for each in words.tolist()],
        word_stems=place[run.word_stems[words]],
        word_counts=run.word_counts[words],
        word_docs=run.word_docs,
    )
