"""Stored releases: what goes in comes out, and damage is named."""

from __future__ import annotations

import pytest

from indexer.errors import DataError, ImportRefused
from indexer.imports import ImportStore
from tests.indexer.records import code, release

FULL = code(pricing=("36", "00"), betos="D1E", types_of_service=("R",), cross_references=("A0002",), anesthesia_units=3)


def test_a_release_is_read_back_equal(tmp_path):
    stored = release("2020", FULL, code("AB"))
    assert ImportStore(tmp_path).save(stored)
    assert ImportStore(tmp_path).load_all() == [stored]


def test_the_same_codes_again_change_nothing(tmp_path):
    store = ImportStore(tmp_path)
    store.save(release("2020", FULL))
    before = (tmp_path / "imports/hcpcs/2020.jsonl").stat().st_mtime_ns
    assert not store.save(release("2020", FULL))
    assert (tmp_path / "imports/hcpcs/2020.jsonl").stat().st_mtime_ns == before


def test_other_codes_under_one_label_are_refused_unless_replaced(tmp_path):
    store = ImportStore(tmp_path)
    store.save(release("2020", FULL))
    other = release("2020", code())
    with pytest.raises(ImportRefused, match="1 codes that differ"):
        store.save(other)
    assert store.save(other, replace=True)
    assert store.load_all() == [other]


def test_labels_are_sorted_and_strange_files_passed_over(tmp_path):
    store = ImportStore(tmp_path)
    for label in ("2020-04", "2019", "2020"):
        store.save(release(label, code()))
    (tmp_path / "imports/hcpcs/notes.jsonl").write_text("mine")
    assert store.labels() == ["2019", "2020", "2020-04"]


@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff\xfe", b'{"format": 9}\nabc\n'])
def test_a_damaged_file_is_named(tmp_path, damage):
    store = ImportStore(tmp_path)
    store.save(release("2020", FULL))
    path = tmp_path / "imports/hcpcs/2020.jsonl"
    path.write_bytes(damage)
    with pytest.raises(DataError, match=r"2020\.jsonl: expected an imported release"):
        store.load_all()


def test_one_changed_byte_is_found(tmp_path):
    store = ImportStore(tmp_path)
    store.save(release("2020", FULL))
    path = tmp_path / "imports/hcpcs/2020.jsonl"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(DataError):
        store.load_all()


def test_a_folder_that_cannot_be_listed_is_never_taken_for_an_empty_one(tmp_path):
    (tmp_path / "imports").mkdir()
    (tmp_path / "imports/hcpcs").write_text("a file in the place of a folder")
    with pytest.raises(DataError, match="expected a folder that can be read"):
        ImportStore(tmp_path).load_all()
