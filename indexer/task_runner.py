"""Runs queued tasks, one after the other, in a process of its own: no request waits for a build, and none ends one."""

from __future__ import annotations

import dataclasses
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from corpus.errors import CorpusError
from indexer.build import Summary, build
from indexer.errors import IndexerError, LockHeld
from indexer.own_documents import corpus_folders
from indexer.progress import Progress
from indexer.snapshots import SnapshotStore
from indexer.tasks import CANCELLED, FAILED, INTERRUPTED, SUCCEEDED, Task, TaskStore, now

_log = logging.getLogger(__name__)

_TOLD_SECONDS = 0.5
_CANCEL_SECONDS = 0.2
_RATE_SECONDS = 5.0
#: How long a task waits for another build or import.
_WAIT_SECONDS = 3600.0
_SHOWN_PROBLEMS = 20
_ROOT = Path(__file__).resolve().parent.parent


class Program(NamedTuple):
    """The program that runs tasks: its module, and which of its parent's settings it is given, by how they begin.

    ``finish`` is called after each build, with the data folder and who is told of progress; where it raises an
    IndexerError the task has failed, though its snapshot is published.
    """

    module: str = "indexer"
    variables: tuple[str, ...] = ()
    finish: Callable[[Path, Progress], None] = lambda _data, _progress: None


#: Knows of no setting and no secret of the server: what it is to do stands in its words.
INDEXER = Program()


class Stopped(BaseException):
    """The build was told to stop, by a cancellation or a signal. No handler of errors may take it for one."""


def start(data: Path, program: Program = INDEXER) -> subprocess.Popen[bytes]:
    """Start a process that runs all queued tasks; it outlives the one that started it. OSError where it cannot."""
    return spawn(["run-tasks", "--data", str(data.absolute())], program)


