"""The workbook form of the HCPCS file: one row per code, headings in the row above the first."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any

import openpyxl

from indexer.errors import ImportRefused
from indexer.importers.archive import check_workbook
from indexer.importers.hcpcs_layout import (
    CODE,
    DETAILS,
    FIELDS,
    FIRST_LINES,
    HEADINGS,
    LONG_DESCRIPTION,
    PIECE_WIDTH,
    RECORD_ID,
    SEQUENCE,
    Elements,
    Field,
    Record,
)
from indexer.importers.hcpcs_text import AGAIN

#: The 2019 workbook has its headings in row 8, the change lists in rows 1 to 11.
MAX_PREAMBLE_ROWS = 60
#: Excel's own limit; a row of blanks costs next to nothing.
_MAX_ROWS = 1_048_576
#: Room for columns that a later year may add; 48 are used.
_MAX_COLUMNS = 96
_CHANGE_HEADINGS = ({"HCPCS/MOD", "HCPC/MOD"}, {"TYPE OF CHANGE", "ACTION CD"})
_FULL_FILE = (
    "Import the fixed-width HCPC<year>_..._ANWEB .txt of the same zip, or the zip itself; "
    "a workbook must be the full one with the columns HCPC, SEQNUM, RECID and on."
)
_ROW_REMEDY = "Import the workbook as CMS published it, or the .txt of the same zip."

_DESCRIPTIONS = frozenset({"long_descriptor", "short_descriptor"})
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

Row = tuple[Any, ...]


class NotTheFullList(ImportRefused):
    """A sound workbook in which no sheet has the headings of the full list."""


class Workbook:
    """The sheet of a workbook that holds the full list.

    ``preamble`` is the text above the headings. Making one from another workbook raises NotTheFullList,
    which tells the list of a year's changes apart, and from a damaged or unsafe file ImportRefused.
    """

    def __init__(self, data: bytes, where: str) -> None:
        check_workbook(data, where)
        self._where = where
        self._rows = _full_sheet(data, where)
        above, self._columns = self._find_headings()
        self.preamble = "\n".join(str(cell) for row in self._rows[:above] for cell in row if cell is not None)
        self._first = above + 1

    def records(self) -> Iterator[Record]:
        """Yield a record per row, ``line`` being the row's number; ImportRefused for a row that is none."""
        blank = 0
        for number, row in enumerate(islice(self._rows, self._first, None), self._first + 1):
            # Counting first: a stray cell far below makes a million blank rows.
            if row.count(None) == len(row) or not any(map(_text, row)):
                blank = blank or number
                continue
            if blank:
                got = f"{_text(row[0])[:20]!r} after a blank row"
                raise ImportRefused(self._where, number, f"nothing below row {blank}", got, _ROW_REMEDY)
            yield self._record(number, row)

    def _find_headings(self) -> tuple[int, dict[str, int]]:
        for above, row in enumerate(self._rows[:MAX_PREAMBLE_ROWS]):
            columns = _columns(row)
            if _is_full(columns):
                self._check_headings(columns, above + 1)
                return above, columns
        raise AssertionError("_full_sheet returns only sheets with headings")

    def _check_headings(self, columns: dict[str, int], number: int) -> None:
        missing = [heading for heading in HEADINGS if heading not in columns]
        if missing:
            got = f"none called {', '.join(missing[:5])}"
            raise ImportRefused(self._where, number, f"{len(HEADINGS)} columns", got, _FULL_FILE)

    def _record(self, number: int, row: Row) -> Record:
        cells = {field.name: self._elements(field, row, number) for field in FIELDS}
        code, sequence, record_id, piece = (
            "".join(cells[field.name]) for field in (CODE, SEQUENCE, RECORD_ID, LONG_DESCRIPTION)
        )
        if not sequence.isascii() or not sequence.isdigit() or record_id not in {"3", "4", "7", "8"}:
            got = f"{sequence!r} and {record_id!r}"
            expected = "a sequence number in digits and record 3, 4, 7 or 8"
            raise ImportRefused(self._where, number, expected, got, _ROW_REMEDY)
        details = {field.name: cells[field.name] for field in DETAILS} if record_id in FIRST_LINES else {}
        # The workbook counts 0010, 0020 where the text counts 00100, 00200. A cell that had no room for
        # the whole description goes on in another row, broken between words.
        return Record(number, code.rjust(5), 10 * int(sequence), record_id, piece + " ", details)

    def _elements(self, field: Field, row: Row, number: int) -> Elements:
        texts = (_text(row[self._columns[heading]], field) for heading in field.headings)
        elements = tuple(text for text in texts if text)
        # A cell may hold several lines. In a description they are joined later; elsewhere they are wrong.
        if field.name not in _DESCRIPTIONS and any(_CONTROL.search(text) for text in elements):
            expected = f"one line of text as {field.headings[0]}"
            raise ImportRefused(self._where, number, expected, ascii(elements), _ROW_REMEDY)
        longest = max(map(len, elements), default=0)
        if longest > field.width and field.width != PIECE_WIDTH:
            got = f"{longest}: {max(elements, key=len)[:20]!r}"
            expected = f"at most {field.width} characters as {field.headings[0]}"
            raise ImportRefused(self._where, number, expected, got, _ROW_REMEDY)
        return elements


