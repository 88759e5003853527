"""Clients that send their bodies slowly cannot stop the service: whoever sends none is answered."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from indexer.build import build
from indexer.imports import ImportStore
from tests.indexer.records import code, release
from tests.live.server import running

_SLOW = b"POST /api/v1/search HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
_BODY = b'{"q": "pump"}'


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    data = tmp_path_factory.mktemp("slow")
    ImportStore(data).save(release("2020", code("A0001", "Infusion pump")))
    build(data, [])
    with running(data) as server:
        yield server


@pytest.mark.parametrize("framing", [b"Content-Length: 13\r\n\r\n{", b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"])
def test_many_slow_bodies_stop_nobody_else(server, framing):
    address = urlsplit(server.url)
    with ExitStack() as open_sockets:
        for _ in range(12):
            client = open_sockets.enter_context(socket.create_connection((address.hostname, address.port), timeout=10))
            client.sendall(_SLOW + framing)
        # Some wait to be read, and those that came after are refused.
        refused = _refused(server)
        assert (refused["code"], refused["status"]) == ("slow_clients", 503)
        for path in ("/healthz", "/api/v1/search?q=pump", "/"):
            assert server.get(path)[0] == 200
    status, body = _later(server)
    assert (status, body["total"]) == (200, 1)


def test_a_body_that_comes_in_pieces_is_read_whole(server):
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as client:
        client.sendall(_SLOW + b"Connection: close\r\nContent-Length: 13\r\n\r\n" + _BODY[:5])
        time.sleep(0.3)
        client.sendall(_BODY[5:])
        answer = b"".join(iter(lambda: client.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 200")


def _refused(server):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        status, body, _ = server.post("/api/v1/search", _BODY)
        if status == 503:
            return body["error"]
        time.sleep(0.1)
    raise AssertionError("no request was refused")


def _later(server):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        status, body, _ = server.post("/api/v1/search", _BODY)
        if status == 200:
            break
        time.sleep(0.1)
    return status, body
