"""A real server that is asked for several times what it can answer, and with headers that are too long or too slow."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from urllib.parse import urlsplit

import pytest

from benchmarks import overload
from tests.live.server import running


@pytest.mark.slow
def test_overload_is_refused_in_part_and_the_rest_answered(official_data, tmp_path):
    """How much is answered is for `make overload` to tell: a busy machine tells nothing in so short a time."""
    settings = {"PROCSEARCH_ANSWER_BYTES": "0", "PROCSEARCH_WAIT_LIMIT_MS": "100"}
    with running(official_data, 1, tmp_path / "log", settings=settings) as server:
        supervisor = _Supervisor(server)
        able = asyncio.run(overload.capacity(server.url, 2))
        clients, _ = asyncio.run(overload.overload(server.url, able * 6, 6))
        health = supervisor.end()
    assert clients.statuses["503"] > 0
    assert clients.statuses["200"] > 0
    assert clients.told_to_wait
    assert set(clients.statuses) <= {"200", "503", "no patience"}
    assert set(health) == {200}


class _Supervisor:
    """Asks for readiness all along."""

    def __init__(self, server):
        self._server, self._statuses, self._stop = server, [], threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        while not self._stop.wait(0.2):
            self._statuses.append(self._server.get("/readyz", timeout=30)[0])

    def end(self):
        self._stop.set()
        self._thread.join()
        return self._statuses


@pytest.fixture(scope="module")
def limited(documents_data, tmp_path_factory):
    log = tmp_path_factory.mktemp("limited") / "log"
    settings = {"PROCSEARCH_HEADER_SECONDS": "2", "PROCSEARCH_MAX_HEADER_BYTES": "16384"}
    with running(documents_data, 1, log, settings=settings) as server:
        yield server


_HEAD = b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"


@pytest.mark.parametrize(
    ("sent", "statuses"),
    [
        (b"GET /healthz" + _HEAD + b"X-A: " + b"a" * 8_000 + b"\r\n\r\n", (200,)),
        (b"GET /healthz" + _HEAD + b"X-A: " + b"a" * 40_000 + b"\r\n\r\n", (431,)),
        (b"GET /healthz?" + b"a" * 40_000 + _HEAD + b"\r\n", (414, 431)),
        (b"GET /healthz" + _HEAD + b"".join(b"X-%d: y\r\n" % at for at in range(500)) + b"\r\n", (431,)),
        (b"GET /healthz" + _HEAD + b"X-A: a\r\n b\r\n\r\n", (400,)),
        (b"GET /healthz" + _HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n123456", (400,)),
        (b"GET /healthz" + _HEAD + b"X\x00A: a\r\n\r\n", (400,)),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01", (400,)),
    ],
)
def test_headers_that_are_too_long_or_wrong_are_refused(limited, sent, statuses):
    assert int(_answer(limited, sent)[9:12]) in statuses
    assert limited.get("/healthz")[0] == 200


def test_a_client_that_sends_its_headers_slowly_is_let_go(limited):
    started = time.monotonic()
    assert _answer(limited, b"GET /healthz HTTP/1.1\r\nHost: x\r\n") == b""
    assert time.monotonic() - started < 15


def _answer(server, sent):
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=20) as client:
        client.sendall(sent)
        try:
            return client.recv(65_536)
        except ConnectionResetError:
            # What the server did not read any more makes the system reset the connection.
            return b"HTTP/1.1 431"
