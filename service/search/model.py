"""What goes into the search core and what comes out: frozen values, no behaviour of their own."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import Any, NamedTuple

import orjson

MAX_LIMIT = 100
#: What is shown of a sentence, in characters.
PASSAGE_CHARS = 240
MAX_OFFSET = 100_000
#: A longer word is no abbreviation, whatever it may stand for.
LONGEST_ABBREVIATION = 5
MAX_QUERY_CHARS = 1_000
STATUSES = ("active", "terminated")
SORTS = ("relevance", "code", "added", "effective")


class Tier(IntEnum):
    """How a record came to match, from weakest to strongest; a stronger tier always ranks first."""

    BROWSE = 0
    NEIGHBOR = 1
    FUZZY = 2
    SOME_WORDS = 3
    ALL_WORDS = 4
    EXACT_NAME = 5
    CODE_PREFIX = 6
    REPLACEMENT = 7
    EXACT_CODE = 8

    @property
    def key(self) -> str:
        """The name used in answers: ``exact_code``."""
        return self.name.lower()


#: Tiers of records that match by their code.
BY_CODE = (Tier.EXACT_CODE, Tier.CODE_PREFIX)

#: How many tiers a corrected search may still tell apart inside of its own.
STEPS = len(Tier)

#: The place of a match in its order; what is inside depends on the sort. Ask for what comes after it.
Key = tuple[float | str, ...]


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One search.

    ``filters`` maps facets of `FACETS` to values, any of which a record must have. ``status`` is ``active`` or
    ``terminated`` on ``today``; None filters nothing. ``section`` restricts the search to one section. ``after`` is the
    key of the last match seen, and takes the place of ``offset``. ``facets`` names the facets to count. A blank ``q``
    browses: every record that the filters admit, in the order of codes.
    """

    q: str
    limit: int = 10
    offset: int = 0
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    status: str | None = None
    today: datetime.date = field(default_factory=datetime.date.today)
    section: str | None = None
    sort: str = "relevance"
    after: Key | None = None
    facets: tuple[str, ...] = ()
    explain: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One summand of a score: what it is, the word it is about where it is about one, and its value."""

    name: str
    word: str | None
    value: float


class Match(NamedTuple):
    """One matching record as an engine gives it.

    ``number`` identifies the record within the snapshot; ``active`` says whether its code is in use on the day asked.
    ``score`` is the tier plus a fraction from 0 to below 1 that tells how well the words match. ``parts`` add up to the
    score, where they were asked.
    """

    number: int
    tier: Tier
    score: float
    active: bool
    parts: tuple[Part, ...] = ()


class Span(NamedTuple):
    """A word of a text that matches: its first character and the one behind it, and the stem that it matches by."""

    start: int
    end: int
    term: str


class Evidence(NamedTuple):
    """Why a record matches: the stems by which it does, those of synonyms included, and the fields that hold them,
    names of `indexer.schema`, strongest first. ``held`` is the engine's own; `Engine.spans` needs it.
    """

    terms: frozenset[str]
    fields: tuple[str, ...]
    held: Any = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One page of matches in order; ``total`` counts all pages, exactly.

    ``last`` is the key of the last match where more follow, else None. ``facets`` counts values among all matches under
    all filters but the facet's own. ``strict`` says whether any record has all words of the query, or better.
    ``partial`` says that time was up, and matches may be missing. ``plan`` is the engine's own; `Engine.evidence`
    needs it. ``ready`` are all hits as they are sent, where that was asked for and the engine can; then there are no
    ``matches``.
    """

    total: int
    matches: tuple[Match, ...]
    last: Key | None = None
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    strict: bool = True
    partial: bool = False
    plan: Any = None
    ready: Ready | None = None


class Ready(NamedTuple):
    """The hits of a page as they are sent: JSON objects with commas between; and the tier of the first, if any."""

    hits: bytes
    best: Tier | None


class Passage(NamedTuple):
    """The part of a section that matches: its key, heading and an HTML snippet with ``<mark>``."""

    key: str
    heading: str
    snippet: str


@dataclass(frozen=True)
class Hit:
    """One result as it is sent: ``card`` is the card of its record as JSON, ``why`` tells why it matches.

    ``why`` has the members ``matched_fields`` (names of fields, strongest first), ``highlights`` (marked texts by
    field, HTML, escaped) and ``section`` (the passage, or null) of a JSON object, without its braces.
    """

    card: bytes
    match: Match
    why: bytes

    @cached_property
    def record(self) -> dict[str, Any]:
        """The card of its record."""
        found: dict[str, Any] = orjson.loads(self.card)
        return found

    @property
    def matched_fields(self) -> list[str]:
        """The fields in which the record matches, strongest first."""
        fields: list[str] = self._members["matched_fields"]
        return fields

    @property
    def highlights(self) -> dict[str, list[str]]:
        """Marked texts by field."""
        texts: dict[str, list[str]] = self._members["highlights"]
        return texts

    @cached_property
    def section(self) -> Passage | None:
        """The passage that matches best, or None."""
        found = self._members["section"]
        return Passage(**found) if found else None

    @cached_property
    def _members(self) -> dict[str, Any]:
        found: dict[str, Any] = orjson.loads(b"{%b}" % self.why)
        return found


@dataclass(frozen=True, slots=True)
class Correction:
    """A word of the query that the index does not know, and the word that was searched in its place."""

    typed: str
    searched: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What an abbreviation of the query may stand for, most likely first."""

    word: str
    meanings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The answer to one request.

    ``notes`` say in words what was left out of the query; ``corrections`` which words were searched in place of others,
    in which case every hit is of the tier ``fuzzy``; ``readings`` what its abbreviations may mean. ``partial`` says
    that time was up before everything was looked at. ``ready`` takes the place of ``hits`` where it was asked for and
    can be had.
    """

    query: str
    total: int
    took_ms: float
    snapshot: str
    hits: tuple[Hit, ...]
    notes: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()
    corrected: str | None = None
    readings: tuple[Reading, ...] = ()
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    last: Key | None = None
    partial: bool = False
    ready: Ready | None = None

    @property
    def best(self) -> Tier | None:
        """The tier of the first hit; None where there is no hit."""
        if self.ready is not None:
            return self.ready.best
        return self.hits[0].match.tier if self.hits else None


@dataclass(frozen=True, slots=True)
class Listing:
    """Records that were found, best first, as they are and without a word on why.

    ``records`` are cards, or whole records where these were asked for. ``flags`` says of each demand that was named,
    by its name, which of the records meet it. ``best`` is the tier of the first record, None where there is none.
    """

    total: int
    records: tuple[Mapping[str, Any], ...]
    flags: Mapping[str, Sequence[bool]]
    snapshot: str
    partial: bool
    corrected: bool
    best: Tier | None
