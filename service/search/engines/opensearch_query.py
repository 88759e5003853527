"""A plan as a query of OpenSearch: values in, values out; no cluster is asked here.

A record's score there is our tier plus our fraction, put together of the impacts that lie in the index. It is right to
about `Asked.error`; the formula itself, on what the best records hold, settles their order.
"""

from __future__ import annotations

import bisect
import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.compiled import bits
from indexer.compiled.reader import TermIndex
from indexer.opensearch.layout import COARSE, MOST_TERMS, PRECISE, feature
from service.search import ranking
from service.search.engines.layouts import FIRST_WORD, LIST, NOTHING, PREFIX, TOGETHER
from service.search.engines.lexicon import Leaf
from service.search.engines.plan import Plan, PlannedSlot
from service.search.errors import BadRequest
from service.search.model import Tier

Clause = dict[str, Any]

#: OpenSearch refuses queries of more than 1,024 clauses.
_MOST_CLAUSES = 1_000
#: Clauses that hold no others.
_SINGLE = frozenset(("term", "terms", "range", "prefix", "match_phrase", "rank_feature", "match_all", "match_none"))
#: Single-precision sums of tiers and fractions are off by less.
_ROUNDING = 4e-6
#: Codes side by side that are named one by one where there are more such runs.
_MOST_RUNS = 256
#: Leaves of a slot that are left where nothing else makes a query short enough.
_FEWEST_LEAVES = 3
_WORDS_KEPT = 1 << 15


