"""Watching: a change is built once it is still, new official files are imported once, and nothing is built in vain."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from indexer.build import build
from indexer.cli import cli
from indexer.errors import DataError
from indexer.imports import ImportStore
from indexer.inbox import import_new
from indexer.tasks import SUCCEEDED, TaskStore
from indexer.watching import Watched, Watcher, look
from tests.corpus.samples import document_text
from tests.indexer.hcpcs_files import sample_codes, text_file
from tests.live.server import ROOT


def _settle(path):
    """Make a file look as if it had been there for long."""
    os.utime(path, (time.time() - 60, time.time() - 60))
    return path


def _release(folder, codes=None):
    """Write a release of 2020 into a folder."""
    path = folder / "HCPC2020_ANWEB.txt"
    path.write_bytes(text_file(codes or sample_codes()))
    return _settle(path)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "one.txt").write_text(document_text())
    return folder


@pytest.fixture
def watcher(tmp_path, folder):
    wanted = []
    watched = Watched(tmp_path / "data", (folder,), quiet=2.0, import_folder=None)
    return Watcher(watched, wanted.append), wanted


def test_the_first_build_takes_what_changed_while_nobody_watched(watcher):
    watching, wanted = watcher
    watching.step(0)
    watching.step(10)
    assert wanted == ["files"]


def test_a_change_is_built_once_it_is_still(watcher, folder):
    watching, wanted = watcher
    watching.step(0)
    wanted.clear()
    for moment in range(1, 6):
        (folder / "one.txt").write_text(document_text(title=f"Title {moment}"))
        watching.step(moment)
        assert wanted == []
    watching.step(6)
    watching.step(7)
    assert wanted == ["files"]
    watching.step(20)
    assert wanted == ["files"]


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "two.txt").write_text("x"),
        lambda folder: (folder / "one.txt").unlink(),
        lambda folder: (folder / "one.txt").rename(folder / "other.txt"),
        lambda folder: shutil.rmtree(folder),
        lambda folder: ((folder / "new").mkdir(), (folder / "new/one.txt").write_text("x")),
    ],
)
def test_every_kind_of_change_is_seen(watcher, folder, change):
    watching, wanted = watcher
    watching.step(0)
    wanted.clear()
    change(folder)
    watching.step(1)
    watching.step(4)
    assert wanted == ["files"]


def test_hidden_files_are_passed_over(watcher, folder):
    before = look([folder])
    (folder / ".one.txt.swp").write_text("x")
    (folder / ".git").mkdir()
    (folder / ".git/index").write_text("x")
    assert look([folder]) == before


def test_new_official_files_are_imported_once(tmp_path, folder):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    data = tmp_path / "data"
    _release(inbox)
    _settle_text = inbox / "readme.txt"
    _settle_text.write_text("no release")
    _settle(_settle_text)
    taken = import_new(data, inbox)
    assert [(each.name, each.state) for each in taken] == [
        ("HCPC2020_ANWEB.txt", "imported"),
        ("readme.txt", "refused"),
    ]
    assert ImportStore(data).labels() == ["2020"]
    assert import_new(data, inbox) == []
    # The same content under another name is known, another content under the same name is looked at.
    shutil.copy2(inbox / "HCPC2020_ANWEB.txt", inbox / "copy-HCPC2020_ANWEB.txt")
    _release(inbox, sample_codes()[:-1])
    states = {each.name: each.state for each in import_new(data, inbox)}
    assert states == {"copy-HCPC2020_ANWEB.txt": "known", "HCPC2020_ANWEB.txt": "refused"}


def test_a_file_that_is_still_copied_waits(tmp_path):
    (tmp_path / "new.zip").write_bytes(b"PK")
    assert import_new(tmp_path / "data", tmp_path) == []
    _settle(tmp_path / "new.zip")
    assert [each.state for each in import_new(tmp_path / "data", tmp_path)] == ["refused"]


def test_a_watcher_looks_into_the_folder_at_its_interval(tmp_path, folder):
    inbox, wanted = tmp_path / "inbox", []
    watched = Watched(tmp_path / "data", (folder,), import_folder=inbox, import_every=100)
    watching = Watcher(watched, wanted.append)
    watching.step(0)
    inbox.mkdir()
    _release(inbox)
    watching.step(50)
    assert wanted == ["files"]
    watching.step(100)
    watching.step(110)
    # The import changed files that are watched, too, but is built only once.
    assert wanted == ["files", "import"]


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DataError, match="no folder there"):
        import_new(tmp_path / "data", tmp_path / "nowhere")


def test_the_command_for_timers(tmp_path):
    _release(tmp_path)
    done = CliRunner().invoke(cli, ["import", "folder", str(tmp_path), "--data", str(tmp_path / "data")])
    assert (done.exit_code, "imported: HCPC2020_ANWEB.txt (HCPCS 2020)" in done.stdout) == (0, True)
    (tmp_path / "other.pdf").write_bytes(b"%PDF-1.4 no table")
    _settle(tmp_path / "other.pdf")
    done = CliRunner().invoke(cli, ["import", "folder", str(tmp_path), "--json", "--data", str(tmp_path / "data")])
    assert done.exit_code == 4


@pytest.mark.parametrize("words", [["--every", "1"], ["--every", "0s"], ["--quiet", "2 s"], ["--no-shipped"]])
def test_wrong_options_are_refused(tmp_path, words):
    assert CliRunner().invoke(cli, ["watch", *words, "--data", str(tmp_path)]).exit_code == 2


def test_a_real_watcher_builds_what_is_written(tmp_path, folder):
    data = tmp_path / "data"
    build(data, [folder])
    store = TaskStore(data)
    words = ["watch", "--data", str(data), "--no-shipped", "--corpus", str(folder), "--quiet", "0.2s"]
    process = subprocess.Popen([sys.executable, "-m", "indexer", *words], cwd=ROOT)
    try:
        _until(lambda: [task.state for task in store.all()] == [SUCCEEDED])
        (folder / "two.txt").write_text(document_text("A9998"))
        _until(lambda: store.all()[0].changes.get("added") == 1)
        assert store.all()[0].reason == "files"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _until(holds):
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)
