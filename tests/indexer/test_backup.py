"""A backup brings back snapshot, imports and documents as they were; a file that is not one changes nothing."""

from __future__ import annotations

import io
import shutil
import tarfile
from hashlib import sha256

import orjson
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer import archived, restoration, snapshots
from indexer.archived import LIST, Contents, Entry, is_allowed, read_contents, read_files, write_archive
from indexer.backup import back_up
from indexer.build import build, verify
from indexer.cli import cli
from indexer.errors import BackupRefused, DataError, LockHeld, SnapshotError
from indexer.imports import ImportStore
from indexer.locks import write_lock
from indexer.restoration import restore
from indexer.snapshots import SnapshotStore, versions
from tests.corpus.samples import document_text
from tests.damage import flip
from tests.indexer.records import code, release

LONG = "a" * 120 + ".txt"


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A data folder with imports, own words, documents inside and outside of it, all published."""
    data = tmp_path_factory.mktemp("source")
    for folder in ("documents", "imports/synonyms", "../elsewhere/deep"):
        (data / folder).mkdir(parents=True, exist_ok=True)
    (data / "documents/one.txt").write_text(document_text())
    (data / "../elsewhere/deep" / LONG).write_text(document_text("A9998", "Other Repair"))
    (data / "../elsewhere/.hidden.txt").write_text("no document")
    (data / "imports/synonyms/own.txt").write_text("rollator => walker\n")
    ImportStore(data).save(release("2020", code("B0001", "Wheel lock")))
    build(data, [data / "documents", data / "../elsewhere"])
    return data


@pytest.fixture(scope="module")
def tar(source, tmp_path_factory):
    target = tmp_path_factory.mktemp("backups") / "new/backup.tar"
    back_up(source, target, [source / "documents", source / "../elsewhere"])
    return target


def tree(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_all_comes_back(source, tar, tmp_path):
    done = restore(tmp_path, tar)
    assert done.corpus == (str(tmp_path / "corpus/1"),)
    assert done.folders == ("imports", "documents", "corpus")
    assert done.kept == ()
    store = SnapshotStore(tmp_path)
    verify(store.current())
    assert tree(store.current().path) == tree(SnapshotStore(source).current().path)
    assert tree(tmp_path / "imports") == tree(source / "imports")
    assert tree(tmp_path / "documents") == tree(source / "documents")
    assert list(tree(tmp_path / "corpus/1")) == [f"deep/{LONG}"]
    # What was restored is what the snapshot is built from.
    again = build(tmp_path, [tmp_path / "documents", tmp_path / "corpus/1"])
    assert not again.published
    assert again.snapshot == done.snapshot
    assert not list(store.root.glob(".building*"))


def test_a_second_restore_changes_nothing(tar, tmp_path):
    first = restore(tmp_path, tar)
    before = tree(tmp_path)
    done = restore(tmp_path, tar)
    assert (done.snapshot, done.folders, done.kept) == (first.snapshot, (), ())
    assert tree(tmp_path) == before


def test_a_backup_of_what_was_restored_holds_the_same(tar, tmp_path):
    restore(tmp_path / "data", tar)
    again = back_up(tmp_path / "data", tmp_path / "again.tar")
    with tar.open("rb") as stream:
        assert again.files == read_contents(stream, "tar").files


def test_a_damaged_snapshot_is_replaced_by_that_of_the_backup(tar, tmp_path):
    name = restore(tmp_path, tar).snapshot
    flip(tmp_path / "snapshots" / name / "compiled.bin")
    later = restore(tmp_path, tar).snapshot
    assert later > name
    verify(SnapshotStore(tmp_path).current())


def test_other_inputs_give_way_only_when_told(tar, tmp_path):
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents/mine.txt").write_text("mine")
    before = tree(tmp_path)
    with pytest.raises(DataError, match=r"expected no other documents than those of the backup.*--replace"):
        restore(tmp_path, tar)
    assert {name: data for name, data in tree(tmp_path).items() if name != "write.lock"} == before
    done = restore(tmp_path, tar, replace=True)
    assert done.kept == ("documents.before-restore-000001",)
    assert (tmp_path / done.kept[0] / "mine.txt").read_text() == "mine"
    assert list(tree(tmp_path / "documents")) == ["one.txt"]


def test_a_snapshot_of_another_version_is_built_anew(source, tar, tmp_path, monkeypatch):
    monkeypatch.setattr("indexer.snapshots.FORMAT_VERSION", 999)
    with pytest.raises(BackupRefused, match=r"expected a snapshot of versions .*999.*--inputs-only.*procsearch build"):
        restore(tmp_path, tar)
    done = restore(tmp_path, tar, inputs_only=True)
    assert done.snapshot is None
    assert SnapshotStore(tmp_path).names() == []
    assert build(tmp_path, [tmp_path / "documents", tmp_path / "corpus/1"]).counts["records"] == 3


def test_a_backup_of_another_format_is_refused(tar, tmp_path, monkeypatch):
    monkeypatch.setattr(archived, "BACKUP_FORMAT", 2)
    with pytest.raises(BackupRefused, match=r"expected a backup of format 2; got 1\. Restore it with the version"):
        restore(tmp_path, tar)


def test_what_is_published_must_be_whole(source, tmp_path):
    with pytest.raises(SnapshotError, match="expected a published snapshot; got none"):
        back_up(tmp_path / "empty", tmp_path / "x.tar")
    shutil.copytree(source, tmp_path / "data")
    flip(SnapshotStore(tmp_path / "data").current().path / "cards.jsonl")
    with pytest.raises(SnapshotError, match=r"cards.jsonl: expected .*procsearch rollback"):
        back_up(tmp_path / "data", tmp_path / "x.tar")
    assert not (tmp_path / "x.tar").exists()


def test_a_corpus_folder_that_is_not_there(source, tmp_path):
    with pytest.raises(DataError, match="gone: expected a folder of documents"):
        back_up(source, tmp_path / "x.tar", [tmp_path / "gone"])


def test_links_that_lead_out_are_left_out(source, tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "own/link.txt").symlink_to(tmp_path / "secret")
    (tmp_path / "own/sound.txt").write_text(document_text())
    contents = back_up(source, tmp_path / "x.tar", [tmp_path / "own"])
    assert [entry.name for entry in contents.below("corpus")] == ["corpus/1/sound.txt"]


def test_writers_wait_for_each_other(source, tar, tmp_path):
    with write_lock(source), pytest.raises(LockHeld):
        back_up(source, tmp_path / "x.tar")
    with write_lock(tmp_path), pytest.raises(LockHeld):
        restore(tmp_path, tar)


@pytest.mark.parametrize("at", ["_sealed", "_give_way", "_move_in", "_publish"])
def test_a_restore_that_breaks_off_leaves_what_was_published(source, tar, tmp_path, monkeypatch, at):
    data = shutil.copytree(source, tmp_path / "data")
    before = SnapshotStore(data).current_name()

    def broken(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(restoration, at, broken)
        (data / "documents/more.txt").write_text(document_text("A9997", "Third Repair"))
        with pytest.raises(KeyboardInterrupt):
            restore(data, tar, replace=True)
    assert SnapshotStore(data).current_name() == before
    verify(SnapshotStore(data).current())
    restore(data, tar, replace=True)
    assert tree(data / "documents") == tree(source / "documents")


@pytest.mark.parametrize(
    "name",
    [
        *("../x", "/etc/x", "imports/../../x", "snapshot//x", "imports/./x", "tokens.json", "imports", "imports/a\\b"),
        *("imports/\x00", "imports/" + "a" * 256, "imports/\x1b[2J", "elsewhere/x", "", "imports/" + "a/" * 600 + "a"),
    ],
)
def test_paths_that_lead_elsewhere_are_refused(name, tmp_path):
    assert not is_allowed(name)
    refused(listing([[name, 1, "0" * 64]]) + b"x" * 512, tmp_path, "expected files below snapshot")


def listing(files, **values):
    listed = {"format": 1, "created": "x", "snapshot": "x", "versions": versions(), "files": files, **values}
    return member(LIST, checked(orjson.dumps(listed)))


def checked(listed):
    return listed + b"\n" + sha256(listed).hexdigest().encode() + b"\n"


def member(name, content, kind=tarfile.REGTYPE, target=""):
    info = tarfile.TarInfo(name)
    info.size, info.type, info.linkname = len(content), kind, target
    return info.tobuf(tarfile.GNU_FORMAT) + content + bytes(-len(content) % 512)


def refused(content, tmp_path, message):
    path = tmp_path / "hostile.tar"
    path.write_bytes(content)
    with pytest.raises(BackupRefused, match=message):
        restore(tmp_path / "data", path)
    left = {path.name for path in (tmp_path / "data").rglob("*")}
    assert left <= {"write.lock", "snapshots"}


def test_foreign_files_are_refused(tmp_path):
    entry = ["imports/x", 1, "0" * 64]
    for content, message in (
        (b"", "expected 512 bytes more; got the end"),
        (b"x" * 1024, "expected a tar"),
        (bytes(1024), "expected a tar"),
        (member("other", b"x"), "expected procsearch-backup.json as the first file"),
        (member(LIST, b"{}"), "expected a list with its checksum"),
        (member(LIST, checked(b"{")), "expected a list of files"),
        (member(LIST, checked(b"[]")), "expected a list of files"),
        (member(LIST, checked(b"{}")), "expected a list of files"),
        (listing([["imports/x", -1, "0" * 64]]), "a size or checksum that cannot be"),
        (listing([["imports/x", True, "0" * 64]]), "a size or checksum that cannot be"),
        (listing([["imports/x", 1, "x"]]), "a size or checksum that cannot be"),
        (listing([entry, entry]), "expected each path once"),
        (listing([entry, ["imports/x/y", 1, "0" * 64]]), "expected each path once"),
        (listing([["imports/x", 1 << 49, "0" * 64]]), "of free space"),
        (listing([entry]) + member("imports/x", b"", tarfile.SYMTYPE, "/etc/passwd"), "expected plain files"),
        (listing([entry]) + member("imports/x", b"", tarfile.LNKTYPE, "/etc/passwd"), "expected plain files"),
        (listing([entry]) + member("imports/x", b"", tarfile.DIRTYPE), "expected plain files"),
        (listing([entry]) + member("imports/x", b"x" * 99, tarfile.XHDTYPE), "expected plain files"),
        (listing([entry]) + member("imports/x", b"xx"), "expected 1 bytes of imports/x; got 2"),
        (listing([entry]) + member("imports/x", b"x"), "expected imports/x with its checksum"),
        (listing([]) + member("imports/x", b"x"), "expected 0 files; got more"),
        (listing([]) + bytes(1024), "expected a whole snapshot"),
        (listing([], versions={}), "expected a snapshot of versions"),
    ):
        if message == "of free space":
            path = tmp_path / "large.tar"
            path.write_bytes(content)
            with pytest.raises(DataError, match=message):
                restore(tmp_path / "data", path)
        else:
            refused(content, tmp_path, message)


@pytest.mark.parametrize("wrong", [{"content_hash": "../../x"}, {"counts": {"records": "1"}}, {"created": "now"}])
def test_a_manifest_that_lies_is_refused(tar, tmp_path, wrong):
    """All checksums fit, and still the manifest is none that a build writes."""
    with tar.open("rb") as stream:
        contents = read_contents(stream, "tar")
        files = {entry.name: b"".join(pieces) for entry, pieces in read_files(stream, contents, "tar")}
    manifest = orjson.loads(files["snapshot/manifest.json"]) | wrong
    manifest["manifest_sha256"] = snapshots._manifest_sha256(manifest)
    files["snapshot/manifest.json"] = orjson.dumps(manifest)
    refused(packed(contents, files, tmp_path), tmp_path, "expected a whole snapshot")


def packed(contents, files, folder):
    entries = tuple(Entry(name, len(data), sha256(data).hexdigest()) for name, data in files.items())
    sources = {}
    for at, (name, data) in enumerate(files.items()):
        sources[name] = folder / f"part-{at}"
        sources[name].write_bytes(data)
    stream = io.BytesIO()
    write_archive(stream, Contents(contents.created, contents.snapshot, contents.versions, entries), sources)
    return stream.getvalue()


@given(st.data())
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_flipped_bit_and_no_cut_is_overlooked(tar, data):
    """Whatever happens to the file, what is read of it is what was written, or it is refused."""
    content = bytearray(tar.read_bytes())
    at = data.draw(st.integers(0, len(content) - 2 * 512 - 1))
    if data.draw(st.booleans()):
        content[at] ^= 1 << data.draw(st.integers(0, 7))
    else:
        del content[at:]

    def everything(stream):
        contents = read_contents(stream, "tar")
        return [(entry, b"".join(pieces)) for entry, pieces in read_files(stream, contents, "tar")]

    try:
        read = everything(io.BytesIO(content))
    except BackupRefused:
        return
    with tar.open("rb") as stream:
        assert read == everything(stream)


def test_the_commands(source, tar, tmp_path):
    def run(*arguments, code=0):
        done = CliRunner().invoke(cli, [*map(str, arguments), "--data", str(tmp_path / "data")])
        assert done.exit_code == code, done.output
        return done.output

    assert "expected a published snapshot" in run("backup", tmp_path / "x.tar", code=7)
    assert "expected a backup that can be read" in run("restore", tmp_path / "x.tar", code=4)
    assert "Run 'procsearch build'" in run("restore", "--inputs-only", tar)
    shown = run("restore", tar)
    assert "published 000001-" in shown
    assert f"pass --corpus {tmp_path}/data/corpus/1 to builds" in shown
    assert "2 files of imports, 1 files of documents, 1 files of corpus" in run("backup", tmp_path / "x.tar")
    assert orjson.loads(run("backup", "--json", tmp_path / "x.tar"))["files"]["corpus"] == 1
    assert orjson.loads(run("restore", "--json", tar))["folders"] == []
