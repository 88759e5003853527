"""The Table of Drugs: rows, references and their untidy forms, and every refusal. All drugs and brands are invented."""

from __future__ import annotations

import io
import re
import zlib
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter

from indexer.drugs import DrugStore, drug_names
from indexer.errors import DataError, ImportRefused
from indexer.importers import drugs_pdf
from indexer.importers.drugs import names_by_code, read_drug_table, unresolved
from indexer.importers.drugs_table import read_entries
from tests.fuzz.run import limited
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


_TEXT = [row if isinstance(row, str) else "   ".join(row) for row in ROWS]


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


TORN = [
    "C",
    "Cabrand, see Abimol Cebrand, see Bonimol Cibrand,",
    "see Acimol Cobrand, see",
    "Abimol",
    "Cubrand, see Abimol Cy-",
    "Brand 2, see Bonimol",
    "Cyabrand Forte, see Abimol Cyabrand",
    "A-40, see Bonimol",
    ["Cymol", "1 mg", "IV", "J0021 5"],
    ["mg", "", "IM", "J0022"],
    "Cyobrand, see Abimol Cypmol per dose J0023",
    ["Cyrbrand, see Abimol", "", "ORAL", "J0024"],
    "Cysmol",
]


def test_what_the_reflow_tore_apart_is_put_together(tmp_path):
    table = _read(tmp_path, [[*ROWS, *TORN]])
    rows = {code: (entry.name, entry.unit) for entry in table.entries for code in entry.codes}
    assert [rows[code] for code in ("J0021", "J0022")] == [("Cymol", "1 mg"), ("Cymol", "5 mg")]
    assert [rows[code] for code in ("J0023", "J0024")] == [("Cypmol", "per dose"), ("Cysmol", None)]
    see = {entry.name: entry.see for entry in table.entries if entry.see}
    assert {name: see[name] for name in ("Cabrand", "Cebrand", "Cibrand", "Cobrand")} == {
        "Cabrand": ("Abimol",),
        "Cebrand": ("Bonimol",),
        "Cibrand": ("Acimol",),
        "Cobrand": ("Abimol",),
    }
    assert (see["Cubrand"], see["Cy-Brand 2"]) == (("Abimol",), ("Bonimol",))
    assert (see["Cyabrand Forte"], see["Cyabrand A-40"]) == (("Abimol",), ("Bonimol",))
    assert (see["Cyobrand"], see["Cyrbrand"]) == (("Abimol",), ("Abimol",))


def test_columns_without_a_name_below_are_refused(tmp_path):
    rows = [*ROWS, "C", ["Cyrbrand, see Abimol", "", "ORAL", "J0024"], "Cysbrand, see Bonimol"]
    with pytest.raises(ImportRefused, match=r"page 1:\d+: expected a drug before its code"):
        _read(tmp_path, [rows])


DRUGS = [
    *ROWS,
    "C",
    ["Carimol", "1 mg", "IV", "J0030"],
    ["Carimol, lipid complex", "1 mg", "IV", "J0031"],
    ["Dolimol HCl, IVection", "1 mg", "IV", "J0032"],
    ["Dolimol HCl, oral", "1 mg", "ORAL", "J0033"],
    ["Felimol acetate", "1 mg", "IV", "J0034"],
    ["Gorimol and Horimol citrate", "1 mg", "IV", "J0035"],
    ["Ilimol/Jolimol", "1 mg", "IV", "J0036"],
    ["Kirimol factor, nonrecombinant", "1 mg", "IV", "J0037"],
    ["Kirimol factor, recombinant", "1 mg", "IV", "J0038"],
    ["Lirimab-abcd", "1 mg", "IV", "J0039"],
    ["Morimol", "1 mg", "INH", "J0040"],
    "Norimol",
    ["   Own", "1 mg", "IV", "J0041"],
    ["   Other", "1 mg", "IV", "J0042"],
]


@pytest.mark.parametrize(
    ("target", "codes"),
    [
        ("Carimol", {"J0030"}),  # a row of exactly this name, and no other
        ("Dolimol hydrochloride", {"J0032", "J0033"}),  # every form
        ("Felimol citrate", set()),  # another salt is another drug
        ("Felimol", {"J0034"}),
        ("Carimol and Felimol acetate", set()),  # a combination that the table lacks
        ("Horimol citrate and Gorimol", set()),
        ("Gorimol with Horimol citrate", {"J0035"}),
        ("Ilimol", {"J0036"}),
        ("Kirimol, recombinant", {"J0038"}),
        ("Kirimol, non- recombinant", {"J0037"}),
        ("Lirimab", set()),  # no biosimilar
        ("Morimol sulfate, compounded", {"J0040"}),
        ("Carimol or Morimol", {"J0030", "J0040"}),
        ("Morimol and Morimol sulfate", {"J0040"}),
        ("Dolimol HCl (J0033)", {"J0033"}),
        ("Dolimol HCl, IVection or oral", {"J0032", "J0033"}),
        ("Moremol", {"J0040"}),  # one slip in a short name
        ("Moremal", set()),
        ("Norimol", {"J0041", "J0042"}),
    ],
)
def test_a_reference_means_its_drug_and_no_other(tmp_path, target, codes):
    names = names_by_code(_read(tmp_path, [[*DRUGS, "Z", f"Zybrand, see {target}"]]))
    assert {code for code, found in names.items() if "Zybrand" in found} == codes