def _text(cell: Any, field: Field | None = None) -> str:
    """Return a cell as the text file has it: dates as YYYYMMDD, numbers without a decimal point."""
    if cell is None:
        return ""
    if isinstance(cell, date):
        return cell.strftime("%Y%m%d")
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = str(cell).strip()
    if field is not None and field.digits and isinstance(cell, int):
        return text.zfill(field.width)
    return text


def _full_sheet(data: bytes, where: str) -> list[Row]:
    """Return all rows of the first sheet with the full headings."""
    try:
        found, seen = _read_sheets(data)
    except Exception as error:  # openpyxl documents no errors: on damaged XML it raises a dozen kinds
        reason = " ".join(str(error).split())[:80]
        got = f"one that cannot be read ({type(error).__name__}: {reason})"
        raise ImportRefused(where, 0, "an Excel workbook (.xlsx)", got, AGAIN) from error
    if found is not None:
        return found
    changes = any(_is_changes(_columns(row)) for row in seen)
    got = "the list of a year's changes (TRANS_ALPHA)" if changes else "no sheet with these columns"
    raise NotTheFullList(where, 0, "the full HCPCS workbook", got, _FULL_FILE)


def _read_sheets(data: bytes) -> tuple[list[Row] | None, list[Row]]:
    """Return the rows of the full sheet, or None and the top rows of all sheets."""
    seen: list[Row] = []
    with warnings.catch_warnings():
        # CMS's footers use a code that openpyxl does not know; footers say nothing about codes.
        warnings.filterwarnings("ignore", "Cannot parse header or footer", UserWarning)
        workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        try:
            for sheet in workbook.worksheets:
                top = list(_rows(sheet, MAX_PREAMBLE_ROWS))
                if any(_is_full(_columns(row)) for row in top):
                    return list(_rows(sheet, _MAX_ROWS)), []
                seen += top
        finally:
            workbook.close()
    return None, seen


def _rows(sheet: Any, last: int) -> Iterator[Row]:
    rows: Iterator[Row] = sheet.iter_rows(min_row=1, max_row=last, max_col=_MAX_COLUMNS, values_only=True)
    # The reader pads a sheet with blank rows up to max_row when it goes past it; a bound keeps that out.
    return islice(rows, last)


def _columns(row: Row) -> dict[str, int]:
    """Return the place of each heading in ``row``, spelled in capitals with single blanks."""
    names = (" ".join(_text(cell).split()).upper() for cell in row)
    return {name: place for place, name in enumerate(names) if name}


def _is_full(columns: dict[str, int]) -> bool:
    return {"HCPC", "SEQNUM", "RECID"} <= columns.keys()


def _is_changes(columns: dict[str, int]) -> bool:
    return all(not names.isdisjoint(columns) for names in _CHANGE_HEADINGS)
