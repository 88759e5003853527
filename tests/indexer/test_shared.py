"""A build that several processes share: the same bytes as by one, and a clean end whatever happens to a process."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from corpus.store import SHIPPED
from indexer import build as build_module
from indexer import indexing
from indexer.build import build
from indexer.errors import BuildError
from indexer.importers.hcpcs import read_release
from indexer.imports import ImportStore
from indexer.snapshots import MANIFEST, SnapshotStore
from indexer.targets import segment
from indexer.workers import Workers
from tests.corpus.samples import document_text

ROOT = Path(__file__).resolve().parents[2]
_HOLDS_A_WORKER = """
import os, time
from indexer.workers import Workers
from tests.corpus.samples import document_text
with Workers(1) as workers:
    print(workers.submit(os.getpid).result(), flush=True)
    workers.submit(time.sleep, 600).result()
"""


def _files(data):
    store = SnapshotStore(data)
    root = store.root / store.current_name()
    files = {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}
    return {path: data for path, data in files.items() if path.name != MANIFEST}


class _Counted:
    def __init__(self):
        self.phases, self.steps = [], 0

    def phase(self, name, steps):
        self.phases.append((name, steps))

    def step(self):
        self.steps += 1


def test_any_number_of_processes_gives_the_same_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr(segment, "_PART_POSITIONS", 20_000)
    files, shown = [], []
    for jobs in (1, 2, 3):
        shown.append(_Counted())
        build(tmp_path / str(jobs), [SHIPPED], jobs=jobs, progress=shown[-1])
        files.append(_files(tmp_path / str(jobs)))
        assert shown[-1].phases == shown[0].phases
        assert shown[-1].steps == sum(steps for _, steps in shown[-1].phases)
    assert files[0] == files[1] == files[2]


def test_the_official_codes_come_out_the_same(tmp_path, hcpcs_data):
    for name, jobs in (("one", 1), ("many", 2)):
        ImportStore(tmp_path / name).save(read_release(hcpcs_data / "2020-alpha-numeric-hcpcs-file.zip"))
        build(tmp_path / name, [SHIPPED], jobs=jobs)
    assert _files(tmp_path / "one") == _files(tmp_path / "many")


def _killed(*_):
    signal.raise_signal(signal.SIGKILL)


def _full(*_):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A data folder with a snapshot, and in it a folder of documents that changed since."""
    data = tmp_path_factory.mktemp("published")
    (data / "own").mkdir()
    (data / "own/one.txt").write_text(document_text())
    build(data, [data / "own"])
    (data / "own/one.txt").write_text(document_text(title="Better Repair"))
    return data


@pytest.mark.parametrize(
    ("module", "name", "fails", "told"),
    [
        (indexing, "collect_part", _killed, "signal 9.*--jobs 1"),
        (segment, "write_part", _killed, "signal 9.*--jobs 1"),
        (segment, "write_part", _full, "No space left on device"),
        (indexing, "write_suggestions", _full, "No space left on device"),
    ],
)
def test_a_process_that_fails_ends_the_build_and_nothing_else(
    published, tmp_path, module, name, fails, told, monkeypatch
):
    data = shutil.copytree(published, tmp_path / "data")
    store = SnapshotStore(data)
    first = store.current_name()
    monkeypatch.setattr(module, name, fails)
    # A build of the changes alone is never shared.
    monkeypatch.setattr(build_module, "find_changes", lambda *_: None)
    with pytest.raises(BuildError, match=f"{told}.*published snapshot is untouched"):
        build(data, [data / "own"], jobs=2)
    assert store.current_name() == first
    assert [path.name for path in store.root.iterdir()] == [first]


def test_results_come_in_the_order_of_tasks():
    with Workers(2) as workers:
        assert list(workers.map(divmod, ((each, 7) for each in range(40)))) == [divmod(each, 7) for each in range(40)]


def test_what_a_task_raises_is_raised_here_and_the_process_goes_on():
    with Workers(1) as workers:
        process = workers.submit(os.getpid).result()
        with pytest.raises(ZeroDivisionError):
            workers.submit(divmod, 1, 0).result()
        with pytest.raises(BuildError, match="status 3"):
            workers.submit(os._exit, 3).result()
        assert workers.submit(os.getpid).result() != process


def test_what_a_task_prints_is_no_result(capfd):
    with Workers(1) as workers:
        assert workers.submit(print, "to a person").result() is None
    assert capfd.readouterr().out == ""


def test_processes_end_with_the_context_even_at_work():
    with Workers(2) as workers:
        processes = [workers.submit(os.getpid).result()]
        workers.submit(time.sleep, 600)
    _wait_until_ended(processes[0])


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT])
def test_processes_end_with_a_parent_that_is_killed(sent):
    parent = subprocess.Popen(
        [sys.executable, "-c", _HOLDS_A_WORKER], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    with parent:
        worker = int(parent.stdout.readline())
        parent.send_signal(sent)
        parent.wait(30)
    _wait_until_ended(worker)


def _wait_until_ended(process):
    for _ in range(600):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail(f"process {process} goes on")
