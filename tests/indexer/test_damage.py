"""A snapshot that is served is watched: every change of a file is seen, and told apart from a mere touch."""

from __future__ import annotations

import os
import shutil

import pytest

from indexer.damage import Watch
from indexer.snapshots import INDEX, MANIFEST, SnapshotStore
from tests.damage import cut, flip, overwrite


@pytest.fixture
def snapshot(documents_data, tmp_path):
    shutil.copytree(documents_data / "snapshots", tmp_path / "snapshots")
    shutil.copy(documents_data / "CURRENT", tmp_path)
    return SnapshotStore(tmp_path).current()


def test_every_file_is_watched(snapshot):
    for name in (*snapshot.manifest["files"], MANIFEST):
        path = snapshot.path / name
        for harm in (flip, cut):
            before = path.read_bytes()
            watch = Watch(snapshot, unread=INDEX)
            assert watch.look() is None
            harm(path)
            damage = watch.look()
            assert str(path) in damage.problem
            assert "procsearch verify" in damage.problem
            assert damage.readable is name.startswith(f"{INDEX}/")
            assert watch.look() == damage
            overwrite(path, before)
            assert watch.look() is None


def test_a_touched_file_is_no_damage(snapshot):
    watch = Watch(snapshot)
    path = snapshot.path / "compiled.bin"
    os.utime(path, (1, 1))
    path.chmod(0o600)
    assert watch.look() is None


def test_removed_files_can_be_read_on(snapshot):
    watch = Watch(snapshot)
    shutil.move(snapshot.path, snapshot.path.with_name("aside"))
    damage = watch.look()
    assert damage.readable
    assert "got none" in damage.problem
    shutil.move(snapshot.path.with_name("aside"), snapshot.path)
    assert watch.look() is None


def test_a_change_that_harms_is_told_before_one_that_does_not(snapshot):
    watch = Watch(snapshot, unread=INDEX)
    flip(next((snapshot.path / INDEX).iterdir()))
    assert watch.look().readable
    flip(snapshot.path / "cards.jsonl")
    damage = watch.look()
    assert not damage.readable
    assert "cards.jsonl" in damage.problem


def test_a_folder_in_the_place_of_a_file(snapshot):
    watch = Watch(snapshot)
    path = snapshot.path / "cards.jsonl"
    path.unlink()
    path.mkdir()
    assert "expected what the manifest says" in watch.look().problem
