"""Were files of a snapshot changed or removed since it was opened?

A service maps the files of its snapshot. One that is overwritten in place changes under its feet, and one that is cut
short ends the process that reads behind its new end, so a service looks often. A look costs one `stat` a file; only a
file that was touched is read.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import orjson

from indexer.files import file_sha256
from indexer.snapshots import MANIFEST, Snapshot

_REMEDY = "Run 'procsearch verify', then 'procsearch rollback' or 'procsearch build'."

#: What tells that a file was touched: device, inode, size, and when content and entry changed last, in nanoseconds.
Mark = tuple[int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Damage:
    """What is wrong with the files of an open snapshot.

    ``readable``: it can be served on, because files were only removed, or none of those changed that a service reads.
    """

    problem: str
    readable: bool


class Watch:
    """Watches the files of one snapshot. Begin before they are opened and verified; not for several threads at once."""

    def __init__(self, snapshot: Snapshot, unread: str | None = None) -> None:
        """``unread``: a folder of the snapshot whose files its reader never opens."""
        self._snapshot = snapshot
        self._unread = snapshot.path / unread if unread else None
        paths = [snapshot.path / name for name in (*snapshot.manifest["files"], MANIFEST)]
        self._marks: dict[Path, Mark | None] = {path: _mark(path) for path in paths}
        self._changed: dict[Path, str] = {}

    def look(self) -> Damage | None:
        """Return what is wrong now, or None. A file that is put back as it was is no damage any more."""
        removed = []
        for path, before in self._marks.items():
            mark = _mark(path)
            if mark is None:
                removed.append(path)
            elif mark != before:
                self._marks[path] = mark
                self._examine(path)
        if self._changed:
            # Those that harm come first.
            path = min(self._changed, key=self._is_unread)
            problem = (
                f"{path}: expected what the manifest says; got {self._changed[path]} since it is served. {_REMEDY}"
            )
            return Damage(problem, self._is_unread(path))
        if removed:
            return Damage(f"{removed[0]}: expected a file of the snapshot that is served; got none. {_REMEDY}", True)
        return None

    def _is_unread(self, path: Path) -> bool:
        return self._unread is not None and path.is_relative_to(self._unread)

    def _examine(self, path: Path) -> None:
        """Compare a file that was touched with the manifest that the snapshot was opened with."""
        try:
            fits = self._fits(path)
        except (OSError, ValueError) as error:
            self._changed[path] = f"a file that cannot be read ({error})"
        else:
            self._changed.pop(path, None)
            if not fits:
                self._changed[path] = "a file that was changed"

    def _fits(self, path: Path) -> bool:
        manifest = self._snapshot.manifest
        if path.name == MANIFEST:
            return bool(orjson.loads(path.read_bytes()) == manifest)
        entry = manifest["files"][path.relative_to(self._snapshot.path).as_posix()]
        return bool(path.stat().st_size == entry["bytes"] and file_sha256(path) == entry["sha256"])


def _mark(path: Path) -> Mark | None:
    """Return the mark of a file, None where there is none; one that cannot be looked at has a mark like no other."""
    try:
        found = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        return (-1, -1, -1, -1, -1)
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
