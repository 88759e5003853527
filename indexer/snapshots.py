"""Snapshots: immutable folders, each holding one whole index, and the pointer to the one that is served.

Below the data folder::

    snapshots/000012-3f9c0a1b2c4d/    one snapshot: number, then the start of its content hash
        manifest.json                 what it holds, size and SHA-256 of every other file, and its own SHA-256
        documents.jsonl  .offsets     the records as JSON lines, and where each line starts
        cards.jsonl  .offsets         the same of what a list of hits shows
        hashes.json                   code -> hash of its record, to tell what a build changes
        vocabulary.json               synonyms and abbreviations
        thesaurus.bin                 the same, ready to be mapped
        columns.json                  facets and dates
        suggestions.bin               names by the beginnings of their words, ready to be mapped
        compiled.bin                  posting lists and impacts as flat arrays, ready to be mapped
        index/                        the Whoosh index
    snapshots/.building-*             a build at work, or what a killed one left; the next build removes it
    CURRENT                           the name of the snapshot that is served

A snapshot is built aside, verified, made durable and renamed into place; then CURRENT is replaced in one atomic step.
"""

from __future__ import annotations

import datetime
import hashlib
import re
import shutil
import stat
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from indexer import impacts, schema
from indexer.analysis import tokenizer
from indexer.compiled import layout
from indexer.errors import SnapshotError
from indexer.files import abandoned, file_sha256, names_in, sync_folder, sync_tree, write_atomically
from indexer.locks import is_leased
from indexer.workers import available_cores

#: Raise it when the layout of a snapshot changes.
FORMAT_VERSION = 11
#: Files that are hashed at the same time, at most.
_MOST_AT_ONCE = 4

