"""The fixed-width file: what it holds is read to the letter, and a file that is not whole is refused.

1. Every field of every code comes back, from a text or a zip, padded or trimmed.
2. Whatever breaks the order, the shape or the completeness is refused with its line.
3. Random damage gives a release or ImportRefused, never another error.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.errors import ImportRefused
from indexer.importers import hcpcs
from indexer.importers.hcpcs import read_release
from indexer.official import Release
from tests.indexer.hcpcs_files import (
    PREAMBLE,
    code,
    lines_of,
    sample_codes,
    text_file,
    text_of,
    zip_file,
)

NAME = "HCPC2020_ANWEB.txt"
LINES = [line for each in sample_codes() for line in lines_of(each)]
FIRST = PREAMBLE.count("\n") + 1
# Z1 1, Z2 3 lines, A9990 1, E9990 3 lines, J9990 1, V9990 1.
Z1, Z2, A, E, J, V = 0, 1, 4, 5, 8, 9


def read(folder: Path, data: bytes, name: str = NAME, label: str | None = None) -> Release:
    path = folder / name
    path.write_bytes(data)
    return read_release(path, label)


def refused(folder: Path, data: bytes, name: str = NAME, label: str | None = None) -> ImportRefused:
    with pytest.raises(ImportRefused) as caught:
        read(folder, data, name, label)
    assert str(caught.value).startswith(caught.value.path)
    assert caught.value.remedy.endswith(".")
    return caught.value


def refused_line(folder: Path, lines: list[str], place: int) -> ImportRefused:
    error = refused(folder, text_of(lines))
    assert error.line == FIRST + place
    return error


def changed(place: int, column: int, text: str) -> list[str]:
    """Return LINES with ``text`` written at ``column`` of one line."""
    line = LINES[place]
    line = line[: column - 1] + text + line[column - 1 + len(text) :]
    return [*LINES[:place], line, *LINES[place + 1 :]]


@pytest.mark.parametrize("pad", [True, False])
def test_every_field_comes_back(tmp_path: Path, pad: bool) -> None:
    data = text_file(sample_codes(), pad=pad)
    release = read(tmp_path, data)
    assert list(release.codes) == sample_codes()
    assert (release.system, release.label, release.source) == ("HCPCS", "2020", NAME)
    assert release.sha256 == hashlib.sha256(data).hexdigest()


def test_line_ends_of_unix_are_read_too(tmp_path: Path) -> None:
    data = text_file(sample_codes()).replace(b"\r\n", b"\n")
    assert list(read(tmp_path, data).codes) == sample_codes()


def test_first_lines_without_the_unused_columns_are_read(tmp_path: Path) -> None:
    assert list(read(tmp_path, text_of([line.rstrip().ljust(91) for line in LINES])).codes) == sample_codes()


def test_the_name_does_not_decide_what_a_file_is(tmp_path: Path) -> None:
    zipped = zip_file({"list.xlsx": text_file(sample_codes())})
    assert list(read(tmp_path, zipped, "HCPC2020.txt").codes) == sample_codes()
    assert list(read(tmp_path, text_file(sample_codes()), "HCPC2020.zip").codes) == sample_codes()


def test_pieces_are_joined_at_words_and_within_words(tmp_path: Path) -> None:
    record = lines_of(code("A9990", "x"))[0]
    full = "Broken " + "w" * 73
    lines = [
        record[:11] + full.ljust(80) + record[91:],
        f"A9990002004{'word,  then a whole one':<80}",
        f"A9990003004{'  and the end':<80}",
    ]
    release = read(tmp_path, text_of([LINES[Z1], *lines, LINES[V]]))
    assert release.codes[1].long_descriptor == f"{full}word, then a whole one and the end"


def test_the_preamble_may_hold_any_bytes(tmp_path: Path) -> None:
    data = text_file(sample_codes(), "")
    noise = b"\x81\x8d\x8f\x90\x9d\xff\xfe\t\x00 disclaimer\r\n\r\n" + bytes(range(256)) + b"\r\n"
    assert len(read(tmp_path, noise + data).codes) == 6


def test_characters_beyond_ascii_are_windows_1252(tmp_path: Path) -> None:
    codes = [code("Z1"), code("V9990", "Patient\u2019s \u00b5 lens \u2122")]
    assert read(tmp_path, text_file(codes)).codes[1].long_descriptor == "Patient\u2019s \u00b5 lens \u2122"


# --- zips


def test_the_text_of_a_zip_is_read_and_the_rest_ignored(tmp_path: Path) -> None:
    data = zip_file(
        {
            "Changes.prn": b"  HCPC/MOD   ACTION CD\r\n     A9990   ADD\r\n",
            "README.txt": b"Read me\r\n",
            "notes.xls": b"\xd0\xcf\x11\xe0" + bytes(100),
            "broken.xlsx": b"PK\x03\x04 nothing more",
            "sub/HCPC2020_ANWEB.txt": text_file(sample_codes()),
        }
    )
    release = read(tmp_path, data, "a.zip")
    assert list(release.codes) == sample_codes()
    assert release.source == "a.zip!sub/HCPC2020_ANWEB.txt"
    assert release.sha256 == hashlib.sha256(data).hexdigest()


def test_errors_in_a_zip_name_the_member(tmp_path: Path) -> None:
    error = refused(tmp_path, zip_file({NAME: text_of(changed(A, 269, "20201301"))}), "a.zip")
    assert error.path == f"{tmp_path / 'a.zip'}!{NAME}"
    assert error.line == FIRST + A


def test_two_different_code_files_are_refused_and_two_equal_ones_read(tmp_path: Path) -> None:
    one, other = text_file(sample_codes()), text_file(sample_codes()[1:])
    error = refused(tmp_path, zip_file({"HCPC2020.txt": one, "old.txt": other}), "a.zip")
    assert error.got == "2 that differ: HCPC2020.txt, old.txt"
    assert len(read(tmp_path, zip_file({"HCPC2020.txt": one, "copy.txt": one}), "a.zip").codes) == 6


def test_a_zip_without_the_list_is_refused(tmp_path: Path) -> None:
    members = {f"{number}.txt": b"text\r\n" for number in range(9)}
    error = refused(tmp_path, zip_file(members), "a.zip")
    assert error.got == "0.txt, 1.txt, 2.txt, 3.txt, 4.txt, 5.txt, 6.txt, 7.txt and 1 more"
    assert refused(tmp_path, zip_file({}), "a.zip").got == "an empty zip"


def test_an_unsafe_zip_is_refused(tmp_path: Path) -> None:
    data = zip_file({NAME: text_file(sample_codes()), "../x": b""})
    assert "parent folder" in refused(tmp_path, data, "a.zip").got


# --- order and shape


def test_a_duplicate_code_is_refused(tmp_path: Path) -> None:
    error = refused_line(tmp_path, [*LINES[:E], LINES[A], *LINES[E:]], E)
    assert (error.expected, error.got) == ("each code once", "A9990 again")


def test_codes_out_of_order_are_refused(tmp_path: Path) -> None:
    lines = [*LINES[:A], LINES[J], *LINES[A:]]
    error = refused_line(tmp_path, lines, A + 1)
    assert error.got == "A9990"
    assert "after J9990" in error.expected


def test_a_modifier_after_a_procedure_is_out_of_order(tmp_path: Path) -> None:
    assert "ascending" in refused_line(tmp_path, [*LINES[Z2:E], LINES[Z1], *LINES[E:]], A).expected


@pytest.mark.parametrize(
    ("place", "column", "text", "expected"),
    [
        (E + 1, 1, "E9991", "a continuation of E9990"),
        (E + 1, 11, "8", "a continuation of the kind of record 3"),
        (E + 1, 6, "00300", "sequence number 200"),
        (E + 2, 6, "00200", "sequence number 300"),
        (E, 6, "00200", "sequence number 100"),
        (A, 6, "00010", "sequence number 100"),
        (A, 11, "7", "record 3 for A9990"),
        (Z1, 11, "3", "record 7 for Z1"),
        (A, 11, "5", "a record: five columns"),
        (A, 6, "0O100", "a record: five columns"),
        (A, 1, "W9990", "a code of a letter A to V"),
        (A, 1, "a9990", "a code of a letter A to V"),
        (A, 1, "A999 ", "a code of a letter A to V"),
        (Z2, 1, "  ZZZ", "a code of a letter A to V"),
        (Z2, 1, "Z2   ", "a code of a letter A to V"),
        (A, 12, " " * 80, "a long description"),
        (A, 269, "20190230", "a date YYYYMMDD or blanks as added"),
        (A, 277, "2020   1", "a date YYYYMMDD or blanks as effective"),
        (A, 285, "00000000", "a date YYYYMMDD or blanks as terminated"),
        (A, 285, "2020W011", "a date YYYYMMDD or blanks as terminated"),
        (E, 233, "2019070 ", "a date YYYYMMDD or blanks as asc_effective"),
        (E, 266, "7x ", "a count of up to three digits as anesthesia_units"),
        (A, 20, "\t", "printable text"),
        (A, 20, "\0", "printable text"),
        (E + 1, 120, "36", "nothing after column 91 of a continuation"),
    ],
)
def test_a_damaged_record_is_refused(tmp_path: Path, place: int, column: int, text: str, expected: str) -> None:
    assert refused_line(tmp_path, changed(place, column, text), place).expected.startswith(expected)


def test_a_changed_letter_shows_in_the_order(tmp_path: Path) -> None:
    assert "codes in ascending order" in refused_line(tmp_path, changed(A, 1, "N9990"), E).expected


@pytest.mark.parametrize("text", ["99990", "0999T", "D9990"])
def test_cpt_and_cdt_are_refused(tmp_path: Path, text: str) -> None:
    error = refused_line(tmp_path, changed(A, 1, text), A)
    assert "CPT or CDT" in error.got
    assert "copyrighted" in error.remedy


def test_modifiers_of_cpt_are_refused(tmp_path: Path) -> None:
    assert "copyrighted" in refused_line(tmp_path, changed(Z1, 1, "   99"), Z1).remedy


def test_cross_references_to_other_systems_are_kept(tmp_path: Path) -> None:
    release = read(tmp_path, text_of(changed(A, 205, "99990999TT")))
    assert release.codes[2].cross_references == ("99990", "999TT")


def test_a_continuation_without_its_first_line_is_refused(tmp_path: Path) -> None:
    assert "a continuation of E9990" not in refused_line(tmp_path, [*LINES[:E], *LINES[E + 1 :]], E).expected
    error = refused_line(tmp_path, LINES[Z2 + 1 :], 0)
    assert error.expected == "the first line of a code"


def test_a_byte_outside_windows_1252_is_refused_with_its_column(tmp_path: Path) -> None:
    data = text_file(sample_codes()).replace(b"Invented strap", b"Invented \x81trap")
    assert refused(tmp_path, data).got == "the byte 0x81 in column 21"


@pytest.mark.parametrize("line", ["", "A disclaimer in the middle of the list", " " * 320])
def test_a_line_between_records_that_is_none_is_refused(tmp_path: Path, line: str) -> None:
    assert "a record: five columns" in refused_line(tmp_path, [*LINES[:A], line, *LINES[A:]], A).expected


def test_a_line_after_the_last_record_is_refused(tmp_path: Path) -> None:
    refused_line(tmp_path, [*LINES, "End of list"], len(LINES))


@pytest.mark.parametrize(("place", "length"), [(A, 11), (A, 91), (A, 292), (E + 1, 90)])
def test_a_cut_line_is_refused(tmp_path: Path, place: int, length: int) -> None:
    lines = [*LINES[:place], LINES[place][:length], *LINES[place + 1 :]]
    assert refused_line(tmp_path, lines, place).got == f"{length}; it was cut or joined"


def test_two_records_on_one_line_are_refused(tmp_path: Path) -> None:
    lines = [*LINES[:A], LINES[A] + LINES[E], *LINES[E + 1 :]]
    assert "640" in refused_line(tmp_path, lines, A).got


@pytest.mark.parametrize("column", [1, 3, 5])
def test_a_damaged_first_record_does_not_pass_for_preamble(tmp_path: Path, column: int) -> None:
    refused_line(tmp_path, changed(Z1, column, "*"), Z1)
    cut = [LINES[Z1][column:], *LINES[Z2:]]
    assert "whole record" in refused_line(tmp_path, cut, Z1).expected


# --- completeness


def test_every_truncation_is_refused_at_its_last_line(tmp_path: Path) -> None:
    data = text_file(sample_codes(), pad=False)
    start = data.index(b"   Z1")
    for length in [*range(start, len(data), 41), *range(len(data) - 30, len(data))]:
        part = data[:length]
        error = refused(tmp_path, part)
        assert error.line in ({1} if length == start else {part.count(b"\n"), part.count(b"\n") + 1})


def test_a_list_that_ends_before_family_v_is_refused_at_its_last_line(tmp_path: Path) -> None:
    error = refused_line(tmp_path, LINES[:V], V - 1)
    assert error.got == "the end after procedure J9990"
    assert "cut" in error.remedy


def test_modifiers_alone_are_refused(tmp_path: Path) -> None:
    assert refused_line(tmp_path, LINES[:A], A - 1).got == "the end after modifier Z2"
    lines = lines_of(code("V1"))
    assert refused_line(tmp_path, lines, 0).got == "the end after modifier V1"


def test_a_list_without_modifiers_is_refused(tmp_path: Path) -> None:
    assert "no modifier" in refused_line(tmp_path, LINES[A:], V - A).got


def test_a_last_line_without_its_end_is_refused(tmp_path: Path) -> None:
    data = text_file(sample_codes()).removesuffix(b"\r\n")
    error = refused(tmp_path, data)
    assert error.line == FIRST + V
    assert "line end" in error.expected


# --- foreign files


@pytest.mark.parametrize(
    ("data", "got"),
    [
        (b"", "an empty file"),
        (b"Dear reader,\r\nhello\r\n", "'Dear reader,'"),
        ("\ufeffcode,text\n".encode("utf-16"), r"'\xff\xfe"),
        (b"\x89PNG\r\n\x1a\n", r"'\u2030PNG'"),
        (b"\r\n \r\nNotes on processing\r\n", "'Notes on processing'"),
        (b"PKG list\r\n", "'PKG list'"),
        (b"\n" * 5000, "''"),
    ],
)
def test_a_foreign_file_is_refused_at_line_1(tmp_path: Path, data: bytes, got: str) -> None:
    error = refused(tmp_path, data)
    assert error.line == 1
    assert error.got.startswith(got)


@pytest.mark.parametrize(
    ("start", "got"), [(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel format"), (b"%PDF-1.7", "PDF")]
)
def test_files_of_the_zip_that_do_not_serve_are_told_apart(tmp_path: Path, start: bytes, got: str) -> None:
    error = refused(tmp_path, start + bytes(600))
    assert got in error.got
    assert "ANWEB .txt" in error.remedy


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.zip", tmp_path):
        with pytest.raises(ImportRefused, match="expected a file"):
            read_release(path)


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", fail)
    (tmp_path / NAME).touch()
    with pytest.raises(ImportRefused, match="got Permission denied"):
        read_release(tmp_path / NAME)


def test_a_file_over_64_mib_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / NAME
    with path.open("wb") as stream:
        os.truncate(stream.fileno(), hcpcs.MAX_FILE_BYTES + 1)
    with pytest.raises(ImportRefused, match="at most 64 MiB"):
        read_release(path)


# --- the release's label


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("HCPC2020_ANWEB_w_disclaimer.txt", "2020"),
        ("HCPC2020_CONTR_ANWEB.txt", "2020"),
        ("hcpc2020_anweb.txt", "2020"),
        ("HCPC2020_APR_ANWEB.txt", "2020-04"),
        ("HCPC2020_JAN_ANWEB.txt", "2020-01"),
        ("HCPC2020_OCTOBER_ANWEB.txt", "2020-10"),
        ("HCPC2020_MARKED.txt", "2020-03"),
        ("2020-alpha-numeric-hcpcs-file.zip", "2020"),
        ("april-2020-alpha-numeric-hcpcs-file.zip", "2020-04"),
        ("july-2020-alpha-numeric-hcpcs-file-updated.zip", "2020-07"),
    ],
)
def test_the_label_comes_from_the_name(tmp_path: Path, name: str, label: str) -> None:
    assert read(tmp_path, text_file(sample_codes(), "No year\r\n"), name).label == label


def test_the_label_comes_from_argument_code_file_zip_then_preamble(tmp_path: Path) -> None:
    list_2019 = text_file(sample_codes(), "The 2019 HCPCS list\r\n")
    name = "april-2020-alpha-numeric-hcpcs-file.zip"
    inside = zip_file({"HCPC2021_ANWEB.txt": list_2019})
    assert read(tmp_path, inside, name, "2020-11").label == "2020-11"
    assert read(tmp_path, inside, name).label == "2021"
    assert read(tmp_path, zip_file({"list.txt": list_2019}), name).label == "2020-04"
    assert read(tmp_path, zip_file({"list.txt": list_2019}), "a.zip").label == "2019"


def test_a_file_that_names_no_year_asks_for_it(tmp_path: Path) -> None:
    error = refused(tmp_path, text_file(sample_codes(), "No year\r\n"), "list.txt")
    assert "--release YEAR" in error.remedy


@pytest.mark.parametrize("label", ["", "20", "2020-13", "2020-1", "2020 ", "2020\n", "1820", "latest"])
def test_a_label_of_another_shape_is_refused(tmp_path: Path, label: str) -> None:
    error = refused(tmp_path, text_file(sample_codes()), NAME, label)
    assert "--release YEAR" in error.remedy


@pytest.mark.parametrize("label", ["2019", "2020", "2021-12"])
def test_a_year_beside_the_newest_date_is_allowed(tmp_path: Path, label: str) -> None:
    assert read(tmp_path, text_file(sample_codes()), NAME, label).label == label


@pytest.mark.parametrize("label", ["2018", "2022", "2022-01"])
def test_a_year_far_from_the_newest_date_is_refused(tmp_path: Path, label: str) -> None:
    error = refused(tmp_path, text_file(sample_codes()), NAME, label)
    assert error.got.startswith("2020-01-01 for ")
    assert "another year" in error.remedy


def test_a_list_without_any_date_is_taken_at_its_label(tmp_path: Path) -> None:
    codes = [code(name, added=None, effective=None) for name in ("Z1", "V9990")]
    assert read(tmp_path, text_file(codes)).codes[0].added is None


# --- random input


def either(data: bytes) -> Release | None:
    """Import ``data`` as a file; None where it is refused."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            return read(Path(folder), data)
        except ImportRefused as error:
            message = str(error)
    assert "\n" not in message
    return None


