"""The servers under load: Procsearch as it is started by anyone, and OpenSearch where there is one."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from benchmarks.speed.corpus import Lines
from benchmarks.speed.load import Request
from benchmarks.speed.measure import ROOT, children_of, shared_out_mb, status_mb
from benchmarks.speed.texts import DEPTH, WEIGHTS, texts_of

SETTLE_SECONDS = 2.0
_START_SECONDS = 60
_BULK = 500
_INDEX = "procedures"


@dataclass
class Server:
    """A server that answers: its port, the processes that serve, and seconds from start to the first answer."""

    port: int
    processes: list[int]
    first_answer: float

    def memory(self) -> list[dict[str, float]]:
        """Return resident and proportional memory of each process that serves, in MB."""
        return [{"rss_mb": status_mb("VmRSS", each), "pss_mb": shared_out_mb(each)} for each in self.processes]


def search_request(text: str) -> Request:
    """Return our search: ten hits, with highlights, as every answer has them."""
    return Request(f"/api/v1/search?q={quote(text)}")


def suggest_request(text: str) -> Request:
    """Return what the search box asks while someone types."""
    return Request(f"/api/v1/suggest?q={quote(text)}")


@contextmanager
def procsearch(data: Path, workers: int, first: Request, *, keep_answers: bool = False) -> Iterator[Server]:
    """Run `procsearch serve` over ``data`` on a free port; ``first`` is asked until it is answered."""
    port = free_port()
    command = ["serve", "--data", str(data), "--port", str(port), "--workers", str(workers)]
    settings = {name: value for name, value in os.environ.items() if not name.startswith("PROCSEARCH_")}
    if not keep_answers:
        settings["PROCSEARCH_ANSWER_BYTES"] = "0"
    with (data / "server.log").open("ab") as log:
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "service", *command], cwd=ROOT, env=settings, stdout=log, stderr=log
        )
    try:
        _await(port, first, process)
        seconds = time.perf_counter() - started
        # The others may still be starting; load on one of two would say nothing.
        time.sleep(SETTLE_SECONDS)
        yield Server(port, children_of(process.pid) or [process.pid], seconds)
    finally:
        _stop(process)


def opensearch_home() -> Path | None:
    """Return the folder with OpenSearch's scripts, if there is one."""
    named = os.environ.get("OPENSEARCH_HOME")
    return Path(named) if named else None


@contextmanager
def opensearch(home: Path, data: Path, lines: Lines) -> Iterator[Server]:
    """Run one node of OpenSearch with the same records in one shard, merged into one segment."""
    port = _port_of_node()
    started = time.perf_counter()
    try:
        _script(home / "start.sh", "1", str(port), str(data))
        seconds = time.perf_counter() - started
        _fill(port, lines)
        yield Server(port, [int((data / "node-1.pid").read_text())], seconds)
    finally:
        _script(home / "stop.sh", str(data))


def opensearch_request(text: str) -> Request:
    """Return the like of our search: all fields with our weights, ten hits, highlights."""
    fields = [f"{name}^{weight}" for name, weight in WEIGHTS.items()]
    body = {
        "size": DEPTH,
        "track_total_hits": True,
        "_source": ["code", "code_system", "title", "descriptor"],
        "query": {"multi_match": {"query": text, "fields": fields}},
        "highlight": {"fields": {"*": {}}},
    }
    return Request(f"/{_INDEX}/_search", json.dumps(body))


def free_port() -> int:
    """Return a port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _port_of_node() -> int:
    """Return a port that is free and that the kernel gives to no client, with its transport port 100 above."""
    for port in range(9300, 20_000, 200):
        if all(_is_free(each) for each in (port, port + 100)):
            return port
    raise RuntimeError("expected a free port between 9300 and 20000")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _await(port: int, request: Request, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            fetch(port, request)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.01)
        else:
            return
    raise RuntimeError(f"expected the server to answer within {_START_SECONDS} s; see its log")


def fetch(port: int, request: Request, method: str | None = None, kind: str = "application/json") -> Any:
    """Send one request and return the JSON of its answer."""
    url = f"http://127.0.0.1:{port}{request.path}"
    data = request.body.encode() if request.body else None
    asked = urllib.request.Request(url, data, {"Content-Type": kind} if data else {}, method=method)
    with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310
        return json.load(answer)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _script(path: Path, *arguments: str) -> None:
    # Its output goes nowhere: a node inherits it and outlives the script.
    quiet = subprocess.DEVNULL
    subprocess.run([str(path), *arguments], check=True, stdin=quiet, stdout=quiet, stderr=quiet, timeout=300)


def _fill(port: int, lines: Lines) -> None:
    # Offsets in the index spare its highlighter to analyse the texts anew.
    text = {"type": "text", "analyzer": "english", "index_options": "offsets"}
    fields = dict.fromkeys(WEIGHTS, text) | {"code": {"type": "keyword"}}
    settings = {"number_of_shards": 1, "number_of_replicas": 0}
    index = json.dumps({"settings": settings, "mappings": {"properties": fields}})
    fetch(port, Request(f"/{_INDEX}", index), "PUT")
    actions: list[str] = []
    for record in lines:
        filled = {name: text for name, text in texts_of(record).items() if text}
        actions += [json.dumps({"index": {"_id": record["code"]}}), json.dumps({"code": record["code"], **filled})]
        if len(actions) >= 2 * _BULK:
            _send(port, actions)
    _send(port, actions)
    fetch(port, Request(f"/{_INDEX}/_forcemerge?max_num_segments=1"), "POST")
    fetch(port, Request(f"/{_INDEX}/_refresh"), "POST")


def _send(port: int, actions: list[str]) -> None:
    if (
        actions
        and fetch(port, Request(f"/{_INDEX}/_bulk", "\n".join(actions) + "\n"), kind="application/x-ndjson")["errors"]
    ):
        raise RuntimeError("OpenSearch refused some records")
    actions.clear()


def ask_all(port: int, requests: Sequence[Request]) -> None:
    """Ask everything once, one after the other, so that nothing is cold."""
    for request in requests:
        fetch(port, request)
