"""Reads the parameters of the Clinical Tables Search Service, with its defaults and limits.

As there, unknown parameters are passed over, and a number that is none counts as not given; a field that the table does
not have is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from service.search.errors import BadRequest
from service.web.nlm_tables import Table

MAX_COUNT = 500
DEFAULT_COUNT = 7
MAX_END = 7_500
MAX_CHARS = 1_000
MAX_FIELDS = 32
MAX_LIST_CHARS = 1_000
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Arguments:
    """What is asked of a table.

    ``extra`` maps the name that each extra field gets in the answer to the field; None where none was asked for. In a
    suggestion ``text`` is what stands in the form, else what is typed.
    """

    text: str
    suggest: bool
    count: int
    offset: int
    shown: tuple[str, ...]
    searched: tuple[str, ...]
    code: str
    extra: dict[str, str] | None
    constraint: str


def read_arguments(given: Mapping[str, str], table: Table) -> Arguments:
    """Return the arguments of a query string; BadRequest names what cannot be used."""
    suggest = given.get("suggest") == "1"
    text_name = "field_val" if suggest else "terms"
    text = given.get(text_name, "")
    if len(text) > MAX_CHARS:
        raise BadRequest(text_name, f"at most {MAX_CHARS} characters", f"{len(text)}")
    count, offset = _page(given)
    searched = _fields("sf", given, table, table.searched)
    for name in searched:
        if table.fields[name].indexed is None:
            texts = [each for each, field in table.fields.items() if field.indexed is not None]
            raise BadRequest("sf", f"fields of {', '.join(texts)}", repr(name))
    extra = _extra(given, table)
    return Arguments(
        text=text,
        suggest=suggest,
        count=count,
        offset=offset,
        shown=_fields("df", given, table, table.shown),
        searched=searched,
        code=_fields("cf", given, table, (table.code,))[0],
        extra=extra or None,
        constraint=given.get("q", ""),
    )


def _page(given: Mapping[str, str]) -> tuple[int, int]:
    """Return how many results from which on; ``count`` and ``offset`` win over ``maxList``."""
    if "count" in given or "offset" in given:
        count = _number(given.get("count", ""), DEFAULT_COUNT)
    elif given.get("maxList") == "":
        count = MAX_COUNT
    else:
        count = _number(given.get("maxList", ""), DEFAULT_COUNT)
    count, offset = min(count, MAX_COUNT), _number(given.get("offset", ""), 0)
    if offset + count > MAX_END:
        raise BadRequest("offset", f"at most {MAX_END} together with count", f"{given['offset'][:_SHOWN]} and {count}")
    return count, offset


def _number(text: str, default: int) -> int:
    text = text.strip()
    # Anything longer is beyond every limit, whatever it is.
    return int(text[:9]) if text.isascii() and text.isdigit() else default


def _fields(name: str, given: Mapping[str, str], table: Table, default: tuple[str, ...]) -> tuple[str, ...]:
    fields = _names(name, given)
    for field in fields:
        _check(name, field, table)
    return tuple(fields) or default


def _extra(given: Mapping[str, str], table: Table) -> dict[str, str]:
    extra: dict[str, str] = {}
    for each in _names("ef", given):
        field, _, alias = (part.strip() for part in each.partition(":"))
        _check("ef", field, table)
        extra[alias or field] = field
    return extra


def _names(name: str, given: Mapping[str, str]) -> list[str]:
    text = given.get(name, "")
    names = [part.strip() for part in text.split(",") if part.strip()] if len(text) <= MAX_LIST_CHARS else []
    if len(text) > MAX_LIST_CHARS or len(names) > MAX_FIELDS:
        raise BadRequest(name, f"at most {MAX_FIELDS} fields in {MAX_LIST_CHARS} characters", f"{len(text)} characters")
    return names


def _check(name: str, field: str, table: Table) -> None:
    if field not in table.fields:
        raise BadRequest(name, f"fields of {', '.join(table.fields)}", repr(field[:_SHOWN]))
