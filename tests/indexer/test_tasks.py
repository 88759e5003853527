"""Tasks: one waits, one runs, in a process of its own; whatever ends it, what is told of it is true."""

from __future__ import annotations

import dataclasses
import os
import shutil
import signal
import time

import pytest

from corpus.format import parse
from indexer import task_runner
from indexer.build import build
from indexer.errors import DataError
from indexer.locks import write_lock
from indexer.own_documents import OwnDocuments
from indexer.snapshots import SnapshotStore
from indexer.tasks import CANCELLED, FAILED, QUEUED, RUNNING, SUCCEEDED, TaskStore
from tests.corpus.samples import document_text


@pytest.fixture
def data(documents_data, tmp_path):
    return shutil.copytree(documents_data, tmp_path / "data")


@pytest.fixture
def store(data):
    return TaskStore(data)


def wait(store, task, *states, seconds=60):
    until = time.monotonic() + seconds
    while (found := store.get(task.id)).state not in states:
        assert time.monotonic() < until, found
        time.sleep(0.02)
    return found


def test_there_is_one_queued_task_at_most(store, twelve_documents):
    first, new = store.submit("request", [twelve_documents])
    assert (new, first.state) == (True, QUEUED)
    assert store.submit("documents", [twelve_documents]) == (first, False)
    assert store.start_one("request", [twelve_documents]) == (first, False)
    with store.turn():
        taken = store.take()
        assert (taken.id, taken.state) == (first.id, RUNNING)
        # It may have read what is changed now before that, so another is needed.
        second, new = store.submit("documents", [twelve_documents])
        assert new
        assert store.start_one("request", [twelve_documents]) == (second, False)
        assert [task.id for task in store.all()] == [second.id, first.id]


def test_a_task_is_run_by_a_process_of_its_own(store, data, twelve_documents):
    document = parse(document_text())
    OwnDocuments(data).put(document)
    task, _ = store.submit("documents", [twelve_documents])
    process = task_runner.start(data)
    ended = wait(store, task, SUCCEEDED)
    assert (ended.published, ended.changes) == (True, {"added": 1, "changed": 0, "removed": 0, "rejected": 0})
    assert ended.snapshot == SnapshotStore(data).current_name()
    assert ended.created <= ended.started <= ended.ended
    assert process.wait(20) == 0


def test_two_runners_share_the_work_and_leave_none(store, data, twelve_documents):
    tasks = []
    for _ in range(3):
        tasks.append(store.submit("request", [twelve_documents])[0])
        processes = [task_runner.start(data) for _ in range(2)]
    for task in tasks:
        assert wait(store, task, SUCCEEDED).snapshot
    assert [process.wait(20) for process in processes] == [0, 0]
    assert not store.has_queued()


def test_a_queued_task_is_cancelled_at_once(store, twelve_documents):
    task, _ = store.submit("request", [twelve_documents])
    assert store.cancel(task.id).state == CANCELLED
    assert store.cancel(task.id).state == CANCELLED
    assert store.cancel("20200101T000000000-00000000") is None
    with store.turn():
        assert store.take() is None


def _held_in_build(store, data, folders):
    """Start a task that waits for the write lock, which the caller holds."""
    task, _ = store.submit("request", folders)
    process = task_runner.start(data)
    return wait(store, task, RUNNING), process


def test_a_running_task_is_cancelled_and_publishes_nothing(store, data, twelve_documents):
    before = SnapshotStore(data).current_name()
    with write_lock(data):
        task, process = _held_in_build(store, data, [twelve_documents])
        assert store.cancel(task.id).cancelling
        ended = wait(store, task, CANCELLED)
    assert "nothing of it was published" in ended.message
    assert not ended.cancelling
    assert process.wait(20) == 0
    assert SnapshotStore(data).current_name() == before
    build(data, [twelve_documents])


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_task_whose_process_dies_is_told_as_interrupted(store, data, twelve_documents, number):
    with write_lock(data):
        task, process = _held_in_build(store, data, [twelve_documents])
        os.kill(process.pid, number)
        ended = wait(store, task, FAILED)
    assert ended.failure == "interrupted"
    assert ended.ended
    # The next one takes its place, and finds it settled.
    after, _ = store.submit("request", [twelve_documents])
    task_runner.start(data)
    wait(store, after, SUCCEEDED)
    assert store.get(task.id).failure == "interrupted"


def test_a_queued_task_outlives_the_runner(store, data, twelve_documents):
    with write_lock(data):
        task, process = _held_in_build(store, data, [twelve_documents])
        waiting, _ = store.submit("documents", [twelve_documents])
        os.kill(process.pid, signal.SIGKILL)
        wait(store, task, FAILED)
        assert store.get(waiting.id).state == QUEUED
        assert store.has_queued()
    task_runner.start(data)
    wait(store, waiting, SUCCEEDED)


def test_a_build_that_fails_says_why(store, data, tmp_path):
    task, _ = store.submit("request", [tmp_path / "nowhere"])
    task_runner.start(data)
    ended = wait(store, task, FAILED)
    assert ended.failure == "BuildError"
    assert "expected a folder of documents" in ended.message


def test_progress_tells_phase_steps_and_rate(store, data, twelve_documents):
    task, _ = store.submit("request", [twelve_documents])
    told = task_runner.ToldProgress(store, task)
    told.phase("Indexing", 1000)
    assert (store.get(task.id).phase, store.get(task.id).steps) == ("indexing", 1000)
    for _ in range(5):
        told._next = 0.0
        time.sleep(0.002)
        told.step()
    assert store.get(task.id).done == 5
    assert store.get(task.id).rate > 0


def test_old_tasks_are_forgotten(store, twelve_documents, monkeypatch):
    monkeypatch.setattr("indexer.tasks._MOST_KEPT", 10)
    for number in range(15):
        task, _ = store.submit("request", [twelve_documents])
        store.save(dataclasses.replace(task, state=SUCCEEDED, message=str(number)))
    found = store.all()
    assert 10 <= len(found) <= 11
    assert {"14", "8"} <= {task.message for task in found}


@pytest.mark.parametrize("task_id", ["", "../tokens", "x", "20200101T000000000-0000000g"])
def test_an_id_names_no_other_file(store, task_id):
    assert store.get(task_id) is None


def test_a_damaged_task_is_named(store, data, twelve_documents):
    task, _ = store.submit("request", [twelve_documents])
    (data / "tasks" / f"{task.id}.json").write_text("{")
    with pytest.raises(DataError, match="Remove the file"):
        store.get(task.id)


def test_a_program_is_given_no_settings_but_its_own():
    environment = {"PATH": "/bin", "PROCSEARCH_ANALYTICS_KEY": "x", "PROCSEARCH_OPENSEARCH_PASSWORD": "y"}
    assert task_runner.environment_for(task_runner.INDEXER, environment) == {"PATH": "/bin"}
    program = task_runner.Program("service", ("PROCSEARCH_OPENSEARCH_",))
    assert task_runner.environment_for(program, environment) == {"PATH": "/bin", "PROCSEARCH_OPENSEARCH_PASSWORD": "y"}
