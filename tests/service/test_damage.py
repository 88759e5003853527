"""Files of the snapshot that is served are damaged, one after the other: the last good one answers, damage is named."""

from __future__ import annotations

import os
import shutil

import pytest

from indexer.build import build
from indexer.snapshots import INDEX, SnapshotStore
from service.app import open_embedded
from service.search.errors import Unavailable
from service.search.model import SearchRequest
from service.search.searcher import Searcher
from tests.corpus.samples import document_text
from tests.damage import flip, overwrite


def _published(data, title):
    (data / "own").mkdir(exist_ok=True)
    (data / "own/one.txt").write_text(document_text(title=title))
    return build(data, [data / "own"]).snapshot


@pytest.fixture
def served(tmp_path):
    """A searcher that serves the second of two snapshots."""
    _published(tmp_path, "Old Repair")
    _published(tmp_path, "New Repair")
    searcher = Searcher(SnapshotStore(tmp_path), open_embedded)
    yield searcher, tmp_path
    searcher.close()


def _title(searcher):
    return searcher.search(SearchRequest("repair")).hits[0].record["title"]


def test_a_byte_is_flipped_in_a_file(served, monkeypatch):
    """That every file is watched is a test of the watch."""
    searcher, data = served
    monkeypatch.setattr("service.search.searcher._RETRY_SECONDS", 0.0)
    snapshot = SnapshotStore(data).current()
    for name in ("compiled.bin", min(snapshot.manifest["files"], key=lambda each: not each.startswith(INDEX))):
        before = (snapshot.path / name).read_bytes()
        flip(snapshot.path / name)
        searcher.reload()
        assert name in searcher.status.problem
        # What a service does not read harms no answer, and is told all the same.
        expected = "New Repair" if name.startswith(INDEX) else "Old Repair"
        assert _title(searcher) == expected
        searcher.reload()
        assert name in searcher.status.problem
        overwrite(snapshot.path / name, before)
        searcher.reload()
        assert searcher.status.problem is None
        assert _title(searcher) == "New Repair"


def test_a_removed_snapshot_is_served_on_and_missed(served):
    searcher, data = served
    shutil.rmtree(SnapshotStore(data).current().path)
    searcher.reload()
    assert "expected a file of the snapshot that is served; got none" in searcher.status.problem
    assert _title(searcher) == "New Repair"
    again = build(data, [data / "own"]).snapshot
    searcher.reload()
    assert searcher.status.problem is None
    assert searcher.status.serving == again


def test_no_whole_snapshot_is_left(served):
    searcher, data = served
    for name in SnapshotStore(data).names():
        flip(data / "snapshots" / name / "compiled.bin")
    searcher.reload()
    with pytest.raises(Unavailable, match=r"compiled.bin: expected what the manifest says.*procsearch build"):
        _title(searcher)
    build(data, [data / "own"])
    searcher.reload()
    assert _title(searcher) == "New Repair"


def test_the_pointer_is_damaged(served):
    searcher, data = served
    (data / "CURRENT").write_text("nonsense")
    searcher.reload()
    assert "procsearch rollback" in searcher.status.problem
    assert _title(searcher) == "New Repair"


def test_the_clock_jumps(tmp_path, monkeypatch):
    """Nothing that publishes, serves, prunes or rolls back asks what time it is: numbers order snapshots."""
    created = "1970-01-01T00:00:00+00:00"
    first = _published(tmp_path, "Old Repair")
    searcher = Searcher(SnapshotStore(tmp_path), open_embedded)
    monkeypatch.setattr("indexer.snapshots.now", lambda: created)
    second = _published(tmp_path, "New Repair")
    store = SnapshotStore(tmp_path)
    assert store.current().manifest["created"] == created
    for path in store.current().path.rglob("*"):
        os.utime(path, (0, 0))
    assert searcher.reload()
    assert _title(searcher) == "New Repair"
    assert store.names() == [first, second]
    assert store.rollback_target() == first
    assert store.prune(1) == ([first], [])
    searcher.close()
