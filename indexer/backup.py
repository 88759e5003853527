"""Backup: the published snapshot with all that it can be built from, in one file.

A backup holds the snapshot, the imports (releases, Tables of Drugs, own vocabulary), the documents in the data folder,
and the corpus folders that are named. It holds no tokens and nothing of the people who search.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from corpus.store import SHIPPED
from indexer import snapshots
from indexer.archived import INPUTS, SNAPSHOT, Contents, Entry, is_allowed, write_archive
from indexer.errors import DataError, SnapshotError
from indexer.files import file_sha256, replacing
from indexer.locks import lease, write_lock
from indexer.snapshots import MANIFEST, Snapshot, SnapshotStore, verify_files


def back_up(data: Path, target: Path, folders: Sequence[Path] = (), wait: float = 0.0) -> Contents:
    """Write a backup to ``target``, which is replaced only by a whole one; return what it holds.

    ``folders`` are corpus folders of the user's. SnapshotError where nothing is published, or what is, is damaged.
    """
    with write_lock(data, wait):
        published = SnapshotStore(data).current()
        if published is None:
            raise SnapshotError(f"{data}: expected a published snapshot; got none. Run 'procsearch build'.")
        with lease(published.path / MANIFEST):
            verify_files(published)
            sources = {**_snapshot_files(published), **_all_inputs(data, folders)}
            files = tuple(Entry(name, path.stat().st_size, file_sha256(path)) for name, path in sources.items())
            contents = Contents(snapshots.now(), published.name, snapshots.versions(), files)
            _require_names(sources)
            target.absolute().parent.mkdir(parents=True, exist_ok=True)
            with replacing(target) as stream:
                write_archive(stream, contents, sources)
    return contents


def _snapshot_files(published: Snapshot) -> dict[str, Path]:
    names = (MANIFEST, *published.manifest["files"])
    return {f"{SNAPSHOT}/{name}": published.path / name for name in names}


def _all_inputs(data: Path, folders: Sequence[Path]) -> dict[str, Path]:
    """Return the files that a build reads by their paths in the backup."""
    found = {f"{name}/{below}": path for name in INPUTS for below, path in input_files(data / name)}
    for folder in folders:
        if folder.resolve() == SHIPPED.resolve() or folder.resolve().is_relative_to(data.resolve()):
            continue
        if not folder.is_dir():
            raise DataError(f"{folder}: expected a folder of documents; got none there. Check the path.")
        number = 1 + len({name.split("/")[1] for name in found if name.startswith("corpus/")})
        while any(name.startswith(f"corpus/{number}/") for name in found):
            number += 1
        found |= {f"corpus/{number}/{below}": path for below, path in input_files(folder)}
    return found


def input_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the files of a folder that a build may read, by their paths in it; nothing hidden, no links out."""
    root = folder.resolve()
    for current, folders, names in os.walk(folder, onerror=_cannot_list):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(current) / name
            inside = Path(os.path.realpath(path)).is_relative_to(root)
            if not name.startswith(".") and inside and path.is_file():
                yield path.relative_to(folder).as_posix(), path


def _cannot_list(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise DataError(
            f"{error.filename}: expected a folder that can be read; got {error.strerror}. Correct its rights."
        ) from error


def _require_names(sources: Mapping[str, Path]) -> None:
    for name, path in sources.items():
        if not is_allowed(name):
            raise DataError(f"{str(path)!r}: expected a name that any system can have; got another. Rename the file.")
