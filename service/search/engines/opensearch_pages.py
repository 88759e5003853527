"""Pages of results from a cluster: filtered, sorted, counted, behind a cursor, in the exact order of the formula.

The cluster's scores are right to `Asked.error`. So a page takes some records more than it shows, on either side, puts
all of them in order by the formula, and looks whether any record that was not fetched could still belong there. Where
one could, it fetches more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from indexer.compiled.reader import TermIndex
from service.search import ranking
from service.search.engines.opensearch_candidates import Candidate, Held, Ranked, rank
from service.search.engines.opensearch_index import ClusterIndex, Hit
from service.search.engines.opensearch_query import Asked, Clause, day_number, every
from service.search.engines.plan import Plan
from service.search.engines.reference import Population
from service.search.model import Key, Match, Page, SearchRequest, Tier

#: How many records more are fetched than a page shows, on either side; each number is tried where the one before did
#: not settle the order. Ties that go on for longer are left in the order of the cluster, which is that of codes.
_MARGINS = (10, 60, 400)
#: Records that are fetched at a time: each comes with all that it holds.
_AT_A_TIME = 500
_MOST_VALUES = 10_000
_BY_WORDS = [{"_score": "desc"}, {"code": "asc"}]
_ANY_CODE = ""
_KEPT_HELD = 200


class Shown(NamedTuple):
    """What a page needs to tell why its matches match: the plan, and what records hold, where that is at hand."""

    plan: Plan
    held: Mapping[int, Held]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One page: the request, its plan and query where it has words, and what records have to meet beside.

    With ``everything`` no word has to match. ``partial`` says that something was missed before.
    """

    request: SearchRequest
    plan: Plan | None
    asked: Asked | None
    population: Population | None
    admitted: Sequence[Clause]
    everything: bool
    section_bit: int
    modifiers_too: bool
    deadline: int
    partial: bool

    @property
    def by_words(self) -> bool:
        """Whether the order is that of scores."""
        return self.request.sort == "relevance" and self.plan is not None


class _Row(NamedTuple):
    """A record with its place in the order: number, tier, fraction, whether in use, and its score in the cluster."""

    number: int
    tier: int
    fraction: float
    active: bool
    near: float

    def key(self, code: str) -> Key:
        """Return its place in the order."""
        return (-float(self.tier), -self.fraction, float(not self.active), code)


@dataclass(slots=True)
class _Window:
    """Records around a page, in exact order; ``skipped`` of them come before it.

    ``last`` and ``first`` are the cluster's scores at the ends, None where nothing lies beyond.
    """

    rows: list[_Row]
    skipped: int
    first: float | None
    last: float | None
    total: int
    partial: bool
    counts: Mapping[str, Any]
    hits: dict[int, Hit]
    ranked: dict[int, tuple[Ranked, int, float]]


