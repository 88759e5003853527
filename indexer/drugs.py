"""Imported Tables of Drugs: one file a year below ``<data>/imports/drugs/``, and the names that they give to codes."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson

from indexer.analysis.tokenizer import name_key
from indexer.errors import DataError, ImportRefused
from indexer.files import write_atomically
from indexer.importers.drugs import DrugTable, names_by_code, unresolved
from indexer.importers.drugs_table import DrugEntry
from indexer.imports import listed
from indexer.official import RELEASE_LABEL, OfficialCode

FORMAT = 1
#: Families in which drugs are coded; a drug's name in the text of another code is no name of that code.
_DRUG_FAMILIES = frozenset("ACJQPS")
#: A reference that fits more official codes than this is too broad to be a name of each.
_MOST_CODES = 6


class DrugStore:
    """The imported Tables of Drugs of one data folder."""

    def __init__(self, data: Path) -> None:
        self._folder = data / "imports" / "drugs"

    def labels(self) -> list[str]:
        """Return the years of all imported tables, oldest first."""
        stems = [name.removesuffix(".json") for name in listed(self._folder, ".json")]
        return sorted(stem for stem in stems if RELEASE_LABEL.fullmatch(stem))

    def save(self, table: DrugTable, *, replace: bool = False) -> bool:
        """Store ``table``; False where it is stored already. ImportRefused where another was stored for its year."""
        path = self._folder / f"{table.label}.json"
        if path.exists():
            present = self.load(table.label)
            if present.entries == table.entries:
                return False
            if not replace:
                expected = f"the Table of Drugs {table.label} as imported from {present.source}"
                remedy = "Pass --replace if this file is the right one, or --release YEAR if it is of another year."
                raise ImportRefused(table.source, 0, expected, "another content", remedy)
        self._folder.mkdir(parents=True, exist_ok=True)
        write_atomically(path, _dump(table))
        return True

    def load(self, label: str) -> DrugTable:
        """Read one table back; DataError where its file is damaged."""
        path = self._folder / f"{label}.json"
        try:
            return _parse(path.read_bytes())
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DataError(
                f"{path}: expected an imported Table of Drugs; got {error}. Remove the file and import it again."
            ) from error

    def load_all(self) -> list[DrugTable]:
        """Read every table, oldest first."""
        return [self.load(label) for label in self.labels()]


def drug_names(tables: Iterable[DrugTable], official: Iterable[OfficialCode]) -> dict[str, list[str]]:
    """Return the names of each code in any of ``tables``, newest table first.

    A brand whose drug has no row in its own table is given to the codes of another table's row, or else to the official
    codes whose descriptor names that drug.
    """
    names: dict[str, dict[str, None]] = defaultdict(dict)
    newest_first = sorted(tables, key=lambda table: table.label, reverse=True)
    for table in newest_first:
        for code, found in names_by_code(table).items():
            names[code] |= dict.fromkeys(found)
    descriptors = _drug_descriptors(official) if newest_first else {}
    for table in newest_first:
        for entry in unresolved(table):
            for code in _described(entry, descriptors):
                names[code].setdefault(entry.name)
    return {code: list(found) for code, found in names.items()}


def _drug_descriptors(official: Iterable[OfficialCode]) -> dict[str, frozenset[str]]:
    coded = (each for each in official if each.kind == "procedure" and each.code[0] in _DRUG_FAMILIES)
    return {each.code: frozenset(name_key(each.long_descriptor).split()) for each in coded}


def _described(entry: DrugEntry, descriptors: Mapping[str, frozenset[str]]) -> list[str]:
    wanted = [frozenset(name_key(target).split()) for target in entry.see]
    found = [code for code, words in descriptors.items() if any(each and each <= words for each in wanted)]
    return found if len(found) <= _MOST_CODES else []


def _dump(table: DrugTable) -> bytes:
    entries = [[getattr(entry, name) for name in DrugEntry.__slots__] for entry in table.entries]
    values = {"format": FORMAT, "label": table.label, "source": table.source, "sha256": table.sha256}
    body = orjson.dumps({**values, "entries": entries})
    return body + b"\n" + hashlib.sha256(body).hexdigest().encode() + b"\n"


def _parse(data: bytes) -> DrugTable:
    body, _, digest = data.removesuffix(b"\n").partition(b"\n")
    if hashlib.sha256(body).hexdigest().encode() != digest:
        raise ValueError("content that does not match its checksum")
    values: dict[str, Any] = orjson.loads(body)
    if values["format"] != FORMAT:
        raise ValueError(f"format {values['format']} instead of {FORMAT}")
    entries = tuple(map(_entry, values["entries"]))
    return DrugTable(values["label"], values["source"], values["sha256"], entries)


def _entry(row: list[Any]) -> DrugEntry:
    name, unit, routes, codes, see, page, line = row
    return DrugEntry(name, unit, tuple(routes), tuple(codes), tuple(see), page, line)
