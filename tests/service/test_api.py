"""The HTTP API: answers, and every error in the one shape."""

from __future__ import annotations

import pytest

from service.app import create_app
from service.config import load_config
from service.web.errors import ERROR_CODES
from service.web.schemas.answers_v1 import SearchResponse
from service.web.shield import HEADERS

HIT_KEYS = {
    "code",
    "code_system",
    "kind",
    "family",
    "title",
    "descriptor",
    "has_document",
    "status",
    "score",
    "match",
    "matched_fields",
    "highlights",
    "section",
    "explanation",
}


def _first(client, q):
    return client.get("/api/v1/search", query_string={"q": q}).json["hits"][0]["code"]


@pytest.mark.parametrize("q", ["IOP", "h0015", "H0015", "alcohol counselling", "intensive outpatient", "h-0015"])
def test_the_first_page_of_the_readme(client, q):
    assert _first(client, q) == "H0015"


@pytest.mark.parametrize(
    ("q", "code"),
    [
        ("rehab for drinking without staying overnight", "H0015"),
        ("sleep apnea machine", "E0601"),
        ("b12 shot", "J3420"),
        ("cataract lens", "V2632"),
        ("pap smear", "Q0091"),
        ("plane ambulance", "A0430"),
    ],
)
def test_plain_words_find_the_document(client, q, code):
    assert _first(client, q) == code


def test_the_shape_of_an_answer(client):
    body = client.get("/api/v1/search?q=iop&limit=5").json
    assert set(body) == {each.data_key or name for name, each in SearchResponse().fields.items()}
    hit = body["hits"][0]
    assert set(hit) == HIT_KEYS
    assert (body["query"], body["total"], len(body["hits"])) == ("iop", 1, 1)
    assert (hit["match"], hit["status"], hit["kind"]) == ("exact_name", "active", "procedure")
    assert hit["section"]["heading"] == "Summary"
    assert "<mark>IOP</mark>" in hit["section"]["snippet"]
    assert any("<mark>IOP</mark>" in name for name in hit["highlights"]["common_names"])


def test_post_answers_as_get(client):
    got = client.get("/api/v1/search?q=insulin&limit=3&offset=1&kind=procedure").json
    posted = client.post("/api/v1/search", json={"q": "insulin", "limit": 3, "offset": 1, "kind": "procedure"}).json
    assert {**got, "took_ms": 0} == {**posted, "took_ms": 0}


def test_paging_and_totals(client):
    whole = client.get("/api/v1/search?q=the&limit=100").json
    assert whole["total"] == len(whole["hits"])
    second = client.get("/api/v1/search?q=the&limit=2&offset=2").json
    assert [hit["code"] for hit in second["hits"]] == [hit["code"] for hit in whole["hits"][2:4]]
    beyond = client.get("/api/v1/search?q=the&offset=5000").json
    assert (beyond["total"], beyond["hits"]) == (whole["total"], [])


def test_a_blank_query_lists_everything_by_code(client):
    codes = [hit["code"] for hit in client.get("/api/v1/search?limit=100").json["hits"]]
    assert len(codes) == 12
    assert codes == sorted(codes)


@pytest.mark.parametrize("code", ["H0015", "h0015", "h%200015"])
def test_a_document_in_any_spelling(client, code):
    body = client.get(f"/api/v1/documents/{code}").json
    assert body["code"] == "H0015"
    assert len(body["sections"]) == 13
    assert body["snapshot"]


def test_the_snapshot(client):
    body = client.get("/api/v1/snapshot").json
    assert body["counts"]["documents"] == 12
    assert body["releases"] == []
    assert "/" not in body["snapshot"]


def test_health(client):
    assert client.get("/healthz").json == {"status": "ok"}
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json["status"]) == (200, "ok")


