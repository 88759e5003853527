"""From raw text to numbered, normalised lines; the steps are listed in `corpus.format`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from corpus import grammar
from corpus.codes import system_of_line

_LINE_END = re.compile(r"\r\n|\r|\n")
_HEADER_LINES = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One normalised line that is not empty; ``number`` and ``column`` (of its first character) count from 1.

    ``raw`` is the line as it stands in the file, for columns behind the first character.
    """

    number: int
    column: int
    text: str
    raw: str = ""


def split_lines(text: str) -> list[str]:
    """Split at CRLF, CR and LF only; form feeds and Unicode separators do not end a line here."""
    return _LINE_END.split(text)


def normalised_lines(text: str) -> list[Line]:
    """Return the lines of ``text`` as `corpus.format.render` would write them, with where each stands."""
    cleaned = (_cleaned(number, raw) for number, raw in enumerate(split_lines(text), 1))
    lines = [line for line in cleaned if line.text]
    if lines and lines[0].text.casefold() == grammar.NAVIGATION_LINE.casefold():
        del lines[0]
    end = _header_end(lines)
    header = [_apply(step, line) for step, line in zip(_header_steps(end), lines[:end], strict=True)]
    return header + [_apply(_body_text, line) for line in lines[end:]]


def _cleaned(number: int, raw: str) -> Line:
    raw = raw.removeprefix("\ufeff") if number == 1 else raw
    return Line(number, len(raw) - len(raw.lstrip()) + 1, grammar.clean_line(raw), raw)


def _apply(step: Callable[[str], str], line: Line) -> Line:
    return replace(line, text=step(line.text))


def _header_end(lines: list[Line]) -> int:
    for at, line in enumerate(lines[: _HEADER_LINES + 2]):
        canonical = grammar.canonical_line(line.text)
        # Where title or code system are missing, what comes below a section's heading is text of that section.
        if canonical == grammar.NAME_HEADING or (at > 0 and grammar.section_of(canonical)):
            return at
    return min(_HEADER_LINES, len(lines))


def _header_steps(count: int) -> list[Callable[[str], str]]:
    steps: list[Callable[[str], str]] = [_header_text] * count
    steps[:1] = [_descriptor_text] * min(count, 1)
    return steps


def _descriptor_text(text: str) -> str:
    if system_of_line(text):
        return _header_text(text)
    descriptor, cut = grammar.split_cut(text)
    return descriptor + grammar.CUT_MARK * cut


def _header_text(text: str) -> str:
    system = system_of_line(text)
    if system:
        return system.line
    title = grammar.split_title(text)
    return f"{title[0]} ({title[1]})" if title else text


def _body_text(text: str) -> str:
    line = grammar.canonical_line(text)
    label, names = grammar.split_label(line[2:]) if line.startswith("- ") else (None, "")
    if label not in (grammar.COMMON_NAMES, grammar.TECHNICAL_TERMS):
        return line
    pieces = grammar.split_names(names)
    kept = pieces if pieces[-1] else pieces[:-1]
    # A line with nothing between two commas stays as it is: the parser says what is wrong with it.
    return f"- {label}: {', '.join(kept)}" if all(kept) and kept else line
