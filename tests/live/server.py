"""A real `procsearch serve` process on a free port."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
#: A first start compiles the kernel, which takes a busy machine long.
_START_SECONDS = 120


@dataclass
class Server:
    """A running server: where it listens and its main process."""

    url: str
    process: subprocess.Popen[bytes]

    def get(self, path: str, timeout: float = 10) -> tuple[int, Any, float]:
        """Return status, body (parsed where it is JSON) and seconds of a GET."""
        return self.request(urllib.request.Request(self.url + path), timeout)

    def post(self, path: str, body: bytes, content_type: str = "application/json") -> tuple[int, Any, float]:
        """Return status, body and seconds of a POST."""
        headers = {"Content-Type": content_type}
        return self.request(urllib.request.Request(self.url + path, data=body, headers=headers), 10)

    @staticmethod
    def request(request: urllib.request.Request, timeout: float) -> tuple[int, Any, float]:
        """Send one request; an HTTP error is an answer like any other."""
        started = time.perf_counter()
        try:
            response = urllib.request.urlopen(request, timeout=timeout)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            body = response.read()
            seconds = time.perf_counter() - started
            is_json = response.headers.get_content_type() == "application/json"
            return response.status, json.loads(body) if is_json else body.decode(), seconds


def free_port() -> int:
    """Return a port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def command(*arguments: str) -> list[str]:
    """Return the command line of `procsearch` in this interpreter, as in a bare checkout."""
    return [sys.executable, "-m", "service", *arguments]


@contextmanager
def running(
    data: Path,
    workers: int = 1,
    log: Path | None = None,
    out: Path | None = None,
    settings: Mapping[str, str] | None = None,
    more: Sequence[str] = (),
) -> Iterator[Server]:
    """Start the server over ``data`` under ``settings`` with ``more`` options, wait until it answers, and stop it at
    the end.

    What it writes goes to ``log``, by default into the data folder, and the log of requests to ``out``, by default to
    the same file.
    """
    port = free_port()
    log = log or data / "server.log"
    with log.open("ab") as stream, (out or log).open("ab") as requests:
        process = subprocess.Popen(
            command("serve", "--data", str(data), "--port", str(port), "--workers", str(workers), *more),
            cwd=ROOT,
            stdout=requests,
            stderr=stream,
            env={name: value for name, value in os.environ.items() if not name.startswith("PROCSEARCH_")}
            | dict(settings or {}),
        )
    server = Server(f"http://127.0.0.1:{port}", process)
    try:
        _wait(server, log)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(server: Server, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            break
        try:
            if server.get("/healthz", timeout=2)[0] == 200:
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise RuntimeError(f"the server did not start:\n{log.read_text(errors='replace')}")
