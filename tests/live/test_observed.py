"""What a real server of two workers tells of itself: metrics of both together, whatever dies, and a log that keeps
secrets."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from indexer.build import build
from indexer.snapshots import SnapshotStore
from service.web.metrics import METHODS, OTHER, STATUS_CLASSES
from tests.corpus.samples import document_text
from tests.live.server import ROOT, running

DURATIONS = "procsearch_request_duration_seconds"


@pytest.fixture
def data(tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "own/one.txt").write_text(document_text())
    build(tmp_path, [tmp_path / "own"])
    return tmp_path


@contextmanager
def _observed(data, **settings):
    with running(data, workers=2, out=data / "requests.log", settings=settings) as server:
        yield server


def _samples(server):
    """Every sample of /metrics by name and labels, as Prometheus' own parser reads them."""
    status, text, _ = server.get("/metrics")
    assert status == 200
    families = text_string_to_metric_families(text)
    return {(each.name, *sorted(each.labels.items())): each.value for family in families for each in family.samples}


def _samples_once(server, holds, seconds=60):
    """The samples at the first moment at which ``holds`` is true of them."""
    deadline = time.monotonic() + seconds
    while True:
        # A connection that a worker had accepted ends with it.
        with suppress(ConnectionError, urllib.error.URLError, http.client.HTTPException):
            found = _samples(server)
            if holds(found):
                return found
        assert time.monotonic() < deadline, "what was waited for did not come"
        time.sleep(0.2)


def _workers_told(samples):
    return {key[1][1] for key in samples if key[0] == "procsearch_worker_memory_bytes"}


def _sum(samples, name, **labels):
    return sum(value for key, value in samples.items() if key[0] == name and set(labels.items()) <= set(key[1:]))


def _lines(data):
    return [json.loads(line) for line in (data / "requests.log").read_text().splitlines()]


def _workers(data, route):
    return {line["pid"] for line in _lines(data) if line["route"] == route}


def _ask_until_both_answered(server, data, path):
    asked = 0
    for _ in range(100):
        for _ in range(10):
            server.get(path)
            asked += 1
        time.sleep(0.1)
        if len(_workers(data, path.partition("?")[0])) >= 2:
            return asked
    raise AssertionError("one worker answers everything")


def test_counts_of_both_workers_add_up_and_outlive_a_kill(data):
    with _observed(data) as server:
        asked = _ask_until_both_answered(server, data, "/api/v1/search?q=iop")
        # What a worker keeps is told when it next looks at itself.
        before = _samples_once(server, lambda found: _sum(found, "procsearch_kept_answers") == 2)
        assert _sum(before, f"{DURATIONS}_count", route="/api/v1/search", status="2xx") == asked
        assert _sum(before, f"{DURATIONS}_bucket", route="/api/v1/search", le="+Inf") == asked
        assert _sum(before, "procsearch_searches_total") == asked
        assert _sum(before, "procsearch_kept_answer_lookups_total") == asked
        assert _sum(before, "procsearch_kept_answers") == 2
        assert before["procsearch_requests_in_flight",] == 1
        killed = next(iter(_workers(data, "/api/v1/search")))
        os.kill(killed, signal.SIGKILL)
        _wait_until_dead(killed)

        # The other worker answers while one is dead, and the new one goes on counting where the dead one stopped.
        def replaced(after):
            assert _sum(after, f"{DURATIONS}_count", route="/api/v1/search") == asked
            assert _sum(after, "procsearch_requests_in_flight") == 1
            return _sum(after, "procsearch_worker_starts_total") == 3

        _samples_once(server, replaced)
        _samples_once(server, lambda found: _workers_told(found) == {"0", "1"})
        folder = _metrics_folder(server)
        assert len(list(folder.iterdir())) == 2
    assert not folder.exists()


def _wait_until_dead(pid):
    """Wait until the worker is gone: what it accepted before is reset, whatever the others do."""
    stat = Path(f"/proc/{pid}/stat")
    with suppress(FileNotFoundError, ProcessLookupError):
        while stat.read_text().rpartition(") ")[2][0] != "Z":
            time.sleep(0.01)


def _metrics_folder(server):
    """Where the workers count: told by the environment that the server gives to them."""
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
    (folder,) = {
        path.rpartition("/")[0]
        for child in children
        for path in re.findall(r"/\S*procsearch-metrics-\S+", Path(f"/proc/{child}/maps").read_text())
    }
    return Path(folder)


HOSTILE = [
    ("GET", "/nowhere/insulin", {}),
    ("GET", "/codes/%00%0a", {}),
    ("GET", "/api/v1/documents/SECRET9", {}),
    ("BREW", "/api/v1/search?q=insulin", {}),
    ("DELETE", "/healthz", {}),
    ("X" * 60, "/insulin", {}),
    ("GET", '/metrics"} insulin{', {}),
    ("GET", "/api/v1/search?q=insulin&limit=0", {"X-Request-ID": 'a"} insulin 1'}),
    ("GET", "/api/v1/search?q=insulin", {"X-Request-ID": "insulin" * 40, "User-Agent": "insulin"}),
    ("POST", "/api/v1/search", {"Content-Type": "insulin"}),
    ("HEAD", "/", {"X-Forwarded-For": "192.0.2.77", "Referer": "http://insulin/"}),
]


