"""Refuses some requests where more come than can be answered, so that the rest is answered in time.

Requests wait for a thread in a queue that Python cannot see. So each worker asks itself: a probe sends a tiny request
over a connection of its own and measures how long it waited, and as long as it waits, how long so far. On a machine
that other programs keep busy it waits, too; so a wait counts only where many other requests had their turn before the
probe. Where it is more than the limit, the share 1 - (limit / wait)² of all requests is refused with 503 as soon as
their turn comes. The more comes, the longer they wait and the more is refused, until what is taken is what can be
answered: with four times as much as that, they wait about twice the limit. What supervisors and Prometheus ask is never
refused.
"""

from __future__ import annotations

import http.client
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import Flask

from service.web import errors, trace
from service.web.trace import StartResponse, Trace

_log = logging.getLogger(__name__)

#: Where the probe asks; without the secret of the server it leads nowhere.
_PATH = "/.procsearch/wait"
_HEADER, _VARIABLE = "X-Procsearch-Probe", "HTTP_X_PROCSEARCH_PROBE"
#: The variable by which the server tells its workers the secret; no setting for people.
SECRET = "PROCSEARCH_PROBE_SECRET"  # noqa: S105 - the name, not the secret
_NEVER_REFUSED = frozenset(("/healthz", "/readyz", "/metrics"))
_EVERY_SECONDS = 0.05
_GIVE_UP_SECONDS = 30.0
_RETRY_SECONDS = 1.0
#: Requests for each thread that come before a probe where they are too many. A page with all its scripts is fewer.
_QUEUED = 8
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - nothing is bound
#: Stands for the id of the request in refusals that are made beforehand.
_NO_ID = "id-of-the-refused-request"


def new_secret() -> str:
    """Return what the workers of one server know each other by."""
    return secrets.token_hex(16)


class Probe:
    """Measures how long requests of this process, which has so many threads, wait for their turn."""

    def __init__(self, host: str, port: int, secret: str, threads: int) -> None:
        self._address = (_EVERYWHERE.get(host, host), port)
        self._mark = f"{secret}:{os.getpid()}"
        self._secret = secret
        self._sent: float | None = None
        self._last = 0.0
        self._many = _QUEUED * threads
        #: Requests that had their turn, and how many of them before the probe was sent.
        self._taken = self._taken_before = 0

    def start(self) -> None:
        """Begin to measure, in a thread that ends with the process."""
        threading.Thread(target=self._run, name="wait-probe", daemon=True).start()

    def wait(self) -> float:
        """Return for how many seconds requests wait now, 0 where there is no queue. Ask once for each request."""
        # Threads that count at the same time may lose a few, which changes nothing that matters.
        self._taken += 1
        sent = self._sent
        if sent is None or self._taken - self._taken_before < self._many:
            return self._last
        return max(self._last, time.monotonic() - sent)

    def answer(self, environ: Mapping[str, Any]) -> str | None:
        """Return the status for a probe of this server, or None where it is another request."""
        mark = environ.get(_VARIABLE, "")
        if not secrets.compare_digest(mark.rpartition(":")[0].encode(), self._secret.encode()):
            return None
        if mark != self._mark:
            return "421 Misdirected Request"
        self._settle()
        return "204 No Content"

    def _settle(self) -> None:
        """Take note of how long the probe waited, as soon as it has its turn: who sent it may not have one for long."""
        sent = self._sent
        if sent is not None:
            queued = self._taken - self._taken_before >= self._many
            self._last, self._sent = time.monotonic() - sent if queued else 0.0, None

    def _run(self) -> None:
        told = False
        while True:
            try:
                self._measure()
            except (OSError, http.client.HTTPException) as error:
                self._sent, self._last = None, 0.0
                if not told:
                    _log.warning("waiting times cannot be measured, nothing is refused: %s", type(error).__name__)
                told = True
            time.sleep(_RETRY_SECONDS)

    def _measure(self) -> None:
        """Connect until this process answers, which shares its address with others; then ask again and again."""
        connection = http.client.HTTPConnection(*self._address, timeout=_GIVE_UP_SECONDS)
        try:
            while self._ask(connection):
                time.sleep(_EVERY_SECONDS)
        finally:
            connection.close()

    def _ask(self, connection: http.client.HTTPConnection) -> bool:
        if connection.sock is None:
            connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.putrequest("GET", _PATH)
        connection.putheader(_HEADER, self._mark)
        # All that is left to do is to send it: the time that this thread waits for its own turn is no wait of requests.
        self._taken_before, self._sent = self._taken, time.monotonic()
        connection.endheaders()
        response = connection.getresponse()
        response.read()
        self._sent = None
        return response.status == 204


class Shedder:
    """The WSGI application ``inner``, with as many requests refused as wait longer than ``limit`` seconds."""

    def __init__(self, app: Flask, limit: float, wait: Callable[[], float]) -> None:
        self._inner: Callable[..., Iterable[bytes]] = app.wsgi_app
        self._limit, self._wait = limit, wait
        self._refusals = _Refusals(app)
        self._owed = 0.0

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, or refuse it."""
        wait = self._wait()
        if wait > self._limit and environ["PATH_INFO"] not in _NEVER_REFUSED:
            # Threads that count at the same time may lose a little of a sum, which changes nothing that matters.
            self._owed += 1 - (self._limit / wait) ** 2
            if self._owed >= 1:
                self._owed -= 1
                return self._refusals.refuse(environ, start_response)
        return self._inner(environ, start_response)


class _Refusals:
    """The answers to refused requests, made once: making each anew would cost as much as to answer it."""

    def __init__(self, app: Flask) -> None:
        paths = ("/api/", *errors.shaped_paths(app))
        self._by_path = {path: self._made(app, path, "application/json") for path in paths}
        self._page, self._json = self._made(app, "/", "text/html"), self._by_path["/api/"]

    @staticmethod
    def _made(app: Flask, path: str, accept: str) -> tuple[list[tuple[str, str]], bytes]:
        with app.test_request_context(path, headers={"Accept": accept}, environ_overrides={trace.KEY: Trace(_NO_ID)}):
            response = app.process_response(errors.overloaded())
            kept = [pair for pair in response.headers if pair[0] not in ("Content-Length", trace.HEADER)]
            return kept, response.get_data()

    def refuse(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer 503 in the form that the client would have had an answer in."""
        headers, body = self._for(environ)
        found = environ.get(trace.KEY)
        if found:
            found.error = "overloaded"
            body = body.replace(_NO_ID.encode(), found.request_id.encode())
        start_response("503 Service Unavailable", [*headers, ("Content-Length", str(len(body)))])
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]

    def _for(self, environ: Mapping[str, Any]) -> tuple[list[tuple[str, str]], bytes]:
        asked = environ["PATH_INFO"]
        for path, made in self._by_path.items():
            if asked.startswith(path):
                return made
        return self._page if "text/html" in environ.get("HTTP_ACCEPT", "") else self._json


class ProbeAnswers:
    """The WSGI application ``inner``, before which probes are answered: they are neither counted nor logged."""

    def __init__(self, inner: Callable[..., Iterable[bytes]], probe: Probe) -> None:
        self._inner, self._probe = inner, probe

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer a probe, or pass the request on."""
        if environ["PATH_INFO"] == _PATH:
            status = self._probe.answer(environ)
            if status:
                start_response(status, [("Content-Length", "0")])
                return [b""]
        return self._inner(environ, start_response)
