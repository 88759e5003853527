"""The Table of Drugs: rows, references and their untidy forms, and every refusal. All drugs and brands are invented."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.drugs import DrugStore, drug_names
from indexer.errors import DataError, ImportRefused
from indexer.importers.drugs import names_by_code, read_drug_table, unresolved
from tests.indexer.pdf_files import pdf
from tests.indexer.records import code

ROWS = [
    "2019 Table of Drugs",
    "A",
    ["Abimol", "10 mg", "IV", "J0001"],
    "Abrand, see Abimol",
    "Actabrand, see Abrand",
    ["Acimol sodium", "per 5 mg", "IM, IV", "J0002, J0004-J0006"],
    "Adbrand, see Acimol",
    "B",
    "Bimol with many words",
    ["and more of them", "up to 2 mg", "SC", "J0010"],
    ["Bonimol", "<=3 mg", "ORAL", "J0011"],
    ["", ">3 mg", "ORAL", "J0012"],
    "Bosbrand, see Bonnimol",
    "Botbrand, see Nowhere",
    "Boxbrand, see Abimol or Bonimol",
]


def _read(tmp_path, pages, name="2019-Table-of-Drugs.pdf", label=None):
    path = tmp_path / name
    path.write_bytes(pages if isinstance(pages, bytes) else pdf(pages))
    return read_drug_table(path, label)


@pytest.fixture
def table(tmp_path):
    return _read(tmp_path, [ROWS])


def test_rows_keep_amount_routes_and_codes(table):
    rows = {entry.name: entry for entry in table.entries if entry.codes}
    assert (rows["Abimol"].unit, rows["Abimol"].routes) == ("10 mg", ("IV",))
    assert rows["Acimol sodium"].codes == ("J0002", "J0004", "J0005", "J0006")
    assert rows["Acimol sodium"].routes == ("IM", "IV")
    assert "Bimol with many words and more of them" in rows
    assert [entry.unit for entry in table.entries if entry.name == "Bonimol"] == ["<=3 mg", ">3 mg"]
    assert table.label == "2019"


def test_references_lead_to_codes_through_chains_salts_and_slips(table):
    names = names_by_code(table)
    assert names["J0001"] == ("Abimol", "Abrand", "Actabrand", "Boxbrand")
    assert "Adbrand" in names["J0005"]
    assert {"Bosbrand", "Boxbrand"} <= set(names["J0011"]) & set(names["J0012"])
    assert [entry.name for entry in unresolved(table)] == ["Botbrand"]


def test_a_reference_without_a_row_finds_the_official_descriptor(table):
    official = [code("J0100", "Injection, nowhere, 1 mg"), code("L0100", "Nowhere brace")]
    assert drug_names([table], official)["J0100"] == ["Botbrand"]


def test_names_run_over_the_end_of_a_line(tmp_path):
    rows = [*ROWS, "C", "Cabrand, see Abimol Cebrand,", "see Bonimol", "Cibrand, see", "Abimol"]
    names = names_by_code(_read(tmp_path, [rows]))
    assert {"Cabrand", "Cibrand"} <= set(names["J0001"])
    assert "Cebrand" in names["J0011"]


@pytest.mark.parametrize(
    ("pages", "message"),
    [
        (b"", "expected a PDF file"),
        (b"PK\x03\x04", "expected a PDF file"),
        (b"%PDF-1.4\nnothing", "expected a sound PDF"),
        ([["A", "Only text"]], "expected CMS's Table of Drugs"),
        ([[*ROWS, "1"], ["C", ["Cimol", "1 mg", "IV", "J0020"], "3"]], "expected page 2 after page 1"),
        ([[*ROWS, "A"]], "expected a heading from B on"),
        ([[*ROWS, ["Wrong", "1 mg", "IV", "Z0001"]]], "expected codes of HCPCS"),
        ([[*ROWS, ["Wrong", "1 mg", "IV", "J0009-J0001"]]], "expected codes of HCPCS"),
        ([["A", ["", "1 mg", "IV", "J0001"], *ROWS]], "expected a drug before its code"),
        ([[*ROWS, "C", "Cabrand, see Cebrand", "Cebrand, see Cabrand"]], "expected references that lead to a code"),
    ],
)
def test_what_is_no_table_is_refused_with_its_place(tmp_path, pages, message):
    with pytest.raises(ImportRefused, match=message):
        _read(tmp_path, pages)


def test_the_year_comes_from_the_name_the_page_or_the_option(tmp_path):
    assert _read(tmp_path, [ROWS], "table.pdf").label == "2019"
    assert _read(tmp_path, [ROWS], "table.pdf", "2021").label == "2021"
    with pytest.raises(ImportRefused, match="--release YEAR"):
        _read(tmp_path, [ROWS[1:]], "table.pdf")
    with pytest.raises(ImportRefused, match="a readable file"):
        read_drug_table(tmp_path / "absent.pdf")


_WHOLE = pdf([ROWS])


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, len(_WHOLE) - 1), st.integers(0, 255)), max_size=20), st.integers(1, 4000))
def test_damage_gives_a_table_or_a_refusal(tmp_path_factory, edits, length):
    data = bytearray(_WHOLE)
    for at, byte in edits:
        data[at] = byte
    try:
        _read(tmp_path_factory.mktemp("damaged"), bytes(data[:length]) if length < 2000 else bytes(data))
    except ImportRefused as error:
        assert "expected" in str(error)


def test_tables_are_stored_and_damage_is_named(tmp_path, table):
    store = DrugStore(tmp_path)
    assert store.save(table)
    assert not store.save(table)
    assert store.load_all() == [table]
    other = _read(tmp_path, [[*ROWS, "C", ["Cimol", "1 mg", "IV", "J0020"]]])
    with pytest.raises(ImportRefused, match="--replace"):
        store.save(other)
    path = tmp_path / "imports/drugs/2019.json"
    path.write_bytes(path.read_bytes().replace(b"Abimol", b"Abimal"))
    with pytest.raises(DataError, match=r"2019\.json: expected an imported Table of Drugs"):
        store.load_all()


@pytest.mark.parametrize(("year", "rows", "codes"), [("2018", 1400, 740), ("2019", 1400, 760)])
def test_the_real_tables(hcpcs_data, year, rows, codes):
    table = read_drug_table(hcpcs_data / f"{year}-Table-of-Drugs.pdf")
    names = names_by_code(table)
    assert table.label == year
    assert len(table.entries) > rows
    assert len(names) > codes
    references = [entry for entry in table.entries if entry.see]
    assert len(unresolved(table)) / len(references) < 0.08
    assert "Abatacept" in names["J0129"]
    assert {"Botox"} <= set(names["J0585"])
    assert "Neupogen" in names["J1442"]
