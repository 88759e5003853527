"""CMS's own files of 2019 and 2020, read from the folder that HCPCS_DATA names; skipped without it.

Their text is not repeated here: descriptors are compared by their digests.
"""

from __future__ import annotations

import hashlib
import io
import os
import warnings
from collections import Counter
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from indexer.errors import ImportRefused
from indexer.importers import hcpcs_meanings as meanings
from indexer.importers.archive import read_members
from indexer.importers.hcpcs import read_release
from indexer.official import OfficialCode, Release

ZIPS = {"2019": "2019-alpha-numeric-hcpcs-file.zip", "2020": "2020-alpha-numeric-hcpcs-file.zip"}
TEXT_2019, WORKBOOK_2019 = "HCPC2019_CONTR_ANWEB.txt", "HCPC2019_CONTR_ANWEB.xlsx"


def data_folder() -> Path:
    folder = os.environ.get("HCPCS_DATA")
    if not folder:
        pytest.skip("HCPCS_DATA is not set to the folder with CMS's HCPCS zips of 2019 and 2020")
    return Path(folder)


@cache
def release(year: str) -> Release:
    return read_release(data_folder() / ZIPS[year])


@cache
def members(year: str) -> dict[str, bytes]:
    return dict(read_members((data_folder() / ZIPS[year]).read_bytes(), ZIPS[year]))


def by_code(codes: tuple[OfficialCode, ...]) -> dict[str, OfficialCode]:
    return {each.code: each for each in codes}


def unpacked(folder: Path, year: str, name: str) -> Path:
    path = folder / name
    path.write_bytes(members(year)[name])
    return path


@pytest.mark.parametrize(("year", "procedures", "modifiers"), [("2019", 6440, 360), ("2020", 6710, 369)])
def test_counts(year: str, procedures: int, modifiers: int) -> None:
    found = release(year)
    assert Counter(each.kind for each in found.codes) == {"procedure": procedures, "modifier": modifiers}
    assert found.label == year
    assert found.sha256 == hashlib.sha256((data_folder() / ZIPS[year]).read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("name", "digests", "facts"),
    [
        (
            "H0015",
            ("a8ed3c088e9c8792", "365dd2def6ccf81a"),
            {
                "coverage": "I",
                "pricing": ("00",),
                "multiple_pricing": "9",
                "betos": "Z2",
                "types_of_service": ("9",),
                "anesthesia_units": 0,
                "added": "2001-01-01",
                "effective": "2001-01-01",
            },
        ),
        (
            "E0784",
            ("76b36fc02750f633", "650f431e36cca825"),
            {
                "coverage": "D",
                "pricing": ("36",),
                "multiple_pricing": "A",
                "coverage_manual": ("60-14",),
                "betos": "D1E",
                "types_of_service": ("R",),
                "anesthesia_units": 0,
                "added": "1996-01-01",
                "effective": "2000-07-01",
            },
        ),
        (
            "AD",
            ("5633e12ba9f10f51", "e329f7c701fcc28e"),
            {
                "coverage": "D",
                "carriers_manual": ("3350.5",),
                "added": "1984-01-01",
                "effective": "2001-01-01",
            },
        ),
        (
            "A1",
            ("583f0c114995f599", "583f0c114995f599"),
            {"coverage": "C", "added": "2002-07-01", "effective": "2002-07-01"},
        ),
    ],
)
def test_a_code_of_2020_field_by_field(name: str, digests: tuple[str, str], facts: dict[str, Any]) -> None:
    found = by_code(release("2020").codes)[name]
    kind: Any = "modifier" if len(name) == 2 else "procedure"
    expected = OfficialCode(name, kind, "", "", action="N", **facts)
    assert asdict(replace(found, long_descriptor="", short_descriptor="")) == asdict(expected)
    assert (digest(found.long_descriptor), digest(found.short_descriptor)) == digests


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def test_zip_and_text_of_2019_give_equal_codes(tmp_path: Path) -> None:
    text = read_release(unpacked(tmp_path, "2019", TEXT_2019))
    assert (text.label, text.source) == ("2019", TEXT_2019)
    assert text.codes == release("2019").codes


