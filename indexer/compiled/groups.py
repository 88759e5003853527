"""Arrays that are groups laid end to end: where groups begin, and how they are copied, summed and ordered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def starts(counts: Array | Sequence[int]) -> Array:
    """Return where each group begins, and last, where all end."""
    return np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]).astype(np.int64)


def changes(*columns: Array) -> Array:
    """Say of each row whether it differs from the one before; the first row does."""
    changed = np.zeros(len(columns[0]), bool)
    changed[:1] = True
    for column in columns:
        changed[1:] |= column[1:] != column[:-1]
    return changed


def sizes(first: Array, total: int) -> Array:
    """Return the size of each group from where it begins."""
    return np.diff(np.append(first, total))


def ramps(first: Array, counts: Array) -> Array:
    """Return first, first + 1, ... for each group, ``counts`` values each, end to end."""
    ends = np.cumsum(counts, dtype=np.int64)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) + np.repeat(first.astype(np.int64) - (ends - counts), counts)


def sums(values: Array, counts: Array) -> Array:
    """Return the sum of each group of values; a group may be empty."""
    added = np.concatenate([[0], np.cumsum(values, dtype=np.int64)])
    bounds = starts(counts)
    result: Array = added[bounds[1:]] - added[bounds[:-1]]
    return result


def within(values: Array, counts: Array) -> Array:
    """Return the sum of the values before each one in its group."""
    before = np.cumsum(values, dtype=np.int64) - values
    bounds = starts(counts)
    filled = np.asarray(counts) > 0
    result: Array = before - np.repeat(before[bounds[:-1][filled]], np.asarray(counts)[filled])
    return result


def stable_order(numbers: Array) -> Array:
    """Return the order that sorts numbers below 2**32, equals left in order.

    numpy sorts 16 bits by radix, several times faster than more bits at once.
    """
    order: Array = np.argsort((numbers & 0xFFFF).astype(np.uint16), kind="stable")
    if len(numbers) and int(numbers.max()) > 0xFFFF:
        order = order[np.argsort((numbers[order] >> 16).astype(np.uint16), kind="stable")]
    return order


def chunks(weights: Array, most: int) -> list[tuple[int, int]]:
    """Cut groups into runs [first, last) of about ``most`` by their weights, none empty."""
    if not len(weights):
        return []
    numbers = np.cumsum(weights, dtype=np.int64) // most
    cuts = np.flatnonzero(changes(numbers)).tolist()
    return list(zip(cuts, [*cuts[1:], len(weights)], strict=True))
