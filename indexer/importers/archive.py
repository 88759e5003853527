"""Reading zip files that nobody vouches for.

Everything stays in memory: no member is ever written to disk, so a hostile name has nowhere to go. It
is refused all the same, because a file that has one was made to do harm. Sizes are measured on the
bytes that come out; what the zip claims about them counts only as one more thing that must be true.
"""

from __future__ import annotations

import copy
import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator

from indexer.errors import ImportRefused

MEBIBYTE = 1 << 20
#: CMS's zips hold 7 members, its workbooks 17.
MAX_MEMBERS = 200
#: The largest member in CMS's zips unpacks to 4 MiB.
MAX_MEMBER_BYTES = 64 * MEBIBYTE
MAX_TOTAL_BYTES = 256 * MEBIBYTE
#: The padded text file of 2019, mostly blanks, reaches 12; DEFLATE itself ends near 1030.
MAX_RATIO = 200

_CHUNK = 256 * 1024
_REMEDY = "Download the file again from CMS and import it as it came."
_DRIVE = re.compile(r"[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DIRECTORY_ENTRY = b"PK\x01\x02"
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED = 0x1 | 0x40 | 0x2000
# What zipfile raises on damaged input, seen by feeding it damaged input.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)


def read_members(data: bytes, path: str) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of every member of the zip ``data``, in the order of its directory.

    The directory is checked whole before the first member is unpacked. Raises ImportRefused, naming
    ``path`` or ``path!member``, for anything unsafe or damaged: at the latest when the iterator is
    exhausted, so a caller that must know the zip to be sound reads it to the end.
    """
    with _opened(data, path) as archive:
        members = archive.infolist()
        _check_directory(members, path)
        total = 0
        for info in members:
            content = _unpack(archive, info, f"{path}!{info.filename}", MAX_TOTAL_BYTES - total)
            total += len(content)
            yield info.filename, content


def check_workbook(data: bytes, path: str) -> None:
    """Check that an .xlsx file is a sound zip in which no XML declares a document type.

    A document type is where XML keeps its entities, and with them every way to blow a small file up or
    to reach for other files; no spreadsheet program writes one. Raises ImportRefused.
    """
    for name, content in read_members(data, path):
        # NULs are dropped so that a declaration written in UTF-16 is seen too.
        if b"<!DOCTYPE" in content.replace(b"\0", b"").upper():
            raise _refusal(f"{path}!{name}", "XML without a DOCTYPE declaration", "a DOCTYPE declaration")


def member_names(data: bytes, path: str) -> list[str]:
    """Return the names in the zip ``data`` after the checks that need no unpacking; or ImportRefused."""
    with _opened(data, path) as archive:
        _check_directory(archive.infolist(), path)
        return archive.namelist()


def _opened(data: bytes, path: str) -> zipfile.ZipFile:
    if not data.startswith(b"PK"):
        raise _refusal(path, "a zip file", f"a file that begins with {data[:8]!r}")
    # zipfile builds an object per entry before we can count them, so a flood of entries is stopped
    # here. Ten times the limit, since members that are themselves zips carry the same mark.
    if data.count(_DIRECTORY_ENTRY) > 10 * MAX_MEMBERS:
        raise _refusal(path, f"at most {MAX_MEMBERS} members", "many times as many")
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except _DAMAGE as error:
        raise _refusal(path, "a whole zip file", f"a truncated or damaged one ({error})") from error


def _check_directory(members: list[zipfile.ZipInfo], path: str) -> None:
    if len(members) > MAX_MEMBERS:
        raise _refusal(path, f"at most {MAX_MEMBERS} members", str(len(members)))
    seen: set[str] = set()
    for info in members:
        # zipfile cuts a name at a NUL; the name as it was written is in orig_filename.
        for name in (info.orig_filename, info.filename):
            _check_name(name, path)
        _check_member(info, f"{path}!{info.filename}")
        if info.filename in seen:
            raise _refusal(path, "one member of each name", f"{info.filename!r} twice")
        seen.add(info.filename)


def _check_name(name: str, path: str) -> None:
    reason = _unsafe(name)
    if reason:
        raise _refusal(path, "relative member names that stay inside the zip", f"{name!r} with {reason}")


def _unsafe(name: str) -> str | None:
    if not name:
        return "no characters at all"
    if _CONTROL.search(name):
        return "a control character"
    if "\\" in name:
        return "a backslash"
    if name.startswith("/"):
        return "a leading slash"
    if _DRIVE.match(name):
        return "a drive letter"
    return "a step to the parent folder" if ".." in name.split("/") else None


def _check_member(info: zipfile.ZipInfo, where: str) -> None:
    if info.flag_bits & _ENCRYPTED:
        raise _refusal(where, "a member that is not encrypted", "an encrypted one")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        raise _refusal(where, "a plain file", "a symbolic link")
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise _refusal(where, "a plain file", f"a special file of type {kind:#o}")
    if info.compress_type not in _METHODS:
        got = f"compression method {info.compress_type}"
        raise _refusal(where, "a member stored or deflated (methods 0 and 8)", got)


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, where: str, room: int) -> bytes:
    """Return the whole content of one member, or refuse as soon as it breaks a limit."""
    # zipfile stops silently at the size that the directory claims; a claim above the limit makes it
    # go on to the true end, and check the CRC there.
    honest = copy.copy(info)
    honest.file_size = MAX_MEMBER_BYTES + _CHUNK
    pieces: list[bytes] = []
    size = 0
    try:
        with archive.open(honest) as stream:
            while piece := stream.read(_CHUNK):
                size += len(piece)
                _check_size(size, info.compress_size, where, room)
                pieces.append(piece)
    except _DAMAGE as error:
        raise _refusal(where, "a member that unpacks", f"damaged bytes ({error})") from error
    if size != info.file_size:
        raise _refusal(where, f"{info.file_size} bytes, as the zip claims", f"{size} bytes")
    return b"".join(pieces)


def _check_size(size: int, packed: int, where: str, room: int) -> None:
    if size > MAX_MEMBER_BYTES:
        raise _refusal(where, f"at most {MAX_MEMBER_BYTES // MEBIBYTE} MiB unpacked", "more")
    if size > room:
        raise _refusal(where, f"at most {MAX_TOTAL_BYTES // MEBIBYTE} MiB in all members", "more")
    if size > MAX_RATIO * max(packed, 1):
        got = f"over {size} bytes out of {packed}"
        raise _refusal(where, f"at most {MAX_RATIO} bytes out of each packed one", got)


def _refusal(where: str, expected: str, got: str) -> ImportRefused:
    return ImportRefused(where, 0, expected, got, _REMEDY)
