"""The importer of HCPCS: one file from CMS in, one checked Release out, or ImportRefused.

CMS publishes the list as a zip with the same list in several forms. The fixed-width text is the one we
trust: in the real zips it is complete, while the workbook lacks some dates and is missing in one year.
What a file is shows in its first bytes and its records, never in the ending of its name.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import NoReturn

from corpus.codes import HCPCS
from indexer.errors import ImportRefused
from indexer.importers import hcpcs_text
from indexer.importers.archive import MEBIBYTE, member_names, read_members
from indexer.importers.hcpcs_layout import Record
from indexer.importers.hcpcs_xlsx import NotTheFullList, Workbook
from indexer.official import RELEASE_LABEL, OfficialCode, Release

#: CMS's zips have 2 MB, the text in them 4.
MAX_FILE_BYTES = 64 * MEBIBYTE

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")  # the second begins a zip without members
_OLE, _PDF = b"\xd0\xcf\x11\xe0", b"%PDF"
_WORKBOOK_MEMBER = "[Content_Types].xml"
_USE_THIS = "Import the zip itself, or the fixed-width HCPC<year>_..._ANWEB .txt that is in it."
_NAME_RELEASE = "Pass --release YEAR, or --release YEAR-MM for a quarterly file."

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = "(?P<month>" + "|".join(_MONTHS) + ")"
_YEAR = r"(?P<year>(?:19|20)[0-9]{2})"
_CODE_FILE_NAME = re.compile(rf"HCPC{_YEAR}(?:_{_MONTH}[a-z]*(?=[_.]))?", re.IGNORECASE)
_ZIP_NAME = re.compile(rf"(?:{_MONTH}[a-z]*-)?{_YEAR}-alpha-numeric", re.IGNORECASE)
_HEADER = re.compile(rf"\b{_YEAR}\s+HCPCS\b")


@dataclass(frozen=True, slots=True)
class _CodeFile:
    """The file that holds the list: its place for messages, its own name, text above, and records."""

    where: str
    name: str
    preamble: str
    records: Iterator[Record]


def read_release(path: Path, label: str | None = None) -> Release:
    """Read CMS's HCPCS file at ``path``: the zip, its fixed-width text, or its full workbook.

    ``label`` (``2020``, ``2024-04``) names the release; without it the names of the files and the lines
    above the list are asked, in this order. Raises ImportRefused, and nothing else, for whatever is not
    a whole, sound and consistent file. Memory: a few times the unpacked size, at most 64 MiB a file.
    """
    _check_label(label, path)
    data = _load(path)
    found = _find(data, path)
    codes = hcpcs_text.assemble(found.records, found.where)
    label = label or _label_of(found, path)
    _check_year(codes, label, found.where)
    source = path.name + found.where.removeprefix(str(path))
    return Release(HCPCS.name, label, source, hashlib.sha256(data).hexdigest(), codes)


def _load(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise ImportRefused(str(path), 0, "a file", "nothing, or no plain file", "Check the path.")
        with path.open("rb") as stream:
            _check_size(path.stat().st_size, path)
            # One byte more than allowed, should the file grow while it is read.
            data = stream.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        got = error.strerror or type(error).__name__
        raise ImportRefused(str(path), 0, "a readable file", got, "Check the path and its rights.") from error
    _check_size(len(data), path)
    return data


def _check_size(size: int, path: Path) -> None:
    if size > MAX_FILE_BYTES:
        expected = f"at most {MAX_FILE_BYTES // MEBIBYTE} MiB"
        raise ImportRefused(str(path), 0, expected, f"{size} bytes", _USE_THIS)


def _find(data: bytes, path: Path) -> _CodeFile:
    if data.startswith(_ZIP):
        if _WORKBOOK_MEMBER in member_names(data, str(path)):
            return _workbook(data, str(path), path.name)
        return _find_in_zip(data, path)
    if data.startswith(_OLE):
        got = "the old Excel format (.xls)"
        raise ImportRefused(str(path), 0, "the zip, .txt or .xlsx from CMS", got, _USE_THIS)
    if data.startswith(_PDF):
        raise ImportRefused(str(path), 0, "the zip, .txt or .xlsx from CMS", "a PDF document", _USE_THIS)
    return _text(data, str(path), path.name)


def _text(data: bytes, where: str, name: str) -> _CodeFile:
    records = hcpcs_text.read_records(data, where)
    return _CodeFile(where, name, hcpcs_text.preamble(data), records)


def _workbook(data: bytes, where: str, name: str) -> _CodeFile:
    workbook = Workbook(data, where)
    return _CodeFile(where, name, workbook.preamble, workbook.records())


def _find_in_zip(data: bytes, path: Path) -> _CodeFile:
    """Choose the one code file: a text with records, or where there is none a full workbook."""
    texts: dict[str, bytes] = {}
    zips: dict[str, bytes] = {}
    names: list[str] = []
    for name, content in read_members(data, str(path)):
        names.append(name)
        if content.startswith(_ZIP):
            zips[name] = content
        elif hcpcs_text.has_records(content):
            texts[name] = content
    if texts:
        name = _only(texts, path)
        return _text(texts[name], f"{path}!{name}", PurePosixPath(name).name)
    return _workbook_in_zip(zips, names, path)


def _workbook_in_zip(zips: dict[str, bytes], names: list[str], path: Path) -> _CodeFile:
    found: dict[str, _CodeFile] = {}
    for name, content in zips.items():
        where = f"{path}!{name}"
        # The list of changes lies beside the full workbook in the real zips and is passed over.
        with suppress(NotTheFullList):
            if _WORKBOOK_MEMBER in member_names(content, where):
                found[name] = _workbook(content, where, PurePosixPath(name).name)
    if not found:
        _refuse_zip(names, path)
    return found[_only({name: zips[name] for name in found}, path)]


def _only(candidates: dict[str, bytes], path: Path) -> str:
    """Return the first name, if all candidates have the same content."""
    if len(set(candidates.values())) > 1:
        got = f"{len(candidates)} that differ: {', '.join(candidates)}"
        remedy = "Unpack the zip and import the one that you mean."
        raise ImportRefused(str(path), 0, "one HCPCS file in the zip", got, remedy)
    return next(iter(candidates))


def _refuse_zip(names: list[str], path: Path) -> NoReturn:
    got = ", ".join(names[:8]) or "an empty zip"
    if len(names) > 8:
        got += f" and {len(names) - 8} more"
    expected = "a fixed-width HCPCS file or the full workbook in the zip"
    remedy = "Import CMS's alpha-numeric HCPCS zip unchanged; its change lists, .xls and .pdf do not serve."
    raise ImportRefused(str(path), 0, expected, got, remedy)


def _check_label(label: str | None, path: Path) -> None:
    if label is not None and RELEASE_LABEL.fullmatch(label) is None:
        raise ImportRefused(str(path), 0, "a release such as 2020 or 2024-04", ascii(label), _NAME_RELEASE)


def _label_of(found: _CodeFile, path: Path) -> str:
    places = ((_CODE_FILE_NAME, found.name), (_ZIP_NAME, path.name), (_HEADER, found.preamble))
    for pattern, text in places:
        match = pattern.search(text)
        if match:
            return _label(match)
    expected = "the year in the file's name (HCPC2020_...) or above its list"
    raise ImportRefused(found.where, 0, expected, "no year", _NAME_RELEASE)


def _label(match: re.Match[str]) -> str:
    parts = match.groupdict()
    if not parts.get("month"):
        return parts["year"]
    return f"{parts['year']}-{_MONTHS.index(parts['month'].lower()) + 1:02d}"


def _check_year(codes: tuple[OfficialCode, ...], label: str, where: str) -> None:
    """Refuse a list whose newest date is more than a year away from the year of its label."""
    dated = [(max(code.added or "", code.effective or ""), code.code) for code in codes]
    newest, code = max(dated)
    if newest and abs(int(newest[:4]) - int(label[:4])) > 1:
        expected = f"dates up to about {label[:4]}, the release"
        remedy = f"This is a file of another year. {_NAME_RELEASE}"
        raise ImportRefused(where, 0, expected, f"{newest} for {code} as the newest", remedy)
