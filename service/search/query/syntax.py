"""The query language: what a text demands of a record, beside the words that rank it.

    "insulin pump"      the words next to each other in this order
    -battery, NOT x     records without it
    a AND b, a OR b     both, either; brackets group
    name:pump           in one field or section (`FIELD_NAMES`); a phrase, a group or word* may follow the colon
    wheel*              words that begin so
    E0100..E0200        codes in a range; added:2019, ended:2018..2019 dates in one

Plain words outside of all this demand nothing: they only rank. Text that cannot be read this way is searched as plain
words, with a note that says what was ignored; nothing here raises for what a user typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.schema import SECTION_FIELDS, TEXT_FIELDS

MAX_NODES = 128
MAX_DEPTH = 20

_NAMES = ("title", "common_names", "technical_terms")
#: What may stand before a colon -> the index fields that it means.
FIELD_NAMES: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in TEXT_FIELDS},
    "name": _NAMES,
    "descriptor": ("descriptor", "short_descriptor"),
    "procedure": ("procedure_description",),
    "experience": ("patient_experience",),
    "section": tuple(SECTION_FIELDS),
}
DATE_NAMES = {"added": "added", "effective": "effective", "ended": "ends"}

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<open>\()|(?P<close>\))
    |(?P<dates>(?:added|effective|ended):(?P<since>\d{4}(?:-\d\d){0,2})?(?P<until>\.\.(?:\d{4}(?:-\d\d){0,2})?)?(?=[\s)]|$))
    |(?P<range>[A-Za-z]\d{4}\.\.[A-Za-z]\d{4}(?=[\s)]|$))
    |(?P<field>[A-Za-z_]+):(?=[\w"(])
    |(?P<minus>-(?=[\w"(]))
    |"(?P<phrase>[^"]*)"
    |(?P<prefix>\w+)\*(?=[\s)]|$)
    |(?P<word>[^\s()"]+)""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Words:
    """Text of which a record holds all words, in ``fields`` where any are named; a phrase in this very order."""

    text: str
    fields: tuple[str, ...] = ()
    phrase: bool = False
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Codes:
    """A record whose code lies from ``first`` to ``last``, both included."""

    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Dates:
    """A record whose date in column ``name`` lies from ``first`` to ``last``, numbers like 20191231."""

    name: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Not:
    """A record that does not meet ``part``."""

    part: Node


@dataclass(frozen=True, slots=True)
class All:
    """A record that meets all ``parts``; of none, every record."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """A record that meets one of ``parts``."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A record that holds, in one of ``fields``, a folded word like ``text``: ``*`` stands for any characters, ``?``
    for one. Of the field ``code`` it is the whole code that is like ``text``, in any case.
    """

    text: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Having:
    """A record that has one of ``values`` in a facet."""

    facet: str
    values: tuple[str, ...]


Node = Words | Codes | Dates | Not | All | AnyOf | Pattern | Having


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text demands (None: nothing), the plain text that ranks, and notes on what was ignored."""

    demand: Node | None
    text: str
    notes: tuple[str, ...] = ()


class _Malformed(Exception):
    """The text is no expression of the language; the message says why."""


@dataclass(slots=True)
class _Lexeme:
    kind: str
    text: str
    match: re.Match[str]


def read(text: str) -> Reading:
    """Read ``text`` as an expression, or as plain words where it is none."""
    if not _has_syntax(text):
        return Reading(None, text)
    try:
        return _Parser(_lexemes(text)).run()
    except _Malformed as why:
        return Reading(None, text, (f"Searched as plain words: {why}.",))


_SYNTAX = re.compile(
    r""""|\w\*(?=[\s)]|$)|[A-Za-z]\d{4}\.\.[A-Za-z]\d{4}|(?:^|\s)-[\w"(]|\b(?:AND|OR|NOT)\b"""
    rf"|\b(?:code|{'|'.join([*FIELD_NAMES, *DATE_NAMES])}):\S",
    re.IGNORECASE,
)
_OPERATORS = re.compile(r"\b(?:AND|OR|NOT)\b")


#: What syntax has in it: almost no query does, and this is found out several times faster.
_SIGNS = re.compile(r'["*:-]|\.\.|AND|OR|NOT')


def _has_syntax(text: str) -> bool:
    """Say whether anything in ``text`` demands; brackets alone are punctuation, and "and" is a word."""
    if not _SIGNS.search(text):
        return False
    found = (match[0] for match in _SYNTAX.finditer(text))
    return any(not each.isalpha() or _OPERATORS.fullmatch(each) for each in found)


def _lexemes(text: str) -> list[_Lexeme]:
    if text.count('"') % 2:
        raise _Malformed("a quote is not closed")
    found = [_Lexeme(str(each.lastgroup), each[0], each) for each in _TOKEN.finditer(text)]
    found = [each for each in found if each.kind != "space"]
    if len(found) > MAX_NODES:
        raise _Malformed(f"there are more than {MAX_NODES} parts")
    return found