def test_the_workbook_of_2019_gives_equal_codes_but_for_its_own_gaps(tmp_path: Path) -> None:
    """CMS's two forms differ: that is in the files, and the importer does not even it out.

    115 cells of ACT EFF DT are blank where the text has the date of addition; two codes have a fourth
    type of service that the text lacks.
    """
    text = by_code(release("2019").codes)
    book = by_code(read_release(unpacked(tmp_path, "2019", WORKBOOK_2019)).codes)
    assert list(book) == list(text)
    different = {name for name in text if book[name] != text[name]}
    undated = {name for name in different if book[name].effective is None}
    assert len(undated) == 115
    assert all(text[name].effective == text[name].added for name in undated)
    assert all(replace(book[name], effective=text[name].effective) == text[name] for name in undated)
    assert different - undated == {"E0210", "E0776"}
    for name in different - undated:
        types = text[name].types_of_service
        assert book[name] == replace(text[name], types_of_service=(*types, "R"))


def test_long_descriptions_joined_from_the_text_equal_the_cells_of_the_workbook() -> None:
    cells: dict[str, str] = {}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Cannot parse header or footer")
        workbook = openpyxl.load_workbook(io.BytesIO(members("2019")[WORKBOOK_2019]), read_only=True)
        for row in workbook.worksheets[0].iter_rows(min_row=9, max_col=4, values_only=True):
            code = str(row[0]).strip()
            cells[code] = f"{cells.get(code, '')} {row[3]}"
    joined = {each.code: each.long_descriptor for each in release("2019").codes}
    assert joined == {code: " ".join(text.split()) for code, text in cells.items()}


@pytest.mark.parametrize("year", ["2019", "2020"])
def test_only_the_code_file_of_a_zip_is_importable(tmp_path: Path, year: str) -> None:
    accepted, remedies = set(), set()
    for name in members(year):
        try:
            accepted.add(read_release(unpacked(tmp_path, year, name)).source)
        except ImportRefused as error:
            remedies.add(error.remedy.split()[0])
    assert remedies == {"Import"}
    text_2020 = "HCPC2020_ANWEB_w_disclaimer.txt"
    assert accepted == ({TEXT_2019, WORKBOOK_2019} if year == "2019" else {text_2020})


@pytest.mark.parametrize("year", ["2019", "2020"])
def test_every_value_has_a_meaning(year: str) -> None:
    codes = release(year).codes
    single = {
        "coverage": meanings.COVERAGE,
        "action": meanings.ACTIONS,
        "multiple_pricing": meanings.MULTIPLE_PRICING,
        "betos": meanings.BETOS,
        "outpatient_policy": meanings.OUTPATIENT_POLICY,
    }
    for name, table in single.items():
        assert {getattr(each, name) for each in codes} - {None} <= table.keys()
    several = {
        "pricing": meanings.PRICING,
        "types_of_service": meanings.TYPES_OF_SERVICE,
        "lab_certifications": meanings.LAB_CERTIFICATIONS,
    }
    for name, table in several.items():
        assert {value for each in codes for value in getattr(each, name)} <= table.keys()


@pytest.mark.parametrize("year", ["2019", "2020"])
def test_every_code_has_a_family(year: str) -> None:
    for each in release(year).codes:
        family = meanings.family_of(each.code)
        assert family == (meanings.MODIFIERS if each.kind == "modifier" else meanings.FAMILIES[each.code[0]])


def test_the_wrong_year_is_refused() -> None:
    with pytest.raises(ImportRefused, match="another year"):
        read_release(data_folder() / ZIPS["2020"], "2018")


def test_meanings_of_unknown_values_are_none() -> None:
    assert meanings.meaning(meanings.COVERAGE, "C") == meanings.COVERAGE["C"]
    assert meanings.meaning(meanings.COVERAGE, "?") is None
    assert meanings.meaning(meanings.COVERAGE, None) is None
    assert meanings.family_of("N0001") == meanings.family_of("99999") == meanings.OTHER_CODES
