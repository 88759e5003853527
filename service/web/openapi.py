"""`/api/v1/openapi.json`: the OpenAPI 3.1 document, made of the routes, `OPERATIONS` and the marshmallow schemas."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Blueprint, Flask, Response, current_app
from marshmallow import Schema, fields

from service.web import answers
from service.web.errors import ERROR_CODES
from service.web.operations import OPERATIONS, Operation
from service.web.operations_admin import ADMIN_OPERATIONS
from service.web.schemas.answers_v1 import ErrorResponse, ReadyResponse
from service.web.schemas.fields import Flag, Values

blueprint = Blueprint("openapi", __name__, url_prefix="/api/v1")

#: Version of the description: the second number is raised where something is added; see docs/versioning.md.
VERSION = "1.1.0"
TAGS = {
    "search": "Find codes and procedures.",
    "documents": "Read what is known of a code.",
    "service": "Watch the service.",
    "administration": "Change documents and the index, with a token; see docs/how-to/reindex-over-http.md.",
}
_DESCRIPTION = """Full-text search for medical procedures and official codes.

Every error has one shape, with a stable `code`. GET addresses answer HEAD as well; another method is answered with 405
and the methods that there are in `Allow`. Within version 1 fields may be added to answers; none is renamed or removed.
"""
HEADERS = {
    "X-Request-ID": "The number of the request in the log; the one sent, where it is a short plain token.",
    "ETag": "Send it back in If-None-Match: the answer is 304 as long as it would be the same.",
    "Cache-Control": "The answer may be kept by who asked, and is to be asked for again.",
    "Vary": "Accept, since the form of the answer depends on it.",
    "X-Total-Count": "Of CSV and NDJSON: how many records match.",
    "Content-Disposition": "Of CSV and NDJSON: the name of a file.",
    "Retry-After": "Seconds to wait before asking again.",
    "Location": "Where the task is told of.",
    "Idempotency-Replayed": "`true` where the answer is that to the same request before.",
    "WWW-Authenticate": "The kind of token that is wanted.",
}
#: Headers of requests.
CONDITIONS = {
    "If-Match": "The change is made only where this is the entity tag of the document, as `/source` tells it.",
    "If-None-Match": "`*`: the change is made only where there is no document of the code.",
    "Idempotency-Key": "The same key with the same request is done once; answers are kept for a day.",
}
_CONDITION_SCHEMAS: dict[str, dict[str, Any]] = {
    "If-Match": {"type": "string", "pattern": '^(\\*|"[!#-~]*")$'},
    "If-None-Match": {"type": "string", "enum": ["*"]},
    "Idempotency-Key": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
}
_SECURITY = "token"
#: What stays of the description of a parameter where a body may hold other forms of it.
_SAID_IN_BODY = ("description", "default")
#: Of these fields of a body exactly one is to be given.
_EITHER = {"codes", "queries"}
_TOKEN = "A token made with `procsearch token create` on the machine of the service."  # noqa: S105, what it is
_KEY = "procsearch_openapi"


@blueprint.get("/openapi.json")
def description() -> Response:
    """Return the OpenAPI document of this app."""
    return answers.tagged(openapi())


def openapi() -> dict[str, Any]:
    """Return the OpenAPI document of the app that handles this request, made when first asked for."""
    made: dict[str, Any] | None = current_app.extensions.get(_KEY)
    if made is None:
        made = current_app.extensions[_KEY] = describe(current_app)
    return made


def describe(app: Flask) -> dict[str, Any]:
    """Return the OpenAPI document of those routes of ``app`` that `OPERATIONS` describes."""
    plugin: Any = MarshmallowPlugin()
    info = {"description": _DESCRIPTION, "license": {"name": "MIT", "identifier": "MIT"}}
    tags = [{"name": name, "description": what} for name, what in TAGS.items()]
    options = {"tags": tags, "servers": [{"url": "/"}]}
    spec = APISpec("Procsearch", VERSION, "3.1.0", info=info, plugins=[plugin], **options)
    plugin.converter.add_attribute_function(_attributes)
    plugin.converter.add_parameter_attribute_function(_parameter_attributes)
    for name, what in HEADERS.items():
        spec.components.header(name, {"description": what, "schema": {"type": "string"}})
    rules = {rule.endpoint: rule.rule for rule in app.url_map.iter_rules()}
    spec.components.security_scheme(_SECURITY, {"type": "http", "scheme": "bearer", "description": _TOKEN})
    for operation in (*OPERATIONS, *ADMIN_OPERATIONS):
        if operation.endpoint in rules:
            path = rules[operation.endpoint].replace("<", "{").replace(">", "}")
            spec.path(path, operations={operation.method: _operation(plugin.converter, operation)})
    return spec.to_dict()


def _operation(converter: Any, operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": f"{operation.endpoint.partition('.')[2]}",
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": operation.description,
        "parameters": _parameters(converter, operation),
        "responses": _responses(operation),
    }
    if operation.scope:
        described["security"] = [{_SECURITY: [operation.scope]}]
    if operation.bodies:
        contents = {
            kind: {"schema": _body(converter, schema) if schema else _text(kind), "examples": _body_examples(operation)}
            for kind, schema in operation.bodies.items()
        }
        described["requestBody"] = {"required": True, "content": contents}
    elif operation.takes_json and operation.arguments:
        examples = {each.name: {"value": dict(each.values)} for each in operation.examples}
        content = {"schema": _body(converter, operation.arguments), "examples": examples}
        described["requestBody"] = {"required": True, "content": {"application/json": content}}
    return described


def _parameters(converter: Any, operation: Operation) -> list[dict[str, Any]]:
    text = {"type": "string", "minLength": 1}
    parameters: list[dict[str, Any]] = [
        {"in": "path", "name": name, "required": True, "description": what, "schema": text}
        for name, what in operation.path.items()
    ]
    parameters += [
        {"in": "header", "name": name, "description": CONDITIONS[name], "schema": _CONDITION_SCHEMAS[name]}
        for name in operation.conditions
    ]
    if operation.arguments and not operation.takes_json:
        parameters += converter.schema2parameters(operation.arguments, location="query")
    for parameter in parameters:
        examples = _examples_of(operation, parameter["name"])
        if examples:
            parameter["examples"] = examples
    return parameters


def _examples_of(operation: Operation, name: str) -> dict[str, Any]:
    return {each.name: {"value": each.values[name]} for each in operation.examples if name in each.values}


def _body(converter: Any, schema: Schema) -> dict[str, Any]:
    described: dict[str, Any] = converter.schema2jsonschema(schema)
    for name, each in schema.fields.items():
        if isinstance(each, Values | Flag):
            said = {key: value for key, value in described["properties"][name].items() if key in _SAID_IN_BODY}
            described["properties"][name] = said | each.in_body()
    if schema.fields.keys() >= _EITHER:
        described["oneOf"] = [{"required": [name]} for name in sorted(_EITHER)]
    return described


def _body_examples(operation: Operation) -> dict[str, Any]:
    return {each.name: {"value": each.values["body"]} for each in operation.examples if "body" in each.values}


def _responses(operation: Operation) -> dict[str, Any]:
    content = {kind: {"schema": schema or _text(kind)} for kind, schema in operation.content.items()}
    responses: dict[str, dict[str, Any]] = {
        str(status): {"description": what, "content": content, "headers": _headers(operation.headers)}
        for status, what in operation.successes.items()
    }
    if "ETag" in operation.headers and operation.method == "get":
        told = {"description": "The answer is that of the ETag sent.", "headers": _headers(operation.headers[:2])}
        responses["304"] = told
    # What supervisors ask is neither held to a rate nor refused where much is asked.
    always = (500,) if operation.endpoint.startswith(("health.", "metrics.")) else (429, 500, 503)
    for status in (*operation.errors, *always):
        responses[str(status)] = _error(status)
    if operation.content.get("application/json") is ReadyResponse:
        responses["503"] = {**responses["200"], "description": "No index can be served."}
    return dict(sorted(responses.items()))


def _text(media_type: str) -> dict[str, Any]:
    return {"type": "object" if media_type == "application/json" else "string"}


def _error(status: int) -> dict[str, Any]:
    told = [f"`{code}`: {meaning}" for code, (its, meaning) in ERROR_CODES.items() if its == status]
    headers = _headers({401: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}.get(status, ()))
    content = {"application/json": {"schema": ErrorResponse}}
    return {"description": "\n".join(told), "content": content, "headers": headers}


def _headers(names: Iterable[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in ("X-Request-ID", *names)}


def _attributes(converter: Any, field: fields.Field[Any], *, ret: dict[str, Any]) -> dict[str, Any]:
    """Describe what the schema library cannot know of a field; ``ret`` is what was found so far."""
    if isinstance(field, Values):
        ret.pop("default", None)
        return field.in_query()
    if not ret.get("default", True) and ret["default"] is not False and ret["default"] != 0:
        # That nothing was given is no value of the kind that may be given.
        del ret["default"]
    if "shape" in field.metadata:
        return _shape(converter, field.metadata["shape"], bool(field.metadata.get("or_null")))
    return {}


def _shape(converter: Any, shape: Any, or_null: bool = False) -> dict[str, Any]:
    """Return the JSON Schema of a shape: a schema, [of list items], {"": of values by name} or (any, of these)."""
    if isinstance(shape, list):
        kind = ["array", "null"] if or_null else "array"
        return {"type": kind, "items": _shape(converter, shape[0])}
    if isinstance(shape, dict):
        return {"type": "object", "additionalProperties": _shape(converter, shape[""])}
    if isinstance(shape, tuple):
        return {"anyOf": [_shape(converter, each) for each in shape]}
    reference: dict[str, Any] = converter.resolve_nested_schema(shape)
    return reference


def _parameter_attributes(_converter: Any, field: fields.Field[Any], *, ret: dict[str, Any]) -> dict[str, Any]:
    if isinstance(field, Values):
        return {"style": "form", "explode": False}
    # What is null in JSON is left out of a query string.
    schema = ret["schema"]
    schema["type"] = next(kind for kind in _kinds(schema) if kind != "null")
    if "enum" in schema:
        schema["enum"] = [value for value in schema["enum"] if value is not None]
    return {}


def _kinds(schema: dict[str, Any]) -> list[str]:
    return schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
