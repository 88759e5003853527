"""One task in a process of its own, run by `measure.in_child`, which reads its seconds and peak memory from a file.

Peak memory is VmHWM, the high mark of this process alone; ru_maxrss would start at the size of the parent, from which
a child is forked. On other systems than Linux it is ru_maxrss all the same.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.speed.corpus import Lines
from benchmarks.speed.measure import status_mb


def main() -> None:
    """Run the task and write what it took; ``before_mb`` is what the loaded modules take by themselves."""
    report, task, *arguments = sys.argv[1:]
    run = _TASKS[task](*arguments)
    before, started = _peak(), time.perf_counter()
    run()
    seconds = time.perf_counter() - started
    Path(report).write_text(json.dumps({"seconds": seconds, "before_mb": before, "peak_mb": _peak()}))


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
