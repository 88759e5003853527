"""A gateway before a node: TLS, a check of credentials, and faults on order."""

from __future__ import annotations

import base64
import http.client
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

#: What to do with a request instead of handing it on: a status to answer with its body, "cut" (end the connection), or
#: seconds to wait before it is handed on.
Fault = tuple[int, bytes] | str | float
Rule = Callable[[str, str], Fault | None]


@dataclass
class Gateway:
    """A running gateway: where it listens, its rule, and the requests that came."""

    url: str = ""
    rule: Rule = lambda _method, _path: None
    seen: list[tuple[str, str]] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    """Hands requests on to a node; a subclass says which, for which gateway, and who is let in."""

    protocol_version = "HTTP/1.1"
    gate: Gateway
    node: str
    expected: str | None

    def handle_any(self) -> None:
        self.gate.seen.append((self.command, self.path))
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = self.gate.rule(self.command, self.path)
        if self.expected and self.headers.get("Authorization") != self.expected:
            self.answer(401, b'{"error": "Unauthorized"}')
        elif fault == "cut":
            self.close_connection = True
        elif isinstance(fault, tuple):
            self.answer(*fault)
        else:
            time.sleep(fault if isinstance(fault, float) else 0)
            self.hand_on(body)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_any  # noqa: N815

    def hand_on(self, body: bytes) -> None:
        address = urlsplit(self.node)
        kind = self.headers.get("Content-Type") or "application/json"
        # A client may have left before it is answered.
        with closing(http.client.HTTPConnection(str(address.hostname), address.port, timeout=60)) as connection:
            connection.request(self.command, self.path, body or None, {"Content-Type": kind})
            response = connection.getresponse()
            self.answer(response.status, response.read())

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing: clients that give up are part of the tests."""


@contextmanager
def gateway(
    node: str, *, tls: ssl.SSLContext | None = None, user: str | None = None, password: str | None = None
) -> Iterator[Gateway]:
    """Run a gateway before the node at the address ``node``."""
    gate = Gateway()
    expected = f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}" if user else None
    server = _Quiet(("127.0.0.1", 0), type("Handler", (_Handler,), {"gate": gate, "node": node, "expected": expected}))
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    gate.url = f"{'https' if tls else 'http'}://localhost:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield gate
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
