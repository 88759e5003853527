"""Numbers that all workers of one server share: each worker writes its own row, whichever is asked reads them all.

A row is a small file of float64 cells that is mapped into memory, so that counting costs no system call. A worker holds
a lock on its file as long as it lives; the lock ends with the process, however that ends, and thus tells the living
from the dead. The worker that is started in the place of a dead one takes over its file and counts on, so that sums
never fall and the folder does not grow with every worker that dies.
"""

from __future__ import annotations

import fcntl
import hashlib
import itertools
import mmap
import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_CELL_BYTES = 8


class Row(NamedTuple):
    """What one worker counted: its place among the workers, whether it lives, and its cells."""

    place: int
    alive: bool
    cells: Sequence[float]


class Counters:
    """The cells of this worker, and a view of the other workers' cells; safe for many threads.

    ``names`` names the cells: workers share rows only where all names are the same. The first ``momentary`` cells tell
    how things are now and not what was counted: they begin at zero again in the worker that takes over a row. Without a
    ``folder`` nothing is shared.
    """

    def __init__(self, names: Iterable[str], momentary: int, folder: Path | None) -> None:
        named = list(names)
        self._size = len(named) * _CELL_BYTES
        # A server that is updated while it runs may have workers that count other things.
        self._prefix = hashlib.sha256("\n".join(named).encode()).hexdigest()[:12]
        self._folder = folder
        self._lock = threading.Lock()
        self.place, file = (0, -1) if folder is None else self._take_over(folder)
        self._cells = memoryview(mmap.mmap(file, self._size)).cast("d")
        for cell in range(momentary):
            self._cells[cell] = 0.0

    def add(self, *changes: tuple[int, float]) -> None:
        """Add to cells, each given as its number and what to add, all at once."""
        cells = self._cells
        with self._lock:
            for cell, amount in changes:
                cells[cell] += amount

    def set(self, cell: int, value: float) -> None:
        """Set one cell."""
        self._cells[cell] = value

    def rows(self) -> list[Row]:
        """Return the rows of all workers that are or were, in the order of their places."""
        own = Row(self.place, True, self._cells.tolist())
        return sorted([own, *self._other_rows()])

    def _take_over(self, folder: Path) -> tuple[int, int]:
        """Lock the first row that no living worker holds; the open file keeps the lock until this process ends."""
        for place in itertools.count():
            file = os.open(folder / f"{self._prefix}-{place}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            if _is_locked_for_us(file, fcntl.LOCK_EX):
                os.ftruncate(file, self._size)
                break
            os.close(file)
        return place, file

    def _other_rows(self) -> Iterator[Row]:
        for path in self._folder.glob(f"{self._prefix}-*") if self._folder else ():
            place = int(path.name.rpartition("-")[2])
            # Another worker may start, or the folder be removed, at this very moment.
            with suppress(OSError, ValueError):
                if place != self.place:
                    yield self._read(path, place)

    def _read(self, path: Path, place: int) -> Row:
        with path.open("rb") as file, mmap.mmap(file.fileno(), self._size, access=mmap.ACCESS_READ) as memory:
            alive = not _is_locked_for_us(file.fileno(), fcntl.LOCK_SH)
            with memoryview(memory) as raw, raw.cast("d") as cells:
                return Row(place, alive, cells.tolist())


def _is_locked_for_us(file: int, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
