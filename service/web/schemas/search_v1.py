"""Schemas of the search API, version 1: what a request may hold and what an answer holds."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from marshmallow import RAISE, Schema, fields, validate

from corpus.codes import CODE_SYSTEMS
from indexer.beginnings import MAX_SUGGESTIONS
from indexer.columns import FACETS
from indexer.schema import SECTION_FIELDS
from service.search.errors import BadRequest
from service.search.model import MAX_LIMIT, MAX_OFFSET, MAX_QUERY_CHARS, SORTS, STATUSES, SearchRequest
from service.web import cursor
from service.web.negotiation import CSV, FORMATS, NDJSON
from service.web.schemas.fields import Choice, Flag, Values, date, number, text

#: How many hits an export may have.
MAX_EXPORT = 10_000
#: Values that a facet may be filtered by; the others take whatever the records hold.
_CLOSED = {
    "kind": ("procedure", "modifier"),
    "code_system": tuple(system.name for system in CODE_SYSTEMS),
    "has_document": ("true", "false"),
}
#: How many suggestions of each kind are returned where nobody says how many.
_SUGGESTIONS = 8
_ON = "The day for which status is told; today by default."


class SearchArguments(Schema):
    """What a search may ask for, in the query string or as a JSON object."""

    class Meta:
        unknown = RAISE

    q = text(MAX_QUERY_CHARS, "What to search for; blank lists everything by code.", load_default="")
    limit = number(10, 1, MAX_LIMIT, "How many hits to return.")
    offset = number(0, 0, MAX_OFFSET, "How many hits to pass over.")
    cursor = fields.String(
        load_default=None,
        validate=validate.Length(max=cursor.MAX_CHARS, error="the cursor of an earlier answer"),
        error_messages={"invalid": "the cursor of an earlier answer", "null": "the cursor of an earlier answer"},
        metadata={"description": "The cursor of the page before, in the place of offset."},
    )
    sort = Choice(SORTS, "The order of hits.", "relevance")
    status = Choice(STATUSES, "Only codes in use, or only codes no longer in use, on the day `on`.")
    on = date(_ON)
    section = Choice(tuple(SECTION_FIELDS), "Only matches in this section.")
    kind = Values(_CLOSED["kind"], "Only procedures or only modifiers.")
    code_system = Values(_CLOSED["code_system"], "Only codes of these systems.")
    family = Values(None, "Only HCPCS codes with these first letters.")
    coverage = Values(None, "Only codes with these Medicare coverage codes.")
    betos = Values(None, "Only codes of these BETOS categories.")
    type_of_service = Values(None, "Only codes with these types of service.")
    has_document = Values(_CLOSED["has_document"], "Only codes with, or without, a full description.")
    facets = Values(FACETS, "Facets whose values are to be counted.")
    explain = Flag("Whether to tell the parts of each score.")
    format = Choice(FORMATS, "The form of the answer, in the place of the Accept header.")


class ExportArguments(SearchArguments):
    """The same where all results are wanted, as CSV or NDJSON."""

    limit = number(
        MAX_EXPORT,
        1,
        MAX_EXPORT,
        f"How many hits to return: 1 to {MAX_LIMIT} as JSON, 10 by default; 1 to {MAX_EXPORT} as CSV or NDJSON, "
        "all by default.",
    )


SearchArguments.error_messages = ExportArguments.error_messages = {
    "unknown": "no parameter of this name; known are " + ", ".join(SearchArguments().fields),
    "type": "a JSON object",
}


class SuggestArguments(Schema):
    """What is needed for suggestions."""

    class Meta:
        unknown = RAISE

    error_messages = {  # noqa: RUF012  (marshmallow reads it from the class)
        "unknown": "no parameter of this name; known are q, limit"
    }

    q = text(MAX_QUERY_CHARS, "What was typed so far.", required=True)
    limit = number(_SUGGESTIONS, 1, MAX_SUGGESTIONS, "How many suggestions of each kind to return.")


_ARGUMENTS, _EXPORT_ARGUMENTS, _SUGGEST_ARGUMENTS = SearchArguments(), ExportArguments(), SuggestArguments()


def suggest_arguments(values: Mapping[str, Any]) -> tuple[str, int]:
    """Return what was typed and the limit; ValidationError names each value of a query string that is wrong."""
    q, limit = values.get("q"), values.get("limit", _SUGGESTIONS)
    known = len(values) == 1 + ("limit" in values)
    if known and type(q) is str and len(q) <= MAX_QUERY_CHARS and type(limit) is int and 1 <= limit <= MAX_SUGGESTIONS:
        # What the schema would find, without its machinery: someone is typing.
        return q, limit
    given = _SUGGEST_ARGUMENTS.load(values)
    return given["q"], given["limit"]


def to_request(values: Mapping[str, Any]) -> SearchRequest:
    """Return the request that the values of a query string or JSON object make.

    ValidationError names each value that is wrong.
    """
    q, others = values.get("q"), {name: value for name, value in values.items() if name != "q"}
    # A boolean would be taken for the number that it equals.
    usual = "cursor" not in others and all(type(each) in (str, int) for each in others.values())
    if usual and isinstance(q, str) and len(q) <= MAX_QUERY_CHARS:
        # What people type differs; the rest hardly ever does.
        return SearchRequest(q, *_others_of(tuple(others.items()), datetime.date.today()))
    given = _ARGUMENTS.load(values)
    return cursor.placed(_request(given), given["cursor"])


def to_export(values: Mapping[str, Any]) -> SearchRequest:
    """Return the request that such values make where all results are wanted.

    ValidationError names each value that is wrong.
    """
    given = _EXPORT_ARGUMENTS.load(values)
    if given["facets"]:
        raise BadRequest("facets", f"none where format is {CSV} or {NDJSON}, which have no room for them", "some")
    return cursor.placed(_request(given), given["cursor"])


@lru_cache(maxsize=1024)
def _others_of(values: tuple[tuple[str, str | int], ...], _today: datetime.date) -> tuple[Any, ...]:
    """Return all fields of a request but its text, which is the first one."""
    request = _request(_ARGUMENTS.load(dict(values)))
    return tuple(getattr(request, each.name) for each in dataclasses.fields(request)[1:])


def _request(given: Mapping[str, Any]) -> SearchRequest:
    return SearchRequest(
        q=given["q"],
        limit=given["limit"],
        offset=given["offset"],
        filters={name: given[name] for name in FACETS if given[name]},
        status=given["status"],
        today=given["on"] or datetime.date.today(),
        section=given["section"],
        sort=given["sort"],
        facets=given["facets"],
        explain=given["explain"],
    )
