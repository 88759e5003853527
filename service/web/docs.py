"""`/docs`: the OpenAPI document as a page, with a form to try each route. Everything on it is served from here."""

from __future__ import annotations

import json
import re
from typing import Any

from flask import Blueprint, render_template
from markupsafe import Markup, escape

from service.web.openapi import openapi

blueprint = Blueprint("docs", __name__)

_CODE = re.compile(r"`([^`]*)`")


@blueprint.get("/docs")
def docs() -> str:
    """The reference of the API for people."""
    described = openapi()
    groups = [{**tag, "operations": _operations(described, tag["name"])} for tag in described["tags"]]
    return render_template("docs.html", info=described["info"], groups=groups)


@blueprint.app_template_filter("prose")
def _prose(text: str) -> Markup:
    """Return text as HTML, what stands between backticks as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704  (escaped just here)


def _operations(described: dict[str, Any], tag: str) -> list[dict[str, Any]]:
    return [
        _operation(method, path, operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
        if tag in operation["tags"]
    ]


def _operation(method: str, path: str, operation: dict[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    parameters = [_parameter(each) for each in operation["parameters"]]
    return {
        **operation,
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "parameters": parameters or (_properties(body["schema"]) if body else []),
        "has_body": body is not None,
        "examples": _examples(operation, body),
        "responses": {status: each["description"] for status, each in operation["responses"].items()},
    }


def _parameter(parameter: dict[str, Any]) -> dict[str, Any]:
    shown = {name: parameter.get(name) for name in ("name", "description", "in", "required")}
    return {**shown, "allowed": _allowed(parameter["schema"]), "default": parameter["schema"].get("default")}


def _properties(schema: dict[str, Any]) -> list[dict[str, Any]]:
    required = schema.get("required", [])
    return [
        _parameter({"name": name, "in": "body", "required": name in required, "schema": each, **each})
        for name, each in schema["properties"].items()
    ]


def _allowed(schema: dict[str, Any]) -> str:
    """Return in words which values a parameter takes."""
    if schema.get("enum", ())[:2] == [True, False]:
        return "true, false"
    if "anyOf" in schema:
        return _allowed(schema["anyOf"][0])
    if schema.get("type") == "array":
        each = _allowed(schema["items"])
        return f"one or more of: {each}" if "enum" in schema["items"] else f"at most {schema['maxItems']} texts"
    if "enum" in schema:
        return ", ".join(str(value) for value in schema["enum"] if value is not None)
    if "maximum" in schema:
        return f"{schema['minimum']} to {schema['maximum']}"
    longest = f"at most {schema['maxLength']} characters" if "maxLength" in schema else "text"
    kinds: dict[str, str] = {"boolean": "true, false", "string": longest}
    kind = schema.get("type", "string")
    named = kind if isinstance(kind, str) else kind[0]
    return "a date like 2020-01-31" if schema.get("format") == "date" else kinds.get(named, named)


def _examples(operation: dict[str, Any], body: dict[str, Any] | None) -> list[dict[str, str]]:
    """Return the examples by name, each as JSON of its values."""
    values: dict[str, Any] = {}
    if body:
        values = {name: each["value"] for name, each in body["examples"].items()}
    for parameter in operation["parameters"]:
        for name, each in parameter.get("examples", {}).items():
            values.setdefault(name, {})[parameter["name"]] = each["value"]
    return [{"name": name.replace("_", " "), "values": json.dumps(each)} for name, each in values.items()]
