"""The engine of one machine: the compiled index of a snapshot, mapped into memory."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Sequence
from contextlib import ExitStack, closing
from functools import lru_cache, reduce
from typing import Any

import numpy as np

from indexer import vocabularies
from indexer.analysis.vocabulary import ONE_WAY_WEIGHT
from indexer.compiled import bits
from indexer.compiled.reader import CompiledIndex
from indexer.documents import CARDS, DocumentReader
from indexer.locks import lease
from indexer.schema import SECTION_FIELDS
from indexer.snapshots import INDEX, MANIFEST, Snapshot, verify_files
from indexer.suggestions import SuggestionIndex
from service.search import ranking
from service.search.engines import ordering
from service.search.engines.columns import Bools, Columns
from service.search.engines.demands import Asked, meeting
from service.search.engines.evaluate import Conditions, Evaluator, Factors
from service.search.engines.evidence import Witness, holding
from service.search.engines.layouts import TOGETHER
from service.search.engines.lexicon import Leaf, Lexicon
from service.search.engines.machine import machine_for
from service.search.engines.plan import Plan, make_plan
from service.search.engines.reference import together
from service.search.model import Evidence, Match, Page, SearchRequest, Span, Tier
from service.search.query.expand import Alternative, expand
from service.search.query.parser import Query
from service.search.query.syntax import Node, selects
from service.search.query.thesaurus import Thesaurus
from service.search.spelling import Speller
from service.search.suggest import Suggester, Suggestions

#: How many codes before and after one that does not exist are shown for it.
_NEIGHBORS = 3
_DAYS_KEPT = 4
_TIERS = tuple(Tier)
_SECTION_BITS = {name: at for at, name in enumerate(SECTION_FIELDS)}


class EmbeddedEngine:
    """One snapshot opened on this machine. See `service.search.engines.base.Engine` for the contract."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
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
            self.thesaurus = Thesaurus(*vocabularies.load(snapshot.path))
            self.lexicon = Lexicon(self.index, self.thesaurus)
            self._machine = machine_for(self.index)
            self.evaluator = Evaluator(self.index, self._machine)
            self._witness = Witness(self.index, self._machine)
            self._suggester = Suggester(SuggestionIndex(snapshot.path), self.index.codes)
            self._speller = self._make_speller()
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

    def unmatched(self, query: Query) -> tuple[int, ...]:
        """Return the places of the slots that nothing matches, neither their word nor what may stand for it."""
        plan = make_plan(query, expand(query, self.lexicon), self.lexicon)
        return tuple(
            at for at, slot in enumerate(plan.slots) if not any(self._finds(leaf, plan) for leaf in slot.leaves)
        )

    def record(self, number: int) -> dict[str, Any]:
        """Return record ``number``."""
        return self._documents[number]

    def card(self, number: int) -> dict[str, Any]:
        """Return what a list of hits shows of record ``number``."""
        return self._cards[number]

    def find(self, code: str) -> dict[str, Any] | None:
        """Return the record whose code is exactly ``code``, or None."""
        number = self.index.codes.find(code)
        return self._documents[number] if number >= 0 else None

    def evidence(self, page: Page) -> list[Evidence]:
        """Return why each match of ``page`` matches."""
        return self._witness.evidence(page.matches, page.plan)

    def spans(self, evidence: Evidence, field: str, text: str) -> list[Span] | None:
        """Return where the words that match stand in the text of a field; None where it has to be read."""
        return self._witness.spans(evidence, field, text)

    def close(self) -> None:
        """Close all files and give the snapshot free for pruning."""
        with self._lock:
            self._files.close()

    def suggest(self, text: str, limit: int) -> Suggestions:
        """Return what may be meant by what was typed so far."""
        return self._suggester.suggest(text, limit)

    def search(self, request: SearchRequest, query: Query, deadline: int = 0, only: Bools | None = None) -> Page:
        """Return the page of matches that ``request`` asks for, of ``only`` these; a partial one at ``deadline``."""
        plan = self._plan(query)
        factors = self._factors(request.today, "modifi" in query.terms)
        conditions = self._conditions(request, query, plan, factors)._replace(deadline=deadline)
        if only is not None:
            mask = only if conditions.mask is None else conditions.mask & only
            conditions = conditions._replace(mask=mask, only=only)
        everything = _finds_by_itself(request, query)
        special = request.sort != "relevance" or request.after or request.facets or request.explain
        if query.slots and not special:
            page = self._best_page(request, plan, conditions, everything=everything)
            if page is not None:
                return page
        return self._any_page(request, query, plan, conditions, everything=everything)

    # -- the words of the index ----------------------------------------------------------------------

    def _make_speller(self) -> Speller:
        """Words are right that a record or a rule of the vocabulary has: "glucometer" is in no official descriptor."""
        return Speller(sorted(self.thesaurus.typed.union(self.index.words)), self.index.frequency)

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
            self._raise_names(query, alternatives, plan)
            self._raise_codes(query, plan)
        return plan

    def _raise_names(self, query: Query, alternatives: Sequence[Alternative], plan: Plan) -> None:
        required = {at for at, slot in enumerate(query.slots) if slot.required}
        names = [query.name] if query.name else []
        # What the whole query stands for is as good a name as the query itself, unless it is only a guess.
        names += [
            " ".join(each.terms)
            for each in alternatives
            if each.weight >= ONE_WAY_WEIGHT and len(each.slots) >= len(required) and required <= set(each.slots)
        ]
        for name in dict.fromkeys(names):
            plan.raises.extend((number, number + 1, Tier.EXACT_NAME) for number in self.index.named(name))

    def _raise_codes(self, query: Query, plan: Plan) -> None:
        if query.code_prefix:
            found = self.index.codes.beginning(query.code_prefix)
            plan.raises.append((found.start, found.stop, Tier.CODE_PREFIX))
        for code in query.codes:
            number = self.index.codes.find(code)
            if number >= 0:
                plan.raises.append((number, number + 1, Tier.EXACT_CODE))
            if query.whole_code and number < 0:
                plan.raises.extend((each, each + 1, Tier.NEIGHBOR) for each in self._neighbors(code))
            elif query.whole_code:
                self._raise_replacements(number, plan)

    def _raise_replacements(self, number: int, plan: Plan) -> None:
        """Behind a code that has ended come the codes that its record refers to."""
        record = self._documents[number]
        if record["ends"] and record["official"]:
            for other in record["official"].get("cross_references", ()):
                at = self.index.codes.find(other)
                if at >= 0:
                    plan.raises.append((at, at + 1, Tier.REPLACEMENT))

    def _neighbors(self, code: str) -> list[int]:
        """Return the records on either side of the place of ``code`` that have its first letter and length."""
        same = self.index.codes.beginning(code[0])
        at = self.index.codes.between("", code).stop
        before = (each for each in range(at - 1, same.start - 1, -1) if self.index.codes.length(each) == len(code))
        after = (each for each in range(at, same.stop) if self.index.codes.length(each) == len(code))
        return [each for side in (before, after) for _, each in zip(range(_NEIGHBORS), side, strict=False)]

    # -- what is asked beside the words --------------------------------------------------------------

    def _make_factors(self, day: datetime.date, modifiers_too: bool) -> Factors:
        active = self.columns.active(day)
        factors = np.where(active, 1.0, ranking.TERMINATED_FACTOR)
        if not modifiers_too:
            factors[self._modifiers] *= ranking.MODIFIER_FACTOR
        return Factors(factors, active)

    def _conditions(self, request: SearchRequest, query: Query, plan: Plan, factors: Factors) -> Conditions:
        within = None
        if request.section is not None:
            within = holding(plan, bits.field_bits([request.section]), self.index)
        admitted = self._admitted(request, query, factors.active)
        for mask in self.columns.masks(request.filters).values():
            admitted = mask if admitted is None else admitted & mask
        section_bit = -1 if query.section is None else _SECTION_BITS.get(query.section, -1)
        return Conditions(factors, admitted, within, section_bit)

    def _admitted(self, request: SearchRequest, query: Query, active: Bools) -> Bools | None:
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

    def _best_page(
        self, request: SearchRequest, plan: Plan, conditions: Conditions, *, everything: bool
    ) -> Page | None:
        """The usual page: the best matches, without a look at the rest.

        With ``everything``, records without a word of the query come behind the others; None where the page shows some.
        """
        end = request.offset + request.limit
        found = self.evaluator.best(plan, conditions, end)
        rows = list(zip(found.numbers, found.tiers, found.fractions, found.active, strict=True))
        total = found.matching
        if everything:
            if len(rows) < end:
                return None
            total = self.index.count if conditions.mask is None else int(np.count_nonzero(conditions.mask))
        last = None
        if rows and total > end and len(rows) == end:
            number, tier, fraction, in_use = rows[-1]
            last = (-float(tier), -fraction, float(1 - in_use), self.index.codes[number])
        matches = [
            Match(number, _TIERS[tier], round(tier + fraction, 4), in_use != 0)
            for number, tier, fraction, in_use in rows[request.offset :]
        ]
        return Page(total, tuple(matches), last, {}, found.strongest >= Tier.ALL_WORDS, found.late, plan)

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


def _finds_by_itself(request: SearchRequest, query: Query) -> bool:
    """Say whether records need no word of the query: one browses, or a demand names what is wanted."""
    return not request.q.strip() or (query.demand is not None and (not query.slots or selects(query.demand)))
