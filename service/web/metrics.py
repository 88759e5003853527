"""`/metrics`: what Prometheus asks for, of all workers of a server together.

Every label has its values from a closed set that is known at the start: a request can neither add a series nor put a
word of its own into one. Routes are named by template, so that no code and no query is told.

prometheus_client writes the answer, but does not count. Its own multiprocess mode would take about five microseconds a
request; but it adds files for every worker that dies, and chooses its folder for the whole process when it is imported.
Since all series are known, one row of cells a worker (`counters.py`) does the same in a quarter of the time.
"""

from __future__ import annotations

import re
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, product
from pathlib import Path
from typing import NamedTuple, cast

from flask import Blueprint, Flask, Response, current_app, request
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from service.search.model import SearchResult, Tier
from service.web.counters import Counters, Row
from service.web.errors import ERROR_CODES

blueprint = Blueprint("metrics", __name__)

OTHER = "other"
NO_HIT = "none"
METHODS = ("GET", "HEAD", "OPTIONS", "POST", OTHER)
STATUS_CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
#: Upper bounds of the buckets, in seconds; one more bucket takes the rest.
BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

#: The extension of an app that is called with the outcome of each search, where there is one.
ON_SEARCH = "procsearch_on_search"

_KEY = "procsearch_meters"
_INFO = ("procsearch_snapshot_info", "The snapshot that the worker which answers this serves.")
_DURATION = ("procsearch_request_duration_seconds", "Time to answer a request.")
_BOUNDS = tuple(map(floatToGoString, (*BUCKETS, float("inf"))))


class Number(NamedTuple):
    """A metric of one cell, or of one for each value of its label.

    ``kind``: ``counter`` and ``sum`` are added up over workers, a ``sum`` only over living ones; ``worker`` is told for
    each living worker; ``age`` as well, as the seconds since the moment in its cell.
    """

    name: str
    kind: str
    help: str
    label: str | None = None
    values: Sequence[str] = ("",)


class Outcome(NamedTuple):
    """What is counted of a search: the tier of the first hit, `NO_HIT`, or None where a page is empty though there may
    be hits; whether words were corrected, and whether it ended at the time limit."""

    match: str | None
    corrected: bool
    partial: bool

    @classmethod
    def of(cls, matches: Sequence[str], total: int, corrected: bool, partial: bool) -> Outcome:
        """Return the outcome of a search with these tiers of hits on its page."""
        nothing = None if total or partial else NO_HIT
        return cls(matches[0] if matches else nothing, corrected, partial)


#: What is so now comes before what was counted, see `Counters`.
_MOMENTARY = (
    Number("procsearch_requests_in_flight", "sum", "Requests that are being answered."),
    Number("procsearch_kept_answers", "sum", "Answers kept for who asks the same again."),
    Number("procsearch_kept_answers_bytes", "sum", "Memory that kept answers take."),
    Number("procsearch_snapshot_number", "worker", "Number of the snapshot that the worker serves; 0 without one."),
    Number("procsearch_snapshot_records", "worker", "Records of the snapshot that the worker serves."),
    Number("procsearch_snapshot_age_seconds", "age", "Time since the snapshot that the worker serves was made."),
    Number("procsearch_snapshot_degraded", "worker", "1 where the worker does not serve the published snapshot."),
    Number("procsearch_worker_memory_bytes", "worker", "Resident memory of the worker; 0 where it cannot be told."),
)
_COUNTED = (
    Number("procsearch_worker_starts", "counter", "Workers started; grows where workers die."),
    Number("procsearch_searches", "counter", "Searches answered, kept answers too, by the tier of the first hit.",
           "match", (*(tier.key for tier in Tier), NO_HIT)),
    Number("procsearch_corrected_searches", "counter", "Searches answered with corrected words."),
    Number("procsearch_partial_searches", "counter", "Searches that ended at the time limit."),
    Number("procsearch_kept_answer_lookups", "counter", "Looks for a kept answer.", "result", ("hit", "miss")),
    Number("procsearch_reload_failures", "counter", "Snapshots that could not be taken over, every attempt."),
    Number("procsearch_errors", "counter", "Requests answered with an error.", "code", tuple(ERROR_CODES)),
    Number("procsearch_log_lines_dropped", "counter", "Lines of the request log that nobody took in time."),
)  # fmt: skip


