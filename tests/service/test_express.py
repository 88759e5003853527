"""Plain requests answered ahead of the framework get what it would have answered: bytes, headers, counts and log."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import create_environ, run_wsgi_app

from indexer.build import build
from indexer.imports import ImportStore
from service import app as app_module
from service.app import create_app
from service.config import load_config
from service.search import reading
from service.web import express
from tests.indexer.records import code, release

_PLAIN = (
    "/api/v1/search?q=pump",
    "/api/v1/search?q=infusion+pump&limit=3",
    "/api/v1/search?q=pump%20lock&limit=3&offset=1",
    "/api/v1/search?q=m%C3%A9ni%C3%A8re",
    "/api/v1/search?q=a0001&status=active&facets=family&explain=true",
    "/api/v1/search?q=pumpp&sort=code",
    "/api/v1/search?q=",
    "/api/v1/search?family=A",
    "/api/v1/search?q=a%3Db",
    "/api/v1/search?q=a=b%zz",
    "/api/v1/suggest?q=inf",
    "/api/v1/suggest?q=a00&limit=2",
)
_OTHER = (
    "/api/v1/search",
    "/api/v1/search?q=pump&q=lock",
    "/api/v1/search?q",
    "/api/v1/search?q=pump&",
    "/api/v1/search?q=%ff",
    "/api/v1/search?q=pump&limit=0",
    "/api/v1/search?q=pump&limit=x",
    "/api/v1/search?q=pump&unknown=1",
    "/api/v1/search?q=pump&format=csv",
    "/api/v1/search?q=pump&cursor=xyz",
    "/api/v1/search?q=" + "x" * 2_000,
    "/api/v1/suggest",
    "/api/v1/suggest?q=inf&limit=900",
    "/api/v1/suggest?q=%ff",
    "/api/v1/search/?q=pump",
    "/health/live",
)
_HEADERS = (
    {},
    {"Accept": "*/*"},
    {"Accept": "text/csv"},
    {"Accept": "application/xml"},
    {"Accept": "application/json;q=0.5, text/csv"},
    {"If-None-Match": "*"},
    {"If-None-Match": '"nothing", W/"else"'},
    {"Origin": "https://elsewhere.example"},
    {"X-Request-ID": "mine"},
    {"Connection": "keep-alive, Upgrade", "Upgrade": "websocket"},
    {"Host": "x" * 64},
    {"Host": "procsearch..example"},
    {"Host": "m\xe9ni\xe8re.example"},
)


def _app(folder, monkeypatch=None):
    if monkeypatch:
        monkeypatch.setattr(app_module.express, "install", lambda *_: None)
    return create_app(load_config({}, data=folder))


@pytest.fixture(scope="module")
def apps(tmp_path_factory):
    """The service, and the same without what is under test."""
    folder = tmp_path_factory.mktemp("express")
    records = (code("A0001", "Infusion pump"), code("A0002", "Wheel lock"), code("A0003", "Pump for infusion, other"))
    ImportStore(folder).save(release("2020", *records))
    build(folder, [])
    with pytest.MonkeyPatch.context() as patched:
        # How long an answer took stands in it.
        patched.setattr(reading.time, "perf_counter", lambda: 0.0)
        quick = _app(folder)
        with pytest.MonkeyPatch.context() as without:
            slow = _app(folder, without)
        yield quick, slow
    for each in (quick, slow):
        each.extensions["procsearch"].close()


def _answered(app, address, headers, method="GET"):
    response = app.test_client().open(address, method=method, headers=headers)
    own = {} if "X-Request-ID" in headers else {"X-Request-ID"}
    return response.status, sorted(pair for pair in response.headers if pair[0] not in own), _unnamed(response)


def _unnamed(response):
    """The body, without the id of the request, that errors tell."""
    return response.data.replace(response.headers["X-Request-ID"].encode(), b"")


def _same(apps, address, headers, method="GET"):
    quick, slow = (_answered(app, address, headers, method) for app in apps)
    assert quick == slow
    return quick


@pytest.mark.parametrize("headers", _HEADERS, ids=str)
def test_every_request_is_answered_as_by_the_framework(apps, headers):
    for address in (*_PLAIN, *_OTHER):
        _same(apps, address, headers)


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "POST", "PUT", "BREW"])
def test_other_methods_are_answered_as_by_the_framework(apps, method):
    for address in ("/api/v1/search?q=pump", "/api/v1/suggest?q=pu"):
        _same(apps, address, {}, method)


def test_a_server_may_leave_out_what_is_empty(apps):
    for missing in ("QUERY_STRING", "PATH_INFO", "SCRIPT_NAME", "HTTP_HOST"):
        answers = []
        for app in apps:
            environ = create_environ("/api/v1/search")
            environ.pop(missing, None)
            body, status, headers = run_wsgi_app(app.wsgi_app, environ, buffered=True)
            answers.append((status, b"".join(body).replace(headers["X-Request-ID"].encode(), b"")))
        assert answers[0] == answers[1]


def test_who_holds_an_answer_is_told_so(apps):
    for address in ("/api/v1/search?q=pump", "/api/v1/suggest?q=pu"):
        tag = dict(_same(apps, address, {})[1])["ETag"]
        for known in (tag, f'"other", {tag}', tag.removeprefix("W/"), "*"):
            status, _, body = _same(apps, address, {"If-None-Match": known})
            assert (status[:3], body) == ("304", b"")


_PIECES = st.sampled_from(
    ["q=", "limit=", "offset=", "pump", "lock", "3", "0", "&", "&", "=", "%20", "+", "%", "%c3%a9", "%e9", "family=A",
     "status=active", "sort=code", "explain=1", "facets=kind", "on=2020-01-01", "section=risks", "format=json", ";"]
)  # fmt: skip


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_PIECES, max_size=9).map("".join), st.sampled_from(["search", "suggest"]))
def test_any_query_string_is_answered_as_by_the_framework(apps, query_string, what):
    _same(apps, f"/api/v1/{what}?{query_string}", {})


def _told(app):
    """What was counted of requests, except how long they took."""
    lines = app.test_client().get("/metrics").text.splitlines()
    names = ("_count{", "_searches_total{", "_lookups_total{", "_errors_total{")
    return sorted(line for line in lines if any(name in line for name in names) and not line.endswith(" 0.0"))


def test_requests_are_counted_the_same(tmp_path, monkeypatch):
    ImportStore(tmp_path).save(release("2020", code("A0001", "Infusion pump")))
    build(tmp_path, [])
    quick = _app(tmp_path)
    slow = _app(tmp_path, monkeypatch)
    counts = []
    for app in (quick, slow):
        for address in (*_PLAIN, *_OTHER, *_PLAIN):
            app.test_client().get(address)
        counts.append(_told(app))
        app.extensions["procsearch"].close()
    assert counts[0] == counts[1]
    assert any('route="/api/v1/search"' in line and 'status="2xx"' in line for line in counts[0])


def test_plain_requests_do_not_reach_the_framework(apps, monkeypatch):
    passed = []
    quick, _ = apps
    layer = _layer(quick)
    monkeypatch.setattr(layer, "_framework", lambda environ, start: passed.append(environ["QUERY_STRING"]) or [])
    for address in _PLAIN:
        assert quick.test_client().get(address).status_code == 200
    assert passed == []


@pytest.mark.parametrize(
    "setting", [{"PROCSEARCH_RATE_LIMIT": "5/second"}, {"PROCSEARCH_CORS_ORIGINS": "*"}, {"PROCSEARCH_ANALYTICS": "on"}]
)
def test_where_hooks_look_at_every_request_all_go_to_the_framework(setting, tmp_path):
    app = create_app(load_config(setting, data=tmp_path))
    assert _layer(app) is None
    app.extensions["procsearch"].close()


def _layer(app):
    at = app.wsgi_app
    while at is not None and not isinstance(at, express.Express):
        at = getattr(at, "_inner", None)
    return at
