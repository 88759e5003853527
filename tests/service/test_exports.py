"""CSV and NDJSON of all results: whole, in order, from one snapshot, and safe for spreadsheets."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.build import build
from indexer.imports import ImportStore
from service.app import create_app
from service.config import load_config
from service.search import reading
from service.web.exports import COLUMNS, cell
from tests.indexer.records import code, release

CODES = 250


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    data = tmp_path_factory.mktemp("exports")
    codes = [code(f"A{number:04}", f"Infusion pump, type {number}") for number in range(CODES - 2)]
    odd = [code("B0001", '=cmd|"calc"!A1 pump'), code("B0002", 'Pump, "quoted", élan')]
    ImportStore(data).save(release("2020", *codes, *odd))
    build(data, [])
    return data


@pytest.fixture(scope="module")
def app(data):
    app = create_app(load_config({}, data=data))
    yield app
    app.extensions["procsearch"].close()


@pytest.fixture(scope="module")
def client(app):
    return app.test_client()


def _rows(response):
    return list(csv.reader(io.StringIO(response.text, newline="")))


@pytest.mark.parametrize("how", [{"query_string": {"q": "pump", "format": "csv"}}, {"headers": {"Accept": "text/csv"}}])
def test_csv_holds_all_results(client, how):
    with client.get("/api/v1/search", **how) as response:
        rows = _rows(response)
        assert response.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
        assert response.headers["X-Total-Count"] == str(CODES)
        assert response.headers["Content-Disposition"] == 'attachment; filename="procsearch.csv"'
        assert "Accept" in response.headers["Vary"]
        assert response.text.count("\r\n") == CODES + 1
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == CODES + 1


def test_ndjson_holds_the_hits_of_all_pages(client):
    with client.get("/api/v1/search?q=pump&format=ndjson&explain=true") as response:
        lines = [json.loads(line) for line in response.text.splitlines()]
        assert response.headers["Content-Type"] == "application/x-ndjson"
    paged, cursor = [], None
    while cursor is not None or not paged:
        page = client.post("/api/v1/search", json={"q": "pump", "limit": 70, "explain": True, "cursor": cursor}).json
        paged, cursor = paged + page["hits"], page["cursor"]
    assert lines == paged


def test_csv_holds_what_json_holds(client):
    hits = client.get("/api/v1/search?q=pump&limit=100&sort=code&offset=200").json["hits"]
    with client.get("/api/v1/search?q=pump&sort=code&offset=200&format=csv") as response:
        rows = [dict(zip(COLUMNS, row, strict=True)) for row in _rows(response)[1:]]
    assert [row["code"] for row in rows] == [hit["code"] for hit in hits]
    assert [float(row["score"]) for row in rows] == [hit["score"] for hit in hits]
    assert rows[0]["has_document"] == "false"
    assert rows[0]["matched_fields"].split(";") == hits[0]["matched_fields"]


def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(client):
    with client.get("/api/v1/search?q=B0001&format=csv") as response:
        (row,) = _rows(response)[1:]
    assert row[COLUMNS.index("descriptor")] == '\'=cmd|"calc"!A1 pump'


@given(st.text())
def test_no_cell_begins_a_formula_and_none_loses_text(text):
    written = cell(text)
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert written.removeprefix("'") == text.removeprefix("'")


def test_a_limit_may_be_larger_than_for_json(client):
    with client.get("/api/v1/search?q=pump&format=csv&limit=150") as response:
        assert len(_rows(response)) == 151
    assert client.get("/api/v1/search?q=pump&limit=150").status_code == 400


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("format=csv&limit=10001", "limit"),
        ("format=csv&limit=0", "limit"),
        ("format=csv&facets=kind", "facets"),
        ("format=xml", "format"),
        ("format=csv&format=json", "format"),
        ("format=csv&cursor=x", "cursor"),
        ("format=ndjson&other=1", "other"),
    ],
)
def test_what_is_wrong_is_named(client, query, parameter):
    response = client.get(f"/api/v1/search?{query}")
    assert response.status_code == 400
    assert [each["parameter"] for each in response.json["error"]["details"]] == [parameter]


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "application/json"),
        ("", "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json"),
        ("text/csv;q=0.5, application/x-ndjson", "application/x-ndjson"),
        ("text/*", "text/csv"),
        ("application/json;q=0.1, text/csv", "text/csv"),
        ("TEXT/CSV", "text/csv"),
    ],
)
def test_the_accept_header_chooses(client, accept, expected):
    headers = {} if accept is None else {"Accept": accept}
    for response in (
        client.get("/api/v1/search?q=pump", headers=headers),
        client.post("/api/v1/search", json={"q": "pump"}, headers=headers),
    ):
        with response:
            assert (response.status_code, response.mimetype) == (200, expected)


@pytest.mark.parametrize("accept", ["image/png", "application/json;q=0", "nonsense", "text/html"])
def test_another_type_is_refused(client, accept):
    response = client.get("/api/v1/search?q=pump", headers={"Accept": accept})
    assert (response.status_code, response.json["error"]["code"]) == (406, "not_acceptable")
    assert response.json["error"]["details"][0]["parameter"] == "Accept"
    # Who says what is wanted in the address gets it.
    assert client.get("/api/v1/search?q=pump&format=json", headers={"Accept": accept}).status_code == 200


def test_an_export_has_a_tag_of_its_own(client):
    with client.get("/api/v1/search?q=pump&format=csv") as csv_answer:
        tag = csv_answer.headers["ETag"]
    again = client.get("/api/v1/search?q=pump&format=csv", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    for other in ("q=pump&format=ndjson", "q=pump&format=csv&limit=9", "q=wheel&format=csv", "q=pump"):
        with client.get(f"/api/v1/search?{other}", headers={"If-None-Match": tag}) as response:
            assert response.status_code == 200


def _users(app):
    return app.extensions["procsearch"]._shared._users


def test_the_snapshot_is_let_go_however_an_export_ends(app):
    client = app.test_client()
    before = _users(app)
    unread = client.get("/api/v1/search?q=pump&format=csv", buffered=False)
    assert _users(app) == before + 1
    unread.close()
    assert _users(app) == before
    begun = client.get("/api/v1/search?q=pump&format=ndjson", buffered=False)
    next(iter(begun.response))
    begun.close()
    assert _users(app) == before
    client.head("/api/v1/search?q=pump&format=csv").close()
    assert _users(app) == before


def test_an_export_is_of_one_snapshot_though_another_is_published_meanwhile(tmp_path):
    store = ImportStore(tmp_path)
    store.save(release("2019", *(code(f"A{number:04}", "Pump") for number in range(230))))
    build(tmp_path, [])
    app = create_app(load_config({}, data=tmp_path))
    response = app.test_client().get("/api/v1/search?q=pump&format=ndjson", buffered=False)
    pieces = iter(response.response)
    text = next(pieces)
    store.save(release("2020", *(code(f"B{number:04}", "Pump") for number in range(230))))
    build(tmp_path, [])
    assert app.extensions["procsearch"].reload()
    text += b"".join(pieces)
    response.close()
    codes = [json.loads(line)["code"] for line in text.splitlines()]
    assert codes == [f"A{number:04}" for number in range(230)]
    app.extensions["procsearch"].close()


def test_an_export_that_runs_out_of_time_is_an_error_and_no_part(client, monkeypatch):
    monkeypatch.setattr(reading.time, "monotonic_ns", lambda: 0)
    response = client.get("/api/v1/search?q=pump&format=csv")
    assert (response.status_code, response.json["error"]["code"]) == (503, "timed_out")
    assert response.headers["Retry-After"]
