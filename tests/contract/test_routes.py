"""Every route answers the same over either engine, apart from what tells them apart: names, times, identifiers."""

from __future__ import annotations

import json
import re

import pytest

from service.app import create_app
from tests.contract.conftest import ENGINES

PATHS = (
    "/api/v1/search?q=insulin+pump&on=2020-06-01&facets=kind,family&explain=true",
    "/api/v1/search?q=&limit=3&sort=added&on=2020-06-01",
    "/api/v1/search?q=supplies&format=csv&limit=300&on=2020-06-01",
    "/api/v1/search?q=walker&format=ndjson&limit=150&on=2020-06-01",
    "/api/v1/search?q=walker&sort=wrong",
    "/api/v1/suggest?q=whe",
    "/api/v1/documents/E0601",
    "/api/v1/documents/e0601",
    "/api/v1/documents/Z9Z9Z",
    "/api/hcpcs/v3/search?terms=walker&ef=add_dt,obsolete&on=2020-06-01",
    "/api/hcpcs/v3/search?terms=whe&q=obsolete:false&maxList=20",
    "/api/hcpcs/v3/search?terms=&sf=code&q=code:E01*",
    "/fhir/metadata",
    "/fhir/CodeSystem",
    "/fhir/CodeSystem/$lookup?system=http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets&code=E0601",
    "/fhir/CodeSystem/$validate-code?url=http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets&code=E0601",
    "/fhir/ValueSet/$expand?url=http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets?fhir_vs&filter=walker&count=30",
    "/fhir/ValueSet/$expand?url=http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets?fhir_vs&offset=20&count=200",
    "/?q=walker&on=2020-06-01",
    "/codes/E0601",
    "/docs",
    "/compare?codes=E0601,E0470",
    "/",
    "/healthz",
    "/readyz",
)
_VARYING = re.compile(
    r'"(took_ms|request_id|snapshot|timestamp|identifier|etag|seconds|started|uptime_seconds)":\s*("[^"]*"|[\d.e-]+)'
)


@pytest.fixture(scope="module")
def clients(official_data, configure):
    apps = [create_app(configure(engine, official_data)) for engine in ENGINES]
    yield [app.test_client() for app in apps]
    for app in apps:
        app.extensions["procsearch"].close()


@pytest.mark.parametrize("path", PATHS)
def test_answers_are_equal(clients, path):
    answers = [_answer(client, path) for client in clients]
    assert answers[0] == answers[1]
    assert answers[0][0] in (200, 400, 404)


def test_a_batch_is_answered_the_same(clients):
    for body in ({"queries": ["walker", "E0601", "insulin pump"]}, {"codes": ["E0601", "Z9Z9Z"]}):
        answers = [client.post("/api/v1/batch", json=body) for client in clients]
        assert [each.status_code for each in answers] == [200, 200]
        assert _without_varying(answers[0].text) == _without_varying(answers[1].text)


def test_a_value_set_of_many_single_codes_is_expanded_the_same(clients):
    codes = [{"code": hit["code"]} for hit in json.loads(_answer(clients[0], "/api/v1/search?q=&limit=100")[1])["hits"]]
    system = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
    value_set = {
        "resourceType": "ValueSet",
        "status": "active",
        "compose": {"include": [{"system": system, "concept": codes[::2]}]},
    }
    parameters = {
        "resourceType": "Parameters",
        "parameter": [{"name": "valueSet", "resource": value_set}, {"name": "filter", "valueString": "supply"}],
    }
    answers = [client.post("/fhir/ValueSet/$expand", json=parameters) for client in clients]
    assert [each.status_code for each in answers] == [200, 200]
    assert answers[0].json["expansion"]["contains"] == answers[1].json["expansion"]["contains"]


def _answer(client, path):
    with client.get(path) as response:
        return response.status_code, _without_varying(response.text)


def _without_varying(text):
    return re.sub(r"in [0-9.]+ ms<", "in 0 ms<", _VARYING.sub(r'"\1":0', text))
