"""Builds that were asked for over HTTP fill the cluster, too, where that is what is searched."""

from __future__ import annotations

import pytest

from indexer import task_runner
from indexer.opensearch import catalog
from indexer.snapshots import SnapshotStore
from indexer.tasks import FAILED, SUCCEEDED, TaskStore
from service.config import load_config
from service.task_program import task_program


@pytest.fixture
def run(data, cluster, monkeypatch):
    """A function that has a task run with these hosts, and returns it as it ended."""

    def run(hosts):
        monkeypatch.setenv("PROCSEARCH_ENGINE", "opensearch")
        monkeypatch.setenv("PROCSEARCH_OPENSEARCH_HOSTS", ",".join(hosts))
        monkeypatch.setenv("PROCSEARCH_OPENSEARCH_ALIAS", cluster.alias)
        monkeypatch.setenv("PROCSEARCH_OPENSEARCH_TIMEOUT_MS", "60000")
        config = load_config({}, data=data, engine="opensearch")
        store = TaskStore(data)
        task, _ = store.submit("test", [])
        task_runner.start(data, task_program(config)).wait(300)
        return store.get(task.id)

    return run


def test_a_task_has_succeeded_once_its_snapshot_is_searched_in_the_cluster(run, data, cluster, opensearch):
    ended = run(opensearch.urls)
    assert (ended.state, ended.message) == (SUCCEEDED, None)
    assert catalog.published(cluster).snapshot == SnapshotStore(data).current_name() == ended.snapshot


def test_a_task_whose_push_fails_has_failed_and_says_why(run, cluster):
    ended = run(["http://127.0.0.1:9"])
    assert ended.state == FAILED
    assert "cluster" in ended.message.lower()
    assert catalog.published(cluster) is None
