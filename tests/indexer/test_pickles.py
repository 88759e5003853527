"""A snapshot from elsewhere cannot run anything, wherever in the index a hostile pickle lies."""

from __future__ import annotations

import hashlib
import pickle
import sys
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh.codec.whoosh3 import W3Codec, W3Segment

from indexer.build import build, verify
from indexer.errors import SnapshotError
from indexer.files import file_sha256
from indexer.imports import ImportStore
from indexer.snapshots import INDEX, MANIFEST, SnapshotStore
from indexer.targets import pickles
from indexer.targets.segment import POSTINGS, TERMS
from indexer.targets.terms import read_terms
from indexer.targets.whoosh import check_index, open_reader
from tests.corpus.samples import document_text
from tests.indexer.plain_whoosh import postings_of
from tests.indexer.records import code, release

TOC = "_MAIN_1.toc"
_PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
)


class _Harm:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return exec, (f"open({str(self.path)!r}, 'w').close()",)


@pytest.fixture
def data(tmp_path):
    (tmp_path / "own").mkdir()
    ImportStore(tmp_path).save(release("2020", *(code(f"A{at:04}", f"Infusion pump {at}") for at in range(30))))
    build(tmp_path, [tmp_path / "own"])
    return tmp_path


@given(_PLAIN, st.integers(2, pickle.HIGHEST_PROTOCOL))
def test_plain_values_are_read_as_the_library_reads_them(value, protocol):
    written = pickle.dumps(value, max(protocol, 3))
    assert pickles.loads(written) == pickle.loads(written) == value  # noqa: S301


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_that_would_run_something_is_refused(tmp_path, protocol):
    harm = pickle.dumps([1, _Harm(tmp_path / "harmed")], protocol)
    with pytest.raises(pickles.UnsafePickle, match="exec"):
        pickles.loads(harm)
    assert not (tmp_path / "harmed").exists()
    # It is a real one.
    pickle.loads(harm)  # noqa: S301
    assert (tmp_path / "harmed").exists()


@pytest.mark.parametrize("name", [TERMS, POSTINGS, TOC])
def test_an_index_with_a_hostile_pickle_runs_nothing_and_is_refused(data, name):
    """Pickles of a file are replaced in turn; sizes and checksums are made to fit, as an attacker would."""
    harmed = data / "harmed"
    snapshot = SnapshotStore(data).current()
    path = snapshot.path / INDEX / name
    refusals = []
    for changed in _with_harm(path.read_bytes(), name, harmed):
        path.write_bytes(changed)
        _forge_manifest(snapshot.path)
        refusals.append(_refusal(SnapshotStore(data).current()))
        assert not harmed.exists()
    assert any("exec" in each for each in refusals)


def _refusal(forged):
    """Do all that verify and builds do with an index; return what they say against it."""
    try:
        verify(forged)
        _read_everything(forged.path / INDEX)
    except Exception as error:
        # A byte that only looks like the beginning of a pickle breaks the file in some other way.
        return str(error)
    return ""


def _with_harm(content, name, harmed):
    harm = pickle.dumps(_Harm(harmed), 2)
    begins = [at for at in range(len(content)) if content[at : at + 1] == b"\x80" and content[at + 1] in (2, 3, 4, 5)]
    for begin in begins[:20]:
        # Behind the head of a file all that counts is where a pickle begins.
        yield content[:begin] + harm + content[begin + len(harm) :]
    if name == TERMS:
        # The end of the file says where its pickle begins.
        size = int.from_bytes(content[-4:], "big")
        at = len(content) - 4 - size
        yield content[:at] + harm.ljust(size, b"\0") + content[-4:]


def _forge_manifest(folder):
    manifest = orjson.loads((folder / MANIFEST).read_bytes())
    for name in manifest["files"]:
        path = folder / name
        manifest["files"][name] = {"bytes": path.stat().st_size, "sha256": file_sha256(path)}
    manifest.pop("manifest_sha256")
    manifest["manifest_sha256"] = hashlib.sha256(orjson.dumps(manifest, option=orjson.OPT_SORT_KEYS)).hexdigest()
    (folder / MANIFEST).write_bytes(orjson.dumps(manifest))


def _read_everything(folder):
    read_terms(folder / TERMS)
    with open_reader(folder) as reader:
        for name, term in reader.all_terms():
            postings_of(reader, name, term)


def test_a_build_from_a_forged_snapshot_stops_with_a_remedy(data):
    snapshot = SnapshotStore(data).current()
    path = snapshot.path / INDEX / TERMS
    *_, changed = _with_harm(path.read_bytes(), TERMS, data / "harmed")
    path.write_bytes(changed)
    _forge_manifest(snapshot.path)
    (data / "own/a.txt").write_text(document_text("A0001", "Infusion pump"))
    with pytest.raises(SnapshotError, match="emove the folder of the snapshot"):
        build(data, [data / "own"])
    assert not (data / "harmed").exists()
    assert not list(SnapshotStore(data).root.glob(".building-*"))


@pytest.mark.parametrize(
    "facts",
    [
        {"indexname": "../../etc", "segid": "records"},
        {"indexname": "MAIN", "segid": "a/b"},
        {"indexname": "MAIN", "segid": "records", "_doccount": "many"},
        {"indexname": "MAIN", "segid": "records", "_doccount": 1, "_fieldlengths": 5},
        {"indexname": "MAIN", "segid": "records", "_doccount": 1, "_fieldlengths": {}, "compound": True},
    ],
)
def test_a_segment_that_is_none_of_ours_is_refused(data, facts):
    segment = W3Segment(W3Codec(), "MAIN", doccount=30, segid="records")
    vars(segment).update(facts)
    path = SnapshotStore(data).current().path / INDEX / TOC
    content = path.read_bytes()
    path.write_bytes(content[: content.rindex(b"\x80\x05\x95")] + pickle.dumps([segment], 5))
    with pytest.raises(SnapshotError, match="segment"):
        check_index(path.parent, 30)


def test_no_file_outside_of_the_index_is_opened(tmp_path):
    (tmp_path / "index").mkdir()
    (tmp_path / "secret").write_text("x")
    for name in ("../secret", str(tmp_path / "secret"), "..", ""):
        with pytest.raises(pickles.UnsafePickle):
            pickles.SafeStorage(tmp_path / "index").open_file(name)


def test_nothing_of_whoosh_that_reads_an_index_is_left_unguarded(data):
    """Reads a whole index while Python reports every name that its own unpickler looks up."""
    found = []
    reading = [False]

    def hook(event, arguments):
        if reading[0] and event == "pickle.find_class":
            found.append(arguments)

    sys.addaudithook(hook)
    reading[0] = True
    try:
        verify(SnapshotStore(data).current())
        _read_everything(SnapshotStore(data).current().path / INDEX)
        pickle.loads(pickle.dumps(Path("x")))  # noqa: S301
    finally:
        reading[0] = False
    assert {module for module, _ in found} <= {Path.__module__, type(Path("x")).__module__}
    assert found, "the hook does not hear unpicklers"
