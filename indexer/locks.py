"""Locks that the operating system drops when a process ends, however it ends. POSIX only.

One process at a time builds or imports below a data folder (`write_lock`), or changes what a file or folder of it holds
(`file_lock`), and a reader marks a snapshot as in use (`lease`) so that pruning leaves it alone. The lock *files* stay;
only the lock on them counts.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from indexer.errors import DataError, LockHeld

_POLL_SECONDS = 0.1


@contextmanager
def write_lock(data: Path, wait: float = 0.0) -> Iterator[None]:
    """Hold the only write lock of the data folder; LockHeld when another holds it after ``wait`` seconds."""
    with file_lock(data / "write.lock", wait):
        yield


@contextmanager
def file_lock(path: Path, wait: float) -> Iterator[None]:
    """Hold the lock file ``path``, made with its folder where there is none; LockHeld where another process or thread
    holds it after ``wait`` seconds."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        stream = path.open("a+b")
    except OSError as error:
        raise DataError(
            f"{path.parent}: expected a folder that can be written; got {error.strerror}. "
            "Name another with --data, or give this user the right to write there."
        ) from error
    with stream:
        _acquire(stream, path, wait)
        stream.truncate(0)
        stream.write(str(os.getpid()).encode())
        stream.flush()
        yield


def lease(path: Path) -> BinaryIO:
    """Return ``path`` opened and marked as in use until the stream is closed."""
    stream = path.open("rb")
    fcntl.flock(stream, fcntl.LOCK_SH)
    return stream


def is_leased(path: Path) -> bool:
    """Say whether any process holds a lease on ``path``."""
    with path.open("rb") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def is_locked(path: Path) -> bool:
    """Say whether any process holds the lock file ``path``."""
    try:
        with path.open("rb") as stream:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False


def _acquire(stream: BinaryIO, path: Path, wait: float) -> None:
    deadline = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= deadline:
                holder = path.read_text(errors="replace").strip() or "unknown"
                raise LockHeld(
                    f"{path}: expected to be the only writer; got a lock held by process {holder}. "
                    "Wait for it to end, or pass --wait SECONDS."
                ) from None
            time.sleep(_POLL_SECONDS)
