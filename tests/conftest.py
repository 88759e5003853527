"""Fixtures shared by all tests: data folders with a built index, official files, real servers."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from indexer.build import build
from indexer.importers.hcpcs import read_release
from indexer.imports import ImportStore
from service.app import create_app
from service.config import load_config
from tests.live.server import Server, running

# The same examples on every run: a failure in CI can be repeated at a desk.
settings.register_profile("default", deadline=None, max_examples=60, derandomize=True)
settings.load_profile("default")


@pytest.fixture(scope="session")
def hcpcs_data() -> Path:
    """The folder of official files that HCPCS_DATA names."""
    named = os.environ.get("HCPCS_DATA")
    if not named:
        pytest.skip("HCPCS_DATA is not set: it has to name the folder of CMS's downloaded HCPCS zips")
    return Path(named)


@pytest.fixture(scope="session")
def documents_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the shipped documents built; not to be changed."""
    from corpus.store import SHIPPED

    data = tmp_path_factory.mktemp("documents")
    build(data, [SHIPPED])
    return data


@pytest.fixture(scope="session")
def official_data(hcpcs_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the releases of 2019 and 2020 and the shipped documents built; not to be changed."""
    from corpus.store import SHIPPED

    data = tmp_path_factory.mktemp("official")
    for year in ("2019", "2020"):
        ImportStore(data).save(read_release(hcpcs_data / f"{year}-alpha-numeric-hcpcs-file.zip"))
    build(data, [SHIPPED])
    return data


@pytest.fixture
def app(documents_data: Path) -> Iterator:  # type: ignore[type-arg]
    """An application over the shipped documents."""
    app = create_app(load_config({}, data=documents_data))
    yield app
    app.extensions["procsearch"].close()


@pytest.fixture
def client(app):  # type: ignore[no-untyped-def]
    """A client that calls the application in this process."""
    return app.test_client()


@pytest.fixture(scope="session")
def live_server(documents_data: Path) -> Iterator[Server]:
    """The real server over the shipped documents."""
    with running(documents_data) as server:
        yield server


@pytest.fixture(scope="session")
def official_server(official_data: Path) -> Iterator[Server]:
    """The real server over the official files and the shipped documents."""
    with running(official_data) as server:
        yield server


def plain(marked: str) -> str:
    """Return marked HTML without its marks."""
    return re.sub(r"</?mark>", "", marked)
