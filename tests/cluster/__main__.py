"""Clusters at a desk: `python -m tests.cluster fetch|run|status|kill` (see docs/how-to/test-cluster.md)."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
from pathlib import Path

import httpx

from tests.cluster.kit import DEFAULT, RELEASES, Unavailable, fetch
from tests.cluster.nodes import Cluster

_PORT = 21_200


def main() -> int:
    """Run one command; return the exit code."""
    arguments = _parser().parse_args()
    try:
        return int(arguments.run(arguments))
    except Unavailable as why:
        print(f"no cluster: {why}", file=sys.stderr)
        return 0 if getattr(arguments, "optional", False) else 1
    except httpx.HTTPError as error:
        print(f"no node answers at port {arguments.port}: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.cluster", description=__doc__)
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("fetch", help="fetch jars and compile the launcher")
    one.add_argument("versions", nargs="*", default=[DEFAULT], metavar="VERSION", help=" or ".join(RELEASES))
    one.add_argument("--optional", action="store_true", help="exit 0 where Java or Maven cannot be had")
    one.set_defaults(run=_fetch)
    one = commands.add_parser("run", help="run a cluster until Ctrl-C")
    one.add_argument("--nodes", type=int, default=1)
    one.add_argument("--version", choices=RELEASES, default=DEFAULT)
    one.add_argument("--heap", default="512m", help="each node's heap (512m)")
    one.add_argument("--data", type=Path, help="keep the data in this folder (default: a folder that goes at the end)")
    one.set_defaults(run=_run)
    status = commands.add_parser("status", help="show the nodes of a running cluster")
    status.set_defaults(run=_status)
    kill = commands.add_parser("kill", help="kill -9 one node of a running cluster")
    kill.add_argument("node", help="its name, such as node-2, or 'manager'")
    kill.set_defaults(run=_kill)
    for each in (one, status, kill):
        each.add_argument("--port", type=int, default=_PORT, help=f"the first node's HTTP port ({_PORT})")
    return parser


def _fetch(arguments: argparse.Namespace) -> int:
    for version in arguments.versions:
        print(fetch(version).folder)
    return 0


def _run(arguments: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(prefix="procsearch-cluster-") as scratch:
        folder = (arguments.data or Path(scratch)).absolute()
        options = {"port": arguments.port, "heap": arguments.heap, "java_options": ()}
        with Cluster(folder, arguments.nodes, arguments.version, **options) as cluster:
            for node in cluster.nodes:
                print(f"{node.name}  {node.url}  pid {node.pid}  log {node.log}")
            print("Ctrl-C stops the cluster.", flush=True)
            signal.sigwait({signal.SIGINT, signal.SIGTERM})
    return 0


def _nodes(port: int) -> list[dict[str, str]]:
    columns = "h=name,pid,cluster_manager,heap.percent,http&format=json&full_id=true"
    answer = httpx.get(f"http://127.0.0.1:{port}/_cat/nodes?{columns}", timeout=10)
    answer.raise_for_status()
    return sorted(answer.json(), key=lambda row: row["name"])


def _status(arguments: argparse.Namespace) -> int:
    for row in _nodes(arguments.port):
        mark = "manager" if row["cluster_manager"] == "*" else ""
        print(f"{row['name']}  {row['http']}  pid {row['pid']}  heap {row['heap.percent']} %  {mark}")
    return 0


def _kill(arguments: argparse.Namespace) -> int:
    for row in _nodes(arguments.port):
        if arguments.node in (row["name"], "manager" if row["cluster_manager"] == "*" else None):
            os.kill(int(row["pid"]), signal.SIGKILL)
            print(f"{row['name']} (pid {row['pid']}) is killed")
            return 0
    print(f"no node {arguments.node} in the cluster at port {arguments.port}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
