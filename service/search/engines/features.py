"""What, beyond the words themselves, makes a record a better answer: neighbours, the head word, brevity.

Each feature is one array over all records with values from 0 to 1, made from positions without a loop over records.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from service.search.engines.postings import SPAN, Floats, Ints, PostingReader

#: Fields in which the order of words tells something; in a whole section it hardly does.
_NAMING = ("title", "common_names", "technical_terms", "descriptor", "short_descriptor")
_SINGLE = ("title", "descriptor", "short_descriptor")
#: Positions of a word that stands in more records than this are not read: it is everybody's neighbour.
_COMMON = 2_000
#: A descriptor begins with what the thing is: "Cushion, wheelchair ...".
_HEAD_WORDS = 2


def adjacency(terms: Sequence[str], reader: PostingReader) -> Floats:
    """Return the share of neighbouring words of the query that are neighbours in a record too, in that order.

    Neighbours in the other order, or with one word between them, count half.
    """
    share = np.zeros(reader.count)
    pairs = list(pairwise(terms))
    held = {term: [_positions(field, term, reader) for field in _NAMING] for term in terms}
    for one, two in pairs:
        near, next_to = np.zeros(reader.count, bool), np.zeros(reader.count, bool)
        for first, second in zip(held[one], held[two], strict=True):
            if len(first) and len(second):
                next_to[_records(first + 1, second)] = True
                near[_records(first + 2, second)] = True
                near[_records(first - 1, second)] = True
        share += np.where(next_to, 1.0, near * 0.5)
    return share / len(pairs) if pairs else share


def head(terms: Sequence[str], reader: PostingReader) -> Floats:
    """Return 1 for records whose title or descriptor begins with the first word of the query, less for another."""
    found = np.zeros(reader.count)
    for at, term in enumerate(terms):
        for field in ("title", "descriptor"):
            packed = _positions(field, term, reader)
            numbers = packed[packed % SPAN < _HEAD_WORDS] // SPAN
            found[numbers] = np.maximum(found[numbers], 1.0 if at == 0 else 0.7)
    return found


def coverage(terms: Sequence[str], reader: PostingReader) -> Floats:
    """Return the largest share of the words of one naming field that are words of the query, fields of lists aside."""
    best = np.zeros(reader.count)
    for field in _SINGLE:
        held = np.zeros(reader.count)
        for term in terms:
            held[reader.postings(field, term).numbers] += 1
        best = np.maximum(best, held / np.maximum(reader.lengths(field), 1))
    return np.minimum(best, 1.0)


def _positions(field: str, term: str, reader: PostingReader) -> Ints:
    if len(reader.postings(field, term)) > _COMMON:
        return np.empty(0, np.int64)
    return reader.positions(field, term)


def _records(one: Ints, two: Ints) -> Ints:
    # A term stands once at a position, so that neither list repeats a value.
    return np.intersect1d(one, two, assume_unique=True) // SPAN
