"""The rows of the Table of Drugs, read from lines in which blanks keep the columns apart.

What is not tidy in CMS's tables: a name that goes on in the next line; a group name above its rows; codes that go on in
the next line; a row whose first words stand at the end of the line before ("J9999 Not" / "otherwise classified ...").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.codes import HCPCS
from indexer.errors import ImportRefused
from indexer.importers.drugs_lines import LETTER, MAX_LINE_CHARS, PAGE_NUMBER, Line, table_lines

_CODE = r"[A-Z]\d{4}(?:\s*-\s*[A-Z]\d{4})?"
_CODES = re.compile(
    rf"(?P<rest>.*?)(?P<codes>{_CODE}(?:(?:\s*,)?\s*{_CODE})*),?(?P<tail>\s+(?:[A-Z][A-Za-z]*|\d[\d.,]*))?$"
)
_ROUTE = "IV|IM|SC|SQ|IT|IA|INH|VAR|OTH|ORAL|Oral|Intraocular|IVection|epidural|Opthalmic|Ophthalmic"
_ROUTES = re.compile(rf"(?P<rest>.*?)(?:^|\s)(?P<routes>(?:{_ROUTE})(?:\s*,\s*(?:{_ROUTE}))*),?\s*$")
_UNIT = re.compile(r"(?:per|up to|over|each|unit dose \(|<=|>=|<|>|\.?\d)", re.IGNORECASE)
# Behind a name the amount follows after a gap; where the gap closed up, after one blank.
_GAP = re.compile(r"\s{3,}")
_TIGHT_UNIT = re.compile(
    r"(?P<name>.*?\D)\s*+(?P<unit>(?:(?:per|up to|<=|>)\s*+)?\.?\d[\d,./]*+\s*+"
    r"(?:mg|mcg|g|gm|ml|cc|units?|iu|mci|meq|micrograms?|millicuries?|millcurie)\b.*"
    r"|per (?:dose|vial|iu|mg|ml|unit|study dose))$",
    re.IGNORECASE,
)
_SEE = re.compile(r"(?P<name>\S.*?)(?:\s*+,)?\s++(?P<how>(?:also\s++)?see(?:\s++also)?):?\s++(?P<see>\S.*)$")
_PREPOSITION = re.compile(r"(?P<name>.*?)(?:\s+(?P<word>up to|per))?$")
_REMARK = re.compile(r"\s*\([^()]*\)$")
_BETWEEN = re.compile(r"\s+or\s+|;\s*(?:and\s+)?")
_ROUTE_BEHIND = re.compile(rf"\s{{3,}}(?:{_ROUTE})\s*$")
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


def read_entries(pages: Sequence[Sequence[str]], path: str) -> list[DrugEntry]:
    """Return the rows of all pages in order; ImportRefused for a page out of order or a row that cannot be read."""
    _check_pages(pages, path)
    reader = _Reader(path)
    for line in table_lines(pages):
        reader.take(line)
    return reader.entries


class _Reader:
    """Takes lines one by one; ``entries`` grows."""

    def __init__(self, path: str) -> None:
        self.entries: list[DrugEntry] = []
        self._path = path
        self._group: tuple[str, int] | None = None
        self._carried = ""

    def take(self, line: Line) -> None:
        text = f"{self._carried} {line.text.strip()}" if self._carried else line.text
        if self._carried[:1].isdigit():
            text = " " * _INDENT + text  # an amount, and no name before it
        line, self._carried = replace(line, text=text), ""
        see = _SEE.match(text.strip())
        codes = _CODES.match(text)
        if codes and not (see and see.end("name") < codes.start("codes") and "see" in codes["rest"].split()):
            self._row(line, codes)
        elif see:
            self._reference(line, see)
        else:
            self._name_only(line)

    def _row(self, line: Line, match: re.Match[str]) -> None:
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

    def _full_name(self, name: str, line: Line) -> str:
        """The name of a row: its own, or that of the row or group above, or both where it goes on from there."""
        goes_on = name[:1].islower() or name[:1] in ("(", "&")
        last = self.entries[-1] if self.entries else None
        if self._group is None:
            if last is None or last.see or (name and not goes_on):
                return name
            return _continued(last.name, name)
        group, indent = self._group
        if not name:
            return group
        if not goes_on and line.indent <= indent + 1:
            self._group = None
            return name
        return f"{group} {name}"

    def _reference(self, line: Line, match: re.Match[str]) -> None:
        name = _tidy(match["name"]).rstrip("@ ,")
        # "Thymoglobulin, also see Immune globulin" stands above its own rows.
        self._group = (name, line.indent) if "also" in match["how"] else None
        self.entries.append(DrugEntry(name, None, (), (), _targets(match["see"]), line.page, line.number))

    def _name_only(self, line: Line) -> None:
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

    def _codes(self, text: str, line: Line) -> tuple[str, ...]:
        found: list[str] = []
        for part in re.findall(_CODE, text):
            first, _, last = (each.strip() for each in part.partition("-"))
            codes = _range(first, last) if last else [first]
            if not codes or not all(map(HCPCS.accepts, codes)):
                where = f"{self._path} page {line.page}"
                raise ImportRefused(where, line.number, f"codes of HCPCS: {HCPCS.shape}", part, _REMEDY)
            found += codes
        return tuple(dict.fromkeys(found))


def _split_routes(text: str) -> tuple[str, tuple[str, ...]]:
    match = _ROUTES.match(text)
    if not match or match["rest"].rstrip().endswith("other than"):
        return text, ()
    return match["rest"], tuple(part.strip() for part in match["routes"].split(",") if part.strip())


def _split_unit(text: str) -> tuple[str, str | None]:
    stripped = text.strip(" ,")
    if _UNIT.match(stripped) and (len(text) - len(text.lstrip()) >= _INDENT or stripped.startswith(("<", ">"))):
        return "", _tidy(stripped)
    parts = _GAP.split(stripped)
    if len(parts) > 1 and _UNIT.match(parts[-1]):
        before = _PREPOSITION.match(" ".join(parts[:-1]))
        return (_tidy(before["name"]), _tidy(f"{before['word'] or ''} {parts[-1]}")) if before else ("", None)
    tight = _TIGHT_UNIT.match(stripped)
    return (_tidy(tight["name"]), _tidy(tight["unit"])) if tight else (_tidy(stripped), None)


def _continued(name: str, more: str) -> str:
    """Return a name with what its next row adds: a remark in brackets takes the place of the one before."""
    return f"{_REMARK.sub('', name) if more.startswith('(') else name} {more}".strip()


def _targets(text: str) -> tuple[str, ...]:
    """Return the names of ``Tacrolimus, oral or parenteral`` in full, without a route in the column behind."""
    parts = [_tidy(part).rstrip(" .") for part in _BETWEEN.split(_ROUTE_BEHIND.sub("", text))]
    head = parts[0].partition(",")[0]
    return tuple(f"{head}, {part}" if part in ("oral", "parenteral") else part for part in parts if part)


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
        number = next((at for at, line in enumerate(lines, 1) if len(line) > MAX_LINE_CHARS), None)
        if number is not None:
            expected = f"lines of at most {MAX_LINE_CHARS} characters"
            raise ImportRefused(f"{path} page {page}", number, expected, "a longer one", _REMEDY)
        printed = next((int(line.strip()) for line in reversed(lines) if PAGE_NUMBER.match(line)), None)
        if printed is not None and before and printed != before + 1:
            expected, got = f"page {before + 1} after page {before}", f"page {printed}"
            raise ImportRefused(f"{path} page {page}", 0, expected, got, _REMEDY)
        before = printed if printed is not None else before + 1
        for number, line in enumerate(lines, 1):
            if LETTER.match(line):
                if line.strip() < letter:
                    expected, got = f"a heading from {letter} on", line.strip()
                    raise ImportRefused(f"{path} page {page}", number, expected, got, _REMEDY)
                letter = line.strip()