class Pages:
    """Makes the pages of one index."""

    def __init__(self, index: ClusterIndex, terms: TermIndex) -> None:
        self._index, self._terms = index, terms

    def page(self, wanted: Wanted) -> Page:
        """Return one page."""
        if wanted.plan is None and not wanted.everything:
            return Page(0, (), facets={name: {} for name in wanted.request.facets})
        window = self._ranked(wanted) if wanted.by_words else self._sorted(wanted)
        page = window.rows[window.skipped : window.skipped + wanted.request.limit]
        more = len(window.rows) > window.skipped + len(page) and bool(page)
        held = {row.number: window.hits[row.number].held for row in page[:_KEPT_HELD]}
        return Page(
            total=window.total,
            matches=tuple(self._match(row, window, wanted) for row in page),
            last=self._key(page[-1], window, wanted) if more else None,
            facets={name: _counts(window.counts, name) for name in wanted.request.facets},
            strict=self._strict(wanted, page),
            partial=wanted.partial or window.partial,
            plan=None if wanted.plan is None else Shown(wanted.plan, held),
        )

    def _match(self, row: _Row, window: _Window, wanted: Wanted) -> Match:
        parts: tuple[Any, ...] = ()
        if wanted.request.explain and row.number in window.ranked:
            ranked, place, factor = window.ranked[row.number]
            parts = tuple(ranked.scores.explained(place, factor))
        return Match(row.number, Tier(row.tier), round(row.tier + row.fraction, 4), row.active, parts)

    def _key(self, row: _Row, window: _Window, wanted: Wanted) -> Key:
        code = self._terms.codes[row.number]
        if wanted.by_words:
            return row.key(code)
        return (*(-float(value) for value in window.hits[row.number].sort[:-1]), code)

    def _strict(self, wanted: Wanted, page: Sequence[_Row]) -> bool:
        """Say whether any record has all words or better, whatever is filtered by."""
        if wanted.asked is None or any(row.tier >= Tier.ALL_WORDS for row in page):
            return True
        first = not wanted.request.offset and wanted.request.after is None
        if first and wanted.by_words and not wanted.admitted and not wanted.request.filters:
            return False
        return self._index.any(wanted.asked.strict, wanted.deadline)

    # -- in the order of scores -----------------------------------------------------------------------

    def _ranked(self, wanted: Wanted) -> _Window:
        window = None
        for margin in _MARGINS:
            window = self._around(wanted, margin)
            if window.partial or _is_settled(window, wanted):
                break
        if window is None:
            raise AssertionError("there are margins")
        return window

    def _around(self, wanted: Wanted, margin: int) -> _Window:
        """Return the page with ``margin`` records on either side, ranked by the formula."""
        request = wanted.request
        if request.after is not None:
            return self._behind(wanted, request.after, margin)
        start = max(0, request.offset - margin)
        window = self._fetch(wanted, start, request.offset - start + request.limit + margin, None)
        window.skipped = request.offset - start
        window.first = window.first if start else None
        return window

    def _behind(self, wanted: Wanted, after: Key, margin: int) -> _Window:
        """Return the page behind a place in the order, with ``margin`` records more."""
        score, size = _score_of(after), wanted.request.limit + margin
        if score is None:
            return self._fetch(wanted, 0, 0, None)
        error = wanted.asked.error if wanted.asked else 0.0
        window = self._fetch(wanted, 0, size, [score + error, _ANY_CODE])
        window.skipped = self._up_to(after, window)
        if window.last is not None and len(window.rows) - window.skipped <= wanted.request.limit:
            # So many score alike that the place is not reached: from the very record on, which ties leave in its place.
            window = self._fetch(wanted, 0, size, self._place_of(str(after[-1]), score, wanted))
            window.skipped = self._up_to(after, window)
        window.first = None
        return window

    def _up_to(self, after: Key, window: _Window) -> int:
        return sum(row.key(self._terms.codes[row.number]) <= after for row in window.rows)

    def _place_of(self, code: str, score: float, wanted: Wanted) -> list[Any]:
        """Return the sort values of a record; where it is gone, those that it would have by the formula."""
        body = self._body(wanted)
        query = {"bool": {"must": [body["query"]], "filter": [{"term": {"code": code}}]}}
        part = {"query": query, "size": 1, "sort": _BY_WORDS, "track_scores": True}
        hits = self._index.search(part, wanted.deadline, held=False).hits
        return hits[0].sort if hits else [score, code]

    def _fetch(self, wanted: Wanted, start: int, size: int, after: list[Any] | None) -> _Window:
        """Return ``size`` records from place ``start`` on, or behind sort values, in exact order."""
        window = _Window([], 0, None, None, 0, False, {}, {}, {})
        body = self._body(wanted)
        while True:
            asked = min(size - len(window.hits), _AT_A_TIME)
            part = {**body, "size": max(asked, 0), "sort": self._order(wanted), "track_scores": wanted.plan is not None}
            if after is not None:
                part["search_after"] = after
            elif start:
                part["from"] = start
            answer = self._index.search(part, wanted.deadline)
            if not window.hits:
                window.total, window.counts = answer.total, answer.counts
                window.first = answer.hits[0].score if answer.hits else None
            window.partial = window.partial or answer.partial
            self._take(window, answer.hits, wanted)
            if len(answer.hits) < asked:
                break
            if len(window.hits) >= size or not answer.hits:
                window.last = answer.hits[-1].score if answer.hits else None
                break
            after = answer.hits[-1].sort
            body.pop("aggs", None)
        if wanted.by_words:
            window.rows.sort(key=lambda row: row.key(self._terms.codes[row.number]))
        return window

    def _take(self, window: _Window, hits: Sequence[Hit], wanted: Wanted) -> None:
        """Rank some hits and add them to a window."""
        today = day_number(wanted.request.today)
        some = [_candidate(hit, today, modifiers_too=wanted.modifiers_too) for hit in hits]
        ranked = None
        if wanted.plan is not None and wanted.population is not None and some:
            within, section = wanted.request.section, wanted.section_bit
            ranked = rank(some, wanted.plan, self._terms, wanted.population, within, section)
        for place, (hit, each) in enumerate(zip(hits, some, strict=True)):
            tier, fraction = (ranked.tiers[place], ranked.fractions[place]) if ranked else (0, 0.0)
            window.rows.append(_Row(hit.number, tier, fraction, each.active, hit.score))
            window.hits[hit.number] = hit
            if ranked:
                window.ranked[hit.number] = (ranked, place, each.factor)

    # -- in another order -----------------------------------------------------------------------------

    def _sorted(self, wanted: Wanted) -> _Window:
        request = wanted.request
        order = self._order(wanted)
        after = None
        if request.after is not None:
            *values, code = request.after
            if len(values) + 1 != len(order):
                return self._fetch(wanted, 0, 0, None)
            after = [*(-int(value) for value in values), str(code)]
        return self._fetch(wanted, 0 if after else request.offset, request.limit + 1, after)

    def _order(self, wanted: Wanted) -> list[dict[str, str]]:
        sort = wanted.request.sort
        if wanted.by_words:
            return _BY_WORDS
        if sort in ("relevance", "code"):
            return [{"code": "asc"}]
        return [{f"dates.{sort}": "desc"}, {"code": "asc"}]

    # -- what is asked --------------------------------------------------------------------------------

    def _body(self, wanted: Wanted) -> dict[str, Any]:
        request = wanted.request
        filters = {name: {"terms": {f"facets.{name}": list(values)}} for name, values in request.filters.items()}
        body: dict[str, Any] = {}
        must = list(wanted.admitted)
        if request.facets:
            body["aggs"] = {name: _aggregation(name, filters) for name in request.facets}
            if filters:
                body["post_filter"] = every(list(filters.values()))
        else:
            must += filters.values()
        return body | {"query": _query(wanted, must)}


