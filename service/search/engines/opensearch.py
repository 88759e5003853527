"""The engine of many machines: an index in an OpenSearch cluster finds, counts and grades; the formula settles order.

Words, codes, names, vocabulary and suggestions of the snapshot lie on this machine, fetched from the cluster once;
records and postings stay there. See docs/how-to/opensearch.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson

from indexer import vocabularies
from indexer.opensearch.catalog import Stored
from indexer.opensearch.connection import Cluster
from indexer.opensearch.sidedata import Lexicon as WordList
from indexer.schema import SECTION_FIELDS
from indexer.snapshots import MANIFEST
from indexer.suggestions import SuggestionIndex
from indexer.thesaurus import Thesaurus, thesaurus_arrays
from service.search.engines import opensearch_candidates as candidates
from service.search.engines.columns import Bools
from service.search.engines.layouts import TOGETHER
from service.search.engines.lexicon import Leaf, Lexicon
from service.search.engines.opensearch_counts import Frequencies
from service.search.engines.opensearch_demands import Demands
from service.search.engines.opensearch_index import AT_ONCE, ClusterIndex
from service.search.engines.opensearch_pages import Pages, Wanted
from service.search.engines.opensearch_query import Asked, Builder, Clause, Scoring, active, ended, every
from service.search.engines.plan import Plan, make_plan
from service.search.engines.raises import add_raises
from service.search.engines.reference import Population
from service.search.model import Evidence, Page, SearchRequest, Span
from service.search.query.expand import expand
from service.search.query.parser import MODIFIER_TERM, Query, Unread, parse_query
from service.search.query.syntax import Node, selects
from service.search.suggest import Suggester, Suggestions

_SECTION_BITS = {name: at for at, name in enumerate(SECTION_FIELDS)}


class OpenSearchEngine:
    """One index of a cluster. See `service.search.engines.base.Engine` for the contract.

    Methods raise Unavailable where the cluster does not answer.
    """

    def __init__(self, cluster: Cluster, stored: Stored, folder: Path) -> None:
        """``folder`` holds the files that `indexer.opensearch.sidedata` fetches."""
        self._stored = stored
        self._manifest: dict[str, Any] = orjson.loads((folder / MANIFEST).read_bytes())
        self.index = WordList(folder)
        vocabulary = (folder / vocabularies.FILE).read_bytes()
        self.thesaurus = Thesaurus(thesaurus_arrays(*vocabularies.load(vocabulary)))
        self.lexicon = Lexicon(self.index, self.thesaurus)
        self._suggester = Suggester(SuggestionIndex(folder), self.index.codes)
        self._speller = self.lexicon.speller()
        self._cluster_index = ClusterIndex(cluster, stored.index, self.index)
        self._builder = Builder(self.index)
        self._demands = Demands(self.index, self._builder)
        self._pages = Pages(self._cluster_index, self.index)
        self._frequencies = Frequencies(self._cluster_index, self._builder)

    @property
    def snapshot(self) -> str:
        """The name of the snapshot that the index holds, and which push of it this is where there were several."""
        return self._stored.snapshot

    @property
    def manifest(self) -> dict[str, Any]:
        """Its manifest."""
        return self._manifest

    def readings(self, term: str) -> tuple[str, ...]:
        """Return what a stem may stand for by the vocabulary, as written there."""
        return self.thesaurus.readings(term)

    def knows(self, word: str) -> bool:
        """Say whether any record holds the folded ``word``."""
        return self.lexicon.knows(word)

    def near(self, word: str) -> str | None:
        """Return the word of the index that ``word`` is most likely a misspelling of, or None."""
        return self._speller.correct(word)

    def suggest(self, text: str, limit: int) -> Suggestions:
        """Return what may be meant by what was typed so far."""
        return self._suggester.suggest(text, limit)

    def meets(self, demand: Node, numbers: Sequence[int]) -> list[bool]:
        """Say of each of some records whether it meets ``demand``."""
        met: set[int] = set()
        clause = self._demands.filter(demand)
        for start in range(0, len(numbers), AT_ONCE):
            part = [(number, number + 1) for number in numbers[start : start + AT_ONCE]]
            query = every([clause, self._builder.codes(part)])
            body = {"size": len(part), "query": {"constant_score": {"filter": query}}}
            met.update(hit.number for hit in self._cluster_index.search(body, held=False).hits)
        return [number in met for number in numbers]

    def unmatched(self, page: Page) -> tuple[int, ...]:
        """Return the places of the slots that nothing matches, neither their word nor what may stand for it."""
        if page.plan is None:
            return ()
        plan: Plan = page.plan.plan
        found = [any(self._finds(leaf, plan) for leaf in slot.leaves) for slot in plan.slots]
        return tuple(at for at, any_ in enumerate(found) if not any_)

    def record(self, number: int) -> dict[str, Any]:
        """Return record ``number``."""
        return next(self._cluster_index.records([number]))

    def records(self, numbers: Sequence[int]) -> Iterator[dict[str, Any]]:
        """Yield records, fetched some hundred at a time."""
        return self._cluster_index.records(numbers)

    def card(self, number: int) -> dict[str, Any]:
        """Return what a list of hits shows of record ``number``."""
        return self._cluster_index.cards([number])[0]

    def cards(self, numbers: Sequence[int]) -> list[dict[str, Any]]:
        """Return the cards of records."""
        return self._cluster_index.cards(numbers)

    def lines(self, numbers: Sequence[int]) -> list[bytes]:
        """Return the cards of records as JSON."""
        return self._cluster_index.lines(numbers)

    def find(self, code: str) -> dict[str, Any] | None:
        """Return the record whose code is exactly ``code``, or None."""
        number = self.index.codes.find(code)
        return self.record(number) if number >= 0 else None

    def damage(self) -> None:
        """Return None: the cluster sees to its files."""

    def shown(self, page: Page, query: Query | Unread, section: str | None) -> list[None]:
        """Return None for each match: where words stand is not kept in the cluster, and texts are read."""
        return [None] * len(page.matches)

    def spans(self, evidence: Evidence, field: str, text: str) -> list[Span] | None:
        """Return None: offsets are not kept in the cluster, and the text is read."""
        return None

    def evidence(self, page: Page) -> list[Evidence]:
        """Return why each match of ``page`` matches."""
        numbers = [match.number for match in page.matches]
        if page.plan is None:
            # Cards are asked for next, one by one.
            self._cluster_index.cards(numbers)
            return [Evidence(frozenset(), ())] * len(numbers)
        held = dict(page.plan.held)
        missing = [number for number in numbers if number not in held]
        for start in range(0, len(missing), AT_ONCE):
            held |= {each.number: each.held for each in self._cluster_index.hits(missing[start : start + AT_ONCE])}
        return [candidates.evidence(match, held[match.number], page.plan.plan, self.index) for match in page.matches]

    def close(self) -> None:
        """Do nothing: files are mapped until the last reader is gone, and the cluster is shared."""

    def search_text(
        self,
        request: SearchRequest,
        deadline: int = 0,
        only: Bools | None = None,
        *,
        ready: bool = False,
        corrected: bool = False,
    ) -> tuple[Query, Page]:
        """Read the text of a request, and return what it is with the page of matches; these are never ``ready``."""
        query = parse_query(request.q)
        return query, self.search(request, query, deadline, only)

    def search(self, request: SearchRequest, query: Query, deadline: int = 0, only: Bools | None = None) -> Page:
        """Return the page of matches that ``request`` asks for, of ``only`` these; a partial one at ``deadline``."""
        alternatives = expand(query, self.lexicon)
        plan = make_plan(query, alternatives, self.lexicon)
        asked, population, partial = None, None, False
        if query.slots:
            add_raises(plan, query, alternatives, self.index, self.record)
            holding, partial = self._frequencies.holding(plan, deadline)
            population = Population(self.index.count, holding)
            asked = self._asked(request, query, plan, population)
        wanted = Wanted(
            request=request,
            plan=plan if query.slots else None,
            asked=asked,
            population=population,
            admitted=self._admitted(request, query, only),
            everything=_finds_by_itself(request, query),
            section_bit=-1 if query.section is None else _SECTION_BITS.get(query.section, -1),
            modifiers_too=MODIFIER_TERM in query.terms,
            deadline=deadline,
            partial=partial,
        )
        return self._pages.page(wanted)

    def _asked(self, request: SearchRequest, query: Query, plan: Plan, population: Population) -> Asked:
        scoring = Scoring(
            count=population.count,
            holding=population.holding,
            within=request.section,
            section=query.section if query.section in _SECTION_BITS else None,
            today=request.today,
            modifiers_too=MODIFIER_TERM in query.terms,
        )
        return self._builder.asked(plan, scoring)

    def _admitted(self, request: SearchRequest, query: Query, only: Bools | None) -> list[Clause]:
        """Return what records have to meet beside the words and the filters by facet."""
        clauses = []
        if request.status is not None:
            clauses.append(active(request.today) if request.status == "active" else ended(request.today))
        if query.demand is not None:
            clauses.append(self._demands.filter(query.demand))
        if only is not None:
            clauses.append(self._builder.only(only))
        return clauses

    def _finds(self, leaf: Leaf, plan: Plan) -> bool:
        if leaf.kind != TOGETHER:
            return leaf.end > leaf.start
        return self._cluster_index.any(every(self._builder.holding([leaf], plan)))


def _finds_by_itself(request: SearchRequest, query: Query) -> bool:
    """Say whether records need no word of the query: one browses, or a demand names what is wanted."""
    return not request.q.strip() or (query.demand is not None and (not query.slots or selects(query.demand)))
