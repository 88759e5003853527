"""Everything that goes wrong below ``/fhir`` as an OperationOutcome."""

from __future__ import annotations

from typing import Any

from flask import Response

from service.web.errors import ERROR_CODES, error_body
from service.web.fhir import media

#: Error code of the service -> the code of FHIR's issue types that comes nearest.
ISSUE_TYPES = {
    "invalid_parameter": "invalid",
    "malformed_request": "structure",
    "document_not_found": "not-found",
    "not_found": "not-found",
    "method_not_allowed": "not-supported",
    "not_acceptable": "not-supported",
    "payload_too_large": "too-long",
    "unsupported_media_type": "not-supported",
    "unprocessable": "not-supported",
    "rate_limited": "throttled",
    "internal_error": "exception",
    "overloaded": "throttled",
    "slow_clients": "throttled",
    "timed_out": "timeout",
    "no_snapshot": "transient",
    # Of administration, which has no address below /fhir; every code has a type all the same.
    "unauthorized": "login",
    "admin_off": "forbidden",
    "scope_missing": "forbidden",
    "task_not_found": "not-found",
    "synonym_not_found": "not-found",
    "analytics_off": "not-supported",
    "conflict": "conflict",
    "task_exists": "duplicate",
    "stale": "conflict",
    "invalid_document": "invalid",
    "invalid_synonym": "invalid",
    "key_reused": "conflict",
    "too_many_attempts": "throttled",
    "busy": "lock-error",
    "tokens_damaged": "exception",
    "storage_failed": "no-store",
}


class FhirError(Exception):
    """A request that cannot be answered: the error code of the service, FHIR's issue type where another than that of
    `ISSUE_TYPES` fits better, and the element of a resource that is wrong, as a FHIRPath."""

    def __init__(self, code: str, message: str, issue_type: str | None = None, expression: str | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.expression = code, message, expression
        self.issue_type = issue_type or ISSUE_TYPES[code]


def invalid(name: str, expected: str, got: Any, issue_type: str = "value") -> FhirError:
    """Return the error for a parameter, or an element of one, with a wrong value."""
    return FhirError("invalid_parameter", f"{name}: expected {expected}; got {shown(got)}.", issue_type)


def unprocessable(expression: str, expected: str, got: Any, issue_type: str = "not-supported") -> FhirError:
    """Return the error for an element that can be read but not be done."""
    message = f"{expression}: expected {expected}; got {shown(got)}."
    return FhirError("unprocessable", message, issue_type, expression if "." in expression else None)


def shown(value: Any) -> str:
    """Return a value as an error quotes it: in one line, and not at length."""
    text = value if isinstance(value, Quoted) else repr(value[:100] if isinstance(value, str) else value)
    return text if len(text) <= 60 else f"{text[:57]}..."


class Quoted(str):
    """Words of ours, which need no quotes in an error."""

    __slots__ = ()


NOTHING = Quoted("nothing")


def answer(error: FhirError) -> Response:
    """Return the answer to a request that failed so."""
    error_body(error.code, error.message)
    issue = _issue(error.issue_type, error.message, [error.expression] if error.expression else [])
    return media.respond(_outcome(issue), ERROR_CODES[error.code][0])


def from_service(told: dict[str, Any]) -> Response:
    """Return an error of the service, told as `service.web.errors` does, in FHIR's shape."""
    error = told["error"]
    return media.respond(_outcome(_issue(ISSUE_TYPES[error["code"]], error["message"], [])), error["status"])


def _outcome(issue: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def _issue(issue_type: str, message: str, expressions: list[str]) -> dict[str, Any]:
    text = media.plain(message)
    issue = {"severity": "error", "code": issue_type, "details": {"text": text}, "diagnostics": text}
    return {**issue, "expression": expressions} if expressions else issue
