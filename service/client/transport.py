"""Calls that last: connections are kept for the next call, and what may go better a moment later is tried again.

Any request may be sent twice: most only read, and those that change something name an idempotency key.
"""

from __future__ import annotations

import email.utils
import random
import ssl
import threading
import time
from collections.abc import Mapping
from typing import IO, Any
from urllib.parse import urlsplit

from .connection import Answer, Connection, Deadline, Request, timed
from .errors import BUSY_STATUSES, CONFLICT, ConnectionFailed, TimedOut

_LONGEST_WAIT = 10.0
_MOST_KEPT = 16


class Transport:
    """Sends requests to one server; safe for many threads."""

    def __init__(
        self,
        url: str,
        *,
        timeout: float,
        retries: int,
        backoff: float,
        headers: Mapping[str, str],
        tls: ssl.SSLContext | None,
    ) -> None:
        self._host, self._port, self.prefix, secure = _parts(url)
        #: Seconds for a call that names no others.
        self.timeout = timeout
        self._retries, self._backoff = retries, backoff
        self._headers = {"Accept": "application/json", **headers}
        self._tls = timed(tls or ssl.create_default_context()) if secure else None
        self._kept: list[Connection] = []
        self._lock = threading.Lock()
        self._closed = False

    def send(
        self,
        method: str,
        target: str,
        body: bytes | IO[bytes] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        sink: IO[bytes] | None = None,
    ) -> Answer:
        """Return the answer to one request, after tries and waits that end within ``timeout``, if given, in seconds.

        It may be the server's last word that it is busy. ConnectionFailed where no try brought a whole answer; TimedOut
        where time was up. Where ``sink`` is given, the body of an answer that is no error is written there instead.
        """
        kind = {"Content-Type": "application/json"} if body is not None else {}
        given = {**self._headers, **kind, **(headers or {})}
        request = Request(method, self.prefix + target, body, given, sink)
        deadline = Deadline(self.timeout if timeout is None else timeout)
        for attempt in range(self._retries):
            try:
                answer = self._once(request, deadline)
            except TimedOut:
                raise
            except ConnectionFailed:
                wait = self._pause(attempt)
                if not deadline.allows(wait):
                    raise
            else:
                wait = self._pause(attempt) + (retry_after(answer) or 0.0)
                if not _is_passing(answer) or not deadline.allows(wait):
                    return answer
            time.sleep(wait)
        return self._once(request, deadline)

    def close(self) -> None:
        """Close all connections; a call that is at work ends as it would have."""
        with self._lock:
            self._closed, kept, self._kept = True, self._kept, []
        for connection in kept:
            connection.close()

    def _once(self, request: Request, deadline: Deadline) -> Answer:
        connection = self._taken()
        was_open = connection.is_open
        try:
            answer = connection.exchange(request, deadline)
        except TimedOut:
            raise
        except ConnectionFailed:
            # A server may close what it kept at the very moment when it is used again; that is no failure.
            if not was_open:
                raise
            answer = connection.exchange(request, deadline)
        self._give_back(connection)
        return answer

    def _taken(self) -> Connection:
        with self._lock:
            if self._closed:
                raise ValueError("the client is closed: make another, or close it later")
            connection = self._kept.pop() if self._kept else Connection(self._host, self._port, self._tls)
        if connection.is_stale():
            connection.close()
        return connection

    def _give_back(self, connection: Connection) -> None:
        with self._lock:
            if not self._closed and connection.is_open and len(self._kept) < _MOST_KEPT:
                self._kept.append(connection)
                return
        connection.close()

    def _pause(self, attempt: int) -> float:
        """Return how long to wait before the next try: up to twice as long each time, anywhere in that time, so that
        clients that failed together do not come back together."""
        return random.uniform(0.0, min(_LONGEST_WAIT, self._backoff * 2**attempt))  # noqa: S311  (no secret)


def _is_passing(answer: Answer) -> bool:
    """Say whether the same may be answered otherwise a moment later, as where its first try is still worked on."""
    return answer.status in BUSY_STATUSES or (answer.status == CONFLICT and retry_after(answer) is not None)


def retry_after(answer: Answer) -> float | None:
    """Return the seconds that an answer asks to wait, given as a number or a date (RFC 9110, 10.2.3), or None."""
    text = answer.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


def _parts(url: str) -> tuple[str, int, str, bool]:
    """Return host, port, path without its last slash, and whether it is https; ValueError for what is no such URL."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _wrong(url, str(error)) from error
    extra: dict[str, Any] = {"a query": parts.query, "a fragment": parts.fragment, "a user": parts.username}
    found = [name for name, value in extra.items() if value]
    if parts.scheme not in ("http", "https") or not parts.hostname or found:
        raise _wrong(url, " and ".join(found) or "none")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise _wrong(url, "other characters than those of an address")
    secure = parts.scheme == "https"
    return parts.hostname, port or (443 if secure else 80), parts.path.rstrip("/"), secure


def _wrong(url: str, got: str) -> ValueError:
    return ValueError(f"url: expected an address like http://127.0.0.1:8000; got {got} in {url[:100]!r}.")
