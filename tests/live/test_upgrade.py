"""Another version of the program meets a snapshot: it says so, serves nothing wrong, and a build mends it."""

from __future__ import annotations

import json
import os
import subprocess
import time

import orjson
import pytest

from indexer.build import build, verify
from indexer.errors import SnapshotError
from indexer.imports import ImportStore
from indexer.snapshots import FORMAT_VERSION, MANIFEST, SnapshotStore
from tests.corpus.samples import document_text
from tests.indexer.records import code, release
from tests.live.server import ROOT, command, running


@pytest.fixture
def data(tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "own/one.txt").write_text(document_text("A9999"))
    ImportStore(tmp_path).save(release("2020", code("A0001", "Infusion pump")))
    build(tmp_path, [tmp_path / "own"])
    return tmp_path


def _become(data, **versions):
    """Make the published snapshot one of another version; None takes a version away, as programs before had none."""
    path = SnapshotStore(data).current().path / MANIFEST
    manifest = orjson.loads(path.read_bytes()) | versions
    # A sealed snapshot may be read-only.
    path.chmod(0o644)
    path.write_bytes(orjson.dumps({name: value for name, value in manifest.items() if value is not None}))
    return path.parent.name


OTHERS = [
    ({"format_version": FORMAT_VERSION - 1}, "older procsearch"),
    ({"format_version": 1, "compiled": None, "impacts": None}, "older procsearch"),
    ({"analysis": "0123456789abcdef"}, "analysis 0123456789abcdef instead of"),
    ({"format_version": FORMAT_VERSION + 1}, "a newer procsearch made"),
]


@pytest.mark.parametrize(("versions", "said"), OTHERS)
def test_a_snapshot_of_another_version_is_named_and_a_build_mends_it(data, versions, said):
    other = _become(data, **versions)
    store = SnapshotStore(data)
    with pytest.raises(SnapshotError, match=said) as raised:
        store.current()
    assert "procsearch build" in str(raised.value)
    made = build(data, [data / "own"])
    assert (made.published, made.counts["records"]) == (True, 2)
    assert made.snapshot != other
    verify(store.current())
    # The old one stays for the program that made it, and is no way back for this one.
    assert other in store.names()
    with pytest.raises(SnapshotError, match="procsearch build"):
        store.open(store.rollback_target())


@pytest.mark.parametrize("change", [-1, 1])
def test_a_service_that_meets_another_version_says_so_and_serves_the_next_build(data, change, tmp_path):
    other = _become(data, format_version=FORMAT_VERSION + change)
    log = tmp_path / "server.log"
    with running(data, log=log) as server:
        status, ready, _ = server.get("/readyz")
        assert (status, ready["status"], ready["published"]) == (503, "unavailable", other)
        assert server.get("/healthz")[0] == 200
        status, body, _ = server.get("/api/v1/search?q=pump")
        assert (status, body["error"]["code"]) == (503, "no_snapshot")
        assert "procsearch build" in log.read_text()
        built = subprocess.run(
            command("build", "--data", str(data), "--no-shipped", "--corpus", str(data / "own"), "--json"),
            cwd=ROOT,
            env={**os.environ, "PROCSEARCH_CONFIG": ""},
            capture_output=True,
            check=True,
            timeout=120,
        )
        expected = {"status": "ok", **dict.fromkeys(("snapshot", "published"), json.loads(built.stdout)["snapshot"])}
        deadline = time.monotonic() + 30
        while (ready := server.get("/readyz")[1]) != expected:
            assert time.monotonic() < deadline, ready
            time.sleep(0.1)


def test_a_program_of_another_version_falls_back_to_a_snapshot_that_it_can_read(data):
    """After a downgrade, what this program made before is still there."""
    before = SnapshotStore(data).current_name()
    (data / "own/two.txt").write_text(document_text("A9998", "Another Repair"))
    build(data, [data / "own"])
    newer = _become(data, format_version=FORMAT_VERSION + 1)
    with running(data) as server:
        assert server.get("/readyz")[1] == {"status": "degraded", "snapshot": before, "published": newer}
    done = subprocess.run(
        command("rollback", "--data", str(data)), cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert before in done.stdout
