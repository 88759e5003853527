"""Everything that goes wrong below /fhir: one table of errors, hostile bodies, random parameters; never a 500."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.app import create_app
from service.config import load_config
from service.web.errors import ERROR_CODES
from service.web.fhir.operations import OPERATIONS
from service.web.fhir.outcome import ISSUE_TYPES
from tests.service import fhir_data, fhir_r4
from tests.service.fhir_data import ALL_HCPCS, HCPCS

JSON = "application/fhir+json"


@pytest.fixture(scope="module")
def fhir_app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fhir")
    app = create_app(load_config({}, data=fhir_data.write(folder / "data", folder / "corpus")))
    yield app
    app.extensions["procsearch"].close()


def _issue(response, status):
    assert response.status_code == status, response.text
    assert response.content_type == "application/fhir+json; charset=utf-8"
    outcome = fhir_r4.check(json.loads(response.data))
    assert outcome["resourceType"] == "OperationOutcome"
    (issue,) = outcome["issue"]
    assert issue["diagnostics"] == issue["details"]["text"]
    return issue


GET = [
    ("nothing", 404, "not-found", "address"),
    ("CodeSystem/other", 404, "not-found", "hcpcs-2019"),
    ("ValueSet/" + "x" * 3000, 404, "not-found", "expected one of"),
    ("ValueSet/hcpcs-2019", 404, "not-found", "hcpcs"),
    ("ValueSet/..%2F..%2Fetc", 404, "not-found", "address"),
    ("Patient/1", 404, "not-found", "address"),
    ("metadata?mode=x", 400, "value", "mode"),
    ("metadata?_format=xml", 406, "not-supported", "_format"),
    ("CodeSystem?colour=red", 400, "not-supported", "colour"),
    ("CodeSystem?name:below=x", 400, "not-supported", "name:below"),
    ("CodeSystem?_summary=all", 400, "value", "_summary"),
    ("CodeSystem?_count=-1", 400, "value", "_count"),
    ("CodeSystem?_total=x", 400, "value", "_total"),
    ("CodeSystem/hcpcs?_summary=count", 400, "value", "_summary"),
    ("CodeSystem/hcpcs?x=1", 400, "not-supported", "x"),
    ("CodeSystem?name=%ff", 400, "invalid", "UTF-8"),
    ("ValueSet/$expand", 400, "required", "url"),
    ("ValueSet/$expand?url=http://example.org", 404, "not-found", "url"),
    ("ValueSet/$expand?url=a%20b", 400, "value", "without blanks"),
    (f"ValueSet/$expand?url={ALL_HCPCS}&url={ALL_HCPCS}", 400, "value", "once"),
    (f"ValueSet/$expand?url={ALL_HCPCS}|1999", 400, "invalid", "version"),
    ("ValueSet/hcpcs/$expand?url=x", 400, "value", "names a resource"),
    ("ValueSet/other/$expand", 404, "not-found", "id"),
    ("ValueSet/hcpcs/$expand?count=x", 400, "value", "count"),
    ("ValueSet/hcpcs/$expand?count=-1", 400, "value", "count"),
    ("ValueSet/hcpcs/$expand?count=1001", 400, "too-costly", "count"),
    ("ValueSet/hcpcs/$expand?count=" + "9" * 5000, 400, "value", "count"),
    ("ValueSet/hcpcs/$expand?offset=99999999999", 400, "value", "offset"),
    ("ValueSet/hcpcs/$expand?offset=100001&filter=a&count=1", 400, "too-costly", "offset"),
    ("ValueSet/hcpcs/$expand?activeOnly=yes", 400, "value", "activeOnly"),
    ("ValueSet/hcpcs/$expand?date=2019-02-30", 400, "value", "date"),
    ("ValueSet/hcpcs/$expand?date=0000", 400, "value", "date"),
    ("ValueSet/hcpcs/$expand?date=2018-12-31", 400, "invalid", "2019-01-01"),
    ("ValueSet/icd-10-pcs/$expand?date=2020-01-01", 400, "invalid", "no official release"),
    ("ValueSet/hcpcs/$expand?filter=%00", 400, "value", "control"),
    ("ValueSet/hcpcs/$expand?filter=" + "a" * 1001, 400, "value", "filter"),
    ("ValueSet/hcpcs/$expand?context=x", 400, "value", "context"),
    ("ValueSet/hcpcs/$expand?valueSet=x", 400, "value", "POST"),
    ("ValueSet/hcpcs/$expand?system-version=x", 400, "value", "system-version"),
    (f"ValueSet/hcpcs/$expand?check-system-version={HCPCS}|2019", 400, "value", "check-system-version"),
    ("CodeSystem/$lookup", 400, "required", "code"),
    ("CodeSystem/$lookup?code=ZL", 400, "required", "system"),
    ("CodeSystem/$lookup?code=ZL&system=http://loinc.org", 404, "not-found", "loinc"),
    (f"CodeSystem/$lookup?code=zl&system={HCPCS}", 404, "not-found", "zl"),
    (f"CodeSystem/$lookup?code=ZL&system={HCPCS}&version=2018", 400, "invalid", "2019, 2020, 2021-04"),
    (f"CodeSystem/$lookup?code=%20ZL&system={HCPCS}", 400, "value", "code"),
    ("CodeSystem/hcpcs/$lookup?code=ZL", 404, "not-found", "address"),
    ("CodeSystem/$validate-code?code=ZL", 400, "required", "url"),
    (f"CodeSystem/$validate-code?url={HCPCS}", 400, "required", "code"),
    ("CodeSystem/$validate-code?code=ZL&url=http://loinc.org", 404, "not-found", "loinc"),
    (f"CodeSystem/hcpcs/$validate-code?code=ZL&url={HCPCS}", 400, "value", "names a resource"),
    ("ValueSet/$validate-code?code=ZL", 400, "required", "url"),
    (f"CodeSystem/$subsumes?codeA=ZL&codeB=XX&system={HCPCS}", 404, "not-found", "XX"),
    (f"CodeSystem/$subsumes?codeA=ZL&system={HCPCS}", 400, "required", "codeB"),
    (f"CodeSystem/icd-10-pcs/$subsumes?codeA=ZL&codeB=ZL&system={HCPCS}", 400, "value", "ICD10"),
]


@pytest.mark.parametrize(("path", "status", "issue_type", "told"), GET)
def test_every_error_is_an_operation_outcome(fhir_app, path, status, issue_type, told):
    issue = _issue(fhir_app.test_client().get(f"/fhir/{path}"), status)
    assert issue["code"] == issue_type
    assert told in issue["diagnostics"]


def _parameter(**part):
    return {"resourceType": "Parameters", "parameter": [part]}


def _value_set(*includes):
    return {"resourceType": "ValueSet", "status": "active", "compose": {"include": list(includes)}}


POST = [
    (b"{", 400, "structure", "JSON"),
    (b"", 400, "structure", "JSON"),
    (b"\xff", 400, "structure", "JSON"),
    (b"[" * 30_000, 400, "structure", "JSON"),
    (b'{"a":' * 10_000, 400, "structure", "JSON"),
    (b'{"resourceType": "Parameters", "parameter": [{"name": "\\ud800"}]}', 400, "structure", "JSON"),
    ([], 400, "structure", "resourceType"),
    ({"resourceType": 1}, 400, "structure", "resourceType"),
    ({"resourceType": "Patient"}, 400, "structure", "Parameters"),
    ({"resourceType": "Parameters", "parameter": {}}, 400, "value", "parameter"),
    ({"resourceType": "Parameters", "parameter": [1]}, 400, "structure", "parameter[0]"),
    ({"resourceType": "Parameters", "parameter": [{"name": "count"}] * 201}, 400, "value", "at most 200"),
    (_parameter(name="count"), 400, "structure", "one value"),
    (_parameter(name="count", valueInteger=1, valueString="a"), 400, "structure", "one value"),
    (_parameter(name="count", valueInteger=True), 400, "value", "count"),
    (_parameter(name="count", valueInteger=-1), 400, "value", "count"),
    (_parameter(name="count", valueInteger=1e30), 400, "value", "count"),
    (_parameter(name="filter", valueString=5), 400, "value", "filter"),
    (_parameter(name="activeOnly", valueBoolean="true"), 400, "value", "activeOnly"),
    (_parameter(name="x" * 5000, valueString="a"), 400, "value", "expected one of"),
    (_parameter(name="valueSet", resource=[]), 400, "structure", "ValueSet"),
    (_parameter(name="valueSet", resource={"resourceType": "Patient"}), 400, "structure", "ValueSet"),
    ({"resourceType": "ValueSet"}, 422, "required", "compose"),
    ({"resourceType": "ValueSet", "compose": {"include": 5}}, 400, "structure", "include"),
    (_value_set({}), 422, "required", "system"),
    (_value_set({"concept": [{"code": "ZL"}]}), 422, "required", "system"),
    (_value_set({"system": 5}), 400, "structure", "system"),
    (_value_set({"system": "http://loinc.org"}), 404, "not-found", "loinc"),
    (_value_set({"valueSet": ["http://example.org/x"]}), 404, "not-found", "valueSet[0]"),
    (_value_set({"valueSet": [5]}), 400, "structure", "valueSet"),
    (_value_set({"valueSet": [ALL_HCPCS] * 51}), 422, "too-costly", "50"),
    (_value_set({"system": HCPCS, "version": "1999"}), 400, "invalid", "version"),
    (_value_set({"system": HCPCS, "version": "2019"}, {"system": HCPCS}), 422, "not-supported", "one version"),
    (_value_set(*[{"system": HCPCS}] * 51), 422, "too-costly", "50"),
    (_value_set({"system": HCPCS, "concept": [{"code": "zl"}]}), 422, "code-invalid", "concept[0]"),
    (_value_set({"system": HCPCS, "concept": [{"code": fhir_data.OTHER_SYSTEM}]}), 422, "code-invalid", "concept"),
    (_value_set({"system": HCPCS, "concept": [{}]}), 422, "code-invalid", "nothing"),
    (_value_set({"system": HCPCS, "filter": [{"property": "kind", "op": "regex", "value": "(a+)+"}]}), 422,
     "not-supported", "op"),
    (_value_set({"system": HCPCS, "filter": [{"property": "colour", "op": "=", "value": "x"}]}), 422,
     "not-supported", "property"),
    (_value_set({"system": HCPCS, "filter": [{"property": "kind", "op": "="}]}), 422, "not-supported", "value"),
    (_value_set({"system": HCPCS, "filter": [{}] * 51}), 422, "too-costly", "50"),
    ({"resourceType": "ValueSet", "title": "x" * 70_000}, 413, "too-long", "65536"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "status", "issue_type", "told"), POST)
def test_wrong_bodies(fhir_app, body, status, issue_type, told):
    data = body if isinstance(body, bytes) else json.dumps(body)
    issue = _issue(fhir_app.test_client().post("/fhir/ValueSet/$expand", data=data, content_type=JSON), status)
    assert issue["code"] == issue_type
    assert told in issue["diagnostics"]


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("coding", {"valueCoding": {"system": HCPCS}}, "coding.code"),
        ("coding", {"valueCoding": {"code": 5, "system": HCPCS}}, "coding.code"),
        ("coding", {"valueCoding": "ZL"}, "a Coding"),
        ("codeableConcept", {"valueCodeableConcept": {}}, "codeableConcept.coding"),
        ("codeableConcept", {"valueCodeableConcept": {"coding": [{"code": "ZL"}] * 21}}, "20"),
        ("codeableConcept", {"valueCodeableConcept": {"coding": [5]}}, "codeableConcept.coding"),
    ],
)
def test_wrong_codings(fhir_app, name, value, told):
    url = {"name": "url", "valueUri": ALL_HCPCS}
    body = {"resourceType": "Parameters", "parameter": [url, {"name": name, **value}]}
    response = fhir_app.test_client().post("/fhir/ValueSet/$validate-code", data=json.dumps(body), content_type=JSON)
    assert told in _issue(response, 400)["diagnostics"]


def test_other_types_and_methods(fhir_app):
    client = fhir_app.test_client()
    for content_type in ("application/xml", "text/plain", "application/fhir+json; fhirVersion=5.0", ""):
        issue = _issue(client.post("/fhir/ValueSet/$expand", data=b"{}", content_type=content_type), 415)
        assert issue["code"] == "not-supported"
    response = client.delete("/fhir/CodeSystem/hcpcs")
    assert _issue(response, 405)["code"] == "not-supported"
    assert "GET" in response.headers["Allow"]
    _issue(client.get("/fhir/nothing", headers={"Accept": "text/html"}), 404)


def test_too_many_codes_for_one_answer_need_a_count(fhir_app, monkeypatch):
    monkeypatch.setattr("service.web.fhir.expand.MAX_COUNT", 3)
    client = fhir_app.test_client()
    assert _issue(client.get("/fhir/ValueSet/hcpcs/$expand"), 422)["code"] == "too-costly"
    assert client.get("/fhir/ValueSet/hcpcs/$expand?count=3").json["expansion"]["total"] == 6


def test_a_search_that_is_late_is_an_error_not_a_part(fhir_app, monkeypatch):
    from service.search.reading import Reading

    monkeypatch.setattr(Reading, "_deadline", lambda _: 1)
    response = fhir_app.test_client().get("/fhir/ValueSet/hcpcs/$expand?filter=invented&count=1")
    assert _issue(response, 503)["code"] == "timeout"


def test_without_a_snapshot(tmp_path):
    app = create_app(load_config({}, data=tmp_path))
    for path in ("metadata", "CodeSystem", "ValueSet/hcpcs/$expand"):
        response = app.test_client().get(f"/fhir/{path}")
        assert _issue(response, 503)["code"] == "transient"
        assert response.headers["Retry-After"]
    app.extensions["procsearch"].close()


def test_a_fault_of_ours_tells_no_cause(fhir_app, monkeypatch):
    def break_down(*_):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("service.web.fhir.lookup.lookup", break_down)
    response = fhir_app.test_client().get("/fhir/CodeSystem/$lookup")
    assert _issue(response, 500)["code"] == "exception"
    assert "secret" not in response.text


def test_every_error_of_the_service_has_an_issue_type():
    assert set(ISSUE_TYPES) == set(ERROR_CODES)


# -- anything at all -----------------------------------------------------------------------------------

_NAMES = sorted({name for operation in OPERATIONS for name in operation.parameters} | {"_format", "_pretty", "x"})
_TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [HCPCS, ALL_HCPCS, f"{HCPCS}|2019", "E0001", "ZL", "pump", "2019", "2020-05", "true", "3", "0", "\t"]
    ),
)
_ADDRESSES = st.sampled_from(
    [f"/fhir/{each.resource}/{where}${each.name}" for each in OPERATIONS for where in ("", "hcpcs/", "icd-10-pcs/")]
)
_ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | _TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["system", "code", "coding", "compose", "include", "filter", "concept", "property", "op", "value"]
            )
            | st.text(max_size=4),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


def _check(response):
    assert response.status_code < 500, response.text
    fhir_r4.check(json.loads(response.data))


@given(_ADDRESSES, st.lists(st.tuples(st.sampled_from(_NAMES), _TEXTS), max_size=5))
def test_any_parameters_get_a_valid_answer(fhir_app, address, query):
    _check(fhir_app.test_client().get(address, query_string=query))


_VALUES = st.sampled_from(
    ["valueString", "valueUri", "valueCoding", "valueCodeableConcept", "valueInteger", "resource"]
)


@given(_ADDRESSES, st.lists(st.tuples(st.sampled_from(_NAMES), _VALUES, _ANY_JSON), max_size=4))
def test_any_parameters_resource_gets_a_valid_answer(fhir_app, address, parts):
    body = {"resourceType": "Parameters", "parameter": [{"name": name, key: value} for name, key, value in parts]}
    _check(fhir_app.test_client().post(address, data=json.dumps(body), content_type=JSON))


@given(_ANY_JSON, _ANY_JSON)
def test_any_composed_value_set_gets_a_valid_answer(fhir_app, include, title):
    includes = [include, {"system": HCPCS, "filter": include, "concept": title}]
    body = {"resourceType": "ValueSet", "title": title, "compose": {"include": includes, "exclude": title}}
    _check(fhir_app.test_client().post("/fhir/ValueSet/$expand", data=json.dumps(body), content_type=JSON))


@given(_TEXTS, _TEXTS)
def test_any_search_for_resources_gets_a_valid_answer(fhir_app, name, text):
    for query in ({"name": text}, {"url": text}, {name: text}, {"title:contains": text, "version": name}):
        _check(fhir_app.test_client().get("/fhir/CodeSystem", query_string=query))
