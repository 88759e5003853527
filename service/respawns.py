"""When workers were started anew. A service goes on for as long as nobody stops it, however often workers die.

Granian ends the whole server where a worker dies within 5.5 seconds of having been started anew. One client whose
request kills its worker twice would so end the service for all. Here such a worker is started again, after a pause that
doubles each time, so that one that can never start takes no processor for itself.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 2.0
#: A worker that lived for so long did not die of its start.
_SETTLED_SECONDS = 5.5
_POLL_SECONDS = 0.05


class Respawns(dict[int, float]):
    """Worker number -> when it was started anew, in seconds of `time.monotonic`; takes the place of Granian's own.

    Granian's loop asks with `get` before it starts a worker that died, and ends the server where the answer is recent.
    """

    def __init__(self, stopping: Callable[[], bool]) -> None:
        """``stopping`` says whether the server was told to stop."""
        super().__init__()
        self._stopping = stopping
        self._pauses: dict[int, float] = {}
        self._started: dict[int, float] = {}

    def __setitem__(self, worker: int, started: float) -> None:
        self._started[worker] = started
        super().__setitem__(worker, started)

    def get(self, worker: int, default: float | None = None) -> float:  # type: ignore[override]
        """Wait for as long as the worker died early in a row; return long ago, or now where the server is to stop."""
        lived = time.monotonic() - self._started.get(worker, -math.inf)
        before = self._pauses.get(worker, 0.0) if lived <= _SETTLED_SECONDS else 0.0
        self._pauses[worker] = min(2 * before or _FIRST_PAUSE, _LONGEST_PAUSE)
        until = time.monotonic() + before
        while time.monotonic() < until and not self._stopping():
            time.sleep(_POLL_SECONDS)
        # The loop forgets a signal that came meanwhile, unless it ends here.
        return time.monotonic() if self._stopping() else -math.inf
