"""Checks of the data folder: rights, space, the published snapshot, what killed programs left, who is at work."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from indexer.build import verify
from indexer.errors import SnapshotError
from indexer.locks import is_leased
from indexer.snapshots import MANIFEST, SnapshotStore
from service.commands.checks.cluster import searched_cluster
from service.commands.checks.finding import Finding, Setup, from_error, ok, problem, warning

_LOW_SPACE = 100 * 1024 * 1024
_SHOWN = 5


def folder(setup: Setup) -> Iterator[Finding]:
    """Is the data folder there, and can this user write in it?"""
    path = setup.data.absolute()
    if not path.exists() and searched_cluster(setup.environment):
        yield ok("data folder", f"{path} does not exist; where a cluster is searched, the service makes it")
        return
    if not path.exists():
        yield problem("data folder", f"{path} does not exist", "Run 'procsearch build', or name another with --data.")
        return
    try:
        # Whether the system lets a file be made here is known only after trying; it has no name and leaves nothing.
        with tempfile.TemporaryFile(dir=path):
            pass
        yield ok("data folder", f"{path} can be written")
    except OSError as error:
        yield problem(
            "data folder",
            f"{path} cannot be written: {error.strerror}",
            "Name a folder with --data, or give this user the right to write there.",
        )
    unreadable = [each for each in _everything(path) if not os.access(each, os.R_OK)]
    if unreadable:
        yield problem("data folder", f"cannot be read: {_some(unreadable)}", "Give this user the right to read them.")


def space(setup: Setup) -> Iterator[Finding]:
    """Is there room for another snapshot beside those that are there?"""
    if not setup.data.is_dir():
        return
    free = shutil.disk_usage(setup.data).free
    size = _size(setup.snapshot.path) if setup.snapshot else 0
    told = f"{_bytes(free)} free; the published snapshot has {_bytes(size)}"
    if free < size or free < _LOW_SPACE // 10:
        yield problem("space", told, "Free disk space, or run 'procsearch prune --keep 1': no build can end.")
    elif free < max(2 * size, _LOW_SPACE):
        yield warning(
            "space", told, "Free disk space, or run 'procsearch prune': a build needs the size of a snapshot."
        )
    else:
        yield ok("space", told)


def snapshot(setup: Setup) -> Iterator[Finding]:
    """Is a snapshot published, of this version, and whole to the last byte?"""
    store = SnapshotStore(setup.data)
    try:
        published = store.current()
        if published is None and searched_cluster(setup.environment):
            yield ok("snapshot", "none here; the cluster is searched")
            return
        if published is None:
            yield problem("snapshot", f"nothing is published in {setup.data}", "Run 'procsearch build'.")
            return
        verify(published)
    except (SnapshotError, OSError) as error:
        yield from_error("snapshot", error)
    else:
        yield ok("snapshot", f"{published.name}, {published.count:,} records, every checksum fits")


def leftovers(setup: Setup) -> Iterator[Finding]:
    """Did a killed program leave something behind?"""
    if not setup.data.is_dir() or _writer(setup.data):
        return
    left = SnapshotStore(setup.data).leftovers()
    if left:
        yield warning(
            "leftovers",
            f"of killed builds and writers: {_some(left)}",
            "Run 'procsearch prune', or the next build, which remove them.",
        )
    else:
        yield ok("leftovers", "none")


def locks(setup: Setup) -> Iterator[Finding]:
    """Who writes now, and which snapshots are read?"""
    if not setup.data.is_dir():
        return
    holder = _writer(setup.data)
    if holder:
        yield warning(
            "locks",
            f"process {holder} holds the write lock: a build or import is at work",
            f"Wait for it; if it hangs, end process {holder}: the published snapshot stays as it is.",
        )
    store = SnapshotStore(setup.data)
    read = [name for name in store.names() if _is_read(store, name)]
    if read:
        yield ok("locks", f"services read {', '.join(read[-_SHOWN:])}")
    elif not holder:
        yield ok("locks", "nobody writes or serves")


def _writer(data: Path) -> str | None:
    """Return the process that holds the write lock, or None. The lock file stays when its lock is gone."""
    path = data / "write.lock"
    try:
        with path.open("rb") as stream:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return None
    except BlockingIOError:
        return path.read_text(errors="replace").strip()[:20] or "unknown"
    except OSError:
        return None


def _is_read(store: SnapshotStore, name: str) -> bool:
    path = store.root / name / MANIFEST
    return path.exists() and is_leased(path)


def _everything(folder_: Path) -> Iterator[Path]:
    for current, folders, names in os.walk(folder_):
        yield from (Path(current) / name for name in (*folders, *names))


def _size(folder_: Path) -> int:
    return sum(each.stat().st_size for each in _everything(folder_) if each.is_file())


def _bytes(number: int) -> str:
    return f"{number / 1024**3:,.1f} GiB" if number >= 1024**3 else f"{number / 1024**2:,.1f} MiB"


def _some(paths: list[Path]) -> str:
    shown = ", ".join(map(str, paths[:_SHOWN]))
    return shown if len(paths) <= _SHOWN else f"{shown} and {len(paths) - _SHOWN} more"
