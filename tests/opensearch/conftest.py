"""A small snapshot, a node, and connections to it under aliases of their own."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from indexer.build import build
from indexer.imports import ImportStore
from indexer.opensearch.connection import Access, Cluster
from tests.indexer.records import code, release

_numbers = itertools.count(1)
NAMES = ("Infusion pump, insulin", "Wheelchair cushion", "Cane, wood", "Oxygen mask", "Knee orthosis, rigid")
CODES = tuple(code(f"A{number:04}", f"{NAMES[number % 5]}, type {number}") for number in range(60))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with a published snapshot of sixty codes, which a test may change."""
    ImportStore(tmp_path).save(release("2020", *CODES))
    build(tmp_path, [])
    return tmp_path


def rebuild(data: Path, *codes) -> None:  # type: ignore[no-untyped-def]
    """Publish a snapshot of other codes."""
    ImportStore(data).save(release("2020", *codes), replace=True)
    build(data, [])


@pytest.fixture
def alias() -> str:
    """An alias that no other test has."""
    return f"push-{next(_numbers)}"


@pytest.fixture
def connect(opensearch, alias: str) -> Iterator[Callable[..., Cluster]]:  # type: ignore[no-untyped-def]
    """A function that connects to the node, or to other ``hosts``, under the test's alias."""
    made: list[Cluster] = []

    def connection(*hosts: str, **options: object) -> Cluster:
        given = {"alias": alias, "timeout_seconds": 60.0} | options
        made.append(Cluster(Access(hosts or tuple(opensearch.urls), **given)))
        return made[-1]

    yield connection
    for each in made:
        each.close()


@pytest.fixture
def cluster(connect: Callable[..., Cluster]) -> Cluster:
    """A connection to the node under the test's alias."""
    return connect()
