"""Posting lists as blocks of Whoosh's codec W3, many lists at once.

Whoosh's own writer takes one posting a call, which is most of the time that it needs. Here blocks are cut from arrays;
what `whoosh.codec.whoosh3.W3LeafMatcher` reads from them is the same.

A list is the bytes ``W3Bl``, then its blocks of at most 128 postings: length of the block (negative for the last), the
pickled tuple (postings, last record, largest weight, compression, least and largest length byte), then the pickled,
perhaps compressed tuple (gaps between records, weights, values).
"""

from __future__ import annotations

import array
import itertools
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pickle import dumps
from typing import Any, BinaryIO

import numpy as np
from whoosh.codec.whoosh3 import COMPRESSION_MIN_SIZE, WHOOSH3_HEADER_MAGIC

from indexer.compiled import groups
from indexer.compiled.layout import Array

#: The number of postings of a block.
_BLOCK = 128
#: Above the pickles of Whoosh's own writer: bytes are pickled as bytes, not as text with a function call.
_PICKLE = 4
_COMPRESSION = 1
#: The number of blocks that are written in one call.
_WRITTEN = 1 << 14
_LENGTH = struct.Struct("!i")
#: `whoosh.codec.whoosh3.W3TermInfo` as bytes: flags, weight, records, length bytes, largest weight, first and last
#: record, then where the list lies and how long it is.
TERM_INFO = np.dtype(
    [
        ("inlined", "u1"),
        ("weight", ">f4"),
        ("count", ">u4"),
        ("shortest", "u1"),
        ("longest", "u1"),
        ("heaviest", ">f4"),
        ("first", ">u4"),
        ("last", ">u4"),
        ("offset", ">i8"),
        ("size", ">i4"),
    ]
)


@dataclass(frozen=True, slots=True)
class Lists:
    """Posting lists end to end: ``first``, where each begins; one record, weight and length byte a posting.

    ``values`` is what the format keeps of each posting, one bytes object each, or None where it keeps nothing.
    ``joined`` says that values all have the same length, and lie end to end in a block.
    """

    first: Array
    docs: Array
    weights: Array
    lengths: Array
    values: Sequence[bytes] | None
    joined: bool = False


def write_lists(lists: Lists, stream: BinaryIO) -> Array:
    """Write the lists behind each other; return their term infos, as `TERM_INFO`."""
    blocks = _Blocks(lists)
    sizes, begin = array.array("I"), stream.tell()
    pieces = iter(blocks)
    while written := list(itertools.islice(pieces, _WRITTEN)):
        sizes.extend(map(len, written))
        stream.write(b"".join(written))
    offsets = begin + groups.starts(np.frombuffer(sizes, np.uint32))
    return _term_infos(lists, offsets[:-1][blocks.is_first], int(offsets[-1]))


class _Blocks:
    """Goes through the blocks of lists, as bytes; ``is_first`` says of each whether it is the first of its list."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        counts = groups.sizes(lists.first, len(lists.docs))
        blocks = -(-counts // _BLOCK)
        owners = np.repeat(np.arange(len(counts)), blocks)
        within = groups.ramps(np.zeros(len(counts), np.int64), blocks)
        self._starts = lists.first[owners] + within * _BLOCK
        self.is_first, self._is_last = within == 0, within == blocks[owners] - 1

    def __iter__(self) -> Iterator[bytes]:
        ends = [*self._starts[1:].tolist(), len(self._lists.docs)]
        gaps, weights, values = self._gaps(), self._lists.weights.tolist(), self._lists.values
        infos = zip(*self._infos(), self.is_first.tolist(), self._is_last.tolist(), strict=True)
        for start, end, (last_doc, heaviest, lightest, short, long, is_first, is_last) in zip(
            self._starts.tolist(), ends, infos, strict=True
        ):
            kept: Any = None if heaviest == lightest == 1.0 else heaviest
            if heaviest != lightest:
                kept = tuple(weights[start:end])
            data = dumps((tuple(gaps[start:end]), kept, self._values(values, start, end)), _PICKLE)
            level = _COMPRESSION if len(data) >= COMPRESSION_MIN_SIZE else 0
            if level:
                data = zlib.compress(data, level)
            info = dumps((end - start, last_doc, heaviest, level, short, long), _PICKLE)
            size = len(info) + len(data)
            head = WHOOSH3_HEADER_MAGIC if is_first else b""
            yield head + _LENGTH.pack(-size if is_last else size) + info + data

    def _values(self, values: Sequence[bytes] | None, start: int, end: int) -> Any:
        if values is None:
            return None
        return b"".join(values[start:end]) if self._lists.joined else tuple(values[start:end])

    def _gaps(self) -> list[int]:
        """Return the distance of each record from the one before in its block; that of the first from 0."""
        docs = self._lists.docs.astype(np.int64)
        gaps = np.diff(docs, prepend=0)
        gaps[self._starts] = docs[self._starts]
        return gaps.tolist()  # type: ignore[no-any-return]

    def _infos(self) -> Iterator[list[Any]]:
        """Yield last records, largest and least weights, least and largest length bytes, one value a block each."""
        lists, starts = self._lists, self._starts
        yield lists.docs[np.append(starts[1:], len(lists.docs)) - 1].tolist()
        yield np.maximum.reduceat(lists.weights, starts).tolist()
        yield np.minimum.reduceat(lists.weights, starts).tolist()
        yield np.minimum.reduceat(lists.lengths, starts).tolist()
        yield np.maximum.reduceat(lists.lengths, starts).tolist()


def _term_infos(lists: Lists, offsets: Array, end: int) -> Array:
    made = np.zeros(len(lists.first), TERM_INFO)
    made["weight"] = np.add.reduceat(lists.weights, lists.first, dtype=np.float64)
    made["count"] = groups.sizes(lists.first, len(lists.docs))
    made["shortest"] = np.minimum.reduceat(lists.lengths, lists.first)
    made["longest"] = np.maximum.reduceat(lists.lengths, lists.first)
    made["heaviest"] = np.maximum.reduceat(lists.weights, lists.first)
    made["first"] = lists.docs[lists.first]
    made["last"] = lists.docs[np.append(lists.first[1:], len(lists.docs)) - 1]
    made["offset"], made["size"] = offsets, np.diff(offsets, append=end)
    return made
