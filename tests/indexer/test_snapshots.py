"""Snapshots: published in one step, verified to the last byte, never changed, pruned only when nobody reads them."""

from __future__ import annotations

import json

import pytest

from indexer import snapshots
from indexer.build import build, verify
from indexer.errors import LockHeld, SnapshotError
from indexer.locks import lease, write_lock
from indexer.snapshots import MANIFEST, SnapshotStore
from tests.corpus.samples import document_text
from tests.damage import overwrite


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "one.txt").write_text(document_text())
    return folder


@pytest.fixture
def store(tmp_path, folder):
    build(tmp_path, [folder])
    return SnapshotStore(tmp_path)


def _again(tmp_path, folder, title):
    (folder / "one.txt").write_text(document_text(title=title))
    return build(tmp_path, [folder]).snapshot


def test_the_manifest_tells_what_the_snapshot_is(store):
    manifest = store.current().manifest
    assert manifest["format_version"] == snapshots.FORMAT_VERSION
    assert manifest["counts"] == {
        "records": 1,
        "documents": 1,
        "procedures": 1,
        "modifiers": 0,
        "official": 0,
        "rejected": 0,
    }
    assert {"documents.jsonl", "documents.offsets", "hashes.json"} < set(manifest["files"])
    assert manifest["sources"]["documents"][0]["code"] == "A9999"
    assert len(manifest["content_hash"]) == 64


def test_numbers_grow_and_names_hold_the_content(tmp_path, folder, store):
    first = store.current_name()
    second = _again(tmp_path, folder, "Other Title")
    assert first.startswith("000001-")
    assert second.startswith("000002-")
    assert store.names() == [first, second]


def test_content_that_was_built_before_is_published_again_without_building(tmp_path, folder, store):
    first = store.current_name()
    _again(tmp_path, folder, "Other Title")
    assert _again(tmp_path, folder, "Example Repair") == first
    assert store.current_name() == first
    assert len(store.names()) == 2


def test_a_changed_manifest_is_found(store):
    path = store.current().path / MANIFEST
    before = json.loads(path.read_text())
    for name, value in (("created", "2001-01-01T00:00:00+00:00"), ("counts", {"records": 2}), ("disagreements", [{}])):
        overwrite(path, json.dumps(before | {name: value}).encode())
        with pytest.raises(SnapshotError, match=r"manifest.json: expected a manifest with its checksum.*rollback"):
            verify(store.current())
    overwrite(path, json.dumps(before | {"files": []}).encode())
    with pytest.raises(SnapshotError, match=r"manifest.json: expected a manifest; got .*procsearch build"):
        store.current()


@pytest.mark.parametrize("name", ["documents.jsonl", "documents.offsets", "hashes.json", "index"])
def test_a_flipped_byte_in_any_file_is_found_and_the_file_named(store, name):
    path = store.current().path / name
    for each in [path] if path.is_file() else sorted(path.iterdir()):
        before = each.read_bytes()
        changed = bytearray(before)
        changed[len(changed) // 2] ^= 0x10
        overwrite(each, bytes(changed))
        with pytest.raises(SnapshotError, match=each.name):
            verify(store.current())
        overwrite(each, before)
    verify(store.current())


def test_a_missing_and_an_extra_file_are_found(store):
    path = store.current().path
    (path / "extra").write_text("x")
    with pytest.raises(SnapshotError, match="extra: expected no such file"):
        verify(store.current())
    (path / "extra").unlink()
    (path / "hashes.json").unlink()
    with pytest.raises(SnapshotError, match=r"hashes\.json: expected a file"):
        verify(store.current())


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"format_version": 1}'])
def test_a_manifest_that_is_none_is_refused(store, text):
    overwrite(store.current().path / MANIFEST, text.encode())
    with pytest.raises(SnapshotError, match=r"manifest\.json: expected a manifest"):
        store.current()


@pytest.mark.parametrize("field", ["format_version", "analysis", "schema"])
def test_another_version_is_refused_with_expected_and_got(store, field):
    path = store.current().path / MANIFEST
    manifest = json.loads(path.read_text())
    overwrite(path, json.dumps(manifest | {field: "other"}).encode())
    with pytest.raises(SnapshotError, match=r"expected a snapshot of the versions .* got .*other.*procsearch build"):
        store.current()


@pytest.mark.parametrize("text", ["", "../../etc", "000001", "x" * 5000, "é"])
def test_a_pointer_that_names_no_snapshot_is_refused(store, text):
    store.pointer.write_text(text)
    with pytest.raises(SnapshotError, match="CURRENT: expected a snapshot name"):
        store.current()


def test_nothing_published_is_no_error(tmp_path):
    assert SnapshotStore(tmp_path).current() is None
    assert SnapshotStore(tmp_path).names() == []


def test_prune_keeps_the_newest_the_published_and_those_in_use(tmp_path, folder, store):
    first = store.current_name()
    later = [_again(tmp_path, folder, f"Title {number}") for number in range(4)]
    store.publish(later[0])
    with lease(store.root / later[1] / MANIFEST):
        assert store.prune(1) == ([first, later[2]], [later[1]])
    assert store.prune(1) == ([later[1]], [])
    assert store.names() == [later[0], later[3]]


def test_rollback_goes_to_the_one_before(tmp_path, folder, store):
    first = store.current_name()
    _again(tmp_path, folder, "Other Title")
    assert store.rollback_target() == first
    store.publish(first)
    with pytest.raises(SnapshotError, match="expected a snapshot older than"):
        store.rollback_target()


def test_rollback_works_where_the_pointer_is_damaged(tmp_path, folder, store):
    newest = _again(tmp_path, folder, "Other Title")
    store.pointer.write_text("nonsense")
    assert store.rollback_target() == newest


def test_one_writer_at_a_time(tmp_path):
    with write_lock(tmp_path), pytest.raises(LockHeld, match="held by process"), write_lock(tmp_path, wait=0.2):
        pass
    with write_lock(tmp_path):
        pass
