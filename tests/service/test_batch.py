"""Batches: each code and query answered for itself, in order, from one snapshot, in bounded time."""

from __future__ import annotations

import pytest

from service.app import create_app
from service.config import load_config
from service.web.schemas.batch_v1 import BRIEF


@pytest.fixture(scope="module")
def app(documents_data):
    """One application for all tests: none of them changes it."""
    app = create_app(load_config({}, data=documents_data))
    yield app
    app.extensions["procsearch"].close()


@pytest.fixture(scope="module")
def client(app):
    return app.test_client()


def _batch(client, **values):
    response = client.post("/api/v1/batch", json=values)
    assert response.status_code == 200, response.json
    return response.json


def test_codes_are_looked_up_in_order(client):
    answer = _batch(client, codes=["e0601", "Z9999", "H 0015", "x" * 500, ""])
    assert [result["code"] for result in answer["results"]] == ["e0601", "Z9999", "H 0015", "x" * 500, ""]
    assert [result["status"] for result in answer["results"]] == [200, 404, 200, 404, 404]
    assert [result["record"]["code"] for result in answer["results"] if "record" in result] == ["E0601", "H0015"]
    assert set(answer["results"][0]["record"]) == {*BRIEF, "status"}
    assert answer["results"][1]["error"]["code"] == "document_not_found"
    assert answer["partial"] is False


def test_whole_records_are_those_of_the_documents_route(client):
    (result,) = _batch(client, codes=["H0015"], whole=True)["results"]
    document = client.get("/api/v1/documents/H0015").json
    del document["snapshot"]
    assert result["record"] == {**document, "status": "active"}


def test_queries_are_searched_as_by_themselves(client):
    queries = ["cpap", "", "b12 shot", "xqzx"]
    results = _batch(client, queries=queries, limit=2, kind="procedure", on="2020-01-31")["results"]
    assert [result["query"] for result in results] == queries
    for result in results:
        alone = client.get(
            "/api/v1/search", query_string={"q": result["query"], "limit": 2, "kind": "procedure", "on": "2020-01-31"}
        ).json
        assert {**result["answer"], "took_ms": 0} == {**alone, "took_ms": 0}


def test_a_cursor_of_a_batch_goes_on_in_a_search(client):
    (result,) = _batch(client, queries=["the"], limit=1)["results"]
    following = client.get(f"/api/v1/search?q=the&limit=1&cursor={result['answer']['cursor']}").json
    assert following["hits"][0]["code"] != result["answer"]["hits"][0]["code"]


def test_a_thousand_are_answered(client):
    assert len(_batch(client, codes=["H0015"] * 1000)["results"]) == 1000
    assert len(_batch(client, queries=["cpap"] * 1000, limit=1)["results"]) == 1000


@pytest.mark.parametrize(
    ("body", "parameter"),
    [
        ({}, "codes"),
        ({"codes": []}, "codes"),
        ({"codes": "H0015"}, "codes"),
        ({"codes": None}, "codes"),
        ({"codes": ["H0015"] * 1001}, "codes"),
        ({"codes": ["H0015", 5]}, "codes[1]"),
        ({"codes": ["H0015"], "queries": ["a"]}, "queries"),
        ({"codes": ["H0015"] * 101, "whole": True}, "codes"),
        ({"codes": ["H0015"], "status": "active"}, "status"),
        ({"codes": ["H0015"], "kind": ["modifier"]}, "kind"),
        ({"queries": ["a", "b" * 1001]}, "queries[1]"),
        ({"queries": ["a"], "whole": True}, "whole"),
        ({"queries": ["a"], "limit": 11}, "limit"),
        ({"queries": ["a"], "limit": True}, "limit"),
        ({"queries": ["a"], "on": "yesterday"}, "on"),
        ({"queries": ["a"], "q": "b"}, "q"),
        ([], "body"),
        ("codes", "body"),
        (5, "body"),
    ],
)
def test_what_is_wrong_is_named(client, body, parameter):
    response = client.post("/api/v1/batch", json=body)
    assert response.status_code == 400
    assert parameter in [detail["parameter"] for detail in response.json["error"]["details"]]


def test_null_is_no_batch(client):
    error = client.post("/api/v1/batch", data=b"null", content_type="application/json").json["error"]
    assert error["message"] == "body: expected a JSON object; got null."


def test_what_time_does_not_suffice_for_is_told(documents_data, monkeypatch):
    app = create_app(load_config({"PROCSEARCH_BATCH_TIME_LIMIT_MS": "600000"}, data=documents_data))
    moments = iter(range(0, 10**15, 250_000 * 10**6))
    with monkeypatch.context() as patched:
        # A quarter of a thousand seconds passes between two looks at the clock.
        patched.setattr("service.search.reading.time.monotonic_ns", lambda: next(moments))
        answer = _batch(app.test_client(), codes=["H0015"] * 4)
    assert [result["status"] for result in answer["results"]] == [200, 200, 503, 503]
    assert answer["results"][3]["error"]["code"] == "timed_out"
    assert answer["partial"] is True
    app.extensions["procsearch"].close()


def test_a_batch_is_no_longer_than_a_body_may_be(client):
    response = client.post("/api/v1/batch", json={"queries": ["a" * 999] * 100})
    assert (response.status_code, response.json["error"]["code"]) == (413, "payload_too_large")
    assert "65536" in response.json["error"]["message"]
