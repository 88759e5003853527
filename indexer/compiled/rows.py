"""What the compiled index keeps of each record by its number: code, sections, names, and where its tokens stand."""

from __future__ import annotations

import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from indexer.analysis.batches import Batch
from indexer.compiled import bits, groups
from indexer.compiled.dictionary import Dictionary, dictionary_arrays
from indexer.compiled.layout import Array, Container
from indexer.compiled.names import name_hash
from indexer.compiled.runs import Spilled
from indexer.schema import SECTION_FIELDS

#: Where the texts of sections stand among those of a record, in the order of their bits.
_SECTION_PLACES = np.array([bits.NUMBERS[name] for name in SECTION_FIELDS])
_FIELDS = len(bits.FIELDS)
#: Tokens that are copied at once.
_TOKENS = 8_000_000
#: What is kept of the texts of a record, one after the other: by kind, the arrays with one value a token, or a byte.
_STREAMS: dict[str, dict[str, str]] = {
    "text": {"text.starts": "<u2", "text.widths": "|u1"},
    "shown": {"shown.bytes": "|u1"},
}
_ARRAYS = {name: dtype for arrays in _STREAMS.values() for name, dtype in arrays.items()}


class RowsWriter:
    """Takes what belongs to each record, by ascending number."""

    def __init__(self, scratch: Path) -> None:
        self._rows = Origin(Tokens(scratch))

    def add(
        self,
        numbers: Sequence[int],
        codes: Sequence[str],
        texts: Sequence[str],
        names: Sequence[Sequence[str]],
        batch: Batch,
    ) -> None:
        """Take the next records: ``texts`` of each end to end, and their words; ``names`` one sequence a record."""
        new = self._rows
        new.numbers.extend(numbers)
        new.codes.extend(codes)
        filled = np.array([bool(text) for text in texts]).reshape(-1, _FIELDS)
        new.sections.extend((filled[:, _SECTION_PLACES] << np.arange(len(_SECTION_PLACES))).sum(axis=1).tolist())
        new.name_hashes.extend([name_hash(name) for own in names for name in own])
        new.name_docs.extend([number for number, own in zip(numbers, names, strict=True) for _ in own])
        new.lengths.frombytes(batch.word_counts.astype(np.uint32).tobytes())
        new.counts["text"].frombytes(batch.token_counts.astype(np.uint32).tobytes())
        new.tokens.add(batch.starts, batch.widths)
        shown = [text.encode() for text in texts]
        new.counts["shown"].extend(map(len, shown))
        new.tokens.show(b"".join(shown))

    def finish(self) -> Origin:
        """Return what was taken."""
        self._rows.tokens.flush()
        return self._rows


class Tokens:
    """Where tokens begin and how wide they are, and the texts themselves, put on disk now and then."""

    def __init__(self, scratch: Path) -> None:
        self._columns = {name: Spilled(scratch / f"{name}.run", dtype) for name, dtype in _ARRAYS.items()}
        self._starts, self._widths, self._shown = array.array("H"), array.array("B"), bytearray()

    def add(self, starts: Array, widths: Array) -> None:
        """Take the tokens of texts; the largest number stands for anything beyond."""
        self._starts.frombytes(np.minimum(starts, bits.FARTHEST).astype(np.uint16).tobytes())
        self._widths.frombytes(np.minimum(widths, bits.WIDEST).astype(np.uint8).tobytes())
        if len(self._starts) >= _TOKENS:
            self.flush()

    def show(self, texts: bytes) -> None:
        """Take the texts of a record, end to end, in UTF-8."""
        self._shown += texts
        if len(self._shown) >= _TOKENS:
            self.flush()

    def flush(self) -> None:
        """Put what was taken on disk."""
        self._columns["text.starts"].append(np.frombuffer(self._starts, np.uint16))
        self._columns["text.widths"].append(np.frombuffer(self._widths, np.uint8))
        self._columns["shown.bytes"].append(np.frombuffer(self._shown, np.uint8))
        self._starts, self._widths, self._shown = array.array("H"), array.array("B"), bytearray()

    def read(self, name: str, start: int, end: int) -> Array:
        """Return part of one of both arrays."""
        return self._columns[name][start:end]

    def remove(self) -> None:
        """Remove the files."""
        for each in self._columns.values():
            each.path.unlink(missing_ok=True)


class Origin:
    """The rows of some records; numbers ascend. ``tokens`` are `Tokens`, or the container of an older snapshot."""

    def __init__(self, tokens: Any) -> None:
        self.numbers: Any = array.array("I")
        self.codes: list[str] = []
        self.sections: Any = array.array("H")
        self.name_hashes: Any = array.array("Q")
        self.name_docs: Any = array.array("I")
        self.lengths: Any = array.array("I")
        #: By stream, how many values each text has; and the first of each record, where they do not lie end to end.
        self.counts: dict[str, Any] = {kind: array.array("I") for kind in _STREAMS}
        self.first: dict[str, Array] = {}
        self.tokens = tokens


