"""Checks of an OpenSearch cluster, where the settings name one: does each host answer, and let us in?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any

from indexer.errors import ClusterError, ConfigError
from indexer.opensearch.connection import Access, Cluster
from service.commands.checks import cluster_index
from service.commands.checks.finding import Finding, Setup, from_error, ok, problem, warning
from service.config import Config, load_config
from service.opening import access

#: The oldest release that procsearch is tested with, and the first that it was not.
_LOWEST, _BEYOND = (2, 19), (4, 0)
_SHOWN = 60
_NO_RIGHT = 403
#: What a node says that has not found its cluster yet.
_NO_CLUSTER = "_na_"


@dataclass(frozen=True, slots=True)
class _Host:
    """What one host said of itself, or why it said nothing."""

    address: str
    about: Mapping[str, Any] = field(default_factory=dict)
    error: ClusterError | None = None

    @property
    def lets_in(self) -> bool:
        """Whether it can be asked more; one that only keeps its version to itself can."""
        return self.error is None or self.error.status == _NO_RIGHT


def searched_cluster(environment: Mapping[str, str]) -> Config | None:
    """Return the settings where they say that a cluster is searched, else None."""
    try:
        config = load_config(environment)
    except ConfigError:
        # Told by the check of settings.
        return None
    return config if config.engine == "opensearch" else None


def cluster(setup: Setup) -> Iterator[Finding]:
    """Can the cluster be reached, and does it hold, whole, what was brought there?"""
    config = searched_cluster(setup.environment)
    if config is None:
        return
    try:
        found = access(config)
        opened = Cluster(found)
    except (ConfigError, ClusterError) as error:
        yield from_error("cluster", error)
        return
    with closing(opened):
        hosts = _asked(found)
        yield from _told(hosts, found)
        if any(host.lets_in for host in hosts):
            yield from cluster_index.findings(opened, setup.snapshot)


def _asked(found: Access) -> list[_Host]:
    """Ask every host by itself, all at once: one that hangs would hide that another is wrong."""
    with ThreadPoolExecutor(len(found.hosts)) as pool:
        return list(pool.map(lambda host: _ask(replace(found, hosts=(host,))), found.hosts))


def _ask(found: Access) -> _Host:
    (address,) = found.hosts
    try:
        with closing(Cluster(found)) as one:
            about = one.ask("GET", "/")
    except ClusterError as error:
        return _Host(address, error=error)
    return _Host(address, about if isinstance(about, dict) else {})


def _told(hosts: list[_Host], found: Access) -> Iterator[Finding]:
    others = any(host.lets_in for host in hosts)
    for host in hosts:
        yield _refused(host, host.error, others=others) if host.error else _judged(host, found)
    names = {str(host.about["cluster_uuid"]) for host in hosts if "cluster_uuid" in host.about} - {_NO_CLUSTER}
    if len(names) > 1:
        yield problem(
            "cluster",
            f"the hosts belong to {len(names)} clusters: {', '.join(host.address for host in hosts)}",
            "Name hosts of one cluster in PROCSEARCH_OPENSEARCH_HOSTS.",
        )


def _refused(host: _Host, error: ClusterError, *, others: bool) -> Finding:
    if error.status == _NO_RIGHT:
        return warning(
            "cluster",
            f"{host.address} lets this user in, and keeps its version from it",
            "Give the user cluster:monitor/main, as docs/how-to/opensearch.md says.",
        )
    if error.status:
        return problem("cluster", f"{host.address}: {error}", "As the message says.")
    remedy = _remedy(str(error))
    return (
        warning("cluster", str(error), f"{remedy} Others answer.") if others else problem("cluster", str(error), remedy)
    )


def _remedy(message: str) -> str:
    if "certificate" in message.lower():
        return (
            "Name the file of the authority that signed it with PROCSEARCH_OPENSEARCH_CA, and the host as the "
            "certificate does."
        )
    if "SSL" in message:
        return "Write http: or https: in PROCSEARCH_OPENSEARCH_HOSTS as the host has it."
    return "Start it, or correct name, port and http: or https: in PROCSEARCH_OPENSEARCH_HOSTS."


def _judged(host: _Host, found: Access) -> Finding:
    version = host.about.get("version")
    told: Mapping[str, Any] = version if isinstance(version, dict) else {}
    number = str(told.get("number", "unknown"))[:_SHOWN]
    if told.get("distribution") != "opensearch":
        return problem(
            "cluster",
            f"another program than OpenSearch answers at {host.address} (version {number})",
            "Name hosts of an OpenSearch cluster in PROCSEARCH_OPENSEARCH_HOSTS.",
        )
    if not _LOWEST <= _numbers(number) < _BEYOND:
        return warning(
            "cluster",
            f"{host.address} runs OpenSearch {number}, with which procsearch was not tested",
            "Use OpenSearch 2.19 or 3.x.",
        )
    return ok("cluster", f"{host.address} runs OpenSearch {number}; {_way(host, found)}")


def _way(host: _Host, found: Access) -> str:
    encrypted = "its certificate is good" if host.address.startswith("https:") else "not encrypted"
    return f"{encrypted}; {f'user {found.user} is let in' if found.user else 'no user is asked for'}"


def _numbers(version: str) -> tuple[int, ...]:
    found = re.match(r"[0-9.]*", version)
    return tuple(int(part) for part in found[0].split(".") if part) if found else ()
