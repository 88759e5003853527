"""Tasks: builds that were asked for over HTTP or by a watcher, each told in a file below ``<data>/tasks``.

A task is ``queued``, then ``running``, then ``succeeded``, ``failed`` or ``cancelled``. One process at a time runs
tasks (`task_runner.py`) and holds a lock as long as it lives; a task that says ``running`` while nobody holds the lock
was interrupted. There is at most one queued task: who asks for another while one waits is told of that one, since it
will read whatever was changed until it starts.
"""

from __future__ import annotations

import dataclasses
import datetime
import math
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from indexer.errors import DataError
from indexer.files import names_in, write_atomically
from indexer.locks import file_lock, is_locked

QUEUED, RUNNING, SUCCEEDED, FAILED, CANCELLED = STATES = ("queued", "running", "succeeded", "failed", "cancelled")
#: Why a build is wanted.
REASONS = ("request", "documents", "synonyms", "files", "import")
#: The kind of failure of a task whose process died.
INTERRUPTED = "interrupted"

_FOLDER = "tasks"
_RUNNER = "runner.lock"
_ENDING, _CANCEL = ".json", ".cancel"
_ID = re.compile(r"[0-9]{8}T[0-9]{9}-[0-9a-f]{8}")
_MOST_KEPT = 100
_WAIT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Task:
    """One build: what was asked, how far it is and how it ended; all times are UTC in ISO 8601.

    ``folders`` are those of documents beside the service's own.
    ``done`` of ``steps`` steps of the ``phase`` are done, ``rate`` of them a second. ``changes`` counts the codes that
    were added, changed and removed, and the documents rejected. ``problems`` are the first problems of documents.
    ``failure`` is `INTERRUPTED` or the name of the error, ``message`` what it said.
    """

    id: str
    state: str
    reason: str
    folders: tuple[str, ...]
    created: str
    started: str | None = None
    ended: str | None = None
    phase: str | None = None
    done: int = 0
    steps: int = 0
    rate: float | None = None
    cancelling: bool = False
    snapshot: str | None = None
    published: bool = False
    changes: dict[str, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    failure: str | None = None
    message: str | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing will happen to it any more."""
        return self.state not in (QUEUED, RUNNING)


class TaskStore:
    """The tasks of a data folder; safe for many threads and processes."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._folder = data / _FOLDER

    def submit(self, reason: str, folders: Sequence[Path]) -> tuple[Task, bool]:
        """Return the queued task, and whether this call has queued it."""
        with self.changing():
            waiting = next((task for task in self.all() if task.state == QUEUED), None)
            return (waiting, False) if waiting else (self._queue(reason, folders), True)

    def start_one(self, reason: str, folders: Sequence[Path]) -> tuple[Task, bool]:
        """Return the task that waits or runs, or else queue one; and whether this call has queued it."""
        with self.changing():
            open_task = next((task for task in self.all() if not task.is_over), None)
            return (open_task, False) if open_task else (self._queue(reason, folders), True)

    def get(self, task_id: str) -> Task | None:
        """Return a task as it is now, or None where there is none of this id."""
        if not _ID.fullmatch(task_id):
            return None
        task = self._read(task_id)
        if task and task.state == RUNNING and not is_locked(self._folder / _RUNNER):
            # It may have ended between the two looks, and its process with it.
            task = self._read(task_id)
            if task and task.state == RUNNING:
                return self._interrupted(task)
        return task

    def all(self) -> list[Task]:
        """Return all tasks that are remembered, newest first."""
        names = [name.removesuffix(_ENDING) for name in names_in(self._folder, _ENDING)]
        found = [self.get(name) for name in reversed(names)]
        return [task for task in found if task]

    def cancel(self, task_id: str) -> Task | None:
        """Ask a task to end without publishing, and return it as it is then; None where there is none of this id."""
        with self.changing():
            task = self.get(task_id)
            if task is None or task.is_over:
                return task
            if task.state == QUEUED:
                task = dataclasses.replace(task, state=CANCELLED, ended=now())
                self.save(task)
                return task
            write_atomically(self._folder / f"{task_id}{_CANCEL}", b"")
            return self.get(task_id)

    def is_cancelled(self, task_id: str) -> bool:
        """Say whether a running task was asked to end."""
        return (self._folder / f"{task_id}{_CANCEL}").exists()

    def take(self) -> Task | None:
        """Return the queued task, running from now on; None where there is none. Only for who holds `running`."""
        with self.changing():
            self._settle_interrupted()
            task = next((task for task in self.all() if task.state == QUEUED), None)
            if task:
                task = dataclasses.replace(task, state=RUNNING, started=now())
                self.save(task)
            return task

    def save(self, task: Task) -> None:
        """Write a task; on return it has reached the disk."""
        write_atomically(self._folder / f"{task.id}{_ENDING}", orjson.dumps(dataclasses.asdict(task)))

    def has_queued(self) -> bool:
        """Say whether a task waits for a process that runs it."""
        return any(task.state == QUEUED for task in self.all())

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait to be the one process that runs tasks; LockHeld where another process waits already.

        Who waits looks for a queued task once it is its turn, so a task that was queued before is found in any case.
        """
        with ExitStack() as stack:
            with file_lock(self._folder / "next.lock", 0.0):
                stack.enter_context(file_lock(self._folder / _RUNNER, math.inf))
            yield

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the right to queue, take and cancel tasks."""
        with file_lock(self._folder / "tasks.lock", _WAIT_SECONDS):
            yield

    def _queue(self, reason: str, folders: Sequence[Path]) -> Task:
        moment = datetime.datetime.now(datetime.UTC)
        task_id = f"{moment:%Y%m%dT%H%M%S}{moment.microsecond // 1000:03}-{secrets.token_hex(4)}"
        task = Task(task_id, QUEUED, reason, tuple(str(folder.absolute()) for folder in folders), now())
        self.save(task)
        self._forget_old()
        return task

    def _forget_old(self) -> None:
        over = [task for task in self.all() if task.is_over]
        for task in over[_MOST_KEPT:]:
            for ending in (_ENDING, _CANCEL):
                (self._folder / f"{task.id}{ending}").unlink(missing_ok=True)

    def _settle_interrupted(self) -> None:
        """Note of tasks whose process died that they are over; whoever holds the turn knows that nobody runs them."""
        for task in self.all():
            if task.state == RUNNING:
                self.save(self._interrupted(task))

    def _read(self, task_id: str) -> Task | None:
        path = self._folder / f"{task_id}{_ENDING}"
        try:
            values = orjson.loads(path.read_bytes())
            task = Task(**{**values, "folders": tuple(values["folders"]), "problems": tuple(values["problems"])})
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, KeyError) as error:
            raise DataError(
                f"{path}: expected a task; got {type(error).__name__}: {error}. Remove the file."
            ) from error
        return dataclasses.replace(task, cancelling=not task.is_over and self.is_cancelled(task_id))

    def _interrupted(self, task: Task) -> Task:
        # The last time that it told of itself is the best that is known of its end.
        last = (self._folder / f"{task.id}{_ENDING}").stat().st_mtime
        ended = datetime.datetime.fromtimestamp(last, datetime.UTC).isoformat(timespec="milliseconds")
        message = "The process that ran it ended before it did; nothing of it was published. Start it again."
        return dataclasses.replace(
            task, state=FAILED, ended=ended, cancelling=False, failure=INTERRUPTED, message=message
        )


def now() -> str:
    """Return this moment in UTC."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
