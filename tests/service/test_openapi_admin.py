"""The OpenAPI document of administration is true of what is answered, good answers and errors."""

from __future__ import annotations

import json
import shutil

import pytest
from marshmallow import ValidationError

from corpus.errors import ValuesError
from corpus.format import parse
from corpus.values import from_values, to_values
from service.app import create_app
from service.config import load_config
from service.web.openapi import CONDITIONS, HEADERS
from service.web.operations_admin import ADMIN_OPERATIONS
from service.web.schemas.document_body import DocumentBody
from tests.corpus.samples import document_text
from tests.service.admin import Operator, token_for
from tests.service.test_openapi import _validator

AT = "/api/v1/documents/A9999"


@pytest.fixture(scope="module")
def operator(documents_data, twelve_documents, tmp_path_factory):
    data = shutil.copytree(documents_data, tmp_path_factory.mktemp("openapi") / "data")
    config = load_config({}, data=data, corpus=(twelve_documents,), shipped="off", analytics="on")
    app = create_app(config)
    yield Operator(app.test_client(), token_for(data))
    app.extensions["procsearch"].close()


@pytest.fixture(scope="module")
def document(operator):
    return operator.client.get("/api/v1/openapi.json").json


def _described(document, path, method, response):
    """Hold an answer to what is said of it, and return its status."""
    told = document["paths"][path][method]["responses"][str(response.status_code)]
    if response.status_code < 300:
        assert set(told["headers"]) - {"X-Request-ID"} <= set(dict(response.headers)) | {"Location", "ETag"}
        if not told["content"]:
            return response.status_code
        assert response.mimetype in told["content"]
    if response.mimetype == "application/json":
        _validator(document, told["content"]["application/json"]["schema"]).validate(response.json)
    return response.status_code


def test_good_answers_are_those_described(operator, document):
    def hold(path, method, response):
        return _described(document, path, method, response)

    put = operator.put(f"{AT}?wait=true", document_text())
    assert hold("/api/v1/documents/{code}", "put", put) == 201
    assert hold("/api/v1/documents/{code}/source", "get", operator.get(f"{AT}/source")) == 200
    task = operator.get(put.headers["Location"])
    assert hold("/api/v1/tasks/{task_id}", "get", task) == 200
    assert hold("/api/v1/tasks/{task_id}", "delete", operator.delete(put.headers["Location"])) == 200
    assert hold("/api/v1/tasks", "get", operator.get("/api/v1/tasks")) == 200
    body = json.dumps({"code": "A9998", "text": document_text("A9998")}).encode()
    bulk = operator.post("/api/v1/documents/_bulk", data=body, content_type="application/x-ndjson")
    assert hold("/api/v1/documents/_bulk", "post", bulk) == 200
    operator.ended(json.loads(bulk.text.splitlines()[-1])["summary"]["task"]["id"])
    assert hold("/api/v1/reindex", "post", operator.post("/api/v1/reindex?wait=true")) == 200
    assert hold("/api/v1/documents/{code}", "delete", operator.delete(f"{AT}?wait=true")) == 200
    added = operator.post("/api/v1/synonyms", json={"typed": "one", "means": "two"})
    assert hold("/api/v1/synonyms", "post", added) == 202
    assert (
        hold("/api/v1/synonyms", "post", operator.post("/api/v1/synonyms", json={"typed": "one", "means": "two"}))
        == 200
    )
    assert hold("/api/v1/synonyms", "get", operator.get("/api/v1/synonyms")) == 200
    removed = operator.delete("/api/v1/synonyms", query_string={"rule": added.json["rule"]})
    assert hold("/api/v1/synonyms", "delete", removed) == 202
    for client in range(9):
        operator.client.get("/api/v1/search?q=iop", environ_base={"REMOTE_ADDR": str(client)})
    told = operator.get("/api/v1/analytics")
    assert hold("/api/v1/analytics", "get", told) == 200
    assert told.json["queries"]
    assert hold("/api/v1/seen", "post", operator.post("/api/v1/seen", json={"q": "iop", "position": 1})) == 204


@pytest.mark.parametrize(
    ("method", "path", "described", "options", "status"),
    [
        ("PUT", AT, "/api/v1/documents/{code}", {"data": "x", "content_type": "text/plain"}, 422),
        ("PUT", AT, "/api/v1/documents/{code}", {"data": "x", "content_type": "text/html"}, 415),
        ("PUT", f"{AT}?wait=7", "/api/v1/documents/{code}", {}, 400),
        ("DELETE", "/api/v1/documents/A0000", "/api/v1/documents/{code}", {}, 404),
        ("DELETE", "/api/v1/documents/A0000", "/api/v1/documents/{code}", {"headers": {"If-Match": "*"}}, 412),
        ("GET", "/api/v1/documents/A0000/source", "/api/v1/documents/{code}/source", {}, 404),
        ("GET", "/api/v1/documents/x/source", "/api/v1/documents/{code}/source", {}, 422),
        ("GET", "/api/v1/tasks/x", "/api/v1/tasks/{task_id}", {}, 404),
        ("GET", "/api/v1/tasks?x=1", "/api/v1/tasks", {}, 400),
        ("POST", "/api/v1/documents/_bulk", "/api/v1/documents/_bulk", {"data": "x"}, 415),
        ("POST", "/api/v1/synonyms", "/api/v1/synonyms", {"json": {"typed": "a", "means": "="}}, 422),
        ("POST", "/api/v1/synonyms", "/api/v1/synonyms", {"json": {"typed": "a"}}, 400),
        ("DELETE", "/api/v1/synonyms?rule=x", "/api/v1/synonyms", {}, 404),
        ("POST", "/api/v1/seen", "/api/v1/seen", {"json": {"q": "a", "position": "x"}}, 400),
    ],
)
def test_errors_are_those_described(operator, document, method, path, described, options, status):
    answer = operator.ask(method, path, **options)
    assert _described(document, described, method.lower(), answer) == status


def test_without_a_token_the_answers_are_those_described(operator, document):
    for operation in ADMIN_OPERATIONS:
        if operation.scope:
            (path,) = [path for path, methods in document["paths"].items() if _is(methods, operation)]
            answer = operator.client.open(path, method=operation.method.upper())
            assert _described(document, path, operation.method, answer) == 401


def _is(methods, operation):
    described = methods.get(operation.method, {})
    return described.get("operationId") == operation.endpoint.partition(".")[2]


def test_the_shape_of_documents_is_the_one_that_is_read():
    values = to_values(parse(document_text()))
    assert DocumentBody().validate(values) == {}
    for name in ("code", "descriptor", "title", "common_names", "technical_terms", "sections"):
        less = {key: value for key, value in values.items() if key != name}
        with pytest.raises(ValidationError):
            DocumentBody().load(less)
        with pytest.raises(ValuesError):
            from_values(less)


def test_headers_that_are_named_are_described():
    for operation in ADMIN_OPERATIONS:
        assert set(operation.headers) <= HEADERS.keys()
        assert set(operation.conditions) <= CONDITIONS.keys()