def _query(wanted: Wanted, must: list[Clause]) -> Clause:
    if wanted.asked is None:
        return {"constant_score": {"filter": every(must)}}
    if wanted.everything:
        return {"bool": {"should": [wanted.asked.scored], "filter": [every(must)]}}
    return {"bool": {"must": [wanted.asked.scored], "filter": must}}


def _aggregation(name: str, filters: Mapping[str, Clause]) -> Clause:
    others = every([clause for each, clause in filters.items() if each != name])
    values = {"terms": {"field": f"facets.{name}", "size": _MOST_VALUES}}
    return {"filter": others, "aggs": {"values": values}}


def _counts(counts: Mapping[str, Any], name: str) -> dict[str, int]:
    found = [(each["key"], each["doc_count"]) for each in counts[name]["values"]["buckets"]] if counts else []
    return dict(sorted(found, key=lambda each: (-each[1], each[0])))


def _candidate(hit: Hit, today: int, *, modifiers_too: bool) -> Candidate:
    active = hit.added <= today <= hit.ends
    factor = 1.0 if active else ranking.TERMINATED_FACTOR
    # Every card begins with its code, code system and kind.
    if not modifiers_too and b'"kind":"modifier"' in hit.card[:200]:
        factor *= ranking.MODIFIER_FACTOR
    return Candidate(hit.number, hit.card, hit.held, active, factor, hit.score)


def _score_of(after: Key) -> float | None:
    """Return the score at a place in the order of scores; None for a place in another order."""
    if len(after) != 4 or not all(isinstance(value, float | int) for value in after[:3]):
        return None
    return -float(after[0]) - float(after[1])


def _is_settled(window: _Window, wanted: Wanted) -> bool:
    """Say whether no record outside of a window can belong before the end of its page, or behind its beginning."""
    error = wanted.asked.error if wanted.asked else 0.0
    rows = window.rows[window.skipped : window.skipped + wanted.request.limit]
    if not rows:
        # A page whose place lies past the end, or one that is not reached yet.
        return window.last is None
    first, last = rows[0], rows[-1]
    ends = window.last is None or last.tier + last.fraction > window.last + error or _ties_on(window, last)
    begins = window.first is None or first.tier + first.fraction < window.first - error or _ties_on(window, first)
    return ends and begins


def _ties_on(window: _Window, row: _Row) -> bool:
    """Say whether all records of a window that score like one in the cluster have just its score by the formula."""
    alike = [each for each in window.rows if each.near == row.near]
    same = all((each.tier, each.fraction, each.active) == (row.tier, row.fraction, row.active) for each in alike)
    return same and row.near in (window.first, window.last)
