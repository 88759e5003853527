"""What is known of a request while it is answered; it lies in the request's WSGI environment."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any, cast

from flask import has_request_context, request

#: The key in the WSGI environment.
KEY = "procsearch.trace"
HEADER = "X-Request-ID"

_TOKEN = re.compile(r"[A-Za-z0-9._-]{1,64}")

StartResponse = Callable[..., Any]


class Trace:
    """One request: its id, and once it is answered its status, the rule of the route where there is one, the bytes of
    the body where they are known, and the code of the error."""

    __slots__ = ("error", "request_id", "rule", "size", "status")

    def __init__(self, given_id: str | None) -> None:
        self.request_id = request_id(given_id)
        self.status = 500
        self.rule: str | None = None
        self.size: int | None = None
        self.error: str | None = None

    def following(self, environ: dict[str, Any], start_response: StartResponse) -> StartResponse:
        """Return a ``start_response`` that notes how the answer begins, and puts the id into its header."""

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            self.status = int(status[:3])
            self.size = next((int(value) for name, value in headers if name == "Content-Length"), None)
            # Flask takes its request out of the environment before the answer is returned.
            found = getattr(environ.get("werkzeug.request"), "url_rule", None)
            if found is not None:
                self.rule = found.rule
            headers.append((HEADER, self.request_id))
            return start_response(status, headers, *rest)

        return start


def request_id(given: str | None) -> str:
    """Return ``given`` where it is a short plain token, which can break neither a line nor a header, else a new one."""
    return given if given and _TOKEN.fullmatch(given) else f"{random.getrandbits(64):016x}"


def current() -> Trace | None:
    """Return the trace of the request that is being handled, or None outside of one."""
    return cast("Trace | None", request.environ.get(KEY)) if has_request_context() else None