JSON = {"content_type": "application/json"}
BAD = [
    ("get", "/api/v1/search?limit=0", {}, "invalid_parameter", "limit"),
    ("get", "/api/v1/search?limit=101", {}, "invalid_parameter", "limit"),
    ("get", "/api/v1/search?limit=ten", {}, "invalid_parameter", "limit"),
    ("get", "/api/v1/search?limit=" + "9" * 5000, {}, "invalid_parameter", "limit"),
    ("get", "/api/v1/search?limit=1e3", {}, "invalid_parameter", "limit"),
    ("get", "/api/v1/search?offset=-1", {}, "invalid_parameter", "offset"),
    ("get", "/api/v1/search?kind=other", {}, "invalid_parameter", "kind"),
    ("get", "/api/v1/search?status=", {}, "invalid_parameter", "status"),
    ("get", "/api/v1/search?code_system=SNOMED", {}, "invalid_parameter", "code_system"),
    ("get", "/api/v1/search?q=a&q=b", {}, "invalid_parameter", "q"),
    ("get", "/api/v1/search?query=a", {}, "invalid_parameter", "query"),
    ("get", "/api/v1/search?q=" + "a" * 1001, {}, "invalid_parameter", "q"),
    ("post", "/api/v1/search", {"json": {"q": 5}}, "invalid_parameter", "q"),
    ("post", "/api/v1/search", {"json": {"limit": 1.5}}, "invalid_parameter", "limit"),
    ("post", "/api/v1/search", {"json": {"limit": None}}, "invalid_parameter", "limit"),
    ("post", "/api/v1/search", {"json": {"kind": [1]}}, "invalid_parameter", "kind"),
    ("post", "/api/v1/search", {"json": {"explain": "maybe"}}, "invalid_parameter", "explain"),
    ("post", "/api/v1/search", {"json": {"explain": 1}}, "invalid_parameter", "explain"),
    ("post", "/api/v1/search", {"json": {"explain": []}}, "invalid_parameter", "explain"),
    ("post", "/api/v1/search", {"json": {"family": False}}, "invalid_parameter", "family"),
    ("get", "/api/v1/search?on=2020-13-01", {}, "invalid_parameter", "on"),
    ("get", "/api/v1/search?section=beginning", {}, "invalid_parameter", "section"),
    ("get", "/api/v1/search?sort=size", {}, "invalid_parameter", "sort"),
    ("get", "/api/v1/search?facets=size", {}, "invalid_parameter", "facets"),
    ("get", "/api/v1/search?family=" + "A," * 60 + "A", {}, "invalid_parameter", "family"),
    ("get", "/api/v1/search?cursor=x", {}, "invalid_parameter", "cursor"),
    ("get", "/api/v1/search?cursor=" + "A" * 500, {}, "invalid_parameter", "cursor"),
    ("get", "/api/v1/search?q=%ff", {}, "invalid_parameter", "q"),
    ("get", "/api/v1/search?q=a&%fe=b", {}, "invalid_parameter", "\ufffd"),
    ("get", "/api/v1/search?q=%ed%a0%80", {}, "invalid_parameter", "q"),
    ("get", "/api/v1/suggest?limit=2&q=%c3", {}, "invalid_parameter", "q"),
    ("get", "/api/v1/suggest", {}, "invalid_parameter", "q"),
    ("get", "/api/v1/documents/H0015?x=%80", {}, "invalid_parameter", "x"),
    ("post", "/api/v1/search", {"json": {"kind": "procedure", "other": 1}}, "invalid_parameter", "other"),
    ("post", "/api/v1/search", {"json": [1]}, "invalid_parameter", "body"),
    ("post", "/api/v1/search", {"data": b"", **JSON}, "malformed_request", "body"),
    ("post", "/api/v1/search", {"data": b'{"q": "a"}', "content_type": "text/json"}, "unsupported_media_type", None),
    ("get", "/api/v1/search", {"headers": {"Accept": "image/png"}}, "not_acceptable", "Accept"),
    ("get", "/api/v1/batch", {}, "method_not_allowed", None),
    ("post", "/api/v1/search", {"data": b"{", **JSON}, "malformed_request", "body"),
    (
        "post",
        "/api/v1/search",
        {"data": b'{"q": "\\ud800"}', "content_type": "application/json"},
        "malformed_request",
        None,
    ),
    ("post", "/api/v1/search", {"data": b"\xff", "content_type": "application/json"}, "malformed_request", None),
    ("post", "/api/v1/search", {"data": {"q": "x"}}, "unsupported_media_type", None),
    ("post", "/api/v1/search", {"json": {"q": "x" * 70_000}}, "payload_too_large", None),
    ("get", "/api/v1/documents/Z9999", {}, "document_not_found", None),
    ("get", "/api/v1/documents/" + "x" * 3000, {}, "document_not_found", None),
    ("get", "/api/v1/documents/..%2F..%2Fetc%2Fpasswd", {}, "not_found", None),
    ("get", "/api/v1/nothing", {}, "not_found", None),
    ("get", "/api/v2/search", {}, "not_found", None),
    ("delete", "/api/v1/search", {}, "method_not_allowed", None),
    ("put", "/healthz", {}, "method_not_allowed", None),
]


