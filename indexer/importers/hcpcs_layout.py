"""Where each field of a HCPCS record stands, in CMS's fixed-width file and in its workbook.

Columns count from 1 and both ends are included, as in the record layout that CMS publishes for the
file, so the table below can be compared with that document line by line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

#: Columns of one whole line; the last 27 are unused.
RECORD_WIDTH = 320
#: A first line ends with its action code in this column; a shorter one was cut.
FIRST_LINE_WIDTH = 293
#: A continuation carries nothing after its piece of the long description.
CONTINUATION_WIDTH = 91
#: Columns of the long description on one line.
PIECE_WIDTH = 80

PROCEDURE_FIRST, PROCEDURE_MORE, MODIFIER_FIRST, MODIFIER_MORE = "3", "4", "7", "8"
FIRST_LINES = frozenset({PROCEDURE_FIRST, MODIFIER_FIRST})

#: Elements of one field: stripped, blank places left out.
Elements = tuple[str, ...]

_DATE = re.compile(r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})")
_UNITS = re.compile(r"[0-9]{1,3}")


def iso_date(text: str) -> str:
    """Return the day that ``text`` (``YYYYMMDD``, years 1900 to 2099) names as ``YYYY-MM-DD``.

    Raises ValueError where it names no day of the calendar.
    """
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError("not eight digits of a year from 1900 to 2099, month and day")
    return date(*map(int, match.groups())).isoformat()


def whole_units(text: str) -> int:
    """Return a count of one to three digits; raises ValueError for anything else."""
    if _UNITS.fullmatch(text) is None:
        raise ValueError("not a count of one to three digits")
    return int(text)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the record.

    ``name`` is the attribute of OfficialCode that it fills, ``first`` and ``last`` its columns,
    ``width`` the columns of one element (less than the whole where the field repeats), ``headings`` the
    workbook's columns, one per element. ``convert`` makes the value of a field that does not repeat.
    ``shape`` says in words what an element looks like. ``digits`` marks elements that always fill
    their width with digits: a spreadsheet that took one for a number has dropped its leading zeros.
    """

    name: str
    first: int
    last: int
    width: int
    headings: tuple[str, ...]
    convert: Callable[[str], str | int] = str
    shape: str = "text"
    digits: bool = False

    @property
    def repeats(self) -> bool:
        """Whether the field holds a tuple rather than one value."""
        return self.width <= self.last - self.first

    def cut(self, record: str) -> Elements:
        """Return the elements of this field in ``record``, a decoded line of any length."""
        places = range(self.first - 1, self.last, self.width)
        elements = (record[place : place + self.width].strip() for place in places)
        return tuple(element for element in elements if element)

    def value(self, elements: Elements) -> Elements | str | int | None:
        """Return what OfficialCode holds for ``elements``; raises ValueError from ``convert``."""
        if self.repeats:
            return elements
        return self.convert(elements[0]) if elements else None


def _text(name: str, column: int, width: int, heading: str, *, digits: bool = False) -> Field:
    return Field(name, column, column + width - 1, width, (heading,), digits=digits)


def _date(name: str, column: int, heading: str) -> Field:
    return Field(name, column, column + 7, 8, (heading,), iso_date, "a date YYYYMMDD or blanks")


def _repeated(name: str, column: int, width: int, heading: str, times: int, *, digits: bool = False) -> Field:
    headings = tuple(f"{heading}{number}" for number in range(1, times + 1))
    return Field(name, column, column + width * times - 1, width, headings, digits=digits)


CODE = Field("code", 1, 5, 5, ("HCPC",))
SEQUENCE = Field("sequence", 6, 10, 5, ("SEQNUM",))
RECORD_ID = Field("record_id", 11, 11, 1, ("RECID",))
LONG_DESCRIPTION = Field("long_descriptor", 12, 91, PIECE_WIDTH, ("LONG DESCRIPTION",))

#: What only the first line of a code carries.
DETAILS: tuple[Field, ...] = (
    _text("short_descriptor", 92, 28, "SHORT DESCRIPTION"),
    _repeated("pricing", 120, 2, "PRICE", 4, digits=True),
    _text("multiple_pricing", 128, 1, "MULT_PI"),
    _repeated("coverage_manual", 129, 6, "CIM", 3),
    _repeated("carriers_manual", 147, 8, "MCM", 3),
    _text("statute", 171, 10, "STATUTE"),
    _repeated("lab_certifications", 181, 3, "LABCERT", 8, digits=True),
    _repeated("cross_references", 205, 5, "XREF", 5),
    _text("coverage", 230, 1, "COV"),
    _text("asc_group", 231, 2, "ASC_GRP"),
    _date("asc_effective", 233, "ASC_DT"),
    # The record layout says MOG where the workbook says OPPS; all real files leave these three blank.
    _text("outpatient_group", 241, 3, "OPPS"),
    _text("outpatient_policy", 244, 1, "OPPS_PI"),
    _date("outpatient_effective", 245, "OPPS_DT"),
    _text("processing_note", 253, 4, "PROCNOTE", digits=True),
    _text("betos", 257, 3, "BETOS"),
    _repeated("types_of_service", 261, 1, "TOS", 5),
    Field("anesthesia_units", 266, 268, 3, ("ANEST_BU",), whole_units, "a count of up to three digits"),
    _date("added", 269, "ADD DT"),
    _date("effective", 277, "ACT EFF DT"),
    _date("terminated", 285, "TERM DT"),
    _text("action", 293, 1, "ACTION CD"),
)

#: Every field, in the order of the record.
FIELDS: tuple[Field, ...] = (CODE, SEQUENCE, RECORD_ID, LONG_DESCRIPTION, *DETAILS)

#: Headings that a full workbook has, in the order of the record.
HEADINGS: tuple[str, ...] = tuple(heading for field in FIELDS for heading in field.headings)


@dataclass(frozen=True, slots=True)
class Record:
    """One line of the fixed-width file or one row of the workbook, not yet checked against others.

    ``line`` counts from 1. ``code`` is five columns as published: a modifier stands at the right, after
    three blanks. ``sequence`` is 100 for the first line of a code, 200 for the next. ``piece`` is this
    line's part of the long description. ``details`` maps names of DETAILS to their elements, and is
    empty for a continuation.
    """

    line: int
    code: str
    sequence: int
    record_id: str
    piece: str
    details: Mapping[str, Elements]

    @property
    def is_first(self) -> bool:
        """Whether a new code begins here."""
        return self.record_id in FIRST_LINES


def parse_record(line: int, text: str) -> Record:
    """Cut one line of at least 91 columns, whose columns 6 to 10 are digits, into a Record."""
    record_id = text[RECORD_ID.first - 1]
    details = {field.name: field.cut(text) for field in DETAILS} if record_id in FIRST_LINES else {}
    # The blanks at the end of a piece are kept: they are what parts its last word from the next piece.
    piece = text[LONG_DESCRIPTION.first - 1 : LONG_DESCRIPTION.last].ljust(PIECE_WIDTH)
    return Record(line, text[:5], int(text[5:10]), record_id, piece, details)


def detail_values(details: Mapping[str, Elements]) -> dict[str, Any]:
    """Return the keyword arguments of OfficialCode for ``details``.

    Raises ValueError(field, element, reason) for the first element that its field cannot hold.
    """
    values: dict[str, Any] = {}
    for field in DETAILS:
        elements = details[field.name]
        try:
            values[field.name] = field.value(elements)
        except ValueError as error:
            raise ValueError(field, elements[0], str(error)) from error
    return values
