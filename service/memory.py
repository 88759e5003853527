"""How a serving process uses memory: few pools for all threads, and a snapshot that the garbage collector skips."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Callable
from contextlib import suppress

#: The number of glibc's option for the number of pools.
_ARENA_MAX = -8
#: New objects between two looks for garbage in cycles. Requests leave next to none, and hold less than this at a time.
_YOUNG = 20_000
#: No request takes as long as so many turns, half a second each.
_TURNS = 12


def share_among_threads() -> None:
    """Let all threads allocate from two pools; glibc gives each its own, and memory grows with every thread."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 2)


class Settled:
    """Keeps what lives as long as the snapshot out of the garbage collector, which would go through all of it again and
    again, for a tenth of a second each time. `settle` is to be called twice a second; ``serving`` names what is served.
    """

    def __init__(self, serving: Callable[[], str | None]) -> None:
        self._serving = serving
        # No snapshot has this name.
        self._seen: str | None = ""
        self._turns = 0
        gc.set_threshold(_YOUNG, 10, 10)

    def settle(self) -> None:
        """Keep what is served; where another snapshot is served than before, first give what was kept free.

        Requests may hold the old snapshot a little longer, and frozen it would stay for ever, so the new one is kept
        some turns later.
        """
        serving = self._serving()
        if serving != self._seen:
            gc.unfreeze()
            if self._turns > 0:
                # Snapshots come faster than one settles: what the one before the last left behind is freed at least.
                gc.collect()
            self._turns = _TURNS if self._seen else 1
            self._seen = serving
        if self._turns > 0:
            self._turns -= 1
            if self._turns == 0:
                gc.collect()
                gc.freeze()
