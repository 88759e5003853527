"""One segment of a Whoosh index, written from a compiled index and the records themselves.

The compiled index has all words, fields, positions and lengths already; only names and keywords come from the records.
A list of postings may lie anywhere in the file of postings, so lists are written in the order in which they come, and
only the terms are sorted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from pickle import dumps
from typing import Any, BinaryIO

import numpy as np
from whoosh.codec.whoosh3 import W3Codec
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC
from whoosh.system import pack_uint
from whoosh.util.numeric import length_to_byte

from indexer.compiled import bits, groups
from indexer.compiled.layout import Array
from indexer.compiled.merge import Part
from indexer.compiled.restore import Restored
from indexer.records import names_of
from indexer.schema import NO_END
from indexer.targets.blocks import TERM_INFO, Lists, write_lists
from indexer.targets.terms import write_terms

_INDEX, _SEGMENT = "MAIN", "records"
#: The files of postings and of terms.
POSTINGS, TERMS = (f"{_INDEX}_{_SEGMENT}{ending}" for ending in (W3Codec.POSTS_EXT, W3Codec.TERMS_EXT))
_ONE = pack_uint(1)


def write_segment(folder: Path, compiled: Path, records: Iterable[Mapping[str, Any]], schema: Any) -> None:
    """Write an index of one segment into the empty ``folder``."""
    restored = Restored(compiled)
    lengths = field_lengths(restored)
    with (folder / POSTINGS).open("wb") as stream:
        lists = ListWriter(lengths, stream)
        for part in restored.parts():
            lists.add_stems(restored.stems, part)
            lists.add_words(restored.words, part)
        for name, values in _values(records).items():
            lists.add_values(name, values)
    write_terms(folder / TERMS, lists.terms)
    write_documents(folder, restored.count, lengths, schema)


def write_documents(folder: Path, count: int, lengths: Mapping[str, Array], schema: Any) -> None:
    """Write what is kept by record, which is the length byte of each field, and the table of contents."""
    storage = FileStorage(str(folder))
    codec = W3Codec()
    segment = type(codec.new_segment(storage, _INDEX))(codec, _INDEX, doccount=count, segid=_SEGMENT)
    writer = codec.per_document_writer(storage, segment)
    for number in range(count):
        writer.start_doc(number)
        writer.finish_doc()
    writer.close()
    storage.temp_storage(f"{_INDEX}.tmp").destroy()
    totals = {name: int(values.sum()) for name, values in lengths.items() if values.any()}
    segment._fieldlengths = defaultdict(int, totals)
    for name in totals:
        filled = lengths[name][: int(np.flatnonzero(lengths[name])[-1]) + 1]
        (folder / W3Codec.column_filename(segment, f"_{name}_len")).write_bytes(_length_bytes(filled).tobytes())
    TOC(schema, [segment], 1).write(storage, _INDEX)


def field_lengths(restored: Restored) -> dict[str, Array]:
    """Return the number of words of each record in each field that counts them."""
    columns = len(bits.FIELDS) + 1
    totals = np.zeros(restored.count * columns, np.int64)
    words = np.zeros(restored.count, np.int64)
    for part in restored.parts():
        fields = part.positions >> np.uint32(bits.FIELD_SHIFT)
        owners = np.repeat(part.docs.astype(np.int64), part.sizes)
        totals += np.bincount(owners * columns + fields, minlength=len(totals))
        words += np.bincount(part.word_docs, minlength=restored.count)
    table = totals.reshape(-1, columns)
    return {field.name: table[:, number] for number, field in enumerate(bits.FIELDS)} | {"words": words}


def value_keys(record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return field and value of each keyword and name of a record."""
    keywords = [(name, record[name]) for name in ("code", "code_system", "kind")]
    return [*keywords, ("ends", record["ends"] or NO_END), *(("names", key) for key in names_of(record))]


def _values(records: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, list[int]]]:
    found: dict[str, dict[str, list[int]]] = {}
    for number, record in enumerate(records):
        for field, value in value_keys(record):
            found.setdefault(field, {}).setdefault(value, []).append(number)
    return found


def _length_bytes(lengths: Array) -> Array:
    """Return lengths as Whoosh keeps them, one byte each."""
    known, which = np.unique(lengths, return_inverse=True)
    return np.array([length_to_byte(each) for each in known.tolist()], np.uint8)[which]


