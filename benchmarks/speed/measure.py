"""Times, memory and the machine: what is measured and how it is summed up."""

from __future__ import annotations

import gc
import json
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("procsearch", "tantivy", "bm25s", "whoosh3", "granian", "flask", "numpy", "numba", "PyStemmer")
_PERCENTILES = {"p50": 50, "p95": 95, "p99": 99, "p99.9": 99.9}
#: A machine counts as idle where other programs take less than this of its processors, over so many seconds.
_IDLE, _LOOK_SECONDS = 0.2, 3.0
_MEGABYTE = 1024 * 1024


def summary(seconds: Sequence[float]) -> dict[str, float]:
    """Return percentiles and mean in milliseconds."""
    values = np.asarray(seconds) * 1000
    found = {name: float(np.percentile(values, share)) for name, share in _PERCENTILES.items()}
    return {**found, "mean": float(values.mean()), "samples": len(values)}


def status_mb(name: str, pid: int | str = "self") -> float:
    """Return a line such as VmRSS or VmHWM of a process in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:")), 0.0)


def resident_mb() -> float:
    """Return what this process has in memory, after what is garbage was given back."""
    gc.collect()
    return status_mb("VmRSS")


def shared_out_mb(pid: int) -> float:
    """Return the proportional set size of a process in MB: pages that others map too count in part."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))


def children_of(pid: int) -> list[int]:
    """Return the processes below ``pid``, at any depth."""
    found = []
    # A child belongs to the thread that started it.
    for thread in Path(f"/proc/{pid}/task").iterdir():
        for child in (thread / "children").read_text().split():
            found += [int(child), *children_of(int(child))]
    return found


def megabytes(count: int) -> float:
    """Return bytes as MB."""
    return count / _MEGABYTE


def in_child(*arguments: str, environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Run one task of `child` in a process of its own; return its seconds, peak memory, and memory before it began.

    A process of its own, because memory that an index was built with never goes back whole.
    """
    with tempfile.NamedTemporaryFile("r", suffix=".json") as report:
        command = [sys.executable, "-m", "benchmarks.speed.child", report.name, *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env={**os.environ, **(environment or {})}, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
        measured: dict[str, Any] = json.load(report)
    return measured


def machine() -> dict[str, Any]:
    """Describe this machine, and how busy it is."""
    used = _used_processors()
    return {
        "cpu": _first_of("/proc/cpuinfo", "model name"),
        "cores": os.cpu_count(),
        "memory_gb": round(int(_first_of("/proc/meminfo", "MemTotal").split()[0]) / 1024 / 1024, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "commit": _commit(),
        "packages": {**dict(_versions(PACKAGES)), "sqlite": sqlite3.sqlite_version},
        "processors_used": round(used, 2),
        "busy": used > _IDLE,
    }


def _used_processors() -> float:
    """Return how many processors all programs keep busy just now; the load average remembers what has ended."""
    busy, waited = _ticks()
    time.sleep(_LOOK_SECONDS)
    later, longer = _ticks()
    return (later - busy) / max(later - busy + longer - waited, 1) * (os.cpu_count() or 1)


def _ticks() -> tuple[int, int]:
    """Return how long processors worked and how long they had nothing to do, in ticks of the system's clock."""
    user, nice, system, idle, waiting, *others = map(int, _first_line("/proc/stat").split()[1:9])
    return user + nice + system + sum(others), idle + waiting


def _first_line(path: str) -> str:
    with open(path) as stream:
        return stream.readline()


def _commit() -> str:
    """Return which state of the sources is measured; figures of sources that someone is changing say little."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        return "unknown"
    told = [git, "-C", str(ROOT), "--no-optional-locks"]
    name = subprocess.run([*told, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    changed = subprocess.run([*told, "status", "--porcelain"], capture_output=True, text=True, check=False)
    return (name.stdout.strip() or "unknown") + (" with changes" if changed.stdout else "")


def version_of(package: str) -> str:
    """Return the version of an installed package, or of the SQLite that Python is linked to."""
    return sqlite3.sqlite_version if package == "sqlite3" else dict(_versions([package])).get(package, "")


def _versions(packages: Iterable[str]) -> Iterable[tuple[str, str]]:
    for name in packages:
        try:
            yield name, metadata.version(name)
        except metadata.PackageNotFoundError:
            continue


def _first_of(path: str, name: str) -> str:
    lines = Path(path).read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "unknown")
