"""The engine of one machine: the compiled index of a snapshot, mapped into memory."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from functools import lru_cache, reduce
from itertools import islice
from typing import Any

import numpy as np

from indexer.compiled import bits
from indexer.compiled.reader import CompiledIndex
from indexer.damage import Damage, Watch
from indexer.documents import CARDS, DocumentReader
from indexer.locks import lease
from indexer.snapshots import INDEX, MANIFEST, Snapshot, verify_files
from indexer.suggestions import SuggestionIndex
from indexer.thesaurus import open_thesaurus
from service.search import ranking
from service.search.engines import ordering
from service.search.engines.columns import Bools, Columns
from service.search.engines.demands import Asked, meeting
from service.search.engines.evaluate import SECTION_BITS, Best, Conditions, Evaluator, Factors, TextReader, may_be_read
from service.search.engines.evidence import Witness, holding
from service.search.engines.layouts import TOGETHER
from service.search.engines.lexicon import Leaf, Lexicon
from service.search.engines.machine import machine_for
from service.search.engines.plan import Plan, make_plan
from service.search.engines.planner import Planned, Planner
from service.search.engines.raises import add_raises, raises
from service.search.engines.reference import together
from service.search.engines.showing import Shower
from service.search.model import Evidence, Key, Match, Page, Ready, SearchRequest, Span, Tier
from service.search.query.expand import Alternative, expand
from service.search.query.parser import MODIFIER_TERM, Given, Query, Unread, as_given, parse_query
from service.search.query.syntax import Node, selects
from service.search.suggest import Suggester, Suggestions

_DAYS_KEPT = 4
_TIERS = tuple(Tier)


class EmbeddedEngine:
    """One snapshot opened on this machine. See `service.search.engines.base.Engine` for the contract."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        # Watched before it is opened: a change in between is told as well.
        self._watch = Watch(snapshot, unread=INDEX)
        self._lock = threading.Lock()
        with ExitStack() as files:
            # Leased before it is read: from here on nobody prunes it.
            files.enter_context(lease(snapshot.path / MANIFEST))
            # Whoosh's index is for builds and for proofs, and is not opened here.
            verify_files(snapshot, unread=INDEX)
            self._documents = files.enter_context(closing(DocumentReader(snapshot.path)))
            self._cards = files.enter_context(closing(DocumentReader(snapshot.path, CARDS)))
            self.index = CompiledIndex(snapshot.path)
            self.columns = Columns(snapshot.path, len(self._documents))
            self.thesaurus = open_thesaurus(snapshot.path)
            self.lexicon = Lexicon(self.index, self.thesaurus)
            self._machine = machine_for(self.index)
            self.evaluator = Evaluator(self.index, self._machine)
            self._witness = Witness(self.index, self._machine)
            self._shower: Shower | None = None
            self._planner: Planner | None = None
            if self._machine is not None:
                self._shower = Shower(snapshot.path, self.index, self._machine, self._witness)
                self._planner = Planner(self._machine, self.index, self.lexicon, self._raises)
            self._suggester = Suggester(SuggestionIndex(snapshot.path), self.index.codes)
            self._speller = self.lexicon.speller()
            self._files = files.pop_all()
        self._modifiers = self.columns.having("kind", ("modifier",))
        self._factors = lru_cache(2 * _DAYS_KEPT)(self._make_factors)

    @property
    def snapshot(self) -> str:
        """The name of the snapshot that is open."""
        return self._snapshot.name

    @property
    def manifest(self) -> dict[str, Any]:
        """Its manifest."""
        return self._snapshot.manifest

    def readings(self, term: str) -> tuple[str, ...]:
        """Return what a stem may stand for by the vocabulary, as written there."""
        return self.thesaurus.readings(term)

    def knows(self, word: str) -> bool:
        """Say whether any record holds the folded ``word``."""
        return self.lexicon.knows(word)

    def near(self, word: str) -> str | None:
        """Return the word of the index that ``word`` is most likely a misspelling of, or None."""
        return self._speller.correct(word)

    def meets(self, demand: Node, numbers: Sequence[int]) -> list[bool]:
        """Say of each of some records whether it meets ``demand``."""
        met = self._meeting(demand)
        return [bool(met[number]) for number in numbers]

    def unmatched(self, page: Page) -> tuple[int, ...]:
        """Return the places of the slots that nothing matches, neither their word nor what may stand for it."""
        if page.plan is None:
            return ()
        if isinstance(page.plan, Planned) and page.plan.unfound is not None:
            return page.plan.unfound
        plan = _whole(page.plan)
        found = [any(self._finds(leaf, plan) for leaf in slot.leaves) for slot in plan.slots]
        return tuple(at for at, any_ in enumerate(found) if not any_)

    def record(self, number: int) -> dict[str, Any]:
        """Return record ``number``."""
        return self._documents[number]

    def records(self, numbers: Sequence[int]) -> Iterator[dict[str, Any]]:
        """Yield records by their numbers."""
        return map(self._documents.__getitem__, numbers)

    def cards(self, numbers: Sequence[int]) -> list[dict[str, Any]]:
        """Return the cards of records."""
        return [self._cards[number] for number in numbers]

    def card(self, number: int) -> dict[str, Any]:
        """Return what a list of hits shows of record ``number``."""
        return self._cards[number]

    def lines(self, numbers: Sequence[int]) -> list[bytes]:
        """Return the cards of records as JSON."""
        return list(map(self._cards.line, numbers))

    def find(self, code: str) -> dict[str, Any] | None:
        """Return the record whose code is exactly ``code``, or None."""
        number = self.index.codes.find(code)
        return self._documents[number] if number >= 0 else None

    def evidence(self, page: Page) -> list[Evidence]:
        """Return why each match of ``page`` matches."""
        return self._witness.evidence(page.matches, None if page.plan is None else _whole(page.plan))

    def shown(self, page: Page, query: Query | Unread, section: str | None) -> list[bytes | None]:
        """Return what is shown of why each match of ``page`` matches; None where texts have to be read."""
        if self._shower is None or page.plan is None:
            return [None] * len(page.matches)
        return self._shower.shown(page.matches, page.plan, query, section)

    def spans(self, evidence: Evidence, field: str, text: str) -> list[Span] | None:
        """Return where the words that match stand in the text of a field; None where it has to be read."""
        return self._witness.spans(evidence, field, text)

    def damage(self) -> Damage | None:
        """Return what is wrong with the files of the snapshot now."""
        return self._watch.look()

    def close(self) -> None:
        """Close all files and give the snapshot free for pruning."""
        with self._lock:
            self._files.close()

    def suggest(self, text: str, limit: int) -> Suggestions:
        """Return what may be meant by what was typed so far."""
        return self._suggester.suggest(text, limit)

    def search_text(
        self,
        request: SearchRequest,
        deadline: int = 0,
        only: Bools | None = None,
        *,
        ready: bool = False,
        corrected: bool = False,
    ) -> tuple[Query | Unread, Page]:
        """Read the text of a request, and return what it is with the page of matches, see `Engine.search_text`."""
        if self._planner and request.section is None and _is_usual(request):
            text = as_given(request.q)
            reader = TextReader(self._planner, self._plan, self._shower if ready else None, corrected)
            found = text and self._read(text, reader, request, deadline, only)
            if found:
                return found
        query = parse_query(request.q)
        return query, self.search(request, query, deadline, only)

    def _read(
        self, text: Given, reader: TextReader, request: SearchRequest, deadline: int, only: Bools | None
    ) -> tuple[Unread | Query, Page] | None:
        """Let the kernel read a text; None where it cannot, or where the page shows records with none of its words."""
        if not may_be_read(text, request):
            # To ask what is demanded beside costs more than to look.
            return None
        factors = self._factors(request.today, False)
        conditions = self._conditions(request, text, factors, deadline, only)
        found = self.evaluator.best_read(reader, text, request, conditions)
        if found is None:
            return None
        best: Best | None = found.best
        if text.demand is not None and selects(text.demand):
            best = self._with_the_rest(request, found.best, conditions)
        if best is None:
            return None
        return found.planned.query, self._best_page(request, best, found.planned, found.ready)

    def search(self, request: SearchRequest, query: Query, deadline: int = 0, only: Bools | None = None) -> Page:
        """Return the page of matches that ``request`` asks for, of ``only`` these; a partial one at ``deadline``."""
        factors = self._factors(request.today, MODIFIER_TERM in query.terms)
        conditions = self._conditions(request, query, factors, deadline, only)
        everything = _finds_by_itself(request, query)
        if query.slots and _is_usual(request):
            found, ranked, conditions = self._ranked(request, query, conditions)
            best = self._with_the_rest(request, found, conditions) if everything else found
            if best is not None:
                return self._best_page(request, best, ranked)
            plan = _whole(ranked)
        else:
            plan = self._plan(query)
            conditions = self._within(request, plan, conditions)
        return self._any_page(request, query, plan, conditions, everything=everything)

    # -- the words of the index ----------------------------------------------------------------------

    def _finds(self, leaf: Leaf, plan: Plan) -> bool:
        if leaf.kind != TOGETHER:
            return leaf.end > leaf.start
        terms = [plan.terms[place] for place in plan.together[leaf.start : leaf.end]]
        return len(together([self.index.between(term.start, term.end) for term in terms], 1.0)[0]) > 0

    # -- what a query means here ---------------------------------------------------------------------

    def _plan(self, query: Query) -> Plan:
        alternatives = expand(query, self.lexicon)
        plan = make_plan(query, alternatives, self.lexicon)
        if query.slots:
            add_raises(plan, query, alternatives, self.index, self._documents.__getitem__)
        return plan

    # -- what is asked beside the words --------------------------------------------------------------

    def _make_factors(self, day: datetime.date, modifiers_too: bool) -> Factors:
        active = self.columns.active(day)
        factors = np.where(active, 1.0, ranking.TERMINATED_FACTOR)
        if not modifiers_too:
            factors[self._modifiers] *= ranking.MODIFIER_FACTOR
        return Factors(factors, active)

    def _raises(self, query: Query, alternatives: Sequence[Alternative]) -> Sequence[tuple[int, int, int]]:
        return raises(query, alternatives, self.index, self._documents.__getitem__)

    def _conditions(
        self, request: SearchRequest, query: Query | Given, factors: Factors, deadline: int, only: Bools | None
    ) -> Conditions:
        """Return what holds for a search."""
        admitted = self._admitted(request, query, factors.active)
        for mask in self.columns.masks(request.filters).values():
            admitted = mask if admitted is None else admitted & mask
        if only is not None:
            admitted = only if admitted is None else admitted & only
        section_bit = -1 if query.section is None else SECTION_BITS.get(query.section, -1)
        return Conditions(factors, admitted, None, section_bit, deadline, only)

    def _admitted(self, request: SearchRequest, query: Query | Given, active: Bools) -> Bools | None:
        """Return which records status and demand admit; None: all."""
        admitted = None
        if request.status is not None:
            admitted = active if request.status == "active" else self.columns.ended(request.today)
        if query.demand is not None:
            met = self._meeting(query.demand)
            admitted = met if admitted is None else admitted & met
        return admitted

    def _meeting(self, demand: Node) -> Bools:
        return meeting(demand, Asked(self.index, self.columns, self._machine))

    # -- pages ---------------------------------------------------------------------------------------

    def _ranked(
        self, request: SearchRequest, query: Query, conditions: Conditions
    ) -> tuple[Best, Plan | Planned, Conditions]:
        """Return the records of the usual page, with the plan and the conditions by which they were ranked."""
        end = request.offset + request.limit
        question = self._planner.question(query) if self._planner and request.section is None else None
        if self._planner and question:
            best = self.evaluator.best_planned(self._planner, question, conditions, end)
            if best is not None:
                return best[0], Planned(question, best[1], self._plan), conditions
        plan = self._plan(query)
        conditions = self._within(request, plan, conditions)
        return self.evaluator.best(plan, conditions, end), plan, conditions

    def _within(self, request: SearchRequest, plan: Plan, conditions: Conditions) -> Conditions:
        """Let words count only in records that have one in the section asked for."""
        if request.section is None:
            return conditions
        return conditions._replace(within=holding(plan, bits.field_bits([request.section]), self.index))

    def _best_page(
        self,
        request: SearchRequest,
        found: Best,
        plan: Plan | Planned,
        ready: Ready | None = None,
    ) -> Page:
        """The usual page: the best matches, without a look at the rest; ``ready`` are they as they are sent."""
        end, last = request.offset + request.limit, None
        if found.matching > end and len(found.numbers) == end:
            last = self._key_of_last(found)
        strict = found.strongest >= Tier.ALL_WORDS
        if ready is not None:
            return Page(found.matching, (), last, {}, strict, found.late, plan, ready)
        rows = zip(found.numbers, found.tiers, found.fractions, found.active, strict=True)
        matches = tuple(
            [
                Match(number, _TIERS[tier], round(tier + fraction, 4), in_use != 0)
                for number, tier, fraction, in_use in islice(rows, request.offset, None)
            ]
        )
        return Page(found.matching, matches, last, {}, strict, found.late, plan)

    def _key_of_last(self, found: Best) -> Key:
        in_use, code = float(1 - found.active[-1]), self.index.codes[found.numbers[-1]]
        return -float(found.tiers[-1]), -found.fractions[-1], in_use, code

    def _with_the_rest(self, request: SearchRequest, found: Best, conditions: Conditions) -> Best | None:
        """Count the records without a word of the query, too, which come behind; None where the page shows some."""
        total = self.index.count if conditions.mask is None else int(np.count_nonzero(conditions.mask))
        shown = len(found.numbers) >= min(request.offset + request.limit, total)
        return found._replace(matching=total) if shown else None

    def _any_page(
        self, request: SearchRequest, query: Query, plan: Plan, conditions: Conditions, *, everything: bool
    ) -> Page:
        """A page that needs to know of every record: sorted otherwise, counted, explained or behind a cursor."""
        factors = conditions.factors
        found, late = ordering.Found(self.index, self.columns, factors.active), False
        free = conditions._replace(mask=None)
        scores = self.evaluator.scores(plan, free) if request.explain and query.slots else None
        if query.slots:
            ranked = self.evaluator.everything(plan, free)
            found.take(ranked)
            late = ranked.late
        if everything:
            found.take_all()
        order = found.ordered(request, conditions.mask, by_words=bool(query.slots))
        matches = []
        for number, tier, fraction in order.page:
            parts = () if scores is None else tuple(scores.explained(number, float(factors.factors[number])))
            in_use = bool(factors.active[number])
            matches.append(Match(number, Tier(tier), round(tier + fraction, 4), in_use, parts))
        counted = found.matched if conditions.only is None else found.matched & conditions.only
        facets = self._counts(request, query, counted, factors.active) if request.facets else {}
        strict = found.strongest >= Tier.ALL_WORDS or not query.slots
        return Page(order.total, tuple(matches), order.last, facets, strict, late, plan if query.slots else None)

    def _counts(self, request: SearchRequest, query: Query, found: Bools, active: Bools) -> dict[str, dict[str, int]]:
        """Count the values of each facet asked for under all filters but its own."""
        admitted = self._admitted(request, query, active)
        matching = found if admitted is None else found & admitted
        masks = self.columns.masks(request.filters)
        counts = {}
        for facet in request.facets:
            others = (mask for name, mask in masks.items() if name != facet)
            counts[facet] = self.columns.counts(facet, reduce(np.logical_and, others, matching))
        return counts


def _whole(plan: Plan | Planned) -> Plan:
    """Return a plan as values, also one that the kernel made."""
    return plan.whole if isinstance(plan, Planned) else plan


def _is_usual(request: SearchRequest) -> bool:
    """Say whether a request is for a page of the best records, and for nothing that needs a look at the rest."""
    return request.sort == "relevance" and not (request.after or request.facets or request.explain)


def _finds_by_itself(request: SearchRequest, query: Query) -> bool:
    """Say whether records need no word of the query: one browses, or a demand names what is wanted."""
    return not request.q.strip() or (query.demand is not None and (not query.slots or selects(query.demand)))
