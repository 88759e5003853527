"""Watches documents and imports, and asks for a build when they change; looks into a folder for new official files."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import CorpusError
from indexer import task_runner
from indexer.errors import IndexerError
from indexer.inbox import IMPORTED, REFUSED, import_new
from indexer.task_runner import INDEXER, Program
from indexer.tasks import TaskStore

_log = logging.getLogger(__name__)

#: What is the same as long as no file changes: path -> (inode, size, time of the last change).
Look = dict[str, tuple[int, int, int]]


@dataclass(frozen=True, slots=True)
class Watched:
    """What is watched.

    Files in ``folders`` and in the imports of ``data`` are looked at every ``poll`` seconds; once they have changed and
    then been still for ``quiet`` seconds, a build is wanted. Every ``import_every`` seconds new files in
    ``import_folder`` are imported.
    """

    data: Path
    folders: tuple[Path, ...]
    poll: float = 1.0
    quiet: float = 2.0
    import_folder: Path | None = None
    import_every: float = 86_400.0


class Watcher:
    """Looks, and asks for builds; `step` does what is due at a moment."""

    def __init__(self, watched: Watched, want_build: Callable[[str], None]) -> None:
        """``want_build`` is called with the reason of each build that is wanted."""
        self._watched, self._want_build = watched, want_build
        # What changed while nobody watched is taken by a build at the start.
        self._built: Look | None = None
        self._last, self._still_since = look(self._places()), float("-inf")
        self._import_at = float("-inf")

    def step(self, moment: float) -> None:
        """Do what is due at ``moment``, in seconds of a clock that never goes back."""
        if self._watched.import_folder and moment >= self._import_at:
            self._import_at = moment + self._watched.import_every
            self._import(self._watched.import_folder)
        now = look(self._places())
        if now != self._last:
            self._last, self._still_since = now, moment
        elif now != self._built and moment - self._still_since >= self._watched.quiet:
            self._want_build("files")
            self._built = now

    def _places(self) -> list[Path]:
        return [*self._watched.folders, self._watched.data / "imports"]

    def _import(self, folder: Path) -> None:
        try:
            taken = import_new(self._watched.data, folder)
        except (IndexerError, OSError) as error:
            _log.error("nothing could be imported: %s", error)
            return
        for each in taken:
            level = logging.ERROR if each.state == REFUSED else logging.INFO
            _log.log(level, "%s %s: %s", each.state, each.name, each.told)
        if any(each.state == IMPORTED for each in taken):
            self._want_build("import")
            self._built = self._last = look(self._places())


def look(places: Iterable[Path]) -> Look:
    """Return what tells whether any file in these folders changed; hidden files are passed over, as by builds."""
    found: Look = {}
    for place in places:
        for current, folders, names in os.walk(place):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in names:
                if not name.startswith("."):
                    _note(found, os.path.join(current, name))
    return found


def _note(found: Look, path: str) -> None:
    try:
        state = os.stat(path)
    except OSError:
        # It went between the two looks, or leads nowhere; the next look or the build tells.
        return
    found[path] = (state.st_ino, state.st_size, state.st_mtime_ns)


def watch(watched: Watched, goes_on: Callable[[], bool], program: Program = INDEXER) -> None:
    """Watch as long as ``goes_on`` says so, and have tasks run by ``program`` in processes of their own."""
    store = TaskStore(watched.data)
    watcher = Watcher(watched, lambda reason: _start(store, reason, watched.folders, program))
    while goes_on():
        try:
            watcher.step(time.monotonic())
        except (IndexerError, CorpusError, OSError) as error:
            # The disk may be full or away for a while.
            _log.error("watching goes on after: %s", error)
        time.sleep(watched.poll)


def _start(store: TaskStore, reason: str, folders: Sequence[Path], program: Program) -> None:
    task, _ = store.submit(reason, folders)
    task_runner.start(store.data, program)
    _log.info("task %s: a build, since %s", task.id, "files changed" if reason == "files" else "files were imported")