def test_a_brand_in_a_group_is_its_own_row_alone(tmp_path):
    names = names_by_code(_read(tmp_path, [[*DRUGS, "O", "Own, see Norimol"]]))
    assert "Own" in names["J0041"]
    assert "Own" not in names["J0042"]


def test_also_see_heads_a_group_of_its_own(tmp_path):
    rows = [*DRUGS, "T", "Tirimol, also see Norimol", ["   anti-x, one", "1 mg", "IV", "J0050"]]
    rows += [["   anti-x, two", "1 mg", "IV", "J0051"]]
    names = names_by_code(_read(tmp_path, [rows]))
    assert names["J0051"] == ("Tirimol anti-x, two", "Tirimol")
    assert "Tirimol" in names["J0050"]


def test_remarks_amounts_and_routes_that_are_written_otherwise(tmp_path):
    rows = [
        *ROWS,
        "C",
        ["Cimol (for one use)", "1 mg", "IV", "J0020"],
        ["   (for the other)", "1 mg", "epidural", "J0021"],
        ["Colimol up to", "1 g", "IV", "J0022"],
        ["Cumol", "over 10 cc", "IV", "J0023"],
        ["Drugs", "", "other than INH", "J0024"],
    ]
    rows = {code: entry for entry in _read(tmp_path, [rows]).entries for code in entry.codes}
    assert (rows["J0021"].name, rows["J0021"].routes) == ("Cimol (for the other)", ("epidural",))
    assert (rows["J0022"].name, rows["J0022"].unit) == ("Colimol", "up to 1 g")
    assert (rows["J0023"].name, rows["J0023"].unit) == ("Cumol", "over 10 cc")
    assert (rows["J0024"].name, rows["J0024"].routes) == ("Drugs other than INH", ())


def test_an_encrypted_table_is_refused(tmp_path):
    writer = PdfWriter(clone_from=io.BytesIO(pdf([ROWS])))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    with pytest.raises(ImportRefused, match="expected a PDF that is not encrypted; got an encrypted one"):
        _read(tmp_path, out.getvalue())


def test_too_many_pages_are_refused(tmp_path):
    with pytest.raises(ImportRefused, match="expected at most 200 pages; got 201"):
        _read(tmp_path, [ROWS, *([[""]] * 200)])


@pytest.mark.parametrize("times", [1, 2])
def test_a_page_that_unpacks_to_much_more_is_refused(tmp_path, times):
    """A bomb: a few hundred kilobytes that unpack to 300 megabytes, once and twice packed."""
    packed = zlib.compress(bytes(300 << 20), 9)
    packed = zlib.compress(packed, 9) if times == 2 else packed
    filters = "/FlateDecode " * times
    (plain,) = re.findall(rb"<< /Length \d+ >>\nstream\n.*?endstream", pdf([ROWS]), re.DOTALL)
    bomb = b"<< /Length %d /Filter [%b] >>\nstream\n%b\nendstream" % (len(packed), filters.encode(), packed)
    with pytest.raises(ImportRefused):
        _read(tmp_path, pdf([ROWS]).replace(plain, bomb))


def test_a_file_too_large_is_refused_unread(tmp_path):
    path = tmp_path / "2019-Table-of-Drugs.pdf"
    with path.open("wb") as file:
        file.truncate(drugs_pdf.MAX_FILE_BYTES + 1)
    with pytest.raises(ImportRefused, match=f"expected at most {drugs_pdf.MAX_FILE_BYTES} bytes"):
        read_drug_table(path)


@pytest.mark.parametrize(
    ("bound", "value", "message"),
    [
        ("MAX_PAGE_BYTES", 100, r"page 1: expected at most 100 bytes of content"),
        ("MAX_CHARS", 100, "expected at most 100 characters"),
        ("MAX_LINE_CHARS", 10, "page 1: expected lines of at most 10 characters"),
        ("MAX_SECONDS", -1.0, "expected at most"),
    ],
)
def test_work_without_end_is_refused(tmp_path, monkeypatch, bound, value, message):
    monkeypatch.setattr(drugs_pdf, bound, value)
    with pytest.raises(ImportRefused, match=message):
        _read(tmp_path, [ROWS])


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


def test_a_page_number_may_have_a_control_character_before_it(tmp_path):
    assert _read(tmp_path, [[*ROWS, "\x1f  1"]]).entries == _read(tmp_path, [ROWS]).entries


@pytest.mark.parametrize("line", ["A" * 501, " " * 501])
def test_lines_longer_than_a_table_has_are_refused(line):
    with pytest.raises(ImportRefused, match=r"page 1:\d+: expected lines of at most 500 characters"):
        read_entries([[*_TEXT, line]], "table.pdf")


@pytest.mark.parametrize(
    "line",
    [
        "Acimol   1 g    " + "J0003   " * 50 + "JM-0003   " + "J0003   " * 4 + "- J0005",
        "Abrand" + " " * 480 + "sea",
        "Abrand," + " , " * 150 + "see",
        "Acimol " + "IV, " * 110 + "X",
        "see " * 120,
        "1mg " * 120,
    ],
)
def test_no_line_keeps_a_pattern_busy(line):
    """Each of these would have taken minutes, or for ever, where a gap fits a pattern in more than one way."""
    with limited(20), suppress(ImportRefused):
        read_entries([[*_TEXT, line]], "table.pdf")


def test_lines_are_put_together_within_bounds():
    with limited(20), suppress(ImportRefused):
        read_entries([[*_TEXT, "Acbrand, see", *["more of the name"] * 20_000]], "table.pdf")
