"""What a term counts in a record, before any query is known: the BM25F impact, a number from 0 to 1.

BM25F after Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", Foundations and Trends in
Information Retrieval 3(4), 2009, section 3.5: the term frequencies of all fields are weighted, normalised by field
length and added up *before* one saturation, so that a word in three fields does not count three times. The inverse
document frequency is the query's part and not in the impact.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.schema import TEXT_FIELDS

Floats = NDArray[np.float64]

#: Saturation; the usual value for short texts.
K1 = 1.2
#: Length normalisation; mild, since a long descriptor is no worse a match than a short one of the same code family.
B = 0.5


def field_frequency(frequencies: NDArray[Any], lengths: NDArray[Any], average: Any, weight: Any) -> Floats:
    """Return weighted, length-normalised term frequencies; the arrays hold one value a posting.

    ``average`` and ``weight`` belong to the field of the posting: one number, or one a posting.
    """
    norm = (1.0 - B) + B * lengths / np.maximum(average, 1e-9)
    result: Floats = weight * frequencies / norm
    return result


def saturate(frequency: Floats) -> Floats:
    """Return how much a summed field frequency counts: 0 at 0, rising towards 1."""
    return frequency / (K1 + frequency)


def fingerprint() -> str:
    """Return 16 hex digits that change with anything that impacts are made of."""
    table = ";".join(f"{field.name}:{field.weight}" for field in TEXT_FIELDS.values())
    return hashlib.sha256(f"{K1}|{B}|{table}".encode()).hexdigest()[:16]
