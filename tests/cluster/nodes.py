"""Nodes of a cluster, one Java process each, on 127.0.0.1 only."""

from __future__ import annotations

import contextlib
import random
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import httpx

from tests.cluster.kit import DEFAULT, HERE, Release, fetch, java_of

#: Every node has an HTTP port, and its transport port lies this far above it.
_TRANSPORT = 100
#: Below the ports that Linux hands to clients: another process's connection can hold none of ours.
_LOWEST_BASE, _HIGHEST_BASE, _APART = 20_000, 32_000, 200
_START_SECONDS = 180
_STOP_SECONDS = 20
#: As the distribution's own start script sets them.
_JAVA_OPTIONS = (
    "-XX:+UseG1GC -XX:+ExitOnOutOfMemoryError -XX:MaxDirectMemorySize=256m -Xss1m -Djava.awt.headless=true"
    " -Dfile.encoding=UTF-8 -Djna.nosys=true -Dlog4j.shutdownHookEnabled=false -Dlog4j2.disable.jmx=true"
    " -Dio.netty.noUnsafe=true -Dio.netty.noKeySetOptimization=true -Dio.netty.recycler.maxCapacityPerThread=0"
    " -Dio.netty.allocator.numDirectArenas=0 -Djava.locale.providers=SPI,COMPAT"
).split()