def test_hostile_requests_make_no_label_and_reach_no_log(data):
    with _observed(data) as server:
        routes = {"/api/v1/search", "/api/v1/documents/{code}", "/codes/{code}", "/", "/healthz", "/metrics", OTHER}
        for method, path, headers in HOSTILE:
            connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=10)
            connection.request(method, path.replace(" ", "%20"), headers=headers)
            assert connection.getresponse().status < 500
            connection.close()
        samples = _samples(server)
        text = server.get("/metrics")[1]
    labels = [dict(key[1:]) for key in samples if key[0] == f"{DURATIONS}_count"]
    assert {each["route"] for each in labels} <= routes
    assert {each["method"] for each in labels} <= set(METHODS)
    assert {each["status"] for each in labels} <= set(STATUS_CLASSES)
    logs = (data / "requests.log").read_text() + (data / "server.log").read_text()
    assert len(_lines(data)) == len(HOSTILE) + 2 + _polls(data)
    for secret in ("insulin", "SECRET9", "BREW", "192.0.2.77", "XXX"):
        assert secret not in text + logs
    assert "127.0.0.1" not in _text(data)


def _polls(data):
    """How often the test asked whether the server has started."""
    return sum(line["route"] == "/healthz" and line["method"] == "GET" for line in _lines(data))


def test_no_line_is_lost_when_the_server_is_stopped(data):
    with _observed(data) as server:
        for number in range(200):
            request = urllib.request.Request(
                server.url + "/api/v1/search?q=iop", headers={"X-Request-ID": f"n{number}"}
            )
            urllib.request.urlopen(request, timeout=10).read()
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(15)
    lines = {line["request_id"]: line for line in _lines(data)}
    assert {f"n{number}" for number in range(200)} <= lines.keys()
    line = lines["n7"]
    assert (line["method"], line["route"], line["status"], line["level"]) == ("GET", "/api/v1/search", 200, "INFO")
    assert set(line) == {*"time level request_id method route status duration_ms bytes error pid".split()}
    for other in (data / "server.log").read_text().splitlines():
        assert json.loads(other)["logger"]


def test_the_log_as_text_and_off_and_no_metrics(data):
    with _observed(data, PROCSEARCH_LOG="text", PROCSEARCH_METRICS="off") as server:
        assert server.get("/metrics")[0] == 404
    assert re.search(r"Z INFO [0-9a-f]{16} GET other 404 \d+\.\d+ms \d+B not_found pid=\d+\n", _text(data))
    (data / "requests.log").unlink()
    with _observed(data, PROCSEARCH_LOG="off") as server:
        assert server.get("/metrics")[0] == 200
    assert _text(data) == ""


def _text(data):
    return (data / "requests.log").read_text()


def test_a_damaged_snapshot_is_told_by_the_metrics(data):
    with _observed(data) as server:
        time.sleep(1)
        good = _samples(server)
        assert _sum(good, "procsearch_snapshot_degraded") == 0
        assert _sum(good, "procsearch_snapshot_records") == 2
        assert _sum(good, "procsearch_snapshot_info", snapshot=SnapshotStore(data).current_name()) == 1
        (data / "own/one.txt").write_text(document_text(title="Other"))
        store, before = SnapshotStore(data), SnapshotStore(data).current_name()
        damaged = build(data, [data / "own"]).snapshot
        store.publish(before)
        (store.root / damaged / "hashes.json").write_bytes(b"{}")
        store.publish(damaged)
        time.sleep(2)
        told = _samples(server)
    assert _sum(told, "procsearch_snapshot_degraded") == 2
    assert _sum(told, "procsearch_snapshot_number") == 2
    assert _sum(told, "procsearch_reload_failures_total") >= 2


def test_the_dashboard_and_the_docs_name_metrics_that_exist(data):
    with _observed(data) as server:
        server.get("/api/v1/search?q=iop")
        time.sleep(1)
        told = {key[0] for key in _samples(server)}
    pattern = re.compile(r"procsearch_[a-z_]+")
    dashboard = (ROOT / "docs/operations/dashboard.json").read_text()
    shown = {name for expression in _expressions(json.loads(dashboard)) for name in pattern.findall(expression)}
    assert len(shown) >= 12
    assert shown <= told
    described = set(pattern.findall((ROOT / "docs/operations.md").read_text()))
    plain = {re.sub(r"_(bucket|sum|count)$", "", name) for name in told}
    assert plain <= described


def _expressions(dashboard):
    return [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
