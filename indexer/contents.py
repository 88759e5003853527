"""What a snapshot holds of its records apart from the index, written record by record."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from indexer import columns, thesaurus, vocabularies
from indexer.compiled import layout
from indexer.compiled.layout import Array
from indexer.documents import CARDS, DOCUMENTS, LineWriter, card
from indexer.snapshots import versions

HASHES = "hashes.json"


@dataclass(slots=True)
class Contents:
    """What was written into ``folder``: hash of each record by code, hash over all, and counts by kind."""

    folder: Path
    hashes: dict[str, str]
    content_hash: str
    modifiers: int
    official: int

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield the records as they were written, one at a time."""
        return stored_records(self.folder)

    def counts(self) -> dict[str, int]:
        """Return the counts of the manifest that come from records."""
        procedures = len(self.hashes) - self.modifiers
        kinds = {"procedures": procedures, "modifiers": self.modifiers}
        return {"records": len(self.hashes), **kinds, "official": self.official}


def write_contents(folder: Path, data: Path, records: Iterable[Mapping[str, Any]]) -> Contents:
    """Write everything but the index into ``folder``; ``records`` are gone through once, in the order of codes."""
    pass_ = _Pass(folder)
    vocabulary = vocabularies.dump(vocabularies.collect(data, pass_.through(records)))
    (folder / columns.FILE).write_bytes(pass_.columns.dump())
    write_thesaurus(folder, vocabulary)
    return finish(folder, vocabulary, pass_.hashes, pass_.modifiers, pass_.official)


def finish(folder: Path, vocabulary: bytes, hashes: dict[str, str], modifiers: int, official: int) -> Contents:
    """Write vocabulary and hashes; return what is written."""
    (folder / vocabularies.FILE).write_bytes(vocabulary)
    (folder / HASHES).write_bytes(orjson.dumps(hashes))
    whole = hashlib.sha256(orjson.dumps([versions(), hashes]) + vocabulary)
    return Contents(folder, hashes, whole.hexdigest(), modifiers, official)


def write_thesaurus(folder: Path, vocabulary: bytes) -> None:
    """Write a vocabulary laid out."""
    layout.write(folder, _thesaurus(vocabulary), thesaurus.FILE)


@functools.lru_cache(maxsize=1)
def _thesaurus(vocabulary: bytes) -> dict[str, Array]:
    """Lay out a vocabulary; the last one is kept, since one process may build again and again."""
    return thesaurus.thesaurus_arrays(*vocabularies.load(vocabulary))


def record_hash(line: bytes) -> str:
    """Return the hash of a record as JSON."""
    return hashlib.sha256(line).hexdigest()[:24]


def stored_records(folder: Path, offset: int = 0) -> Iterator[dict[str, Any]]:
    """Yield the records of a snapshot, one at a time, from the one on that begins at the byte ``offset``."""
    with (folder / f"{DOCUMENTS}.jsonl").open("rb") as stream:
        stream.seek(offset)
        yield from map(orjson.loads, stream)


class _Pass:
    """Takes one record after the other and writes what is kept of it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.columns = columns.Columns()
        self.hashes: dict[str, str] = {}
        self.modifiers = self.official = 0

    def through(self, records: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        """Yield each record after it was written."""
        with LineWriter(self._folder, DOCUMENTS) as lines, LineWriter(self._folder, CARDS) as cards:
            for record in records:
                line = orjson.dumps(record)
                lines.add(line)
                cards.add(card(record))
                self.columns.add(record)
                self.hashes[record["code"]] = record_hash(line)
                self.modifiers += record["kind"] == "modifier"
                self.official += record["official"] is not None
                yield record
