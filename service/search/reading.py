"""One snapshot for as long as it is read: all that is asked of a `Reading` is answered from the same one."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from corpus.codes import normalise_code
from indexer.schema import SECTION_FIELDS
from service.search.corrections import corrected_text, corrections, readings_of, relabelled
from service.search.engines.base import Engine
from service.search.errors import NotFound
from service.search.highlights import Highlighter
from service.search.model import MAX_LIMIT, Correction, Evidence, Hit, Listing, Page, SearchRequest, SearchResult
from service.search.query.parser import Query, Unread
from service.search.query.syntax import Node

_LONGEST_CODE = 32


class _Found(NamedTuple):
    """What an engine found for a request: the page, the query that found it, and what was corrected in it."""

    page: Page
    query: Query | Unread
    fixes: tuple[Correction, ...]


class Reading:
    """What can be asked of one engine. ``time_limit_ms`` is for each search, 0: none; `until` may end them earlier."""

    def __init__(self, engine: Engine, time_limit_ms: int) -> None:
        self._engine = engine
        self._time_limit_ms = time_limit_ms
        #: No search goes on after this moment of `time.monotonic_ns`; 0: there is no such moment.
        self.until = 0

    @property
    def snapshot(self) -> str:
        """The name of the snapshot."""
        return self._engine.snapshot

    @property
    def engine(self) -> Engine:
        """The engine that has the snapshot open."""
        return self._engine

    @property
    def is_over(self) -> bool:
        """Whether `until` has passed."""
        return 0 < self.until <= time.monotonic_ns()

    def search(self, request: SearchRequest, *, ready: bool = False) -> SearchResult:
        """Answer one request; with ``ready`` its hits may come as they are sent, see `SearchResult.ready`."""
        started = time.perf_counter()
        found = self._found(request, ready=ready)
        return self._result(request, found, found.page, started)

    def pages(self, request: SearchRequest) -> Iterator[SearchResult]:
        """Yield the answer to one request in pages of `MAX_LIMIT` hits, for a ``request.limit`` of any size.

        All is ranked before the first page comes, so whether the answer is partial is known from the first page on.
        """
        started = time.perf_counter()
        found = self._found(request)
        for start in range(0, max(len(found.page.matches), 1), MAX_LIMIT):
            matches = found.page.matches[start : start + MAX_LIMIT]
            yield self._result(request, found, dataclasses.replace(found.page, matches=matches), started)

    def _result(self, request: SearchRequest, found: _Found, page: Page, started: float) -> SearchResult:
        engine, query = self._engine, found.query
        return SearchResult(
            hits=() if page.ready is not None else _hits(engine, page, query, request.section),
            readings=readings_of(query.whole, engine) if query.has_readings else (),
            query=request.q,
            total=page.total,
            took_ms=round((time.perf_counter() - started) * 1000, 3),
            snapshot=engine.snapshot,
            notes=(*query.notes, _late_note(self._time_limit_ms)) if page.partial else query.notes,
            corrections=found.fixes,
            corrected=query.text if found.fixes else None,
            facets=page.facets,
            last=page.last,
            partial=page.partial,
            ready=page.ready,
        )

    def listing(
        self,
        request: SearchRequest,
        query: Query | None = None,
        flags: Mapping[str, Node] | None = None,
        *,
        whole: bool = False,
    ) -> Listing:
        """Return the records that ``request`` asks for; by ``query``, where its text was read otherwise than usual.

        With ``whole`` records come whole, else as cards. ``flags`` are demands by name, told of each record.
        """
        engine = self._engine
        if query is None:
            page, _, fixes = self._found(request)
        else:
            page, fixes = engine.search(request, query, self._deadline()), ()
        numbers = [match.number for match in page.matches]
        return Listing(
            total=page.total,
            records=tuple(engine.records(numbers) if whole else engine.cards(numbers)),
            flags={name: engine.meets(demand, numbers) for name, demand in (flags or {}).items()},
            snapshot=engine.snapshot,
            partial=page.partial,
            corrected=bool(fixes),
            best=page.matches[0].tier if page.matches else None,
        )

    def matches(self, request: SearchRequest, only: NDArray[np.bool_] | None = None) -> Page:
        """Return the matches of one request as `search` finds them, of records for which ``only`` is true."""
        return self._found(request, only).page

    def _found(self, request: SearchRequest, only: NDArray[np.bool_] | None = None, *, ready: bool = False) -> _Found:
        """Search, and where that finds little, for the words that were meant; return what was searched in the end."""
        engine, deadline = self._engine, self._deadline()
        query, page = engine.search_text(request, deadline, only, ready=ready)
        fixes = corrections(query, page, engine) if not page.strict and not page.partial else ()
        if fixes:
            corrected = dataclasses.replace(request, q=corrected_text(request.q, fixes))
            query, page = engine.search_text(corrected, deadline, only, ready=ready, corrected=True)
            page = relabelled(page)
        return _Found(page, query, fixes)

    def document(self, code: str) -> dict[str, Any]:
        """Return the record of ``code``, in any case; NotFound where there is none."""
        record = self._engine.find(normalise_code(code)) if len(code) <= _LONGEST_CODE else None
        if record is None:
            raise NotFound(code[:_LONGEST_CODE])
        return record

    def _deadline(self) -> int:
        if not self._time_limit_ms:
            return self.until
        deadline = time.monotonic_ns() + self._time_limit_ms * 1_000_000
        return min(deadline, self.until) if self.until else deadline


def _late_note(limit: int) -> str:
    return f"The search was stopped after {limit} milliseconds; results may be missing. Ask for less, or again later."


def _hits(engine: Engine, page: Page, query: Query | Unread, section: str | None) -> tuple[Hit, ...]:
    """Return the matches of a page as they are shown."""
    told = engine.shown(page, query, section)
    unknown = [match for match, why in zip(page.matches, told, strict=True) if why is None]
    read = iter(engine.evidence(dataclasses.replace(page, matches=tuple(unknown))) if unknown else ())
    shown = [
        _read(engine, match.number, next(read), query, section) if why is None else why
        for match, why in zip(page.matches, told, strict=True)
    ]
    lines = engine.lines([match.number for match in page.matches])
    return tuple([Hit(*each) for each in zip(lines, page.matches, shown, strict=True)])


def _read(engine: Engine, number: int, evidence: Evidence, query: Query | Unread, section: str | None) -> bytes:
    """Find in the texts of a record what is shown of why it matches."""
    highlighter = Highlighter(evidence.terms, query.prefix, find=lambda name, text: engine.spans(evidence, name, text))
    card = engine.card(number)
    asked = query.section if section is None else None
    inside = [name for name in evidence.fields if name in SECTION_FIELDS]
    wanted = inside if section is None else [section]
    # Whole records are read only where a section is to be shown.
    passage = None
    if card["has_document"] and (wanted or asked):
        passage = highlighter.passage(engine.record(number), wanted, asked)
    members = {
        "matched_fields": evidence.fields,
        "highlights": highlighter.fields(card, evidence.fields),
        "section": passage and passage._asdict(),
    }
    return orjson.dumps(members)[1:-1]
