"""The parameters of an operation: from the query string, and from a Parameters resource in the body."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from service.web.errors import MalformedRequest
from service.web.fhir import media
from service.web.fhir.outcome import NOTHING, FhirError, Quoted, invalid

#: What every address takes; it says how to answer, not what.
GENERAL = ("_format", "_pretty")
MAX_CHARS = 1_000
MAX_PARAMETERS = 200
_MAX_NUMBER = 2_147_483_647
_DATE = re.compile(
    r"(?P<year>\d{4})(-(?P<month>\d\d)(-(?P<day>\d\d)(T\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d))?)?)?", re.ASCII
)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CODE = re.compile(r"[^\s]+(\s[^\s]+)*")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: its type in FHIR and whether it may be given more than once."""

    type: str
    repeats: bool = False


Given = dict[str, Any]
Table = Mapping[str, Parameter]


def of_request(table: Table, resource: str | None = None) -> Given:
    """Return the parameters of this request by name; one that repeats as a list.

    Texts are checked, dates `datetime.date`. With ``resource``, the body may be a resource that a parameter of this
    name and type takes, instead of a Parameters resource. FhirError for whatever does not fit ``table``.
    """
    given: Given = {}
    for name, texts in request.args.lists():
        if name not in GENERAL:
            for text in texts:
                _add(given, table, name, _of_text, text)
    if request.method == "POST":
        for name, value in _of_body(table, resource):
            _add(given, table, name, _of_value, value)
    return given


def _add(given: Given, table: Table, name: str, read: Callable[[str, Parameter, Any], Any], form: Any) -> None:
    parameter = table.get(name)
    if parameter is None:
        raise invalid(name[:MAX_CHARS], f"one of the parameters {', '.join(table)}", Quoted("one of this name"))
    if not parameter.repeats and name in given:
        raise invalid(name, "the parameter once", Quoted("it more than once"))
    value = read(name, parameter, form)
    if value is None:
        return
    if parameter.repeats:
        given.setdefault(name, []).append(value)
    else:
        given[name] = value


# -- bodies --------------------------------------------------------------------------------------------


def body() -> dict[str, Any]:
    """Return the resource in the body of this request; errors: another type 415, too long 413, no resource 400."""
    if not media.is_readable():
        got = request.headers.get("Content-Type", "none")[:MAX_CHARS]
        raise FhirError("unsupported_media_type", f"Content-Type: expected {media.FHIR_JSON} (R4); got {got!r}.")
    try:
        value = orjson.loads(_bytes())
    except ValueError as error:
        raise MalformedRequest("body", "JSON in UTF-8", str(error)) from error
    if not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
        raise MalformedRequest("body", "a FHIR resource with its resourceType", "other JSON")
    return value


def _bytes() -> bytes:
    longest = request.max_content_length or 0
    # Of a body without a length Werkzeug reads up to its limit and no further, and does not say so: one byte more
    # tells a body that is too long from one that just fits.
    request.max_content_length = longest + 1
    found = request.get_data(cache=False)
    if len(found) > longest:
        raise RequestEntityTooLarge
    return found


def _of_body(table: Table, resource: str | None) -> list[tuple[str, Any]]:
    value = body()
    kind = value["resourceType"]
    if resource is not None and kind == table[resource].type:
        return [(resource, value)]
    if kind != "Parameters":
        expected = f"a Parameters resource{f' or a {table[resource].type}' if resource else ''}"
        raise invalid("body", expected, kind, "structure")
    parts = value.get("parameter", [])
    if not isinstance(parts, list) or len(parts) > MAX_PARAMETERS:
        raise invalid("Parameters.parameter", f"a list of at most {MAX_PARAMETERS}", Quoted("another value"))
    return [_part(at, part) for at, part in enumerate(parts)]


def _part(at: int, part: Any) -> tuple[str, Any]:
    where = f"Parameters.parameter[{at}]"
    if not isinstance(part, dict) or not isinstance(part.get("name"), str):
        raise invalid(where, "an object with a name", Quoted("another value"), "structure")
    values = [value for key, value in part.items() if key == "resource" or key.startswith("value")]
    if len(values) != 1 or "part" in part:
        raise invalid(where, "one value or one resource", Quoted(f"{len(values)} of them, or parts"), "structure")
    return part["name"], values[0]


# -- values --------------------------------------------------------------------------------------------


def _of_text(name: str, parameter: Parameter, text: str) -> Any:
    """Return the value that a text of the query string stands for."""
    if parameter.type == "integer":
        if not text.isascii() or not text.isdigit() or len(text) > 10 or int(text) > _MAX_NUMBER:
            raise _wrong_number(name, text)
        return int(text)
    if parameter.type == "boolean":
        if text not in ("true", "false"):
            raise invalid(name, "true or false", text)
        return text == "true"
    if parameter.type[0].isupper():
        raise invalid(name, f"a {parameter.type} in a Parameters resource sent by POST", Quoted("text in the address"))
    return _text(name, parameter.type, text)


def _of_value(name: str, parameter: Parameter, value: Any) -> Any:
    """Return the value that JSON of a Parameters resource stands for."""
    if parameter.type == "integer":
        if type(value) is not int or not 0 <= value <= _MAX_NUMBER:
            raise _wrong_number(name, value)
        return value
    if parameter.type == "boolean":
        if type(value) is not bool:
            raise invalid(name, "true or false", value)
        return value
    if parameter.type[0].isupper():
        return _complex(name, parameter.type, value)
    if not isinstance(value, str):
        raise invalid(name, f"a {parameter.type}", value)
    return _text(name, parameter.type, value)


def _complex(name: str, kind: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise invalid(name, f"a {kind}", value, "structure")
    resource = value.get("resourceType")
    if resource != kind and (resource is not None or kind in ("ValueSet", "CodeSystem")):
        raise invalid(name, f"a {kind}", resource or NOTHING, "structure")
    return value


def _text(name: str, kind: str, text: str) -> Any:
    """Return a text that fits its type in FHIR; None where it is blank."""
    if len(text) > MAX_CHARS or _CONTROLS.search(text):
        raise invalid(name, f"at most {MAX_CHARS} characters, no control characters among them", text)
    if not text.strip():
        return None
    if kind == "date":
        return _day(name, text.strip())
    if kind == "string":
        # Whether a blank follows the last word says whether that is whole.
        return media.plain(text) + " " * text[-1].isspace()
    if kind == "uri" and re.search(r"\s", text):
        raise invalid(name, "an address without blanks", text)
    if kind == "code" and not _CODE.fullmatch(text):
        raise invalid(name, "a code without blanks around it", text)
    return text


def _day(name: str, text: str) -> datetime.date:
    """Return the day of a dateTime; the first day of a year or month."""
    found = _DATE.fullmatch(text)
    try:
        if found:
            return datetime.date(*(int(found[part] or 1) for part in ("year", "month", "day")))
    except ValueError:
        pass
    raise invalid(name, "a date like 2020-01-31", text)


def _wrong_number(name: str, got: Any) -> FhirError:
    return invalid(name, f"a whole number from 0 to {_MAX_NUMBER}", got)


def text_of(value: Mapping[str, Any], key: str, where: str, kind: str = "string") -> str | None:
    """Return the text ``key`` of an element, None where it has none; FhirError where it is no text of that type."""
    given = value.get(key)
    if given is None:
        return None
    if not isinstance(given, str):
        raise invalid(f"{where}.{key}", f"a {kind}", given, "structure")
    found: str | None = _text(f"{where}.{key}", kind, given)
    return found
