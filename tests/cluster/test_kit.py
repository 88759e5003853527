"""The clusters that other tests stand on: they form, lose nodes, and leave nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys

import httpx
import pytest

from tests.cluster import kit
from tests.cluster.fixtures import started
from tests.cluster.nodes import wait_for


def test_a_node_answers_as_the_release_that_was_asked_for(opensearch):
    assert opensearch.request("GET", "/")["version"]["number"] == kit.DEFAULT
    assert opensearch.manager() is opensearch.nodes[0]


def test_a_node_has_the_modules_that_the_engine_needs(opensearch):
    fields = {"weight": {"type": "rank_features"}, "note": {"type": "text", "analyzer": "whitespace"}}
    opensearch.request("PUT", "/kit", {"mappings": {"properties": fields}})
    opensearch.request("PUT", "/kit/_doc/1?refresh=true", {"weight": {"knee": 2.0}, "note": "a knee brace"})
    ranked = {"query": {"rank_feature": {"field": "weight.knee", "linear": {}}}}
    assert opensearch.request("POST", "/kit/_search", ranked)["hits"]["max_score"] == 2.0
    scripted = {"query": {"script_score": {"query": {"match": {"note": "knee"}}, "script": {"source": "7"}}}}
    assert opensearch.request("POST", "/kit/_search", scripted)["hits"]["max_score"] == 7.0


def test_a_killed_node_is_missed_and_comes_back_with_its_data(tmp_path):
    cluster = started(tmp_path)
    with cluster:
        cluster.request("PUT", "/kept/_doc/1?refresh=true", {"a": 1})
        (node,) = cluster.nodes
        node.kill()
        assert not node.alive
        node.start()
        cluster.wait_until_formed()
        wait_for(lambda: _count(cluster) == 1, 30, "the document")
        pid = node.pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_node_ends_with_the_process_that_started_it(tmp_path):
    started(tmp_path)
    code = (
        "import os, pathlib, sys; from tests.cluster.nodes import Cluster;"
        f"cluster = Cluster(pathlib.Path({str(tmp_path)!r})); cluster.__enter__();"
        "print(cluster.nodes[0].url, cluster.nodes[0].pid, flush=True); os.kill(os.getpid(), 9)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=kit.HERE.parents[1])
    url, pid = run.stdout.split()
    wait_for(lambda: _is_gone(int(pid)), 30, f"the node {url} to end")


def test_an_end_at_the_start_is_told_with_the_log(tmp_path):
    cluster = started(tmp_path, settings={"no.such.setting": "1"})
    with pytest.raises(RuntimeError, match=r"(?s)node-1 ended.*no\.such\.setting"), cluster:
        raise AssertionError("it started")


def test_a_machine_without_maven_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(kit, "CACHE", tmp_path)
    monkeypatch.setattr(kit.shutil, "which", lambda name: None)
    monkeypatch.setattr(kit, "_javas", lambda: ["/bin/false"])
    with pytest.raises(kit.Unavailable, match=r"needs Java 17 to 21; found /bin/false \(no Java\).*CLUSTER_JAVA"):
        kit.fetch(kit.DEFAULT)
    monkeypatch.setattr(kit, "java_of", lambda release: "java")
    with pytest.raises(kit.Unavailable, match="Maven"):
        kit.fetch(kit.DEFAULT)
    assert list(tmp_path.iterdir()) == []


def _count(cluster):
    try:
        return cluster.request("GET", "/kept/_count")["count"]
    except httpx.HTTPError:
        return None


def _is_gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False
