"""One build: documents and official codes in, a verified and published snapshot out."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import orjson

from corpus.errors import Problem, StoreError
from corpus.store import Corpus, load
from indexer import columns, suggestions, vocabularies
from indexer.analysis.vocabulary import SHIPPED
from indexer.compiled.reader import CompiledIndex
from indexer.compiled.writer import CompiledWriter
from indexer.documents import CARDS, DocumentReader, card, write_documents
from indexer.drugs import DrugStore
from indexer.errors import BuildError, SnapshotError
from indexer.files import file_sha256
from indexer.importers.drugs import DrugTable
from indexer.imports import ImportStore
from indexer.locks import write_lock
from indexer.official import Release
from indexer.records import Record, make_records
from indexer.snapshots import INDEX, Snapshot, SnapshotStore, verify_files, versions
from indexer.targets.whoosh import check_index, write_index

_HASHES = "hashes.json"


class Progress(Protocol):
    """Told what a build does: ``phase`` once a phase with its number of steps, ``step`` after each of them."""

    def phase(self, name: str, steps: int) -> None: ...

    def step(self) -> None: ...


class Silent:
    """Progress that shows nothing."""

    def phase(self, name: str, steps: int) -> None:
        """Ignore it."""

    def step(self) -> None:
        """Ignore it."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a build did. Codes in ``added``, ``changed`` and ``removed`` compare with the snapshot served before."""

    snapshot: str
    published: bool
    counts: dict[str, int]
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    replaced: tuple[tuple[str, str, str], ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class _Input:
    """Everything that a build reads, read."""

    corpus: Corpus
    releases: list[Release]
    tables: list[DrugTable]
    records: list[Record]
    disagreements: list[Problem]
    vocabulary: bytes
    inputs: str = ""
    lines: list[bytes] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)
    content_hash: str = ""

    @property
    def problems(self) -> list[Problem]:
        """All problems: of the documents, then between documents and official codes."""
        return [*self.corpus.problems, *self.disagreements]

    def encode(self) -> None:
        """Fill in the JSON line and hash of each record and the hash over all of them."""
        self.lines = [orjson.dumps(record) for record in self.records]
        codes = (record["code"] for record in self.records)
        self.hashes = {
            code: hashlib.sha256(line).hexdigest()[:24] for code, line in zip(codes, self.lines, strict=True)
        }
        whole = hashlib.sha256(orjson.dumps([versions(), self.hashes]) + self.vocabulary)
        self.content_hash = whole.hexdigest()


def build(
    data: Path,
    folders: Sequence[Path],
    *,
    progress: Progress | None = None,
    wait: float = 0.0,
    strict: bool = False,
) -> Summary:
    """Build a snapshot of the documents in ``folders`` and the imported releases in ``data``, and publish it.

    Publishes nothing where the content is that of the published snapshot, or, with ``strict``, where any document was
    rejected (BuildError). LockHeld where another writer is at work after ``wait`` seconds. On any failure the
    published snapshot stays as it was.
    """
    with write_lock(data, wait):
        store = SnapshotStore(data)
        store.remove_leftovers()
        corpus = _load_corpus(folders)
        if strict and corpus.rejected:
            raise BuildError(_rejected_message(corpus.rejected))
        inputs = _inputs_hash(data, corpus)
        before = _published(store)
        if before and before.manifest.get("inputs") == inputs and _sound(before):
            return _unchanged(before, corpus)
        given = _read(data, corpus, progress or Silent())
        given.inputs = inputs
        return _publish(store, given, before, progress or Silent())


def examine(data: Path, folders: Sequence[Path]) -> tuple[Corpus, list[Problem]]:
    """Read everything that a build would read; return the corpus and all problems, and write nothing."""
    given = _read(data, _load_corpus(folders), Silent())
    return given.corpus, given.problems


def verify(snapshot: Snapshot) -> None:
    """Check a snapshot to the last byte; SnapshotError says what is wrong and the remedy."""
    verify_files(snapshot)
    check_index(snapshot.path / INDEX, snapshot.count)
    reader = DocumentReader(snapshot.path)
    try:
        codes = [reader[number]["code"] for number in range(len(reader))]
    finally:
        reader.close()
    hashes = orjson.loads((snapshot.path / _HASHES).read_bytes())
    compiled = list(CompiledIndex(snapshot.path).codes)
    if codes != list(hashes) or codes != compiled or len(codes) != snapshot.count:
        raise SnapshotError(
            f"{snapshot.path}: expected {snapshot.count} records in step with {_HASHES}; got {len(codes)}. "
            "Run 'procsearch build'."
        )


def _load_corpus(folders: Sequence[Path]) -> Corpus:
    try:
        return load(folders)
    except StoreError as error:
        raise BuildError(str(error)) from error


def _inputs_hash(data: Path, corpus: Corpus) -> str:
    """Return a hash over everything that a build reads, made without making sense of it."""
    documents = [[code, each.path, each.sha256] for code, each in corpus.documents.items()]
    problems = [str(problem) for problem in corpus.problems]
    files = [[str(path), file_sha256(path)] for path in _files(data / "imports") + _files(SHIPPED)]
    return hashlib.sha256(orjson.dumps([versions(), documents, problems, corpus.replaced, files])).hexdigest()


