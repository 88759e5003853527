"""One task in a process of its own, run by `measure.in_child`, which reads its seconds and peak memory from a file.

Peak memory is VmHWM, the high mark of this process alone; ru_maxrss would start at the size of the parent, from which
a child is forked. On other systems than Linux it is ru_maxrss all the same. Where the task starts processes of its own,
the peak is at least the largest sum of what all of them held at one of the moments at which it was looked at.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.speed.corpus import Lines
from benchmarks.speed.measure import children_of, shared_out_mb, status_mb

_LOOK_SECONDS = 0.2


def main() -> None:
    """Run the task and write what it took; ``before_mb`` is what the loaded modules take by themselves."""
    report, task, *arguments = sys.argv[1:]
    run = _TASKS[task](*arguments)
    before, started, used = _peak(), time.perf_counter(), _processor_seconds()
    together = _Together()
    together.start()
    run()
    seconds, used = time.perf_counter() - started, _processor_seconds() - used
    peak = max(_peak(), together.end())
    told = {"seconds": seconds, "processor_seconds": used, "before_mb": before, "peak_mb": peak}
    Path(report).write_text(json.dumps(told))


class _Together(threading.Thread):
    """Looks now and then at the memory of this process and those that it started; pages held by two count once."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._largest = 0.0
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(_LOOK_SECONDS):
            try:
                processes = children_of(os.getpid())
                self._largest = max(self._largest, sum(map(shared_out_mb, (os.getpid(), *processes))))
            except OSError:
                # A process ended meanwhile, or this is no Linux.
                continue

    def end(self) -> float:
        """Stop; return the largest sum in MB."""
        self._over.set()
        self.join()
        return self._largest


def _processor_seconds() -> float:
    """Return what this process and those that it started and that ended took of processors."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def _procsearch(*arguments: str) -> Callable[[], None]:
    from service.cli import cli

    return lambda: cli(list(arguments), prog_name="procsearch", standalone_mode=False)


def _engine(name: str, lines: str, folder: str) -> Callable[[], None]:
    from benchmarks.speed.engines import ALL

    return lambda: ALL[name].build(Path(folder), Lines(Path(lines)))


def _whole(lines: str, folder: str) -> Callable[[], None]:
    from benchmarks.speed.ours import write_snapshot

    return lambda: write_snapshot(Path(folder), Lines(Path(lines)), with_whoosh=True)


def _kernel() -> Callable[[], object]:
    """Have the ranking kernel compiled and kept, so that no process that is measured does it."""
    from service.search.engines import native

    return native.load


def _peak() -> float:
    if Path("/proc/self/status").exists():
        return status_mb("VmHWM")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


_TASKS: dict[str, Callable[..., Callable[[], object]]] = {
    "procsearch": _procsearch,
    "engine": _engine,
    "whole": _whole,
    "kernel": _kernel,
}

if __name__ == "__main__":
    main()
