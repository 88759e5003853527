"""The postings of a compiled index, which lie by stem, laid out by record, some thousand records at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from indexer.compiled import bits
from indexer.compiled.layout import Array
from indexer.compiled.reader import CompiledIndex

_PLACE = bits.SPAN - 1


@dataclass(frozen=True, slots=True)
class Row:
    """What one record holds: stems by number, ascending, with impact and bits each, and the packed positions of each
    in text fields, as `indexer.compiled.bits` describes them.
    """

    stems: list[int]
    impacts: Array
    bits: list[int]
    positions: list[list[int]]

    def places(self) -> Iterator[tuple[int, dict[int, list[int]]]]:
        """Yield each text field that holds anything, by number, with the stems at each of its places."""
        fields: dict[int, dict[int, list[int]]] = {}
        for stem, positions in zip(self.stems, self.positions, strict=True):
            for position in positions:
                field = fields.setdefault(position >> bits.FIELD_SHIFT, {})
                field.setdefault(position & _PLACE, []).append(stem)
        yield from sorted(fields.items())


def rows(index: CompiledIndex, start: int, end: int) -> Iterator[Row]:
    """Yield the rows of the records from ``start`` to before ``end``."""
    first = np.asarray(index.first)
    chosen = np.flatnonzero((index.docs >= start) & (index.docs < end))
    chosen = chosen[np.argsort(index.docs[chosen], kind="stable")]
    stems = np.searchsorted(first, chosen, "right") - 1
    bounds = np.searchsorted(index.docs[chosen], np.arange(start, end + 1)).tolist()
    begins, ends = _position_bounds(index, first, stems, chosen)
    for at, behind in pairwise(bounds):
        own = slice(at, behind)
        yield Row(
            stems[own].tolist(),
            index.impacts[chosen[own]],
            index.bits[chosen[own]].tolist(),
            [index.packed[a:b].tolist() for a, b in zip(begins[own].tolist(), ends[own].tolist(), strict=True)],
        )


def _position_bounds(index: CompiledIndex, first: Array, stems: Array, postings: Array) -> tuple[Array, Array]:
    """Return where the packed positions of each posting begin and end."""
    first_position = np.asarray(index.first_position, np.int64)
    begins = first_position[stems] + index.position_starts[postings].astype(np.int64)
    last = postings + 1 == first[stems + 1]
    behind = index.position_starts[np.where(last, postings, postings + 1)].astype(np.int64)
    return begins, np.where(last, first_position[stems + 1], first_position[stems] + behind)
