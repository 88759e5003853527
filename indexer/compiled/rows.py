"""What the compiled index keeps of each record by its number: code, sections, names, and where its tokens stand."""

from __future__ import annotations

import array
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from indexer.analysis.tokenizer import IndexWords
from indexer.compiled import bits, groups
from indexer.compiled.dictionary import Dictionary, dictionary_arrays
from indexer.compiled.layout import Array, Container
from indexer.compiled.runs import Spilled
from indexer.schema import SECTION_FIELDS

_SECTIONS = tuple(SECTION_FIELDS)
_FIELDS = len(bits.FIELDS)
#: Tokens that are copied at once.
_TOKENS = 8_000_000
_TOKEN_ARRAYS = {"text.starts": "<u2", "text.widths": "|u1"}


def name_hash(key: str) -> int:
    """Return the 64-bit hash by which a name key is found."""
    return int.from_bytes(hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


class Rows:
    """Takes what belongs to each record; `finish` lays it out by number."""

    def __init__(self, scratch: Path) -> None:
        self._new = _Origin(_Pending(scratch))
        self._old: _Origin | None = None

    def add(
        self,
        number: int,
        code: str,
        texts: Mapping[str, str],
        names: Sequence[str],
        words: Sequence[IndexWords],
    ) -> None:
        """Take the next record; ``words`` are those of its texts."""
        new = self._new
        new.numbers.append(number)
        new.codes.append(code)
        new.sections.append(sum(1 << at for at, name in enumerate(_SECTIONS) if texts[name]))
        new.name_hashes.extend([name_hash(name) for name in names])
        new.name_docs.extend([number] * len(names))
        new.lengths.extend([len(each.words) for each in words])
        new.token_counts.extend([len(each.starts) for each in words])
        for each in words:
            new.tokens.add(each.starts, each.widths)

    def take_old(self, folder: Path, numbers: Array, lengths: Array) -> None:
        """Take all records of the snapshot in ``folder`` that have a new number, which is not -1."""
        self._old = _old_origin(Container(folder), numbers, lengths)

    def finish(self) -> Laid:
        """Return everything by record number; `remove` comes after the tokens were read."""
        self._new.tokens.flush()
        return Laid([self._new] if self._old is None else [self._new, self._old])

    def remove(self) -> None:
        """Remove what lies on disk."""
        self._new.tokens.remove()


class _Pending:
    """Where tokens begin and how wide they are, put on disk now and then."""

    def __init__(self, scratch: Path) -> None:
        self._columns = {name: Spilled(scratch / f"{name}.run", dtype) for name, dtype in _TOKEN_ARRAYS.items()}
        self._starts, self._widths = array.array("H"), array.array("B")

    def add(self, starts: list[int], widths: list[int]) -> None:
        """Take the tokens of a text; the largest number stands for anything beyond."""
        if starts and starts[-1] > bits.FARTHEST:
            starts = [min(start, bits.FARTHEST) for start in starts]
        if max(widths, default=0) > bits.WIDEST:
            widths = [min(width, bits.WIDEST) for width in widths]
        self._starts.extend(starts)
        self._widths.extend(widths)
        if len(self._starts) >= _TOKENS:
            self.flush()

    def flush(self) -> None:
        """Put what was taken on disk."""
        self._columns["text.starts"].append(np.frombuffer(self._starts, np.uint16))
        self._columns["text.widths"].append(np.frombuffer(self._widths, np.uint8))
        self._starts, self._widths = array.array("H"), array.array("B")

    def read(self, name: str, start: int, end: int) -> Array:
        """Return part of one of both arrays."""
        return self._columns[name][start:end]

    def remove(self) -> None:
        """Remove the files."""
        for each in self._columns.values():
            each.path.unlink(missing_ok=True)


class _Origin:
    """The rows of new records, or those of an older snapshot; numbers ascend. ``tokens`` has a method ``read``."""

    def __init__(self, tokens: Any) -> None:
        self.numbers: Any = array.array("I")
        self.codes: list[str] = []
        self.sections: Any = array.array("H")
        self.name_hashes: Any = array.array("Q")
        self.name_docs: Any = array.array("I")
        self.lengths: Any = array.array("I")
        self.token_counts: Any = array.array("I")
        #: The first token of each record, where they do not lie end to end.
        self.first: Array | None = None
        self.tokens = tokens


def _old_origin(container: Container, numbers: Array, lengths: Array) -> _Origin:
    origin = _Origin(container)
    kept = np.flatnonzero(numbers >= 0)
    codes = list(Dictionary(container, "codes"))
    first, before = container.read("text.first"), container.read("text.before").reshape(-1, _FIELDS).astype(np.int64)
    ends = np.column_stack([before[:, 1:], np.diff(first)]) if len(before) else before
    name_docs = numbers[container.read("name.doc")]
    origin.numbers, origin.codes = numbers[kept], [codes[each] for each in kept.tolist()]
    origin.sections = container.read("doc.sections")[kept]
    origin.name_hashes, origin.name_docs = container.read("name.hash")[name_docs >= 0], name_docs[name_docs >= 0]
    origin.lengths, origin.token_counts = lengths[kept], (ends - before)[kept]
    origin.first = first[kept]
    return origin


@dataclass(slots=True)
class _Piece:
    """Tokens of records that follow each other, from ``start`` to before ``end`` of their origin."""

    tokens: Any
    start: int
    end: int


class Laid:
    """All rows by record number: ``arrays`` of the container, ``lengths`` (records x fields), and the tokens."""

    def __init__(self, origins: Sequence[_Origin]) -> None:
        self.count = sum(len(each.numbers) for each in origins)
        self.lengths = _by_number(origins, "lengths", self.count)
        token_counts = _by_number(origins, "token_counts", self.count)
        ends = token_counts.cumsum(axis=1)
        self._first = groups.starts(ends[:, -1])
        self._origins = origins
        hashes, docs = (np.concatenate([np.asarray(getattr(each, name)) for each in origins]) for name in _NAMES)
        order = np.lexsort((docs, hashes))
        self.arrays: dict[str, Array] = {
            **dictionary_arrays("codes", self._codes()),
            "doc.shares": _shares(self.lengths[:, [bits.NUMBERS[name] for name in bits.SINGLE]]),
            "doc.sections": _by_number(origins, "sections", self.count).ravel().astype(np.uint16),
            "name.hash": hashes[order].astype(np.uint64),
            "name.doc": docs[order].astype(np.uint32),
            "text.first": self._first,
            "text.before": (ends - token_counts).ravel().astype(np.uint32),
        }
        self.token_sizes = {name: (dtype, int(self._first[-1])) for name, dtype in _TOKEN_ARRAYS.items()}

    def tokens(self) -> Iterator[tuple[str, Array]]:
        """Yield the arrays of all tokens piece by piece, by name."""
        for piece in self._pieces():
            for start in range(piece.start, piece.end, _TOKENS):
                for name in _TOKEN_ARRAYS:
                    yield name, piece.tokens.read(name, start, min(start + _TOKENS, piece.end))

    def _codes(self) -> list[str]:
        codes = [""] * self.count
        for origin in self._origins:
            for number, code in zip(np.asarray(origin.numbers).tolist(), origin.codes, strict=True):
                codes[number] = code
        return codes

    def _pieces(self) -> Iterator[_Piece]:
        """Yield stretches of tokens in the order of records, as long as can be."""
        owner, first = np.zeros(self.count, np.int64), np.zeros(self.count, np.int64)
        sizes = np.diff(self._first)
        for at, origin in enumerate(self._origins):
            own = np.asarray(origin.numbers, np.int64)
            owner[own] = at
            first[own] = groups.starts(sizes[own])[:-1] if origin.first is None else origin.first
        begin = np.flatnonzero(groups.changes(owner, first - groups.starts(sizes)[:-1]))
        for start, last in zip(begin.tolist(), (np.append(begin[1:], self.count) - 1).tolist(), strict=False):
            yield _Piece(self._origins[owner[start]].tokens, int(first[start]), int(first[last] + sizes[last]))


_NAMES = ("name_hashes", "name_docs")


def _by_number(origins: Sequence[_Origin], name: str, count: int) -> Array:
    width = 1 if name == "sections" else _FIELDS
    values = np.zeros((count, width), np.int64)
    for origin in origins:
        values[np.asarray(origin.numbers, np.int64)] = np.asarray(getattr(origin, name)).reshape(-1, width)
    return values


def _shares(lengths: Array) -> Array:
    shares = (1.0 / np.maximum(lengths, 1)).astype(np.float32)
    return np.column_stack([shares, np.where(lengths > 0, shares, 0).max(axis=1)]).ravel()
