"""What goes into the search core and what comes out: frozen values, no behaviour of their own."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

MAX_LIMIT = 100
MAX_OFFSET = 100_000
MAX_QUERY_CHARS = 1_000


class Tier(IntEnum):
    """How a record came to match, from weakest to strongest; a stronger tier always ranks first."""

    BROWSE = 0
    SOME_WORDS = 2
    ALL_WORDS = 3
    EXACT_NAME = 4
    CODE_PREFIX = 5
    EXACT_CODE = 6

    @property
    def key(self) -> str:
        """The name used in answers: ``exact_code``."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One search. ``status`` is ``active`` or ``terminated`` on ``today``; None filters nothing.

    A blank ``q`` browses: every record that the filters admit, in the order of codes.
    """

    q: str
    limit: int = 10
    offset: int = 0
    code_system: str | None = None
    kind: str | None = None
    status: str | None = None
    today: datetime.date = field(default_factory=datetime.date.today)


@dataclass(frozen=True, slots=True)
class Match:
    """One matching record as an engine gives it.

    ``number`` identifies the record within the snapshot. ``score`` is the tier plus a fraction from 0 to below 1 that
    tells how well the words match. ``matched_fields`` are names of `indexer.schema`, strongest field first; ``terms``
    are the stems by which it matched, those of synonyms included.
    """

    number: int
    tier: Tier
    score: float
    matched_fields: tuple[str, ...]
    terms: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Page:
    """One page of matches in ranking order, and how many there are on all pages; ``total`` is exact."""

    total: int
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """The part of a section that matches: its key, heading and an HTML snippet with ``<mark>``."""

    key: str
    heading: str
    snippet: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One result ready to show: the record, how it matched, and marked texts by field (HTML, escaped)."""

    record: dict[str, Any]
    match: Match
    active: bool
    highlights: dict[str, list[str]]
    section: Passage | None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The answer to one request; ``notes`` say in words what was left out of the query, if anything."""

    query: str
    total: int
    took_ms: float
    snapshot: str
    hits: tuple[Hit, ...]
    notes: tuple[str, ...] = ()
