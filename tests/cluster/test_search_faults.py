"""The real service over three nodes goes on answering while a node, and then the cluster manager, is killed: no search
fails beyond a second try, and no two answers of one snapshot differ."""

from __future__ import annotations

import os
import shutil
import subprocess

import httpx
import pytest

from indexer.build import build
from tests.cluster.conftest import ALL_KILLS, victim
from tests.cluster.nodes import wait_for
from tests.cluster.searching import searching
from tests.corpus.samples import document_text
from tests.live.server import ROOT, command, running

QUERIES = [
    "knee brace",
    "oxygen",
    "ambulance",
    "insulin pump",
    "a0430",
    "colon*",
    "wheelchair or walker",
    '"blood glucose"',
]
KILLS = ["node", "manager"] if ALL_KILLS else ["manager"]


@pytest.fixture
def data(documents_data, twelve_documents, tmp_path):
    """A data folder of twelve documents, and their folder, both to be changed."""
    shutil.copytree(documents_data, tmp_path / "data")
    shutil.copytree(twelve_documents, tmp_path / "own")
    return tmp_path / "data"


@pytest.fixture
def settings(three):
    """Settings of a service, and of commands, that use the three nodes; no answer is kept, all are asked for."""
    return {
        "PROCSEARCH_ENGINE": "opensearch",
        "PROCSEARCH_OPENSEARCH_HOSTS": ",".join(three.urls),
        "PROCSEARCH_OPENSEARCH_ALIAS": "searched",
        "PROCSEARCH_OPENSEARCH_SHARDS": "3",
        "PROCSEARCH_ANSWER_BYTES": "0",
        # Tests share two processors with three nodes.
        "PROCSEARCH_OPENSEARCH_TIMEOUT_MS": "20000",
    }


def _environment(settings):
    return {name: value for name, value in os.environ.items() if not name.startswith("PROCSEARCH_")} | settings


def _run(settings, *arguments):
    return subprocess.run(
        command(*arguments), cwd=ROOT, env=_environment(settings), capture_output=True, text=True, timeout=300
    )


def _push(settings, data):
    run = _run(settings, "cluster", "push", "--data", str(data))
    assert run.returncode == 0, run.stderr


def test_searches_go_on_while_nodes_die_and_come_back(three, data, settings):
    _push(settings, data)
    with running(data, settings=settings) as server, searching(server, QUERIES) as load:
        load.wait_for_more(40)
        for dying in KILLS:
            node = victim(three, dying)
            node.kill()
            load.wait_for_more(60)
            three.wait_until_green("searched")
            load.wait_for_more(20)
            node.start()
            three.wait_until_formed()
            three.wait_until_green("searched")
            load.wait_for_more(20)


@pytest.mark.skipif(not ALL_KILLS, reason="only with make test-cluster: it takes minutes")
@pytest.mark.parametrize("dying", KILLS)
def test_searches_go_on_while_a_node_dies_under_a_re_index(three, data, settings, dying):
    _push(settings, data)
    with running(data, settings=settings) as server, searching(server, QUERIES) as load:
        load.wait_for_more(20)
        (data.parent / "own" / "new.txt").write_text(document_text("A9999", "Oxygen repair"))
        published = build(data, [data.parent / "own"]).snapshot
        push = subprocess.Popen(command("cluster", "push", "--data", str(data)), cwd=ROOT, env=_environment(settings))
        wait_for(lambda: _has_begun(three, published), 60, "the push")
        victim(three, dying).kill()
        if push.wait(300) != 0:
            _push(settings, data)
        wait_for(lambda: server.get("/api/v1/snapshot")[1]["snapshot"] == published, 60, "the new snapshot")
        load.wait_for_more(40)
    ((_, codes),) = load.seen["oxygen", published]
    assert "A9999" in codes


def _has_begun(cluster, snapshot):
    try:
        return any(snapshot in name for name in cluster.request("GET", "/searched-*/_alias"))
    except httpx.HTTPError:
        return False
