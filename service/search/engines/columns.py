"""Filters, facet counts and dates of one snapshot, as arrays over its records."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer import columns

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


class Columns:
    """The columns of one snapshot in memory."""

    def __init__(self, folder: Path, count: int) -> None:
        self._count = count
        loaded = columns.load(folder)
        self._facets = {
            name: {value: np.array(numbers, np.int64) for value, numbers in values.items()}
            for name, values in loaded["facets"].items()
        }
        self.dates: dict[str, Ints] = {name: np.array(values, np.int64) for name, values in loaded["dates"].items()}

    def having(self, facet: str, values: tuple[str, ...]) -> Bools:
        """Say of each record whether it has one of ``values`` in ``facet``."""
        mask = np.zeros(self._count, bool)
        for value in values:
            numbers = self._facets[facet].get(value)
            if numbers is not None:
                mask[numbers] = True
        return mask

    def counts(self, facet: str, mask: Bools) -> dict[str, int]:
        """Return how many records of ``mask`` have each value of ``facet``, most first; values without any left out."""
        found = ((value, int(mask[numbers].sum())) for value, numbers in self._facets[facet].items())
        return dict(sorted(((value, count) for value, count in found if count), key=lambda each: (-each[1], each[0])))

    def active(self, day: datetime.date) -> Bools:
        """Say of each record whether its code may be used on ``day``: added by then, and not ended."""
        number = int(day.strftime("%Y%m%d"))
        in_use: Bools = (self.dates["added"] <= number) & ~self.ended(day)
        return in_use

    def ended(self, day: datetime.date) -> Bools:
        """Say of each record whether the last day of use of its code lies before ``day``."""
        ended: Bools = self.dates["ends"] < int(day.strftime("%Y%m%d"))
        return ended

    def masks(self, filters: Mapping[str, tuple[str, ...]]) -> dict[str, Bools]:
        """Return one mask for each filtered facet."""
        return {facet: self.having(facet, values) for facet, values in filters.items()}
