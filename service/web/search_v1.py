"""The search API, version 1: `/api/v1/search`, `/api/v1/documents/{code}` and `/api/v1/snapshot`."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Response

from service.search.searcher import Searcher
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
    made = made_search(searcher(), given)
    metrics.count_search(made.outcome)
    return Response(made.body, mimetype="application/json")


@blueprint.get("/suggest")
def suggest() -> Response:
    """Suggest completions, codes and procedures for what was typed so far."""
    return answers.respond(lambda: made_suggestions(searcher(), arguments_of_query_string()))


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
    return answers.respond(lambda: made_search(searcher(), arguments_of_query_string()))


def made_search(of: Searcher, values: dict[str, Any]) -> answers.Made:
    """Answer a search with these parameters; what time ran out for is not kept."""
    wanted = to_request(values)
    result = of.search(wanted, ready=True)
    body = orjson.dumps(render.answer(result, cursor.encode(wanted, result.last)))
    return answers.Made(body, None if result.partial else result.snapshot, metrics.outcome(result))


def made_suggestions(of: Searcher, values: dict[str, Any]) -> answers.Made:
    """Answer what is asked while someone types."""
    return answers.Made(*of.suggest(*suggest_arguments(values)))
