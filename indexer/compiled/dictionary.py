"""Sorted strings with numbers: found by themselves through a hash table, by their beginning through their order."""

from __future__ import annotations

import bisect
import itertools
import zlib
from collections.abc import Iterator, Sequence

import numpy as np

from indexer.compiled.layout import Array, Arrays

#: Where no string is in the table.
EMPTY = 0xFFFFFFFF
_LAST = b"\xff"


def dictionary_arrays(name: str, strings: Sequence[str]) -> dict[str, Array]:
    """Return the arrays of a dictionary of distinct, sorted ``strings``: their bytes, their ends and a hash table.

    The table holds string numbers at the CRC-32 of their bytes, the next free place where that is taken.
    """
    encoded = [each.encode() for each in strings]
    ends = np.cumsum([0, *map(len, encoded)], dtype=np.uint64)
    mask = _table_size(len(strings)) - 1
    table = np.full(mask + 1, EMPTY, np.uint32)
    for number, text in enumerate(encoded):
        at = zlib.crc32(text) & mask
        while table[at] != EMPTY:
            at = (at + 1) & mask
        table[at] = number
    return {
        f"{name}.bytes": np.frombuffer(b"".join(encoded), np.uint8),
        f"{name}.ends": ends,
        f"{name}.table": table,
    }


class Dictionary:
    """Reads what `dictionary_arrays` made; safe for many threads."""

    def __init__(self, arrays: Arrays, name: str) -> None:
        # Memoryviews give Python numbers several times faster than arrays do.
        self._bytes = arrays[f"{name}.bytes"].data
        self._ends = arrays[f"{name}.ends"].data
        self._table = arrays[f"{name}.table"].data
        self._mask = len(self._table) - 1

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, number: int) -> str:
        """Return string ``number``; IndexError past the end."""
        return self._text(number).decode()

    def __iter__(self) -> Iterator[str]:
        whole = bytes(self._bytes)
        return (whole[first:end].decode() for first, end in itertools.pairwise(self._ends.tolist()))

    def find(self, text: str) -> int:
        """Return the number of ``text``, or -1."""
        wanted = text.encode("utf-8", "surrogatepass")
        at = zlib.crc32(wanted) & self._mask
        while (number := self._table[at]) != EMPTY:
            if self._text(number) == wanted:
                return number
            at = (at + 1) & self._mask
        return -1

    def beginning(self, prefix: str) -> range:
        """Return the numbers of the strings that begin with ``prefix``."""
        wanted = prefix.encode("utf-8", "surrogatepass")
        return range(self._place(wanted), self._place(wanted + _LAST))

    def between(self, first: str, last: str) -> range:
        """Return the numbers of the strings from ``first`` to ``last``, both included."""
        places = range(len(self))
        end = bisect.bisect_right(places, last.encode("utf-8", "surrogatepass"), key=self._text)
        return range(self._place(first.encode("utf-8", "surrogatepass")), end)

    def length(self, number: int) -> int:
        """Return the number of bytes of string ``number``."""
        return self._ends[number + 1] - self._ends[number]

    def _place(self, wanted: bytes) -> int:
        return bisect.bisect_left(range(len(self)), wanted, key=self._text)

    def _text(self, number: int) -> bytes:
        return bytes(self._bytes[self._ends[number] : self._ends[number + 1]])


def _table_size(count: int) -> int:
    """Return a power of two that leaves at least half of the places free."""
    return 1 << max(4, (2 * count).bit_length())
