"""A build from the published snapshot: only what changed is read, analysed and written anew.

It gives the snapshot that a build from scratch would give, and applies where imports, vocabulary files and versions are
those of the published snapshot, so that at most documents changed.
"""

from __future__ import annotations

import functools
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from corpus.errors import Problem
from corpus.store import StoredDocument
from indexer import columns, suggestions, thesaurus, vocabularies
from indexer.compiled.layout import Array
from indexer.compiled.writer import CompiledWriter
from indexer.contents import HASHES, Contents, finish, record_hash, stored_records, write_thesaurus
from indexer.documents import CARDS, DOCUMENTS, DocumentReader, LineWriter, card
from indexer.inputs import Inputs, Read
from indexer.records import Record, disagreements, revised_record
from indexer.snapshots import INDEX, Snapshot
from indexer.targets.whoosh import revise_index, write_index
from indexer.values import values_of

#: Beyond one changed record in so many, a build from scratch is about as fast.
_FEW = 10


@dataclass
class Changes:
    """Records of the published snapshot that change, and what they become; None where there is none."""

    before: Snapshot
    old: dict[str, Record | None]
    new: dict[str, Record | None]
    hashes: dict[str, str]

    @functools.cached_property
    def codes(self) -> list[str]:
        """The codes of all records after the changes, in order."""
        kept = {code for code in self.hashes if self.new.get(code, self) is not None}
        return sorted(kept | {code for code, record in self.new.items() if record is not None})

    @functools.cached_property
    def numbers(self) -> Array:
        """The new number of each record of the published snapshot, -1 for those that change or go."""
        places = {code: number for number, code in enumerate(self.codes)}
        return np.array([-1 if code in self.new else places[code] for code in self.hashes], np.int64)

    @functools.cached_property
    def added(self) -> dict[int, Record]:
        """The changed records by their new number, ascending."""
        places = {code: number for number, code in enumerate(self.codes)}
        made = {places[code]: record for code, record in self.new.items() if record is not None}
        return dict(sorted(made.items()))

    @property
    def in_place(self) -> bool:
        """Whether every record keeps its number."""
        return self.codes == list(self.hashes)


def find_changes(inputs: Inputs, before: Snapshot) -> Changes | None:
    """Return what changed since the published snapshot; None where that takes reading everything."""
    manifest = before.manifest
    if manifest.get("base") != inputs.base:
        return None
    known = {each["code"]: each["sha256"] for each in manifest["sources"]["documents"]}
    given = inputs.corpus.documents
    codes = [
        code for code in sorted(known.keys() | given) if code not in given or given[code].sha256 != known.get(code)
    ]
    hashes: dict[str, str] = orjson.loads((before.path / HASHES).read_bytes())
    unknown = [code for code in codes if code not in hashes]
    # The drug tables may give names to a code that no record was made for; they are not kept with the snapshot.
    if (unknown and manifest["sources"]["drug_tables"]) or len(codes) * _FEW > len(hashes):
        return None
    old = _old_records(before.path, hashes, codes)
    new = {code: revised_record(code, old[code], _document(given.get(code))) for code in codes}
    return Changes(before, old, new, hashes)


def read_changes(inputs: Inputs, changes: Changes) -> Read:
    """Return what goes into the manifest; problems of unchanged documents are those found before."""
    manifest = changes.before.manifest
    paths = {each["code"]: each["path"] for each in manifest["sources"]["documents"]}
    stored = inputs.corpus.documents
    fresh = {code: each for code, each in stored.items() if code in changes.new or paths.get(code) != each.path}
    old = {code: changes.old.get(code) for code in fresh if code in changes.new}
    old |= _old_records(changes.before.path, changes.hashes, [code for code in fresh if code not in changes.new])
    official = {code: record["descriptor"] for code, record in old.items() if record and record["official"]}
    any_official = manifest["counts"]["official"] > 0
    found = list(disagreements(fresh, official, any_official=any_official))
    same = {each.path for code, each in stored.items() if code not in fresh}
    found += [Problem(**each) for each in manifest["disagreements"] if each["path"] in same]
    order = {each.path: at for at, each in enumerate(stored.values())}
    found.sort(key=lambda problem: order[problem.path])
    sources = manifest["sources"]
    return Read(stored_records(changes.before.path), found, sources["releases"], sources["drug_tables"])


