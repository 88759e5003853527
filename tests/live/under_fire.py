"""A service under constant load, whose every answer tells the generation of documents that it was made from.

All documents of a generation carry its number, so that an answer put together from two snapshots shows two numbers; the
publisher notes which snapshot holds which generation, so that an answer of the wrong one shows as well.
"""

from __future__ import annotations

import http.client
import os
import re
import statistics
import subprocess
import threading
import time
import urllib.error
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from indexer.imports import ImportStore
from tests.corpus.samples import document_text
from tests.indexer.records import code, release
from tests.live.server import ROOT, Server, command

DOCUMENTS = 5
_GENERATION = re.compile(r"generation(\d+)")
_SNAPSHOT = re.compile(r"\d{6}-[0-9a-f]{12}")
_ALL = "http%3A%2F%2Fterminology.hl7.org%2FValueSet%2Fv3-HealthCareCommonProcedureCodingSystem"
#: The load takes all of a machine that others use as well; nobody is to be refused for that.
PATIENT = {"PROCSEARCH_WAIT_LIMIT_MS": "0"}
#: Searches, pages, exports and the other APIs: whatever is answered from a snapshot, with how many documents it shows.
QUESTIONS = (
    ("/api/v1/search?q=repair&limit=100", DOCUMENTS),
    ("/api/v1/search?q=repair&limit=100&explain=true&facets=family", DOCUMENTS),
    ("/api/v1/search?q=repair&format=ndjson", DOCUMENTS),
    ("/api/v1/search?q=repair+copy+1", 1),
    ("/api/v1/suggest?q=repair", 1),
    ("/api/v1/documents/A9993", 1),
    ("/api/hcpcs/v3/search?terms=repair&df=code,display", 0),
    (f"/fhir/ValueSet/$expand?url={_ALL}&filter=repair", 0),
    ("/?q=repair", 1),
    ("/codes/A9991", 1),
)


def write_generation(data: Path, number: int, count: int = DOCUMENTS) -> Path:
    """Write the documents of a generation; return their folder."""
    folder = data / "own"
    folder.mkdir(exist_ok=True)
    for at in range(count):
        title = f"Repair generation{number} copy {at}"
        (folder / f"{at}.txt").write_text(document_text(f"A999{at}", title))
    return folder


def build_command(data: Path, *more: str) -> list[str]:
    """Return the command line of a build of the generations in ``data``."""
    return command("build", "--data", str(data), "--no-shipped", "--corpus", str(data / "own"), *more)


def run_build(data: Path, *more: str, **options: object) -> subprocess.CompletedProcess[str]:
    """Run a build to its end, whatever that is."""
    line = build_command(data, *more)
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False, **options)  # type: ignore[call-overload,no-any-return]


def many_codes(data: Path, count: int = 3000) -> None:
    """Import enough codes for a build of some seconds, of which reading and writing are a good part."""
    codes = (code(f"B{at:04}", f"Unrelated item number {at}") for at in range(count))
    ImportStore(data).save(release("2020", *codes))


@dataclass
class Load:
    """What clients saw. ``failures`` are answers that nobody should get; ``seen`` snapshots with their generations."""

    server: Server
    tries: int = 1
    failures: list[str] = field(default_factory=list)
    seen: dict[str, set[str]] = field(default_factory=dict)
    answers: int = 0
    retried: int = 0
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self, first: int) -> None:
        """Ask one question after the other without pause, until told to stop."""
        at = first
        while not self.stop.is_set():
            path, least = QUESTIONS[at % len(QUESTIONS)]
            at += 1
            try:
                self._ask(path, least)
            except Exception as error:
                self.failures.append(f"{path}: {error!r}")

    def _ask(self, path: str, least: int) -> None:
        status, body = self._answer(path)
        text = str(body)
        generations, snapshots = set(_GENERATION.findall(text)), set(_SNAPSHOT.findall(text))
        if status != 200 or len(generations) > 1 or len(snapshots) > 1 or len(_GENERATION.findall(text)) < least:
            self.failures.append(f"{path}: {status}, generations {generations}, snapshots {snapshots}: {text[:300]}")
        for snapshot in snapshots:
            self.seen.setdefault(snapshot, set()).update(generations)
        self.answers += 1

    def _answer(self, path: str) -> tuple[int, object]:
        """Ask, once more where the connection broke and more tries are allowed: a worker was killed."""
        for left in range(self.tries - 1, -1, -1):
            try:
                status, body, _ = self.server.get(path, timeout=30)
            except (ConnectionError, http.client.HTTPException, urllib.error.URLError):
                if not left:
                    raise
                self.retried += 1
                time.sleep(0.1)
            else:
                return status, body
        raise AssertionError("expected at least one try")

    @property
    def mixed(self) -> dict[str, set[str]]:
        """Snapshots that showed more than one generation."""
        return {snapshot: seen for snapshot, seen in self.seen.items() if len(seen) > 1}


@contextmanager
def under_load(server: Server, clients: int = 3, tries: int = 1) -> Iterator[Load]:
    """Ask from ``clients`` threads until the block ends; the answers are then complete."""
    load = Load(server, tries)
    with ThreadPoolExecutor(clients) as pool:
        tasks = [pool.submit(load.run, first) for first in range(0, clients * 3, 3)]
        try:
            yield load
        finally:
            load.stop.set()
        for task in tasks:
            task.result()


def workers(server: Server) -> list[int]:
    """Return the ids of the processes that answer."""
    # One that took the place of another was started by another thread; threads and processes may end meanwhile.
    threads = Path(f"/proc/{server.process.pid}/task").iterdir()
    children = [child for thread in threads for child in _read(thread / "children").split()]
    return [int(child) for child in children if b"\0serve\0" in _read(Path(f"/proc/{child.decode()}/cmdline"))]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


@dataclass(frozen=True, slots=True)
class Sample:
    """What the workers hold together: memory (proportional set size, MiB) and file descriptors."""

    memory: float
    descriptors: int


def sample(server: Server) -> Sample:
    """Measure the workers that there are."""
    memory = descriptors = 0
    for process in workers(server):
        rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
        memory += int(re.search(r"^Pss: +(\d+)", rollup, re.MULTILINE)[1])  # type: ignore[index]
        descriptors += len(os.listdir(f"/proc/{process}/fd"))
    return Sample(memory / 1024, descriptors)


def growth(values: Sequence[float]) -> float:
    """Return by how much the median of the last quarter is above that of the second: the first warms up."""
    quarter = len(values) // 4
    return statistics.median(values[-quarter:]) - statistics.median(values[quarter : 2 * quarter])