def old_rows(folder: Path, numbers: Array, lengths: Array) -> Origin:
    """Return the rows of all records of the snapshot in ``folder`` that have a new number, which is not -1."""
    container = Container(folder)
    origin = Origin(container)
    kept = np.flatnonzero(numbers >= 0)
    codes = list(Dictionary(container, "codes"))
    name_docs = numbers[container.read("name.doc")]
    origin.numbers, origin.codes = numbers[kept], [codes[each] for each in kept.tolist()]
    origin.sections = container.read("doc.sections")[kept]
    origin.name_hashes, origin.name_docs = container.read("name.hash")[name_docs >= 0], name_docs[name_docs >= 0]
    origin.lengths = lengths[kept]
    for kind in _STREAMS:
        first, before = container.read(f"{kind}.first"), container.read(f"{kind}.before").reshape(-1, _FIELDS)
        before = before.astype(np.int64)
        ends = np.column_stack([before[:, 1:], np.diff(first)]) if len(before) else before
        origin.counts[kind], origin.first[kind] = (ends - before)[kept], first[kept]
    return origin


@dataclass(slots=True)
class _Piece:
    """What a stream has of records that follow each other, from ``start`` to before ``end`` of their origin."""

    tokens: Any
    start: int
    end: int


class Laid:
    """All rows by record number: ``arrays`` of the container, ``lengths`` (records x fields), and the streams."""

    def __init__(self, origins: Sequence[Origin]) -> None:
        self.count = sum(len(each.numbers) for each in origins)
        self.lengths = _by_number(origins, [each.lengths for each in origins], self.count)
        self._origins = origins
        hashes, docs = (np.concatenate([np.asarray(getattr(each, name)) for each in origins]) for name in _NAMES)
        order = np.lexsort((docs, hashes))
        self.arrays: dict[str, Array] = {
            **dictionary_arrays("codes", self._codes()),
            "doc.shares": _shares(self.lengths[:, [bits.NUMBERS[name] for name in bits.SINGLE]]),
            "doc.sections": _by_number(origins, [each.sections for each in origins], self.count, 1)
            .ravel()
            .astype(np.uint16),
            "name.hash": hashes[order].astype(np.uint64),
            "name.doc": docs[order].astype(np.uint32),
        }
        self.stream_sizes: dict[str, tuple[str, int]] = {}
        for kind, arrays in _STREAMS.items():
            self._place(kind)
            size = int(self.arrays[f"{kind}.first"][-1])
            self.stream_sizes |= {name: (dtype, size) for name, dtype in arrays.items()}

    def streams(self) -> Iterator[tuple[str, Array]]:
        """Yield the arrays of tokens and of texts piece by piece, by name."""
        for kind, arrays in _STREAMS.items():
            for piece in self._pieces(kind):
                for start in range(piece.start, piece.end, _TOKENS):
                    for name in arrays:
                        yield name, piece.tokens.read(name, start, min(start + _TOKENS, piece.end))

    def _place(self, kind: str) -> None:
        """Say where in a stream each record begins, and in it each of its texts."""
        counts = _by_number(self._origins, [each.counts[kind] for each in self._origins], self.count)
        ends = counts.cumsum(axis=1)
        self.arrays[f"{kind}.first"] = groups.starts(ends[:, -1])
        self.arrays[f"{kind}.before"] = (ends - counts).ravel().astype(np.uint32)

    def _codes(self) -> list[str]:
        codes = [""] * self.count
        for origin in self._origins:
            for number, code in zip(np.asarray(origin.numbers).tolist(), origin.codes, strict=True):
                codes[number] = code
        return codes

    def _pieces(self, kind: str) -> Iterator[_Piece]:
        """Yield stretches of a stream in the order of records, as long as can be."""
        owner, first = np.zeros(self.count, np.int64), np.zeros(self.count, np.int64)
        laid = self.arrays[f"{kind}.first"]
        sizes = np.diff(laid)
        for at, origin in enumerate(self._origins):
            own = np.asarray(origin.numbers, np.int64)
            owner[own] = at
            first[own] = origin.first[kind] if kind in origin.first else groups.starts(sizes[own])[:-1]
        begin = np.flatnonzero(groups.changes(owner, first - laid[:-1]))
        for start, last in zip(begin.tolist(), (np.append(begin[1:], self.count) - 1).tolist(), strict=False):
            yield _Piece(self._origins[owner[start]].tokens, int(first[start]), int(first[last] + sizes[last]))


_NAMES = ("name_hashes", "name_docs")


def _by_number(origins: Sequence[Origin], some: Sequence[Any], count: int, width: int = _FIELDS) -> Array:
    """Return what ``some`` gives of each origin, ``width`` values a record, by record number."""
    values = np.zeros((count, width), np.int64)
    for origin, each in zip(origins, some, strict=True):
        values[np.asarray(origin.numbers, np.int64)] = np.asarray(each).reshape(-1, width)
    return values


def _shares(lengths: Array) -> Array:
    shares = (1.0 / np.maximum(lengths, 1)).astype(np.float32)
    return np.column_stack([shares, np.where(lengths > 0, shares, 0).max(axis=1)]).ravel()
