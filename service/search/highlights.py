"""Marks the words of a query in the text of a record, and picks the passage of a section that shows them best.

Everything returned is HTML: the text is escaped, and ``<mark>`` and ``</mark>`` are the only tags in it. Where words
stand is told by the engine, which knows it from the index, or found by reading the text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from indexer.analysis.tokenizer import Token, compounds, tokenize
from indexer.records import text_of
from indexer.schema import SECTION_FIELDS
from service.search.model import PASSAGE_CHARS, Passage, Span

_SPECIAL = re.compile(r"[&<>\"']")
_SENTENCE_GAP = re.compile(r"(?<=[.!?;])\s+|\n")

_PLACES = {name: place for place, name in enumerate(SECTION_FIELDS)}

#: Gives the spans of a field, whose name and text are given, or None where the text has to be read.
Find = Callable[[str, str], list[Span] | None]


@dataclass(frozen=True, slots=True)
class Highlighter:
    """Knows which words one query matches: those of its stems, and those that its prefix begins."""

    terms: frozenset[str]
    prefix: str | None
    find: Find = lambda _name, _text: None

    def matches(self, token: Token) -> bool:
        """Say whether the query matches this word of a text."""
        begun = self.prefix is not None and token.word.startswith(self.prefix)
        return token.term in self.terms or begun

    def mark(self, text: str) -> str:
        """Return the whole of ``text`` with matching words marked."""
        return _marked(text, self.read(text), 0, len(text))

    def read(self, text: str) -> list[Span]:
        """Return the words and compounds of ``text`` that match, none overlapping another."""
        tokens = list(tokenize(text))
        matching = [token for token in (*tokens, *compounds(tokens, text)) if self.matches(token)]
        return apart(Span(token.start, token.end, token.term) for token in matching)

    def fields(self, record: Mapping[str, Any], names: Iterable[str]) -> dict[str, list[str]]:
        """Return marked texts of those fields ``names`` that are no sections; of a list, the entries that match."""
        # The title of a bare code is its descriptor: a text is marked once.
        known: dict[str, list[str]] = {}
        marked = {}
        for name in names:
            value = record.get(name)
            if isinstance(value, str):
                if value not in known:
                    known[value] = self._field(name, value)
                marked[name] = known[value]
            elif value:
                marked[name] = self._field(name, value)
        return {name: texts for name, texts in marked.items() if texts}

    def passage(self, record: Mapping[str, Any], names: Iterable[str], asked: str | None = None) -> Passage | None:
        """Return the best passage of the sections ``names``, or None where none of them matches.

        A section that was ``asked`` for comes before all others, and is shown even where no word of the query is in it.
        """
        wanted = {*names, asked}
        candidates = (
            (section["key"] == asked, *_worth(spans, start, end), -order, section, (text, spans, start, end))
            for order, section in enumerate(sorted(record["sections"], key=_usual_order))
            if section["key"] in wanted
            for text, spans, start, end in self._sentences(record, section["key"])
        )
        best = max(candidates, key=lambda each: each[:4], default=None)
        if best is None or not (best[0] or best[1]):
            return None
        section = best[4]
        return Passage(section["key"], section["heading"], _snippet(*best[5]))

    def _field(self, name: str, value: str | list[str]) -> list[str]:
        text = value if isinstance(value, str) else "\n".join(value)
        spans = self._spans(name, text)
        if not spans or isinstance(value, str):
            return [_marked(text, spans, 0, len(text))] if spans else []
        return [_marked(text, inside, start, end) for inside, start, end in _entries(value, spans)]

    def _spans(self, name: str, text: str) -> list[Span]:
        found = self.find(name, text) if name != "code" else None
        return self.read(text) if found is None else found

    def _sentences(self, record: Mapping[str, Any], key: str) -> Iterator[tuple[str, list[Span], int, int]]:
        text, start = text_of(record, key), 0
        spans = self._spans(key, text)
        for gap in _SENTENCE_GAP.finditer(text):
            yield text, spans, start, gap.start()
            start = gap.end()
        yield text, spans, start, len(text)


def _usual_order(section: Mapping[str, Any]) -> int:
    return _PLACES[section["key"]]


def apart(spans: Iterable[Span]) -> list[Span]:
    """Return spans in order, none overlapping another; of two that begin together the longer one stays."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda each: (each.start, -each.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def _entries(values: Sequence[str], spans: Sequence[Span]) -> Iterator[tuple[list[Span], int, int]]:
    """Yield the spans, start and end of each entry of a joined list that has any."""
    start = 0
    for value in values:
        end = start + len(value)
        inside = [span for span in spans if start <= span.start < end]
        if inside:
            yield inside, start, end
        start = end + 1


def _worth(spans: Sequence[Span], start: int, end: int) -> tuple[int, int]:
    inside = [span.term for span in spans if start <= span.start < end]
    return len(set(inside)), len(inside)


def _snippet(text: str, spans: Sequence[Span], start: int, end: int) -> str:
    inside = [span for span in spans if start <= span.start < end]
    first, last = _window(text, start, end, inside[0].start if inside else start)
    shown = [span for span in inside if first <= span.start and span.end <= last]
    return ("…" if first > start else "") + _marked(text, shown, first, last) + ("…" if last < end else "")


def _window(text: str, start: int, end: int, first: int) -> tuple[int, int]:
    """Return start and end of at most 240 characters of a sentence around ``first``, cut between words."""
    if end - start <= PASSAGE_CHARS:
        return start, end
    begin = max(start, min(first - PASSAGE_CHARS // 4, end - PASSAGE_CHARS))
    if begin > start:
        begin = text.find(" ", begin, first) + 1 or first
    stop = begin + PASSAGE_CHARS
    if stop < end:
        stop = max(text.rfind(" ", begin, stop), min(first + 1, stop))
    return begin, min(stop, end)


def _marked(text: str, spans: Iterable[Span], start: int, end: int) -> str:
    escape = html.escape if _SPECIAL.search(text) else str
    pieces: list[str] = []
    at = start
    for first, last, _ in spans:
        pieces += (escape(text[at:first]), "<mark>", escape(text[first:last]), "</mark>")
        at = last
    pieces.append(escape(text[at:end]))
    return "".join(pieces)
