"""Answers to requests with an idempotency key, kept for a day, so that a request sent twice is done once.

Each key has a file below ``<data>/idempotency``: a line of JSON, then the body of the answer. Who answers the request
holds a lock on the file, which ends with the process; a file that was not finished counts for none.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import orjson

from indexer.errors import DataError
from indexer.locks import is_locked
from service.admin.errors import Conflict, KeyReused

_FOLDER = "idempotency"
_KEPT_SECONDS = 24 * 3600
_MOST_KEPT = 5_000
MAX_KEY_CHARS = 200
#: Stands for the length of a body that was not written whole.
_UNFINISHED = "-" * 12


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer: its status, the headers that are worth keeping, and a stream at the beginning of its body."""

    status: int
    headers: dict[str, str]
    body: BinaryIO


class Slot:
    """The place of one key while its request is answered: ``kept`` is the answer given before, None for the first."""

    def __init__(self, path: Path, stream: BinaryIO, digest: str) -> None:
        self._path, self._stream, self._digest = path, stream, digest
        self.kept = self._read()

    def keep(self, status: int, headers: dict[str, str], body: Iterable[bytes]) -> Kept:
        """Keep an answer, and return it; it has reached the disk then."""
        head = {"digest": self._digest, "status": status, "headers": headers, "length": _UNFINISHED}
        self._stream.seek(0)
        self._stream.truncate()
        self._stream.write(orjson.dumps(head, option=orjson.OPT_APPEND_NEWLINE))
        begin = self._stream.tell()
        self._stream.writelines(body)
        # Only with its length the file counts for an answer, whenever the process ends.
        head["length"] = f"{self._stream.tell() - begin:0{len(_UNFINISHED)}}"
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._stream.seek(0)
        self._stream.write(orjson.dumps(head, option=orjson.OPT_APPEND_NEWLINE))
        self._stream.flush()
        os.fsync(self._stream.fileno())
        return Kept(status, headers, self._body(begin))

    def _read(self) -> Kept | None:
        try:
            head = orjson.loads(self._stream.readline())
        except ValueError:
            return None
        if head["length"] == _UNFINISHED:
            return None
        if head["digest"] != self._digest:
            raise KeyReused("Idempotency-Key: expected a key that is new, or the request it came with; got another.")
        return Kept(head["status"], head["headers"], self._body(self._stream.tell()))

    def _body(self, begin: int) -> BinaryIO:
        """Return a stream of its own, which outlives the lock."""
        stream = self._path.open("rb")
        stream.seek(begin)
        return stream


class Keys:
    """The keys of a data folder."""

    def __init__(self, data: Path) -> None:
        self._folder = data / _FOLDER

    @contextmanager
    def slot(self, owner: str, key: str, digest: str) -> Iterator[Slot]:
        """Hold the place of a key of ``owner`` whose request has this digest.

        Conflict where a request with this key is being answered, KeyReused where it came with another one before.
        """
        self._forget_old()
        name = hashlib.sha256(f"{owner}\n{key}".encode()).hexdigest()
        with self._opened(self._folder / name) as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Conflict("Idempotency-Key: a request with this key is being answered. Ask again.") from None
            yield Slot(self._folder / name, stream, digest)

    def _opened(self, path: Path) -> BinaryIO:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            return open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+b")
        except OSError as error:
            raise DataError(f"{path}: expected to write it; got {error.strerror}. Check rights and space.") from error

    def _forget_old(self) -> None:
        with suppress(FileNotFoundError), os.scandir(self._folder) as entries:
            found = sorted(((entry.stat().st_mtime, Path(entry.path)) for entry in entries), reverse=True)
            for at, (moment, path) in enumerate(found):
                if (at >= _MOST_KEPT or moment < time.time() - _KEPT_SECONDS) and not is_locked(path):
                    path.unlink(missing_ok=True)
