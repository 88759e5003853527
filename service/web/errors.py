"""Everything that goes wrong over HTTP: one table of codes, one body, one handler.

The body of every error is ``{"error": {"code", "status", "message", "details", "request_id"}}``; ``details`` lists,
for a wrong parameter, ``parameter``, ``expected`` and ``got``. Codes are stable: clients may test for them.
"""

from __future__ import annotations

import itertools
import logging
import traceback
from collections.abc import Callable, Iterator
from typing import Any, cast

from flask import Flask, Response, current_app, jsonify, render_template, request
from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from service.search.errors import BadRequest, NotFound, TimedOut, Unavailable
from service.web import trace
from service.web.bodies import TooManySlowClients
from service.web.negotiation import MEDIA_TYPES
from service.web.rates import TooFast

_log = logging.getLogger(__name__)

#: code -> (HTTP status, what it means)
ERROR_CODES: dict[str, tuple[int, str]] = {
    "invalid_parameter": (400, "A parameter has a value that is not allowed, or is unknown."),
    "malformed_request": (400, "The request cannot be read: wrong JSON, or wrong HTTP."),
    "unauthorized": (401, "It needs a token, and the request holds none that is valid."),
    "admin_off": (403, "Nothing can be changed over HTTP until a token is created with 'procsearch token create'."),
    "scope_missing": (403, "The token is valid, but not for this."),
    "document_not_found": (404, "No record has this code, or the service was given no document of it."),
    "task_not_found": (404, "No task of this id is remembered."),
    "synonym_not_found": (404, "The operator's file has no such rule."),
    "analytics_off": (404, "What is searched is not counted: PROCSEARCH_ANALYTICS is off."),
    "not_found": (404, "No such address."),
    "method_not_allowed": (405, "The address exists but not for this method; see the Allow header."),
    "not_acceptable": (406, "The answer cannot be had in a type that the Accept header allows."),
    "conflict": (409, "Something else that is at work, or there already, is in the way."),
    "task_exists": (409, "A build waits or runs already; its id is told."),
    "stale": (412, "If-Match or If-None-Match does not fit: it was changed since it was read."),
    "payload_too_large": (413, "The body or address is longer than the service reads."),
    "unsupported_media_type": (415, "The body is of a type that is not read here."),
    "invalid_document": (422, "The document has errors; each is told with its line."),
    "invalid_synonym": (422, "The synonyms have errors; each is told."),
    "key_reused": (422, "The Idempotency-Key came with another request before."),
    "unprocessable": (422, "What is asked for can be read, but is more or other than the service can do."),
    "rate_limited": (429, "This client asks more than it may; see Retry-After."),
    "too_many_attempts": (429, "Too many requests without a valid token within a minute."),
    "internal_error": (500, "A fault of the service; it is logged."),
    "overloaded": (503, "More is asked than the service can answer; it refuses some to answer the rest."),
    "slow_clients": (503, "Too many clients send their bodies slowly; requests without a body are answered."),
    "timed_out": (503, "The time for it was up before it could be answered; ask for less, or later."),
    "no_snapshot": (503, "No index is published, or the published one is damaged."),
    "busy": (503, "Another build, import or change is at work and did not end in time."),
    "tokens_damaged": (503, "The file of tokens cannot be read, so nobody can be let in."),
    "storage_failed": (507, "The data folder cannot be written."),
}

_BY_STATUS = {
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "payload_too_large",
    414: "payload_too_large",
    415: "unsupported_media_type",
}
_ITEM_CODES: dict[type[Exception], str] = {NotFound: "document_not_found", TimedOut: "timed_out"}
_RETRY_SECONDS = 5
_SOON_SECONDS = 1
_NOTHING = object()
_SHAPES = "procsearch_error_shapes"
_SHOWN_PATH = 100
_MOST_DETAILS = 10
_SHOWN_NAME = 60


