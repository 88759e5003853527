"""The pages that people see. They are whole without JavaScript; `static/search.js` only makes them quicker."""

from __future__ import annotations

import datetime
import itertools
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from service.search.model import SearchResult
from service.search.searcher import is_active
from service.web import facts, metrics
from service.web.context import searcher
from service.web.schemas.search_v1 import to_request

blueprint = Blueprint("pages", __name__)

_PAGE_SIZE = 10
_LAST_PAGE = 1_000
_FILTERS = ("kind", "status")
_EXAMPLES = (
    ("In your own words", "rehab without staying overnight"),
    ("By abbreviation", "IOP"),
    ("As on the form", "continuous positive airway pressure"),
    ("By code", "J3420"),
)


@dataclass(frozen=True, slots=True)
class Paging:
    """Which of how many pages is shown, and the addresses of its neighbours (None at the ends)."""

    page: int
    pages: int
    previous: str | None
    following: str | None


def install(app: Flask) -> None:
    """Give the templates what they call."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters["long_date"] = facts.long_date
    app.jinja_env.filters["block_groups"] = _block_groups
    app.jinja_env.globals["examples"] = _EXAMPLES


@blueprint.get("/")
def search() -> str:
    """The search box, and results where there is a query or a filter."""
    given = {name: request.args.get(name, "") for name in ("q", *_FILTERS)}
    page = _page_number(request.args.get("page", "1"))
    asked = bool(given["q"].strip() or given["kind"] or given["status"])
    result = _search(given, page) if asked else None
    paging = _paging(given, page, result.total) if result else None
    return render_template("search.html", given=given, result=result, paging=paging, counts=_counts())


@blueprint.get("/codes/<code>")
def code(code: str) -> str | BaseResponse:
    """Everything about one code; a code in other spelling leads to the official one."""
    record, _ = searcher().document(code)
    if record["code"] != code:
        return redirect(url_for("pages.code", code=record["code"]), 301)
    active = is_active(record, datetime.date.today())
    tables = facts.fact_rows(record["official"] or {})
    history = facts.history_rows(record["history"])
    return render_template("code.html", record=record, active=active, facts=tables, history=history)


@blueprint.get("/favicon.ico")
def favicon() -> BaseResponse:
    """Browsers ask for it unasked."""
    return redirect(url_for("static", filename="icon.svg"), 301)


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Result pages are for people; crawlers may read the pages of codes."""
    return Response("User-agent: *\nDisallow: /?\nDisallow: /api/\n", mimetype="text/plain")


def _block_groups(blocks: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return runs of blocks of one type, so that neighbouring items become one list."""
    return [(kind, list(group)) for kind, group in itertools.groupby(blocks, key=lambda block: str(block["type"]))]


def _search(given: dict[str, str], page: int) -> SearchResult:
    filters = {name: given[name] for name in _FILTERS if given[name]}
    arguments = {"q": given["q"], "limit": _PAGE_SIZE, "offset": (page - 1) * _PAGE_SIZE}
    result = searcher().search(to_request(arguments | filters))
    matches = [hit.match.tier.key for hit in result.hits[:1]]
    metrics.count_search(metrics.Outcome.of(matches, result.total, bool(result.corrections), result.partial))
    return result


def _counts() -> dict[str, int]:
    counts: dict[str, int] = searcher().manifest()["counts"]
    return counts


def _page_number(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else 1
    return max(1, min(number, _LAST_PAGE))


def _paging(given: dict[str, str], page: int, total: int) -> Paging:
    pages = min(max(1, -(-total // _PAGE_SIZE)), _LAST_PAGE)
    return Paging(
        page,
        pages,
        _address(given, page - 1) if page > 1 else None,
        _address(given, page + 1) if page < pages else None,
    )


def _address(given: dict[str, str], page: int) -> str:
    values: dict[str, Any] = {name: value for name, value in given.items() if value}
    if page > 1:
        values["page"] = page
    return f"{url_for('pages.search')}?{urlencode(values)}"
