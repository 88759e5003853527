"""Reads the body of a request before the application sees it, and keeps clients that send slowly from taking all
threads: half of them read bodies at a time, and where these are all slow, further requests with a body are refused.
The other half goes on answering.
"""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from service.web.trace import StartResponse

#: A body that takes longer than this many seconds is a slow one.
SLOW_SECONDS = 0.25


class TooManySlowClients(Exception):
    """Half of the threads wait for clients that send their bodies slowly."""


class _Refused(io.RawIOBase):
    """A body that is not read: whoever needs it is told why."""

    def readinto(self, _buffer: Any) -> int:
        """Refuse; all ways to read come here."""
        raise TooManySlowClients

    def readable(self) -> bool:
        """Say that it can be read, or nobody would come to hear."""
        return True


class Bodies:
    """The WSGI application ``inner`` with bodies of up to ``max_bytes`` read beforehand, by one of ``threads``.

    Views at the paths ``streamed`` read their bodies themselves, and see to it that these keep no thread for long.
    """

    def __init__(
        self,
        inner: Callable[..., Iterable[bytes]],
        max_bytes: int,
        threads: int,
        streamed: frozenset[str] = frozenset(),
    ) -> None:
        self._streamed = streamed
        self._inner, self._max_bytes, self._most = inner, max_bytes, max(threads // 2, 1)
        self._begun: dict[object, float] = {}
        self._turn = threading.Condition()

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        has_body = environ.get("CONTENT_LENGTH") or "HTTP_TRANSFER_ENCODING" in environ
        if has_body and environ.get("PATH_INFO") not in self._streamed:
            self._take_body(environ)
        return self._inner(environ, start_response)

    def _take_body(self, environ: dict[str, Any]) -> None:
        if _stated_length(environ) > self._max_bytes:
            # The application refuses it by its length.
            return
        mark = object()
        if not self._begin(mark):
            environ["wsgi.input"] = _Refused()
            return
        try:
            # One byte more than allowed tells a body without a stated length that is too long.
            body = environ["wsgi.input"].read(self._max_bytes + 1)
        finally:
            with self._turn:
                del self._begun[mark]
                self._turn.notify()
        environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
        # Of what came in chunks the length is known now; as long as it is called chunked, nobody looks at the length.
        environ.pop("HTTP_TRANSFER_ENCODING", None)

    def _begin(self, mark: object) -> bool:
        """Wait until a body may be read, and note that it is; False where those that are being read are all slow."""
        with self._turn:
            while len(self._begun) >= self._most:
                left = max(self._begun.values()) + SLOW_SECONDS - time.monotonic()
                if left <= 0:
                    return False
                self._turn.wait(left)
            self._begun[mark] = time.monotonic()
            return True


def _stated_length(environ: dict[str, Any]) -> int:
    text = environ.get("CONTENT_LENGTH", "")
    return int(text) if text.isascii() and text.isdigit() else 0
