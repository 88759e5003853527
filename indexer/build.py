"""One build: documents and official codes in, a verified and published snapshot out."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from corpus.errors import Problem
from corpus.store import Corpus
from indexer.compiled.reader import CompiledIndex
from indexer.contents import HASHES, Contents, stored_records, write_contents
from indexer.documents import DocumentReader
from indexer.drugs import DrugStore
from indexer.errors import BuildError, SnapshotError
from indexer.imports import ImportStore
from indexer.incremental import Changes, find_changes, read_changes, revise_contents, revise_index_files
from indexer.indexing import index_records
from indexer.inputs import Inputs, Read, read_inputs
from indexer.locks import write_lock
from indexer.progress import Progress, Silent
from indexer.records import stream_records
from indexer.snapshots import INDEX, Snapshot, SnapshotStore, verify_files
from indexer.targets.whoosh import check_index


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


def build(
    data: Path,
    folders: Sequence[Path],
    *,
    progress: Progress | None = None,
    wait: float = 0.0,
    strict: bool = False,
    jobs: int | None = None,
) -> Summary:
    """Build a snapshot of the documents in ``folders`` and the imported releases in ``data``, and publish it.

    Publishes nothing where the content is that of the published snapshot, or, with ``strict``, where any document was
    rejected (BuildError). LockHeld where another writer is at work after ``wait`` seconds. On any failure the
    published snapshot stays as it was. ``jobs`` processes share the work, by default as many as it is worth.
    """
    with write_lock(data, wait):
        store = SnapshotStore(data)
        store.remove_leftovers()
        inputs = read_inputs(data, folders)
        if strict and inputs.corpus.rejected:
            raise BuildError(_rejected_message(inputs.corpus.rejected))
        before = _published(store)
        before = before if before and _sound(before) else None
        if before and before.manifest.get("inputs") == inputs.inputs:
            return _unchanged(before, inputs.corpus)
        changes = find_changes(inputs, before) if before else None
        given = read_changes(inputs, changes) if changes else _read(inputs, progress or Silent())
        return publish(store, inputs, given, before, changes=changes, progress=progress or Silent(), jobs=jobs)


def publish(
    store: SnapshotStore,
    inputs: Inputs,
    given: Read,
    before: Snapshot | None,
    *,
    changes: Changes | None = None,
    progress: Progress,
    jobs: int | None = None,
) -> Summary:
    """Write, verify and publish the snapshot of what was read, or find it among those that there are.

    ``before`` is the published snapshot, where it is sound; with ``changes`` to it, only these are written anew.
    """
    folder = store.new_folder()
    try:
        contents = revise_contents(folder, inputs, changes) if changes else _contents(folder, inputs, given, progress)
        if before and before.content_hash == contents.content_hash:
            return _summary(inputs, given, contents, before, before, published=False)
        snapshot = store.with_content(contents.content_hash)
        if snapshot is None or not _sound(snapshot):
            snapshot = _write(store, inputs, given, contents, changes, progress, jobs)
    except OSError as error:
        raise BuildError(
            f"{folder}: expected to write a snapshot; got {error.strerror or error}. "
            "Free disk space or correct the rights; the published snapshot is untouched."
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    summary = _summary(inputs, given, contents, _published(store), snapshot, published=True)
    store.publish(snapshot.name)
    return summary


def verify(snapshot: Snapshot) -> None:
    """Check a snapshot to the last byte; SnapshotError says what is wrong and the remedy."""
    verify_files(snapshot)
    check_index(snapshot.path / INDEX, snapshot.count)
    DocumentReader(snapshot.path).close()
    # Not by that reader: all pages that it maps would stay in memory.
    codes = [record["code"] for record in stored_records(snapshot.path)]
    hashes = orjson.loads((snapshot.path / HASHES).read_bytes())
    compiled = list(CompiledIndex(snapshot.path).codes)
    if codes != list(hashes) or codes != compiled or len(codes) != snapshot.count:
        raise SnapshotError(
            f"{snapshot.path}: expected {snapshot.count} records in step with {HASHES}; got {len(codes)}. "
            "Run 'procsearch build'."
        )


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


def _read(inputs: Inputs, progress: Progress) -> Read:
    progress.phase("Reading", 2)
    releases = ImportStore(inputs.data).load_all()
    progress.step()
    tables = DrugStore(inputs.data).load_all()
    records, disagreements = stream_records(inputs.corpus, releases, tables)
    progress.step()
    read = [
        {"system": each.system, "release": each.label, "source": each.source, "sha256": each.sha256}
        for each in releases
    ]
    tables_read = [{"release": each.label, "source": each.source, "sha256": each.sha256} for each in tables]
    return Read(records, disagreements, read, tables_read)


def _contents(folder: Path, inputs: Inputs, given: Read, progress: Progress) -> Contents:
    progress.phase("Writing", 1)
    contents = write_contents(folder, inputs.data, given.records)
    if not contents.hashes:
        raise BuildError("expected at least one document or official code to index; got none. Check --corpus.")
    progress.step()
    return contents


def _write(
    store: SnapshotStore,
    inputs: Inputs,
    given: Read,
    contents: Contents,
    changes: Changes | None,
    progress: Progress,
    jobs: int | None,
) -> Snapshot:
    """Write the index of what was written, then seal, verify and finish the snapshot."""
    folder = contents.folder
    if changes:
        progress.phase("Indexing", len(changes.added))
        revise_index_files(folder, contents, changes)
    else:
        index_records(folder, progress, jobs)
    progress.phase("Verifying", 1)
    sealed = store.seal(folder, contents.content_hash, _details(inputs, given, contents))
    verify(sealed)
    snapshot = store.finish(sealed)
    progress.step()
    return snapshot


def _details(inputs: Inputs, given: Read, contents: Contents) -> dict[str, Any]:
    corpus = inputs.corpus
    documents = [{"path": each.path, "code": code, "sha256": each.sha256} for code, each in corpus.documents.items()]
    return {
        "counts": _counts(inputs, contents),
        "sources": {
            "documents": documents,
            "releases": given.releases,
            "drug_tables": given.tables,
            "rejected": corpus.rejected,
        },
        "base": inputs.base,
        "inputs": inputs.inputs,
        "disagreements": [dataclasses.asdict(problem) for problem in given.disagreements],
    }


def _counts(inputs: Inputs, contents: Contents) -> dict[str, int]:
    corpus = inputs.corpus
    return {**contents.counts(), "documents": len(corpus.documents), "rejected": len(corpus.rejected)}


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


def _summary(
    inputs: Inputs, given: Read, contents: Contents, before: Snapshot | None, after: Snapshot, *, published: bool
) -> Summary:
    old, new, corpus = _hashes(before), contents.hashes, inputs.corpus
    return Summary(
        snapshot=after.name,
        published=published,
        counts=_counts(inputs, contents),
        added=tuple(code for code in new if code not in old),
        changed=tuple(code for code in new if code in old and old[code] != new[code]),
        removed=tuple(code for code in old if code not in new),
        rejected=tuple(corpus.rejected),
        replaced=tuple(corpus.replaced),
        problems=(*corpus.problems, *given.disagreements),
    )


def _hashes(snapshot: Snapshot | None) -> dict[str, str]:
    if snapshot is None:
        return {}
    try:
        hashes: dict[str, str] = orjson.loads((snapshot.path / HASHES).read_bytes())
    except (OSError, ValueError):
        return {}
    return hashes


def _rejected_message(paths: list[str]) -> str:
    shown = ", ".join(paths[:5]) + (f" and {len(paths) - 5} more" if len(paths) > 5 else "")
    return (
        f"expected every document to be free of errors; got errors in {shown}. Run 'procsearch check' and correct them."
    )
