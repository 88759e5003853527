"""How errors of administration are answered: one table from exceptions to error codes, for requests and for lines."""

from __future__ import annotations

import logging
from typing import Any

from flask import Blueprint, Response, jsonify

from corpus.errors import FormatError, Problem, ValuesError
from indexer.errors import DataError, LockHeld, VocabularyRefused
from service.admin.documents import NoOwnDocument, WrongCode
from service.admin.errors import Conflict, KeyReused, Stale, TokensDamaged
from service.admin.synonyms import NoSuchRule
from service.web.admin.desk import Refused
from service.web.errors import ERROR_CODES, error_body

_log = logging.getLogger(__name__)
_CODES: dict[type[Exception], str] = {
    FormatError: "invalid_document",
    ValuesError: "invalid_document",
    WrongCode: "invalid_document",
    VocabularyRefused: "invalid_synonym",
    NoSuchRule: "synonym_not_found",
    NoOwnDocument: "document_not_found",
    Stale: "stale",
    KeyReused: "key_reused",
    Conflict: "conflict",
    LockHeld: "busy",
    TokensDamaged: "tokens_damaged",
    DataError: "storage_failed",
    OSError: "storage_failed",
}
#: Those of one line of many.
OF_LINES = (FormatError, ValuesError, WrongCode, NoOwnDocument, Stale)
#: Their messages name folders of this machine and go to the log.
_HIDDEN = {
    "tokens_damaged": "expected tokens that can be read; got a damaged file. 'procsearch token list' tells more.",
    "storage_failed": "expected to write into the data folder; it cannot be. The log of the service tells why.",
}
_RETRY_SECONDS = {"busy": "5", "conflict": "5", "tokens_damaged": "60", "storage_failed": "60"}
_SHOWN_PROBLEMS = 100


def install(blueprint: Blueprint) -> None:
    """Make the views of ``blueprint`` answer these errors in the one shape of errors."""
    blueprint.register_error_handler(Refused, _refused)
    for kind in _CODES:
        blueprint.register_error_handler(kind, _failed)


def told(error: Exception) -> dict[str, Any]:
    """Return what is told of an error of one line of many."""
    code, details = _code(error), _details(error)
    return {"code": code, "status": ERROR_CODES[code][0], "message": _message(code, error), "details": details}


def problem_values(problem: Problem) -> dict[str, Any]:
    """Return a finding in a document without the place of its file."""
    return {
        "line": problem.line,
        "column": problem.column,
        "severity": problem.severity,
        "rule": problem.rule,
        "expected": problem.expected,
        "got": problem.got,
        "remedy": problem.remedy,
    }


def answer(code: str, message: str, details: list[dict[str, Any]] | None = None) -> Response:
    """Return an error."""
    response = jsonify(error_body(code, message, details))
    response.status_code = ERROR_CODES[code][0]
    if code in _RETRY_SECONDS:
        response.headers["Retry-After"] = _RETRY_SECONDS[code]
    return response


def _refused(error: Refused) -> Response:
    response = answer(error.code, str(error))
    response.headers.extend(error.headers)
    return response


def _failed(error: Exception) -> Response:
    code = _code(error)
    if code in _HIDDEN:
        _log.error("%s: %s", code, error)
    return answer(code, _message(code, error), _details(error))


def _code(error: Exception) -> str:
    return next(_CODES[kind] for kind in type(error).__mro__ if kind in _CODES)


def _message(code: str, error: Exception) -> str:
    if isinstance(error, FormatError):
        wrong = [problem for problem in error.problems if problem.severity == "error"]
        first = wrong[0]
        more = f" And {len(wrong) - 1} more." if len(wrong) > 1 else ""
        return f"line {first.line}: expected {first.expected}; got {first.got}. {first.remedy}{more}"
    return _HIDDEN.get(code, str(error))


def _details(error: Exception) -> list[dict[str, Any]]:
    if isinstance(error, FormatError):
        found = error.problems[:_SHOWN_PROBLEMS]
        return [{"parameter": f"line {each.line}", **problem_values(each)} for each in found]
    if isinstance(error, ValuesError):
        return [{"parameter": error.place, "expected": error.expected, "got": error.got}]
    if isinstance(error, WrongCode):
        return [{"parameter": "code", "expected": error.expected, "got": error.got}]
    return []
