"""CMS's own Tables of Drugs of 2018 and 2019, read from the folder that HCPCS_DATA names; skipped without it.

Brands and their codes below were read off the text of the PDFs by hand.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from pypdf import PdfReader

from corpus.codes import HCPCS
from indexer.importers.drugs import DrugTable, names_by_code, read_drug_table, unresolved

#: Rows, references, references without a code, codes.
COUNTS = {"2018": (1454, 717, 56, 751), "2019": (1480, 711, 82, 780)}
#: Brand, codes of 2018, codes of 2019.
BRANDS = [
    ("Abbokinase", "J3364 J3365", "J3364 J3365"),
    ("Adrenalin Chloride", "J0171", "J0171"),
    ("Botox", "J0585", "J0585"),
    ("Neupogen", "J1442 Q5101", "J1442 Q5101"),
    ("Herceptin", "J9355", "J9355"),
    ("Arcalyst", "J2793", "J2793"),
    ("Bicillin C-R 900/300", "J0558", "J0558"),
    ("Calphosan", "J0620", "J0620"),
    ("Cenacort A-40", "J3300 J3301", "J3300 J3301"),
    ("Daunoxome", "J9151", "J9151"),
    ("Delestrogen", "J1380", ""),
    ("Hep-Lock U/P", "J1642", "J1642"),
    ("Hizentra", "J1559", "J1559"),
    ("Nulojix", "J0485", "J0485"),
    ("Prograf", "J7503 J7507 J7508 J7525", "J7503 J7507 J7508 J7525"),
    ("Remicade", "J1745 Q5102", ""),
    ("Solu-Cortef", "J1710", "J1710"),
    ("Taxotere", "J9170", "J9170"),
    ("Thymoglobulin", "J7504 J7511", "J7504 J7511"),
    ("VePesid", "J8560 J9181", "J8560 J9181"),
    ("Doxil", "", ""),
    ("Deladumone", "", ""),
]


def _path(year: str, folder: Path) -> Path:
    return folder / f"{year}-Table-of-Drugs.pdf"


@cache
def _table(path: Path) -> DrugTable:
    return read_drug_table(path)


@pytest.fixture(params=["2018", "2019"])
def year(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def table(year: str, hcpcs_data: Path) -> DrugTable:
    return _table(_path(year, hcpcs_data))


def test_counts(table: DrugTable, year: str) -> None:
    references = [entry for entry in table.entries if entry.see]
    found = (len(table.entries), len(references), len(unresolved(table)), len(names_by_code(table)))
    assert table.label == year
    assert found == COUNTS[year]


@pytest.mark.parametrize(("brand", "codes_2018", "codes_2019"), BRANDS)
def test_brands(table: DrugTable, year: str, brand: str, codes_2018: str, codes_2019: str) -> None:
    found = [code for code, names in names_by_code(table).items() if brand in names]
    assert sorted(found) == (codes_2018 if year == "2018" else codes_2019).split()


def test_every_code_in_the_text_is_in_a_row_and_has_a_name(table: DrugTable, year: str, hcpcs_data: Path) -> None:
    """The plain text of pypdf, another way than the importer's, shows what the importer must not lose."""
    pages = PdfReader(_path(year, hcpcs_data)).pages
    printed = set(re.findall(r"\b[A-Z]\d{4}\b", " ".join(page.extract_text() for page in pages)))
    names = names_by_code(table)
    assert len(printed) > 700
    assert not printed - names.keys()
    assert all(HCPCS.accepts(code) for code in names)


def test_a_reference_without_a_code_names_a_drug_without_a_row(table: DrugTable) -> None:
    """The share of references with a code, 0.922 and 0.885, falls short by the rows that CMS dropped."""
    rows = {re.sub(r"[^a-z0-9]", "", entry.name.lower()) for entry in table.entries if entry.codes}
    for entry in unresolved(table):
        for target in entry.see:
            wanted = re.sub(r"[^a-z0-9]|(?i:, IVection)", "", target.lower())
            assert wanted not in rows, entry


def test_names_are_whole(table: DrugTable) -> None:
    for entry in table.entries:
        assert not re.search(r"\b(?:see|per|up to)$|[@,-]$|^(?:and|HCl|\d+$)|\b[A-Z]\d{4}\b", entry.name), entry
        assert not any(re.search(r"\bsee\b|\s{2}|-$", target) for target in entry.see), entry
