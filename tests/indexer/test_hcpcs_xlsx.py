"""The workbook form: the same codes as from the text, under the same rules; other workbooks are refused."""

from __future__ import annotations

import datetime
import tempfile
import warnings
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.errors import ImportRefused
from indexer.importers.archive import read_members
from indexer.importers.hcpcs import read_release
from indexer.official import Release
from tests.indexer.hcpcs_files import (
    code,
    headings,
    sample_codes,
    text_file,
    workbook,
    workbook_of,
    workbook_row,
    zip_file,
)

NAME = "HCPC2020_ANWEB.xlsx"
ROWS = [workbook_row(each) for each in sample_codes()]
HEADINGS_ROW = 2
CHANGES = [["A note"], ["HCPC/MOD", "ACTION CD", "SHORT DESCRIPTION", "LONG DESCRIPTION"], ["A9990", "ADD"]]


def read(folder: Path, data: bytes, name: str = NAME) -> Release:
    path = folder / name
    path.write_bytes(data)
    return read_release(path)


def refused(folder: Path, data: bytes, name: str = NAME) -> ImportRefused:
    with pytest.raises(ImportRefused) as caught:
        read(folder, data, name)
    return caught.value


def book(rows: list[list[Any]], heads: list[str] | None = None) -> bytes:
    return workbook_of([["A note"], heads or headings(), *rows])


def changed(row: int, heading: str, cell: Any) -> list[list[Any]]:
    """Return ROWS with another cell under ``heading``."""
    rows: list[list[Any]] = [list(each) for each in ROWS]
    rows[row][headings().index(heading)] = cell
    return rows


def test_every_field_comes_back(tmp_path: Path) -> None:
    release = read(tmp_path, workbook(sample_codes()))
    assert list(release.codes) == sample_codes()
    assert (release.label, release.source) == ("2020", NAME)


def test_text_and_workbook_give_the_same_codes(tmp_path: Path) -> None:
    text = read(tmp_path, text_file(sample_codes()), "HCPC2020.txt")
    assert read(tmp_path, workbook(sample_codes())).codes == text.codes


def test_a_workbook_is_known_by_its_content(tmp_path: Path) -> None:
    assert len(read(tmp_path, workbook(sample_codes()), "HCPC2020.zip").codes) == 6


def test_columns_may_stand_in_another_order_and_others_beside_them(tmp_path: Path) -> None:
    rows = [[*row[::-1], "more"] for row in ROWS]
    heads = [*headings()[::-1], "NEW COLUMN"]
    assert list(read(tmp_path, book(rows, heads)).codes) == sample_codes()


def test_headings_are_compared_without_case_and_extra_blanks(tmp_path: Path) -> None:
    heads = [f" {heading.lower().replace(' ', '  ')} " for heading in headings()]
    assert list(read(tmp_path, book(ROWS, heads)).codes) == sample_codes()


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("HCPC", "A9990"),
        ("PRICE1", 32),
        ("ADD DT", 20190101),
        ("ADD DT", 20190101.0),
        ("ADD DT", datetime.datetime(2019, 1, 1)),
        ("SEQNUM", 10),
        ("RECID", 3),
    ],
)
def test_cells_that_a_spreadsheet_took_for_numbers_or_dates_are_read(tmp_path: Path, heading: str, cell: Any) -> None:
    assert list(read(tmp_path, book(changed(2, heading, cell))).codes) == sample_codes()


def test_leading_zeros_that_a_spreadsheet_dropped_come_back(tmp_path: Path) -> None:
    rows = changed(3, "PRICE1", 0)
    rows[3][headings().index("LABCERT1")] = 10
    rows[3][headings().index("PROCNOTE")] = 88
    rows[3][headings().index("MCM1")] = 2049
    assert list(read(tmp_path, book(rows)).codes) == sample_codes()


def test_a_modifier_without_its_blanks_is_read(tmp_path: Path) -> None:
    assert list(read(tmp_path, book(changed(0, "HCPC", "Z1"))).codes) == sample_codes()


def test_a_description_goes_on_in_another_row(tmp_path: Path) -> None:
    more = ["A9990", "0020", "4", "and the rest"]
    release = read(tmp_path, book([*ROWS[:3], more, *ROWS[3:]]))
    assert release.codes[2].long_descriptor == "Invented strap, each and the rest"


