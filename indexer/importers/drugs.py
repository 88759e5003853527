"""The importer of CMS's Table of Drugs: which names a drug code goes by.

The table is published as a PDF. A row holds a drug, an amount, routes and codes; a row such as "Brand, see Generic"
leads from a brand name to the drug. `names_by_code` follows these rows and gives every name of each code.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.errors import ImportRefused
from indexer.importers.drugs_index import Index, words
from indexer.importers.drugs_pdf import MAX_FILE_BYTES, page_lines
from indexer.importers.drugs_table import DrugEntry, read_entries
from indexer.official import RELEASE_LABEL

_YEAR = re.compile(r"(?:19|20)\d{2}")
#: CMS's tables have over 1,400 rows; a file with a handful of look-alikes is something else.
_FEWEST_ROWS = 5


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
    index = Index(table.entries)
    for entry in table.entries:
        for code in entry.codes:
            names[code].setdefault(entry.name)
    for entry in table.entries:
        for code in index.codes_of(entry) if entry.see else ():
            names[code].setdefault(entry.name)
    return {code: tuple(found) for code, found in names.items()}


def unresolved(table: DrugTable) -> tuple[DrugEntry, ...]:
    """Return the rows that lead to a name of which the table has no code."""
    index = Index(table.entries)
    return tuple(entry for entry in table.entries if entry.see and not index.codes_of(entry))


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
    by_name: Mapping[tuple[str, ...], DrugEntry] = {words(entry.name): entry for entry in entries if entry.see}
    coded = {words(entry.name) for entry in entries if entry.codes}
    for entry in by_name.values():
        seen, at = [entry], entry
        while len(at.see) == 1 and words(at.see[0]) not in coded and words(at.see[0]) in by_name:
            at = by_name[words(at.see[0])]
            if at in seen:
                got = " -> ".join(each.name for each in (*seen, at))
                where = f"{path} page {entry.page}"
                raise ImportRefused(where, entry.line, "references that lead to a code", got, "Correct the table.")
            seen.append(at)
