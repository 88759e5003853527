"""The log: one line for every request on standard output, and what happens to the service on standard error.

No line holds a query, a path as it was typed or an address of a client: what someone looks up about health is nobody
else's business. Lines of requests are written by a thread of their own, so that no request waits for a slow reader of
the log; where the reader does not keep up, lines are dropped and counted.
"""

from __future__ import annotations

import atexit
import datetime
import json
import logging
import logging.config
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from multiprocessing.util import Finalize
from typing import Any, NamedTuple

import orjson

from service.web import trace

_MOST_PENDING = 10_000
_BATCH_SECONDS = 0.05
_FLUSH_SECONDS = 2.0
#: How much a pipe takes in one piece: 4096 bytes on Linux, 512 on every POSIX system.
_PIPE_BYTES = 4096 if sys.platform == "linux" else 512
_TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class RequestLine(NamedTuple):
    """One request. ``time`` is in seconds since 1970, ``size`` the bytes of the body, None where it is not known."""

    time: float
    request_id: str
    method: str
    route: str
    status: int
    duration_ms: float
    size: int | None
    error: str | None


def setup(kind: str) -> dict[str, Any]:
    """Send what the program logs to standard error, in the form of ``kind``, and return this as a logging config."""
    form = {"()": JsonFormatter} if kind == "json" else {"format": _TEXT}
    handler = {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"}
    config: dict[str, Any] = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": form},
        "handlers": {"stderr": handler},
        "root": {"level": "INFO", "handlers": ["stderr"]},
        "loggers": {"_granian": {"level": "INFO"}, "granian.access": {}},
    }
    logging.config.dictConfig(config)
    return config


def request_log(kind: str) -> RequestLog | None:
    """Return the log of requests on standard output in the form of ``kind``, or None where it is off."""
    return None if kind == "off" else RequestLog(kind, sys.stdout.fileno())


class JsonFormatter(logging.Formatter):
    """A record of the standard library's logging as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, with the id of the request where one is being handled."""
        line: dict[str, Any] = {
            "time": _timestamp(record.created),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "pid": record.process,
        }
        found = trace.current()
        if found:
            line["request_id"] = found.request_id
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        # A name of a file may hold what is no UTF-8; the standard library escapes it.
        return json.dumps(line)


class RequestLog:
    """Writes one line a request to an open file descriptor, in batches; safe for many threads."""

    def __init__(self, kind: str, descriptor: int) -> None:
        self.dropped = 0
        self._render: Callable[[RequestLine], bytes] = _json if kind == "json" else _text
        self._descriptor = descriptor
        self._pending: deque[RequestLine] = deque()
        self._waiting = threading.Event()
        self._writing, self._counting = threading.Lock(), threading.Lock()
        threading.Thread(target=self._write_batches, name="request-log", daemon=True).start()
        # A worker that multiprocessing started leaves by the one way, a program by the other.
        Finalize(None, self.flush, exitpriority=0)
        atexit.register(self.flush)

    def write(self, line: RequestLine) -> None:
        """Take a line; drop it where too many are not written yet."""
        if len(self._pending) >= _MOST_PENDING:
            self._drop(1)
            return
        self._pending.append(line)
        if not self._waiting.is_set():
            self._waiting.set()

    def flush(self) -> None:
        """Write what is pending; give up where the reader of the log keeps the writer waiting."""
        if self._writing.acquire(timeout=_FLUSH_SECONDS):
            try:
                self._write_pending()
            finally:
                self._writing.release()

    def _write_batches(self) -> None:
        while True:
            self._waiting.wait()
            time.sleep(_BATCH_SECONDS)
            self._waiting.clear()
            with self._writing:
                self._write_pending()

    def _write_pending(self) -> None:
        """Write whole lines only, as many at a time as a pipe takes without mixing them with other workers' lines."""
        chunk: list[bytes] = []
        size = 0
        while self._pending:
            line = self._render(self._pending.popleft())
            if size + len(line) > _PIPE_BYTES:
                self._put(chunk)
                chunk, size = [], 0
            chunk.append(line)
            size += len(line)
        self._put(chunk)

    def _put(self, lines: list[bytes]) -> None:
        try:
            if lines:
                os.write(self._descriptor, b"".join(lines))
        except OSError:
            # Nobody reads the log any more, or its disk is full: the service goes on, and the metrics tell.
            self._drop(len(lines))

    def _drop(self, count: int) -> None:
        with self._counting:
            self.dropped += count


def _timestamp(seconds: float) -> str:
    moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _level(status: int) -> str:
    return "ERROR" if status >= 500 and status != 503 else "WARNING" if status == 503 else "INFO"


def _json(line: RequestLine) -> bytes:
    values = {
        "time": _timestamp(line.time),
        "level": _level(line.status),
        "request_id": line.request_id,
        "method": line.method,
        "route": line.route,
        "status": line.status,
        "duration_ms": round(line.duration_ms, 3),
        "bytes": line.size,
        "error": line.error,
        "pid": os.getpid(),
    }
    return orjson.dumps(values, option=orjson.OPT_APPEND_NEWLINE)


def _text(line: RequestLine) -> bytes:
    size = "-" if line.size is None else line.size
    return (
        f"{_timestamp(line.time)} {_level(line.status)} {line.request_id} {line.method} {line.route} {line.status} "
        f"{line.duration_ms:.3f}ms {size}B {line.error or '-'} pid={os.getpid()}\n"
    ).encode()
