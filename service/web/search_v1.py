"""The search API, version 1: `/api/v1/search`, `/api/v1/documents/{code}` and `/api/v1/snapshot`."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from service.search.errors import BadRequest
from service.search.model import SearchRequest
from service.web import answers, cursor, metrics, render
from service.web.context import searcher
from service.web.schemas.search_v1 import suggest_arguments, to_request

blueprint = Blueprint("search_v1", __name__, url_prefix="/api/v1")

_NUMBERS = ("limit", "offset")


@blueprint.get("/search")
def search_by_query_string() -> Response:
    """Search with parameters in the query string."""
    return answers.respond(lambda: answer_of(to_request(arguments_of_query_string())))


@blueprint.post("/search")
def search_by_body() -> Response:
    """Search with the same parameters as a JSON object."""
    body = request.get_json()
    if not isinstance(body, dict):
        raise BadRequest("body", "a JSON object", type(body).__name__)
    answer = answer_of(to_request(body))
    metrics.count_search(metrics.outcome(answer))
    return jsonify(answer)


@blueprint.get("/suggest")
def suggest() -> Response:
    """Suggest completions, codes and procedures for what was typed so far."""

    def suggestions() -> answers.Made:
        return answers.Made(*searcher().suggest(*suggest_arguments(arguments_of_query_string())))

    return answers.respond_ready(suggestions)


@blueprint.get("/documents/<code>")
def document(code: str) -> Response:
    """Return one record whole; the code may be typed in any case."""
    record, snapshot = searcher().document(code)
    return jsonify({**record, "snapshot": snapshot})


@blueprint.get("/snapshot")
def snapshot() -> Response:
    """Return what the served snapshot holds and where it came from, without paths of this machine."""
    manifest = searcher().manifest()
    shown = ("snapshot", "created", "content_hash", "format_version", "analysis", "schema", "counts")
    sources = {name: manifest["sources"][name] for name in ("releases", "drug_tables")}
    return jsonify({**{name: manifest[name] for name in shown}, **sources})


def arguments_of_query_string() -> dict[str, Any]:
    """Return the parameters of the query string, numbers as numbers; BadRequest where one is given twice."""
    values: dict[str, Any] = {}
    for name, given in request.args.lists():
        if len(given) > 1:
            raise BadRequest(name, "the parameter once", f"it {len(given)} times")
        values[name] = _number(given[0]) if name in _NUMBERS else given[0]
    return values


def _number(text: str) -> int | str:
    # Anything else is left for the schema to refuse; a longer text could only be out of range.
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else text


def answer_of(request_: SearchRequest) -> dict[str, Any]:
    """Return the answer to a search as JSON values."""
    result = searcher().search(request_)
    return render.answer(result, cursor.encode(request_, result.last))