class MalformedRequest(Exception):
    """A part of the request cannot be read at all: which, what was expected and what came."""

    def __init__(self, parameter: str, expected: str, got: str) -> None:
        self.detail = {"parameter": parameter, "expected": expected, "got": got}
        super().__init__(f"{parameter}: expected {expected}; got {got}.")


def install(app: Flask) -> None:
    """Make ``app`` answer every error in the one shape, as a page where a person asked for a page."""
    app.register_error_handler(BadRequest, _bad_request)
    app.register_error_handler(MalformedRequest, _malformed)
    app.register_error_handler(ValidationError, _validation_error)
    app.register_error_handler(NotFound, _not_found)
    app.register_error_handler(TimedOut, _timed_out)
    app.register_error_handler(Unavailable, _unavailable)
    app.register_error_handler(TooManySlowClients, _too_many_slow)
    app.register_error_handler(TooFast, _too_fast)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _fault)


def answer_below(extensions: dict[str, Any], path: str, shape: Callable[[dict[str, Any]], Response]) -> None:
    """Have ``shape`` make the answers to errors at addresses below ``path`` of an app with these ``extensions``, of
    the body that errors have elsewhere."""
    extensions.setdefault(_SHAPES, {})[path] = shape


def shaped_paths(app: Flask) -> list[str]:
    """Return where `answer_below` gives errors another shape."""
    return list(app.extensions.get(_SHAPES, {}))


def overloaded() -> Response:
    """Return the answer to a request that is refused because too many others wait."""
    response = _answer(
        "overloaded", "expected fewer requests at a time; got more than can be answered. Ask again later."
    )
    response.headers["Retry-After"] = str(_SOON_SECONDS)
    return response


def error_body(code: str, message: str, details: list[dict[str, str]] | None = None) -> dict[str, Any]:
    """Return the body of an error, and note the error for log and metrics."""
    found = trace.current()
    if found:
        found.error = code
    return {"error": {**_told(code, message, details), "request_id": found and found.request_id}}


def of_item(error: NotFound | TimedOut) -> dict[str, Any]:
    """Return what is told of one of many things that were asked for, where the others are answered."""
    told = _told(_ITEM_CODES[type(error)], str(error), None)
    return {"status": told["status"], "error": told}


def item_error(code: str, message: str, details: list[dict[str, str]]) -> dict[str, Any]:
    """Return what is told of one of many things that could not be done, where the others were."""
    return _told(code, message, details)


def _told(code: str, message: str, details: list[dict[str, str]] | None) -> dict[str, Any]:
    return {"code": code, "status": ERROR_CODES[code][0], "message": message, "details": details or []}


def _answer(code: str, message: str, details: list[dict[str, str]] | None = None) -> Response:
    body = error_body(code, message, details)
    for path, shape in current_app.extensions.get(_SHAPES, {}).items():
        if request.path.startswith(path):
            return cast(Response, shape(body))
    if request.path.startswith("/api/") or not _wants_page():
        response = jsonify(body)
    else:
        response = Response(render_template("error.html", **body["error"]), mimetype="text/html")
    response.status_code = body["error"]["status"]
    return response


def _wants_page() -> bool:
    """Say whether a page is wanted rather than JSON; what else a browser would take, images and more, is not asked."""
    accepted = request.accept_mimetypes
    return accepted.quality("text/html") > accepted.quality("application/json")


def _bad_request(error: BadRequest) -> Response:
    detail = {"parameter": error.parameter, "expected": error.expected, "got": error.got}
    return _answer("invalid_parameter", str(error), [detail])


def _malformed(error: MalformedRequest) -> Response:
    return _answer("malformed_request", str(error), [error.detail])


def _validation_error(error: ValidationError) -> Response:
    found = itertools.islice(_problems(error), _MOST_DETAILS)
    details = [
        {"parameter": name[:_SHOWN_NAME], "expected": " ".join(map(str, expected)), "got": _shown(got)}
        for name, expected, got in found
    ]
    message = " ".join(f"{each['parameter']}: expected {each['expected']}; got {each['got']}." for each in details)
    return _answer("invalid_parameter", message, details)


