"""Request ids and the log: no line or header can be forged, no text of a query is written, no request waits."""

from __future__ import annotations

import json
import logging
import os
import time

import pytest
from flask import request
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from service.app import create_app
from service.config import ConfigError, load_config
from service.web.logs import JsonFormatter, RequestLine, RequestLog
from service.web.metrics import Meters, template
from service.web.trace import request_id

LINE = RequestLine(0.0, "abc", "GET", "/", 200, 1.23456, 10, None)


@given(st.one_of(st.none(), st.text(), st.from_regex(r"[\w.\- \n\"]{1,70}")))
def test_an_id_is_a_short_plain_token(given_id):
    made = request_id(given_id)
    assert 1 <= len(made) <= 64
    assert made.isascii()
    assert made.replace(".", "").replace("-", "").replace("_", "").isalnum() or made == given_id


@pytest.mark.parametrize("given_id", ["a-1_B.c", "x" * 64])
def test_a_sane_id_is_kept_and_given_back(client, given_id):
    for path in ("/healthz", "/nowhere", "/static/style.css", "/api/v1/search?limit=0", "/api/v1/search?q=iop"):
        response = client.get(path, headers={"X-Request-ID": given_id}, buffered=True)
        assert response.headers.getlist("X-Request-ID") == [given_id]
        if response.is_json and response.status_code >= 400:
            assert response.json["error"]["request_id"] == given_id


@pytest.mark.parametrize("given_id", ["", "x" * 65, "a b", "é", "a,b", 'a"b', "<script>"])
def test_any_other_id_is_replaced(client, given_id):
    response = client.get("/nowhere", headers={"X-Request-ID": given_id})
    assert response.headers["X-Request-ID"] == response.json["error"]["request_id"] != given_id
    assert len(response.headers["X-Request-ID"]) == 16


def _app_that_fails(documents_data):
    def fail():
        raise ValueError(request.args["q"])

    app = create_app(load_config({}, data=documents_data))
    # A route that the observer did not see when it was made is "other".
    app.add_url_rule("/fails", view_func=fail)
    return app


def test_a_fault_is_logged_with_its_place_and_id_but_not_with_its_text(documents_data, caplog):
    app = _app_that_fails(documents_data)
    caplog.handler.setFormatter(JsonFormatter())
    page = app.test_client().get("/fails?q=insulin", headers={"X-Request-ID": "r1", "Accept": "text/html"})
    line = json.loads(next(text for text in caplog.text.splitlines() if "unexpected" in text))
    assert (page.status_code, line["level"], line["request_id"]) == (500, "ERROR", "r1")
    assert "unexpected ValueError at" in line["message"]
    assert "in fail" in line["message"]
    assert "insulin" not in json.dumps(line)
    assert "<code>r1</code>" in page.text
    told = app.test_client().get("/metrics").text
    assert 'procsearch_errors_total{code="internal_error"} 1.0' in told
    assert 'method="GET",route="other",status="5xx"} 1.0' in told
    assert "procsearch_requests_in_flight 1.0" in told
    app.extensions["procsearch"].close()


def test_a_record_of_the_standard_library_is_one_line_of_json():
    try:
        raise OSError("two\nlines")
    except OSError as error:
        info = (OSError, error, error.__traceback__)
    record = logging.LogRecord("name", logging.ERROR, "path", 1, "one\n%s", ("\udcff",), info)
    text = JsonFormatter().format(record)
    assert "\n" not in text
    line = json.loads(text)
    assert line["message"].startswith("one\n")
    assert "OSError" in line["exception"]


def test_lines_are_written_whole_and_in_order():
    reading, writing = os.pipe()
    log = RequestLog("json", writing)
    for number in range(30):
        log.write(LINE._replace(request_id=str(number), status=503 if number else 500))
    log.flush()
    lines = [json.loads(line) for line in os.read(reading, 1 << 16).splitlines()]
    assert [line["request_id"] for line in lines] == [str(number) for number in range(30)]
    assert [line["level"] for line in lines[:2]] == ["ERROR", "WARNING"]
    assert lines[0]["duration_ms"] == 1.235
    assert lines[0]["time"] == "1970-01-01T00:00:00.000Z"


def test_a_reader_that_does_not_read_costs_lines_but_no_request_waits():
    reading, writing = os.pipe()
    log = RequestLog("text", writing)
    for _ in range(30_000):
        log.write(LINE)
    assert log.dropped > 10_000
    os.close(reading)
    deadline = time.monotonic() + 10
    # With the reader gone, the writer is not held up any longer; what it has is lost, and counted.
    while log.dropped < 29_000 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert log.dropped >= 29_000
    os.close(writing)


@pytest.mark.parametrize(
    ("rule", "told"),
    [("/codes/<code>", "/codes/{code}"), ("/static/<path:filename>", "/static/{filename}"), ("/", "/")],
)
def test_routes_are_told_as_docs_write_them(rule, told):
    assert template(rule) == told


def test_a_histogram_holds_what_was_observed():
    meters = Meters(["/a"], None)
    for seconds in (0.0005, 0.0006, 0.3, 7.0):
        meters.begin()
        meters.end("/a", "GET", 200, seconds, None)
    family = next(meters.collect())
    buckets = {each.labels["le"]: each.value for each in family.samples if each.name.endswith("_bucket")}
    assert (buckets["0.0005"], buckets["0.001"], buckets["0.25"], buckets["0.5"]) == (1, 2, 2, 3)
    assert (buckets["5.0"], buckets["+Inf"]) == (3, 4)
    assert sum(each.value for each in family.samples if each.name.endswith("_sum")) == pytest.approx(7.3011)


def test_searches_are_counted_by_the_tier_of_the_first_hit(documents_data):
    app = create_app(load_config({}, data=documents_data))
    client = app.test_client()
    for path in ("q=iop", "q=iop", "q=H0015", "q=zzzzqqqq", "q=iop&offset=900", "q=intensve+outpatint"):
        client.get(f"/api/v1/search?{path}")
    client.post("/api/v1/search", json={"q": "H0015"})
    client.get("/?q=H0015")
    client.get("/api/v1/suggest?q=H0")
    families = {each.name: each for each in text_string_to_metric_families(client.get("/metrics").text)}
    told = {each.labels["match"]: each.value for each in families["procsearch_searches"].samples if each.value}
    assert told == {"exact_name": 2, "exact_code": 3, "none": 1, "fuzzy": 1}
    assert families["procsearch_corrected_searches"].samples[0].value == 1
    app.extensions["procsearch"].close()


def test_metrics_are_given_in_the_form_that_is_asked_for(client):
    accept = {"Accept": "application/openmetrics-text; version=1.0.0"}
    response = client.get("/metrics", headers=accept)
    assert response.content_type.startswith("application/openmetrics-text")
    assert response.text.endswith("# EOF\n")
    assert client.get("/metrics").content_type.startswith("text/plain")
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("variable", ["PROCSEARCH_LOG", "PROCSEARCH_METRICS"])
def test_a_wrong_setting_tells_the_right_ones(variable):
    with pytest.raises(ConfigError, match=f"{variable}: expected one of .*off; got 'maybe'"):
        load_config({variable: "maybe"})


def test_a_service_that_stops_is_not_ready(app, client):
    assert client.get("/readyz").status_code == 200
    assert client.get("/readyz").headers["Cache-Control"] == "no-store"
    app.extensions["procsearch"].close()
    response = client.get("/readyz")
    assert (response.status_code, response.json["status"]) == (503, "unavailable")
