"""The records of a snapshot on disk: JSON lines, and where each line starts.

``documents.jsonl`` holds record 0, 1, 2 ... as one JSON object a line; ``documents.offsets`` holds ``count + 1``
unsigned 64-bit little-endian numbers, the byte at which each line starts and, last, the size of the file.
``cards.jsonl`` with ``cards.offsets`` holds of each record only what a list of hits shows (`CARD`), which is read far
more often.
"""

from __future__ import annotations

import array
import mmap
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from indexer.errors import SnapshotError

DOCUMENTS, CARDS = "documents", "cards"
#: The keys of a record that its card has; those before ``short_descriptor`` are sent with each hit, as they stand.
CARD = (
    "code",
    "code_system",
    "kind",
    "family",
    "title",
    "descriptor",
    "has_document",
    "short_descriptor",
    "common_names",
    "technical_terms",
    "drug_names",
    "ends",
)


def card(record: Mapping[str, Any]) -> bytes:
    """Return the card of a record as JSON."""
    return orjson.dumps({name: record[name] for name in CARD})


class LineWriter:
    """Writes records, or their cards, that are JSON already; a context, at the end of which both files are whole."""

    def __init__(self, folder: Path, name: str = DOCUMENTS) -> None:
        self._stream = (folder / f"{name}.jsonl").open("wb")
        self._path = folder / f"{name}.offsets"
        self._offsets = array.array("Q", [0])

    def __enter__(self) -> LineWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()
        if sys.byteorder == "big":
            self._offsets.byteswap()
        self._path.write_bytes(self._offsets.tobytes())

    def add(self, line: bytes) -> None:
        """Write the next line, which does not end one yet."""
        self._stream.write(line + b"\n")
        self._offsets.append(self._offsets[-1] + len(line) + 1)


def mapped_cards(folder: Path) -> tuple[NDArray[np.uint8], NDArray[np.uint64]]:
    """Return the bytes of all cards of a snapshot, mapped, and where each begins and the last one ends."""
    path = folder / f"{CARDS}.jsonl"
    lines = np.memmap(path, np.uint8, "r") if path.stat().st_size else np.empty(0, np.uint8)
    return lines, np.memmap(folder / f"{CARDS}.offsets", "<u8", "r").astype(np.uint64, copy=False)


class DocumentReader:
    """Random access to the records of one snapshot, or to their cards, memory-mapped; safe for many threads."""

    def __init__(self, folder: Path, name: str = DOCUMENTS) -> None:
        lines = folder / f"{name}.jsonl"
        self._offsets = array.array("Q", (folder / f"{name}.offsets").read_bytes())
        if sys.byteorder == "big":
            self._offsets.byteswap()
        with lines.open("rb") as stream:
            size = stream.seek(0, 2)
            self._map = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) if size else None
        if not self._offsets or self._offsets[-1] != size:
            raise SnapshotError(
                f"{lines}: expected {self._offsets[-1:].tolist()} bytes; got {size}. Run 'procsearch build'."
            )

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def __getitem__(self, number: int) -> dict[str, Any]:
        """Return record ``number`` (from 0); IndexError past the end."""
        if not 0 <= number < len(self):
            raise IndexError(number)
        record: dict[str, Any] = orjson.loads(self.line(number))
        return record

    def line(self, number: int) -> bytes:
        """Return record ``number`` as JSON."""
        if self._map is None:
            raise IndexError(number)
        return self._map[self._offsets[number] : self._offsets[number + 1] - 1]

    def close(self) -> None:
        """Release the mapping; the reader must not be used afterwards."""
        if self._map is not None:
            self._map.close()
