"""Kept answers: bounded, of one snapshot and day, and never of anything that the query string does not say."""

from __future__ import annotations

import pytest

from indexer.build import build
from indexer.imports import ImportStore
from service.app import create_app
from service.config import load_config
from service.search import searcher
from service.web.answers import Answer, Answers, kept
from tests.indexer.records import code, release


@pytest.fixture
def app(tmp_path):
    ImportStore(tmp_path).save(release("2020", code("A0001", "Infusion pump"), code("A0002", "Wheel lock")))
    build(tmp_path, [])
    app = create_app(load_config({}, data=tmp_path))
    yield app
    app.extensions["procsearch"].close()


def test_the_same_question_is_answered_from_what_is_kept(app):
    client = app.test_client()
    first, again = client.get("/api/v1/search?q=pump"), client.get("/api/v1/search?q=pump")
    assert first.data == again.data
    assert client.get("/api/v1/search?q=wheel").data != first.data
    with app.app_context():
        assert (kept().hits, kept().misses) == (1, 2)


def test_a_client_that_holds_an_answer_is_told_so(app):
    client = app.test_client()
    first = client.get("/api/v1/suggest?q=pum")
    again = client.get("/api/v1/suggest?q=pum", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert first.headers["Cache-Control"] == "private, no-cache"


def test_a_new_snapshot_is_answered_anew(app, tmp_path):
    client = app.test_client()
    before = client.get("/api/v1/search?q=pump").json
    ImportStore(tmp_path).save(release("2021", code("A0003", "Infusion pump, other")))
    build(tmp_path, [])
    app.extensions["procsearch"].reload()
    after = client.get("/api/v1/search?q=pump").json
    assert (before["total"], after["total"]) == (1, 2)
    assert before["snapshot"] != after["snapshot"]


def test_a_partial_answer_says_so_and_is_not_kept(app, monkeypatch):
    client = app.test_client()
    with monkeypatch.context() as patched:
        # The deadline is counted from the beginning of time, and has long passed.
        patched.setattr(searcher.time, "monotonic_ns", lambda: 0)
        late = client.get("/api/v1/search?q=pump").json
        assert (late["partial"], late["hits"]) == (True, [])
        assert "stopped after 1000 milliseconds" in late["notes"][-1]
        assert client.get("/api/v1/search?q=pump&sort=code").json["partial"]
    again = client.get("/api/v1/search?q=pump").json
    assert (again["partial"], again["total"], again["notes"]) == (False, 1, [])


def test_errors_are_not_kept(app):
    client = app.test_client()
    for _ in range(2):
        assert client.get("/api/v1/search?limit=0").status_code == 400
    with app.app_context():
        assert kept().hits == 0


def test_with_no_room_nothing_is_kept():
    answers = Answers(0)
    answers.put("a", Answer(b"", "tag"))
    assert answers.get("a") is None


def test_answers_are_bounded_in_bytes_and_the_oldest_go():
    answers = Answers(max_bytes=2_000)
    for number in range(10):
        answers.put(number, Answer(b"x" * 500, "tag"))
        assert answers.get(number) is not None
    assert [number for number in range(10) if answers.get(number)] == [8, 9]
    answers.put(99, Answer(b"x" * 5_000, "tag"))
    assert answers.get(99) is None
