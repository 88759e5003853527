"""Zips that are sound are read whole; every way that we know to make a harmful one is refused."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.errors import ImportRefused
from indexer.importers import archive
from indexer.importers.archive import check_workbook, member_names, read_members
from tests.indexer.hcpcs_files import zip_file

GOOD = {"list.txt": b"one\r\ntwo\r\n" * 50, "folder/notes.txt": b"notes", "empty.txt": b""}


def refused(data: bytes) -> ImportRefused:
    with pytest.raises(ImportRefused) as caught:
        list(read_members(data, "a.zip"))
    return caught.value


def with_entry(change: Callable[[zipfile.ZipInfo], None], content: bytes = b"content") -> bytes:
    """Return a zip whose one entry was changed before it was written."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as out:
        info = zipfile.ZipInfo("list.txt")
        info.compress_type = zipfile.ZIP_DEFLATED
        change(info)
        out.writestr(info, content)
    return buffer.getvalue()


def in_directory(data: bytes, offset: int, packed: bytes) -> bytes:
    """Return ``data`` with bytes of its first directory entry replaced."""
    place = data.index(b"PK\x01\x02") + offset
    return data[:place] + packed + data[place + len(packed) :]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_sound_zip_is_read_whole_and_in_order(method: int) -> None:
    data = zip_file(GOOD, method)
    assert list(read_members(data, "a.zip")) == list(GOOD.items())
    assert member_names(data, "a.zip") == list(GOOD)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("/etc/passwd", "leading slash"),
        ("C:/list.txt", "drive letter"),
        ("c:list.txt", "drive letter"),
        ("../list.txt", "parent folder"),
        ("a/../../list.txt", "parent folder"),
        ("a/..", "parent folder"),
        ("a\\list.txt", "backslash"),
        ("..\\list.txt", "backslash"),
        ("a\nlist.txt", "control character"),
    ],
)
def test_a_name_that_leaves_the_zip_is_refused(name: str, reason: str) -> None:
    error = refused(zip_file({"good.txt": b"", name: b"x"}))
    assert reason in error.got
    assert repr(name) in error.got


def test_a_name_with_a_nul_is_refused_though_zipfile_would_cut_it() -> None:
    data = zip_file({"list.txt_.exe": b"x"}).replace(b"list.txt_.exe", b"list.txt\0.exe")
    assert "control character" in refused(data).got


def test_a_folder_of_dots_is_no_step_up() -> None:
    assert [name for name, _ in read_members(zip_file({"a../b..c/...": b"x"}), "a.zip")] == ["a../b..c/..."]


def test_an_empty_name_is_refused() -> None:
    def change(info: zipfile.ZipInfo) -> None:
        info.filename = ""

    assert "no characters" in refused(with_entry(change)).got


@pytest.mark.parametrize(("mode", "got"), [(0o120777, "symbolic link"), (0o010644, "special file")])
def test_links_and_special_files_are_refused(mode: int, got: str) -> None:
    def change(info: zipfile.ZipInfo) -> None:
        info.external_attr = mode << 16

    error = refused(with_entry(change))
    assert got in error.got
    assert error.path == "a.zip!list.txt"


def test_a_plain_file_of_unix_is_read() -> None:
    def change(info: zipfile.ZipInfo) -> None:
        info.external_attr = 0o100644 << 16

    assert list(read_members(with_entry(change), "a.zip")) == [("list.txt", b"content")]


@pytest.mark.parametrize("flag", [0x1, 0x40, 0x2000])
def test_an_encrypted_member_is_refused(flag: int) -> None:
    assert "encrypted" in refused(in_directory(zip_file(GOOD), 8, struct.pack("<H", flag))).got


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compression_is_refused(method: int) -> None:
    assert f"method {method}" in refused(zip_file({"a": b"text"}, method)).got


def test_more_than_200_members_are_refused() -> None:
    members = {f"{number}.txt": b"" for number in range(201)}
    assert refused(zip_file(members)).got == "201"
    members.popitem()
    assert len(list(read_members(zip_file(members), "a.zip"))) == 200


def test_a_flood_of_members_is_refused_before_the_directory_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    data = zip_file({f"{number}.txt": b"" for number in range(2001)})
    monkeypatch.setattr(zipfile, "ZipFile", None)
    assert "members" in refused(data).expected


def test_two_members_of_one_name_are_refused() -> None:
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w") as out:
        warnings.simplefilter("ignore", UserWarning)
        out.writestr("list.txt", "one")
        out.writestr("list.txt", "two")
    assert "twice" in refused(buffer.getvalue()).got


