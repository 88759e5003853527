"""Schemas of the search API, version 1: what a request may hold and what an answer holds."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, fields, validate

from corpus.codes import CODE_SYSTEMS
from service.search.model import MAX_LIMIT, MAX_OFFSET, MAX_QUERY_CHARS

_SYSTEMS = [system.name for system in CODE_SYSTEMS]
_KINDS = ["procedure", "modifier"]
_STATUSES = ["active", "terminated"]


def _choice(values: list[str], what: str) -> fields.String:
    expected = "one of " + ", ".join(values)
    return fields.String(
        load_default=None,
        validate=validate.OneOf(values, error=expected),
        error_messages={"invalid": expected, "null": expected},
        metadata={"description": what},
    )


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

    error_messages = {  # noqa: RUF012  (marshmallow reads it from the class)
        "unknown": "no parameter of this name; known are q, limit, offset, code_system, kind, status",
        "type": "a JSON object",
    }

    q = fields.String(
        load_default="",
        validate=validate.Length(max=MAX_QUERY_CHARS, error=f"at most {MAX_QUERY_CHARS} characters"),
        error_messages={"invalid": "text", "null": "text"},
        metadata={"description": "What to search for, in free text; blank lists everything by code."},
    )
    limit = _number(10, 1, MAX_LIMIT, "How many hits to return.")
    offset = _number(0, 0, MAX_OFFSET, "How many hits to pass over.")
    code_system = _choice(_SYSTEMS, "Only codes of this system.")
    kind = _choice(_KINDS, "Only procedures or only modifiers.")
    status = _choice(_STATUSES, "Only codes in use today, or only codes no longer in use.")


class PassageSchema(Schema):
    """The section that matches best and where in it."""

    key = fields.String()
    heading = fields.String()
    snippet = fields.String()


class HitSchema(Schema):
    """One hit; ``highlights`` and ``section.snippet`` are HTML with ``<mark>`` as the only tag."""

    code = fields.String(attribute="record.code")
    code_system = fields.String(attribute="record.code_system")
    kind = fields.String(attribute="record.kind")
    family = fields.String(attribute="record.family", allow_none=True)
    title = fields.String(attribute="record.title")
    descriptor = fields.String(attribute="record.descriptor")
    has_document = fields.Boolean(attribute="record.has_document")
    status = fields.Function(lambda hit: "active" if hit.active else "terminated")
    score = fields.Float(attribute="match.score")
    match = fields.Function(lambda hit: hit.match.tier.key)
    matched_fields = fields.List(fields.String(), attribute="match.matched_fields")
    highlights = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
    section = fields.Nested(PassageSchema, allow_none=True)


class SearchResponse(Schema):
    """The answer to a search."""

    query = fields.String()
    total = fields.Integer()
    took_ms = fields.Float()
    snapshot = fields.String()
    notes = fields.List(fields.String())
    hits = fields.List(fields.Nested(HitSchema))


def load_arguments(values: dict[str, Any]) -> dict[str, Any]:
    """Return checked arguments of a JSON object; ValidationError names each wrong one."""
    loaded: dict[str, Any] = SearchArguments().load(values)
    return loaded
