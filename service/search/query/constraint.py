r"""Constraints in the syntax of Elasticsearch's query strings, over fields that have names of their own.

    obsolete:false              what a field has to be; without a field, words of the default fields
    short_desc:(pump OR bed)    a group in one field
    "insulin pump"              words next to each other
    code:E07* long_desc:wh??l   any characters, one character
    add_dt:[20190101 TO 2020]   from, to; { and } leave the bound out; >= > <= < are ranges, too
    AND OR NOT && || ! + -      operators; NOT binds closest, then AND, then OR
    _exists_:term_dt            has any value, like term_dt:*

Parts without an operator between them are alternatives, as in Elasticsearch: with + before some, those are demanded
and the others are not; with - or NOT before some, these are left out. A ``^2`` changes only ranks there, and nothing
here. Unlike plain text, a constraint that cannot be read is an error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from service.search.errors import BadRequest
from service.search.query.constraint_fields import OPEN, Bound, Field, TextField, between, has, matching, wrong
from service.search.query.syntax import MAX_DEPTH, MAX_NODES, All, AnyOf, Node, Not

MAX_CHARS = 1_000
#: Each is held against many words of the index.
MAX_PATTERNS = 4

_LEXEME = re.compile(
    r"""(?P<space>\s+)
    |(?P<open>\()|(?P<close>\))
    |(?P<and>AND(?![^\s()])|&&)|(?P<or>OR(?![^\s()])|\|\|)
    |(?P<not>NOT(?![^\s()])|[!-](?=[^\s)]))|(?P<plus>\+(?=[^\s)]))
    |(?P<everything>\*:\*)
    |(?P<field>[A-Za-z_]\w*):\s*
    |(?P<range>[\[{]\s*(?P<low>[^\s\[\]{}]+)\s+TO\s+(?P<high>[^\s\[\]{}]+)\s*[\]}])
    |(?P<compare>(?P<sign>[<>]=?)(?P<bound>[^\s()]+))
    |"(?P<phrase>(?:\\.|[^"\\])*)"
    |(?P<boost>\^\d{1,9}(?:\.\d{1,9})?)
    |(?P<term>(?:\\.|[^\s()\[\]{}"^~:\\<>])+)
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_WILD = re.compile(r"(?<!\\)[*?]")


def parse_constraint(text: str, fields: Mapping[str, Field], default: TextField) -> Node | None:
    """Return what ``text`` demands, None of a blank one; BadRequest, for the parameter q, where it cannot be read."""
    if len(text) > MAX_CHARS:
        raise BadRequest("q", f"at most {MAX_CHARS} characters", f"{len(text)}")
    if not text.strip():
        return None
    return _Parser(text, fields, default).run()


class _Parser:
    """Recursive descent over the lexemes of one constraint."""

    def __init__(self, text: str, fields: Mapping[str, Field], default: TextField) -> None:
        self._lexemes = [match for match in _LEXEME.finditer(text) if match.lastgroup not in ("space", "boost")]
        self._fields, self._default = fields, default
        self._at = self._depth = self._patterns = 0
        if len(self._lexemes) > MAX_NODES:
            raise wrong(f"at most {MAX_NODES} parts", f"{len(self._lexemes)}")

    def run(self) -> Node:
        node = self._either(self._default)
        if self._at < len(self._lexemes):
            raise wrong("a bracket ( before each )", "a ) without one")
        return node

    def _either(self, field: Field) -> Node:
        """Read alternatives up to a closing bracket or the end."""
        found = [self._neighbors(field)]
        while self._takes("or"):
            found.append(self._neighbors(field))
        return found[0] if len(found) == 1 else AnyOf(tuple(found))

    def _neighbors(self, field: Field) -> Node:
        """Read parts that stand side by side without OR; at least one."""
        demanded: list[Node] = []
        others: list[Node] = []
        excluded: list[Node] = []
        while True:
            mark, node = self._joined(field)
            {"plus": demanded, "not": excluded}.get(mark, others).append(node)
            if self._kind() in ("end", "close", "or"):
                break
        if not demanded and others:
            demanded = [others[0] if len(others) == 1 else AnyOf(tuple(others))]
        parts = [*demanded, *(Not(node) for node in excluded)]
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _joined(self, field: Field) -> tuple[str, Node]:
        """Read parts with AND between them; of a single one, tell the mark before it apart."""
        mark, node = self._marked(field)
        if self._kind() != "and":
            return mark, node
        parts = [_applied(mark, node)]
        while self._takes("and"):
            parts.append(_applied(*self._marked(field)))
        return "", All(tuple(parts))

    def _marked(self, field: Field) -> tuple[str, Node]:
        negations = plus = 0
        while self._kind() in ("not", "plus"):
            negations += self._kind() == "not"
            plus += self._kind() == "plus"
            self._at += 1
        node = self._operand(field)
        if negations % 2:
            return "not", node
        return ("plus" if plus else ""), node

    def _operand(self, field: Field) -> Node:
        lexeme = self._next()
        kind = lexeme.lastgroup
        if kind == "open":
            return self._group(field)
        if kind == "everything":
            return All(())
        if kind == "field":
            return self._of_field(lexeme["field"])
        if kind == "range":
            low = Bound(lexeme["low"], included=lexeme[0][0] == "[")
            return between(field, low, Bound(lexeme["high"], included=lexeme[0][-1] == "]"))
        if kind == "compare":
            bound = Bound(lexeme["bound"], included=lexeme["sign"].endswith("="))
            return between(field, bound, OPEN) if lexeme["sign"][0] == ">" else between(field, OPEN, bound)
        if kind == "phrase":
            return self._value(field, lexeme["phrase"], quoted=True)
        if kind == "term":
            return self._value(field, lexeme[0], quoted=False)
        raise wrong("words, a phrase, a range, a field: or a group", repr(lexeme[0]))

    def _next(self) -> re.Match[str]:
        if self._at >= len(self._lexemes):
            raise wrong("something behind the last operator, bracket or field", "the end")
        self._at += 1
        return self._lexemes[self._at - 1]

    def _group(self, field: Field) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise wrong(f"brackets at most {MAX_DEPTH} deep", "more")
        node = self._either(field)
        if not self._takes("close"):
            raise wrong("a ) for each bracket (", "the end")
        self._depth -= 1
        return node

    def _of_field(self, name: str) -> Node:
        if name == "_exists_":
            named = self._next()[0]
            return has(self._field(named))
        return self._operand(self._field(name))

    def _field(self, name: str) -> Field:
        if name not in self._fields:
            raise wrong(f"a field of {', '.join(self._fields)}", repr(name))
        return self._fields[name]

    def _value(self, field: Field, text: str, *, quoted: bool) -> Node:
        if not quoted and text == "*":
            return has(field)
        if not quoted and len(text) > 1 and text[0] == text[-1] == "/":
            raise wrong("words, a phrase or wildcards", "a regular expression")
        wild = not quoted and _WILD.search(text) is not None
        self._patterns += wild
        if self._patterns > MAX_PATTERNS:
            raise wrong(f"at most {MAX_PATTERNS} words with * or ?", "more")
        return matching(field, re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL), wild=wild, quoted=quoted)

    def _kind(self) -> str:
        return str(self._lexemes[self._at].lastgroup) if self._at < len(self._lexemes) else "end"

    def _takes(self, kind: str) -> bool:
        taken = self._kind() == kind
        self._at += taken
        return taken


def _applied(mark: str, node: Node) -> Node:
    return Not(node) if mark == "not" else node
