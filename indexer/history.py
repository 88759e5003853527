"""What happened to a code from release to release."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from indexer.official import OfficialCode, Release

_WORDING = ("long_descriptor", "short_descriptor")
_FACTS = ("coverage", "pricing", "multiple_pricing", "betos", "types_of_service", "cross_references", "statute")


@dataclass(frozen=True, slots=True)
class Change:
    """One field that a release changed, as published."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Event:
    """What one release did to one code.

    ``kind`` is ``listed`` (already there in the oldest release imported), ``added``, ``reworded``, ``changed`` (facts),
    ``ended``, ``reinstated``, ``dropped`` (no longer in the file) or ``relisted``. ``date`` is ISO or None.
    """

    release: str
    kind: str
    date: str | None = None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class CodeHistory:
    """The newest record of a code, the release it stands in, and all events from the oldest release on."""

    latest: OfficialCode
    release: str
    events: tuple[Event, ...]
    listed: bool


def histories(releases: Sequence[Release]) -> dict[str, CodeHistory]:
    """Return the history of every code of ``releases`` (of one code system), in any order given."""
    ordered = sorted(releases, key=lambda release: release.label)
    tables = [{each.code: each for each in release.codes} for release in ordered]
    codes = sorted({code for table in tables for code in table})
    labels = [release.label for release in ordered]
    return {code: _history(labels, [table.get(code) for table in tables]) for code in codes}


def _history(labels: list[str], records: list[OfficialCode | None]) -> CodeHistory:
    events: list[Event] = []
    before: OfficialCode | None = None
    latest: tuple[str, OfficialCode] | None = None
    for at, (label, record) in enumerate(zip(labels, records, strict=True)):
        if record is not None:
            events.extend(_events(label, before, record, first=at == 0, known=latest and latest[1]))
            latest = (label, record)
        elif before is not None:
            events.append(Event(label, "dropped"))
        before = record
    if latest is None:
        raise ValueError("expected a code that at least one release lists; got none")
    return CodeHistory(latest[1], latest[0], tuple(events), listed=records[-1] is not None)


def _events(
    label: str, before: OfficialCode | None, record: OfficialCode, *, first: bool, known: OfficialCode | None
) -> Iterable[Event]:
    if before is None:
        yield _arrival(label, record, first=first, known=known)
        if record.terminated and not first:
            yield Event(label, "ended", record.terminated)
        return
    wording = _changes(before, record, _WORDING)
    facts = _changes(before, record, _FACTS)
    if wording:
        yield Event(label, "reworded", record.effective, wording)
    if facts:
        yield Event(label, "changed", record.effective, facts)
    if record.terminated != before.terminated:
        yield Event(label, "ended" if record.terminated else "reinstated", record.terminated)


def _arrival(label: str, record: OfficialCode, *, first: bool, known: OfficialCode | None) -> Event:
    if known:
        # Nothing else tells what was other before the gap.
        return Event(label, "relisted", record.effective, _changes(known, record, (*_WORDING, *_FACTS)))
    # The oldest file holds codes of every age; only those dated in its own year came with it.
    new = not first or (record.added or "").startswith(label[:4])
    return Event(label, "added" if new else "listed", record.added)


def _changes(before: OfficialCode, after: OfficialCode, fields: Iterable[str]) -> tuple[Change, ...]:
    pairs = ((field, _shown(getattr(before, field)), _shown(getattr(after, field))) for field in fields)
    return tuple(Change(field, old, new) for field, old, new in pairs if old != new)


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
