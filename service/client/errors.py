"""Errors of the client.

ClientError             base of all of them
├── ConnectionFailed    no whole answer came: refused, dropped, cut off
│   └── TimedOut        time for the call was up
├── UnexpectedAnswer    what answered is not this API, or not in this version
└── AnswerError         the server answered with an error, and says which
    ├── InvalidRequest  a parameter or the request is wrong (4xx but the following)
    │   ├── Denied      the token is missing, not valid, or not for this (401, 403)
    │   ├── Conflict    something else is in the way, as a build that runs (409)
    │   └── Stale       a document is not what ``if_match`` or ``only_new`` said (412)
    ├── NotFound        no such code or address (404)
    ├── Busy            try again later (429, 502, 503, 504)
    └── ServerFault     a fault of the server (other 5xx)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class ClientError(Exception):
    """Base of every exception that the client raises on purpose, but ValueError for wrong arguments."""


class ConnectionFailed(ClientError):
    """No whole answer came, however often it was tried."""


class TimedOut(ConnectionFailed):
    """Time for the call, all tries and waits together, was up."""


class UnexpectedAnswer(ClientError):
    """The answer is none of this API: another program answers there, or another version of this one."""


class AnswerError(ClientError):
    """The server answered with an error.

    ``status`` is that of HTTP; ``code``, ``details`` and ``request_id`` are what the server's error body holds
    (``code`` is ``unknown`` where something in between answered), and ``body`` is that body whole.
    """

    def __init__(self, status: int, body: Mapping[str, Any], retry_after: float | None = None) -> None:
        told = body.get("error")
        self.error: Mapping[str, Any] = told if isinstance(told, Mapping) else {}
        self.status, self.body, self.retry_after = status, body, retry_after
        self.code = str(self.error.get("code", "unknown"))
        self.request_id: str | None = self.error.get("request_id")
        super().__init__(f"{self.error.get('message') or 'no explanation'} (HTTP {status}, {self.code})")

    @property
    def details(self) -> list[dict[str, str]]:
        """For each wrong parameter ``parameter``, ``expected`` and ``got``."""
        return list(self.error.get("details") or [])


class InvalidRequest(AnswerError):
    """The request cannot be answered as it is; ``details`` names each wrong parameter."""


class Denied(InvalidRequest):
    """The token is missing, not valid, or has not the scope that this takes."""


class Conflict(InvalidRequest):
    """Something else is in the way: a build that waits or runs (``code`` is ``task_exists``), or the same request."""


class Stale(InvalidRequest):
    """A document was changed meanwhile, or is there already."""


class NotFound(AnswerError):
    """No record has this code, or the server has no such address."""


class Busy(AnswerError):
    """The server cannot answer now; ``retry_after`` are the seconds that it asked to wait, where it did."""


class ServerFault(AnswerError):
    """A fault of the server; its log has it under ``request_id``."""


BUSY_STATUSES = frozenset((429, 502, 503, 504))
CONFLICT = 409
_KINDS = {401: Denied, 403: Denied, 404: NotFound, CONFLICT: Conflict, 412: Stale}


def error_of(status: int, body: Mapping[str, Any], retry_after: float | None) -> AnswerError:
    """Return the exception for an answer of ``status`` 400 or more."""
    if status in BUSY_STATUSES:
        return Busy(status, body, retry_after)
    kind = _KINDS.get(status, InvalidRequest if status < 500 else ServerFault)
    return kind(status, body, retry_after)
