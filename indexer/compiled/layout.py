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
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from indexer.errors import SnapshotError

FILE = "compiled.bin"
MAGIC = b"PSEARCHC"
#: Raise it when an array changes its meaning.
LAYOUT_VERSION = 5

_ALIGN = 64
_HEAD = struct.Struct("<8sII")
_REBUILD = "Run 'procsearch build'."

Array = NDArray[Any]


def create(folder: Path, sizes: Mapping[str, tuple[str, int]], file: str = FILE) -> dict[str, Array]:
    """Write a container with zeroed arrays; return them writable, mapped. ``sizes``: name -> (dtype, elements)."""
    _require_little_endian()
    table: dict[str, tuple[str, int, int]] = {}
    head = _HEAD.size + len(orjson.dumps({name: [dtype, size, 1 << 60] for name, (dtype, size) in sizes.items()}))
    at = _aligned(head)
    for name, (dtype, size) in sizes.items():
        table[name] = (dtype, size, at)
        at = _aligned(at + np.dtype(dtype).itemsize * size)
    contents = orjson.dumps(table)
    path = folder / file
    with path.open("wb") as stream:
        stream.write(_HEAD.pack(MAGIC, LAYOUT_VERSION, len(contents)) + contents)
        stream.truncate(at)
    return {name: _mapped(path, *entry) for name, entry in table.items()}


def write(folder: Path, arrays: Mapping[str, Array], file: str = FILE) -> None:
    """Write a container with these one-dimensional arrays."""
    made = create(folder, {name: (each.dtype.str, len(each)) for name, each in arrays.items()}, file)
    for name, values in arrays.items():
        made[name][:] = values
    flush(made)


def flush(arrays: Mapping[str, Array]) -> None:
    """Write what was changed in mapped arrays to their file."""
    for each in arrays.values():
        if isinstance(each, np.memmap):
            each.flush()


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


def _read_table(head: bytes, path: Path) -> dict[str, list[Any]]:
    magic, version, length = _HEAD.unpack_from(head)
    if (magic, version) != (MAGIC, LAYOUT_VERSION):
        raise SnapshotError(
            f"{path}: expected a compiled index of version {LAYOUT_VERSION}; got {magic!r}, version {version}. "
            f"{_REBUILD}"
        )
    table: dict[str, list[Any]] = orjson.loads(head[_HEAD.size : _HEAD.size + length])
    return table


def _mapped(path: Path, dtype: str, size: int, offset: int) -> Array:
    if not size:
        return np.empty(0, dtype)
    return np.memmap(path, dtype, "r+", offset, (size,))


def _aligned(offset: int) -> int:
    return -(-offset // _ALIGN) * _ALIGN


def _require_little_endian() -> None:
    if sys.byteorder != "little":
        raise SnapshotError("expected a little-endian processor; got a big-endian one, which no index is made for.")