class Node:
    """One node: a process that can be killed and started again over the same data."""

    def __init__(self, release: Release, name: str, port: int, folder: Path, options: Iterable[str]):
        self.name, self.port, self.url = name, port, f"http://127.0.0.1:{port}"
        self.home, self.log = folder / name, folder / f"{name}.log"
        self._release, self._options = release, list(options)
        self._process: subprocess.Popen[bytes] | None = None
        self._settings: dict[str, str] = {}

    def start(self, settings: Mapping[str, str] | None = None) -> None:
        """Start the process under ``settings``, by default those of the last start; does not wait for an answer."""
        self._settings = dict(settings or self._settings)
        scratch = self.home / "tmp"
        scratch.mkdir(parents=True, exist_ok=True)
        own = {
            "path.home": self.home,
            "node.name": self.name,
            "network.host": "127.0.0.1",
            "http.port": self.port,
            "transport.port": self.port + _TRANSPORT,
        }
        command = [
            java_of(self._release),
            *_JAVA_OPTIONS,
            *self._options,
            f"-Djava.io.tmpdir={scratch}",
            f"-Djna.tmpdir={scratch}",
            f"-Dlog4j2.configurationFile={HERE / 'log4j2.properties'}",
            *("-cp", self._release.class_path, "ClusterNode"),
            *(f"{name}={value}" for name, value in {**own, **self._settings}.items()),
        ]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT, cwd=self.home
            )

    @property
    def pid(self) -> int:
        """The process's number; an error while the node is not running."""
        assert self._process is not None, f"{self.name} was not started"
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """End the process as a power cut would: SIGKILL, nothing written, nobody told."""
        assert self.alive, f"{self.name} is not running"
        self._end(lambda process: process.kill())

    def stop(self) -> None:
        """End the process in order, if it runs."""
        if self._process is not None:
            self._end(lambda process: process.terminate())

    def _end(self, how: Callable[[subprocess.Popen[bytes]], None]) -> None:
        process = self._process
        assert process is not None
        how(process)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        assert process.stdin is not None
        process.stdin.close()

    def tail(self, lines: int = 25) -> str:
        """Return the last lines of the node's log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else ""


class Cluster:
    """Nodes that form one cluster; a context that starts them and stops what still runs at its end.

    ``heap`` is each node's, in Java's notation; ``settings`` go to every node. Failing to form a cluster is a
    RuntimeError with the end of the logs; a machine without Java or Maven is kit.Unavailable.
    """

    running: list[Cluster] = []  # noqa: RUF012  the report of a failed test shows their logs

    def __init__(
        self,
        folder: Path,
        nodes: int = 1,
        version: str = DEFAULT,
        *,
        port: int | None = None,
        heap: str = "384m",
        java_options: Iterable[str] = ("-XX:TieredStopAtLevel=1",),
        settings: Mapping[str, str] | None = None,
    ):
        self.version = version
        base = port or free_base(nodes)
        options = [f"-Xms{heap}", f"-Xmx{heap}", *java_options]
        release = fetch(version)
        self.nodes = [Node(release, f"node-{i + 1}", base + i, folder, options) for i in range(nodes)]
        self._settings = {
            "cluster.name": f"procsearch-{base}",
            "discovery.seed_hosts": ",".join(f"127.0.0.1:{node.port + _TRANSPORT}" for node in self.nodes),
            "cluster.initial_cluster_manager_nodes": ",".join(node.name for node in self.nodes),
            # A developer's disk may be nearly full, which is no reason to refuse shards.
            "cluster.routing.allocation.disk.threshold_enabled": "false",
            "action.destructive_requires_name": "true",
            **(settings or {}),
        }
        self._client = httpx.Client(timeout=30)

    def __enter__(self) -> Cluster:
        Cluster.running.append(self)
        try:
            for node in self.nodes:
                node.start(self._settings)
            self.wait_until_formed()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        Cluster.running.remove(self)
        self._client.close()
        for node in self.nodes:
            node.stop()

    @property
    def alive(self) -> list[Node]:
        """The nodes whose processes run."""
        return [node for node in self.nodes if node.alive]

    @property
    def urls(self) -> list[str]:
        """The addresses of all nodes, running or not, as a client is configured with."""
        return [node.url for node in self.nodes]

    def request(self, method: str, path: str, body: object = None, node: Node | None = None) -> Any:
        """Send a request to ``node``, by default the first that runs; return the answer's JSON or raise its error."""
        answer = self._client.request(method, (node or self.alive[0]).url + path, json=body)
        answer.raise_for_status()
        return answer.json()

    def wait_until_formed(self, seconds: float = _START_SECONDS) -> None:
        """Wait until every running node sees all running nodes; RuntimeError if one ends or time runs out."""
        expected = list(self.alive)

        def formed() -> bool:
            ended = [node for node in expected if not node.alive]
            if ended:
                raise RuntimeError(f"{ended[0].name} ended:\n{ended[0].tail()}")
            return all(self._sees(node) == len(expected) for node in expected)

        wait_for(formed, seconds, f"a cluster of {len(expected)} nodes", self.logs)

    def _sees(self, node: Node) -> int:
        with contextlib.suppress(httpx.HTTPError):
            return int(self.request("GET", "/_cluster/health?local=true", node=node)["number_of_nodes"])
        return 0

    def wait_until_green(self, index: str, seconds: float = 60) -> None:
        """Wait until all shards and copies of ``index`` are placed, as far as the running nodes can hold them."""

        def green() -> bool:
            with contextlib.suppress(httpx.HTTPError):
                return bool(self.request("GET", f"/_cluster/health/{index}?timeout=2s")["status"] == "green")
            return False

        wait_for(green, seconds, f"{index} to be green", self.logs)

    def manager(self) -> Node:
        """Return the node that is cluster manager now."""
        (row,) = self.request("GET", "/_cat/cluster_manager?format=json")
        return next(node for node in self.nodes if node.name == row["node"])

    def others(self) -> list[Node]:
        """Return the running nodes that are not cluster manager."""
        manager = self.manager()
        return [node for node in self.alive if node is not manager]

    def logs(self) -> str:
        """Return the end of every node's log."""
        return "\n".join(f"--- {node.name} (alive: {node.alive})\n{node.tail()}" for node in self.nodes)


def wait_for(state: Callable[[], bool], seconds: float, name: str, details: Callable[[], str] = str) -> None:
    """Wait until ``state`` holds; RuntimeError with ``details`` after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not state():
        if time.monotonic() > deadline:
            raise RuntimeError(f"waited {seconds:.0f} s for {name}\n{details()}")
        time.sleep(0.1)


def free_base(nodes: int) -> int:
    """Return a port where ``nodes`` HTTP and transport ports are free, as far from other clusters as ports allow."""
    bases = list(range(_LOWEST_BASE, _HIGHEST_BASE, _APART))
    random.shuffle(bases)
    for base in bases:
        if all(_is_free(base + i + above) for i in range(nodes) for above in (0, _TRANSPORT)):
            return base
    raise RuntimeError(f"no free ports between {_LOWEST_BASE} and {_HIGHEST_BASE} for {nodes} nodes")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