@dataclass(frozen=True, slots=True)
class Scoring:
    """What a query is made of beside its plan: how many records hold something for each slot, the records of which
    words count, the section asked about, the day, and whether modifiers count in full.
    """

    count: int
    holding: Sequence[int]
    within: str | None
    section: str | None
    today: datetime.date
    modifiers_too: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A query that scores, by how much its scores may be off, and what all records of tier `ALL_WORDS` and up meet."""

    scored: Clause
    error: float
    strict: Clause


class Builder:
    """Makes the queries of one index from its words and codes."""

    def __init__(self, index: TermIndex) -> None:
        self._index = index
        self._first = index.first
        self._order = np.argsort(index.word_stems, kind="stable")
        self._stems_in_order = index.word_stems[self._order]
        self._word = lru_cache(_WORDS_KEPT)(self._find_word)

    def asked(self, plan: Plan, scoring: Scoring) -> Asked:
        """Return the query of a plan that has slots, as exact as its length allows."""
        error = 0.0
        for level in range(4):
            each = plan if level < 3 else _shortened(plan)
            parts = _Parts(self, each, scoring, fine=level == 0, features=level < 2)
            scored, strict = parts.scored(), parts.strict()
            error = _ROUNDING + (PRECISE if level == 0 else COARSE) + (1.0 - ranking.WEIGHTS["words"]) * (level > 1)
            if clauses(scored) <= _MOST_CLAUSES:
                break
        return Asked(scored, error, strict)

    def holding(self, leaves: Iterable[Leaf], plan: Plan) -> list[Clause]:
        """Return clauses of which a record meets one if any of some leaves finds it; those of a leaf come once."""
        words, others = self._begun(leaves)
        clauses = [
            every([held(term) for term in self.group(leaf, plan)])
            if leaf.kind == TOGETHER
            else held(self.stem_of(leaf))
            for leaf in others
        ]
        return [*([{"terms": {"words.any": words}}] if words else []), *clauses]

    def core(self, leaves: Iterable[Leaf], plan: Plan) -> list[Clause]:
        """Return the same where the leaves have to be in fields that say what a procedure is; completions need not."""
        words, others = self._begun(leaves)
        stems = [self.stem_of(leaf) for leaf in others if leaf.kind == LIST]
        groups = [self.group(leaf, plan) for leaf in others if leaf.kind == TOGETHER]
        clauses: list[Clause] = [{"terms": {"words.any": words}}] if words else []
        clauses += [{"terms": {"core": stems}}] if stems else []
        clauses += [held(self.stem_of(leaf)) for leaf in others if leaf.kind == PREFIX]
        return [*clauses, *(every([{"term": {"core": stem}} for stem in group]) for group in groups)]

    def _begun(self, leaves: Iterable[Leaf]) -> tuple[list[str], list[Leaf]]:
        """Return the words of completions, and the other leaves; each once."""
        distinct = dict.fromkeys(leaves)
        others = [leaf for leaf in distinct if leaf.kind != PREFIX or not leaf.form]
        return [self.word_of(leaf) for leaf in distinct if leaf.kind == PREFIX and leaf.form], others

    def stem_of(self, leaf: Leaf) -> str:
        """Return the stem of a leaf that has postings."""
        return self._index.stems[bisect.bisect_right(self._first, leaf.start) - 1]

    def word_of(self, leaf: Leaf) -> str:
        """Return the word that a completion stands for: that of its stem with its form."""
        return self._word(bisect.bisect_right(self._first, leaf.start) - 1, leaf.form)

    def group(self, leaf: Leaf, plan: Plan) -> list[str]:
        """Return the stems of a group."""
        return [plan.terms[place].text for place in plan.together[leaf.start : leaf.end]]

    def codes(self, runs: Sequence[tuple[int, int]]) -> Clause:
        """Return what the records in some runs (first, end) meet."""
        codes = self._index.codes
        single = [first for first, end in runs if end == first + 1]
        longer = [(first, end) for first, end in runs if end > first + 1]
        if len(longer) > _MOST_RUNS:
            single += [number for first, end in longer for number in range(first, end)]
            longer = []
        if len(single) > MOST_TERMS:
            raise BadRequest("valueSet", f"at most {MOST_TERMS} codes that do not lie side by side", str(len(single)))
        clauses: list[Clause] = [
            {"range": {"code": {"gte": codes[first], "lte": codes[end - 1]}}} for first, end in longer
        ]
        if single:
            clauses.append({"terms": {"code": [codes[number] for number in single]}})
        return some(clauses)

    def only(self, mask: NDArray[np.bool_]) -> Clause:
        """Return what the records meet for which ``mask`` is true."""
        edges = np.flatnonzero(np.diff(np.concatenate(([0], mask.astype(np.int8), [0]))))
        return self.codes([(int(first), int(end)) for first, end in edges.reshape(-1, 2)])

    def _find_word(self, stem: int, form: int) -> str:
        places = self._order[slice(*np.searchsorted(self._stems_in_order, (stem, stem + 1)))].tolist()
        return next(self._index.words[at] for at in places if self._index.word(at)[1] == form)


class _Parts:
    """The parts of the query of one plan. Without ``fine`` numbers are taken as their first feature has them, without
    ``features`` only words score.
    """

    def __init__(self, builder: Builder, plan: Plan, scoring: Scoring, *, fine: bool, features: bool) -> None:
        self._builder, self._plan, self._scoring = builder, plan, scoring
        self._fine, self._features_too = fine, features
        slots = [slot for slot in plan.slots if slot.required]
        self._holding = builder.holding((leaf for slot in slots for leaf in found_leaves(slot)), plan)
        self._core = [builder.core(found_leaves(slot), plan) for slot in slots]

    def scored(self) -> Clause:
        """Return what scores tier plus fraction, and finds whatever has a tier."""
        matching = self._some()
        graded = [_constant(matching, Tier.SOME_WORDS), _constant(self._complete(), Tier.ALL_WORDS), *self._raises(0)]
        fraction = {"bool": {"filter": [matching], "should": self._summands()}}
        return {"bool": {"must": [_best(graded)], "should": [self._multiplied(fraction)]}}

    def strict(self) -> Clause:
        """Return what all records meet that have all words, or better."""
        return some([self._complete(), *self._raises(Tier.ALL_WORDS)])

    def _some(self) -> Clause:
        """Return what records meet that have some word, in the section asked for."""
        clauses = [some(self._holding)]
        if self._scoring.within is not None:
            field = f"text.{self._scoring.within}"
            clauses.append({"terms": {field: [term.text for term in self._plan.terms]}})
        return every(clauses)

    def _complete(self) -> Clause:
        within = [] if self._scoring.within is None else [self._some()]
        return every([*within, *map(some, self._core)])

    def _raises(self, least: int) -> Iterator[Clause]:
        tiers: dict[int, list[tuple[int, int]]] = {}
        for first, end, tier in self._plan.raises:
            if end > first and tier >= least:
                tiers.setdefault(tier, []).append((first, end))
        for tier, runs in tiers.items():
            yield _constant(self._builder.codes(runs), tier)

    def _multiplied(self, fraction: Clause) -> Clause:
        """Return a fraction that counts less for codes no longer in use, and for modifiers nobody asked for."""
        functions: list[Clause] = [{"filter": refuse(active(self._scoring.today)), "weight": ranking.TERMINATED_FACTOR}]
        if not self._scoring.modifiers_too:
            functions.append({"filter": {"term": {"facets.kind": "modifier"}}, "weight": ranking.MODIFIER_FACTOR})
        modes = {"score_mode": "multiply", "boost_mode": "multiply"}
        return {"function_score": {"query": fraction, "functions": functions, **modes}}

    def _summands(self) -> list[Clause]:
        scoring = self._scoring
        weights = [
            slot.factor * ranking.inverse_document_frequency(scoring.count, holding)
            for slot, holding in zip(self._plan.slots, scoring.holding, strict=True)
        ]
        scale = ranking.share("words") / sum(weights)
        scored = zip(self._plan.slots, weights, strict=True)
        summands = [_best(found) for slot, weight in scored if (found := self._slot(slot, weight * scale))]
        if self._features_too:
            summands += [*self._head(), *self._coverage(), *self._adjacency(), *self._section()]
        return summands

    def _slot(self, slot: PlannedSlot, weight: float) -> list[Clause]:
        """Return what scores a word: the best of what may stand for it."""
        clauses: list[Clause] = []
        begun: dict[float, list[Leaf]] = {}
        for leaf in found_leaves(slot):
            if leaf.kind == PREFIX:
                begun.setdefault(leaf.typed, []).append(leaf)
            elif leaf.kind == TOGETHER:
                clauses.append(self._together(leaf, weight))
            else:
                stem = self._builder.stem_of(leaf)
                clauses.append(some(self._impact(stem, weight * leaf.other)))
                if leaf.form and leaf.typed != leaf.other:
                    must, *rest = self._impact(stem, weight * leaf.typed)
                    clauses.append({"bool": {"filter": [word(slot.word)], "must": [must], "should": rest}})
        for credit, leaves in begun.items():
            clauses.append(_constant(some(self._builder.holding(leaves, self._plan)), weight * credit))
        return clauses

    def _together(self, leaf: Leaf, weight: float) -> Clause:
        """Return what scores a group: what its terms count on average, where all are there."""
        stems = self._builder.group(leaf, self._plan)
        impacts = [self._impact(stem, weight * leaf.typed / len(stems)) for stem in stems]
        rest = [clause for _, *low in impacts for clause in low]
        return {"bool": {"must": [high for high, *_ in impacts], "should": rest}}

    def _impact(self, stem: str, weight: float) -> list[Clause]:
        return self._features("impacts", "impacts_low", stem, weight)

    def _features(self, high: str, low: str, stem: str, weight: float) -> list[Clause]:
        fields = (high, low) if self._fine else (high,)
        return [
            {"rank_feature": {"field": f"{field}.{feature(stem)}", "linear": {}, "boost": weight}} for field in fields
        ]

    def _head(self) -> Iterator[Clause]:
        roles = list(zip(self._plan.terms, self._plan.roles, strict=True))
        share, graded = ranking.share("head"), []
        for wanted, worth in ((True, 1.0), (False, ranking.OTHER_HEAD)):
            stems = [term.text for term, role in roles if role != NOTHING and (role == FIRST_WORD) == wanted]
            if stems:
                graded.append(_constant({"terms": {"heads": stems}}, share * worth))
        if graded:
            yield _best(graded)

    def _coverage(self) -> Iterator[Clause]:
        share = ranking.share("coverage")
        stems = [
            term.text
            for term, role in zip(self._plan.terms, self._plan.roles, strict=True)
            if role and term.number >= 0
        ]
        fields = [
            some(
                [each for stem in stems for each in self._features(f"shares.{name}", f"shares.{name}_low", stem, share)]
            )
            for name in bits.SINGLE
        ]
        if stems:
            yield _best(fields)

    def _adjacency(self) -> Iterator[Clause]:
        chains = []
        for chain in self._plan.chains:
            texts = [self._plan.terms[place].text for place in chain]
            share = ranking.share("adjacency") / (len(chain) - 1)
            beside = [
                _best(
                    [
                        _constant({"term": {"pairs": f"{one} {two}"}}, share),
                        _constant({"term": {"near": f"{one} {two}"}}, share * ranking.NEAR),
                    ]
                )
                for one, two in pairwise(texts)
            ]
            chains.append(some(beside))
        if chains:
            yield _best(chains)

    def _section(self) -> Iterator[Clause]:
        if self._scoring.section is not None:
            yield _constant({"term": {"sections": self._scoring.section}}, ranking.share("section"))


def held(stem: str) -> Clause:
    """Return what records meet that hold a stem anywhere, also as their code."""
    return {"rank_feature": {"field": f"impacts.{feature(stem)}", "linear": {}}}


def word(text: str) -> Clause:
    """Return what records meet that hold a folded word."""
    return {"term": {"words.any": text}}


def active(day: datetime.date) -> Clause:
    """Return what records meet whose code may be used on a day."""
    number = day_number(day)
    return every([{"range": {"dates.added": {"lte": number}}}, {"range": {"dates.ends": {"gte": number}}}])


def ended(day: datetime.date) -> Clause:
    """Return what records meet the last day of use of whose code lies before a day."""
    return {"range": {"dates.ends": {"lt": day_number(day)}}}


def day_number(day: datetime.date) -> int:
    """Return a day as the number that stands for it in the index."""
    return int(day.strftime("%Y%m%d"))


def every(clauses: Sequence[Clause]) -> Clause:
    """Return what records meet that meet all of some clauses; of none, all records."""
    if not clauses:
        return {"match_all": {}}
    return clauses[0] if len(clauses) == 1 else {"bool": {"filter": list(clauses)}}


def some(clauses: Sequence[Clause]) -> Clause:
    """Return what records meet that meet one of some clauses, whose scores add up; of none, no record."""
    if not clauses:
        return {"match_none": {}}
    return clauses[0] if len(clauses) == 1 else {"bool": {"should": list(clauses), "minimum_should_match": 1}}


def refuse(clause: Clause) -> Clause:
    """Return what records meet that do not meet a clause."""
    return {"bool": {"must_not": [clause]}}


def clauses(query: Any) -> int:
    """Return the number of clauses in a query that hold no others."""
    if isinstance(query, list):
        return sum(map(clauses, query))
    if not isinstance(query, dict):
        return 0
    return sum(1 if name in _SINGLE else clauses(value) for name, value in query.items())


def _constant(clause: Clause, score: float) -> Clause:
    return {"constant_score": {"filter": clause, "boost": float(score)}}


def _best(queries: Sequence[Clause]) -> Clause:
    return queries[0] if len(queries) == 1 else {"dis_max": {"queries": list(queries)}}


def found_leaves(slot: PlannedSlot) -> Iterator[Leaf]:
    """Yield the leaves that find anything."""
    return (leaf for leaf in slot.leaves if leaf.end > leaf.start)


def _shortened(plan: Plan) -> Plan:
    """Return a plan with the first few leaves of each slot."""
    slots = [slot._replace(leaves=slot.leaves[:_FEWEST_LEAVES]) for slot in plan.slots]
    return plan._replace(slots=slots, chains=[])
