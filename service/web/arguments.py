"""What a request says: the parameters of its query string, and the JSON object of its body."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_to_bytes

import orjson
from flask import Flask, request
from werkzeug.exceptions import UnsupportedMediaType

from service.search.errors import BadRequest
from service.web.errors import MalformedRequest

_JSON = "application/json"
_NUMBERS = ("limit", "offset")
_SHOWN = 60
_JSON_TYPES = {list: "a list", str: "a text", bool: "true or false", type(None): "null"}


def install(app: Flask) -> None:
    """Make ``app`` refuse query strings that are not UTF-8, which Werkzeug would read as something else."""
    app.before_request(_require_utf8)


def of_query_string() -> dict[str, Any]:
    """Return the parameters of the query string, numbers as numbers; BadRequest where one is given twice."""
    values: dict[str, Any] = {}
    for name, given in request.args.lists():
        if len(given) > 1:
            raise BadRequest(name[:_SHOWN], "the parameter once", f"it {len(given)} times")
        values[name] = typed(name, given[0])
    return values


def typed(name: str, value: str) -> int | str:
    """Return the value of a parameter, as a number where it is one."""
    return _number(value) if name in _NUMBERS else value


def of_body() -> dict[str, Any]:
    """Return the JSON object of the body.

    Errors: of another type 415, longer than the service reads 413, no JSON or no object 400.
    """
    if request.mimetype != _JSON:
        raise UnsupportedMediaType
    try:
        value = orjson.loads(request.get_data(cache=False))
    except ValueError as error:
        raise MalformedRequest("body", "JSON in UTF-8", str(error)) from error
    if not isinstance(value, dict):
        raise BadRequest("body", "a JSON object", _JSON_TYPES.get(type(value), "a number"))
    return value


def _number(text: str) -> int | str:
    # Anything else is left for the schema to refuse; a longer text could only be out of range.
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else text


def _require_utf8() -> None:
    given = request.query_string
    if not given.isascii() or b"%" in given:
        for pair in given.split(b"&"):
            try:
                unquote_to_bytes(pair).decode()
            except UnicodeDecodeError as error:
                name = unquote_to_bytes(pair.partition(b"=")[0]).decode(errors="replace")
                raise BadRequest(name[:_SHOWN], "text in UTF-8, percent-encoded", _shown(pair)) from error


def _shown(pair: bytes) -> str:
    return repr(pair.partition(b"=")[2][:_SHOWN].decode("ascii", "backslashreplace"))
