"""What was searched, counted so that nobody can be found in it.

The text of a query is kept only once enough clients have asked it. Until then there is a keyed hash of it, and a set
of 64 bits of which each client sets one, chosen by a keyed hash of query and address. Set bits are never more than
clients. The key is made when the server starts and lies in memory only; with it, and with every week, all hashes are
others. No address, and no time but the week, is kept.

Each worker counts in memory and adds that to the file of the week now and then, under a lock, so that the files hold
what all workers counted.
"""

from __future__ import annotations

import datetime
import hashlib
import logging
import re
import threading
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson

from indexer.analysis.tokenizer import words
from indexer.files import names_in, write_atomically
from indexer.locks import file_lock

_log = logging.getLogger(__name__)

FLUSH_SECONDS = 30.0
#: Positions that are told apart; the last stands for all behind.
MOST_POSITION = 11
MAX_CHARS, MAX_WORDS = 80, 8
_FOLDER = "analytics"
_BITS = 64
_MOST_PENDING = 2_000
_MOST_KEPT = 20_000
_MOST_SHOWN = 100
_WAIT_SECONDS = 5.0
_VERSION = 1
_DAYS_OF_WEEK = 7
#: Numbers of people, of telephones and of cases, and addresses: a query with such is about somebody.
_ABOUT_SOMEBODY = re.compile(r"@|\d{6}|\d{3}[ .-]\d{2,3}[ .-]\d{4}")


@dataclass(slots=True)
class Entry:
    """What is counted of one query: ``positions`` is the sum over its clicks; ``text`` is None until it may be kept."""

    searches: int = 0
    nothing_found: int = 0
    clicks: int = 0
    positions: int = 0
    bits: int = 0
    text: str | None = None

    def add(self, other: Entry) -> None:
        """Add what was counted elsewhere of the same query."""
        self.searches += other.searches
        self.nothing_found += other.nothing_found
        self.clicks += other.clicks
        self.positions += other.positions
        self.bits |= other.bits

    @property
    def clients(self) -> int:
        """How many clients asked it at least."""
        return self.bits.bit_count()


