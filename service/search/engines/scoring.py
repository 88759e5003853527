"""Scores every record for one query: words, alternatives, tiers. Arithmetic on posting arrays only.

A slot of the query gives a record *credit* from 0 to 1: what its word counts there, or what the best alternative that
covers it counts. A record's score is the sum of credits, each times the inverse document frequency of its slot.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np

from service.search import ranking
from service.search.engines.postings import Bools, Floats, Impacts, Ints, PostingReader
from service.search.model import Tier
from service.search.query.expand import Alternative
from service.search.query.parser import Query, Slot


class Scores:
    """What is known of every record while one query is scored; all arrays are one value a record."""

    def __init__(self, count: int) -> None:
        self.words = np.zeros(count)
        self.tiers = np.zeros(count, np.int64)
        self.weights: list[float] = []

    @property
    def best(self) -> float:
        """The score of a record that had every word at full credit."""
        return sum(self.weights)

    def raise_to(self, tier: Tier, numbers: Ints) -> None:
        """Lift records to a tier, but never lower them."""
        self.tiers[numbers] = np.maximum(self.tiers[numbers], tier)


def score(query: Query, alternatives: Sequence[Alternative], reader: PostingReader) -> Scores:
    """Return scores and tiers of all records."""
    scores = Scores(reader.count)
    credits = [_alternative_credit(each, reader) for each in alternatives]
    complete = np.ones(reader.count, bool)
    some = np.zeros(reader.count, bool)
    for at, slot in enumerate(query.slots):
        covering = [credit for each, credit in zip(alternatives, credits, strict=True) if each.first <= at <= each.last]
        prefix = query.prefix if at == len(query.slots) - 1 else None
        credit, core = _slot_credit(slot, prefix, covering, reader)
        found = credit > 0
        weight = ranking.inverse_document_frequency(reader.count, int(found.sum()))
        scores.words += weight * credit
        scores.weights.append(weight)
        some |= found
        complete &= core | (not slot.required)
    scores.tiers[some] = Tier.SOME_WORDS
    scores.tiers[some & complete] = Tier.ALL_WORDS
    _raise_tiers(query, scores, reader)
    return scores


def _slot_credit(
    slot: Slot, prefix: str | None, covering: Sequence[Impacts], reader: PostingReader
) -> tuple[Floats, Bools]:
    credit, core = np.zeros(reader.count), np.zeros(reader.count, bool)
    own = reader.impacts(slot.term)
    credit[own.numbers] = own.values * ranking.STEM_FACTOR
    core[own.numbers] = own.core
    # The word as it was typed counts more than another form of it.
    exact = reader.postings("words", slot.word).numbers
    credit[exact] /= ranking.STEM_FACTOR
    for other in covering:
        credit[other.numbers] = np.maximum(credit[other.numbers], other.values)
        core[other.numbers] |= other.core
    for word in reader.expansions(prefix) if prefix else ():
        numbers = reader.postings("words", word).numbers
        credit[numbers] = np.maximum(credit[numbers], ranking.PREFIX_CREDIT)
        core[numbers] = True
    return credit, core


def _alternative_credit(alternative: Alternative, reader: PostingReader) -> Impacts:
    """What an alternative counts in the records that hold all its terms: the mean of these, times its weight."""
    parts = [reader.impacts(term) for term in alternative.terms]
    numbers = reduce(lambda one, two: np.intersect1d(one, two, assume_unique=True), (part.numbers for part in parts))
    places = [np.searchsorted(part.numbers, numbers) for part in parts]
    values = np.mean([part.values[at] for part, at in zip(parts, places, strict=True)], axis=0)
    core = np.all([part.core[at] for part, at in zip(parts, places, strict=True)], axis=0)
    return Impacts(numbers, values * alternative.weight, core)


def _raise_tiers(query: Query, scores: Scores, reader: PostingReader) -> None:
    if query.name:
        scores.raise_to(Tier.EXACT_NAME, reader.postings("names", query.name).numbers)
    if query.code_prefix:
        scores.raise_to(Tier.CODE_PREFIX, reader.with_code_prefix(query.code_prefix))
    for code in query.codes:
        scores.raise_to(Tier.EXACT_CODE, reader.postings("code", code).numbers)