def test_a_member_that_unpacks_to_more_than_its_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_MEMBER_BYTES", 1 << 20)
    data = zip_file({"a": bytes(1 << 20), "b": bytes((1 << 20) + 1)}, zipfile.ZIP_STORED)
    error = refused(data)
    assert error.path == "a.zip!b"
    assert "1 MiB unpacked" in error.expected


def test_the_real_limit_of_a_member_stands() -> None:
    assert (archive.MAX_MEMBER_BYTES, archive.MAX_TOTAL_BYTES) == (64 << 20, 256 << 20)
    error = refused(zip_file({"a": bytes((64 << 20) + 1)}, zipfile.ZIP_STORED))
    assert (error.path, error.expected) == ("a.zip!a", "at most 64 MiB unpacked")


def test_members_that_unpack_to_more_than_the_limit_together_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(archive, "MAX_TOTAL_BYTES", 1000)
    monkeypatch.setattr(archive, "MEBIBYTE", 1)
    assert len(list(read_members(zip_file({"a": b"x" * 500, "b": b"y" * 500}, 0), "a.zip"))) == 2
    error = refused(zip_file({"a": b"x" * 500, "b": b"y" * 501}, 0))
    assert (error.path, error.expected) == ("a.zip!b", "at most 1000 MiB in all members")


def test_a_compression_bomb_is_refused() -> None:
    error = refused(zip_file({"bomb": bytes(10 << 20)}))
    assert "200 bytes out of each packed one" in error.expected


def test_a_bomb_whose_header_claims_a_small_size_is_refused_as_one() -> None:
    data = in_directory(zip_file({"bomb": bytes(10 << 20)}), 24, struct.pack("<L", 100))
    assert "out of each packed one" in refused(data).expected


@pytest.mark.parametrize("claimed", [0, 499, 501, 5_000_000])
def test_a_size_that_does_not_come_out_is_refused(claimed: int) -> None:
    data = in_directory(zip_file({"a": bytes(range(250)) * 2}), 24, struct.pack("<L", claimed))
    error = refused(data)
    assert (error.expected, error.got) == (f"{claimed} bytes, as the zip claims", "500 bytes")


def test_a_wrong_checksum_is_refused() -> None:
    assert "CRC" in refused(in_directory(zip_file(GOOD), 16, b"\1\2\3\4")).got


def test_a_damaged_stored_member_is_refused() -> None:
    data = zip_file(GOOD, zipfile.ZIP_STORED).replace(b"one\r\ntwo", b"one\r\ntwx", 1)
    assert "CRC" in refused(data).got


@pytest.mark.parametrize("data", [b"", b"plain text", b"%PDF-1.4", b"\x1f\x8b\x08"])
def test_what_is_no_zip_is_refused(data: bytes) -> None:
    assert refused(data).expected == "a zip file"


def test_every_truncation_is_refused() -> None:
    data = zip_file(GOOD)
    for length in range(2, len(data)):
        error = refused(data[:length])
        assert "truncated or damaged" in error.got or "damaged bytes" in error.got


def test_a_zip_inside_a_zip_is_content_like_any_other() -> None:
    inner = zip_file({"../x": b"x"})
    assert list(read_members(zip_file({"inner.zip": inner}), "a.zip")) == [("inner.zip", inner)]


@pytest.mark.parametrize(
    "xml",
    [
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
        b"<!doctype x><x/>",
        '<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>'.encode("utf-16"),
    ],
)
def test_a_workbook_with_a_document_type_is_refused(xml: bytes) -> None:
    with pytest.raises(ImportRefused, match="DOCTYPE") as caught:
        check_workbook(zip_file({"[Content_Types].xml": b"<x/>", "xl/a.xml": xml}), "a.xlsx")
    assert caught.value.path == "a.xlsx!xl/a.xml"


def test_a_workbook_without_one_passes() -> None:
    check_workbook(zip_file({"[Content_Types].xml": b"<x/>"}), "a.xlsx")


@settings(deadline=None)
@given(st.data())
def test_a_damaged_zip_is_read_as_it_was_or_refused(draw: st.DataObject) -> None:
    data = bytearray(zip_file(GOOD))
    for _ in range(draw.draw(st.integers(1, 4))):
        data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    try:
        contents = dict(read_members(bytes(data), "a.zip")).values()
    except ImportRefused:
        return
    assert set(contents) <= set(GOOD.values())
