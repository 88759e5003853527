"""The OpenAPI document: valid, complete, and true of what the service really answers."""

from __future__ import annotations

import copy
import json

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate

from service.app import create_app
from service.config import load_config
from service.web.errors import ERROR_CODES
from service.web.openapi import describe
from service.web.operations import OPERATIONS
from tests.indexer.records import code, release

EXAMPLES = [(operation, example) for operation in OPERATIONS for example in operation.examples]
IDS = [f"{operation.endpoint}-{operation.method}-{example.name}" for operation, example in EXAMPLES]


@pytest.fixture(scope="module")
def app(documents_data):
    """One application for all tests: none of them changes it."""
    app = create_app(load_config({}, data=documents_data))
    yield app
    app.extensions["procsearch"].close()


@pytest.fixture(scope="module")
def client(app):
    return app.test_client()


@pytest.fixture(scope="module")
def document(client):
    return client.get("/api/v1/openapi.json").json


def _validator(document, schema):
    """A validator that takes a field that is not described for a fault, though clients have to put up with new ones."""
    components = copy.deepcopy(document["components"])
    for each in components["schemas"].values():
        each.setdefault("additionalProperties", False)
    return Draft202012Validator({**schema, "components": components}, format_checker=FormatChecker())


def _operation(document, operation, app):
    (rule,) = [rule for rule in app.url_map.iter_rules() if rule.endpoint == operation.endpoint]
    path = rule.rule.replace("<", "{").replace(">", "}")
    return path, document["paths"][path][operation.method]


def _ask(client, operation, path, values):
    if operation.method == "post":
        return client.post(path, json=dict(values))
    named = {name: _text(value) for name, value in values.items()}
    for name in operation.path:
        path = path.replace(f"{{{name}}}", named.pop(name))
    return client.get(path, query_string=named)


def _text(value):
    if isinstance(value, list):
        return ",".join(value)
    return json.dumps(value) if isinstance(value, bool) else str(value)


def test_it_is_valid_openapi_3_1(document):
    validate(document)
    assert document["openapi"] == "3.1.0"


