"""Schema of what a batch may ask for."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from corpus.codes import CODE_SYSTEMS
from service.search.model import MAX_QUERY_CHARS, STATUSES, SearchRequest
from service.web.schemas.fields import Choice, Flag, Values, date, number

MAX_ITEMS = 1_000
#: A whole record takes up to 20 kB.
MAX_WHOLE = 100
MAX_HITS = 10
#: What is told of a record that is not wanted whole.
BRIEF = ("code", "code_system", "kind", "family", "title", "descriptor", "has_document", "ends")

_FILTERS = ("kind", "code_system")
_ONE_OF = "either codes or queries"


@dataclass(frozen=True, slots=True)
class Batch:
    """Codes to be looked up, or queries to be searched: one of both is empty.

    ``whole``: whether records are told whole; ``on``: the day for which the status of a code is told.
    """

    codes: tuple[str, ...]
    queries: tuple[SearchRequest, ...]
    whole: bool
    on: datetime.date


def _items(what: str, longest: int) -> fields.List[str]:
    expected = f"a list of 1 to {MAX_ITEMS} texts"
    each = fields.String(
        validate=validate.Length(max=longest, error=f"at most {longest} characters"),
        error_messages={"invalid": "text", "null": "text"},
    )
    return fields.List(
        each,
        load_default=(),
        validate=validate.Length(1, MAX_ITEMS, error=expected),
        error_messages={"invalid": expected, "null": expected},
        metadata={"description": what},
    )


class BatchArguments(Schema):
    """Codes or queries, and what goes for all of them."""

    class Meta:
        unknown = RAISE

    codes = _items("Codes to be looked up, in any case.", MAX_QUERY_CHARS)
    queries = _items("Queries to be searched, as for `q`.", MAX_QUERY_CHARS)
    whole = Flag(f"Whether the records of codes, then at most {MAX_WHOLE}, are told whole.")
    limit = number(3, 1, MAX_HITS, "How many hits of each query to return.")
    on = date("The day for which status is told; today by default.")
    status = Choice(STATUSES, "Only hits in use, or only hits no longer in use, on the day `on`.")
    kind = Values(("procedure", "modifier"), "Only procedures or only modifiers.")
    code_system = Values(tuple(system.name for system in CODE_SYSTEMS), "Only codes of these systems.")

    @validates_schema
    def _fit_together(self, data: Mapping[str, Any], **_: Any) -> None:
        if bool(data["codes"]) == bool(data["queries"]):
            raise ValidationError(_ONE_OF, "queries" if data["queries"] else "codes")
        if data["whole"] and len(data["codes"]) > MAX_WHOLE:
            raise ValidationError(f"at most {MAX_WHOLE} codes where whole is true", "codes")
        if data["whole"] and data["queries"]:
            raise ValidationError("false where queries are searched", "whole")
        for name in ("status", *_FILTERS):
            if data["codes"] and data[name]:
                raise ValidationError("nothing where codes are looked up", name)


BatchArguments.error_messages = {
    "unknown": "no parameter of this name; known are " + ", ".join(BatchArguments().fields),
    "type": "a JSON object",
}
_ARGUMENTS = BatchArguments()


def to_batch(values: Mapping[str, Any]) -> Batch:
    """Return the batch that a JSON object asks for; ValidationError names each value that is wrong."""
    given = _ARGUMENTS.load(values)
    on = given["on"] or datetime.date.today()
    filters = {name: given[name] for name in _FILTERS if given[name]}
    queries = [
        SearchRequest(q, limit=given["limit"], filters=filters, status=given["status"], today=on)
        for q in given["queries"]
    ]
    return Batch(tuple(given["codes"]), tuple(queries), given["whole"], on)
