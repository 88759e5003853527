"""The rows of the Table of Drugs, read from lines in which blanks keep the columns apart.

What is not tidy in CMS's tables: a name that goes on in the next line; a group name above its rows; codes that go on in
the next line; a row whose first words stand at the end of the line before ("J9999 Not" / "otherwise classified ...").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.codes import HCPCS
from indexer.errors import ImportRefused

_CODE = r"[A-Z]\d{4}(?:\s*-\s*[A-Z]\d{4})?"
_CODES = re.compile(rf"(?P<rest>.*?)(?P<codes>{_CODE}(?:\s*,?\s*{_CODE})*),?(?P<tail>\s+[A-Z][A-Za-z]*)?$")
_ROUTE = "IV|IM|SC|SQ|IT|IA|INH|VAR|OTH|ORAL|Oral|Intraocular|IVection"
_ROUTES = re.compile(rf"(?P<rest>.*?)(?:^|\s)(?P<routes>(?:{_ROUTE})(?:\s*,\s*(?:{_ROUTE}))*),?\s*$")
_UNIT = re.compile(r"(?:per|up to|each|<=|>=|<|>|\.?\d)", re.IGNORECASE)
# Behind a name the amount follows after a gap; where the gap closed up, after one blank.
_GAP = re.compile(r"\s{3,}")
_TIGHT_UNIT = re.compile(
    r"(?P<name>.*?\D)\s*(?P<unit>(?:(?:per|up to|<=|>)\s*)?\.?\d[\d,./]*\s*"
    r"(?:mg|mcg|g|gm|ml|cc|units?|iu|mci|meq|micrograms?|millicuries?|millcurie)\b.*"
    r"|per (?:dose|vial|iu|mg|ml|unit|study dose))$",
    re.IGNORECASE,
)
_SEE = re.compile(r"(?P<name>\S.*?)\s*,?\s+(?:also\s+)?see(?:\s+also)?:?\s+(?P<see>\S.*)$")
_PAGE_NUMBER = re.compile(r"\s*\d{1,3}\s*$")
_LETTER = re.compile(r"\s*[A-Z]\s*$")
_INDENT = 3
_MOST_IN_RANGE = 60
_REMEDY = "Import the Table of Drugs PDF as CMS published it."


@dataclass(frozen=True, slots=True)
class DrugEntry:
    """One row: a name with its amount, routes and codes, or with the names it refers to. ``page`` counts from 1."""

    name: str
    unit: str | None
    routes: tuple[str, ...]
    codes: tuple[str, ...]
    see: tuple[str, ...]
    page: int
    line: int


@dataclass(frozen=True, slots=True)
class _Line:
    page: int
    number: int
    text: str

    @property
    def indent(self) -> int:
        return len(self.text) - len(self.text.lstrip())


def read_entries(pages: Sequence[Sequence[str]], path: str) -> list[DrugEntry]:
    """Return the rows of all pages in order; ImportRefused for a page out of order or a row that cannot be read."""
    _check_pages(pages, path)
    reader = _Reader(path)
    for line in _joined(_table_lines(pages)):
        reader.take(line)
    return reader.entries


class _Reader:
    """Takes lines one by one; ``entries`` grows."""

    def __init__(self, path: str) -> None:
        self.entries: list[DrugEntry] = []
        self._path = path
        self._group: tuple[str, int] | None = None
        self._carried = ""

    def take(self, line: _Line) -> None:
        text = f"{self._carried} {line.text.strip()}" if self._carried else line.text
        line, self._carried = replace(line, text=text), ""
        see = _SEE.match(text.strip())
        codes = _CODES.match(text)
        if codes and not (see and see.end("name") < codes.start("codes") and "see" in codes["rest"].split()):
            self._row(line, codes)
        elif see:
            self._reference(line, see)
        else:
            self._name_only(line)

    def _row(self, line: _Line, match: re.Match[str]) -> None:
        rest, routes = _split_routes(match["rest"])
        name, unit = _split_unit(rest)
        codes = self._codes(match["codes"], line)
        self._carried = (match["tail"] or "").strip()
        if not name and not unit and not routes and self.entries:
            last = self.entries[-1]
            self.entries[-1] = replace(last, codes=(*last.codes, *codes))
            return
        full = self._full_name(name, line)
        if not full:
            where = f"{self._path} page {line.page}"
            raise ImportRefused(where, line.number, "a drug before its code", line.text.strip()[:60], _REMEDY)
        self.entries.append(DrugEntry(full, unit, routes, codes, (), line.page, line.number))

    def _full_name(self, name: str, line: _Line) -> str:
        """The name of a row: its own, or that of the row or group above, or both where it goes on from there."""
        goes_on = name[:1].islower() or name[:1] in ("(", "&")
        last = self.entries[-1] if self.entries else None
        if self._group is None:
            if last is None or last.see or (name and not goes_on):
                return name
            return f"{last.name} {name}".strip()
        group, indent = self._group
        if not name:
            return group
        if not goes_on and line.indent <= indent + 1:
            self._group = None
            return name
        return f"{group} {name}"

    def _reference(self, line: _Line, match: re.Match[str]) -> None:
        self._group = None
        targets = tuple(part.strip(" ,.") for part in re.split(r"\s+or\s+", match["see"]))
        self.entries.append(DrugEntry(_tidy(match["name"]), None, (), (), targets, line.page, line.number))

    def _name_only(self, line: _Line) -> None:
        text = _tidy(line.text)
        goes_on = line.indent >= _INDENT or text[:1].islower() or text[:1] in ("(", "&")
        if goes_on and self.entries and self._group is None:
            last = self.entries[-1]
            if last.see:
                self.entries[-1] = replace(last, see=(*last.see[:-1], f"{last.see[-1]} {text}"))
            else:
                self.entries[-1] = replace(last, name=f"{last.name} {text}")
        elif goes_on and self._group:
            self._group = (f"{self._group[0]} {text}", self._group[1])
        else:
            self._group = (text, line.indent)

    def _codes(self, text: str, line: _Line) -> tuple[str, ...]:
        found: list[str] = []
        for part in re.findall(_CODE, text):
            first, _, last = (each.strip() for each in part.partition("-"))
            codes = _range(first, last) if last else [first]
            if not codes or not all(map(HCPCS.accepts, codes)):
                where = f"{self._path} page {line.page}"
                raise ImportRefused(where, line.number, f"codes of HCPCS: {HCPCS.shape}", part, _REMEDY)
            found += codes
        return tuple(dict.fromkeys(found))


def _table_lines(pages: Sequence[Sequence[str]]) -> Iterator[_Line]:
    """Yield the lines of the table: from the first letter heading on, without headings, page numbers and the footer."""
    begun = False
    for page, lines in enumerate(pages, 1):
        for number, text in enumerate(lines, 1):
            begun = begun or _LETTER.match(text) is not None
            skipped = not text.strip() or _LETTER.match(text) or _PAGE_NUMBER.match(text)
            if begun and not skipped and not text.strip().startswith("Last updated"):
                yield _Line(page, number, text)


def _joined(lines: Iterator[_Line]) -> Iterator[_Line]:
    """Join a line that ends in "see", and give a name at the end of a line back to the "see" that follows it."""
    held: _Line | None = None
    for line in lines:
        text = line.text.strip()
        if held is not None and held.text.rstrip().endswith(" see"):
            held = replace(held, text=f"{held.text.rstrip()} {text}")
            continue
        if held is not None and text.startswith("see "):
            before, name = _cut_name(held.text)
            if before:
                yield replace(held, text=before)
            held = replace(line, text=f"{name} {text}")
            continue
        if held is not None:
            yield held
        held = line
    if held is not None:
        yield held


def _cut_name(text: str) -> tuple[str, str]:
    """Split ``Norflex, see Orphenadrine citrate Norzine,`` before the name that belongs to the next line."""
    if " see " not in text or not text.rstrip().endswith(","):
        return "", text
    words = text.split()
    target = words.index("see") + 1
    start = next((at for at in range(len(words) - 1, target, -1) if words[at][0].isupper()), len(words) - 1)
    # "Testone LA 200," is one name: capitals and numbers before it belong to it too.
    while start - 1 > target and (words[start - 1].isupper() or words[start - 1][0].isupper()):
        start -= 1
    return " ".join(words[:start]), " ".join(words[start:])


def _split_routes(text: str) -> tuple[str, tuple[str, ...]]:
    match = _ROUTES.match(text)
    if not match:
        return text, ()
    return match["rest"], tuple(part.strip() for part in match["routes"].split(",") if part.strip())


def _split_unit(text: str) -> tuple[str, str | None]:
    stripped = text.strip(" ,")
    if _UNIT.match(stripped) and (len(text) - len(text.lstrip()) >= _INDENT or stripped.startswith(("<", ">"))):
        return "", _tidy(stripped)
    parts = _GAP.split(stripped)
    if len(parts) > 1 and _UNIT.match(parts[-1]):
        return _tidy(" ".join(parts[:-1])), _tidy(parts[-1])
    tight = _TIGHT_UNIT.match(stripped)
    return (_tidy(tight["name"]), _tidy(tight["unit"])) if tight else (_tidy(stripped), None)


def _tidy(text: str) -> str:
    return re.sub(r"-\s+(?=\w)", "-", " ".join(text.split())).strip(" ,")


def _range(first: str, last: str) -> list[str]:
    low, high = int(first[1:]), int(last[1:])
    if first[0] != last[0] or not low <= high < low + _MOST_IN_RANGE:
        return []
    return [f"{first[0]}{number:04d}" for number in range(low, high + 1)]


def _check_pages(pages: Sequence[Sequence[str]], path: str) -> None:
    """Refuse a table of which the printed page numbers leave one out, or the letters run backwards."""
    before, letter = 0, "A"
    for page, lines in enumerate(pages, 1):
        printed = next((int(line) for line in reversed(lines) if _PAGE_NUMBER.match(line)), None)
        if printed is not None and before and printed != before + 1:
            expected, got = f"page {before + 1} after page {before}", f"page {printed}"
            raise ImportRefused(f"{path} page {page}", 0, expected, got, _REMEDY)
        before = printed if printed is not None else before + 1
        for number, line in enumerate(lines, 1):
            if _LETTER.match(line):
                if line.strip() < letter:
                    expected, got = f"a heading from {letter} on", line.strip()
                    raise ImportRefused(f"{path} page {page}", number, expected, got, _REMEDY)
                letter = line.strip()
