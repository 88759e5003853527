"""A service on a cluster that fails: 503 and never 500, partial answers marked, and back as soon as the cluster is."""

from __future__ import annotations

import re
import time

import orjson
import pytest

from indexer.opensearch.push import push, rollback
from indexer.snapshots import SnapshotStore
from service.app import create_app
from service.config import load_config
from service.search.model import SearchRequest
from tests.contract.conftest import STEP
from tests.opensearch.conftest import CODES, rebuild
from tests.opensearch.gateway import gateway

PATHS = (
    "/api/v1/search?q=insulin+pump",
    "/api/v1/search?q=A00",
    "/api/v1/search?q=&facets=kind",
    "/api/v1/search?q=pump&sort=added",
    "/api/v1/search?q=pump&format=csv&limit=500",
    "/api/v1/documents/A0001",
    "/api/hcpcs/v3/search?terms=pump",
    "/fhir/ValueSet/$expand?url=http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets?fhir_vs&filter=pump",
    "/fhir/CodeSystem/$lookup?system=http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets&code=A0001",
    "/?q=pump",
    "/codes/A0001",
)


@pytest.fixture
def served(data, cluster, opensearch):
    push(SnapshotStore(data), cluster)
    with gateway(opensearch.urls[0]) as gate:
        config = load_config(
            {}, data=data, engine="opensearch", opensearch_hosts=(gate.url,), opensearch_alias=cluster.alias
        )
        app = create_app(config)
        yield app, gate, config
        app.extensions["procsearch"].close()


FAULTS = ["cut", (503, b"{}"), (400, b'{"error": {"type": "too_many_nested_clauses"}}')]


@pytest.mark.parametrize("fault", FAULTS[::STEP])
def test_every_route_answers_503_while_the_cluster_does_not(served, fault):
    app, gate, _ = served
    client = app.test_client()
    gate.rule = lambda method, _path: fault if method == "POST" else None
    for path in PATHS:
        response = client.get(path)
        assert response.status_code == 503, (path, response.text)
        assert not re.search(r"localhost:\d|127\.0\.0\.1", response.text)
    # What lies on this machine is still there.
    assert client.get("/api/v1/suggest?q=pum").status_code == 200
    gate.rule = lambda _method, _path: None
    for path in PATHS:
        assert client.get(path).status_code == 200, path


def test_it_starts_without_a_cluster_and_serves_once_there_is_one(served):
    _, gate, config = served
    gate.rule = lambda _method, _path: "cut"
    late = create_app(config)
    client = late.test_client()
    refused = client.get("/api/v1/search?q=pump")
    assert (refused.status_code, refused.json["error"]["code"]) == (503, "no_snapshot")
    assert "localhost" not in refused.text
    gate.rule = lambda _method, _path: None
    deadline = time.monotonic() + 60
    while client.get("/readyz").status_code != 200 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert client.get("/api/v1/search?q=pump").json["total"] == 12
    late.extensions["procsearch"].close()


def test_parts_that_do_not_answer_in_time_are_told_of(served):
    app, gate, _ = served
    partial = {
        "timed_out": True,
        "_shards": {"total": 2, "successful": 1, "failed": 1},
        "hits": {"total": {"value": 0, "relation": "eq"}, "hits": []},
    }
    gate.rule = lambda _method, path: (200, orjson.dumps(partial)) if "_search" in path else None
    answer = app.test_client().get("/api/v1/search?q=pump").json
    assert (answer["partial"], answer["total"]) == (True, 0)
    assert any("stopped" in note for note in answer["notes"])


def test_a_new_index_is_taken_over_and_an_old_one_again(served, data, cluster):
    app, _, _ = served
    searcher = app.extensions["procsearch"]
    first = searcher.status.serving
    with searcher.reading() as reading:
        rebuild(data, *CODES[:30])
        second = push(SnapshotStore(data), cluster).snapshot
        _await(searcher, second)
        # Who began with the old index ends with it.
        assert reading.snapshot == first
        assert reading.search(SearchRequest("")).total == 60
    assert searcher.search(SearchRequest("")).total == 30
    rollback(cluster, None)
    _await(searcher, first)
    assert searcher.search(SearchRequest("")).total == 60


def _await(searcher, snapshot):
    deadline = time.monotonic() + 60
    while searcher.status.serving != snapshot and time.monotonic() < deadline:
        time.sleep(0.05)
    assert searcher.status.serving == snapshot