def _files(folder: Path) -> list[Path]:
    try:
        found = [Path(current) / name for current, _, names in os.walk(folder, onerror=_cannot_list) for name in names]
        return sorted(path for path in found if path.is_file())
    except OSError as error:
        raise BuildError(
            f"{folder}: expected files that can be read; got {error.strerror}. Correct the rights."
        ) from error


def _cannot_list(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error


def _unchanged(published: Snapshot, corpus: Corpus) -> Summary:
    problems = (*corpus.problems, *(Problem(**each) for each in published.manifest["disagreements"]))
    return Summary(
        published.name,
        False,
        published.manifest["counts"],
        rejected=tuple(corpus.rejected),
        replaced=tuple(corpus.replaced),
        problems=problems,
    )


def _read(data: Path, corpus: Corpus, progress: Progress) -> _Input:
    progress.phase("Reading", 3)
    releases = ImportStore(data).load_all()
    progress.step()
    tables = DrugStore(data).load_all()
    records, disagreements = make_records(corpus, releases, tables)
    progress.step()
    vocabulary = vocabularies.dump(vocabularies.collect(data, records))
    progress.step()
    return _Input(corpus, releases, tables, records, disagreements, vocabulary)


def _publish(store: SnapshotStore, given: _Input, before: Snapshot | None, progress: Progress) -> Summary:
    given.encode()
    if before and before.content_hash == given.content_hash and _sound(before):
        return _summary(given, before, before, published=False)
    snapshot = store.with_content(given.content_hash)
    if snapshot is None or not _sound(snapshot):
        snapshot = _write(store, given, progress)
    summary = _summary(given, before, snapshot, published=True)
    store.publish(snapshot.name)
    return summary


def _write(store: SnapshotStore, given: _Input, progress: Progress) -> Snapshot:
    if not given.records:
        raise BuildError("expected at least one document or official code to index; got none. Check --corpus.")
    folder = store.new_folder()
    try:
        progress.phase("Indexing", len(given.records))
        write_documents(folder, given.lines)
        write_documents(folder, map(card, given.records), CARDS)
        (folder / _HASHES).write_bytes(orjson.dumps(given.hashes))
        (folder / vocabularies.FILE).write_bytes(given.vocabulary)
        (folder / columns.FILE).write_bytes(columns.dump(given.records))
        suggestions.write(folder, given.records)
        compiled = CompiledWriter(folder)
        for record in given.records:
            compiled.add(record)
            progress.step()
        compiled.finish()
        write_index(folder / INDEX, folder, given.records)
        progress.phase("Verifying", 1)
        sealed = store.seal(folder, given.content_hash, _details(given))
        verify(sealed)
        snapshot = store.finish(sealed)
        progress.step()
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise BuildError(
            f"{folder}: expected to write a snapshot; got {error.strerror or error}. "
            "Free disk space or correct the rights; the published snapshot is untouched."
        ) from error
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return snapshot


def _details(given: _Input) -> dict[str, Any]:
    documents = [
        {"path": each.path, "code": code, "sha256": each.sha256} for code, each in given.corpus.documents.items()
    ]
    releases = [
        {"system": each.system, "release": each.label, "source": each.source, "sha256": each.sha256}
        for each in given.releases
    ]
    tables = [{"release": each.label, "source": each.source, "sha256": each.sha256} for each in given.tables]
    sources = {
        "documents": documents,
        "releases": releases,
        "drug_tables": tables,
        "rejected": given.corpus.rejected,
    }
    disagreements = [dataclasses.asdict(problem) for problem in given.disagreements]
    return {"counts": _counts(given), "sources": sources, "inputs": given.inputs, "disagreements": disagreements}


def _counts(given: _Input) -> dict[str, int]:
    modifiers = sum(record["kind"] == "modifier" for record in given.records)
    return {
        "records": len(given.records),
        "documents": len(given.corpus.documents),
        "procedures": len(given.records) - modifiers,
        "modifiers": modifiers,
        "official": sum(record["official"] is not None for record in given.records),
        "rejected": len(given.corpus.rejected),
    }


def _published(store: SnapshotStore) -> Snapshot | None:
    """The published snapshot where it can be read; a damaged one is replaced by the build, not an obstacle."""
    try:
        return store.current()
    except SnapshotError:
        return None


def _sound(snapshot: Snapshot) -> bool:
    try:
        verify_files(snapshot)
    except (SnapshotError, OSError):
        return False
    return True


def _summary(given: _Input, before: Snapshot | None, after: Snapshot, *, published: bool) -> Summary:
    old = _hashes(before)
    new = given.hashes
    return Summary(
        snapshot=after.name,
        published=published,
        counts=_counts(given),
        added=tuple(code for code in new if code not in old),
        changed=tuple(code for code in new if code in old and old[code] != new[code]),
        removed=tuple(code for code in old if code not in new),
        rejected=tuple(given.corpus.rejected),
        replaced=tuple(given.corpus.replaced),
        problems=tuple(given.problems),
    )


def _hashes(snapshot: Snapshot | None) -> dict[str, str]:
    if snapshot is None:
        return {}
    try:
        hashes: dict[str, str] = orjson.loads((snapshot.path / _HASHES).read_bytes())
    except (OSError, ValueError):
        return {}
    return hashes


def _rejected_message(paths: list[str]) -> str:
    shown = ", ".join(paths[:5]) + (f" and {len(paths) - 5} more" if len(paths) > 5 else "")
    return (
        f"expected every document to be free of errors; got errors in {shown}. Run 'procsearch check' and correct them."
    )
