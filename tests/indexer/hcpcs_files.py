"""Builds small official files out of OfficialCode objects, with codes and descriptors of our own.

The columns are written down here a second time on purpose: a builder that took them from the importer
would agree with any mistake in it. What the real files say is in test_hcpcs_real.
"""

from __future__ import annotations

import io
import textwrap
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import openpyxl

from indexer.official import OfficialCode

PREAMBLE = "An invented list for tests\r\nNotes on the 2020 HCPCS list\r\n\r\n"

# name: (first column, columns of one element, number of elements, heading of the workbook)
_COLUMNS: dict[str, tuple[int, int, int, str]] = {
    "short_descriptor": (92, 28, 1, "SHORT DESCRIPTION"),
    "pricing": (120, 2, 4, "PRICE"),
    "multiple_pricing": (128, 1, 1, "MULT_PI"),
    "coverage_manual": (129, 6, 3, "CIM"),
    "carriers_manual": (147, 8, 3, "MCM"),
    "statute": (171, 10, 1, "STATUTE"),
    "lab_certifications": (181, 3, 8, "LABCERT"),
    "cross_references": (205, 5, 5, "XREF"),
    "coverage": (230, 1, 1, "COV"),
    "asc_group": (231, 2, 1, "ASC_GRP"),
    "asc_effective": (233, 8, 1, "ASC_DT"),
    "outpatient_group": (241, 3, 1, "OPPS"),
    "outpatient_policy": (244, 1, 1, "OPPS_PI"),
    "outpatient_effective": (245, 8, 1, "OPPS_DT"),
    "processing_note": (253, 4, 1, "PROCNOTE"),
    "betos": (257, 3, 1, "BETOS"),
    "types_of_service": (261, 1, 5, "TOS"),
    "anesthesia_units": (266, 3, 1, "ANEST_BU"),
    "added": (269, 8, 1, "ADD DT"),
    "effective": (277, 8, 1, "ACT EFF DT"),
    "terminated": (285, 8, 1, "TERM DT"),
    "action": (293, 1, 1, "ACTION CD"),
}
_DATES = {"asc_effective", "outpatient_effective", "added", "effective", "terminated"}
_LONG_SENTENCE = (
    "Invented assembly of several parts for tests of long descriptions, with a first, a second and a "
    "third part, each named once, so that the text needs three lines of the file and ends in the third one"
)


def code(name: str, descriptor: str = "Invented item, each", **facts: Any) -> OfficialCode:
    """Return a modifier (two characters) or a procedure with plausible dates unless given."""
    kind: Any = "modifier" if len(name) == 2 else "procedure"
    base = OfficialCode(name, kind, descriptor, descriptor[:28].strip(), coverage="C", action="N")
    return replace(base, **({"added": "2019-01-01", "effective": "2020-01-01"} | facts))


def sample_codes() -> list[OfficialCode]:
    """Return six codes that together fill every field, in the order of an official file."""
    return [
        code("Z1", "Invented modifier"),
        code("Z2", _LONG_SENTENCE, carriers_manual=("3350.5",)),
        code("A9990", "Invented strap, each", pricing=("32", "36"), multiple_pricing="A", betos="D1E"),
        code(
            "E9990",
            _LONG_SENTENCE,
            short_descriptor="Invented assembly",
            pricing=("00", "21", "32", "51"),
            coverage_manual=("60-14", "65.9", "35-102"),
            carriers_manual=("2049", "2100.1", "15022"),
            statute="1833(t)(2)",
            lab_certifications=("010", "110", "115", "120", "130", "140", "220", "340"),
            cross_references=("A9990", "V9990"),
            asc_group="YY",
            asc_effective="2019-07-01",
            outpatient_group="102",
            outpatient_policy="7",
            outpatient_effective="2019-10-01",
            processing_note="0088",
            types_of_service=("A", "L", "P", "R", "9"),
            anesthesia_units=7,
            terminated="2020-02-29",
            action="D",
        ),
        code("J9990", "Injection, invented, 1 mg", anesthesia_units=0, added="2020-01-01", action="A"),
        code("V9990", "Invented lens", coverage="S", types_of_service=("Q",)),
    ]


def lines_of(each: OfficialCode, *, pad: bool = True) -> list[str]:
    """Return the lines of one code without line ends; ``pad`` fills continuations with blanks to 320."""
    first, more = ("7", "8") if each.kind == "modifier" else ("3", "4")
    lines = []
    for number, piece in enumerate(textwrap.wrap(each.long_descriptor, 79), 1):
        line = f"{each.code:>5}{number * 100:05}{first if number == 1 else more}{piece:<80}"
        lines.append(_with_details(line, each) if number == 1 else line.ljust(320 if pad else 91))
    return lines


def text_file(codes: Iterable[OfficialCode], preamble: str = PREAMBLE, *, pad: bool = True) -> bytes:
    """Return a fixed-width file of ``codes``."""
    return text_of([line for each in codes for line in lines_of(each, pad=pad)], preamble)


def text_of(lines: Iterable[str], preamble: str = PREAMBLE) -> bytes:
    """Return a fixed-width file of ready lines."""
    return (preamble + "".join(f"{line}\r\n" for line in lines)).encode("cp1252")


def zip_file(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip of ``members``."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def headings() -> list[str]:
    """Return the headings of the full workbook."""
    names = ["HCPC", "SEQNUM", "RECID", "LONG DESCRIPTION"]
    for _, _, times, heading in _COLUMNS.values():
        names += [heading] if times == 1 else [f"{heading}{number}" for number in range(1, times + 1)]
    return names


def workbook_row(each: OfficialCode) -> list[str | None]:
    """Return the cells of one code under ``headings()``."""
    row: list[str | None] = [f"{each.code:>5}", "0010", "7" if each.kind == "modifier" else "3"]
    row.append(each.long_descriptor)
    for name, (_, _, times, _) in _COLUMNS.items():
        elements = _elements(each, name)
        row += [*elements, *[None] * (times - len(elements))]
    return row


def workbook(codes: Iterable[OfficialCode], preamble: Sequence[str] = ("An invented list",)) -> bytes:
    """Return a full workbook of ``codes``."""
    return workbook_of([[text] for text in preamble] + [headings()] + [workbook_row(each) for each in codes])


def workbook_of(rows: Iterable[Sequence[Any]]) -> bytes:
    """Return a workbook of one sheet with these cells."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in rows:
        sheet.append(list(row))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _with_details(line: str, each: OfficialCode) -> str:
    cells = list(line.ljust(320))
    for name, (column, width, _, _) in _COLUMNS.items():
        for place, element in enumerate(_elements(each, name)):
            start = column - 1 + place * width
            cells[start : start + width] = element.ljust(width)
    return "".join(cells)


def _elements(each: OfficialCode, name: str) -> list[str]:
    value = getattr(each, name)
    if value is None:
        return []
    if isinstance(value, tuple):
        return list(value)
    if name == "anesthesia_units":
        return [f"{value:>3}"]
    return [value.replace("-", "") if name in _DATES else value]
