"""The container of compiled data: named arrays in one file, aligned for mapping into memory.

``compiled.bin`` and ``suggestions.bin`` begin with the magic bytes, the layout version and the length of the table of
contents (two unsigned 32-bit numbers), then the table as JSON (name -> [dtype, number of elements, byte offset]), then
the arrays, each at a multiple of 64 bytes. All numbers are little-endian.
"""

from __future__ import annotations

import mmap
import struct
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import orjson
from numpy.typing import NDArray

from indexer.errors import SnapshotError

FILE = "compiled.bin"
MAGIC = b"PSEARCHC"
#: Raise it when an array changes its meaning.
LAYOUT_VERSION = 7

_ALIGN = 64
_HEAD = struct.Struct("<8sII")
_REBUILD = "Run 'procsearch build'."

Array = NDArray[Any]


class Arrays(Protocol):
    """Arrays by name: a container, or a plain mapping."""

    def __getitem__(self, name: str, /) -> Array:
        """Return an array."""


class Writer:
    """Writes a container piece by piece, so that no array has to lie in memory whole.

    ``sizes``: name -> (dtype, elements), known beforehand. Every array is then appended to, in any order of arrays.
    """

    def __init__(self, folder: Path, sizes: Mapping[str, tuple[str, int]], file: str = FILE) -> None:
        _require_little_endian()
        table = _table_of(sizes)
        contents = orjson.dumps(table)
        self._stream = (folder / file).open("wb")
        self._stream.write(_HEAD.pack(MAGIC, LAYOUT_VERSION, len(contents)) + contents)
        self._dtypes = {name: np.dtype(dtype) for name, (dtype, _, _) in table.items()}
        self._next = {name: offset for name, (_, _, offset) in table.items()}
        self._ends = {name: at + self._dtypes[name].itemsize * size for name, (_, size, at) in table.items()}

    def append(self, name: str, values: Array) -> None:
        """Write the next values of an array."""
        data = np.ascontiguousarray(values, self._dtypes[name])
        self._stream.seek(self._next[name])
        self._stream.write(data.data)
        self._next[name] += data.nbytes

    def close(self, *, complete: bool = True) -> None:
        """Close the file; ValueError where an array is not as long as was said."""
        with self._stream:
            self._stream.truncate(_aligned(max(self._ends.values(), default=0)))
        wrong = [name for name, end in self._ends.items() if self._next[name] != end]
        if complete and wrong:
            raise ValueError(f"expected arrays of the length announced; got others: {', '.join(wrong)}")


def write(folder: Path, arrays: Mapping[str, Array], file: str = FILE) -> None:
    """Write a container with these one-dimensional arrays."""
    writer = Writer(folder, {name: (each.dtype.str, len(each)) for name, each in arrays.items()}, file)
    for name, values in arrays.items():
        writer.append(name, values)
    writer.close()


class Container:
    """The arrays of one container, mapped read-only; nothing is read before it is used."""

    def __init__(self, folder: Path, file: str = FILE) -> None:
        _require_little_endian()
        self._path = folder / file
        try:
            with self._path.open("rb") as stream:
                self._table = _read_table(stream.read(1 << 16), self._path)
                self._map = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError, struct.error) as error:
            raise SnapshotError(f"{self._path}: expected a compiled index; got {error}. {_REBUILD}") from error

    def __getitem__(self, name: str) -> Array:
        """Return the array of this name; SnapshotError where there is none or the file ends before it."""
        try:
            dtype, size, offset = self._table[name]
            return np.frombuffer(self._map, dtype, size, offset)
        except (KeyError, ValueError) as error:
            raise SnapshotError(f"{self._path}: expected an array {name}; got {error}. {_REBUILD}") from error

    def size(self, name: str) -> int:
        """Return the number of elements of an array."""
        return int(self._table[name][1])

    def read(self, name: str, start: int = 0, end: int | None = None) -> Array:
        """Return a copy of part of an array, read past the mapping: a build reads it all, but no two parts at once."""
        dtype, size, offset = self._table[name]
        end = size if end is None else end
        return np.fromfile(self._path, dtype, end - start, offset=offset + np.dtype(dtype).itemsize * start)


def _read_table(head: bytes, path: Path) -> dict[str, list[Any]]:
    magic, version, length = _HEAD.unpack_from(head)
    if (magic, version) != (MAGIC, LAYOUT_VERSION):
        raise SnapshotError(
            f"{path}: expected a compiled index of version {LAYOUT_VERSION}; got {magic!r}, version {version}. "
            f"{_REBUILD}"
        )
    table: dict[str, list[Any]] = orjson.loads(head[_HEAD.size : _HEAD.size + length])
    return table


def _table_of(sizes: Mapping[str, tuple[str, int]]) -> dict[str, tuple[str, int, int]]:
    """Return dtype, elements and offset of each array; offsets leave room for this table itself."""
    table: dict[str, tuple[str, int, int]] = {}
    head = _HEAD.size + len(orjson.dumps({name: [dtype, size, 1 << 60] for name, (dtype, size) in sizes.items()}))
    at = _aligned(head)
    for name, (dtype, size) in sizes.items():
        table[name] = (dtype, size, at)
        at = _aligned(at + np.dtype(dtype).itemsize * size)
    return table


def _aligned(offset: int) -> int:
    return -(-offset // _ALIGN) * _ALIGN


def _require_little_endian() -> None:
    if sys.byteorder != "little":
        raise SnapshotError("expected a little-endian processor; got a big-endian one, which no index is made for.")
