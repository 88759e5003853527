"""Marks the words of a query in the text of a record, and picks the passage of a section that shows them best.

Everything returned is HTML: the text is escaped, and ``<mark>`` and ``</mark>`` are the only tags in it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from indexer.analysis.tokenizer import Token, compounds, tokenize
from indexer.records import block_text
from indexer.schema import SECTION_FIELDS
from service.search.model import Passage

_PASSAGE_CHARS = 240
_SENTENCE_GAP = re.compile(r"(?<=[.!?;])\s+")


@dataclass(frozen=True, slots=True)
class Highlighter:
    """Knows which words one query matches: those of its stems, and those that its prefix or prefixes begin."""

    terms: frozenset[str]
    prefix: str | None
    prefixes: tuple[str, ...] = ()

    def matches(self, token: Token) -> bool:
        """Say whether the query matches this word of a text."""
        begun = self.prefix is not None and token.word.startswith(self.prefix)
        return token.term in self.terms or begun or token.word.startswith(self.prefixes)

    def mark(self, text: str) -> str:
        """Return the whole of ``text`` with matching words marked."""
        return _marked(text, self._found(text))

    def _found(self, text: str) -> list[Token]:
        """Return the words and compounds of ``text`` that match, none overlapping another."""
        tokens = list(tokenize(text))
        matching = [token for token in (*tokens, *compounds(tokens, text)) if self.matches(token)]
        kept: list[Token] = []
        for token in sorted(matching, key=lambda each: (each.start, -each.end)):
            if not kept or token.start >= kept[-1].end:
                kept.append(token)
        return kept

    def fields(self, record: Mapping[str, Any], names: Iterable[str]) -> dict[str, list[str]]:
        """Return marked texts of those fields ``names`` that are no sections; of a list, the entries that match."""
        marked = {name: self._field(record[name]) for name in names if name in record and name not in SECTION_FIELDS}
        return {name: texts for name, texts in marked.items() if texts}

    def passage(self, record: Mapping[str, Any], names: Iterable[str], asked: str | None = None) -> Passage | None:
        """Return the best passage of the sections ``names``, or None where none of them matches.

        A section that was ``asked`` for comes before all others, and is shown even where no word of the query is in it.
        """
        wanted = {*names, asked}
        candidates = (
            (section["key"] == asked, *self._worth(sentence), -order, section, sentence)
            for order, section in enumerate(record["sections"])
            if section["key"] in wanted
            for sentence in _sentences(section)
        )
        best = max(candidates, key=lambda each: each[:4], default=None)
        if best is None or not (best[0] or best[1]):
            return None
        section, sentence = best[4:]
        return Passage(section["key"], section["heading"], self._snippet(sentence))

    def _field(self, value: str | list[str]) -> list[str]:
        texts = [value] if isinstance(value, str) else value
        return [marked for marked in map(self.mark, texts) if "<mark>" in marked]

    def _worth(self, text: str) -> tuple[int, int]:
        found = self._found(text)
        return len({token.term for token in found}), len(found)

    def _snippet(self, text: str) -> str:
        found = self._found(text)
        start, end = _window(text, found[0].start if found else 0)
        inside = [token for token in found if start <= token.start and token.end <= end]
        marked = _marked(text, inside, start, end)
        return ("…" if start else "") + marked + ("…" if end < len(text) else "")


def _sentences(section: Mapping[str, Any]) -> Iterable[str]:
    for block in section["blocks"]:
        yield from _SENTENCE_GAP.split(block_text(block))


def _window(text: str, first: int) -> tuple[int, int]:
    """Return start and end of at most 240 characters around ``first``, cut between words."""
    if len(text) <= _PASSAGE_CHARS:
        return 0, len(text)
    start = max(0, min(first - _PASSAGE_CHARS // 4, len(text) - _PASSAGE_CHARS))
    if start:
        start = text.find(" ", start, first) + 1 or first
    end = start + _PASSAGE_CHARS
    if end < len(text):
        end = max(text.rfind(" ", start, end), min(first + 1, end))
    return start, min(end, len(text))


def _marked(text: str, tokens: Iterable[Token], start: int = 0, end: int | None = None) -> str:
    pieces, at = [], start
    for token in tokens:
        pieces += [html.escape(text[at : token.start]), "<mark>", html.escape(text[token.start : token.end]), "</mark>"]
        at = token.end
    pieces.append(html.escape(text[at:end]))
    return "".join(pieces)
