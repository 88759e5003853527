"""Processes that share the work of a large build.

A worker is a new interpreter that reads pickled tasks from its standard input and writes pickled results to its
standard output. It is not forked, since a process that shows progress or serves requests has threads, and not started
by `multiprocessing`, which would run the main module of the caller again and refuses to where that is a worker itself.
"""

from __future__ import annotations

import collections
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Generic, TypeVar, cast

from indexer.errors import BuildError

Result = TypeVar("Result")
#: The path of the caller, so that a worker finds the same modules wherever they lie.
_COMMAND = "import sys; sys.path[:] = sys.argv[1:]; from indexer.workers import main; main()"
_REMEDY = "Free memory, or build with --jobs 1; the published snapshot is untouched."


class _Pipes(Generic[Result]):
    """One worker, asked by one thread at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _COMMAND, *map(os.path.abspath, sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._tasks, self._results = cast(BinaryIO, self._process.stdin), cast(BinaryIO, self._process.stdout)

    def run(self, function: Callable[..., Result], arguments: tuple[Any, ...]) -> Result:
        """Carry out a task; raise what it raised, or BuildError where the worker ended before."""
        try:
            pickle.dump((function, arguments), self._tasks, pickle.HIGHEST_PROTOCOL)
            self._tasks.flush()
            result, error = pickle.load(self._results)  # noqa: S301 - it comes from a process of ours
        except (OSError, EOFError, pickle.UnpicklingError) as broken:
            status = self._process.wait()
            ended = f"signal {-status}" if status < 0 else f"status {status}"
            raise BuildError(
                f"expected process {self._process.pid} to do its share of the build; it ended by {ended}. {_REMEDY}"
            ) from broken
        if error is not None:
            raise error
        return result  # type: ignore[no-any-return]

    def end(self) -> None:
        """End the process, whatever it is at; what it still writes nobody reads."""
        self._process.kill()
        self._process.wait()
        for stream in (self._tasks, self._results):
            try:
                stream.close()
            except BrokenPipeError:
                # What was left in the buffer had no reader any more.
                continue


class Workers:
    """So many processes, which are started with the first tasks and end with the context."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="build")
        self._idle: queue.SimpleQueue[_Pipes[Any]] = queue.SimpleQueue()
        self._all: list[_Pipes[Any]] = []
        self._lock = threading.Lock()
        self._ended = False

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            self._ended = True
            for worker in self._all:
                worker.end()
        self._threads.shutdown()

    def submit(self, function: Callable[..., Result], *arguments: Any) -> Future[Result]:
        """Have a task carried out by the next worker that is free. ``function`` is one of a module, by name."""
        return self._threads.submit(self._run, function, arguments)

    def map(self, function: Callable[..., Result], tasks: Iterable[tuple[Any, ...]]) -> Iterator[Result]:
        """Yield the result of each task in the order of tasks; few are given out before their results are taken."""
        pending: collections.deque[Future[Result]] = collections.deque()
        for arguments in tasks:
            pending.append(self.submit(function, *arguments))
            if len(pending) > 2 * self.count:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()

    def _run(self, function: Callable[..., Result], arguments: tuple[Any, ...]) -> Result:
        try:
            worker = self._idle.get_nowait()
        except queue.Empty:
            worker = self._started()
        result: Result = worker.run(function, arguments)
        self._idle.put(worker)
        return result

    def _started(self) -> _Pipes[Any]:
        with self._lock:
            if self._ended:
                raise BuildError("expected a build at work to start a process for; got one that ended.")
            worker: _Pipes[Any] = _Pipes()
            self._all.append(worker)
        return worker


@dataclass(frozen=True, slots=True)
class Shared:
    """Who shares the work of a step, and a folder for what they write meanwhile."""

    workers: Workers
    scratch: Path


def available_cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def main() -> None:
    """Carry out tasks until there are no more."""
    # Whoever interrupts the build interrupts its parent, which ends the workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    results = os.fdopen(os.dup(1), "wb")
    # What a library prints must not end up among the results.
    os.dup2(2, 1)
    tasks: queue.SimpleQueue[tuple[Callable[..., Any], tuple[Any, ...]]] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(sys.stdin.buffer, tasks), daemon=True).start()
    while True:
        function, arguments = tasks.get()
        pickle.dump(_outcome(function, arguments), results, pickle.HIGHEST_PROTOCOL)
        results.flush()


def _receive(stream: BinaryIO, tasks: queue.SimpleQueue[tuple[Callable[..., Any], tuple[Any, ...]]]) -> None:
    """Put tasks in line; end this process, even in the middle of one, where its parent is gone."""
    try:
        while True:
            tasks.put(pickle.load(stream))  # noqa: S301 - it comes from a process of ours
    except EOFError:
        os._exit(0)


def _outcome(function: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[Any, BaseException | None]:
    try:
        return function(*arguments), None
    except Exception as error:
        return None, error
