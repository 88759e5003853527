"""A soak: the real service under a mixed load by locust while builds publish; ``python -m tests.live.soak``.

Prints one JSON object: requests, failures, latency by question, builds, memory and file descriptors from start to end.
It ends with 1 where a request failed or memory kept growing.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from corpus.store import SHIPPED
from indexer.build import build
from indexer.importers.hcpcs import read_release
from indexer.imports import ImportStore
from indexer.snapshots import SnapshotStore
from tests.live.server import ROOT, Server, command, running
from tests.live.under_fire import Sample, growth, sample, write_generation

_EVERY_SECONDS = 15.0
_SAMPLE_SECONDS = 2.0
#: MiB by which the middle of the last quarter may be above that of the second.
_MOST_GROWTH = 32.0


def main() -> None:
    """Run as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--clients", type=int, default=16)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="procsearch-soak-") as folder:
        report = soak(Path(folder), options.seconds, options.clients)
    print(json.dumps(report, indent=2))
    grown = report["memory_growth_mib"]
    sys.exit(int(report["failures"] > 0 or (grown is not None and grown > _MOST_GROWTH)))


def soak(folder: Path, seconds: int, clients: int) -> dict[str, object]:
    """Serve ``folder`` for so long under the load of ``clients``; return what was measured."""
    data = folder / "data"
    data.mkdir()
    _import(data)
    build(data, [SHIPPED, write_generation(data, 0)])
    with running(data, workers=2, log=folder / "server.log") as server:
        load = _locust(server, folder, seconds, clients)
        samples, builds = _publish(server, data, load)
        failed = load.wait(60)
    if failed not in (0, 1):
        raise RuntimeError(
            f"expected locust to end; got exit code {failed}: {(folder / 'locust.log').read_text()[-2000:]}"
        )
    return {**_requests(folder), "seconds": seconds, "clients": clients, "builds": builds, **_measured(samples)}


def _import(data: Path) -> None:
    named = os.environ.get("HCPCS_DATA")
    for year in ("2019", "2020") if named else ():
        ImportStore(data).save(read_release(Path(str(named)) / f"{year}-alpha-numeric-hcpcs-file.zip"))


def _locust(server: Server, folder: Path, seconds: int, clients: int) -> subprocess.Popen[bytes]:
    line = [
        *(sys.executable, "-m", "locust", "--locustfile", str(ROOT / "tests/live/locustfile.py"), "--headless"),
        *("--users", str(clients), "--spawn-rate", "4", "--run-time", f"{seconds}s", "--host", server.url),
        *("--csv", str(folder / "load"), "--only-summary"),
    ]
    with (folder / "locust.log").open("wb") as log:
        return subprocess.Popen(line, cwd=ROOT, stdout=log, stderr=log)


def _publish(server: Server, data: Path, load: subprocess.Popen[bytes]) -> tuple[list[Sample], int]:
    """Build and prune again and again until the load ends; return samples of the service and how many builds."""
    samples, builds, next_build = [], 0, time.monotonic() + _EVERY_SECONDS
    while load.poll() is None:
        samples.append(sample(server))
        time.sleep(_SAMPLE_SECONDS)
        if time.monotonic() > next_build:
            builds += 1
            write_generation(data, builds)
            subprocess.run(
                command("build", "--data", str(data), "--corpus", str(data / "own")),
                cwd=ROOT,
                check=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            SnapshotStore(data).prune(3)
            next_build = time.monotonic() + _EVERY_SECONDS
    return samples, builds


def _requests(folder: Path) -> dict[str, object]:
    with (folder / "load_stats.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    total = next(row for row in rows if row["Name"] == "Aggregated")
    asked = [row for row in rows if row is not total]
    failures = folder / "load_failures.csv"
    return {
        "requests": int(total["Request Count"]),
        "failures": int(total["Failure Count"]),
        "requests_per_second": round(float(total["Requests/s"]), 1),
        "p50_ms": total["50%"],
        "p99_ms": total["99%"],
        "by_question": {row["Name"]: [row["Request Count"], row["50%"], row["99%"]] for row in asked},
        "told": failures.read_text().splitlines()[1:6],
    }


def _measured(samples: list[Sample]) -> dict[str, object]:
    memory, descriptors = [each.memory for each in samples], [each.descriptors for each in samples]
    quarters = len(samples) // 4
    return {
        "memory_mib_start_end_most": [round(memory[quarters]), round(memory[-1]), round(max(memory))],
        "memory_growth_mib": round(growth(memory), 1) if quarters else None,
        "descriptors_start_end_most": [descriptors[quarters], descriptors[-1], max(descriptors)],
    }


if __name__ == "__main__":
    main()
