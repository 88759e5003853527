"""Fixtures shared by all tests: data folders with a built index, official files, real servers."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from indexer.build import build
from indexer.importers.hcpcs import read_release
from indexer.imports import ImportStore
from service.app import create_app
from service.config import load_config
from tests.cluster.fixtures import clusters, opensearch, pytest_runtest_makereport  # noqa: F401
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


#: The documents that tests search: twelve of the shipped ones, so that a new document changes no count.
TWELVE = "A0430 E0601 G0108 G0121 G0438 H0015 J3420 L1902 P9016 Q0091 T1019 V2632".split()


@pytest.fixture(scope="session")
def twelve_documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus folder with twelve of the shipped documents."""
    from corpus.store import SHIPPED

    folder = tmp_path_factory.mktemp("twelve")
    for code in TWELVE:
        (path,) = SHIPPED.glob(f"*/{code}-*.txt")
        shutil.copy(path, folder)
    return folder


@pytest.fixture(scope="session")
def documents_data(twelve_documents: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with twelve documents built; not to be changed."""
    data = tmp_path_factory.mktemp("documents")
    build(data, [twelve_documents])
    return data


@pytest.fixture(scope="session")
def official_data(hcpcs_data: Path, twelve_documents: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the releases of 2019 and 2020 and twelve documents built; not to be changed."""
    data = tmp_path_factory.mktemp("official")
    for year in ("2019", "2020"):
        ImportStore(data).save(read_release(hcpcs_data / f"{year}-alpha-numeric-hcpcs-file.zip"))
    build(data, [twelve_documents])
    return data


@pytest.fixture
def app(documents_data: Path) -> Iterator:  # type: ignore[type-arg]
    """An application over twelve documents."""
    app = create_app(load_config({}, data=documents_data))
    yield app
    app.extensions["procsearch"].close()


@pytest.fixture
def client(app):  # type: ignore[no-untyped-def]
    """A client that calls the application in this process."""
    return app.test_client()


@pytest.fixture(scope="session")
def live_server(documents_data: Path) -> Iterator[Server]:
    """The real server over twelve documents."""
    with running(documents_data) as server:
        yield server


@pytest.fixture(scope="session")
def official_server(official_data: Path) -> Iterator[Server]:
    """The real server over the official files and twelve documents."""
    with running(official_data) as server:
        yield server


def plain(marked: str) -> str:
    """Return marked HTML without its marks."""
    return re.sub(r"</?mark>", "", marked)