def spawn(words: Sequence[str], program: Program = INDEXER) -> subprocess.Popen[bytes]:
    """Start a command in a session of its own, so that no signal for this process reaches it."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", program.module, *words],
        stdin=subprocess.DEVNULL,
        env={**environment_for(program, os.environ), "PYTHONPATH": str(_ROOT)},
        start_new_session=True,
    )
    # Somebody has to take note of its end, or it stays in the table of processes.
    threading.Thread(target=process.wait, name="task-runner", daemon=True).start()
    return process


def environment_for(program: Program, environment: Mapping[str, str]) -> dict[str, str]:
    """Return what of an environment a program is given: no settings but its own."""
    return {
        name: value
        for name, value in environment.items()
        if not name.startswith("PROCSEARCH_") or name.startswith(program.variables)
    }


class _Signals:
    """What signals do to a runner: SIGTERM ends it, SIGUSR1 ends its build, both by `Stopped` and only in a build."""

    def __init__(self) -> None:
        self.building = self.ending = False

    def install(self) -> None:
        """Take both signals from now on."""
        signal.signal(signal.SIGTERM, self._take)
        signal.signal(signal.SIGUSR1, self._take)

    def begin(self) -> None:
        """Begin a build; `Stopped` where the process was told to end before."""
        self.building = True
        if self.ending:
            raise Stopped

    def _take(self, number: int, _frame: FrameType | None) -> None:
        self.ending |= number == signal.SIGTERM
        if self.building:
            self.building = False
            raise Stopped


def run_queued(data: Path, program: Program = INDEXER) -> None:
    """Run queued tasks until there is none; return at once where another process is going to."""
    store, signals = TaskStore(data), _Signals()
    signals.install()
    try:
        with store.turn():
            while not signals.ending and (task := store.take()):
                _run(store, task, signals, program)
    except LockHeld:
        _log.info("another process runs the tasks of %s", data)


def _run(store: TaskStore, task: Task, signals: _Signals, program: Program) -> None:
    """Run one task to its end, whatever that is."""
    before = SnapshotStore(store.data).current_name()
    told, over = ToldProgress(store, task), threading.Event()
    threading.Thread(target=_watch, args=(store, task.id, over), name="cancellation", daemon=True).start()
    try:
        signals.begin()
        ended = _attempt(store, told, program)
        signals.building = False
    except Stopped:
        ended = _stopped(store, told.task, before)
    over.set()
    ended = dataclasses.replace(ended, ended=now(), rate=None)
    store.save(ended)
    _log.info("task %s %s (snapshot %s, %s)", ended.id, ended.state, ended.snapshot, ended.failure or "no failure")


def _attempt(store: TaskStore, told: ToldProgress, program: Program) -> Task:
    """Build, do what comes after it, and return the task as it ended."""
    try:
        folders = corpus_folders([Path(each) for each in told.task.folders], False, store.data)
        summary = build(store.data, folders, progress=told, wait=_WAIT_SECONDS)
        program.finish(store.data, told)
        return _succeeded(told.task, summary)
    except (IndexerError, CorpusError, OSError) as error:
        return dataclasses.replace(told.task, state=FAILED, failure=type(error).__name__, message=str(error))
    except Exception as error:
        _log.exception("task %s failed", told.task.id)
        message = f"unexpected {type(error).__name__}: {error}. It is in the log of the service."
        return dataclasses.replace(told.task, state=FAILED, failure="internal", message=message)


class ToldProgress:
    """Progress of a build that is written into its task, at most twice a second."""

    def __init__(self, store: TaskStore, task: Task) -> None:
        self.task = task
        self._store = store
        self._next = 0.0
        self._done = 0
        self._lately: deque[tuple[float, int]] = deque()

    def phase(self, name: str, steps: int) -> None:
        """Begin a phase of ``steps`` steps."""
        self._done, self._next = 0, 0.0
        self._lately.clear()
        self.task = dataclasses.replace(self.task, phase=name.lower(), steps=steps)
        self._tell()

    def step(self) -> None:
        """Count one step of the phase."""
        self._done += 1
        if time.monotonic() >= self._next:
            self._tell()

    def _tell(self) -> None:
        moment = time.monotonic()
        self._next = moment + _TOLD_SECONDS
        self.task = dataclasses.replace(self.task, done=self._done, rate=self._rate(moment))
        self._store.save(self.task)

    def _rate(self, moment: float) -> float | None:
        """Return the steps a second of the last seconds; None before anything can be said."""
        self._lately.append((moment, self._done))
        while self._lately[0][0] < moment - _RATE_SECONDS and len(self._lately) > 2:
            self._lately.popleft()
        since, done = self._lately[0]
        return round((self._done - done) / (moment - since), 1) if moment > since else None


def _succeeded(task: Task, summary: Summary) -> Task:
    changes = {name: len(getattr(summary, name)) for name in ("added", "changed", "removed", "rejected")}
    problems = tuple(map(str, summary.problems[:_SHOWN_PROBLEMS]))
    return dataclasses.replace(
        task,
        state=SUCCEEDED,
        done=task.steps,
        snapshot=summary.snapshot,
        published=summary.published,
        changes=changes,
        problems=problems,
    )


def _stopped(store: TaskStore, task: Task, before: str | None) -> Task:
    after = SnapshotStore(store.data).current_name()
    if after != before:
        # It was told to stop in the moment of publication, which cannot be taken back.
        return dataclasses.replace(task, state=SUCCEEDED, snapshot=after, published=True)
    if store.is_cancelled(task.id):
        return dataclasses.replace(task, state=CANCELLED, message="It was cancelled; nothing of it was published.")
    message = "Its process was told to end; nothing of it was published. Start it again."
    return dataclasses.replace(task, state=FAILED, failure=INTERRUPTED, message=message)


def _watch(store: TaskStore, task_id: str, over: threading.Event) -> None:
    """Stop the main thread where the task is cancelled, once its build has begun."""
    while not over.wait(_CANCEL_SECONDS):
        if store.is_cancelled(task_id):
            os.kill(os.getpid(), signal.SIGUSR1)