MANIFEST = "manifest.json"
#: The folder of the Whoosh index in a snapshot.
INDEX = "index"
_NAME = re.compile(r"(?P<number>\d{6,})-(?P<hash>[0-9a-f]{12})")
_BUILDING = ".building-"
#: The key of the manifest's own checksum.
_CHECKSUM = "manifest_sha256"
_REBUILD = "Run 'procsearch build'."
_WRITE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One snapshot folder with its manifest, read but not verified."""

    path: Path
    manifest: dict[str, Any]

    @property
    def name(self) -> str:
        """The name of its folder; it never changes and is never used again."""
        return self.path.name

    @property
    def count(self) -> int:
        """How many records it holds."""
        return int(self.manifest["counts"]["records"])

    @property
    def content_hash(self) -> str:
        """64 hex digits over all records and the versions that they were built by."""
        return str(self.manifest["content_hash"])


class SnapshotStore:
    """The snapshots of one data folder. Its writing methods need the write lock to be held by the caller."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.root = data / "snapshots"
        self.pointer = data / "CURRENT"

    # -- reading --------------------------------------------------------------------------------------

    @property
    def nothing(self) -> str:
        """What to say where nothing is published, with the remedy."""
        return f"Nothing is published below {self.data}. Run 'procsearch build'."

    def current_name(self) -> str | None:
        """Return the name in the pointer, or None where nothing was ever published."""
        try:
            name = self.pointer.read_text("ascii").strip()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise SnapshotError(f"{self.pointer}: expected a snapshot name; got {error}. {_ROLLBACK}") from error
        if not _NAME.fullmatch(name):
            raise SnapshotError(f"{self.pointer}: expected a snapshot name; got {name[:40]!r}. {_ROLLBACK}")
        return name

    def current(self) -> Snapshot | None:
        """Return the published snapshot, or None where there is none; SnapshotError where it is damaged."""
        name = self.current_name()
        return self.open(name) if name else None

    def open(self, name: str) -> Snapshot:
        """Read the manifest of a snapshot; SnapshotError where it is missing, unreadable or of another version."""
        if not _NAME.fullmatch(name):
            raise SnapshotError(f"expected a snapshot name like 000001-0123456789ab; got {name[:40]!r}. {_LIST}")
        path = self.root / name
        try:
            manifest = orjson.loads((path / MANIFEST).read_bytes())
            found = {key: manifest.get(key) for key in versions()}
            snapshot = Snapshot(path, manifest)
            _ = snapshot.count, snapshot.content_hash, manifest["files"].items()
        except FileNotFoundError as error:
            raise SnapshotError(f"{path}: expected a snapshot with a manifest; got none. {_LIST}") from error
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise SnapshotError(f"{path / MANIFEST}: expected a manifest; got {error!r}. {_REBUILD}") from error
        if found != versions():
            raise SnapshotError(f"{path}: {_other_versions(found)}")
        return snapshot

    def names(self) -> list[str]:
        """Return the names of all finished snapshots, oldest first."""
        try:
            names = [name for name in names_in(self.root, "") if _NAME.fullmatch(name)]
        except OSError as error:
            raise SnapshotError(
                f"{self.root}: expected a folder that can be read; got {error.strerror}. Correct its rights."
            ) from error
        return [name for name in names if (self.root / name).is_dir()]

    # -- writing --------------------------------------------------------------------------------------

    def leftovers(self) -> list[Path]:
        """Return what killed builds and writers left behind: folders of snapshots, and files written aside."""
        folders = [path for path in self.root.glob(f"{_BUILDING}*") if path.is_dir()] if self.root.is_dir() else []
        files = (path for path in abandoned(self.data) if not any(path.is_relative_to(each) for each in folders))
        return sorted([*folders, *files])

    def remove_leftovers(self) -> list[Path]:
        """Remove what killed builds and writers left behind, and return it."""
        left = self.leftovers()
        for path in left:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        return left

    def new_folder(self) -> Path:
        """Make an empty folder to build the next snapshot in."""
        self.root.mkdir(parents=True, exist_ok=True)
        path = self.root / f"{_BUILDING}{self._next_number():06d}"
        path.mkdir()
        return path

    def seal(self, folder: Path, content_hash: str, details: dict[str, Any]) -> Snapshot:
        """Write the manifest over all files of ``folder``; the snapshot can be verified, but is not finished yet."""
        manifest = {
            **versions(),
            "created": now(),
            "content_hash": content_hash,
            **details,
            "files": {name: _file_entry(folder / name) for name in _files_below(folder)},
        }
        manifest[_CHECKSUM] = _manifest_sha256(manifest)
        (folder / MANIFEST).write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
        return Snapshot(folder, manifest)

    def finish(self, sealed: Snapshot) -> Snapshot:
        """Make a sealed snapshot durable, its files read-only, and give it its final name. Does not publish it.

        A service maps the files: whoever overwrote one in place would change it, or end it, under the service's feet.
        """
        for name in _files_below(sealed.path):
            path = sealed.path / name
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~_WRITE)
        sync_tree(sealed.path)
        number = sealed.name.removeprefix(_BUILDING)
        final = self.root / f"{number}-{sealed.content_hash[:12]}"
        sealed.path.rename(final)
        sync_folder(self.root)
        return Snapshot(final, sealed.manifest)

    def publish(self, name: str) -> None:
        """Make ``name`` the snapshot that is served, in one step."""
        write_atomically(self.pointer, f"{name}\n".encode("ascii"))

    def with_content(self, content_hash: str) -> Snapshot | None:
        """Return a finished snapshot of exactly this content, or None; damaged ones are passed over."""
        for name in reversed(self.names()):
            if name.endswith(content_hash[:12]):
                try:
                    snapshot = self.open(name)
                except SnapshotError:
                    continue
                if snapshot.content_hash == content_hash:
                    return snapshot
        return None

    def rollback_target(self) -> str:
        """Return the newest snapshot that is older than the published one, or than none where that is unknown."""
        try:
            current = self.current_name()
        except SnapshotError:
            current = None
        older = [name for name in self.names() if current is None or _number(name) < _number(current)]
        if not older:
            raise SnapshotError(f"{self.root}: expected a snapshot older than {current}; got none. {_LIST}")
        return older[-1]

    def prune(self, keep: int) -> tuple[list[str], list[str]]:
        """Remove all but the newest ``keep`` snapshots; return (removed, spared).

        Never removes the published snapshot, nor one that a process still reads; the latter are the spared.
        """
        current = self.current_name()
        candidates = [name for name in self.names()[: -keep or None] if name != current]
        spared = [name for name in candidates if self._in_use(name)]
        removed = [name for name in candidates if name not in spared]
        for name in removed:
            # The first step hides it from every reader, so a kill in between leaves nothing half-removed in sight.
            hidden = (self.root / name).rename(self.root / f"{_BUILDING}{name}-removed")
            shutil.rmtree(hidden)
        return removed, spared

    def _in_use(self, name: str) -> bool:
        path = self.root / name / MANIFEST
        return path.exists() and is_leased(path)

    def _next_number(self) -> int:
        """One more than any that was used, also by a published snapshot that somebody removed."""
        used = [_number(name) for name in self.names()]
        with suppress(SnapshotError):
            used += [_number(name) for name in (self.current_name(),) if name]
        return max(used, default=0) + 1


