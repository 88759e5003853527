"""JSON values become the frozen values of `model`, every type checked on the way."""

from __future__ import annotations

import types
from dataclasses import MISSING, fields, is_dataclass
from functools import lru_cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from .errors import UnexpectedAnswer

T = TypeVar("T")


def decode(kind: type[T], value: Any) -> T:
    """Return ``value`` as a ``kind``; UnexpectedAnswer names the first field that is missing or of another type."""
    return cast(T, _decoded(kind, value, kind.__name__))


def _decoded(kind: Any, value: Any, where: str) -> Any:
    if kind is Any:
        return value
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return None if value is None else _decoded(inner[0], value, where)
    if origin is tuple:
        _expect(list, value, where)
        return tuple([_decoded(inner[0], each, where) for each in value])
    if origin is dict:
        _expect(dict, value, where)
        return {name: _decoded(inner[1], each, f"{where}.{name}") for name, each in value.items()}
    return _object(kind, value, where) if is_dataclass(kind) else _scalar(kind, value, where)


def _object(kind: Any, value: Any, where: str) -> Any:
    _expect(dict, value, where)
    given = {}
    for name, (inner, required) in _shape(kind).items():
        if name in value:
            given[name] = _decoded(inner, value[name], f"{where}.{name}")
        elif required:
            raise UnexpectedAnswer(f"expected the field {where}.{name}; got none. Is the server of another version?")
    return kind(**given)


def _scalar(kind: Any, value: Any, where: str) -> Any:
    if kind is float and type(value) is int:
        return float(value)
    # A boolean is a number to Python, but not to JSON.
    if type(value) is not kind:
        raise _wrong(kind, value, where)
    return value


@lru_cache(maxsize=64)
def _shape(kind: Any) -> dict[str, tuple[Any, bool]]:
    """Return for each field of a dataclass its type and whether it is required."""
    hints = get_type_hints(kind)
    return {each.name: (hints[each.name], each.default is MISSING) for each in fields(kind)}


def _expect(kind: type, value: Any, where: str) -> None:
    if type(value) is not kind:
        raise _wrong(kind, value, where)


def _wrong(kind: type, value: Any, where: str) -> UnexpectedAnswer:
    got = type(value).__name__
    return UnexpectedAnswer(f"expected {kind.__name__} in {where}; got {got}. Is the server of another version?")
