"""Writing files so that a crash leaves either the old content or the new, never a part."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from indexer.locks import is_leased

_CHUNK = 1 << 20
#: What `replacing` calls a file while it is written.
_ASIDE = re.compile(r"\..+\.\d+\.tmp", re.DOTALL)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Give a stream whose content replaces that of ``path`` when the block ends, and is dropped where it fails.

    After the block it has reached the disk under that name. The file written aside is locked until then, which tells
    it from what a killed writer left.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with _locked(temporary) as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
            temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def abandoned(folder: Path) -> Iterator[Path]:
    """Yield the files below ``folder`` that killed writers left aside, and none that is still written to."""
    for current, _, names in os.walk(folder):
        for name in names:
            # One that is still written to may get its name while this looks.
            with suppress(FileNotFoundError):
                path = Path(current) / name
                if _ASIDE.fullmatch(name) and stat.S_ISREG(path.lstat().st_mode) and not is_leased(path):
                    yield path


def _locked(path: Path) -> BinaryIO:
    """Open a file for writing and lock it; once more where it was taken for abandoned before it was locked."""
    while True:
        stream = path.open("wb")
        fcntl.flock(stream, fcntl.LOCK_EX)
        if path.exists() and os.path.samestat(path.stat(), os.fstat(stream.fileno())):
            return stream
        stream.close()


def write_atomically(path: Path, data: bytes) -> None:
    """Replace the content of ``path`` by ``data``; on return it has reached the disk under that name."""
    with replacing(path) as stream:
        stream.write(data)


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` durable: a rename is only safe once its folder has reached the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Make every file and folder below ``folder``, and itself, durable."""
    for current, _, names in os.walk(folder, topdown=False):
        for name in names:
            with (Path(current) / name).open("rb") as stream:
                os.fsync(stream.fileno())
        sync_folder(Path(current))


def names_in(folder: Path, ending: str) -> list[str]:
    """Return the names in ``folder`` that end so, sorted; none where it does not exist.

    OSError where it cannot be listed: what cannot be read must never pass for what is not there.
    """
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if entry.name.endswith(ending))
    except FileNotFoundError:
        return []


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hex digits."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
