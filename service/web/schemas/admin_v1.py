"""Schemas of what administration may be told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, fields, validate

from service.admin.synonyms import MAX_PHRASE_CHARS
from service.search.model import MAX_QUERY_CHARS
from service.web.schemas.fields import Flag, text

_MOST_POSITION = 100_000


class NoArguments(Schema):
    """Nothing."""

    class Meta:
        unknown = RAISE


class WaitArguments(NoArguments):
    """Whether to answer at once."""

    wait = Flag("Whether to answer only once the new index is published, or after 25 seconds.")


class RuleArguments(NoArguments):
    """A rule that is there."""

    rule = text(2 * MAX_PHRASE_CHARS + 10, "A rule as the list of rules tells it.", required=True)


class SynonymArguments(NoArguments):
    """A rule."""

    typed = text(MAX_PHRASE_CHARS, "What people type.", required=True)
    means = text(MAX_PHRASE_CHARS, "What it means, too.", required=True)
    both_ways = Flag("Whether who types the one also means the other, in both directions.")


class SeenArguments(NoArguments):
    """What someone saw or chose on the search page."""

    q = text(MAX_QUERY_CHARS, "The query.", required=True)
    position = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=validate.Range(1, _MOST_POSITION, error=f"a whole number from 1 to {_MOST_POSITION}, or null"),
        error_messages={"invalid": "a whole number or null", "too_large": f"at most {_MOST_POSITION}"},
        metadata={"description": "The place of the hit that was chosen, from 1; null where none was."},
    )


def _only(schema: type[Schema]) -> Schema:
    known = ", ".join(schema().fields)
    schema.error_messages = {
        "unknown": f"no parameter of this name; known are {known}" if known else "no parameter",
        "type": "a JSON object",
    }
    return schema()


_NONE, _WAIT, _RULE = _only(NoArguments), _only(WaitArguments), _only(RuleArguments)
_SYNONYM, _SEEN = _only(SynonymArguments), _only(SeenArguments)


def no_arguments(values: Mapping[str, Any]) -> None:
    """ValidationError where there is any parameter."""
    _NONE.load(values)


def wait_argument(values: Mapping[str, Any]) -> bool:
    """Return whether to wait; ValidationError names each value that is wrong."""
    return bool(_WAIT.load(values)["wait"])


def rule_argument(values: Mapping[str, Any]) -> str:
    """Return the rule that is meant; ValidationError as above."""
    return str(_RULE.load(values)["rule"])


def to_synonym(values: Mapping[str, Any]) -> tuple[str, str, bool]:
    """Return what is typed, what it means, and whether both ways; ValidationError as above."""
    given = _SYNONYM.load(values)
    return given["typed"], given["means"], given["both_ways"]


def to_seen(values: Mapping[str, Any]) -> tuple[str, int | None]:
    """Return the query and the place of the hit that was chosen; ValidationError as above."""
    given = _SEEN.load(values)
    return given["q"], given["position"]
