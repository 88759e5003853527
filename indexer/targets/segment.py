"""One segment of a Whoosh index, written from a compiled index and the records themselves.

The compiled index has all words, fields, positions and lengths already; only names and keywords come from the records.
A list of postings may lie anywhere in the file of postings, so lists are written in the order in which they come, and
only the terms are sorted.
"""

from __future__ import annotations

import functools
import shutil
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from pickle import dumps, loads
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
from indexer.progress import Progress
from indexer.targets.blocks import TERM_INFO, Lists, write_lists
from indexer.targets.terms import write_terms
from indexer.values import Values
from indexer.workers import Shared

_INDEX, _SEGMENT = "MAIN", "records"
#: The files of postings and of terms.
POSTINGS, TERMS = (f"{_INDEX}_{_SEGMENT}{ending}" for ending in (W3Codec.POSTS_EXT, W3Codec.TERMS_EXT))
_ONE = pack_uint(1)
#: Positions, and postings, of which lists are made at once; what is copied at once, in bytes.
_PART_POSITIONS, _COPIED = 500_000, 1 << 22


def write_segment(
    folder: Path, compiled: Path, values: Values, schema: Any, shared: Shared | None, progress: Progress
) -> None:
    """Write an index of one segment into the empty ``folder``; ``values`` are those of all records."""
    restored = Restored(compiled)
    lengths = field_lengths(restored)
    with (folder / POSTINGS).open("wb") as stream:
        lists = ListWriter(length_bytes(lengths), stream)
        progress.phase("Listing", len(restored.stretches(_PART_POSITIONS)))
        if shared:
            _write_shared(lists, restored, compiled, length_bytes(lengths), shared, progress)
        else:
            for part in restored.parts(_PART_POSITIONS):
                lists.add_part(restored, part)
                progress.step()
        for name, held in values.held.items():
            lists.add_values(name, held)
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


def length_bytes(lengths: Mapping[str, Array]) -> dict[str, Array]:
    """Return the lengths of each field as Whoosh keeps them, one byte each."""
    return {name: _length_bytes(values) for name, values in lengths.items()}


def _write_shared(
    lists: ListWriter,
    restored: Restored,
    compiled: Path,
    lengths: Mapping[str, Array],
    shared: Shared,
    progress: Progress,
) -> None:
    """Have workers write the lists of all stems and words, and put them behind each other."""
    known = shared.scratch / "lengths"
    known.write_bytes(dumps(dict(lengths)))
    tasks = [
        (compiled, known, *stretch, shared.scratch / f"{at}.lists")
        for at, stretch in enumerate(restored.stretches(_PART_POSITIONS))
    ]
    for terms, task in zip(shared.workers.map(write_part, tasks), tasks, strict=True):
        lists.append(task[-1], terms)
        task[-1].unlink()
        progress.step()


def write_part(compiled: Path, lengths: Path, first: int, last: int, path: Path) -> dict[str, dict[bytes, bytes]]:
    """Write the lists of the stems from ``first`` to before ``last``, and of their words, to a file of their own."""
    restored, read = _opened(compiled, lengths)
    with path.open("wb") as stream:
        lists = ListWriter(read, stream)
        lists.add_part(restored, restored.part(first, last))
    return dict(lists.terms)


@functools.lru_cache(maxsize=1)
def _opened(compiled: Path, lengths: Path) -> tuple[Restored, dict[str, Array]]:
    return Restored(compiled), loads(lengths.read_bytes())  # noqa: S301 - the build wrote it just now


def _length_bytes(lengths: Array) -> Array:
    """Return lengths as Whoosh keeps them, one byte each."""
    known, which = np.unique(lengths, return_inverse=True)
    return np.array([length_to_byte(each) for each in known.tolist()], np.uint8)[which]


class ListWriter:
    """Writes lists of postings behind each other and keeps where: ``terms``, for the file of terms.

    ``lengths`` are the length bytes of each field.
    """

    def __init__(self, lengths: Mapping[str, Array], stream: BinaryIO) -> None:
        self.terms: dict[str, dict[bytes, bytes]] = defaultdict(dict)
        self._bytes = lengths
        self._text_bytes = np.column_stack([self._bytes[field.name] for field in bits.FIELDS])
        self._stream = stream
        self._single = np.empty(0, object)

    def add_part(self, restored: Restored, part: Part) -> None:
        """Write a list for each stem and field of a part, and for each word."""
        self.add_stems(restored.stems, part)
        self.add_words(restored.words, part)

    def append(self, path: Path, terms: Mapping[str, Mapping[bytes, bytes]]) -> None:
        """Copy lists that were written elsewhere, with their ``terms``."""
        begin = self._stream.tell()
        with path.open("rb") as lists:
            shutil.copyfileobj(lists, self._stream, _COPIED)
        for field, held in terms.items():
            infos = np.frombuffer(b"".join(held.values()), TERM_INFO).copy()
            infos["offset"] += begin
            self.terms[field].update(zip(held, _single_infos(infos), strict=True))

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
            infos = _single_infos(write_lists(lists, self._stream))
            for (field, text), info in zip(keys, infos, strict=True):
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


def _single_infos(infos: Array) -> list[bytes]:
    data, size = infos.tobytes(), TERM_INFO.itemsize
    return [data[at : at + size] for at in range(0, len(data), size)]


def _positions_value(gaps: list[int]) -> bytes:
    return bytes(pack_uint(len(gaps))) + dumps(gaps, 2)
