"""What the API answers, as frozen values. The HTTP API's documentation says what each field means.

Fields that a newer server adds are passed over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Passage:
    """The section of a document that matches best; ``snippet`` is HTML with ``<mark>`` as the only tag."""

    key: str
    heading: str
    snippet: str


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One summand of a score, and the word that it is about."""

    part: str
    word: str | None
    value: float


@dataclass(frozen=True, slots=True)
class Hit:
    """One record that was found, and how it matches."""

    code: str
    code_system: str
    kind: str
    family: str | None
    title: str
    descriptor: str
    has_document: bool
    status: str
    score: float
    match: str
    matched_fields: tuple[str, ...]
    highlights: dict[str, tuple[str, ...]]
    section: Passage | None
    explanation: tuple[ScorePart, ...] | None


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet, its meaning, and how many matches have it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Correction:
    """A word of the query that is unknown, and the one that was searched in its place."""

    typed: str
    searched: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What an abbreviation of the query may mean."""

    word: str
    meanings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """One page of hits; ``total`` counts all pages, ``cursor`` is where the next begins."""

    query: str
    corrected: str | None
    total: int
    partial: bool
    took_ms: float
    snapshot: str
    notes: tuple[str, ...]
    corrections: tuple[Correction, ...]
    readings: tuple[Reading, ...]
    facets: dict[str, tuple[FacetValue, ...]]
    cursor: str | None
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class SuggestedCode:
    """A record whose code begins so."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class SuggestedName:
    """A record by the name that matches; ``highlight`` is that name as HTML with ``<mark>``."""

    code: str
    code_system: str
    kind: str
    title: str
    has_document: bool
    text: str
    highlight: str


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What may be meant by what was typed so far."""

    query: str
    snapshot: str
    completions: tuple[str, ...]
    codes: tuple[SuggestedCode, ...]
    names: tuple[SuggestedName, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, item or subheading of a section."""

    type: str
    text: str
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a document."""

    key: str
    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One record whole; ``official`` and ``history`` are plain values as the API describes them."""

    code: str
    code_system: str
    kind: str
    family: str | None
    title: str
    descriptor: str
    short_descriptor: str | None
    has_document: bool
    common_names: tuple[str, ...]
    technical_terms: tuple[str, ...]
    drug_names: tuple[str, ...]
    sections: tuple[Section, ...]
    official: dict[str, Any] | None
    history: tuple[dict[str, Any], ...]
    ends: str | None
    snapshot: str


@dataclass(frozen=True, slots=True)
class BriefRecord:
    """What a batch tells of a code."""

    code: str
    code_system: str
    kind: str
    family: str | None
    title: str
    descriptor: str
    has_document: bool
    ends: str | None
    status: str


@dataclass(frozen=True, slots=True)
class BatchedRecord:
    """The answer to one code of a batch: ``status`` 200 with the record, or that of its ``error``."""

    code: str
    status: int
    record: BriefRecord | None = None
    error: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class BatchedQuery:
    """The answer to one query of a batch: ``status`` 200 with the answer, or that of its ``error``."""

    query: str
    status: int
    answer: SearchAnswer | None = None
    error: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class BatchOfRecords:
    """Answers to codes in the order asked; ``partial``: time did not suffice for all of them."""

    snapshot: str
    took_ms: float
    partial: bool
    results: tuple[BatchedRecord, ...]


@dataclass(frozen=True, slots=True)
class BatchOfQueries:
    """Answers to queries in the order asked; ``partial``: time did not suffice for all of them."""

    snapshot: str
    took_ms: float
    partial: bool
    results: tuple[BatchedQuery, ...]


@dataclass(frozen=True, slots=True)
class SnapshotInfo:
    """What the server serves and what it was made of."""

    snapshot: str
    created: str
    content_hash: str
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether the server can serve: ``status`` is ``ok``, ``degraded``, ``unavailable`` or ``draining``."""

    status: str
    snapshot: str | None
    published: str | None