def _problems(error: ValidationError) -> Iterator[tuple[str, list[Any], Any]]:
    """Yield parameter, what was expected, and what came; of a list each value that is wrong: ``codes[3]``."""
    messages = error.messages if isinstance(error.messages, dict) else {"body": error.messages}
    data = error.data if isinstance(error.data, dict) else {}
    for name, told in messages.items():
        given = data.get(name, _NOTHING)
        if isinstance(told, dict):
            yield from ((f"{name}[{at}]", expected, given[at]) for at, expected in told.items())
        else:
            yield str(name), told, given


def _shown(value: Any) -> str:
    text = "nothing" if value is _NOTHING else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _not_found(error: NotFound) -> Response:
    return _answer("document_not_found", str(error))


def _unavailable(error: Unavailable) -> Response:
    # The reason may hold paths of this machine: it goes to the log and to readyz's reader, not to every client.
    _log.warning("request refused: %s", error)
    return _later("no_snapshot", "expected a published index; got none that can be served. Try again later.")


def _timed_out(error: TimedOut) -> Response:
    return _later("timed_out", str(error))


def _too_fast(error: TooFast) -> Response:
    message = f"expected at most {error.rate} from one client; got more. Ask again in {error.seconds} s."
    response = _answer("rate_limited", message)
    response.headers["Retry-After"] = str(error.seconds)
    return response


def _later(code: str, message: str) -> Response:
    response = _answer(code, message)
    response.headers["Retry-After"] = str(_RETRY_SECONDS)
    return response


def _too_many_slow(_error: TooManySlowClients) -> Response:
    message = "expected a body that can be read at once; half of the threads wait for slow clients. Try again later."
    response = _answer("slow_clients", message)
    response.headers["Retry-After"] = str(_RETRY_SECONDS)
    return response


def _http_error(error: HTTPException) -> Response:
    if error.code is not None and error.code < 400 and error.response is None:
        return Response(error.get_body(), status=error.code, headers=error.get_headers())
    status = error.code or 500
    if status >= 500:
        return _fault(error)
    code = _BY_STATUS.get(status, "malformed_request")
    detail = _header_detail(code)
    message = "{parameter}: expected {expected}; got {got}.".format(**detail) if detail else _http_message(code, error)
    response = _answer(code, message, [detail] if detail else None)
    response.headers.extend(_extra_headers(error))
    return response


def _http_message(code: str, error: HTTPException) -> str:
    if code == "not_found":
        return f"expected an address of this service; got {request.path[:_SHOWN_PATH]}."
    if isinstance(error, MethodNotAllowed):
        return f"expected one of {', '.join(sorted(error.valid_methods or []))}; got {request.method}."
    if code == "payload_too_large":
        return f"body: expected at most {current_app.config['MAX_CONTENT_LENGTH']} bytes; got more."
    return f"{ERROR_CODES[code][1]} (HTTP {error.code} {error.name})"


def _header_detail(code: str) -> dict[str, str] | None:
    """Return what is wrong with a header that says a type, where that is what is wrong."""
    if code == "unsupported_media_type":
        return {
            "parameter": "Content-Type",
            "expected": "application/json",
            "got": request.mimetype[:_SHOWN_PATH] or "none",
        }
    if code == "not_acceptable":
        got = request.headers.get("Accept", "")[:_SHOWN_PATH]
        return {"parameter": "Accept", "expected": f"one of {', '.join(MEDIA_TYPES.values())}", "got": got}
    return None


def _extra_headers(error: HTTPException) -> list[tuple[str, str]]:
    return [(name, value) for name, value in error.get_headers() if name in ("Allow", "Retry-After")]


def _fault(error: Exception) -> Response:
    # The text of an exception may quote a query, which belongs into no log: where it was raised has to do.
    stack = "".join(traceback.format_tb(error.__traceback__))
    _log.error("unexpected %s at\n%s", type(error).__name__, stack)
    return _answer("internal_error", "The service failed to answer; the fault is logged.")
