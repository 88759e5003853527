"""What administration answers, as frozen values. The HTTP API's documentation says what each field means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a task failed: ``kind`` is ``interrupted`` or the name of the error."""

    kind: str
    message: str | None


@dataclass(frozen=True, slots=True)
class Task:
    """A build: what it is for, how far it is, how it ended. ``state`` is ``queued``, ``running``, ``succeeded``,
    ``failed`` or ``cancelled``."""

    id: str
    state: str
    reason: str
    created: str
    started: str | None
    ended: str | None
    phase: str | None
    done: int
    steps: int
    rate: float | None
    cancelling: bool
    snapshot: str | None
    published: bool
    changes: dict[str, int]
    problems: tuple[str, ...]
    failure: Failure | None

    @property
    def is_over(self) -> bool:
        """Whether it neither waits nor runs."""
        return self.state not in ("queued", "running")


@dataclass(frozen=True, slots=True)
class Tasks:
    """The tasks that are remembered, newest first."""

    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What could be better in a document, or is wrong with it."""

    line: int
    column: int
    severity: str
    rule: str
    expected: str
    got: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Written:
    """A document that was written or removed (then ``etag`` is None), and the task by which that can be searched."""

    code: str
    etag: str | None
    created: bool
    problems: tuple[Finding, ...]
    task: Task


@dataclass(frozen=True, slots=True)
class Source:
    """A document as text, and the ``etag`` that a change of it may name as ``if_match``."""

    text: str
    etag: str


@dataclass(frozen=True, slots=True)
class BulkLine:
    """The answer to one line: ``status`` 200 or 201 with what was written or removed, or that of its ``error``."""

    line: int
    status: int
    code: str | None
    etag: str | None = None
    created: bool = False
    problems: tuple[Finding, ...] = ()
    error: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class BulkSummary:
    """How many lines did what; ``task`` is None where nothing was changed."""

    written: int
    removed: int
    failed: int
    task: Task | None


@dataclass(frozen=True, slots=True)
class Synonyms:
    """The rules that were added by operators."""

    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SynonymChange:
    """A rule that was added or removed; ``changed`` is False, without a task, where it was there already."""

    rule: str
    changed: bool
    task: Task | None


@dataclass(frozen=True, slots=True)
class CountedQuery:
    """What is counted of one query."""

    query: str
    searches: int
    nothing_found: int
    clicks: int
    mean_position: float | None


@dataclass(frozen=True, slots=True)
class SearchCounts:
    """What was searched in the weeks that are kept."""

    threshold: int
    days: int
    weeks: tuple[str, ...]
    searches: int
    nothing_found: int
    left_out: int
    queries: tuple[CountedQuery, ...]
    without_result: tuple[CountedQuery, ...]
    click_positions: tuple[int, ...]
