"""The real server under load, and OpenSearch beside it in the same run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.speed import queries, servers
from benchmarks.speed.corpus import build_real, lines_of
from benchmarks.speed.load import Request, generator, load
from benchmarks.speed.report import Report, milliseconds
from benchmarks.speed.servers import Server

WORKERS = 2
_OURS: dict[str, Callable[[str], Request]] = {
    "search with highlights": servers.search_request,
    "suggest": servers.suggest_request,
}
_MAKERS: dict[str, dict[str, Callable[[str], Request]]] = {
    "Procsearch": _OURS,
    "Procsearch, from kept answers": _OURS,
    "OpenSearch": {"search with highlights": servers.opensearch_request},
}


def run(
    folder: Path, official: Path, connections: Sequence[int], seconds: float, queries_asked: int | None
) -> dict[str, Any]:
    """Load both servers, one after the other, each alone on the machine; return what was measured."""
    store = build_real(folder / "real", official)
    texts = [query.text for query in queries.asked(queries_asked)]
    asked = {"search with highlights": texts, "suggest": queries.typed_beginnings(texts)}
    found: dict[str, Any] = {"generator": generator(), "workers": WORKERS, "queries": len(texts), "servers": {}}
    for name in ("Procsearch", "Procsearch, from kept answers"):
        # Every query is asked many times, so one server makes each answer anew, and the other one hardly any.
        keep = name != "Procsearch"
        with servers.procsearch(store.data, WORKERS, servers.search_request(texts[0]), keep_answers=keep) as server:
            found["servers"][name] = _measured(name, server, asked, connections, seconds)
    home = servers.opensearch_home()
    if home is None:
        found["servers"]["OpenSearch"] = None
        return found
    with servers.opensearch(home, folder / "opensearch", lines_of(store)) as server:
        version = servers.fetch(server.port, Request("/"))["version"]["number"]
        measured = _measured("OpenSearch", server, asked, connections, seconds)
        found["servers"]["OpenSearch"] = {**measured, "version": version}
    return found


def _measured(
    name: str, server: Server, asked: Mapping[str, Sequence[str]], connections: Sequence[int], seconds: float
) -> dict[str, Any]:
    """Warm up with single requests and a load of full length (a JVM needs that), then load and measure."""
    idle = server.memory()
    tasks = {}
    for task, make in _MAKERS[name].items():
        requests = [make(text) for text in asked[task]]
        servers.ask_all(server.port, requests[:500])
        load(server.port, requests, max(connections), seconds)
        tasks[task] = [load(server.port, requests, each, seconds) for each in connections]
    memory = {"memory_at_start": idle, "memory_after_load": server.memory()}
    return {"tasks": tasks, "first_answer_s": server.first_answer, **memory}


def show(report: Report, found: Mapping[str, Any]) -> None:
    """Show requests a second and percentiles, then memory and start."""
    head = ("server and task", "connections", "req/s", "p50 ms", "p95 ms", "p99 ms", "errors")
    rows = [row for name, each in found["servers"].items() for row in _rows(name, each)]
    report.table(f"Load by {found['generator']}, {found['workers']} workers, {found['queries']} queries", head, rows)
    for name, each in found["servers"].items():
        if each:
            report.say(f"{name}: first answer {each['first_answer_s']:.2f} s after the start; {_memory(each)}")
    report.say("Ten hits with highlights and an exact total a search. Server and load generator share the cores.")


def _rows(name: str, found: Mapping[str, Any] | None) -> list[tuple[str, ...]]:
    if found is None:
        return [(name, "not measured", *[""] * 5)]
    label = f"{name} {found['version']}" if "version" in found else name
    return [(f"{label}, {task}", *_figures(each)) for task, runs in found["tasks"].items() for each in runs]


def _figures(each: Mapping[str, Any]) -> tuple[str, ...]:
    times = [milliseconds(each[part]) for part in ("p50", "p95", "p99")]
    return (str(each["connections"]), f"{each['per_second']:,.0f}", *times, str(each["errors"]))


def _memory(found: Mapping[str, Any]) -> str:
    each = found["memory_after_load"]
    parts = " + ".join(f"{process['rss_mb']:.0f} (PSS {process['pss_mb']:.0f})" for process in each)
    return f"MB resident after load, by process: {parts}"
