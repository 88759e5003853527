"""The lines of the Table of Drugs, with what the reflow of its text tore apart put together again.

In CMS's PDFs a paragraph can hold several references, broken where its width ends: "Taxol, see Paclitaxel Taxotere,"
and then "see Docetaxel"; "Hep-Lock, see Heparin sodium Hep-" and then "Lock U/P, see ...".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

#: CMS's lines have less than half as many. Longer ones would keep the patterns below busy, put together as well.
MAX_LINE_CHARS = 500
PAGE_NUMBER = re.compile(r"\s*\d{1,3}\s*$")
LETTER = re.compile(r"\s*[A-Z]\s*$")

_CODE_AT_END = re.compile(r"\b[A-Z]\d{4},?\s*$")
_SEE = re.compile(r"(?<!also)\s+see\s+(?!also\b)")
_TORN_NAME = re.compile(r"(?P<rest>.*\s)(?P<name>[A-Z]\w*-)$")
_LAST_WORD = re.compile(r"(?P<rest>.*\s)(?P<name>[A-Z][a-z]+)$")
# "A-40, see" under C, or "50, see" under T: what is left of a name when its first word stands in the line above.
_REST_OF_NAME = re.compile(r"[A-Z]?-?\d+,")
_COLUMNS = re.compile(r"\s{3,}(?P<columns>\S.*)$")
# Names end in capitals too ("Testone LA 200"), but these end what is referred to.
_NO_NAMES = frozenset("HCl HCL Hcl".split())


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table and its place; ``letter`` is the heading it stands under."""

    page: int
    number: int
    text: str
    letter: str = ""

    @property
    def indent(self) -> int:
        """The number of blanks before the first word."""
        return len(self.text) - len(self.text.lstrip())

    @property
    def _refers(self) -> bool:
        return " see " in f"{self.text} " and not _CODE_AT_END.search(self.text)


def table_lines(pages: Sequence[Sequence[str]]) -> Iterator[Line]:
    """Yield the lines from the first letter heading on, without headings, page numbers and the footer, made whole."""
    held: Line | None = None
    for line in _split_all(_printed(pages)):
        if held is None:
            held = line
            continue
        joined = _joined(held, line)
        if joined:
            held = joined
            continue
        before, held = _mended(held, line)
        yield from _references(before)
    if held is not None:
        yield from _references(held)


def _printed(pages: Sequence[Sequence[str]]) -> Iterator[Line]:
    letter = ""
    for page, lines in enumerate(pages, 1):
        for number, text in enumerate(lines, 1):
            if LETTER.match(text):
                letter = text.strip()
            elif (
                letter and text.strip() and not PAGE_NUMBER.match(text) and not text.strip().startswith("Last updated")
            ):
                yield Line(page, number, text, letter)


def _split_all(lines: Iterator[Line]) -> Iterator[Line]:
    """Take a row off the end of a reference, and give columns that stand a line too high to the name below."""
    columns = ""
    for line in lines:
        if columns and not _CODE_AT_END.search(line.text) and not line._refers:
            line = replace(line, text=f"{line.text.rstrip()}   {columns}")
        elif columns:
            yield replace(line, text=f"   {columns}")  # no name to give it to: the table will refuse it
        columns = ""
        if not _SEE.search(line.text) or not _CODE_AT_END.search(line.text) or "(see" in line.text:
            yield line
            continue
        reference, row, columns = _row_at_end(line)
        yield reference
        if row is not None:
            yield row


def _row_at_end(line: Line) -> tuple[Line, Line | None, str]:
    """Split ``Tazidime, see Ceftazidime Technetium TC Sestambi per dose A9500``; return lone columns apart."""
    see = _SEE.search(line.text)
    start = see.end() if see else 0
    name = re.search(rf"(?<=\s){line.letter}\w", line.text[start:])
    if name and name.start():
        at = start + name.start()
        return replace(line, text=line.text[:at].rstrip()), replace(line, text=line.text[at:]), ""
    columns = _COLUMNS.search(line.text, start)
    if columns:
        return replace(line, text=line.text[: columns.start()]), None, columns["columns"]
    return line, None, ""


def _joined(held: Line, line: Line) -> Line | None:
    """Return both lines as one where the second goes on in the middle of a reference."""
    text = line.text.strip()
    if len(held.text) + len(text) > MAX_LINE_CHARS:
        return None
    goes_on = held._refers and text[:1].islower() and not _CODE_AT_END.search(text)
    starts = text.startswith("see ") and not _CODE_AT_END.search(held.text)
    if goes_on or starts or (held._refers and held.text.rstrip().endswith(" see")):
        return replace(held, text=f"{held.text.rstrip()} {text}")
    return None


def _mended(held: Line, line: Line) -> tuple[Line, Line]:
    """Return both lines, the beginning of a name moved from the end of the first to the second."""
    if not (held._refers and line._refers):
        return held, line
    text = line.text.strip()
    torn = _TORN_NAME.match(held.text.rstrip())
    if torn:
        return replace(held, text=torn["rest"].rstrip()), replace(line, text=torn["name"] + text)
    last = _LAST_WORD.match(held.text.rstrip())
    if last and _REST_OF_NAME.match(text) and last["name"][0] == line.letter != text[0]:
        return replace(held, text=last["rest"].rstrip()), replace(line, text=f"{last['name']} {text}")
    return held, line


def _references(line: Line) -> Iterator[Line]:
    """Yield each reference of a line that has several: ``Taxol, see Paclitaxel Taxotere, see Docetaxel``."""
    rest = line.text
    while True:
        sees = list(_SEE.finditer(rest))
        at = _start_of_name(rest, sees[0].end(), sees[1].start()) if len(sees) > 1 else 0
        if not at:
            break
        yield replace(line, text=rest[:at].rstrip())
        rest = rest[at:]
    yield replace(line, text=rest)


def _start_of_name(text: str, start: int, end: int) -> int:
    """Return where the name before ``end`` begins: its last capitalised words, with the numbers behind them."""
    found = 0
    for word in reversed(list(re.finditer(r"\S+", text[start:end]))):
        capital = word[0][0].isupper() and word[0] not in _NO_NAMES
        if not word.start() or (found and not capital):
            break
        if capital:
            found = start + word.start()
    return found
