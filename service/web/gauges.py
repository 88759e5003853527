"""What a worker tells of itself apart from requests: copied to its row after each look at the snapshot pointer, so
that requests have nothing to do with it and every worker is told of, whichever is asked."""

from __future__ import annotations

import datetime
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from service.search.errors import Unavailable
from service.search.searcher import Searcher
from service.web.answers import Answers
from service.web.logs import RequestLog
from service.web.metrics import Meters

_MEMORY = Path("/proc/self/statm")


class Gauges:
    """Copies to ``meters`` what the parts of this process count for themselves."""

    def __init__(self, meters: Meters, searcher: Searcher, answers: Answers, log: RequestLog | None) -> None:
        self._meters, self._searcher, self._answers = meters, searcher, answers
        self._sources: dict[tuple[str, str], Callable[[], int]] = {
            ("procsearch_kept_answer_lookups", "hit"): lambda: answers.hits,
            ("procsearch_kept_answer_lookups", "miss"): lambda: answers.misses,
            ("procsearch_reload_failures", ""): lambda: searcher.reload_failures,
            ("procsearch_log_lines_dropped", ""): lambda: log.dropped if log else 0,
        }
        # The row may hold what an earlier worker counted, so only what is new is added.
        self._told = dict.fromkeys(self._sources, 0)
        self._lock = threading.Lock()

    def refresh(self) -> None:
        """Bring the row up to date."""
        with self._lock:
            for (name, value), source in self._sources.items():
                count = source()
                self._meters.add(name, value, count - self._told[name, value])
                self._told[name, value] = count
        self._meters.set("procsearch_kept_answers", len(self._answers))
        self._meters.set("procsearch_kept_answers_bytes", self._answers.held_bytes)
        self._meters.set("procsearch_worker_memory_bytes", _resident_bytes())
        self._tell_snapshot()

    def _tell_snapshot(self) -> None:
        status = self._searcher.status
        number = created = records = 0.0
        with suppress(Unavailable):
            manifest = self._searcher.manifest()
            number = int(manifest["snapshot"].partition("-")[0])
            created = datetime.datetime.fromisoformat(manifest["created"]).timestamp()
            records = manifest["counts"]["records"]
        self._meters.set("procsearch_snapshot_number", number)
        self._meters.set("procsearch_snapshot_records", records)
        self._meters.set("procsearch_snapshot_age_seconds", created)
        self._meters.set("procsearch_snapshot_degraded", status.problem is not None)


def _resident_bytes() -> int:
    try:
        return int(_MEMORY.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
