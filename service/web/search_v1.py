"""The search API, version 1: `/api/v1/search`, `/api/v1/documents/{code}` and `/api/v1/snapshot`."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from service.search.model import SearchRequest
from service.web import answers, arguments, cursor, exports, metrics, negotiation, render
from service.web.arguments import of_query_string as arguments_of_query_string
from service.web.context import searcher
from service.web.schemas.search_v1 import suggest_arguments, to_request

blueprint = Blueprint("search_v1", __name__, url_prefix="/api/v1")


@blueprint.get("/search")
def search_by_query_string() -> Response:
    """Search with parameters in the query string."""
    response = _search_by_query_string()
    response.headers.add("Vary", "Accept")
    return response


@blueprint.post("/search")
def search_by_body() -> Response:
    """Search with the same parameters as a JSON object."""
    given = arguments.of_body()
    wanted = negotiation.wanted(given)
    if wanted != negotiation.JSON:
        return exports.respond(given, wanted)
    answer = answer_of(to_request(given))
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
    return answers.tagged({**record, "snapshot": snapshot})


@blueprint.get("/snapshot")
def snapshot() -> Response:
    """Return what the served snapshot holds and where it came from, without paths of this machine."""
    manifest = searcher().manifest()
    shown = ("snapshot", "created", "content_hash", "format_version", "analysis", "schema", "counts")
    sources = {name: manifest["sources"][name] for name in ("releases", "drug_tables")}
    return answers.tagged({**{name: manifest[name] for name in shown}, **sources})


def _search_by_query_string() -> Response:
    if not negotiation.is_plain():
        given = arguments_of_query_string()
        wanted = negotiation.wanted(given)
        if wanted != negotiation.JSON:
            return exports.respond(given, wanted)
    return answers.respond(lambda: answer_of(to_request(arguments_of_query_string())))


def answer_of(request_: SearchRequest) -> dict[str, Any]:
    """Return the answer to a search as JSON values."""
    result = searcher().search(request_)
    return render.answer(result, cursor.encode(request_, result.last))
