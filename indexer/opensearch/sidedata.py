"""The files that a search node needs beside the cluster's index: made of a snapshot, kept in a cluster, fetched.

``lexicon.bin`` holds words, codes, names and how many records have each stem, in the arrays of the compiled index, and
``stem.peak``, the largest impact of each stem. The others are files of the snapshot as they are.
"""

from __future__ import annotations

import base64
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from indexer import vocabularies
from indexer.compiled import layout
from indexer.compiled.layout import Container
from indexer.compiled.reader import CompiledIndex, TermIndex
from indexer.errors import ClusterError
from indexer.files import file_sha256
from indexer.opensearch.bulk import Operation
from indexer.opensearch.connection import Cluster
from indexer.opensearch.layout import data_name
from indexer.snapshots import MANIFEST
from indexer.suggestions import FILE as SUGGESTIONS

LEXICON = "lexicon.bin"
_COPIED = (MANIFEST, SUGGESTIONS, vocabularies.FILE)
_DICTIONARIES = [f"{name}.{part}" for name in ("stems", "words", "codes") for part in ("bytes", "ends", "table")]
_ARRAYS = (
    *_DICTIONARIES,
    "post.first",
    *(f"word.{part}" for part in ("stem", "form", "count", "short")),
    "name.hash",
    "name.doc",
)
_PART_BYTES = 1 << 20
_CACHES_KEPT = 3


class Lexicon(TermIndex):
    """The words, codes and names of a snapshot that lies in a cluster."""

    def __init__(self, folder: Path) -> None:
        container = Container(folder, LEXICON)
        super().__init__(container)
        self._peaks = container["stem.peak"].data

    def peak(self, number: int) -> float:
        """Return the largest impact of stem ``number`` in any record."""
        return float(self._peaks[number])

    def dense_number(self, number: int) -> int:
        """Return -1: there are no bitsets."""
        return -1


def write_lexicon(snapshot: Path, folder: Path) -> None:
    """Write the lexicon of the snapshot in one folder into another."""
    container, index = Container(snapshot), CompiledIndex(snapshot)
    first = np.asarray(index.first)[:-1]
    peaks = np.maximum.reduceat(np.abs(index.impacts), first) if len(first) else np.empty(0, np.float32)
    arrays = {name: container[name] for name in _ARRAYS}
    layout.write(folder, {**arrays, "stem.peak": peaks}, LEXICON)


def files_of(snapshot: Path, folder: Path) -> dict[str, Path]:
    """Return all files by name; the lexicon is made in ``folder``."""
    write_lexicon(snapshot, folder)
    return {LEXICON: folder / LEXICON, **{name: snapshot / name for name in _COPIED}}


def entries(files: Mapping[str, Path]) -> dict[str, dict[str, Any]]:
    """Return size and checksum of each file."""
    return {name: {"bytes": path.stat().st_size, "sha256": file_sha256(path)} for name, path in files.items()}


def part_count(wanted: Mapping[str, Mapping[str, Any]]) -> int:
    """Return how many pieces the files have of which `entries` told."""
    return sum(-(-entry["bytes"] // _PART_BYTES) for entry in wanted.values())


def parts(files: Mapping[str, Path]) -> Iterator[Operation]:
    """Yield the pieces of the files as documents."""
    for name, path in files.items():
        with path.open("rb") as stream:
            for at, piece in enumerate(iter(lambda: stream.read(_PART_BYTES), b"")):
                yield _part_id(name, at), {"part": base64.b64encode(piece).decode("ascii")}


def fetch(cluster: Cluster, index: str, wanted: Mapping[str, Mapping[str, Any]], cache: Path) -> Path:
    """Return the folder below ``cache`` that holds the files of an index, fetched unless they lie there.

    ``wanted`` is what `entries` gave. ClusterError where a file is not what it was when it was put there.
    """
    folder = cache / index
    if not _is_whole(folder, wanted):
        cache.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{index}-", dir=cache))
        try:
            for name, entry in wanted.items():
                _fetch_file(cluster, index, name, entry, temporary / name)
            shutil.rmtree(folder, ignore_errors=True)
            # Another process may have been faster; its files are the same.
            with suppress(OSError):
                temporary.rename(folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        if not _is_whole(folder, wanted):
            raise ClusterError(f"{folder}: expected the files that were fetched; got others. Start the service again.")
        _remove_older(cache, index)
    with suppress(OSError):
        os.utime(folder)
    return folder


def _part_id(name: str, at: int) -> str:
    return f"{name}:{at:06d}"


def _is_whole(folder: Path, wanted: Mapping[str, Mapping[str, Any]]) -> bool:
    try:
        found = entries({name: folder / name for name in wanted})
    except OSError:
        return False
    return found == {name: dict(entry) for name, entry in wanted.items()}


def _fetch_file(cluster: Cluster, index: str, name: str, entry: Mapping[str, Any], path: Path) -> None:
    source = data_name(index)
    with path.open("wb") as stream:
        for at in range(-(-entry["bytes"] // _PART_BYTES)):
            address = f"/{source}/_doc/{_part_id(name, at)}"
            found = cluster.ask("GET", address, stored_fields="part", missing=True)
            if not found or not found.get("found"):
                raise ClusterError(f"{source}: expected part {at} of {name}; got none. {_PUSH_AGAIN}")
            stream.write(base64.b64decode(found["fields"]["part"][0]))
    if file_sha256(path) != entry["sha256"]:
        raise ClusterError(f"{source}: expected {name} with SHA-256 {entry['sha256']}; got another. {_PUSH_AGAIN}")


_PUSH_AGAIN = "Run 'procsearch cluster rollback', or 'procsearch cluster push --again'."


def _remove_older(cache: Path, index: str) -> None:
    """Remove all but the folders used last; files that are still mapped stay readable."""
    folders = [each for each in cache.iterdir() if each.is_dir() and not each.name.startswith(".")]
    others = sorted((each for each in folders if each.name != index), key=lambda each: -each.stat().st_mtime)
    for each in others[_CACHES_KEPT - 1 :]:
        shutil.rmtree(each, ignore_errors=True)
