"""What is kept of merged postings: their bits, impacts and packed positions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from indexer import impacts
from indexer.compiled import bits, groups
from indexer.compiled.layout import Array
from indexer.compiled.merge import Part

_HEAD_FIELDS = (bits.NUMBERS["title"], bits.NUMBERS["descriptor"])
_WEIGHTS = np.array([*(field.weight for field in bits.FIELDS), bits.FIELDS[0].weight])


@dataclass(frozen=True, slots=True)
class Compiled:
    """Arrays of the container for the stems from ``first`` on, and how many positions each of these stems has."""

    first: int
    arrays: dict[str, Array]
    position_counts: Array


@dataclass(frozen=True, slots=True)
class Whole:
    """What is known of all postings together, whichever of them are compiled.

    ``word_stems`` and ``forms``: the stem and form of each word; ``lengths`` (records x fields): their words, and the
    mean of each field; ``dense``: the stems that get bitsets.
    """

    word_stems: Array
    forms: Array
    lengths: Array
    means: Array
    dense: Array


def averages(lengths: Array) -> Array:
    """Return the mean number of words of each field, over the records that have any."""
    filled = np.maximum((lengths > 0).sum(axis=0), 1)
    result: Array = lengths.sum(axis=0, dtype=np.float64) / filled
    return result


def compiled(part: Part, whole: Whole) -> Compiled:
    """Return what is kept of a part."""
    fields = part.positions >> np.uint32(bits.FIELD_SHIFT)
    first = np.cumsum(part.sizes, dtype=np.int64) - part.sizes
    flags = np.bitwise_or.reduceat(_position_bits(part.positions, fields), first)
    other = _add_forms(flags, part, whole.word_stems, whole.forms)
    in_text = fields < bits.CODE_FIELD
    kept = np.add.reduceat(in_text, first, dtype=np.int64)
    counts = np.bincount(part.stems - part.stems[0])
    impact = _impacts(part, fields, whole.lengths, whole.means)
    arrays = {
        "post.doc": part.docs,
        "post.bits": flags,
        "post.impact": np.where(flags & np.uint32(bits.CORE), impact, -impact),
        "pos.start": groups.within(kept, counts),
        "pos.packed": part.positions[in_text],
        "other.doc": other,
    }
    rows = list(_dense_rows(part, arrays, whole))
    arrays["dense.bits"] = np.concatenate(rows) if rows else np.empty(0, np.uint64)
    return Compiled(int(part.stems[0]), arrays, groups.sums(kept, counts))


def _dense_rows(part: Part, arrays: Mapping[str, Array], whole: Whole) -> Iterator[Array]:
    dense, count = whole.dense, len(whole.lengths)
    for stem in dense[np.searchsorted(dense, part.stems[0]) : np.searchsorted(dense, part.stems[-1], "right")]:
        start, end = np.searchsorted(part.stems, [stem, stem + 1])
        yield bitsets(arrays["post.doc"][start:end], arrays["post.impact"][start:end], count)


def bitsets(docs: Array, impact: Array, count: int) -> Array:
    """Return two bitsets over all records: those of a stem, and those where it stands in a core field."""
    masks = np.zeros((2, 64 * -(-count // 64)), bool)
    masks[0, docs] = True
    masks[1, docs[impact > 0]] = True
    packed: Array = np.packbits(masks, bitorder="little").view(np.uint64)
    return packed


def _position_bits(positions: Array, fields: Array) -> Array:
    place = positions & np.uint32(bits.SPAN - 1)
    leading = (place < bits.HEAD_WORDS) & ((fields == _HEAD_FIELDS[0]) | (fields == _HEAD_FIELDS[1]))
    flags: Array = np.uint32(1) << fields
    flags |= np.where(leading, np.uint32(1 << bits.HEAD_BIT), np.uint32(0))
    return flags


def _add_forms(flags: Array, part: Part, word_stems: Array, forms: Array) -> Array:
    """Set the bits of the forms that records hold; return the records of words without a bit."""
    keys = (part.stems.astype(np.int64) << 32) | part.docs
    wanted = (word_stems[part.words] << 32) | part.word_docs
    at, form = np.searchsorted(keys, wanted), forms[part.words]
    for each in range(bits.MAX_FORMS):
        # No record is twice among those of one form of one stem.
        flags[at[form == each]] |= np.uint32(bits.form_bit(each))
    other: Array = part.word_docs[form >= bits.MAX_FORMS]
    return other


def _impacts(part: Part, fields: Array, lengths: Array, means: Array) -> Array:
    owner = np.repeat(np.arange(len(part.docs)), part.sizes)
    at = np.flatnonzero(groups.changes(owner, fields))
    frequencies, owner, fields = groups.sizes(at, len(fields)), owner[at], fields[at]
    is_code = fields == bits.CODE_FIELD
    columns = np.where(is_code, 0, fields)
    own = np.where(is_code, means[0], lengths[part.docs[owner], columns])
    frequency = impacts.field_frequency(frequencies, own, means[columns], _WEIGHTS[fields])
    return impacts.saturate(np.add.reduceat(frequency, np.flatnonzero(groups.changes(owner))))
