"""Scores every record for one query: words, alternatives, features, tiers. Arithmetic on arrays only.

A slot of the query gives a record *credit* from 0 to 1: what its word counts there, or what the best alternative that
covers it counts. The words' part of a record's fraction is the sum of credits, each times the inverse document
frequency of its slot, over the sum of these weights; features add theirs (see `service.search.ranking.WEIGHTS`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce

import numpy as np

from indexer.analysis.vocabulary import ONE_WAY_WEIGHT
from indexer.schema import SECTION_FIELDS
from service.search import ranking
from service.search.engines import features
from service.search.engines.postings import Bools, Floats, Impacts, Ints, PostingReader
from service.search.model import Part, Tier
from service.search.query.expand import Alternative
from service.search.query.parser import Query, Slot

#: How many codes before and after one that does not exist are shown for it.
_NEIGHBORS = 3
#: Neighbouring words are looked for in the query itself and in a few of its readings, and not in a whole essay.
_MOST_CHAINS = 6
_LONGEST_CHAIN = 10


class Scores:
    """What is known of every record for one query; all arrays are one value a record."""

    def __init__(self, count: int) -> None:
        self.tiers = np.zeros(count, np.int64)
        self.fractions = np.zeros(count)
        self.parts: list[tuple[str, str | None, Floats]] = []

    def add(self, name: str, word: str | None, values: Floats) -> None:
        """Add one summand to the fractions."""
        self.fractions += values
        self.parts.append((name, word, values))

    def raise_to(self, tier: Tier, numbers: Ints) -> None:
        """Lift records to a tier, but never lower them."""
        self.tiers[numbers] = np.maximum(self.tiers[numbers], tier)

    def explained(self, number: int, tier: Tier, factor: float) -> Iterator[Part]:
        """Yield the summands of one record's score; ``factor`` is what its fraction was multiplied by."""
        yield Part("tier", None, float(tier))
        for name, word, values in self.parts:
            if values[number]:
                yield Part(name, word, float(values[number]) * factor)


def score(query: Query, alternatives: Sequence[Alternative], reader: PostingReader, within: Bools | None) -> Scores:
    """Return scores and tiers of all records; only words in ``within`` (records) count, where it is given."""
    scores = Scores(reader.count)
    some, complete = _score_words(query, alternatives, reader, scores)
    if within is not None:
        some &= within
    scores.tiers[some] = Tier.SOME_WORDS
    scores.tiers[some & complete] = Tier.ALL_WORDS
    _add_features(query, alternatives, reader, scores, some)
    _raise_tiers(query, alternatives, reader, scores)
    return scores


def _score_words(
    query: Query, alternatives: Sequence[Alternative], reader: PostingReader, scores: Scores
) -> tuple[Bools, Bools]:
    """Add the words' summands; return which records have some word, and which have all that are required."""
    credits = [alternative_impacts(each, reader) for each in alternatives]
    some, complete = np.zeros(reader.count, bool), np.ones(reader.count, bool)
    weighed: list[tuple[Slot, Floats, float]] = []
    for at, slot in enumerate(query.slots):
        pairs = zip(alternatives, credits, strict=True)
        covering = [credit for each, credit in pairs if at in each.slots]
        prefix = query.prefix if at == len(query.slots) - 1 else None
        credit, core = _slot_credit(slot, prefix, covering, reader)
        found = credit > 0
        weight = ranking.inverse_document_frequency(reader.count, int(found.sum()))
        weighed.append((slot, credit, weight if slot.required else weight * ranking.LIGHT_FACTOR))
        some |= found & slot.required
        complete &= core | (not slot.required)
    best = sum(weight for _, _, weight in weighed) or 1.0
    for slot, credit, weight in weighed:
        scores.add("word", slot.word, credit * (weight / best * ranking.share("words")))
    return some, complete


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


def alternative_impacts(alternative: Alternative, reader: PostingReader) -> Impacts:
    """What an alternative counts in the records that hold all its terms: the mean of these, times its weight."""
    parts = [reader.impacts(term) for term in alternative.terms]
    numbers = reduce(lambda one, two: np.intersect1d(one, two, assume_unique=True), (part.numbers for part in parts))
    places = [np.searchsorted(part.numbers, numbers) for part in parts]
    values = np.mean([part.values[at] for part, at in zip(parts, places, strict=True)], axis=0)
    core = np.all([part.core[at] for part, at in zip(parts, places, strict=True)], axis=0)
    return Impacts(numbers, values * alternative.weight, core)


def _add_features(
    query: Query, alternatives: Sequence[Alternative], reader: PostingReader, scores: Scores, some: Bools
) -> None:
    required = [slot.term for slot in query.slots if slot.required]
    everything = [*required, *(term for each in alternatives for term in each.terms)]
    chains = [required, *(_replaced(query, each) for each in alternatives)][:_MOST_CHAINS]
    adjacency = reduce(np.maximum, (features.adjacency(chain[:_LONGEST_CHAIN], reader) for chain in chains))
    values = {
        "adjacency": adjacency,
        "head": features.head(everything, reader),
        "coverage": features.coverage(list(dict.fromkeys(everything)), reader),
        # Of two records that match alike, the one that explains the procedure helps more.
        "document": np.minimum(reader.lengths("summary"), 1.0),
    }
    if query.section in SECTION_FIELDS:
        values["section"] = np.minimum(reader.lengths(query.section), 1.0)
    for name, value in values.items():
        scores.add(name, None, np.where(some, value * ranking.share(name), 0.0))


def _replaced(query: Query, alternative: Alternative) -> list[str]:
    """The required terms of the query with those of an alternative in their place."""
    first = alternative.slots[0]
    others = [(at, slot.term) for at, slot in enumerate(query.slots) if slot.required and at not in alternative.slots]
    before = [term for at, term in others if at < first]
    return [*before, *alternative.terms, *(term for at, term in others if at > first)]


def _raise_tiers(query: Query, alternatives: Sequence[Alternative], reader: PostingReader, scores: Scores) -> None:
    required = {at for at, slot in enumerate(query.slots) if slot.required}
    for each in alternatives:
        # What the whole query stands for is as good a name as the query itself, unless it is only a guess.
        if each.weight >= ONE_WAY_WEIGHT and required <= set(each.slots):
            scores.raise_to(Tier.EXACT_NAME, reader.postings("names", " ".join(each.terms)).numbers)
    if query.name:
        scores.raise_to(Tier.EXACT_NAME, reader.postings("names", query.name).numbers)
    if query.code_prefix:
        scores.raise_to(Tier.CODE_PREFIX, reader.with_code_prefix(query.code_prefix))
    for code in query.codes:
        found = reader.postings("code", code).numbers
        scores.raise_to(Tier.EXACT_CODE, found)
        if query.whole_code and not len(found):
            scores.raise_to(Tier.NEIGHBOR, reader.code_neighbors(code, _NEIGHBORS))
