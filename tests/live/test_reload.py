"""A running server follows the pointer: soon, without a failed request, and never two snapshots in one
answer. A damaged snapshot does not stop it. What it bears beyond that is in `test_fire`."""

from __future__ import annotations

import subprocess
import time

import pytest

from indexer.build import build
from indexer.locks import write_lock
from indexer.snapshots import SnapshotStore
from tests.damage import overwrite
from tests.live.server import ROOT, command, running
from tests.live.under_fire import PATIENT, under_load, write_generation


@pytest.fixture
def data(tmp_path):
    build(tmp_path, [write_generation(tmp_path, 0)])
    return tmp_path


def test_every_snapshot_is_served_in_time_and_no_request_fails(data):
    with running(data, workers=2, settings=PATIENT) as server, under_load(server) as load:
        for number in range(1, 7):
            name = build(data, [write_generation(data, number)]).snapshot
            _wait_until_only(server, name)
    assert load.failures == []
    assert load.mixed == {}
    assert len(load.seen) >= 6


def _wait_until_only(server, name, seconds=10.0):
    """Wait until many answers in a row come from ``name``: both workers serve it. Two seconds do where nobody else
    has the processors."""
    deadline = time.monotonic() + seconds
    while True:
        answers = {server.get("/api/v1/snapshot")[1]["snapshot"] for _ in range(12)}
        if answers == {name}:
            return
        assert time.monotonic() < deadline, f"expected {name} within {seconds} s; got {answers}"


def test_the_first_snapshot_is_served_without_a_restart(tmp_path):
    with running(tmp_path) as server:
        assert server.get("/readyz")[0] == 503
        name = build(tmp_path, [write_generation(tmp_path, 0)]).snapshot
        time.sleep(2)
        assert server.get("/readyz")[1] == {"status": "ok", "snapshot": name, "published": name}


def test_a_damaged_snapshot_leaves_the_last_good_one_serving(data):
    with running(data) as server:
        good = server.get("/api/v1/snapshot")[1]["snapshot"]
        store = SnapshotStore(data)
        with_damage = build(data, [write_generation(data, 1)]).snapshot
        store.publish(good)
        path = store.root / with_damage / "documents.jsonl"
        overwrite(path, path.read_bytes()[:-1] + b"x")
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
    damaged = build(data, [write_generation(data, 1)]).snapshot
    overwrite(store.root / damaged / "hashes.json", b"{}")
    with running(data) as server:
        assert server.get("/api/v1/search?q=repair")[1]["snapshot"] == good
        assert server.get("/readyz")[1]["status"] == "degraded"


def test_a_second_builder_is_told_to_wait(data):

    with write_lock(data):
        done = subprocess.run(
            command("build", "--data", str(data)), cwd=ROOT, capture_output=True, text=True, timeout=60
        )
    assert done.returncode == 6
    assert "held by process" in done.stderr
    assert "--wait" in done.stderr
