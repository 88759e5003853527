"""pytest fixtures of clusters; tests/conftest.py makes them known to all tests.

Where Java or Maven cannot be had, tests that need a cluster are skipped with the reason; with CLUSTER_REQUIRED=1 they
fail instead, so that a run that is to test them cannot pass without.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.cluster.kit import DEFAULT, Unavailable
from tests.cluster.nodes import Cluster


@pytest.fixture(scope="session")
def opensearch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One running node, shared by all tests: make indices of your own names, and do not kill it."""
    with started(tmp_path_factory.mktemp("opensearch")) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def clusters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Cluster]]:
    """A function that starts a cluster, ``clusters(nodes=3, version="2.19.5")``, which ends with the module's tests."""
    with ExitStack() as stack:

        def start(nodes: int = 3, version: str = DEFAULT, **options: Any) -> Cluster:
            return stack.enter_context(started(tmp_path_factory.mktemp("cluster"), nodes, version, **options))

        yield start


def started(*arguments: Any, **options: Any) -> Cluster:
    """Return a cluster, not started yet; the test is skipped where none can be had."""
    try:
        return Cluster(*arguments, **options)
    except Unavailable as why:
        if os.environ.get("CLUSTER_REQUIRED"):
            pytest.fail(str(why))
        pytest.skip(str(why))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
    """Show the end of the nodes' logs with a failed test that used a cluster."""
    report = yield
    if report.failed and {"opensearch", "clusters"} & set(getattr(item, "fixturenames", ())):
        report.sections += [(f"OpenSearch {each.version}", each.logs()) for each in Cluster.running]
    return report
