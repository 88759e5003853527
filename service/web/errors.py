"""Everything that goes wrong over HTTP: one table of codes, one body, one handler.

The body of every error is ``{"error": {"code", "status", "message", "details", "request_id"}}``; ``details`` lists,
for a wrong parameter, ``parameter``, ``expected`` and ``got``. Codes are stable: clients may test for them.
"""

from __future__ import annotations

import logging
import traceback
from typing import Any

from flask import Flask, Response, jsonify, render_template, request
from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from service.search.errors import BadRequest, NotFound, Unavailable
from service.web import trace
from service.web.bodies import TooManySlowClients

_log = logging.getLogger(__name__)

#: code -> (HTTP status, what it means)
ERROR_CODES: dict[str, tuple[int, str]] = {
    "invalid_parameter": (400, "A parameter has a value that is not allowed, or is unknown."),
    "malformed_request": (400, "The request cannot be read: wrong JSON, or wrong HTTP."),
    "document_not_found": (404, "No record has this code."),
    "not_found": (404, "No such address."),
    "method_not_allowed": (405, "The address exists but not for this method; see the Allow header."),
    "payload_too_large": (413, "The body or address is longer than the service reads."),
    "unsupported_media_type": (415, "The body is not application/json."),
    "internal_error": (500, "A fault of the service; it is logged."),
    "slow_clients": (503, "Too many clients send their bodies slowly; requests without a body are answered."),
    "no_snapshot": (503, "No index is published, or the published one is damaged."),
}

_BY_STATUS = {
    404: "not_found",
    405: "method_not_allowed",
    413: "payload_too_large",
    414: "payload_too_large",
    415: "unsupported_media_type",
}
_RETRY_SECONDS = 5
_SHOWN_PATH = 100
_MOST_DETAILS = 10
_SHOWN_NAME = 60


def install(app: Flask) -> None:
    """Make ``app`` answer every error in the one shape, as a page where a person asked for a page."""
    app.register_error_handler(BadRequest, _bad_request)
    app.register_error_handler(ValidationError, _validation_error)
    app.register_error_handler(NotFound, _not_found)
    app.register_error_handler(Unavailable, _unavailable)
    app.register_error_handler(TooManySlowClients, _too_many_slow)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _fault)


def error_body(code: str, message: str, details: list[dict[str, str]] | None = None) -> dict[str, Any]:
    """Return the body of an error, and note the error for log and metrics."""
    status, _ = ERROR_CODES[code]
    found = trace.current()
    if found:
        found.error = code
    told = {"code": code, "status": status, "message": message, "details": details or []}
    return {"error": {**told, "request_id": found and found.request_id}}


def _answer(code: str, message: str, details: list[dict[str, str]] | None = None) -> Response:
    body = error_body(code, message, details)
    if request.path.startswith("/api/") or request.accept_mimetypes.best != "text/html":
        response = jsonify(body)
    else:
        response = Response(render_template("error.html", **body["error"]), mimetype="text/html")
    response.status_code = body["error"]["status"]
    return response


def _bad_request(error: BadRequest) -> Response:
    detail = {"parameter": error.parameter, "expected": error.expected, "got": error.got}
    return _answer("invalid_parameter", str(error), [detail])


def _validation_error(error: ValidationError) -> Response:
    details = [
        {
            "parameter": str(name)[:_SHOWN_NAME],
            "expected": " ".join(map(str, _flat(messages))),
            "got": _given(error, str(name)),
        }
        for name, messages in _messages(error).items()
    ]
    details = details[:_MOST_DETAILS]
    message = " ".join(f"{each['parameter']}: expected {each['expected']}; got {each['got']}." for each in details)
    return _answer("invalid_parameter", message, details)


def _messages(error: ValidationError) -> dict[str, Any]:
    messages = error.messages
    return messages if isinstance(messages, dict) else {"body": messages}


def _flat(messages: Any) -> list[Any]:
    if isinstance(messages, dict):
        return [text for value in messages.values() for text in _flat(value)]
    return messages if isinstance(messages, list) else [messages]


def _given(error: ValidationError, name: str) -> str:
    data = error.data if isinstance(error.data, dict) else {}
    text = repr(data[name]) if name in data else "nothing"
    return text if len(text) <= 60 else f"{text[:57]}..."


def _not_found(error: NotFound) -> Response:
    return _answer("document_not_found", str(error))


def _unavailable(error: Unavailable) -> Response:
    # The reason may hold paths of this machine: it goes to the log and to readyz's reader, not to every client.
    _log.warning("request refused: %s", error)
    response = _answer("no_snapshot", "expected a published index; got none that can be served. Try again later.")
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
    response = _answer(code, _http_message(code, error))
    response.headers.extend(_extra_headers(error))
    return response


def _http_message(code: str, error: HTTPException) -> str:
    if code == "not_found":
        return f"expected an address of this service; got {request.path[:_SHOWN_PATH]}."
    if isinstance(error, MethodNotAllowed):
        return f"expected one of {', '.join(sorted(error.valid_methods or []))}; got {request.method}."
    if code == "unsupported_media_type":
        return f"expected a body of Content-Type application/json; got {(request.mimetype or 'none')[:_SHOWN_PATH]}."
    return f"{ERROR_CODES[code][1]} (HTTP {error.code} {error.name})"


def _extra_headers(error: HTTPException) -> list[tuple[str, str]]:
    return [(name, value) for name, value in error.get_headers() if name in ("Allow", "Retry-After")]


def _fault(error: Exception) -> Response:
    # The text of an exception may quote a query, which belongs into no log: where it was raised has to do.
    stack = "".join(traceback.format_tb(error.__traceback__))
    _log.error("unexpected %s at\n%s", type(error).__name__, stack)
    return _answer("internal_error", "The service failed to answer; the fault is logged.")
