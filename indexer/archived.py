"""The file of a backup: a tar whose first member lists all others with size and SHA-256.

The list is called ``procsearch-backup.json``: format, when and of which snapshot it was made, the versions that this
was built by, and the files in the order in which they follow; its last line is its own checksum. What a file is called
counts only in that list; the names in the tar are for people. Only plain members are read: no links, no folders, no
extensions of the format, so that nothing but the list can say where a file goes.
"""

from __future__ import annotations

import hashlib
import re
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

import orjson

from indexer.errors import BackupRefused, SnapshotError

#: Raise it when the layout of a backup changes.
BACKUP_FORMAT = 1
LIST = "procsearch-backup.json"
#: What a backup may hold: below the first the snapshot, below the others folders of the data folder.
SNAPSHOT, INPUTS = "snapshot", ("imports", "documents", "corpus")

_MOST_LIST_BYTES = 64 * 1024 * 1024
_MOST_BYTES = 1 << 50
_LONGEST_NAME, _LONGEST_PART = 1000, 255
_BLOCK, _CHUNK = 512, 1 << 20
_SHA256 = re.compile("[0-9a-f]{64}")
_PLAIN = (tarfile.REGTYPE, tarfile.AREGTYPE)
_AGAIN = "The file is damaged or no backup of procsearch; take another."


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a backup: its path in it, its size in bytes and its SHA-256 in hex."""

    name: str
    bytes: int
    sha256: str

    def is_below(self, folder: str) -> bool:
        """Say whether it lies in one of the folders at the top."""
        return self.name.startswith(f"{folder}/")


@dataclass(frozen=True, slots=True)
class Contents:
    """What the list of a backup says. ``versions`` are those of `indexer.snapshots.versions`."""

    created: str
    snapshot: str
    versions: dict[str, Any]
    files: tuple[Entry, ...]

    @property
    def size(self) -> int:
        """All files together, in bytes."""
        return sum(entry.bytes for entry in self.files)

    def below(self, folder: str) -> tuple[Entry, ...]:
        """The files that lie in one of the folders at the top."""
        return tuple(entry for entry in self.files if entry.is_below(folder))


def write_archive(stream: BinaryIO, contents: Contents, sources: Mapping[str, Path]) -> None:
    """Write a backup of the files that ``sources`` names by entry; SnapshotError where one is not as listed."""
    files = [[entry.name, entry.bytes, entry.sha256] for entry in contents.files]
    listed = orjson.dumps(
        {
            "format": BACKUP_FORMAT,
            "created": contents.created,
            "snapshot": contents.snapshot,
            "versions": contents.versions,
            "files": files,
        }
    )
    listed += b"\n%b\n" % hashlib.sha256(listed).hexdigest().encode()
    stream.write(_header(LIST, len(listed)) + listed + _padding(len(listed)))
    for entry in contents.files:
        stream.write(_header(entry.name, entry.bytes))
        _copy_in(stream, sources[entry.name], entry)
        stream.write(_padding(entry.bytes))
    stream.write(bytes(2 * _BLOCK))


def read_contents(stream: BinaryIO, shown: str) -> Contents:
    """Read the list at the beginning of a backup; BackupRefused where it is none, or of another format."""
    name, size = _next_member(stream, shown)
    if name != LIST:
        raise BackupRefused(f"{shown}: expected {LIST} as the first file; got {name[:60]!r}. {_AGAIN}")
    if size > _MOST_LIST_BYTES:
        raise BackupRefused(f"{shown}: expected a list of at most {_MOST_LIST_BYTES:,} bytes; got {size:,}. {_AGAIN}")
    listed, _, digest = _exactly(stream, size + len(_padding(size)), shown)[:size].strip().rpartition(b"\n")
    if hashlib.sha256(listed).hexdigest().encode() != digest:
        raise BackupRefused(f"{shown}: expected a list with its checksum; got another content. {_AGAIN}")
    try:
        return _parse(orjson.loads(listed), shown)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupRefused(f"{shown}: expected a list of files; got {error!r}. {_AGAIN}") from error


def read_files(stream: BinaryIO, contents: Contents, shown: str) -> Iterator[tuple[Entry, Iterator[bytes]]]:
    """Yield each file that follows the list with its content in pieces, all of which must be read before the next.

    BackupRefused where a file is not as listed, or follows that is not listed.
    """
    for entry in contents.files:
        _, size = _next_member(stream, shown)
        if size != entry.bytes:
            raise BackupRefused(f"{shown}: expected {entry.bytes:,} bytes of {entry.name}; got {size:,}. {_AGAIN}")
        yield entry, _pieces(stream, entry, shown)
    if any(_exactly(stream, _BLOCK, shown)):
        raise BackupRefused(f"{shown}: expected {len(contents.files)} files; got more. {_AGAIN}")


def is_allowed(name: str) -> bool:
    """Say whether a path may stand in a backup: below a known folder, and leading nowhere else."""
    parts = name.split("/")
    plain = all(0 < len(part.encode()) <= _LONGEST_PART and part not in (".", "..") for part in parts)
    known = len(parts) > 1 and parts[0] in (SNAPSHOT, *INPUTS)
    return plain and known and name.isprintable() and "\\" not in name and len(name) <= _LONGEST_NAME


def _parse(listed: Mapping[str, Any], shown: str) -> Contents:
    if listed["format"] != BACKUP_FORMAT:
        raise BackupRefused(
            f"{shown}: expected a backup of format {BACKUP_FORMAT}; got {str(listed['format'])[:20]}. "
            "Restore it with the version of procsearch that made it, or a newer one."
        )
    files = tuple(_entry(*each) for each in listed["files"])
    for entry in files:
        if not is_allowed(entry.name):
            expected = f"files below {SNAPSHOT}, {', '.join(INPUTS)}"
            raise BackupRefused(f"{shown}: expected {expected}; got {entry.name[:60]!r}. {_AGAIN}")
    _check_tree([entry.name for entry in files], shown)
    return Contents(str(listed["created"]), str(listed["snapshot"]), dict(listed["versions"]), files)


def _entry(name: str, size: int, sha256: str) -> Entry:
    if type(size) is not int or not 0 <= size < _MOST_BYTES or not _SHA256.fullmatch(sha256):
        raise ValueError(f"a size or checksum that cannot be for {name[:60]}")
    return Entry(name, size, sha256)


def _check_tree(names: Sequence[str], shown: str) -> None:
    """Refuse a path that is there twice, or a file and a folder as well."""
    files = set(names)
    folders = {parent.as_posix() for name in files for parent in PurePosixPath(name).parents}
    if len(files) != len(names) or files & folders:
        raise BackupRefused(f"{shown}: expected each path once; got one that is there twice. {_AGAIN}")


def _header(name: str, size: int) -> bytes:
    encoded = name.encode()
    info = tarfile.TarInfo(name if len(encoded) <= tarfile.LENGTH_NAME else _short(encoded))
    info.size, info.mode = size, 0o600
    return info.tobuf(tarfile.GNU_FORMAT, "utf-8", "strict")


def _short(encoded: bytes) -> str:
    """Return a name that fits into the header, for one that does not."""
    digest = hashlib.sha256(encoded).hexdigest()[:12]
    return f"long-names/{digest}-{encoded[-60:].decode(errors='ignore').replace('/', '-')}"


def _padding(size: int) -> bytes:
    return bytes(-size % _BLOCK)


def _copy_in(stream: BinaryIO, path: Path, entry: Entry) -> None:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as source:
        while chunk := source.read(min(_CHUNK, entry.bytes + 1 - size)):
            digest.update(chunk)
            size += len(chunk)
            stream.write(chunk)
    if (size, digest.hexdigest()) != (entry.bytes, entry.sha256):
        raise SnapshotError(f"{path}: expected a file that nobody changes meanwhile; got another. Try again.")


def _pieces(stream: BinaryIO, entry: Entry, shown: str) -> Iterator[bytes]:
    digest, left = hashlib.sha256(), entry.bytes
    while left:
        piece = _exactly(stream, min(_CHUNK, left), shown)
        digest.update(piece)
        left -= len(piece)
        yield piece
    _exactly(stream, len(_padding(entry.bytes)), shown)
    if digest.hexdigest() != entry.sha256:
        raise BackupRefused(f"{shown}: expected {entry.name} with its checksum; got another content. {_AGAIN}")


def _next_member(stream: BinaryIO, shown: str) -> tuple[str, int]:
    """Return name and size of the next member; the stream stands before its content."""
    block = _exactly(stream, _BLOCK, shown)
    try:
        info = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
    except (tarfile.HeaderError, ValueError) as error:
        raise BackupRefused(f"{shown}: expected a tar; got {error}. {_AGAIN}") from error
    if info.type not in _PLAIN or info.size < 0:
        raise BackupRefused(f"{shown}: expected plain files; got {info.name[:60]!r}, which is none. {_AGAIN}")
    return info.name, info.size


def _exactly(stream: BinaryIO, size: int, shown: str) -> bytes:
    found = stream.read(size)
    if len(found) != size:
        raise BackupRefused(f"{shown}: expected {size:,} bytes more; got the end of the file. {_AGAIN}")
    return found
