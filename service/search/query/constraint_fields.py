"""Fields that a constraint may name, and what a value, a range or mere presence demands of each kind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from corpus.codes import normalise_code
from indexer.analysis.tokenizer import fold
from service.search.errors import BadRequest
from service.search.query.syntax import All, AnyOf, Codes, Dates, Node, Not, Pattern, Words

_SHOWN = 40
#: Beyond these, a column says that there is no date.
_FIRST_DATE, _LAST_DATE = 1, 99991230
_LAST_CODE = "\U0010ffff"
_DATE = re.compile(r"(?P<year>\d{4})(?:-?(?P<month>\d\d)(?:-?(?P<day>\d\d))?)?")
_APART = re.compile(r"[^\w*?'’]+")


@dataclass(frozen=True, slots=True)
class TextField:
    """Text in any of ``names``, fields of `indexer.schema`; with ``code`` among them also whole codes."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CodeField:
    """The code of a record."""


@dataclass(frozen=True, slots=True)
class DateField:
    """A date in one of the columns of `indexer.columns`."""

    column: str


@dataclass(frozen=True, slots=True)
class FlagField:
    """``true`` of the records that meet a demand, ``false`` of the others."""

    demand: Node


Field = TextField | CodeField | DateField | FlagField


class Bound(NamedTuple):
    """One end of a range; ``*`` is open."""

    text: str
    included: bool = True


OPEN = Bound("*")


def wrong(expected: str, got: str) -> BadRequest:
    """Return the error for a constraint that cannot be read."""
    return BadRequest("q", expected, got if len(got) <= _SHOWN else f"{got[: _SHOWN - 3]}...")


def matching(field: Field, text: str, *, wild: bool, quoted: bool) -> Node:
    """Return what a value demands: ``wild`` where it holds ``*`` or ``?``, ``quoted`` where its words are neighbors."""
    if isinstance(field, TextField):
        return _like(text, field.names) if wild else _words(text, field.names, phrase=quoted)
    if isinstance(field, CodeField):
        return Pattern(text, ("code",)) if wild else _code(text)
    if isinstance(field, FlagField):
        return _flag(field, text)
    first, last = _dates(text.removesuffix("*") if wild else text)
    return Dates(field.column, first, last)


def between(field: Field, low: Bound, high: Bound) -> Node:
    """Return what a range demands."""
    if isinstance(field, DateField):
        return _between_dates(field, low, high)
    if isinstance(field, CodeField):
        return _between_codes(low, high)
    raise wrong("a range only of dates or codes", f"{low.text} TO {high.text}")


def _between_dates(field: DateField, low: Bound, high: Bound) -> Node:
    first = _FIRST_DATE if low.text == "*" else _dates(low.text)[not low.included] + (not low.included)
    last = _LAST_DATE if high.text == "*" else _dates(high.text)[high.included] - (not high.included)
    return Dates(field.column, first, last)


def _between_codes(low: Bound, high: Bound) -> Node:
    first = "" if low.text == "*" else normalise_code(low.text)
    inside = Codes(first, _LAST_CODE if high.text == "*" else normalise_code(high.text))
    outside = [bound for bound in (low, high) if not bound.included and bound.text != "*"]
    return All((inside, *(Not(_code(bound.text)) for bound in outside)))


def has(field: Field) -> Node:
    """Return what the mere presence of a value demands."""
    if isinstance(field, TextField):
        return Pattern("*", field.names)
    return Dates(field.column, _FIRST_DATE, _LAST_DATE) if isinstance(field, DateField) else All(())


def _words(text: str, names: tuple[str, ...], *, phrase: bool) -> Node:
    texts = tuple(name for name in names if name != "code")
    ways: list[Node] = [Words(text, texts, phrase=phrase)] if texts else []
    if len(texts) < len(names):
        ways.append(_code(text))
    return ways[0] if len(ways) == 1 else AnyOf(tuple(ways))


def _like(text: str, names: tuple[str, ...]) -> Node:
    # The words of an index hold no punctuation, so each part of "self-adh*" is held against them by itself.
    parts = [part for part in _APART.split(fold(text)) if part]
    demands = [Pattern(part, names) if set("*?") & set(part) else _words(part, names, phrase=False) for part in parts]
    return demands[0] if len(demands) == 1 else All(tuple(demands))


def _code(text: str) -> Node:
    code = normalise_code(text)
    return Codes(code, code)


def _flag(field: FlagField, text: str) -> Node:
    value = text.casefold()
    if value not in ("true", "false"):
        raise wrong("true or false", repr(text))
    return field.demand if value == "true" else Not(field.demand)


def _dates(text: str) -> tuple[int, int]:
    """Return the first and last date, as numbers like 20191231, that a text stands for; "2019" is a whole year."""
    match = _DATE.fullmatch(text)
    if match is None or not text.isascii():
        raise wrong("a date like 20191231, 2019-12-31, 201912 or 2019", repr(text))
    digits = "".join(part for part in match.groups() if part)
    return int(digits.ljust(8, "0")), min(int(digits.ljust(8, "9")), _LAST_DATE)