def test_every_route_of_the_api_is_described_and_no_other(app, document):
    known = {
        (rule.rule.replace("<", "{").replace(">", "}"), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") or rule.rule in ("/healthz", "/readyz", "/metrics")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    described = {(path, method) for path, methods in document["paths"].items() for method in methods}
    assert described == known


def test_a_route_that_is_switched_off_is_not_described(documents_data):
    app = create_app(load_config({}, data=documents_data, metrics="off"))
    assert "/metrics" not in describe(app)["paths"]
    app.extensions["procsearch"].close()


def test_every_operation_has_an_example_and_every_parameter_a_description(document):
    assert all(operation.examples for operation in OPERATIONS)
    for methods in document["paths"].values():
        for operation in methods.values():
            assert operation["summary"]
            assert all(parameter["description"] for parameter in operation["parameters"])


@pytest.mark.parametrize(("operation", "example"), EXAMPLES, ids=IDS)
def test_every_example_is_answered_as_described(app, client, document, operation, example):
    path, described = _operation(document, operation, app)
    with _ask(client, operation, path, example.values) as response:
        assert response.status_code == 200
        told = described["responses"]["200"]
        assert response.mimetype in told["content"]
        expected = set(told["headers"]) - {"X-Total-Count", "Content-Disposition"}
        if example.values.get("format") == "csv":
            expected |= {"X-Total-Count", "Content-Disposition"}
        assert expected <= set(dict(response.headers))
        if response.mimetype == "application/json":
            _validator(document, told["content"]["application/json"]["schema"]).validate(response.json)


@pytest.mark.parametrize(("operation", "example"), EXAMPLES, ids=IDS)
def test_every_example_fits_the_schema_of_its_parameters(app, document, operation, example):
    _, described = _operation(document, operation, app)
    if operation.method == "post":
        schema = described["requestBody"]["content"]["application/json"]["schema"]
        _validator(document, schema).validate(dict(example.values))
    for parameter in described["parameters"]:
        if parameter["name"] in example.values:
            assert parameter["examples"][example.name]["value"] == example.values[parameter["name"]]
            _validator(document, parameter["schema"]).validate(example.values[parameter["name"]])


def test_all_records_fit_their_schema(client, document):
    validator = _validator(document, {"$ref": "#/components/schemas/DocumentResponse"})
    for hit in client.get("/api/v1/search?limit=100").json["hits"]:
        validator.validate(client.get(f"/api/v1/documents/{hit['code']}").json)


@pytest.mark.slow
def test_all_official_records_fit_their_schema(official_data, document):
    app = create_app(load_config({}, data=official_data))
    validator = _validator(document, {"$ref": "#/components/schemas/BatchResponse"})
    client = app.test_client()
    with client.get("/api/v1/search?format=ndjson") as response:
        codes = [json.loads(line)["code"] for line in response.text.splitlines()]
    assert len(codes) == 7079
    for start in range(0, len(codes), 100):
        answer = client.post("/api/v1/batch", json={"codes": codes[start : start + 100], "whole": True}).json
        assert {result["status"] for result in answer["results"]} == {200}
        validator.validate(answer)
    app.extensions["procsearch"].close()


def test_records_of_all_kinds_of_history_fit_their_schema(tmp_path, document):
    from indexer.build import build
    from indexer.imports import ImportStore

    store = ImportStore(tmp_path)
    store.save(release("2019", code("A0001", "Infusion pump"), code("A0002", "Wheel lock")))
    store.save(release("2020", code("A0001", "Infusion pump, new wording"), code("A0003", "Cane")))
    build(tmp_path, [])
    app = create_app(load_config({}, data=tmp_path))
    validator = _validator(document, {"$ref": "#/components/schemas/DocumentResponse"})
    for each in ("A0001", "A0002", "A0003"):
        answer = app.test_client().get(f"/api/v1/documents/{each}").json
        assert answer["history"]
        validator.validate(answer)
    app.extensions["procsearch"].close()


@pytest.mark.parametrize(
    ("method", "path", "options", "status"),
    [
        ("get", "/api/v1/search?limit=0", {}, 400),
        ("get", "/api/v1/search", {"headers": {"Accept": "image/png"}}, 406),
        ("get", "/api/v1/suggest", {}, 400),
        ("get", "/api/v1/documents/Z9999", {}, 404),
        ("get", "/api/v1/snapshot?q=%ff", {}, 400),
        ("post", "/api/v1/search", {"data": "q"}, 415),
        ("post", "/api/v1/batch", {"json": {"codes": ["a" * 70_000]}}, 413),
        ("post", "/api/v1/batch", {"json": {}}, 400),
    ],
)
def test_errors_are_answered_as_described(client, document, method, path, options, status):
    response = getattr(client, method)(path, **options)
    assert response.status_code == status
    described = next(
        document["paths"][each][method]
        for each in document["paths"]
        if path.partition("?")[0].startswith(each.partition("{")[0])
    )
    told = described["responses"][str(status)]
    _validator(document, told["content"]["application/json"]["schema"]).validate(response.json)


def test_without_a_snapshot_the_answers_are_those_described(tmp_path, document):
    app = create_app(load_config({}, data=tmp_path))
    client = app.test_client()
    for path in ("/api/v1/search", "/api/v1/suggest", "/api/v1/documents/{code}", "/api/v1/snapshot", "/readyz"):
        response = client.get(path.replace("{code}", "H0015"), query_string={"q": "a"} if "s" in path else {})
        assert response.status_code == 503
        told = document["paths"][path]["get"]["responses"]["503"]
        _validator(document, told["content"]["application/json"]["schema"]).validate(response.json)
        assert set(told["headers"]) - {"X-Request-ID"} <= set(dict(response.headers))
    app.extensions["procsearch"].close()


def test_all_error_codes_are_in_the_schema(document):
    assert document["components"]["schemas"]["Error"]["properties"]["code"]["enum"] == list(ERROR_CODES)


def test_a_client_that_holds_the_document_is_told_so(client):
    tag = client.get("/api/v1/openapi.json").headers["ETag"]
    assert client.get("/api/v1/openapi.json", headers={"If-None-Match": tag}).status_code == 304


def test_the_reference_page_shows_every_route_and_loads_nothing_foreign(client, document):
    text = client.get("/docs").text
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert f'id="{operation["operationId"]}"' in text
            # What takes a token is not to be tried from there.
            form = f'data-method="{method.upper()}" data-path="{path}"'
            assert (form in text) == ("security" not in operation)
    assert "//" not in text.replace("http://www.w3.org/", "").replace("</", "")
    assert "<script>" not in text
    assert " style=" not in text
    assert " on" + "click" not in text
