"""The segment of a snapshot in which some records changed in place, from the segment of the snapshot before.

All lists of postings are copied as they lie. Those of stems, words and values that the changed records had or have are
written anew behind them, and the terms then lead there; the old lists stay as waste until the index is written anew.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from indexer.analysis.tokenizer import index_words, stem
from indexer.compiled.merge import Part
from indexer.compiled.restore import Restored
from indexer.records import text_of
from indexer.schema import TEXT_FIELDS
from indexer.targets.blocks import TERM_INFO
from indexer.targets.segment import POSTINGS, TERMS, ListWriter, field_lengths, length_bytes, write_documents
from indexer.targets.terms import Terms, read_terms, write_terms
from indexer.values import value_keys

#: Number of a record, what it was and what it is.
Edit = tuple[int, Mapping[str, Any] | None, Mapping[str, Any]]
_WORN = 1.5


def usable_terms(folder: Path) -> dict[str, dict[bytes, bytes]] | None:
    """Return the terms of an index, or None where more than a third of its postings is waste."""
    terms = read_terms(folder / TERMS)
    live = int(
        np.frombuffer(b"".join(info for each in terms.values() for info in each.values()), TERM_INFO)["size"].sum(
            dtype=np.int64
        )
    )
    return terms if (folder / POSTINGS).stat().st_size <= _WORN * live else None


def revise_segment(
    folder: Path,
    compiled: Path,
    before: Path,
    terms: Terms,
    edits: Sequence[Edit],
    reader: Any,
    schema: Any,
) -> None:
    """Write a segment into the empty ``folder``; ``terms`` and Whoosh's ``reader`` are of the index in ``before``."""
    restored = Restored(compiled)
    lengths = field_lengths(restored)
    stems = _stems(edits)
    words = {word for number, word in enumerate(restored.words) if restored.stems[restored.word_stems[number]] in stems}
    words |= _words(edits)
    changed = _changed_values(edits)
    shutil.copyfile(before / POSTINGS, folder / POSTINGS)
    with (folder / POSTINGS).open("r+b") as stream:
        stream.seek(0, 2)
        lists = ListWriter(length_bytes(lengths), stream)
        _add_lists(lists, restored, stems)
        for (field, value), numbers in _numbers(changed, edits, reader).items():
            if numbers:
                lists.add_values(field, {value: numbers})
    rewritten = _rewritten(stems, words, changed)
    for field, held in terms.items():
        kept = {text: info for text, info in held.items() if text not in rewritten[field]}
        lists.terms[field] = kept | lists.terms[field]
    write_terms(folder / TERMS, lists.terms)
    write_documents(folder, restored.count, lengths, schema)


def _rewritten(stems: set[str], words: set[str], changed: Iterable[tuple[str, bytes]]) -> dict[str, set[bytes]]:
    """Return the terms of each field whose old lists are no longer in use."""
    encoded = {each.encode() for each in stems}
    found = defaultdict(set, dict.fromkeys(TEXT_FIELDS, encoded) | {"words": {word.encode() for word in words}})
    for field, text in changed:
        found[field].add(text)
    return found


def _words(edits: Sequence[Edit]) -> set[str]:
    records = [record for _, old, new in edits for record in (old, new) if record]
    return {word for record in records for name in TEXT_FIELDS for word in index_words(text_of(record, name))[0]}


def _stems(edits: Sequence[Edit]) -> set[str]:
    return {stem(word) for word in _words(edits)}


def _add_lists(lists: ListWriter, restored: Restored, stems: set[str]) -> None:
    wanted = np.array([text in stems for text in restored.stems], bool)
    for part in restored.parts():
        kept, kept_words = wanted[part.stems], wanted[restored.word_stems[part.words]]
        some = Part(
            part.stems[kept],
            part.docs[kept],
            part.sizes[kept],
            part.positions[np.repeat(kept, part.sizes)],
            part.words[kept_words],
            part.word_docs[kept_words],
        )
        if len(some.docs):
            lists.add_stems(restored.stems, some)
            lists.add_words(restored.words, some)


def _changed_values(edits: Sequence[Edit]) -> dict[tuple[str, bytes], set[int]]:
    """Return keywords and names that some record got or lost, and these records."""
    changed: dict[tuple[str, bytes], set[int]] = {}
    for number, old, new in edits:
        for field, value in set(value_keys(old) if old else ()) ^ set(value_keys(new)):
            changed.setdefault((field, value.encode()), set()).add(number)
    return changed


def _numbers(
    changed: Mapping[tuple[str, bytes], set[int]], edits: Sequence[Edit], reader: Any
) -> dict[tuple[str, str], list[int]]:
    """Return the records that have each changed value now."""
    now = {number: set(value_keys(new)) for number, _, new in edits}
    found = {}
    for (field, text), numbers in changed.items():
        value = text.decode()
        held = set(reader.postings(field, text).all_ids()) if (field, text) in reader else set()
        having = {number for number in numbers if (field, value) in now[number]}
        found[field, value] = sorted((held - numbers) | having)
    return found