def test_a_description_of_several_lines_becomes_one(tmp_path: Path) -> None:
    rows = changed(2, "LONG DESCRIPTION", "Invented\n strap,\teach")
    assert list(read(tmp_path, book(rows)).codes) == sample_codes()


def test_blank_rows_below_the_list_are_ignored(tmp_path: Path) -> None:
    assert len(read(tmp_path, book([*ROWS, [], [" ", None], []])).codes) == 6


def test_the_label_comes_from_the_preamble(tmp_path: Path) -> None:
    data = workbook(sample_codes(), ["The 2021 HCPCS list"])
    assert read(tmp_path, data, "list.xlsx").label == "2021"


def test_footers_that_openpyxl_does_not_know_give_no_warning(tmp_path: Path) -> None:
    members = dict(read_members(workbook(sample_codes()), "a"))
    sheet = "xl/worksheets/sheet1.xml"
    footer = b"<headerFooter><oddFooter>&amp;K00-0</oddFooter></headerFooter></worksheet>"
    members[sheet] = members[sheet].replace(b"</worksheet>", footer)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(read(tmp_path, zip_file(members)).codes) == 6


# --- zips


def test_a_zip_without_the_text_is_read_from_its_full_workbook(tmp_path: Path) -> None:
    members = {
        "changes.xlsx": workbook_of(CHANGES),
        "HCPC2020_ANWEB.xlsx": workbook(sample_codes()),
        "README.txt": b"Read me",
    }
    release = read(tmp_path, zip_file(members), "a.zip")
    assert list(release.codes) == sample_codes()
    assert release.source == "a.zip!HCPC2020_ANWEB.xlsx"


def test_the_text_goes_before_the_workbook(tmp_path: Path) -> None:
    members = {
        "HCPC2020_ANWEB.xlsx": workbook([code("Z1"), code("V9990")]),
        "HCPC2020_ANWEB.txt": text_file(sample_codes()),
    }
    assert len(read(tmp_path, zip_file(members), "a.zip").codes) == 6


def test_two_different_workbooks_are_refused(tmp_path: Path) -> None:
    members = {"a.xlsx": workbook(sample_codes()), "b.xlsx": workbook(sample_codes()[1:])}
    assert refused(tmp_path, zip_file(members), "a.zip").got == "2 that differ: a.xlsx, b.xlsx"


def test_a_zip_with_only_the_changes_is_refused(tmp_path: Path) -> None:
    error = refused(tmp_path, zip_file({"changes.xlsx": workbook_of(CHANGES)}), "a.zip")
    assert error.got == "changes.xlsx"
    assert "change lists" in error.remedy


def test_a_damaged_workbook_in_a_zip_is_refused_by_name(tmp_path: Path) -> None:
    error = refused(tmp_path, zip_file({"a.xlsx": workbook(sample_codes())[:-30]}), "a.zip")
    assert error.path == f"{tmp_path / 'a.zip'}!a.xlsx"


# --- refusals


def test_the_workbook_of_changes_is_told_apart(tmp_path: Path) -> None:
    error = refused(tmp_path, workbook_of(CHANGES))
    assert "TRANS_ALPHA" in error.got
    assert "ANWEB .txt" in error.remedy


@pytest.mark.parametrize("rows", [[], [["A9990", "Strap"]], [["HCPC", "SEQNUM"]]])
def test_another_workbook_is_refused(tmp_path: Path, rows: list[list[str]]) -> None:
    assert refused(tmp_path, workbook_of(rows)).got == "no sheet with these columns"


def test_missing_columns_are_named(tmp_path: Path) -> None:
    error = refused(tmp_path, book([row[:-2] for row in ROWS], headings()[:-2]))
    assert (error.line, error.got) == (HEADINGS_ROW, "none called TERM DT, ACTION CD")


