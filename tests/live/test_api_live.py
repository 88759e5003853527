"""What only a real server shows of the API: bodies in chunks, streams, and clients that leave."""

from __future__ import annotations

import json
import re
import socket
import time
from urllib.parse import urlsplit

import pytest

from tests.live.server import running

_POST = b"POST /api/v1/search HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"


def _connect(server):
    address = urlsplit(server.url)
    return socket.create_connection((address.hostname, address.port), timeout=20)


def _answer(server, request):
    with _connect(server) as client:
        client.sendall(request)
        raw = b"".join(iter(lambda: client.recv(65_536), b""))
    head, _, body = raw.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body) if body else None


def _chunked(body):
    return b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)


def test_a_body_in_chunks_is_read(live_server):
    status, body = _answer(live_server, _POST + _chunked(b'{"q": "iop"}'))
    assert (status, body["total"]) == (200, 1)


@pytest.mark.parametrize("framed", [_chunked, lambda body: b"Content-Length: %d\r\n\r\n%b" % (len(body), body)])
def test_a_body_that_is_too_long_is_413_however_it_comes(live_server, framed):
    status, body = _answer(live_server, _POST + framed(b'{"q": "' + b"x" * 70_000 + b'"}'))
    assert (status, body["error"]["code"]) == (413, "payload_too_large")


@pytest.mark.parametrize(("spaces", "status"), [(0, 200), (1, 413)])
def test_the_longest_body_is_read_and_one_byte_more_is_not(live_server, spaces, status):
    body = b'{"q": "iop"}'.ljust(65_536 + spaces)
    assert _answer(live_server, _POST + _chunked(body))[0] == status


def test_a_query_that_is_no_text_is_400(live_server):
    status, body, _ = live_server.get("/api/v1/search?q=pump%ff")
    assert (status, body["error"]["details"][0]["parameter"]) == (400, "q")


@pytest.mark.slow
def test_all_official_codes_are_exported(official_server):
    status, text, _ = official_server.get("/api/v1/search?format=ndjson", timeout=60)
    assert status == 200
    codes = [json.loads(line)["code"] for line in text.splitlines()]
    assert len(codes) == len(set(codes)) == 7079
    assert codes == sorted(codes)


@pytest.mark.slow
def test_clients_that_leave_hold_nothing(official_server):
    for _ in range(30):
        with _connect(official_server) as client:
            client.sendall(b"GET /api/v1/search?format=ndjson HTTP/1.1\r\nHost: x\r\n\r\n")
            assert client.recv(12) == b"HTTP/1.1 200"
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if _in_flight(official_server) == 1:
            return
        time.sleep(0.2)
    raise AssertionError(f"{_in_flight(official_server)} requests are still being answered")


def _in_flight(server):
    text = server.get("/metrics")[1]
    found = re.search(r"^procsearch_requests_in_flight (\S+)$", text, re.MULTILINE)
    return float(found[1])


@pytest.mark.slow
def test_an_export_for_which_there_is_no_time_fails_before_it_begins(official_server, official_data, tmp_path):
    """A stream that breaks off would look whole to many clients, so that none may be begun that cannot be ended."""
    with running(official_data, log=tmp_path / "server.log", settings={"PROCSEARCH_TIME_LIMIT_MS": "1"}) as server:
        for q in ("the", "a*", "pump+OR+supply+OR+a*"):
            total = official_server.get(f"/api/v1/search?q={q}")[1]["total"]
            status, text, _ = server.get(f"/api/v1/search?q={q}&format=ndjson", timeout=20)
            if status == 200:
                assert text.count("\n") == total
            else:
                assert (status, text["error"]["code"]) == (503, "timed_out")
