"""The importer of CMS's Table of Drugs: which names a drug code goes by.

The table is published as a PDF. A row holds a drug, an amount, routes and codes; a row such as "Brand, see Generic"
leads from a brand name to the drug. `names_by_code` follows these rows and gives every name of each code.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from indexer.errors import ImportRefused
from indexer.importers.drugs_pdf import MAX_FILE_BYTES, page_lines
from indexer.importers.drugs_table import DrugEntry, read_entries
from indexer.official import RELEASE_LABEL

_YEAR = re.compile(r"(?:19|20)\d{2}")
#: CMS's tables have over 1,400 rows; a file with a handful of look-alikes is something else.
_FEWEST_ROWS = 5
_LONGEST_CHAIN = 8
_SHORTEST = 7
_NOISE = re.compile(r"[^a-z0-9]+")
#: Words that a reference often leaves out of, or adds to, the name of the row that it means.
_SALTS = frozenset(
    """
    hcl hydrochloride sodium phosphate acetate sulfate citrate succinate maleate tartrate lactate mesylate potassium
    chloride gluconate injection ivection inj nos etc solution suspension
    """.split()
)


@dataclass(frozen=True, slots=True)
class DrugTable:
    """One Table of Drugs: its year, the file it came from, and its rows in order."""

    label: str
    source: str
    sha256: str
    entries: tuple[DrugEntry, ...]


def read_drug_table(path: Path, label: str | None = None) -> DrugTable:
    """Read the PDF at ``path``; ``label`` is its year where the file name does not tell.

    ImportRefused for whatever is no whole, readable Table of Drugs; it names page and line where one is to blame.
    """
    data = _load(path)
    pages = page_lines(data, str(path))
    entries = read_entries(pages, str(path))
    if sum(bool(entry.codes) for entry in entries) < _FEWEST_ROWS:
        expected, got = "CMS's Table of Drugs", f"{len(entries)} rows that look like it"
        raise ImportRefused(str(path), 0, expected, got, "Import the Table of Drugs PDF as CMS published it.")
    _refuse_cycles(entries, str(path))
    digest = hashlib.sha256(data).hexdigest()
    return DrugTable(_label(path, label, pages), path.name, digest, tuple(entries))


def names_by_code(table: DrugTable) -> dict[str, tuple[str, ...]]:
    """Return every name of each code: those of its rows, then those of rows that lead there."""
    names: dict[str, dict[str, None]] = defaultdict(dict)
    index = _Index(table.entries)
    for entry in table.entries:
        for code in entry.codes:
            names[code].setdefault(entry.name)
    for entry in table.entries:
        for code in index.codes_of(entry) if entry.see else ():
            names[code].setdefault(entry.name)
    return {code: tuple(found) for code, found in names.items()}


def unresolved(table: DrugTable) -> tuple[DrugEntry, ...]:
    """Return the rows that lead to a name of which the table has no code."""
    index = _Index(table.entries)
    return tuple(entry for entry in table.entries if entry.see and not index.codes_of(entry))


class _Index:
    """Finds the rows that a reference means: by its letters, then without salts, by its beginning, by likeness."""

    def __init__(self, entries: Sequence[DrugEntry]) -> None:
        self._exact: dict[str, list[DrugEntry]] = defaultdict(list)
        self._bare: dict[str, list[DrugEntry]] = defaultdict(list)
        self._coded = [entry for entry in entries if entry.codes]
        for entry in entries:
            words = _words(entry.name)
            self._exact["".join(words)].append(entry)
            self._bare["".join(_without_salts(words))].append(entry)

    def codes_of(self, entry: DrugEntry, depth: int = 0) -> tuple[str, ...]:
        """Return the codes of a row, or of the rows that its references lead to."""
        if entry.codes or depth > _LONGEST_CHAIN:
            return entry.codes
        meant = [other for target in entry.see for other in self.rows(target) if other is not entry]
        return tuple(dict.fromkeys(code for other in meant for code in self.codes_of(other, depth + 1)))

    def rows(self, target: str) -> Iterable[DrugEntry]:
        """Return the rows that a reference means, or none."""
        words = _words(target)
        whole, bare = "".join(words), "".join(_without_salts(words))
        same = self._exact.get(whole) or self._bare.get(bare) or self._beginning(bare) or self._containing(words)
        return same or self._resembling(bare)

    def _containing(self, words: tuple[str, ...]) -> list[DrugEntry]:
        """Rows that have every word of the reference: "BCG live" is "BCG (Bacillus ...), live instillation"."""
        wanted = set(_without_salts(words))
        return [entry for entry in self._coded if wanted and wanted <= set(_words(entry.name))]

    def _beginning(self, bare: str) -> list[DrugEntry]:
        """Rows of which the reference is the beginning ("Insulin"), or that are the beginning of it."""
        found = [name for name in self._bare if name.startswith(bare)]
        found = found or [name for name in self._bare if len(name) >= _SHORTEST and bare.startswith(name)]
        return [entry for name in found for entry in self._bare[name]]

    def _resembling(self, bare: str) -> list[DrugEntry]:
        """Rows of a name that differs by a slip of the pen: the tables have "Rilanocept" for rilonacept."""
        if len(bare) < _SHORTEST:
            return []
        found = process.extractOne(bare, list(self._bare), scorer=OSA.distance, score_cutoff=2)
        return self._bare[found[0]] if found else []


def _words(name: str) -> tuple[str, ...]:
    return tuple(word for word in _NOISE.split(name.lower()) if word)


def _without_salts(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in words if word not in _SALTS) or words


def _load(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise ImportRefused(str(path), 0, "a file", "something else", "Check the path.")
        if path.stat().st_size > MAX_FILE_BYTES:
            got = f"{path.stat().st_size} bytes"
            raise ImportRefused(str(path), 0, f"at most {MAX_FILE_BYTES} bytes", got, "This is no Table of Drugs.")
        return path.read_bytes()
    except OSError as error:
        got = error.strerror or type(error).__name__
        raise ImportRefused(str(path), 0, "a readable file", got, "Check the path and its rights.") from error


def _label(path: Path, label: str | None, pages: Sequence[Sequence[str]]) -> str:
    if label is not None:
        if not RELEASE_LABEL.fullmatch(label):
            raise ImportRefused(str(path), 0, "a year such as 2019", ascii(label), "Pass --release YEAR.")
        return label
    for text in (path.name, " ".join(pages[0][:3])):
        match = _YEAR.search(text)
        if match:
            return match[0]
    raise ImportRefused(
        str(path), 0, "the year in the file's name or on its first page", "none", "Pass --release YEAR."
    )


def _refuse_cycles(entries: Sequence[DrugEntry], path: str) -> None:
    """Refuse rows that lead to each other and never to a code."""
    by_name: Mapping[tuple[str, ...], DrugEntry] = {_words(entry.name): entry for entry in entries if entry.see}
    coded = {_words(entry.name) for entry in entries if entry.codes}
    for entry in by_name.values():
        seen, at = [entry], entry
        while len(at.see) == 1 and _words(at.see[0]) not in coded and _words(at.see[0]) in by_name:
            at = by_name[_words(at.see[0])]
            if at in seen:
                got = " -> ".join(each.name for each in (*seen, at))
                where = f"{path} page {entry.page}"
                raise ImportRefused(where, entry.line, "references that lead to a code", got, "Correct the table.")
            seen.append(at)