@pytest.mark.parametrize(
    ("row", "heading", "cell", "expected"),
    [
        (2, "SEQNUM", "0020", "sequence number 100"),
        (2, "SEQNUM", "ten", "a sequence number in digits"),
        (2, "SEQNUM", "\u00b2", "a sequence number in digits"),
        (2, "RECID", "5", "a sequence number in digits"),
        (2, "RECID", "7", "record 3 for A9990"),
        (2, "HCPC", "99990", "HCPCS codes"),
        (2, "HCPC", "A99900", "at most 5 characters as HCPC"),
        (2, "HCPC", None, "a code of a letter A to V"),
        (2, "HCPC", "Z1", "record 7 for Z1"),
        (2, "LONG DESCRIPTION", None, "a long description"),
        (2, "PRICE1", "032", "at most 2 characters as PRICE1"),
        (2, "ADD DT", "2019", "a date YYYYMMDD"),
        (2, "ADD DT", 43466, "a date YYYYMMDD"),
        (2, "ADD DT", 2.5, "a date YYYYMMDD"),
        (2, "ANEST_BU", "-1", "a count of up to three digits"),
        (2, "SHORT DESCRIPTION", "x" * 29, "at most 28 characters"),
        (2, "STATUTE", "1833\n(t)", "one line of text as STATUTE"),
        (5, "HCPC", "U9990", "codes up to family V"),
    ],
)
def test_a_damaged_row_is_refused(tmp_path: Path, row: int, heading: str, cell: Any, expected: str) -> None:
    error = refused(tmp_path, book(changed(row, heading, cell)))
    assert error.line == HEADINGS_ROW + 1 + row
    assert error.expected.startswith(expected)


def test_a_blank_row_within_the_list_is_refused(tmp_path: Path) -> None:
    error = refused(tmp_path, book([*ROWS[:2], [], *ROWS[2:]]))
    assert (error.line, error.expected) == (HEADINGS_ROW + 4, f"nothing below row {HEADINGS_ROW + 3}")


def test_a_workbook_with_a_document_type_is_refused(tmp_path: Path) -> None:
    members = dict(read_members(workbook(sample_codes()), "a"))
    members["xl/workbook.xml"] = b"<!DOCTYPE x>" + members["xl/workbook.xml"]
    assert refused(tmp_path, zip_file(members)).got == "a DOCTYPE declaration"


@pytest.mark.parametrize("name", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"])
@pytest.mark.parametrize("content", [b"", b"<x/>", b"<worksheet><sheetData><row><c t='s'><v>9</v>"])
def test_a_workbook_with_damaged_xml_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    members = dict(read_members(workbook(sample_codes()), "a"))
    assert refused(tmp_path, zip_file(members | {name: content})).exit_code == 4


def test_a_zip_that_only_looks_like_a_workbook_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in refused(tmp_path, zip_file({"[Content_Types].xml": b"<x/>"})).got


def test_a_formula_counts_as_its_value(tmp_path: Path) -> None:
    # openpyxl writes no values of formulas, so the cell is blank: it must not come in as "=1+1".
    error = refused(tmp_path, book(changed(2, "LONG DESCRIPTION", "=1+1")))
    assert error.expected == "a long description"


def test_a_sheet_beside_others_is_found(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(workbook(sample_codes()))
    several = openpyxl.load_workbook(path)
    several.create_sheet("Key", 0).append(["Action Codes"])
    several.save(path)
    assert len(read_release(path).codes) == 6


SMALL = workbook([code("Z1"), code("V9990")])
MEMBERS = dict(read_members(SMALL, "small"))


@settings(deadline=None)
@given(st.data())
def test_random_damage_gives_a_release_or_a_refusal(draw: st.DataObject) -> None:
    # The zip is made anew around damaged XML; damage to the zip itself is stopped by its checksums.
    name = draw.draw(st.sampled_from(sorted(MEMBERS)))
    content = MEMBERS[name]
    for _ in range(draw.draw(st.integers(1, 3))):
        start = draw.draw(st.integers(0, len(content)))
        end = start + draw.draw(st.sampled_from([0, 1, 3, 20]))
        content = content[:start] + draw.draw(st.binary(max_size=4)) + content[end:]
    with tempfile.TemporaryDirectory() as folder:
        try:
            release = read(Path(folder), zip_file(MEMBERS | {name: content}))
        except ImportRefused:
            return
    assert [each.kind for each in release.codes] == ["modifier", "procedure"]
