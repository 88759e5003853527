"""Schemas of the search API, version 1: what a request may hold and what an answer holds."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from corpus.codes import CODE_SYSTEMS
from indexer.beginnings import MAX_SUGGESTIONS
from indexer.columns import FACETS
from indexer.schema import SECTION_FIELDS
from service.search.model import MAX_LIMIT, MAX_OFFSET, MAX_QUERY_CHARS, SORTS, STATUSES, SearchRequest
from service.web import cursor
from service.web.facts import facet_values

#: Values that a facet may be filtered by; the others take whatever the records hold.
_CLOSED = {
    "kind": ("procedure", "modifier"),
    "code_system": tuple(system.name for system in CODE_SYSTEMS),
    "has_document": ("true", "false"),
}
_MAX_VALUES = 50
_SUGGESTIONS = 8
_MAX_VALUE_CHARS = 20


class _Choice(fields.String):
    """One of a few words."""

    def __init__(self, values: tuple[str, ...], what: str, default: str | None = None) -> None:
        expected = "one of " + ", ".join(values)
        super().__init__(
            load_default=default,
            validate=validate.OneOf(values, error=expected),
            error_messages={"invalid": expected, "null": expected},
            metadata={"description": what},
        )


class _Values(fields.Field[tuple[str, ...]]):
    """Values separated by commas, or a JSON list of them; any of them will do."""

    def __init__(self, allowed: tuple[str, ...] | None, what: str) -> None:
        super().__init__(load_default=(), metadata={"description": what})
        self._allowed = allowed
        self._expected = (
            "values of " + ", ".join(allowed)
            if allowed
            else f"at most {_MAX_VALUES} values of at most {_MAX_VALUE_CHARS} characters, separated by commas"
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> tuple[str, ...]:
        if isinstance(value, bool):
            value = "true" if value else "false"
        values = value.split(",") if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
            raise ValidationError(self._expected)
        values = [each.strip() for each in values]
        fits = len(values) <= _MAX_VALUES and all(0 < len(each) <= _MAX_VALUE_CHARS for each in values)
        if not fits or (self._allowed and not set(values) <= set(self._allowed)):
            raise ValidationError(self._expected)
        return tuple(values)


def _number(default: int, low: int, high: int, what: str) -> fields.Integer:
    expected = f"a whole number from {low} to {high}"
    return fields.Integer(
        load_default=default,
        strict=True,
        validate=validate.Range(low, high, error=expected),
        error_messages={"invalid": expected, "null": expected, "too_large": expected},
        metadata={"description": what},
    )


class SearchArguments(Schema):
    """What a search may ask for, in the query string or as a JSON object."""

    class Meta:
        unknown = RAISE

    q = fields.String(
        load_default="",
        validate=validate.Length(max=MAX_QUERY_CHARS, error=f"at most {MAX_QUERY_CHARS} characters"),
        error_messages={"invalid": "text", "null": "text"},
        metadata={"description": "What to search for; blank lists everything by code."},
    )
    limit = _number(10, 1, MAX_LIMIT, "How many hits to return.")
    offset = _number(0, 0, MAX_OFFSET, "How many hits to pass over.")
    cursor = fields.String(
        load_default=None,
        validate=validate.Length(max=cursor.MAX_CHARS, error="the cursor of an earlier answer"),
        error_messages={"invalid": "the cursor of an earlier answer", "null": "the cursor of an earlier answer"},
        metadata={"description": "The cursor of the page before, in the place of offset."},
    )
    sort = _Choice(SORTS, "The order of hits.", "relevance")
    status = _Choice(STATUSES, "Only codes in use, or only codes no longer in use, on the day `on`.")
    on = fields.Date(
        load_default=None,
        error_messages={"invalid": "a date like 2020-01-31", "null": "a date like 2020-01-31"},
        metadata={"description": "The day for which status is told; today by default."},
    )
    section = _Choice(tuple(SECTION_FIELDS), "Only matches in this section.")
    kind = _Values(_CLOSED["kind"], "Only procedures or only modifiers.")
    code_system = _Values(_CLOSED["code_system"], "Only codes of these systems.")
    family = _Values(None, "Only HCPCS codes with these first letters.")
    coverage = _Values(None, "Only codes with these Medicare coverage codes.")
    betos = _Values(None, "Only codes of these BETOS categories.")
    type_of_service = _Values(None, "Only codes with these types of service.")
    has_document = _Values(_CLOSED["has_document"], "Only codes with, or without, a full description.")
    facets = _Values(FACETS, "Facets whose values are to be counted.")
    explain = fields.Boolean(
        load_default=False,
        truthy={"true", True},
        falsy={"false", False},
        error_messages={"invalid": "true or false", "null": "true or false"},
        metadata={"description": "Whether to tell the parts of each score."},
    )


SearchArguments.error_messages = {
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

    q = fields.String(
        required=True,
        validate=validate.Length(max=MAX_QUERY_CHARS, error=f"at most {MAX_QUERY_CHARS} characters"),
        error_messages={"required": "what was typed so far"},
        metadata={"description": "What was typed so far."},
    )
    limit = _number(_SUGGESTIONS, 1, MAX_SUGGESTIONS, "How many suggestions of each kind to return.")


_ARGUMENTS, _SUGGEST_ARGUMENTS = SearchArguments(), SuggestArguments()


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
        return dataclasses.replace(_request_of(tuple(others.items()), datetime.date.today()), q=q)
    given = _ARGUMENTS.load(values)
    return cursor.placed(_request(given), given["cursor"])


@lru_cache(maxsize=1024)
def _request_of(values: tuple[tuple[str, str | int], ...], _today: datetime.date) -> SearchRequest:
    return _request(_ARGUMENTS.load(dict(values)))


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


class PassageSchema(Schema):
    """The section that matches best and where in it."""

    key = fields.String()
    heading = fields.String()
    snippet = fields.String()


def _explanation(hit: Any) -> list[dict[str, Any]] | None:
    parts = hit.match.parts
    return [{"part": each.name, "word": each.word, "value": round(each.value, 6)} for each in parts] or None


class HitSchema(Schema):
    """One hit; ``highlights`` and ``section.snippet`` are HTML with ``<mark>`` as the only tag."""

    code = fields.String(attribute="record.code")
    code_system = fields.String(attribute="record.code_system")
    kind = fields.String(attribute="record.kind")
    family = fields.String(attribute="record.family", allow_none=True)
    title = fields.String(attribute="record.title")
    descriptor = fields.String(attribute="record.descriptor")
    has_document = fields.Boolean(attribute="record.has_document")
    status = fields.Function(lambda hit: "active" if hit.match.active else "terminated")
    score = fields.Float(attribute="match.score")
    match = fields.Function(lambda hit: hit.match.tier.key)
    matched_fields = fields.List(fields.String(), attribute="evidence.fields")
    highlights = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
    section = fields.Nested(PassageSchema, allow_none=True)
    explanation = fields.Function(_explanation)


class CorrectionSchema(Schema):
    """A word that the index does not know, and the word searched in its place."""

    typed = fields.String()
    searched = fields.String()


class ReadingSchema(Schema):
    """What an abbreviation of the query may mean."""

    word = fields.String()
    meanings = fields.List(fields.String())


class SearchResponse(Schema):
    """The answer to a search."""

    query = fields.String()
    corrected = fields.String(allow_none=True)
    total = fields.Integer()
    is_partial = fields.Boolean(data_key="partial", attribute="partial")
    took_ms = fields.Float()
    snapshot = fields.String()
    notes = fields.List(fields.String())
    corrections = fields.List(fields.Nested(CorrectionSchema))
    readings = fields.List(fields.Nested(ReadingSchema))
    facets = fields.Function(
        lambda result: {name: facet_values(name, counts) for name, counts in result.facets.items()}
    )
    cursor = fields.String(allow_none=True)
    hits = fields.List(fields.Nested(HitSchema))
