"""What is refused where requests wait too long: a share that grows with the wait, cheaply, and in every form."""

from __future__ import annotations

import pytest

from service.app import create_app
from service.config import load_config
from service.web import shedding
from service.web.shedding import Probe


class _Waits(Probe):
    """A probe that says what a test wants."""

    seconds = 0.0

    def wait(self):
        return self.seconds


@pytest.fixture
def probe():
    return _Waits("127.0.0.1", 1, "a secret", 2)


@pytest.fixture
def client(documents_data, probe):
    app = create_app(load_config({"PROCSEARCH_WAIT_LIMIT_MS": "100"}, data=documents_data), probe=probe)
    yield app.test_client()
    app.extensions["procsearch"].close()


def _statuses(client, count, path="/api/v1/search?q=iop"):
    return [client.get(path).status_code for _ in range(count)]


@pytest.mark.parametrize(("seconds", "share"), [(0.0, 0.0), (0.1, 0.0), (0.2, 0.75), (1.0, 0.99), (1000.0, 1.0)])
def test_the_share_that_is_refused_grows_with_the_wait(client, probe, seconds, share):
    probe.seconds = seconds
    statuses = _statuses(client, 200)
    assert set(statuses) <= {200, 503}
    assert statuses.count(503) == pytest.approx(200 * share, abs=1)


def test_a_refusal_has_the_form_of_every_other_error(client, probe):
    probe.seconds = 1000.0
    _statuses(client, 2)
    refused = client.get("/api/v1/search?q=iop", headers={"X-Request-ID": "mine-1"})
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) >= 1
    error = refused.json["error"]
    assert (error["code"], error["status"], error["details"]) == ("overloaded", 503, [])
    assert error["request_id"] == refused.headers["X-Request-ID"] == "mine-1"
    assert len(refused.get_data()) == int(refused.headers["Content-Length"])
    assert refused.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in refused.headers["Content-Security-Policy"]
    page = client.get("/", headers={"Accept": "text/html"})
    assert (page.status_code, page.mimetype) == (503, "text/html")
    assert page.headers["X-Request-ID"] in page.text
    outcome = client.get("/fhir/metadata")
    assert (outcome.mimetype, outcome.json["issue"][0]["code"]) == ("application/fhir+json", "throttled")
    assert client.head("/api/v1/search?q=iop").get_data() == b""


def test_supervisors_and_prometheus_are_never_refused(client, probe):
    probe.seconds = 1000.0
    for path in ("/healthz", "/readyz", "/metrics"):
        assert _statuses(client, 20, path) == [200] * 20


def test_refusals_are_counted(client, probe):
    probe.seconds = 1000.0
    _statuses(client, 20)
    probe.seconds = 0.0
    (line,) = [each for each in client.get("/metrics").text.splitlines() if 'errors_total{code="overloaded"}' in each]
    assert float(line.split()[-1]) >= 18


def test_nobody_else_learns_of_the_probe(client, probe):
    path = "/.procsearch/wait"
    assert client.get(path).status_code == 404
    assert client.get(path, headers={"X-Procsearch-Probe": "guessed:1"}).status_code == 404
    assert client.get(path, headers={"X-Procsearch-Probe": "a secret:0"}).status_code == 421
    assert client.get(path, headers={"X-Procsearch-Probe": probe._mark}).status_code == 204


def test_a_probe_that_waits_tells_how_long_so_far(monkeypatch):
    now = [5.0]
    monkeypatch.setattr(shedding.time, "monotonic", lambda: now[0])
    probe = Probe("127.0.0.1", 1, "x", threads=2)
    assert probe.wait() == 0.0
    probe._sent, probe._taken_before = 5.0, probe._taken
    now[0] = 7.5
    # A few requests are no queue: the machine is busy with something else.
    assert [probe.wait() for _ in range(15)] == [0.0] * 15
    assert probe.wait() == 2.5


def test_a_probe_is_measured_when_it_has_its_turn_not_when_its_sender_has(monkeypatch):
    now = [5.0]
    monkeypatch.setattr(shedding.time, "monotonic", lambda: now[0])
    probe = Probe("127.0.0.1", 1, "x", threads=1)
    probe._sent, probe._taken_before = 5.0, -10
    now[0] = 5.25
    assert probe.answer({"HTTP_X_PROCSEARCH_PROBE": "other:1"}) is None
    assert probe.answer({"HTTP_X_PROCSEARCH_PROBE": "x:1"}) == "421 Misdirected Request"
    assert probe.answer({"HTTP_X_PROCSEARCH_PROBE": probe._mark}) == "204 No Content"
    now[0] = 9.0
    assert probe.wait() == 0.25
