"""Procsearch as an engine under measure: a snapshot written from JSON lines, and its engine asked directly."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.speed.corpus import Lines
from benchmarks.speed.texts import DEPTH, Hits, parted
from indexer import columns, suggestions, vocabularies
from indexer.compiled.writer import CompiledWriter
from indexer.documents import LINES, OFFSETS, write_documents
from indexer.snapshots import SnapshotStore
from indexer.targets.whoosh import write_index
from service.app import open_embedded
from service.search.corrections import corrected_text, corrections, relabelled
from service.search.model import Page, SearchRequest
from service.search.query.parser import parse_query

_STORED = (LINES, OFFSETS)


def write_snapshot(data: Path, lines: Lines, *, with_whoosh: bool) -> None:
    """Write and publish a snapshot as `indexer.build` does, with bounded memory and perhaps without Whoosh's index.

    Serving reads nothing of Whoosh's index; it takes most of the time of a build.
    """
    store = SnapshotStore(data)
    folder = store.new_folder()
    with lines.path.open("rb") as stream:
        count = write_documents(folder, (line.rstrip(b"\n") for line in stream))
    # Both only go through the records, more than once.
    sequence: Any = lines
    (folder / vocabularies.FILE).write_bytes(vocabularies.dump(vocabularies.collect(data, ())))
    (folder / columns.FILE).write_bytes(columns.dump(sequence))
    (folder / suggestions.FILE).write_bytes(suggestions.dump(sequence))
    compiled = CompiledWriter(folder)
    for record in lines:
        compiled.add(record)
    compiled.finish()
    if with_whoosh:
        write_index(folder / "index", lines, lambda: None)
    digest = hashlib.sha256(str(lines.path).encode()).hexdigest()
    store.publish(store.finish(store.seal(folder, digest, {"counts": {"records": count}, "sources": {}})).name)


class Ours:
    """The engine behind the service, without cache: the whole ranking, vocabulary and correction included."""

    name = "Procsearch"
    package = "procsearch"
    counts = "counts"
    kinds: frozenset[str] | None = None

    def __init__(self, folder: Path, codes: Sequence[str]) -> None:
        self._store = SnapshotStore(folder)
        self._engine = open_embedded(self._store, str(self._store.current_name()))
        self._codes = codes

    @staticmethod
    def build(folder: Path, lines: Lines) -> None:
        """Write a snapshot without Whoosh's index."""
        write_snapshot(folder, lines, with_whoosh=False)

    def search(self, text: str, kind: str) -> Hits:
        """Rank, and where nothing has all words, rank what was probably meant, as `Searcher.search` does."""
        words, family = parted(text, kind)
        request = SearchRequest(words, limit=DEPTH, filters={"family": (family,)} if family else {})
        page = self._page(request, words)
        return [(self._codes[match.number], match.score) for match in page.matches]

    def _page(self, request: SearchRequest, text: str) -> Page:
        query = parse_query(text)
        page = self._engine.search(request, query)
        fixes = corrections(query, self._engine) if not page.strict else ()
        return relabelled(self._engine.search(request, parse_query(corrected_text(text, fixes)))) if fixes else page

    def size(self) -> int:
        """Bytes of what searching reads: not the stored records, nor Whoosh's index."""
        folder = self._store.root / str(self._store.current_name())
        return sum(path.stat().st_size for path in folder.iterdir() if path.is_file() and path.name not in _STORED)

    def close(self) -> None:
        """Close its files."""
        self._engine.close()