@dataclass(slots=True)
class Week:
    """What was counted in one week: totals, clicks by position, and entries by hash of their query.

    ``left_out`` counts searches of queries that are too long, may be about somebody, or found no room.
    """

    searches: int = 0
    nothing_found: int = 0
    left_out: int = 0
    clicks: list[int] = field(default_factory=lambda: [0] * MOST_POSITION)
    entries: dict[str, Entry] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was counted."""
        return not (self.searches or self.entries)


class Analytics:
    """Counts searches of one worker, and tells those of all; safe for many threads.

    ``threshold`` clients must have asked a query within a week before its text is kept; ``days`` after its end a week
    is forgotten. Workers that share ``key`` tell clients apart together.
    """

    def __init__(self, data: Path, threshold: int, days: int, key: bytes) -> None:
        self._folder, self._key = data / _FOLDER, key
        self.threshold, self.days = threshold, days
        self._lock, self._stopped = threading.Lock(), threading.Event()
        self._week, self._texts = Week(), dict[str, str]()
        self._name = _week_of(_today())

    def searched(self, query: str, client: str, *, nothing_found: bool) -> None:
        """Count a search; ``client`` is the address, of which nothing is kept."""
        text = normalised(query)
        with self._lock:
            self._begin_week()
            self._week.searches += 1
            self._week.nothing_found += nothing_found
            entry = self._entry(text)
            if entry is None:
                self._week.left_out += 1
            else:
                entry.searches += 1
                entry.nothing_found += nothing_found
                entry.bits |= 1 << self._hash(f"{text}\n{client}", 8)[0] % _BITS

    def clicked(self, query: str, position: int) -> None:
        """Count a click on the hit at a position from 1 on."""
        text = normalised(query)
        place = min(max(position, 1), MOST_POSITION)
        with self._lock:
            self._begin_week()
            self._week.clicks[place - 1] += 1
            entry = self._entry(text)
            if entry:
                entry.clicks += 1
                entry.positions += place

    def flush(self) -> None:
        """Add what this worker counted to the file of the week, and forget weeks that are over for long."""
        with self._lock:
            name, week, texts = self._name, self._week, self._texts
            self._week, self._texts = Week(), {}
        if week.is_empty and not any(week.clicks):
            return
        with file_lock(self._folder / "weeks.lock", _WAIT_SECONDS):
            path = self._folder / f"{name}.json"
            kept = _merged(_read(path), week)
            for key, text in texts.items():
                entry = kept.entries.get(key)
                if entry and entry.clients >= self.threshold:
                    entry.text = text
            write_atomically(path, orjson.dumps({"version": _VERSION, **asdict(kept)}))
            path.chmod(0o600)
            self._forget_old()

    def report(self) -> dict[str, Any]:
        """Return what all workers counted in the weeks that are kept, of queries only those that may be shown."""
        self.flush()
        names = [name for name in self._names() if not self._is_old(name)]
        weeks = [_read(self._folder / f"{name}.json") for name in names]
        queries = self._shown(weeks)
        clicks = [sum(counts) for counts in zip(*(week.clicks for week in weeks), strict=True)] or [0] * MOST_POSITION
        return {
            "threshold": self.threshold,
            "days": self.days,
            "weeks": names,
            "searches": sum(week.searches for week in weeks),
            "nothing_found": sum(week.nothing_found for week in weeks),
            "left_out": sum(week.left_out for week in weeks),
            "queries": _top(queries, "searches"),
            "without_result": _top(queries, "nothing_found"),
            "click_positions": clicks,
        }

    def start(self) -> None:
        """Flush now and then, from a thread that ends with the process or with `stop`."""
        threading.Thread(target=self._run, name="analytics", daemon=True).start()

    def stop(self) -> None:
        """Flush for the last time."""
        self._stopped.set()
        self._try_flush()

    def _run(self) -> None:
        while not self._stopped.wait(FLUSH_SECONDS):
            self._try_flush()

    def _try_flush(self) -> None:
        try:
            self.flush()
        except Exception as error:
            # What cannot be written is lost; counting must never stop the service. No text of a query is logged.
            _log.warning("counts of searches could not be written: %s", type(error).__name__)

    def _begin_week(self) -> None:
        name = _week_of(_today())
        if name != self._name:
            self._name, self._week, self._texts = name, Week(), {}

    def _entry(self, text: str | None) -> Entry | None:
        if text is None:
            return None
        key = self._hash(text, 16).hex()
        entry = self._week.entries.get(key)
        if entry is None and len(self._week.entries) < _MOST_PENDING:
            entry = self._week.entries[key] = Entry()
            self._texts[key] = text
        return entry

    def _hash(self, text: str, size: int) -> bytes:
        return hashlib.blake2b(f"{self._name}\n{text}".encode(), digest_size=size, key=self._key).digest()

    def _shown(self, weeks: Iterable[Week]) -> dict[str, Entry]:
        found: dict[str, Entry] = {}
        for week in weeks:
            for entry in week.entries.values():
                if entry.text is not None and entry.clients >= self.threshold:
                    found.setdefault(entry.text, Entry(text=entry.text)).add(entry)
        return found

    def _names(self) -> list[str]:
        return [name.removesuffix(".json") for name in names_in(self._folder, ".json") if not name.startswith(".")]

    def _is_old(self, name: str) -> bool:
        last = datetime.datetime.strptime(f"{name}-7", "%G-W%V-%u").date()
        return last < _today() - datetime.timedelta(days=self.days)

    def _forget_old(self) -> None:
        for name in self._names():
            if self._is_old(name):
                (self._folder / f"{name}.json").unlink(missing_ok=True)


def normalised(query: str) -> str | None:
    """Return a query as it is counted, or None where it is not: blank, long, or perhaps about somebody."""
    if _ABOUT_SOMEBODY.search(query):
        return None
    found = words(query[: MAX_CHARS + 1])
    text = " ".join(found)
    return text if 0 < len(text) <= MAX_CHARS >= len(query) and len(found) <= MAX_WORDS else None


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


def _week_of(day: datetime.date) -> str:
    return f"{day:%G-W%V}"


def _read(path: Path) -> Week:
    """Return what a file holds; an empty week where there is none or it is damaged: these are counts, not records."""
    with suppress(FileNotFoundError):
        try:
            values = orjson.loads(path.read_bytes())
            if values.pop("version") == _VERSION:
                entries = {key: Entry(**each) for key, each in values.pop("entries").items()}
                return Week(**values, entries=entries)
        except (ValueError, TypeError, KeyError, AttributeError):
            _log.warning("%s is damaged and begun anew", path.name)
    return Week()


def _merged(week: Week, more: Week) -> Week:
    week.searches += more.searches
    week.nothing_found += more.nothing_found
    week.left_out += more.left_out
    week.clicks = [one + other for one, other in zip(week.clicks, more.clicks, strict=True)]
    for key, entry in more.entries.items():
        week.entries.setdefault(key, Entry()).add(entry)
    if len(week.entries) > _MOST_KEPT:
        week.left_out += _cut(week)
    return week


def _cut(week: Week) -> int:
    """Leave out the entries that are least likely to be shown, and return how many searches that were."""
    order = sorted(week.entries.items(), key=lambda item: (item[1].clients, item[1].searches), reverse=True)
    week.entries = dict(order[: _MOST_KEPT * 3 // 4])
    return sum(entry.searches for _, entry in order[len(week.entries) :])


def _top(queries: dict[str, Entry], by: str) -> list[dict[str, Any]]:
    order = Counter({text: getattr(entry, by) for text, entry in queries.items() if getattr(entry, by)})
    return [_row(text, queries[text]) for text, _ in order.most_common(_MOST_SHOWN)]


def _row(text: str, entry: Entry) -> dict[str, Any]:
    return {
        "query": text,
        "searches": entry.searches,
        "nothing_found": entry.nothing_found,
        "clicks": entry.clicks,
        "mean_position": round(entry.positions / entry.clicks, 2) if entry.clicks else None,
    }
