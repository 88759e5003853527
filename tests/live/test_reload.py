"""A running server follows the pointer: within two seconds, without a failed request, and never two snapshots in one
answer. A damaged snapshot does not stop it, nor does a builder that is killed at any moment."""

from __future__ import annotations

import random
import signal
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from indexer.build import build, verify
from indexer.imports import ImportStore
from indexer.locks import write_lock
from indexer.snapshots import SnapshotStore
from tests.corpus.samples import document_text
from tests.indexer.records import code, release
from tests.live.server import ROOT, command, running


@pytest.fixture
def data(tmp_path):
    (tmp_path / "own").mkdir()
    _write(tmp_path, 0)
    build(tmp_path, [tmp_path / "own"])
    return tmp_path


def _write(data, number, count=5):
    """Write documents that all carry one generation number, so that a mixed answer would show two."""
    for at in range(count):
        title = f"Repair generation{number} copy {at}"
        (data / "own" / f"{at}.txt").write_text(document_text(f"A999{at}", title))


class _Watcher:
    """Asks without pause and notes failures and answers that mix generations."""

    def __init__(self, server):
        self.server, self.failures, self.seen, self.stop = server, [], [], threading.Event()

    def run(self):
        while not self.stop.is_set():
            try:
                status, body, _ = self.server.get("/api/v1/search?q=repair&limit=100", timeout=10)
                titles = {hit["title"].split()[1] for hit in body["hits"]}
                if status != 200 or len(titles) != 1 or len(body["hits"]) != 5:
                    self.failures.append((status, titles))
                self.seen.append(body["snapshot"])
            except Exception as error:
                self.failures.append(repr(error))


def test_every_snapshot_is_served_in_time_and_no_request_fails(data):
    with running(data, workers=2) as server, ThreadPoolExecutor(3) as pool:
        watchers = [_Watcher(server) for _ in range(3)]
        tasks = [pool.submit(watcher.run) for watcher in watchers]
        try:
            for number in range(1, 7):
                _write(data, number)
                name = build(data, [data / "own"]).snapshot
                _wait_until_only(server, name)
        finally:
            for watcher in watchers:
                watcher.stop.set()
        for task in tasks:
            task.result()
    assert [watcher.failures for watcher in watchers] == [[], [], []]
    assert len({name for watcher in watchers for name in watcher.seen}) >= 6


def _wait_until_only(server, name, seconds=2.0):
    """Wait until many answers in a row come from ``name``: both workers serve it."""
    deadline = time.monotonic() + seconds
    while True:
        answers = {server.get("/api/v1/snapshot")[1]["snapshot"] for _ in range(12)}
        if answers == {name}:
            return
        assert time.monotonic() < deadline, f"expected {name} within {seconds} s; got {answers}"


def test_the_first_snapshot_is_served_without_a_restart(tmp_path):
    with running(tmp_path) as server:
        assert server.get("/readyz")[0] == 503
        (tmp_path / "own").mkdir()
        _write(tmp_path, 0)
        name = build(tmp_path, [tmp_path / "own"]).snapshot
        time.sleep(2)
        assert server.get("/readyz")[1] == {"status": "ok", "snapshot": name, "published": name}


def test_a_damaged_snapshot_leaves_the_last_good_one_serving(data):
    with running(data) as server:
        good = server.get("/api/v1/snapshot")[1]["snapshot"]
        store = SnapshotStore(data)
        _write(data, 1)
        with_damage = build(data, [data / "own"]).snapshot
        store.publish(good)
        path = store.root / with_damage / "documents.jsonl"
        path.write_bytes(path.read_bytes()[:-1] + b"x")
        store.publish(with_damage)
        time.sleep(1.5)
        assert server.get("/readyz")[1] == {"status": "degraded", "snapshot": good, "published": with_damage}
        assert server.get("/api/v1/search?q=repair")[1]["snapshot"] == good
        repaired = build(data, [data / "own"]).snapshot
        _wait_until_only(server, repaired)
        assert server.get("/readyz")[1]["status"] == "ok"


def test_a_server_that_starts_on_a_damaged_snapshot_serves_the_one_before(data):
    store = SnapshotStore(data)
    good = store.current_name()
    _write(data, 1)
    damaged = build(data, [data / "own"]).snapshot
    (store.root / damaged / "hashes.json").write_bytes(b"{}")
    with running(data) as server:
        assert server.get("/api/v1/search?q=repair")[1]["snapshot"] == good
        assert server.get("/readyz")[1]["status"] == "degraded"


@pytest.mark.slow
def test_killing_the_builder_at_random_moments_never_harms(data):
    """kill -9 at 20 moments spread over a whole build: the service answers all along, and a next build succeeds."""
    store = SnapshotStore(data)
    build_command = command("build", "--data", str(data), "--no-shipped", "--corpus", str(data / "own"))
    whole = _seconds_of_a_build(data, build_command)
    rng = random.Random(15)
    moments = [rng.uniform(0.05, 0.9) * whole for _ in range(20)]
    killed = 0
    with running(data) as server, ThreadPoolExecutor(1) as pool:
        watcher = _Watcher(server)
        task = pool.submit(watcher.run)
        for number, moment in enumerate(moments, 100):
            _write(data, number)
            before = store.current_name()
            killed += _kill_after(build_command, moment)
            assert store.current_name() in (before, store.names()[-1])
            verify(store.current())
        watcher.stop.set()
        task.result()
        final = build(data, [data / "own"])
        verify(store.current())
        _wait_until_only(server, store.current_name())
    assert watcher.failures == []
    # How long a build takes differs with what else the machine does.
    assert killed >= 5, "the moments have to lie within the build"
    assert final.rejected == ()
    assert not list(store.root.glob(".building-*"))


def _seconds_of_a_build(data, build_command):
    """Import enough codes for a build of some seconds, of which reading and writing are a good part."""
    codes = (code(f"B{at:04}", f"Unrelated item number {at}") for at in range(3000))
    ImportStore(data).save(release("2020", *codes))
    started = time.monotonic()
    subprocess.run(build_command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    return time.monotonic() - started


def _kill_after(build_command, seconds):
    process = subprocess.Popen(build_command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        process.wait(seconds)
        return False
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
        return True


def test_a_second_builder_is_told_to_wait(data):

    with write_lock(data):
        done = subprocess.run(
            command("build", "--data", str(data)), cwd=ROOT, capture_output=True, text=True, timeout=60
        )
    assert done.returncode == 6
    assert "held by process" in done.stderr
    assert "--wait" in done.stderr
