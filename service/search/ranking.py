"""The formulas of ranking and their constants; no engine and no file is known here.

What a term counts in one record, its BM25F impact, is made at publication by `indexer.impacts`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: What the word being typed counts, from 0 to 1, where only its beginning matches.
PREFIX_CREDIT = 0.33
#: What another form of a word counts against the form that was typed.
STEM_FACTOR = 0.9
#: What a word counts that a record need not have ("the", or "recovery" in a question about recovery).
LIGHT_FACTOR = 0.3
#: What a match is worth whose code is no longer in use.
TERMINATED_FACTOR = 0.5

#: What a modifier is worth that was found by its words: who wants one types it, or says "modifier".
MODIFIER_FACTOR = 0.6

#: What another word of the query counts that leads a title or descriptor, against the first one.
OTHER_HEAD = 0.7
#: What two words count that stand near each other but not side by side in order.
NEAR = 0.5

#: How much of the fraction each part decides; together 1. See `service.search.engines.reference`.
WEIGHTS = {"words": 0.73, "adjacency": 0.04, "head": 0.10, "coverage": 0.08, "section": 0.05}
_BELOW_ONE = 0.9999


def inverse_document_frequency(documents: int, containing: int) -> float:
    """Return the weight of a term that ``containing`` of ``documents`` records hold; always above 0."""
    return math.log(1.0 + (documents - containing + 0.5) / (containing + 0.5))


def share(part: str) -> float:
    """Return how much of the fraction a part decides."""
    return WEIGHTS[part] * _BELOW_ONE


def ranked(tiers: Ints, fractions: Floats, active: Bools, numbers: Ints) -> Ints:
    """Return the positions of records in ranking order: tier, fraction, in use first, number (the order of codes)."""
    return np.lexsort((numbers, ~active, -fractions, -tiers))


def first_after(columns: Sequence[tuple[NDArray[Any], float]]) -> int:
    """Return the first place of sorted records that comes after a key.

    ``columns`` are the sort columns, first one first, each as (values, ascending in the sort; value of the key).
    """
    size = len(columns[0][0])
    after, equal = np.zeros(size, bool), np.ones(size, bool)
    for values, key in columns:
        after |= equal & (values > key)
        equal &= values == key
    return int(np.argmax(after)) if after.any() else size
