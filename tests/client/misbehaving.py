"""A real server on a socket that does with each connection what a test tells it to, good or bad."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

#: What is done with one connection whose first request was read.
Step = Callable[[socket.socket], None]


class Scripted:
    """Where the server listens, and the requests that came, in order: first lines, headers, bodies, times."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.requests: list[str] = []
        self.heads: list[bytes] = []
        self.bodies: list[bytes] = []
        self.times: list[float] = []


@contextmanager
def scripted(*steps: Step) -> Iterator[Scripted]:
    """Serve connections one after the other, each by its step, the last step for all further ones."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Scripted(listener.getsockname()[1])
        thread = threading.Thread(target=_serve, args=(listener, steps, server))
        thread.start()
        try:
            yield server
        finally:
            with suppress(OSError):
                # What waits in accept() is woken on every system by a last connection.
                listener.shutdown(socket.SHUT_RDWR)
            thread.join(10)


def _serve(listener, steps, server):
    for number in range(1_000):
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection, suppress(OSError):
            connection.settimeout(10)
            if read(connection, server):
                steps[min(number, len(steps) - 1)](connection)


def read(connection, server=None):
    """Read one request; return whether there was one."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65_536)
        if not more:
            return False
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower()[:15] == b"content-length:"), 0
    )
    while len(body) < length:
        body += connection.recv(65_536)
    if server is not None:
        server.requests.append(head.decode().partition("\r\n")[0])
        server.heads.append(head)
        server.bodies.append(body)
        server.times.append(time.monotonic())
    return True


def whole(status: int, body: bytes, *headers: str) -> bytes:
    """Return an answer as it is sent."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def says(data: bytes) -> Step:
    """Send ``data`` and close."""
    return lambda connection: connection.sendall(data)


def answers(value: object, status: int = 200, *headers: str) -> Step:
    """Answer with JSON and close."""
    return says(whole(status, json.dumps(value).encode(), *headers))


def drops(connection: socket.socket) -> None:
    """Close without a word."""


def trickles(data: bytes, seconds: float = 0.05) -> Step:
    """Send one byte after the other."""

    def step(connection: socket.socket) -> None:
        for number in range(len(data)):
            connection.sendall(data[number : number + 1])
            time.sleep(seconds)

    return step


def hangs(connection: socket.socket) -> None:
    """Say nothing until the client leaves."""
    connection.recv(1)