@pytest.mark.parametrize(("method", "path", "options", "code", "parameter"), BAD)
def test_every_error_has_the_one_shape(client, method, path, options, code, parameter):
    response = getattr(client, method)(path, **options)
    assert set(response.json) == {"error"}
    error = response.json["error"]
    assert set(error) == {"code", "status", "message", "details", "request_id"}
    assert error["code"] == code
    assert response.status_code == error["status"] == ERROR_CODES[code][0]
    assert error["message"]
    if parameter:
        assert [detail["parameter"] for detail in error["details"]] == [parameter]
        assert all(detail["expected"] and detail["got"] for detail in error["details"])


def test_every_wrong_parameter_is_named_at_once(client):
    error = client.get("/api/v1/search?limit=0&offset=x&kind=y&z=1").json["error"]
    assert {detail["parameter"] for detail in error["details"]} == {"limit", "offset", "kind", "z"}


def test_methods_allowed_are_told(client):
    assert "GET" in client.delete("/api/v1/search").headers["Allow"]


def test_without_a_snapshot_everything_answers_503_until_there_is_one(tmp_path):
    app = create_app(load_config({}, data=tmp_path))
    client = app.test_client()
    for path in ("/api/v1/search?q=a", "/api/v1/documents/H0015", "/api/v1/snapshot"):
        response = client.get(path)
        assert (response.status_code, response.json["error"]["code"]) == (503, "no_snapshot")
        assert response.headers["Retry-After"]
        assert str(tmp_path) not in response.text
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200
    assert client.get("/", headers={"Accept": "text/html"}).status_code == 503
    app.extensions["procsearch"].close()


def test_a_fault_of_ours_is_one_error_without_its_cause(app, monkeypatch):
    def break_down(*_):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(app.extensions["procsearch"], "search", break_down)
    response = app.test_client().get("/api/v1/search?q=a")
    assert (response.status_code, response.json["error"]["code"]) == (500, "internal_error")
    assert "secret" not in response.text


def test_security_headers_are_on_every_answer(client):
    tag = client.get("/api/v1/search?q=a").headers["ETag"]
    asked = [
        *(("GET", path, {}) for path in ("/", "/?q=pump", "/codes/H0015", "/nope", "/static/style.css", "/docs")),
        *(("GET", path, {}) for path in ("/healthz", "/metrics", "/fhir/metadata", "/api/v1/search?limit=x")),
        ("GET", "/api/v1/search?q=a", {"If-None-Match": tag}),
        ("GET", "/api/v1/search?q=a&format=csv", {}),
        ("HEAD", "/api/v1/search?q=a", {}),
        ("OPTIONS", "/api/v1/search", {"Origin": "https://elsewhere.example"}),
        ("DELETE", "/api/v1/search", {}),
        ("GET", "/codes/h0015", {}),
    ]
    for method, path, sent in asked:
        with client.open(path, method=method, headers=sent) as response:
            given = response.headers.to_wsgi_list()
        for name, value in HEADERS:
            assert [each for each in given if each[0].lower() == name.lower()] == [(name, value)], (path, name)


def test_the_policy_allows_nothing_that_stands_in_a_page_or_comes_from_elsewhere():
    policy = dict(HEADERS)["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "*" not in policy
    assert "http" not in policy
    allowed = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert allowed["default-src"] == allowed["base-uri"] == allowed["frame-ancestors"] == "'none'"
    assert {value for name, value in allowed.items() if name != "default-src"} == {"'self'", "'none'"}