class _Parser:
    """Recursive descent over the lexemes; ``_ranking`` collects the text that also ranks."""

    def __init__(self, lexemes: list[_Lexeme]) -> None:
        self._lexemes, self._at, self._depth = lexemes, 0, 0
        self._ranking: list[str] = []
        self._negated = 0

    def run(self) -> Reading:
        node = self._either(top=True)
        if self._at < len(self._lexemes):
            raise _Malformed("a bracket is closed that was not opened")
        return Reading(node, " ".join(self._ranking))

    def _either(self, *, top: bool) -> Node | None:
        parts = [self._sequence()]
        while self._is_word("OR"):
            self._at += 1
            parts.append(self._sequence())
        if len(parts) > 1:
            return AnyOf(tuple(All((*plain, *demands)) for plain, demands in parts))
        plain, demands = parts[0]
        # At the top a plain word is a hint for ranking, anywhere else a demand.
        found = demands if top else [*plain, *demands]
        return All(tuple(found)) if found else None

    def _sequence(self) -> tuple[list[Node], list[Node]]:
        """Read parts up to OR, a closing bracket or the end; return plain words and demands apart."""
        plain: list[Node] = []
        demands: list[Node] = []
        joined = False
        while self._at < len(self._lexemes) and not self._is_word("OR") and self._kind() != "close":
            if self._is_word("AND"):
                self._expect_something(bool(plain or demands), "AND")
                self._at += 1
                self._expect_operand("AND")
                joined = True
                continue
            node = self._unary()
            is_plain = isinstance(node, Words) and not (node.fields or node.phrase or node.prefix)
            (plain if is_plain else demands).append(node)
        self._expect_something(bool(plain or demands), "an operator")
        return ([], [*plain, *demands]) if joined else (plain, demands)

    @staticmethod
    def _expect_something(given: bool, operator: str) -> None:
        if not given:
            raise _Malformed(f"{operator} has nothing to work on")

    def _unary(self) -> Node:
        if self._is_word("NOT") or self._kind() == "minus":
            self._at += 1
            self._expect_operand("NOT")
            self._negated += 1
            node = Not(self._unary())
            self._negated -= 1
            return node
        return self._primary(())

    def _primary(self, fields: tuple[str, ...]) -> Node:
        if self._at >= len(self._lexemes):
            raise _Malformed("something is missing at the end")
        lexeme = self._lexemes[self._at]
        self._at += 1
        if lexeme.kind == "open":
            return self._group(fields)
        if lexeme.kind == "field":
            return self._field(lexeme)
        if lexeme.kind == "dates":
            return _dates(lexeme.match)
        if lexeme.kind == "range":
            first, last = sorted(part.upper() for part in lexeme.text.split(".."))
            return Codes(first, last)
        return self._text(lexeme, fields)

    def _group(self, fields: tuple[str, ...]) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _Malformed(f"brackets stand more than {MAX_DEPTH} deep")
        node = self._either(top=False)
        if self._at >= len(self._lexemes) or self._kind() != "close":
            raise _Malformed("a bracket is not closed")
        self._at += 1
        self._depth -= 1
        return _within(node or All(()), fields)

    def _field(self, lexeme: _Lexeme) -> Node:
        name = lexeme.text.rstrip(":").lower()
        if name == "code":
            return self._code()
        if name not in FIELD_NAMES:
            # "ratio 2:1" and "note: x" are text of people who know nothing of fields.
            return Words(self._keep(name))
        if self._at >= len(self._lexemes):
            raise _Malformed(f"nothing stands behind {name}:")
        return self._primary(FIELD_NAMES[name])

    def _code(self) -> Node:
        node = self._primary(("code",))
        if not isinstance(node, Words):
            return node
        text = node.text.upper()
        return Codes(text, text + "\U0010ffff") if node.prefix else Codes(text, text)

    def _text(self, lexeme: _Lexeme, fields: tuple[str, ...]) -> Node:
        if lexeme.kind == "phrase":
            return Words(self._keep(lexeme.match["phrase"], fields), fields, phrase=True)
        if lexeme.kind == "prefix":
            return Words(self._keep(lexeme.match["prefix"], fields), fields, prefix=True)
        if lexeme.kind in ("close", "minus") or lexeme.text in ("AND", "OR", "NOT"):
            raise _Malformed(f"{lexeme.text!r} has nothing to work on")
        return Words(self._keep(lexeme.text, fields), fields)

    def _keep(self, text: str, fields: tuple[str, ...] = ()) -> str:
        if not self._negated and fields != ("code",):
            self._ranking.append(text)
        return text

    def _expect_operand(self, operator: str) -> None:
        if self._at >= len(self._lexemes) or self._kind() == "close" or self._lexemes[self._at].text in ("AND", "OR"):
            raise _Malformed(f"{operator} has nothing to work on")

    def _kind(self) -> str:
        return self._lexemes[self._at].kind if self._at < len(self._lexemes) else "end"

    def _is_word(self, word: str) -> bool:
        return self._at < len(self._lexemes) and self._lexemes[self._at].text == word


def selects(node: Node) -> bool:
    """Say whether a demand names words to be found: then it finds records by itself, else it only narrows others."""
    if isinstance(node, All | AnyOf):
        return any(map(selects, node.parts))
    return isinstance(node, Words | Pattern)


def _within(node: Node, fields: tuple[str, ...]) -> Node:
    """Return ``node`` with ``fields`` for all words that name none of their own."""
    if not fields:
        return node
    if isinstance(node, Words):
        return node if node.fields else Words(node.text, fields, node.phrase, node.prefix)
    if isinstance(node, Not):
        return Not(_within(node.part, fields))
    if isinstance(node, All | AnyOf):
        return type(node)(tuple(_within(part, fields) for part in node.parts))
    return node


def _dates(match: re.Match[str]) -> Node:
    name = DATE_NAMES[match["dates"].partition(":")[0]]
    since, until = match["since"], match["until"]
    last = until.removeprefix("..") if until is not None else since
    if not since and not last:
        raise _Malformed("a date is missing behind the colon")
    return Dates(name, _padded(since, "0000"), _padded(last, "9999") if last else 99991230)


def _padded(text: str | None, rest: str) -> int:
    return int(((text or "").replace("-", "") + rest * 2)[:8]) if text else 1
