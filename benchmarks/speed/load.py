"""Load on an HTTP server: by wrk where it is installed, else by a small client of our own.

The client runs in processes of its own, each of which keeps its share of the connections busy: as soon as an answer
is whole, the next request goes out. Both take processor time from the server where the machine has few cores.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import selectors
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

_SCRIPT = Path(__file__).with_name("walk.lua")
_PROCESSES = 2
_HOST = "127.0.0.1"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Request(NamedTuple):
    """One request: a GET, or a POST where there is a JSON body."""

    path: str
    body: str | None = None


def generator() -> str:
    """Say what makes the load."""
    wrk = shutil.which("wrk")
    return "wrk with a Lua script" if wrk else f"{_PROCESSES} Python processes with keep-alive (no wrk here)"


def load(port: int, requests: Sequence[Request], connections: int, seconds: float) -> dict[str, Any]:
    """Keep so many connections busy; return requests a second, percentiles in milliseconds, and errors."""
    by_wrk = shutil.which("wrk")
    found = _wrk(by_wrk, port, requests, connections, seconds) if by_wrk else _own(port, requests, connections, seconds)
    return {**found, "connections": connections, "per_second": found["requests"] / found["seconds"]}


def _wrk(wrk: str, port: int, requests: Sequence[Request], connections: int, seconds: float) -> dict[str, Any]:
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as stream:
        stream.writelines(f"{path}\t{body}\n" if body else f"{path}\n" for path, body in requests)
        stream.flush()
        size = [f"-t{_PROCESSES}", f"-c{connections}", f"-d{max(round(seconds), 1)}s", "--timeout", "10s"]
        done = subprocess.run(
            [wrk, *size, "-s", str(_SCRIPT), f"http://{_HOST}:{port}"],
            env={**os.environ, "REQUESTS": stream.name},
            capture_output=True,
            text=True,
            check=True,
        )
    line = next(line for line in done.stdout.splitlines() if line.startswith("JSON "))
    return dict(json.loads(line.removeprefix("JSON ")))


def _own(port: int, requests: Sequence[Request], connections: int, seconds: float) -> dict[str, Any]:
    encoded = [_encoded(request) for request in requests]
    shares = [connections // _PROCESSES + (at < connections % _PROCESSES) for at in range(_PROCESSES)]
    started = time.perf_counter()
    parts = list(_answers_of(port, encoded, [share for share in shares if share], seconds))
    elapsed = time.perf_counter() - started
    took = np.concatenate([times for times, _ in parts]) * 1000
    p50, p95, p99 = np.percentile(took, [50, 95, 99]).tolist() if len(took) else [float("nan")] * 3
    errors = sum(failed for _, failed in parts)
    return {"requests": len(took), "seconds": elapsed, "errors": errors, "p50": p50, "p95": p95, "p99": p99}


def _answers_of(
    port: int, encoded: Sequence[bytes], shares: Sequence[int], seconds: float
) -> Iterator[tuple[np.ndarray, int]]:
    context = multiprocessing.get_context("fork")
    running = []
    for number, share in enumerate(shares):
        here, there = context.Pipe(duplex=False)
        first = number * len(encoded) // len(shares)
        process = context.Process(
            target=_client, args=(there, port, [*encoded[first:], *encoded[:first]], share, seconds)
        )
        process.start()
        running.append((process, here))
    for process, here in running:
        yield here.recv()
        process.join()


def _encoded(request: Request) -> bytes:
    head = f"{'POST' if request.body else 'GET'} {request.path} HTTP/1.1\r\nHost: {_HOST}\r\n"
    if not request.body:
        return f"{head}\r\n".encode()
    body = request.body.encode()
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


@dataclass
class _Exchange:
    """One connection: when its request went out, and what came back so far."""

    socket: socket.socket
    sent: float = 0.0
    answer: bytearray = field(default_factory=bytearray)


def _client(out: Connection, port: int, requests: Sequence[bytes], connections: int, seconds: float) -> None:
    client = _Client(port, requests)
    try:
        client.run(connections, time.perf_counter() + seconds)
    finally:
        out.send((np.array(client.times), client.errors))


class _Client:
    """Keeps its connections busy until the time is over."""

    def __init__(self, port: int, requests: Sequence[bytes]) -> None:
        self.times: list[float] = []
        self.errors = 0
        self._port, self._requests, self._next = port, requests, 0
        self._selector = selectors.DefaultSelector()

    def run(self, connections: int, until: float) -> None:
        """Open the connections, then answer to whatever comes back."""
        for _ in range(connections):
            self._open()
        while time.perf_counter() < until:
            for key, _ in self._selector.select(0.1):
                self._receive(key.data)

    def _open(self) -> None:
        exchange = _Exchange(socket.create_connection((_HOST, self._port), timeout=10))
        exchange.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._selector.register(exchange.socket, selectors.EVENT_READ, exchange)
        self._send(exchange)

    def _send(self, exchange: _Exchange) -> None:
        exchange.answer.clear()
        exchange.sent = time.perf_counter()
        exchange.socket.sendall(self._requests[self._next])
        self._next = (self._next + 1) % len(self._requests)

    def _receive(self, exchange: _Exchange) -> None:
        try:
            piece = exchange.socket.recv(262_144)
        except OSError:
            piece = b""
        if not piece:
            self._reopen(exchange)
            return
        exchange.answer += piece
        if _is_whole(exchange.answer):
            self.times.append(time.perf_counter() - exchange.sent)
            self.errors += not exchange.answer.startswith(b"HTTP/1.1 200")
            self._send(exchange)

    def _reopen(self, exchange: _Exchange) -> None:
        self.errors += 1
        self._selector.unregister(exchange.socket)
        exchange.socket.close()
        self._open()


def _is_whole(answer: bytearray) -> bool:
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        return False
    length = _LENGTH.search(answer, 0, end + 2)
    if not length:
        raise RuntimeError("expected an answer with Content-Length; this client reads no other")
    return len(answer) >= end + 4 + int(length[1])
