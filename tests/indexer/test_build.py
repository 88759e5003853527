"""A build: what it publishes, what it tells, and that a failure leaves everything as it was."""

from __future__ import annotations

import errno

import pytest

from indexer import build as build_module
from indexer import indexing
from indexer.build import build, verify
from indexer.errors import BuildError, SnapshotError
from indexer.imports import ImportStore
from indexer.inspection import examine
from indexer.snapshots import SnapshotStore
from tests.corpus.samples import document_text
from tests.indexer.records import code, release


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "one.txt").write_text(document_text())
    (folder / "two.txt").write_text(document_text("A9998", "Second Repair"))
    return folder


def test_the_summary_tells_added_changed_and_removed(tmp_path, folder):
    first = build(tmp_path, [folder])
    assert (first.published, first.added, first.changed, first.removed) == (True, ("A9998", "A9999"), (), ())
    (folder / "one.txt").write_text(document_text(title="Better Repair"))
    (folder / "two.txt").unlink()
    (folder / "three.txt").write_text(document_text("A9997", "Third Repair"))
    second = build(tmp_path, [folder])
    assert (second.added, second.changed, second.removed) == (("A9997",), ("A9999",), ("A9998",))


def test_unchanged_input_publishes_nothing(tmp_path, folder):
    first = build(tmp_path, [folder])
    (folder / "one.txt").write_text(document_text().replace("\n", "\r\n"))
    second = build(tmp_path, [folder])
    assert not second.published
    assert second.snapshot == first.snapshot
    assert SnapshotStore(tmp_path).names() == [first.snapshot]


def test_a_document_with_errors_is_left_out_and_told(tmp_path, folder):
    (folder / "two.txt").write_text(document_text("A9998").replace("Summary\n", "Sumary\n"))
    summary = build(tmp_path, [folder])
    assert summary.added == ("A9999",)
    assert summary.rejected == (str(folder / "two.txt"),)
    assert "unknown-section" in {problem.rule for problem in summary.problems}


def test_strict_publishes_nothing_where_a_document_is_rejected(tmp_path, folder):
    (folder / "two.txt").write_text("")
    with pytest.raises(BuildError, match=r"got errors in .*two\.txt"):
        build(tmp_path, [folder], strict=True)
    assert SnapshotStore(tmp_path).names() == []


def test_nothing_to_index_is_an_error(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(BuildError, match="at least one document"):
        build(tmp_path, [tmp_path / "empty"])
    with pytest.raises(BuildError, match="expected a folder of documents"):
        build(tmp_path, [tmp_path / "absent"])


def test_official_codes_and_documents_are_counted(tmp_path, folder):
    ImportStore(tmp_path).save(release("2020", code("A9999"), code(), code("AB", "Invented modifier")))
    counts = build(tmp_path, [folder]).counts
    assert counts == {"records": 4, "documents": 2, "procedures": 3, "modifiers": 1, "official": 3, "rejected": 0}


def test_a_failing_disk_leaves_the_published_snapshot_and_no_rest(tmp_path, folder, monkeypatch):
    first = build(tmp_path, [folder]).snapshot

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(indexing, "write_index", full)
    (folder / "one.txt").write_text(document_text(title="Better Repair"))
    with pytest.raises(BuildError, match=r"No space left.*published snapshot is untouched"):
        build(tmp_path, [folder])
    store = SnapshotStore(tmp_path)
    assert store.current_name() == first
    assert [path.name for path in store.root.iterdir()] == [first]
    monkeypatch.undo()
    assert build(tmp_path, [folder]).published


def test_a_snapshot_that_does_not_verify_is_not_published(tmp_path, folder, monkeypatch):
    first = build(tmp_path, [folder]).snapshot

    def refuse(_):
        raise SnapshotError("a wrong byte")

    monkeypatch.setattr(build_module, "verify", refuse)
    (folder / "one.txt").write_text(document_text(title="Better Repair"))
    with pytest.raises(SnapshotError, match="a wrong byte"):
        build(tmp_path, [folder])
    assert SnapshotStore(tmp_path).names() == [first]


def test_what_a_killed_build_left_is_removed_by_the_next(tmp_path, folder):
    left = tmp_path / "snapshots/.building-000001/index"
    left.mkdir(parents=True)
    (left / "part").write_text("x")
    build(tmp_path, [folder])
    assert not left.exists()


def test_a_damaged_published_snapshot_is_built_anew(tmp_path, folder):
    first = build(tmp_path, [folder]).snapshot
    store = SnapshotStore(tmp_path)
    (store.root / first / "hashes.json").write_bytes(b"{}")
    again = build(tmp_path, [folder])
    assert again.published
    assert again.snapshot != first
    verify(store.current())


def test_examine_writes_nothing(tmp_path, folder):
    corpus, problems = examine(tmp_path / "data", [folder])
    assert (corpus.files, len(corpus.documents)) == (2, 2)
    assert not [each for each in problems if each.severity == "error"]
    assert not (tmp_path / "data").exists()


def test_progress_is_told_each_record(tmp_path, folder):
    seen = []

    class Recorder:
        def phase(self, name, steps):
            seen.append([name, steps, 0])

        def step(self):
            seen[-1][2] += 1

    build(tmp_path, [folder], progress=Recorder())
    before, shared, after = seen[:3], seen[3:-1], seen[-1]
    assert before == [["Reading", 2, 2], ["Writing", 1, 1], ["Indexing", 2, 2]]
    assert [name for name, _, _ in shared] == ["Merging", "Listing"]
    assert all(done == steps for _, steps, done in shared)
    assert after == ["Verifying", 1, 1]