_LIST = "Run 'procsearch snapshots' to see what there is."
_ROLLBACK = "Run 'procsearch rollback' or 'procsearch build'."


def now() -> str:
    """Return the time in UTC, for people to read: no order of snapshots depends on a clock."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def versions() -> dict[str, Any]:
    """Return what a snapshot must agree with to be read by this program."""
    return {
        "format_version": FORMAT_VERSION,
        "analysis": tokenizer.fingerprint(),
        "schema": schema.fingerprint(),
        "impacts": impacts.fingerprint(),
        "compiled": layout.LAYOUT_VERSION,
    }


def _other_versions(found: Mapping[str, Any]) -> str:
    """Say of a snapshot of other versions who made it, and what to do."""
    made = found["format_version"]
    if isinstance(made, int) and made > FORMAT_VERSION:
        return (
            f"expected a snapshot of format {FORMAT_VERSION}; got {made}, which a newer procsearch made. Run that one, "
            "or 'procsearch build' with this one: it makes another from the same documents and imports."
        )
    differing = [f"{name} {found[name]} instead of {own}" for name, own in versions().items() if found[name] != own]
    return (
        "expected a snapshot of the versions of this program; got one of an older procsearch, or of another with "
        f"{', '.join(differing)}. Run 'procsearch build': it makes another from the same documents and imports."
    )


def verify_files(snapshot: Snapshot, unread: str | None = None) -> None:
    """Compare every file with size and checksum in the manifest, and that with its own; SnapshotError names the first
    that differs.

    Files in the folder ``unread`` have to be there, but their content is not looked at: a reader that never opens them
    need not wait for that.
    """
    if snapshot.manifest.get(_CHECKSUM) != _manifest_sha256(snapshot.manifest):
        raise SnapshotError(
            f"{snapshot.path / MANIFEST}: expected a manifest with its checksum; got another. {_DAMAGED}"
        )
    expected: dict[str, dict[str, Any]] = snapshot.manifest["files"]
    present = set(_files_below(snapshot.path)) - {MANIFEST}
    for name in sorted(expected.keys() - present):
        raise SnapshotError(f"{snapshot.path / name}: expected a file of the snapshot; got none. {_DAMAGED}")
    for name in sorted(present - expected.keys()):
        raise SnapshotError(f"{snapshot.path / name}: expected no such file; the manifest lacks it. {_DAMAGED}")
    read = [name for name in expected if unread is None or not name.startswith(f"{unread}/")]
    for name, found in zip(read, _entries(snapshot.path, read), strict=True):
        if found != expected[name]:
            raise SnapshotError(f"{snapshot.path / name}: expected {expected[name]}; got {found}. {_DAMAGED}")


_DAMAGED = "The snapshot is damaged: run 'procsearch rollback', then 'procsearch build'."


def _files_below(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        if not path.is_dir():
            yield path.relative_to(folder).as_posix()


def _file_entry(path: Path) -> dict[str, Any]:
    return {"bytes": path.stat().st_size, "sha256": file_sha256(path)}


def _entries(folder: Path, names: Sequence[str]) -> list[dict[str, Any]]:
    """Return size and checksum of each file; hashing lets go of the interpreter, so that several are read at a time."""
    # The largest first, or they would be waited for at the end.
    ordered = sorted(names, key=lambda name: -(folder / name).stat().st_size)
    with ThreadPoolExecutor(min(_MOST_AT_ONCE, available_cores())) as pool:
        found = dict(zip(ordered, pool.map(lambda name: _file_entry(folder / name), ordered), strict=True))
    return [found[name] for name in names]


def _manifest_sha256(manifest: dict[str, Any]) -> str:
    """Return a hash over all of a manifest but that hash."""
    rest = {name: value for name, value in manifest.items() if name != _CHECKSUM}
    return hashlib.sha256(orjson.dumps(rest, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _number(name: str) -> int:
    return int(name.partition("-")[0])
