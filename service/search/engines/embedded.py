"""The engine of one machine: a Whoosh index on disk, scored in numpy."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Any

import numpy as np

from indexer import vocabularies
from indexer.analysis.tokenizer import stem, words
from indexer.analysis.vocabulary import Rule
from indexer.documents import DocumentReader
from indexer.locks import lease
from indexer.snapshots import MANIFEST, Snapshot, verify_files
from indexer.targets.whoosh import open_index
from service.search import ranking
from service.search.engines.columns import Columns
from service.search.engines.demands import meeting
from service.search.engines.postings import FIELDS, Bools, Ints, PostingReader, holding
from service.search.engines.scoring import Scores, alternative_impacts, score
from service.search.model import Key, Match, Page, SearchRequest, Tier
from service.search.query.expand import Alternative, expand
from service.search.query.parser import Query
from service.search.query.syntax import selects
from service.search.spelling import Speller
from service.search.suggest import Suggester, Suggestions

_LONG_PHRASE = 2


@dataclass(frozen=True, slots=True)
class _Order:
    """The matches of one search in order: record numbers, and the columns that they are sorted by, ascending."""

    numbers: Ints
    columns: tuple[np.ndarray[Any, Any], ...]


class EmbeddedEngine:
    """One snapshot opened through Whoosh. See `service.search.engines.base.Engine` for the contract."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._lock = threading.Lock()
        with ExitStack() as files:
            # Leased before it is read: from here on nobody prunes it.
            files.enter_context(lease(snapshot.path / MANIFEST))
            verify_files(snapshot)
            index = files.enter_context(closing(open_index(snapshot.path / "index")))
            reader = files.enter_context(closing(index.reader()))
            self._documents = files.enter_context(closing(DocumentReader(snapshot.path)))
            self.postings = PostingReader(reader, len(self._documents))
            self.columns = Columns(snapshot.path, len(self._documents))
            self.rules: dict[str, list[Rule]] = vocabularies.load(snapshot.path)
            self.long_phrases = _long_phrases(self.rules)
            self._suggester = self._make_suggester(snapshot)
            self._speller = self._make_speller()
            self._files = files.pop_all()

    @property
    def snapshot(self) -> str:
        """The name of the snapshot that is open."""
        return self._snapshot.name

    @property
    def manifest(self) -> dict[str, Any]:
        """Its manifest."""
        return self._snapshot.manifest

    def knows(self, word: str) -> bool:
        """Say whether any record holds the folded ``word``."""
        return self.postings.knows(word)

    def near(self, word: str) -> str | None:
        """Return the word of the index that ``word`` is most likely a misspelling of, or None."""
        return self._speller.correct(word)

    def matches_anything(self, query: Query, at: int) -> bool:
        """Say whether any record has the word of slot ``at``, or something that may stand for it."""
        if len(self.postings.impacts(query.slots[at].term)):
            return True
        if query.prefix and at == len(query.slots) - 1 and self.postings.expansions(query.prefix):
            return True
        covering = (each for each in expand(query, self) if at in each.slots)
        return any(len(alternative_impacts(each, self.postings)) for each in covering)

    def record(self, number: int) -> dict[str, Any]:
        """Return record ``number``."""
        return self._documents[number]

    def find(self, code: str) -> dict[str, Any] | None:
        """Return the record whose code is exactly ``code``, or None."""
        numbers = self.postings.postings("code", code).numbers
        return self._documents[int(numbers[0])] if len(numbers) else None

    def close(self) -> None:
        """Close all files and give the snapshot free for pruning."""
        with self._lock:
            self._files.close()

    def suggest(self, text: str, limit: int) -> Suggestions:
        """Return what may be meant by what was typed so far."""
        return self._suggester.suggest(text, limit)

    def _make_speller(self) -> Speller:
        """Words are right that a record or a rule of the vocabulary has: "glucometer" is in no official descriptor."""
        typed = {word for rules in self.rules.values() for rule in rules for word in words(rule.typed)}
        known = sorted(typed.union(self.postings.words))
        return Speller(known, lambda word: len(self.postings.postings("words", word)))

    def _make_suggester(self, snapshot: Snapshot) -> Suggester:
        documents = self.columns.having("has_document", ("true",))
        return Suggester(snapshot.path, self.postings.codes, documents)

    def search(self, request: SearchRequest, query: Query) -> Page:
        """Return the page of matches that ``request`` asks for."""
        alternatives = expand(query, self)
        active = self.columns.active(request.today)
        scores = self._scores(request, query, alternatives)
        factors = self._factors(query, active)
        scores.fractions *= factors
        found = (scores.tiers > 0) | self._found_anyway(request, query)
        admitted, masks = self._admitted(request, query, active)
        order = self._order(request, scores, active, np.flatnonzero(_all(admitted, masks) & found))
        start = self._start(request, order)
        page = order.numbers[start : start + request.limit]
        more = start + len(page) < len(order.numbers)
        return Page(
            total=len(order.numbers),
            matches=self._matches(page, scores, query, alternatives, factors if request.explain else None),
            last=self._key(order, start + len(page) - 1) if more and len(page) else None,
            facets={name: self._counts(name, admitted & found, masks) for name in request.facets},
            strict=bool((scores.tiers >= Tier.ALL_WORDS).any()) or not query.slots,
        )

    def _factors(self, query: Query, active: Bools) -> ranking.Floats:
        """What each record's fraction is multiplied by."""
        factors = np.where(active, 1.0, ranking.TERMINATED_FACTOR)
        if "modifi" not in query.terms:
            factors[self.columns.having("kind", ("modifier",))] *= ranking.MODIFIER_FACTOR
        return factors

    # -- scores and order -----------------------------------------------------------------------------

    def _scores(self, request: SearchRequest, query: Query, alternatives: Sequence[Alternative]) -> Scores:
        within = None
        if request.section is not None:
            terms = {*query.terms, *(term for each in alternatives for term in each.terms)}
            everywhere = np.arange(self.postings.count)
            within = holding(everywhere, [self.postings.postings(request.section, term) for term in terms])
        if not query.slots:
            return Scores(self.postings.count)
        scores = score(query, alternatives, self.postings, within)
        for code in query.codes if query.whole_code else ():
            self._raise_replacements(code, scores)
        return scores

    def _raise_replacements(self, code: str, scores: Scores) -> None:
        """Behind a code that has ended come the codes that its record refers to."""
        record = self.find(code)
        if record and record["ends"] and record["official"]:
            for other in record["official"].get("cross_references", ()):
                scores.raise_to(Tier.REPLACEMENT, self.postings.postings("code", other).numbers)

    @staticmethod
    def _found_anyway(request: SearchRequest, query: Query) -> bool:
        return not request.q.strip() or (query.demand is not None and (not query.slots or selects(query.demand)))

    def _order(self, request: SearchRequest, scores: Scores, active: Bools, numbers: Ints) -> _Order:
        if request.sort == "code" or (request.sort == "relevance" and not scores.parts):
            return _Order(numbers, (numbers,))
        if request.sort != "relevance":
            newest_first = -self.columns.dates[request.sort][numbers]
            order = np.lexsort((numbers, newest_first))
            return _Order(numbers[order], (newest_first[order], numbers[order]))
        tiers, fractions = scores.tiers[numbers], scores.fractions[numbers]
        order = ranking.ranked(tiers, fractions, active[numbers], numbers)
        columns = (-tiers, -fractions, (~active[numbers]).astype(np.int64), numbers)
        return _Order(numbers[order], tuple(column[order] for column in columns))

    def _start(self, request: SearchRequest, order: _Order) -> int:
        if request.after is None:
            return request.offset
        *values, code = request.after
        if len(values) + 1 != len(order.columns):
            return len(order.numbers)
        # A code that is gone from this snapshot still has its place between those before and after it.
        place = self.postings.code_range("", str(code)).stop - 1
        keys = [*(float(value) for value in values), float(place)]
        return ranking.first_after(list(zip(order.columns, keys, strict=True)))

    def _key(self, order: _Order, at: int) -> Key:
        values = (float(column[at]) for column in order.columns[:-1])
        return (*values, self.postings.codes[int(order.numbers[at])])

    # -- what a match tells ---------------------------------------------------------------------------

    def _matches(
        self,
        numbers: Ints,
        scores: Scores,
        query: Query,
        alternatives: Sequence[Alternative],
        factors: ranking.Floats | None,
    ) -> tuple[Match, ...]:
        terms = self._terms(numbers, query, alternatives)
        fields = self._fields(numbers, terms)
        matches = []
        for number, held, inside in zip(map(int, numbers), terms, fields, strict=True):
            tier = Tier(int(scores.tiers[number]))
            by_code = tier in (Tier.EXACT_CODE, Tier.CODE_PREFIX) and "code" not in inside
            names = ("code", *inside) if by_code else tuple(inside)
            score = round(tier + float(scores.fractions[number]), 4)
            parts = () if factors is None else tuple(scores.explained(number, tier, float(factors[number])))
            matches.append(Match(number, tier, score, names, frozenset(held), parts))
        return tuple(matches)

    def _terms(self, numbers: Ints, query: Query, alternatives: Sequence[Alternative]) -> list[set[str]]:
        """For each record, the terms it matches by: words of the query, alternatives it holds whole, completions."""
        terms = [set(query.terms) for _ in numbers]
        for each in alternatives:
            holds = np.all([np.isin(numbers, self.postings.impacts(term).numbers) for term in each.terms], axis=0)
            for at in np.flatnonzero(holds):
                terms[int(at)].update(each.terms)
        for word in self.postings.expansions(query.prefix) if query.prefix else ():
            for at in np.flatnonzero(np.isin(numbers, self.postings.postings("words", word).numbers)):
                terms[int(at)].add(stem(word))
        return terms

    def _fields(self, numbers: Ints, terms: Sequence[set[str]]) -> list[list[str]]:
        """For each record, the fields that hold one of its terms, strongest first."""
        inside: list[list[str]] = [[] for _ in numbers]
        everything = sorted(set().union(*terms)) if terms else []
        for name in ("code", *(field.name for field in FIELDS)):
            for term in everything:
                key = term.upper() if name == "code" else term
                for at in np.flatnonzero(holding(numbers, [self.postings.postings(name, key)])):
                    if term in terms[int(at)] and name not in inside[int(at)]:
                        inside[int(at)].append(name)
        return inside

    # -- filters --------------------------------------------------------------------------------------

    def _admitted(self, request: SearchRequest, query: Query, active: Bools) -> tuple[Bools, dict[str, Bools]]:
        """Return which records status and demand admit, and one mask for each facet that is filtered."""
        admitted = np.ones(self.postings.count, bool)
        if request.status is not None:
            admitted &= active if request.status == "active" else self.columns.ended(request.today)
        if query.demand is not None:
            admitted &= meeting(query.demand, self.postings, self.columns)
        return admitted, self.columns.masks(request.filters)

    def _counts(self, facet: str, found: Bools, masks: dict[str, Bools]) -> dict[str, int]:
        others = {name: mask for name, mask in masks.items() if name != facet}
        return self.columns.counts(facet, _all(found, others))


def _long_phrases(rules: Mapping[str, Sequence[Rule]]) -> dict[str, list[str]]:
    by_word: dict[str, list[str]] = {}
    for phrase in rules:
        words_of_it = dict.fromkeys(phrase.split())
        for word in words_of_it if len(words_of_it) >= _LONG_PHRASE else ():
            by_word.setdefault(word, []).append(phrase)
    return by_word


def _all(mask: Bools, masks: dict[str, Bools]) -> Bools:
    for each in masks.values():
        mask = mask & each
    return mask
