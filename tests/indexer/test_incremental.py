"""A build after some documents changed is the build from scratch of the same documents."""

from __future__ import annotations

import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import build as build_module
from indexer import incremental
from indexer.build import build, verify
from indexer.imports import ImportStore
from indexer.inputs import read_inputs
from indexer.snapshots import Snapshot, SnapshotStore
from indexer.targets import revision
from tests.corpus.samples import document_text
from tests.indexer.plain_whoosh import all_of
from tests.indexer.records import code, release

_CODES = [f"A{number:04}" for number in range(90, 100)]
_TITLES = [
    "Pump Repair",
    "Pumps and Pumping",
    "Foot-Drop Brace (FDB)",
    "Invented supply, each",
    "Zebra",
    "Ménière’s Pump",
]
#: A document of a code: its title; None removes it.
_EDIT = st.tuples(st.sampled_from(_CODES), st.sampled_from([*_TITLES, None]))


@pytest.fixture(autouse=True)
def _any_share(monkeypatch):
    monkeypatch.setattr(incremental, "_FEW", 0)


@pytest.fixture
def no_reading(monkeypatch):
    """Fail where a build reads imports although only documents changed."""

    def stop():
        def refuse(*_):
            raise AssertionError("read everything")

        monkeypatch.setattr(build_module, "_read", refuse)

    return stop


def _edit(folder, name, title):
    path = folder / f"{name}.txt"
    if title is None:
        path.unlink(missing_ok=True)
    else:
        path.write_text(document_text(name, title))


def _import(data):
    texts = [f"Invented supply, pump number {number}" for number in range(6)]
    codes = [code(name, text) for name, text in zip(_CODES[3:], texts, strict=False)]
    ImportStore(data).save(release("2019", *codes[1:]))
    ImportStore(data).save(release("2020", *codes[:-1], code("AB", "Pump modifier (PM)")))


def _same(one, two):
    """Compare all of two snapshots but what tells them apart: names, times, and where Whoosh's postings lie."""
    names = {path.name for path in one.iterdir()}
    assert names == {path.name for path in two.iterdir()}
    for name in names - {"index", "manifest.json"}:
        assert (one / name).read_bytes() == (two / name).read_bytes(), name
    assert all_of(one / "index") == all_of(two / "index")


@settings(max_examples=15)
@given(
    st.lists(_EDIT, min_size=1, max_size=8),
    st.lists(st.lists(_EDIT, max_size=3), min_size=1, max_size=4),
    st.booleans(),
)
def test_builds_after_edits_are_builds_from_scratch(tmp_path_factory, first, rounds, official):
    root = tmp_path_factory.mktemp("edits")
    folder, data, scratch = root / "own", root / "data", root / "scratch"
    folder.mkdir()
    _edit(folder, "A9999", "Always there")
    for each in (data, scratch):
        each.mkdir()
        if official:
            _import(each)
    for edits in [first, *rounds]:
        for name, title in edits:
            _edit(folder, name, None if (name, title) == ("A9999", None) else title)
        made = build(data, [folder])
        shutil.rmtree(scratch / "snapshots", ignore_errors=True)
        (scratch / "CURRENT").unlink(missing_ok=True)
        anew = build(scratch, [folder])
        assert (made.counts, made.problems) == (anew.counts, anew.problems)
        here, there = SnapshotStore(data).current(), SnapshotStore(scratch).current()
        assert here.content_hash == there.content_hash
        assert here.manifest["sources"] == there.manifest["sources"]
        assert here.manifest["disagreements"] == there.manifest["disagreements"]
        _same(here.path, there.path)
        verify(here)


def test_only_documents_are_read(tmp_path, no_reading):
    folder, data = tmp_path / "own", tmp_path / "data"
    folder.mkdir()
    _import(data)
    _edit(folder, "A0093", "Pump Repair")
    build(data, [folder])
    no_reading()
    _edit(folder, "A0093", "Pump Overhaul")
    _edit(folder, "A0099", "Zebra")
    summary = build(data, [folder])
    assert (summary.changed, summary.added) == (("A0093",), ("A0099",))
    ImportStore(data).save(release("2021", code("A0050")))
    with pytest.raises(AssertionError, match="read everything"):
        build(data, [folder])


def test_drug_tables_are_read_for_a_code_that_was_not_known(tmp_path):
    folder, data = tmp_path / "own", tmp_path / "data"
    folder.mkdir()
    _edit(folder, "A0093", "Pump Repair")
    build(data, [folder])
    published = SnapshotStore(data).current()
    manifest = dict(published.manifest)
    manifest["sources"] |= {"drug_tables": [{"release": "2019", "source": "x", "sha256": "0"}]}
    _edit(folder, "A0094", "Zebra")
    before = Snapshot(published.path, manifest)
    assert incremental.find_changes(read_inputs(data, [folder]), before) is None


def test_a_worn_index_is_written_anew(tmp_path, monkeypatch):
    folder, data = tmp_path / "own", tmp_path / "data"
    folder.mkdir()
    _edit(folder, "A0093", "Pump Repair")
    build(data, [folder])
    monkeypatch.setattr(revision, "_WORN", 1.0)
    sizes = []
    for title in ("Zebra One", "Zebra Two", "Zebra Six"):
        _edit(folder, "A0093", title)
        build(data, [folder])
        sizes.append((SnapshotStore(data).current().path / "index" / revision.POSTINGS).stat().st_size)
    assert sizes[0] > 1.9 * sizes[1]
    assert sizes[2] > 1.9 * sizes[1]
