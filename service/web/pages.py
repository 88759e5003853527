"""The pages that people see. They are whole without JavaScript; `static/search.js` only makes them quicker."""

from __future__ import annotations

import datetime
import itertools
from typing import Any

from flask import Blueprint, Flask, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from service.search.model import SearchResult
from service.search.searcher import is_active
from service.web import explanation, facts, history, listing, metrics, related
from service.web.context import searcher
from service.web.schemas.search_v1 import to_request

blueprint = Blueprint("pages", __name__)

_EXAMPLES = (
    ("In your own words", "rehab without staying overnight"),
    ("By abbreviation", "IOP"),
    ("As on the form", "continuous positive airway pressure"),
    ("By code", "J3420"),
)


def install(app: Flask) -> None:
    """Give the templates what they call."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters["long_date"] = facts.long_date
    app.jinja_env.filters["block_groups"] = _block_groups
    app.jinja_env.filters["explanation"] = explanation.explanation
    app.jinja_env.globals |= {
        "examples": _EXAMPLES,
        "choices": listing.CHOICES,
        "page_size": listing.PAGE_SIZE,
    }


@blueprint.get("/")
def search() -> str:
    """The search box, and results where there is a query or a filter."""
    asked = listing.asked(request.args)
    if not asked.anything:
        return render_template("search.html", asked=asked, result=None, counts=_counts())
    result = _search(asked)
    return render_template(
        "search.html",
        asked=asked,
        result=result,
        paging=listing.paging(asked, result.total),
        facets=listing.facets(asked, result),
        chosen=listing.chosen(asked),
    )


@blueprint.get("/codes/<code>")
def code(code: str) -> str | BaseResponse:
    """Everything about one code; a code in other spelling leads to the official one."""
    record, snapshot = searcher().document(code)
    if record["code"] != code:
        return redirect(url_for("pages.code", code=record["code"]), 301)
    return render_template(
        "code.html",
        record=record,
        active=is_active(record, datetime.date.today()),
        facts=facts.fact_rows(record["official"] or {}),
        years=history.years(record["history"], _releases(snapshot)),
        related=related.related(record, searcher()),
    )


@blueprint.get("/favicon.ico")
def favicon() -> BaseResponse:
    """Browsers ask for it unasked."""
    return redirect(url_for("static", filename="icon.svg"), 301)


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Result pages are for people; crawlers may read the pages of codes."""
    return Response("User-agent: *\nDisallow: /?\nDisallow: /api/\nDisallow: /operator\n", mimetype="text/plain")


def _block_groups(blocks: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return runs of blocks of one type, so that neighbouring items become one list."""
    return [(kind, list(group)) for kind, group in itertools.groupby(blocks, key=lambda block: str(block["type"]))]


def _search(asked: listing.Asked) -> SearchResult:
    result = searcher().search(to_request(asked.arguments()))
    metrics.count_search(metrics.outcome(result))
    return result


def _counts() -> dict[str, int]:
    counts: dict[str, int] = searcher().manifest()["counts"]
    return counts


def _releases(snapshot: str) -> list[str]:
    """Return the labels of the releases in ``snapshot``; none where another one has just taken its place."""
    manifest = searcher().manifest()
    return [each["release"] for each in manifest["sources"]["releases"]] if manifest["snapshot"] == snapshot else []
