"""Around every request: it gets an id, is timed, counted and logged. It is a WSGI layer, because that sees every
answer, and costs less than hooks of the framework."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

from service.web import trace
from service.web.logs import RequestLine, RequestLog
from service.web.metrics import METHODS, OTHER, Meters, template
from service.web.trace import StartResponse, Trace

_METHODS = {method: method for method in METHODS}


class Observer:
    """The WSGI application of ``app`` with every request observed; ``meters`` and ``log`` are None where not wanted."""

    def __init__(self, app: Flask, meters: Meters | None, log: RequestLog | None) -> None:
        self._inner: Callable[..., Iterable[bytes]] = app.wsgi_app
        self._meters, self._log = meters, log
        self._templates = {rule.rule: template(rule.rule) for rule in app.url_map.iter_rules()}

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        started = time.perf_counter()
        found = environ[trace.KEY] = Trace(environ.get("HTTP_X_REQUEST_ID"))
        if self._meters:
            self._meters.begin()
        try:
            return self._inner(environ, found.following(environ, start_response))
        finally:
            self._end(environ["REQUEST_METHOD"], found, time.perf_counter() - started)

    def _end(self, given_method: str, found: Trace, seconds: float) -> None:
        # Of an address that leads nowhere, and of a method that nothing takes, no word is told.
        route = self._templates.get(found.rule, OTHER) if found.rule else OTHER
        method = _METHODS.get(given_method, OTHER)
        if self._meters:
            self._meters.end(route, method, found.status, seconds, found.error)
        if self._log:
            size = 0 if method == "HEAD" or found.status == 304 else found.size
            line = (time.time(), found.request_id, method, route, found.status, seconds * 1000, size, found.error)
            self._log.write(RequestLine(*line))


def install(app: Flask, meters: Meters | None, log: RequestLog | None) -> None:
    """Observe every request of ``app``, which has all its routes."""
    app.wsgi_app = Observer(app, meters, log)  # type: ignore[method-assign]
