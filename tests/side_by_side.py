"""Runs all tests in two processes at a time: those that start servers mostly wait, the others mostly compute.

``python -m tests.side_by_side``; arguments are passed on to pytest. What the first half says is shown as it comes, that
of the second once the first is over. The exit code is that of a half that failed.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from service.search.engines import native

HERE = Path(__file__).parent
#: Folders of tests that mostly wait for servers, browsers and nodes; together they take about as long as the others.
SERVING = ("cluster", "live")


def halves() -> tuple[list[str], list[str]]:
    """Return the folders and files of tests of both halves; each test is in one of them."""
    found = [path for path in HERE.iterdir() if path.is_dir() or path.match("test_*.py")]
    names = sorted(str(path.relative_to(HERE.parent)) for path in found if not path.name.startswith(("_", ".")))
    serving = [name for name in names if Path(name).name in SERVING]
    return [name for name in names if name not in serving], serving


def run(arguments: list[str]) -> int:
    """Run both halves and return the exit code."""
    computing, serving = halves()
    with suppress(native.NativeUnavailable):
        # Once for both, by both cores; else each half would compile the kernel for itself.
        native.load()
    command = [sys.executable, "-m", "pytest", *arguments]
    with tempfile.TemporaryFile() as kept:
        beside = subprocess.Popen(
            [*command, "-o", "cache_dir=.pytest_cache/serving", *serving], stdout=kept, stderr=subprocess.STDOUT
        )
        first = subprocess.run([*command, *computing], check=False).returncode
        second = beside.wait()
        kept.seek(0)
        sys.stdout.flush()
        sys.stdout.buffer.write(kept.read())
    return first or second


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
