"""Counting what is searched, where that is switched on; telling it to operators; and their page."""

from __future__ import annotations

import atexit
import os
import secrets
from multiprocessing.util import Finalize
from typing import cast

from flask import Blueprint, Flask, Response, current_app, jsonify, render_template, request, url_for

from service.admin.analytics import Analytics
from service.config import Config
from service.search.model import SearchRequest
from service.web import arguments
from service.web.admin import failures
from service.web.admin.desk import requires
from service.web.context import searcher
from service.web.metrics import NO_HIT, ON_SEARCH, Outcome
from service.web.schemas.admin_v1 import no_arguments, to_seen

blueprint = Blueprint("analytics_v1", __name__)
failures.install(blueprint)

#: The variable by which `procsearch serve` gives its workers one key; no setting for people.
KEY_VARIABLE = "PROCSEARCH_ANALYTICS_KEY"
#: Sent by the script of the search page with what is only typed so far.
TYPING = "X-Procsearch-Typing"

_KEY = "procsearch_analytics"
_COUNTED = ("search_v1.search_by_query_string", "pages.search")
_LATER_PAGES = ("offset", "cursor", "page")
_OFF = "expected analytics to be on; it is off. Set PROCSEARCH_ANALYTICS=on and start the service again."


def install(app: Flask, config: Config) -> None:
    """Have ``app`` count what is searched where the settings say so."""
    app.jinja_env.globals["seen_address"] = _seen_address
    if config.analytics == "off":
        return
    key = bytes.fromhex(os.environ.get(KEY_VARIABLE) or secrets.token_hex(32))
    analytics = Analytics(config.data, config.analytics_threshold, config.analytics_days, key)
    app.extensions[_KEY], app.extensions[ON_SEARCH] = analytics, _count
    analytics.start()
    # A worker that multiprocessing started leaves by the one way, a program by the other.
    Finalize(None, analytics.stop, exitpriority=0)
    atexit.register(analytics.stop)


@blueprint.get("/api/v1/analytics")
@requires("analytics")
def analytics() -> Response:
    """Tell what was searched."""
    no_arguments(arguments.of_query_string())
    counting = _counting()
    if counting is None:
        return failures.answer("analytics_off", _OFF)
    response = jsonify(counting.report())
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/api/v1/seen")
def seen() -> Response:
    """Take note that results were looked at, or that a hit was chosen. The search page sends it."""
    query, position = to_seen(arguments.of_body())
    counting = _counting()
    if counting is None:
        return failures.answer("analytics_off", _OFF)
    if not _wants_no_tracking():
        if position:
            counting.clicked(query, position)
        else:
            found = searcher().search(SearchRequest(query, limit=1))
            nothing_found = not found.total and not found.partial
            counting.searched(query, request.remote_addr or "", nothing_found=nothing_found)
    return Response(status=204)


@blueprint.get("/operator")
def operator() -> str:
    """The operator's page: what was searched, and synonyms for what was not found."""
    return render_template("operator.html")


def _count(found: Outcome) -> None:
    """Count a search that a person or program made whole, not one that is being typed."""
    if request.endpoint not in _COUNTED or TYPING in request.headers or _wants_no_tracking():
        return
    query = request.args.get("q", "")
    counting = _counting()
    if counting and query.strip() and not any(name in request.args for name in _LATER_PAGES):
        counting.searched(query, request.remote_addr or "", nothing_found=found.match == NO_HIT)


def _wants_no_tracking() -> bool:
    """Say whether the browser asks not to be counted: Do Not Track, or Global Privacy Control."""
    return "1" in (request.headers.get("DNT"), request.headers.get("Sec-GPC"))


def _counting() -> Analytics | None:
    return cast("Analytics | None", current_app.extensions.get(_KEY))


def _seen_address() -> str | None:
    """Return where the search page tells what was seen, or None where it is to tell nothing."""
    return url_for("analytics_v1.seen") if _counting() and not _wants_no_tracking() else None
