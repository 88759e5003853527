"""How much one client may ask: counted for all processes together, and told in the form of every interface."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from limits.storage import MemoryStorage

from service.app import create_app
from service.config import load_config
from service.web import windows
from service.web.windows import SharedWindows
from tests.live.server import ROOT

_SEARCH = "/api/v1/search?q=iop"


@pytest.fixture
def limited(documents_data, tmp_path):
    """A function that makes clients of applications that share their counts."""
    apps = []

    def make(rates="3/minute", **settings):
        app = create_app(
            load_config({"PROCSEARCH_RATE_LIMIT": rates, **settings}, data=documents_data), shared=tmp_path
        )
        apps.append(app)
        return app.test_client()

    yield make
    for app in apps:
        app.extensions["procsearch"].close()


def _from(client, address, path=_SEARCH, **headers):
    return client.get(path, environ_base={"REMOTE_ADDR": address}, headers=headers)


def _closed(answer):
    answer.close()
    return answer.status_code


def test_a_client_beyond_its_rate_is_told_when_to_return(limited):
    client = limited()
    assert [_from(client, "192.0.2.1").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = _from(client, "192.0.2.1")
    assert refused.json["error"]["code"] == "rate_limited"
    assert refused.json["error"]["status"] == 429
    assert refused.json["error"]["request_id"] == refused.headers["X-Request-ID"]
    assert "3 per 1 minute" in refused.json["error"]["message"]
    assert 1 <= int(refused.headers["Retry-After"]) <= 61
    assert refused.headers["X-Content-Type-Options"] == "nosniff"
    assert _from(client, "192.0.2.2").status_code == 200


def test_pages_and_fhir_are_told_in_their_own_form(limited):
    client = limited("1/hour")
    assert _from(client, "192.0.2.1", "/").status_code == 200
    page = _from(client, "192.0.2.1", "/", Accept="text/html")
    assert (page.status_code, page.mimetype) == (429, "text/html")
    assert "Retry-After" in page.headers
    outcome = _from(client, "192.0.2.1", "/fhir/metadata")
    assert (outcome.status_code, outcome.json["issue"][0]["code"]) == (429, "throttled")


def test_workers_count_together(limited):
    one, two = limited(), limited()
    answers = [_from(client, "192.0.2.1").status_code for client in (one, two, one, two)]
    assert answers == [200, 200, 200, 429]


def test_every_rate_counts_and_unknown_addresses_too(limited):
    client = limited("100/second;2/hour")
    assert [_from(client, "192.0.2.1", "/nowhere").status_code for _ in range(3)] == [404, 404, 429]


def test_supervisors_and_prometheus_are_not_counted(limited):
    client = limited("1/hour")
    for path in ("/healthz", "/readyz", "/metrics", "/static/style.css"):
        assert [_closed(_from(client, "192.0.2.1", path)) for _ in range(3)] == [200] * 3


def test_one_network_of_ipv6_is_one_client(limited):
    client = limited("1/hour")
    assert _from(client, "2001:db8::1").status_code == 200
    assert _from(client, "2001:db8::ffff:1").status_code == 429
    assert _from(client, "2001:db8:0:1::1").status_code == 200
    assert _from(client, "::ffff:192.0.2.1").status_code == 200
    assert _from(client, "192.0.2.1").status_code == 429
    assert _from(client, "fe80::1%eth0").status_code == 200
    assert _from(client, "no:address").status_code == 200


def test_clients_behind_a_trusted_proxy_are_told_apart_and_cannot_pose_as_others(limited):
    client = limited("1/hour", PROCSEARCH_TRUSTED_PROXIES="127.0.0.1")
    assert client.get(_SEARCH, headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 200
    assert client.get(_SEARCH, headers={"X-Forwarded-For": "192.0.2.2"}).status_code == 200
    assert client.get(_SEARCH, headers={"X-Forwarded-For": "192.0.2.99, 192.0.2.1"}).status_code == 429
    assert _from(client, "192.0.2.7", **{"X-Forwarded-For": "192.0.2.50"}).status_code == 200
    assert _from(client, "192.0.2.7", **{"X-Forwarded-For": "192.0.2.51"}).status_code == 429


@settings(max_examples=30)
@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(1, 3), st.booleans()), max_size=60))
def test_counts_are_those_of_the_storage_in_memory(steps):
    ours, theirs = SharedWindows(windows.storage_uri(None)), MemoryStorage()
    for key, amount, clears in steps:
        if clears:
            ours.clear(key)
            theirs.clear(key)
        else:
            assert ours.incr(key, 60, amount) == theirs.incr(key, 60, amount)
        assert ours.get(key) == theirs.get(key)
        assert abs(ours.get_expiry(key) - theirs.get_expiry(key)) < 5
    ours.reset()
    assert ours.get("a") == 0


def test_a_window_that_is_over_begins_anew(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(windows.time, "time", lambda: now[0])
    counts = SharedWindows(windows.storage_uri(None))
    assert [counts.incr("a", 10), counts.incr("a", 10)] == [1, 2]
    now[0] += 10
    assert (counts.get("a"), counts.incr("a", 10)) == (0, 1)


def test_a_flood_of_clients_takes_no_more_room(tmp_path):
    counts = SharedWindows(windows.storage_uri(tmp_path))
    before = (tmp_path / "rates").stat().st_size
    for number in range(100_000):
        counts.incr(str(number), 60)
    assert (tmp_path / "rates").stat().st_size == before
    # The count of who asks again and again is among the newest of its bucket at worst.
    assert counts.incr("again", 60) == 1
    assert counts.incr("again", 60) == 2


def test_processes_lose_no_count(tmp_path):
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from service.web.windows import SharedWindows\n"
        f"counts = SharedWindows('procsearch://{tmp_path}')\n"
        "[counts.incr('x', 600) for _ in range(2000)]"
    )
    started = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(3)]
    assert [process.wait(60) for process in started] == [0, 0, 0]
    assert SharedWindows(windows.storage_uri(tmp_path)).get("x") == 6000