@settings(deadline=None)
@given(st.binary(max_size=2000), st.sampled_from([b"", b"PK\x03\x04", b"   Z1001007", b"\xd0\xcf\x11\xe0"]))
def test_random_bytes_are_refused(data: bytes, start: bytes) -> None:
    assert either(start + data) is None


@settings(deadline=None)
@given(st.data())
def test_random_damage_gives_a_release_or_a_refusal(draw: st.DataObject) -> None:
    data = text_file(sample_codes(), pad=draw.draw(st.booleans()))
    for _ in range(draw.draw(st.integers(1, 4))):
        start = draw.draw(st.integers(0, len(data)))
        end = start + draw.draw(st.sampled_from([0, 1, 2, 8, 100, 322]))
        data = data[:start] + draw.draw(st.binary(max_size=9)) + data[end:]
    release = either(data)
    if release is not None:
        assert release.codes[0].kind == "modifier"
        assert release.codes[-1].code.startswith("V")


@settings(deadline=None)
@given(st.data())
def test_random_damage_to_a_zip_gives_a_release_or_a_refusal(draw: st.DataObject) -> None:
    data = bytearray(zip_file({NAME: text_file(sample_codes()), "README.txt": b"Read me"}))
    for _ in range(draw.draw(st.integers(1, 4))):
        data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    release = either(bytes(data))
    assert release is None or list(release.codes) == sample_codes()


@settings(deadline=None)
@given(st.lists(st.sampled_from(range(len(LINES))), max_size=14))
def test_lines_in_another_order_are_refused(places: list[int]) -> None:
    release = either(text_of([LINES[place] for place in places]))
    if release is not None:
        assert places == sorted(set(places))
        assert {each.code for each in release.codes} <= {each.code for each in sample_codes()}
