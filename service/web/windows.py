"""Counts of requests by client and window of time, which all workers of one server share.

It is a storage for the library `limits`, beside its own in memory (which each worker would have for itself) and in
servers. The counts lie in one mapped file of fixed size: a table of buckets of eight counts each. A key goes to the
bucket that its hash says; in a full bucket it takes the place of the count whose window ends first. So no flood of
clients takes more memory; at worst some counts begin anew.
"""

from __future__ import annotations

import fcntl
import hashlib
import mmap
import os
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from limits.storage import Storage

SCHEME = "procsearch"
_FILE = "rates"
_BUCKETS, _PLACES = 8192, 8
#: Hash of the key, end of the window in seconds since 1970, count.
_CELL = struct.Struct("<QdQ")
_BUCKET = struct.Struct("<" + "QdQ" * _PLACES)


def storage_uri(shared: Path | None) -> str:
    """Return by which address `limits` makes the storage of the server whose processes share this folder."""
    return f"{SCHEME}://{shared or ''}"


class SharedWindows(Storage):
    """Counts in a file of the folder that the address names, or without one in the memory of this process."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 - the library declares it so

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: float | str | bool) -> None:
        super().__init__(uri, wrap_exceptions, **options)
        folder = (uri or "").partition("://")[2]
        self._file = _open(Path(folder) / _FILE) if folder else -1
        self._table = mmap.mmap(self._file, _BUCKETS * _BUCKET.size)
        self._lock = threading.Lock()

    @property
    def base_exceptions(self) -> type[Exception]:
        """What can go wrong with the file."""
        return OSError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add to the count of ``key`` and return it; a window that is over begins anew, for ``expiry`` seconds."""
        now = time.time()
        hashed, bucket = _place(key)
        with self._locked():
            at, ends, count = self._find(hashed, bucket)
            if ends <= now:
                ends, count = now + expiry, 0
            _CELL.pack_into(self._table, at, hashed, ends, count + amount)
        return count + amount

    def get(self, key: str) -> int:
        """Return the count of ``key`` in its window."""
        hashed, bucket = _place(key)
        _, ends, count = self._find(hashed, bucket)
        return count if ends > time.time() else 0

    def get_expiry(self, key: str) -> float:
        """Return when the window of ``key`` ends, in seconds since 1970."""
        hashed, bucket = _place(key)
        return max(self._find(hashed, bucket)[1], time.time())

    def check(self) -> bool:
        """Say that it can be used: a file that is mapped always can."""
        return True

    def reset(self) -> int | None:
        """Forget all counts."""
        with self._locked():
            self._table[:] = bytes(len(self._table))
        return None

    def clear(self, key: str) -> None:
        """Forget the count of ``key``."""
        hashed, bucket = _place(key)
        with self._locked():
            at, ends, _ = self._find(hashed, bucket)
            if ends:
                _CELL.pack_into(self._table, at, hashed, 0.0, 0)

    def _find(self, hashed: int, bucket: int) -> tuple[int, float, int]:
        """Return where the count of a hash lies or may lie, the end of its window, 0 where it is not there, and it."""
        cells = _BUCKET.unpack_from(self._table, bucket)
        hashes = cells[::3]
        if hashed in hashes:
            place = hashes.index(hashed)
            return bucket + place * _CELL.size, cells[3 * place + 1], cells[3 * place + 2]
        ends = cells[1::3]
        return bucket + ends.index(min(ends)) * _CELL.size, 0.0, 0

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep threads and processes from counting at the same time; a process that dies leaves no lock."""
        with self._lock:
            if self._file < 0:
                yield
                return
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)


def _open(path: Path) -> int:
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    os.ftruncate(file, _BUCKETS * _BUCKET.size)
    return file


def _place(key: str) -> tuple[int, int]:
    """Return the hash of a key, never 0, and where its bucket begins."""
    hashed = int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "little") or 1
    return hashed, hashed % _BUCKETS * _BUCKET.size
