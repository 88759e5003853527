"""Kinds of parameters: what each takes, what it says where something else comes, and how OpenAPI describes it."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate

_MAX_VALUES = 50
_MAX_VALUE_CHARS = 20
_TRUTH_VALUES = ("true", "false")


class Choice(fields.String):
    """One of a few words."""

    def __init__(self, values: tuple[str, ...], what: str, default: str | None = None) -> None:
        expected = "one of " + ", ".join(values)
        super().__init__(
            load_default=default,
            validate=validate.OneOf(values, error=expected),
            error_messages={"invalid": expected, "null": expected},
            metadata={"description": what},
        )


class Values(fields.Field[tuple[str, ...]]):
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
        if isinstance(value, bool) and self._allowed == _TRUTH_VALUES:
            value = "true" if value else "false"
        values = value.split(",") if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
            raise ValidationError(self._expected)
        values = [each.strip() for each in values]
        fits = len(values) <= _MAX_VALUES and all(0 < len(each) <= _MAX_VALUE_CHARS for each in values)
        if not fits or (self._allowed and not set(values) <= set(self._allowed)):
            raise ValidationError(self._expected)
        return tuple(values)

    def in_query(self) -> dict[str, Any]:
        """Return what a list of such values, separated by commas, is in JSON Schema."""
        each: dict[str, Any] = {"type": "string", "enum": list(self._allowed)} if self._allowed else _FREE_VALUE
        return {"type": "array", "items": each, "minItems": 1, "maxItems": _MAX_VALUES}

    def in_body(self) -> dict[str, Any]:
        """Return what may stand for such values in a JSON body: a list, or text with commas."""
        each = {"type": "string", "minLength": 1, "maxLength": _MAX_VALUE_CHARS, "pattern": r"\S"}
        text: dict[str, Any] = {"type": "string", "minLength": 1}
        if self._allowed:
            one = rf"\s*({'|'.join(self._allowed)})\s*"
            each, text = {"type": "string", "pattern": f"^{one}$"}, {"type": "string", "pattern": f"^{one}(,{one})*$"}
        forms = [{"type": "array", "items": each, "maxItems": _MAX_VALUES}, text]
        truth = [{"type": "boolean"}] if self._allowed == _TRUTH_VALUES else []
        return {"anyOf": [*forms, *truth]}


#: No comma, since that separates values, and something beside blanks.
_FREE_VALUE = {"type": "string", "minLength": 1, "maxLength": _MAX_VALUE_CHARS, "pattern": r"^[^,]*[^,\s][^,]*$"}


def number(default: int, low: int, high: int, what: str) -> fields.Integer:
    """Return a field for a whole number from ``low`` to ``high``."""
    expected = f"a whole number from {low} to {high}"
    return fields.Integer(
        load_default=default,
        strict=True,
        validate=validate.Range(low, high, error=expected),
        error_messages={"invalid": expected, "null": expected, "too_large": expected},
        metadata={"description": what},
    )


def text(longest: int, what: str, **given: Any) -> fields.String:
    """Return a field for a text of at most ``longest`` characters."""
    expected = f"text of at most {longest} characters"
    return fields.String(
        validate=validate.Length(max=longest, error=f"at most {longest} characters"),
        error_messages={"invalid": expected, "null": expected, "required": what.rstrip(".").lower()},
        metadata={"description": what},
        **given,
    )


class Flag(fields.Boolean):
    """True or false, as such or as text."""

    def __init__(self, what: str) -> None:
        super().__init__(
            load_default=False,
            truthy={"true", True},
            falsy={"false", False},
            error_messages={"invalid": _TRUTH, "null": _TRUTH},
            metadata={"description": what},
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> bool:
        # In Python 1 is equal to True.
        if not isinstance(value, bool | str):
            raise ValidationError(_TRUTH)
        return bool(super()._deserialize(value, attr, data))

    def in_body(self) -> dict[str, Any]:
        """Return what it may be in a JSON body, in JSON Schema."""
        return {"enum": [True, False, "true", "false"]}


_TRUTH = "true or false"


def date(what: str) -> fields.Date:
    """Return a field for a day."""
    expected = "a date like 2020-01-31"
    return fields.Date(
        load_default=None, error_messages={"invalid": expected, "null": expected}, metadata={"description": what}
    )
