"""Restoring a backup: all of it is written aside and verified before anything moves; the pointer is switched last."""

from __future__ import annotations

import datetime
import os
import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from indexer import snapshots
from indexer.archived import INPUTS, SNAPSHOT, Contents, Entry, read_contents, read_files
from indexer.backup import input_files
from indexer.build import verify
from indexer.errors import BackupRefused, DataError, SnapshotError
from indexer.files import file_sha256, sync_folder, sync_tree
from indexer.locks import write_lock
from indexer.snapshots import MANIFEST, Snapshot, SnapshotStore, verify_files

_HASH = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did.

    ``snapshot`` is the published one, None where only inputs were restored; ``folders`` were put into the data folder,
    and ``kept`` are those that had to give way, under their new names. ``corpus`` are folders for ``--corpus``.
    """

    snapshot: str | None
    folders: tuple[str, ...]
    kept: tuple[str, ...]
    corpus: tuple[str, ...]


def restore(
    data: Path, source: Path, *, inputs_only: bool = False, replace: bool = False, wait: float = 0.0
) -> Restored:
    """Restore a backup into ``data`` and publish its snapshot; with ``inputs_only`` only what a build reads.

    Folders of other content give way only with ``replace``, and are kept under another name. BackupRefused where the
    file cannot be used: nothing was changed then.
    """
    with _opened(source) as stream, write_lock(data, wait):
        contents = read_contents(stream, str(source))
        if not inputs_only:
            _require_versions(contents, source)
        store = SnapshotStore(data)
        store.remove_leftovers()
        differing = tuple(name for name in INPUTS if _differs(data / name, contents.below(name)))
        _require_place(data, contents, differing, replace=replace)
        staged = store.new_folder()
        inputs = staged.with_name(f"{staged.name}-inputs")
        inputs.mkdir()
        try:
            _extract(stream, contents, str(source), None if inputs_only else staged, inputs)
            sealed = None if inputs_only else _sealed(staged, source)
            sync_tree(inputs)
            kept = [_give_way(data / name, staged.name) for name in differing]
            _move_in(inputs, data, differing)
            published = _publish(store, sealed) if sealed else None
        finally:
            shutil.rmtree(staged, ignore_errors=True)
            shutil.rmtree(inputs, ignore_errors=True)
    corpus = sorted({entry.name.split("/")[1] for entry in contents.below("corpus")})
    return Restored(
        published,
        differing,
        tuple(name for name in kept if name),
        tuple(str(data / "corpus" / name) for name in corpus),
    )


def _opened(source: Path) -> BinaryIO:
    try:
        return source.open("rb")
    except OSError as error:
        raise BackupRefused(
            f"{source}: expected a backup that can be read; got {error.strerror}. Check the path."
        ) from error


def _require_versions(contents: Contents, source: Path) -> None:
    expected = snapshots.versions()
    if contents.versions != expected:
        raise BackupRefused(
            f"{source}: expected a snapshot of versions {expected}; got {contents.versions}. "
            "Restore with --inputs-only, then run 'procsearch build'."
        )


def _differs(folder: Path, entries: Sequence[Entry]) -> bool:
    """Say whether a folder holds anything else than these entries."""
    present = dict(input_files(folder))
    wanted = {entry.name.partition("/")[2]: entry for entry in entries}
    if present.keys() != wanted.keys():
        return True
    sizes = all(present[name].stat().st_size == entry.bytes for name, entry in wanted.items())
    return not sizes or any(file_sha256(present[name]) != entry.sha256 for name, entry in wanted.items())


def _require_place(data: Path, contents: Contents, differing: Iterable[str], *, replace: bool) -> None:
    in_the_way = [name for name in differing if any(input_files(data / name))]
    if in_the_way and not replace:
        raise DataError(
            f"{data}: expected no other {', '.join(in_the_way)} than those of the backup; got others. "
            "Name an empty folder with --data, or pass --replace, which keeps them under another name."
        )
    free = shutil.disk_usage(data).free
    if contents.size > free:
        raise DataError(
            f"{data}: expected {contents.size:,} bytes of free space; got {free:,}. "
            "Free disk space, or name another folder."
        )


def _extract(stream: BinaryIO, contents: Contents, shown: str, staged: Path | None, inputs: Path) -> None:
    """Write the files of a backup: those of the snapshot into ``staged``, unless None, and the others to ``inputs``."""
    for entry, pieces in read_files(stream, contents, shown):
        below = entry.name.partition("/")[2]
        path = inputs / entry.name if not entry.is_below(SNAPSHOT) else staged / below if staged else Path(os.devnull)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as target:
            for piece in pieces:
                target.write(piece)


def _sealed(staged: Path, source: Path) -> Snapshot:
    """Read the manifest that was extracted and verify the snapshot by it; BackupRefused where it is not whole."""
    try:
        manifest = orjson.loads((staged / MANIFEST).read_bytes())
        _require_manifest(manifest)
        sealed = Snapshot(staged, manifest)
        verify(sealed)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, SnapshotError) as error:
        raise BackupRefused(
            f"{source}: expected a whole snapshot; got {type(error).__name__}: {error}. "
            "Restore with --inputs-only, then run 'procsearch build'."
        ) from error
    return sealed


def _require_manifest(manifest: dict[str, Any]) -> None:
    """Raise ValueError or KeyError where a manifest lacks what serving and building take from it unasked."""
    found = {key: manifest[key] for key in snapshots.versions()}
    datetime.datetime.fromisoformat(manifest["created"])
    if found != snapshots.versions() or not _HASH.fullmatch(manifest["content_hash"]):
        raise ValueError("a manifest of other versions")
    if not all(type(count) is int for count in manifest["counts"].values()):
        raise ValueError("counts that are no numbers")
    _ = manifest["sources"]["documents"], manifest["disagreements"], manifest["base"], manifest["inputs"]


def _give_way(folder: Path, staged: str) -> str | None:
    """Give a folder another name; return it, or None where there is nothing to keep."""
    if not folder.exists():
        return None
    if not any(folder.rglob("*")):
        folder.rmdir()
        return None
    kept = folder.with_name(f"{folder.name}.before-restore{staged.removeprefix('.building')}")
    folder.rename(kept)
    return kept.name


def _move_in(inputs: Path, data: Path, names: Iterable[str]) -> None:
    for name in names:
        if (inputs / name).exists():
            (inputs / name).rename(data / name)
    sync_folder(data)


def _publish(store: SnapshotStore, sealed: Snapshot) -> str:
    """Publish what was restored, or the snapshot of the same content that is there already, where that is whole."""
    present = store.with_content(sealed.content_hash)
    if present is None or not _whole(present):
        present = store.finish(sealed)
    store.publish(present.name)
    return present.name


def _whole(snapshot: Snapshot) -> bool:
    try:
        verify_files(snapshot)
    except (SnapshotError, OSError):
        return False
    return True
