"""Answers plain searches and suggestions ahead of the framework, whose own work for a request costs as much as theirs.

It only ever answers 200 and 304. All else - another method, parameters in an unusual form, another format, whatever is
wrong - goes on to the framework, which would answer the rest with the same bytes and headers: a test compares them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_plus

from flask import Flask
from werkzeug.http import parse_etags

from service.search.searcher import Searcher
from service.web import arguments, search_v1, trace
from service.web.answers import Answer, Answers, Made, entity_headers
from service.web.metrics import Meters
from service.web.negotiation import ANYTHING
from service.web.trace import StartResponse

_Make = Callable[[Searcher, dict[str, Any]], Made]
#: What makes the answers of an address, and the headers that only these have.
_ROUTES: dict[str, tuple[_Make, list[tuple[str, str]]]] = {
    "/api/v1/search": (search_v1.made_search, [("Vary", "Accept")]),
    "/api/v1/suggest": (search_v1.made_suggestions, []),
}
#: The answer to it may have another form.
_FORMAT = "format"
_HOSTS_KEPT = 64


class Express:
    """The WSGI application of ``app``, with what is plain answered here."""

    def __init__(self, app: Flask, searcher: Searcher, answers: Answers, meters: Meters | None) -> None:
        self._framework: Callable[..., Iterable[bytes]] = app.wsgi_app
        self._searcher, self._answers, self._meters = searcher, answers, meters

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        route = _ROUTES.get(environ.get("PATH_INFO", ""))
        if route is None or not _is_plain(environ):
            return self._framework(environ, start_response)
        make, more = route
        try:
            answer = self._answer(environ, make)
        except Exception:
            # Whatever it is: the framework meets it again, and tells it in its own way.
            return self._framework(environ, start_response)
        if self._meters:
            self._meters.count_search(answer.outcome)
        environ[trace.KEY].rule = environ["PATH_INFO"]
        return _respond(environ, start_response, answer, more)

    def _answer(self, environ: dict[str, Any], make: _Make) -> Answer:
        asked = environ.get("QUERY_STRING", "")
        return self._answers.answer(
            self._searcher.status.serving,
            environ["PATH_INFO"],
            asked.encode(),
            lambda: make(self._searcher, _parameters(asked)),
        )


def install(app: Flask, searcher: Searcher, answers: Answers, meters: Meters | None) -> None:
    """Answer plain requests to ``app`` ahead of it. No hook of the framework sees these."""
    app.wsgi_app = Express(app, searcher, answers, meters)  # type: ignore[method-assign]


def _is_plain(environ: dict[str, Any]) -> bool:
    """Say whether a request is one for JSON that has no body, asks for no other protocol, and is not mounted below
    another application.
    """
    return (
        environ["REQUEST_METHOD"] == "GET"
        and environ.get("HTTP_ACCEPT") in ANYTHING
        and environ.get("QUERY_STRING", "").isascii()
        and not (environ.get("SCRIPT_NAME") or environ.get("CONTENT_LENGTH"))
        and not ("HTTP_TRANSFER_ENCODING" in environ or "HTTP_UPGRADE" in environ)
        and _is_host(environ.get("HTTP_HOST", ""))
    )


@lru_cache(_HOSTS_KEPT)
def _is_host(name: str) -> bool:
    """Say whether the framework takes a name of this service: not one with parts that are empty or too long."""
    try:
        name.encode("idna")
    except UnicodeError:
        return False
    return name.isascii()


def _parameters(query_string: str) -> dict[str, Any]:
    """Return the parameters of a query string in its usual form; ValueError for any other."""
    pairs = [pair.partition("=") for pair in query_string.split("&")]
    values = {name: arguments.typed(name, _decoded(value)) for name, _, value in pairs}
    if len(values) < len(pairs) or _FORMAT in values or not all(equals for _, equals, _ in pairs):
        raise ValueError(query_string)
    return values


def _decoded(value: str) -> str:
    return unquote_plus(value, errors="strict") if "%" in value or "+" in value else value


def _respond(
    environ: dict[str, Any], start_response: StartResponse, answer: Answer, more: list[tuple[str, str]]
) -> list[bytes]:
    headers = [*entity_headers(answer), *more]
    known = environ.get("HTTP_IF_NONE_MATCH")
    if known and parse_etags(known).contains_weak(answer.tag):
        start_response("304 NOT MODIFIED", headers)
        return []
    start_response(
        "200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(answer.body))), *headers]
    )
    return [answer.body]