def revise_contents(folder: Path, inputs: Inputs, changes: Changes) -> Contents:
    """Write everything but the index into ``folder``."""
    hashes = _write_lines(folder, changes)
    revised = columns.revised(changes.before.path, changes.numbers.tolist(), changes.added)
    (folder / columns.FILE).write_bytes(revised)
    counts = changes.before.manifest["counts"]
    modifiers = counts["modifiers"] + _difference(changes, _is_modifier)
    official = counts["official"] + _difference(changes, _is_official)
    return finish(folder, _vocabulary(folder, inputs.data, changes), hashes, modifiers, official)


def revise_index_files(folder: Path, contents: Contents, changes: Changes) -> None:
    """Write suggestions and both indexes into ``folder``, of which `revise_contents` wrote the rest."""
    before = changes.before.path
    if changes.in_place and _each_same(changes, suggestions.basis):
        shutil.copyfile(before / suggestions.FILE, folder / suggestions.FILE)
    else:
        suggestions.write(folder, [suggestions.basis(record) for record in contents.records()])
    compiled = CompiledWriter(folder)
    for number, record in changes.added.items():
        compiled.add(record, number)
    compiled.finish(before, changes.numbers)
    edits = [(number, changes.old[record["code"]], record) for number, record in changes.added.items()]
    if not changes.in_place or not revise_index(folder / INDEX, folder, before / INDEX, edits):
        write_index(folder / INDEX, folder, values_of(contents.records()))


def _document(stored: StoredDocument | None) -> Any:
    return stored.document if stored else None


def _old_records(folder: Path, hashes: Mapping[str, str], codes: list[str]) -> dict[str, Record | None]:
    places = {code: number for number, code in enumerate(hashes)} if codes else {}
    reader = DocumentReader(folder)
    try:
        return {code: reader[places[code]] if code in places else None for code in codes}
    finally:
        reader.close()


def _write_lines(folder: Path, changes: Changes) -> dict[str, str]:
    """Write records and cards, those that did not change as they were; return the hash of each record by code."""
    hashes = {}
    old_number = {code: number for number, code in enumerate(changes.hashes)}
    old_lines, old_cards = (DocumentReader(changes.before.path, name) for name in (DOCUMENTS, CARDS))
    with LineWriter(folder, DOCUMENTS) as lines, LineWriter(folder, CARDS) as cards:
        for code in changes.codes:
            record = changes.new.get(code)
            line = orjson.dumps(record) if record else old_lines.line(old_number[code])
            lines.add(line)
            cards.add(card(record) if record else old_cards.line(old_number[code]))
            hashes[code] = record_hash(line) if record else changes.hashes[code]
    old_lines.close()
    old_cards.close()
    return hashes


def _vocabulary(folder: Path, data: Path, changes: Changes) -> bytes:
    """Write the thesaurus of the vocabulary, and return this."""
    if _each_same(changes, vocabularies.defined_by):
        shutil.copyfile(changes.before.path / thesaurus.FILE, folder / thesaurus.FILE)
        return (changes.before.path / vocabularies.FILE).read_bytes()
    vocabulary = vocabularies.dump(vocabularies.collect(data, stored_records(folder)))
    write_thesaurus(folder, vocabulary)
    return vocabulary


def _each_same(changes: Changes, part: Any) -> bool:
    """Say whether no change touches a part of its record."""
    return all(part(changes.old[code] or {}) == part(record or {}) for code, record in changes.new.items())


def _difference(changes: Changes, holds: Any) -> int:
    def count(records: Mapping[str, Record | None]) -> int:
        return sum(bool(record and holds(record)) for record in records.values())

    return count(changes.new) - count(changes.old)


def _is_modifier(record: Mapping[str, Any]) -> bool:
    return bool(record["kind"] == "modifier")


def _is_official(record: Mapping[str, Any]) -> bool:
    return record["official"] is not None