class Meters(Collector):
    """Counts what one worker does and collects what all workers counted; safe for many threads.

    ``routes`` are all templates of the app.
    """

    def __init__(self, routes: Iterable[str], folder: Path | None) -> None:
        self._refresh: Callable[[], None] = lambda: None
        self._snapshot: Callable[[], str | None] = lambda: None
        numbers = [(each.name, value) for each in (*_MOMENTARY, *_COUNTED) for value in each.values]
        self._cells = {key: cell for cell, key in enumerate(numbers)}
        series = product((*sorted(set(routes)), OTHER), METHODS, STATUS_CLASSES)
        width = len(_BOUNDS) + 1
        self._series = {key: len(numbers) + at * width for at, key in enumerate(series)}
        names = [*map(str, numbers), *(f"{key}{bound}" for key in self._series for bound in (*_BOUNDS, "sum"))]
        self._counters = Counters(names, sum(len(each.values) for each in _MOMENTARY), folder)
        self._in_flight = self._cells["procsearch_requests_in_flight", ""]
        self.add("procsearch_worker_starts")

    def watch(self, refresh: Callable[[], None], snapshot: Callable[[], str | None]) -> None:
        """Have ``refresh`` bring up to date what no request changes; ``snapshot`` names what is served."""
        self._refresh, self._snapshot = refresh, snapshot

    def refresh(self) -> None:
        """Bring the row of this worker up to date."""
        self._refresh()

    def add(self, name: str, value: str = "", amount: float = 1) -> None:
        """Add to a number; ``value`` is that of its label."""
        self._counters.add((self._cells[name, value], amount))

    def set(self, name: str, amount: float) -> None:
        """Set a number."""
        self._counters.set(self._cells[name, ""], amount)

    def begin(self) -> None:
        """Count a request as being answered."""
        self._counters.add((self._in_flight, 1))

    def end(self, route: str, method: str, status: int, seconds: float, error: str | None) -> None:
        """Count a request as answered: its template, `METHODS`, HTTP status, how long it took and its error code."""
        cell = self._series[route, method, STATUS_CLASSES[status // 100 - 1]]
        bucket, total = cell + bisect_left(BUCKETS, seconds), cell + len(_BOUNDS)
        self._counters.add((self._in_flight, -1), (bucket, 1), (total, seconds))
        if error is not None:
            self.add("procsearch_errors", error)

    def count_search(self, found: Outcome | None) -> None:
        """Count a search that was answered; None is no search."""
        if found is None:
            return
        if found.match is not None:
            self.add("procsearch_searches", found.match)
        if found.corrected:
            self.add("procsearch_corrected_searches")
        if found.partial:
            self.add("procsearch_partial_searches")

    def collect(self) -> Iterator[Metric]:
        """Yield what all workers counted. A series that nothing was counted in is left out of the histogram."""
        self.refresh()
        rows = self._counters.rows()
        yield self._durations(rows)
        for number in (*_MOMENTARY, *_COUNTED):
            yield self._counter(number, rows) if number.kind == "counter" else self._gauge(number, rows)
        name = self._snapshot()
        info = GaugeMetricFamily(*_INFO, labels=["snapshot"])
        if name:
            info.add_metric([name], 1)
        yield info

    def _durations(self, rows: list[Row]) -> Metric:
        family = HistogramMetricFamily(*_DURATION, labels=["route", "method", "status"])
        for labels, cell in self._series.items():
            *counts, total = (_sum(rows, cell + at) for at in range(len(_BOUNDS) + 1))
            if any(counts):
                family.add_metric(labels, list(zip(_BOUNDS, accumulate(counts), strict=True)), total)
        return family

    def _counter(self, number: Number, rows: list[Row]) -> Metric:
        family = CounterMetricFamily(number.name, number.help, labels=[number.label] if number.label else [])
        for value in number.values:
            family.add_metric([value] if number.label else [], _sum(rows, self._cells[number.name, value]))
        return family

    def _gauge(self, number: Number, rows: list[Row]) -> Metric:
        cell, alive = self._cells[number.name, ""], [row for row in rows if row.alive]
        if number.kind == "sum":
            return GaugeMetricFamily(number.name, number.help, _sum(alive, cell))
        family = GaugeMetricFamily(number.name, number.help, labels=["worker"])
        for row in alive:
            value = row.cells[cell]
            if number.kind != "age":
                family.add_metric([str(row.place)], value)
            elif value:
                family.add_metric([str(row.place)], max(0.0, time.time() - value))
        return family


def _sum(rows: list[Row], cell: int) -> float:
    return sum(row.cells[cell] for row in rows)


def install(app: Flask, folder: Path | None) -> Meters:
    """Make ``app``, which has all its routes, count and show what it does, together with the workers that share
    ``folder``."""
    app.register_blueprint(blueprint)
    meters = Meters((template(rule.rule) for rule in app.url_map.iter_rules()), folder)
    app.extensions[_KEY] = meters
    return meters


def template(rule: str) -> str:
    """Return a rule of the router as docs write it: ``/codes/{code}``."""
    return re.sub(r"<(?:[^<>:]+:)?([^<>]+)>", r"{\1}", rule)


def outcome(result: SearchResult) -> Outcome:
    """Return what is counted of a search."""
    matches = [] if result.best is None else [result.best.key]
    return Outcome.of(matches, result.total, bool(result.corrections), result.partial)


def count_search(found: Outcome | None) -> None:
    """Count a search that was answered."""
    if found is None:
        return
    on_search = current_app.extensions.get(ON_SEARCH)
    if on_search:
        on_search(found)
    meters = cast("Meters | None", current_app.extensions.get(_KEY))
    if meters is not None:
        meters.count_search(found)


@blueprint.get("/metrics")
def metrics() -> Response:
    """Answer in the form that the reader prefers: Prometheus' text, or OpenMetrics."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(current_app.extensions[_KEY])
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return Response(encode(registry), content_type=content_type, headers={"Cache-Control": "no-store"})
