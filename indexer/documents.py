"""The records of a snapshot on disk: JSON lines, and where each line starts.

``documents.jsonl`` holds record 0, 1, 2 ... as one JSON object a line; ``documents.offsets`` holds ``count + 1``
unsigned 64-bit little-endian numbers, the byte at which each line starts and, last, the size of the file.
"""

from __future__ import annotations

import array
import mmap
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

from indexer.errors import SnapshotError

LINES = "documents.jsonl"
OFFSETS = "documents.offsets"


def write_documents(folder: Path, lines: Iterable[bytes]) -> int:
    """Write records that are JSON already; return how many there were."""
    offsets = array.array("Q", [0])
    with (folder / LINES).open("wb") as stream:
        for line in lines:
            stream.write(line + b"\n")
            offsets.append(offsets[-1] + len(line) + 1)
    if sys.byteorder == "big":
        offsets.byteswap()
    (folder / OFFSETS).write_bytes(offsets.tobytes())
    return len(offsets) - 1


class DocumentReader:
    """Random access to the records of one snapshot, memory-mapped; safe for many threads."""

    def __init__(self, folder: Path) -> None:
        self._offsets = array.array("Q", (folder / OFFSETS).read_bytes())
        if sys.byteorder == "big":
            self._offsets.byteswap()
        with (folder / LINES).open("rb") as stream:
            size = stream.seek(0, 2)
            self._map = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) if size else None
        if not self._offsets or self._offsets[-1] != size:
            raise SnapshotError(
                f"{folder / LINES}: expected {self._offsets[-1:].tolist()} bytes; got {size}. Run 'procsearch build'."
            )

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def __getitem__(self, number: int) -> dict[str, Any]:
        """Return record ``number`` (from 0); IndexError past the end."""
        if not 0 <= number < len(self) or self._map is None:
            raise IndexError(number)
        record: dict[str, Any] = orjson.loads(self._map[self._offsets[number] : self._offsets[number + 1]])
        return record

    def close(self) -> None:
        """Release the mapping; the reader must not be used afterwards."""
        if self._map is not None:
            self._map.close()