class ListWriter:
    """Writes lists of postings behind each other and keeps where: ``terms``, for the file of terms."""

    def __init__(self, lengths: Mapping[str, Array], stream: BinaryIO) -> None:
        self.terms: dict[str, dict[bytes, bytes]] = defaultdict(dict)
        self._bytes = {name: _length_bytes(values) for name, values in lengths.items()}
        self._text_bytes = np.column_stack([self._bytes[field.name] for field in bits.FIELDS])
        self._stream = stream
        self._single = np.empty(0, object)

    def add_stems(self, stems: list[str], part: Part) -> None:
        """Write a list for each stem and field of a part."""
        fields = (part.positions >> np.uint32(bits.FIELD_SHIFT)).astype(np.int64)
        text = np.flatnonzero(fields < len(bits.FIELDS))
        numbers = np.repeat(part.stems, part.sizes)[text]
        # By stem, then field; records and positions keep their order.
        keys = (numbers - part.stems[0]) * len(bits.FIELDS) + fields[text]
        order = groups.stable_order(keys)
        keys, numbers = keys[order], numbers[order]
        docs = np.repeat(part.docs, part.sizes)[text][order]
        places = part.positions[text][order] & np.uint32(bits.SPAN - 1)
        first = np.flatnonzero(groups.changes(keys, docs))
        lists = np.flatnonzero(groups.changes(keys[first]))
        fields = keys[first] % len(bits.FIELDS)
        frequencies = groups.sizes(first, len(docs))
        values = self._values(places, first, frequencies)
        lengths = self._text_bytes[docs[first], fields]
        made = Lists(lists, docs[first], frequencies.astype(np.float32), lengths, values)
        texts = (
            (bits.FIELDS[field].name, stems[number].encode())
            for field, number in zip(fields[lists].tolist(), numbers[first][lists].tolist(), strict=True)
        )
        self._write(texts, made)

    def add_words(self, words: list[str], part: Part) -> None:
        """Write a list for each word of a part."""
        lists = np.flatnonzero(groups.changes(part.words))
        texts = (("words", words[number].encode()) for number in part.words[lists].tolist())
        lengths = self._bytes["words"][part.word_docs]
        ones = np.ones(len(part.words), np.float32)
        self._write(texts, Lists(lists, part.word_docs, ones, lengths, [_ONE] * len(ones), joined=True))

    def add_values(self, field: str, values: Mapping[str, list[int]]) -> None:
        """Write a list for each value of a field of keywords or names: the records that have it, ascending."""
        lists = groups.starts(np.array([len(each) for each in values.values()]))[:-1]
        docs = np.array([number for each in values.values() for number in each], np.uint32)
        kept = [_ONE] * len(docs) if field == "names" else None
        ones, lengths = np.ones(len(docs), np.float32), np.zeros(len(docs), np.uint8)
        self._write(((field, text.encode()) for text in values), Lists(lists, docs, ones, lengths, kept, joined=True))

    def _write(self, keys: Iterable[tuple[str, bytes]], lists: Lists) -> None:
        if len(lists.first):
            infos = write_lists(lists, self._stream).tobytes()
            size = TERM_INFO.itemsize
            parts = [infos[at : at + size] for at in range(0, len(infos), size)]
            for (field, text), info in zip(keys, parts, strict=True):
                self.terms[field][text] = info

    def _values(self, places: Array, first: Array, frequencies: Array) -> list[bytes]:
        """Return what Whoosh keeps of each posting: its frequency, then its positions as gaps, pickled."""
        values = self._singles(int(places.max(initial=0)))[places[first]]
        gaps = np.diff(places.astype(np.int64), prepend=0)
        gaps[first] = places[first]
        several = np.flatnonzero(frequencies > 1)
        spans = zip(several.tolist(), first[several].tolist(), frequencies[several].tolist(), strict=True)
        for at, start, size in spans:
            values[at] = _positions_value(gaps[start : start + size].tolist())
        return values.tolist()  # type: ignore[no-any-return]

    def _singles(self, last: int) -> Array:
        """Return the value of a single position, by the position."""
        if len(self._single) <= last:
            self._single = np.array([_positions_value([position]) for position in range(last + 1)], object)
        return self._single


def _positions_value(gaps: list[int]) -> bytes:
    return bytes(pack_uint(len(gaps))) + dumps(gaps, 2)
