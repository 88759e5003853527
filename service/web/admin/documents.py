"""`PUT` and `DELETE /api/v1/documents/{code}`, and the text of a document as its author wrote it."""

from __future__ import annotations

import re
from typing import Any

import orjson
from flask import Blueprint, Response, jsonify, request, url_for
from werkzeug.exceptions import UnsupportedMediaType

from corpus import format as document_format
from corpus.errors import Problem
from corpus.model import Procedure
from corpus.values import from_values
from service.admin.documents import Condition, Written, official, parsed, tag_of
from service.search.errors import BadRequest, NotFound
from service.web import arguments
from service.web.admin import desk as desks
from service.web.admin import failures
from service.web.admin.desk import desk, requires, shown
from service.web.admin.failures import problem_values
from service.web.errors import MalformedRequest
from service.web.schemas.admin_v1 import no_arguments, wait_argument

blueprint = Blueprint("documents_v1", __name__, url_prefix="/api/v1")
failures.install(blueprint)

_TAGS = re.compile(r'(?:W/)?"([\x21\x23-\x7e]*)"')


@blueprint.get("/documents/<code>/source")
@requires("documents")
def document_source(code: str) -> Response:
    """Return a document as text, with the tag that a change of it has to name."""
    no_arguments(arguments.of_query_string())
    stored = desk().documents.current(official(code))
    if stored is None:
        raise NotFound(code)
    tag = tag_of(stored)
    headers = {"ETag": f'"{tag}"', "Cache-Control": "private, no-cache"}
    if request.if_none_match.contains_weak(tag):
        return Response(status=304, headers=headers)
    return Response(document_format.render(stored.document), content_type="text/plain; charset=utf-8", headers=headers)


@blueprint.put("/documents/<code>")
@requires("documents")
def put_document(code: str) -> Response:
    """Write the document of a code."""
    wait = wait_argument(arguments.of_query_string())
    return desks.once(lambda: _put(code, wait))


@blueprint.delete("/documents/<code>")
@requires("documents")
def delete_document(code: str) -> Response:
    """Remove the document of a code that was put here."""
    wait = wait_argument(arguments.of_query_string())
    return desks.once(lambda: _delete(code, wait))


def _put(code: str, wait: bool) -> Response:
    document, problems = _document()
    written = desk().documents.put(code, document, condition(), problems)
    desks.note("put", written.code)
    return _changed(written_values(written), wait, 201 if written.created else 200, written.tag)


def _delete(code: str, wait: bool) -> Response:
    code = official(code)
    desk().documents.remove(code, condition())
    desks.note("delete", code)
    return _changed({"code": code, "etag": None, "created": False, "problems": []}, wait, 200, None)


def written_values(written: Written) -> dict[str, Any]:
    """Return what is told of a document that was written."""
    problems = [problem_values(problem) for problem in written.problems]
    return {"code": written.code, "etag": written.tag, "created": written.created, "problems": problems}


def _changed(values: dict[str, Any], wait: bool, status: int, tag: str | None) -> Response:
    """Start a build, and answer: 202 as long as the change cannot be searched."""
    task = desk().start("documents")
    task = desk().wait_for(task) if wait else task
    response = jsonify({**values, "task": shown(task)})
    response.status_code = status if task.state == "succeeded" else 202
    response.headers["Location"] = url_for("builds_v1.task", task_id=task.id)
    if tag:
        response.headers["ETag"] = f'"{tag}"'
    return response


def condition() -> Condition:
    """Return what If-Match and If-None-Match demand of what is there."""
    match, absent = request.headers.get("If-Match"), request.headers.get("If-None-Match")
    if absent is not None and absent.strip() != "*":
        raise BadRequest("If-None-Match", "*", repr(absent[:40]))
    return Condition(None if match is None else tags(match, "If-Match"), absent is not None)


def tags(text: str, name: str) -> tuple[str, ...]:
    """Return the entity tags of a header, or the one of a field of a line; BadRequest where it holds none."""
    text = text.strip()
    found = ("*",) if text == "*" else tuple(_TAGS.findall(text))
    if not found:
        raise BadRequest(name, 'an entity tag in quotation marks, as "0123abcd"', repr(text[:40]))
    return found


def _document() -> tuple[Procedure, tuple[Problem, ...]]:
    data = request.get_data()
    if request.mimetype == "text/plain":
        if request.mimetype_params.get("charset", "utf-8").lower() != "utf-8":
            raise UnsupportedMediaType
        try:
            return parsed(data.decode())
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            raise MalformedRequest("body", "text in UTF-8", f"another byte on line {line}") from error
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    try:
        values = orjson.loads(data)
    except ValueError as error:
        raise MalformedRequest("body", "JSON in UTF-8", str(error)) from error
    return parsed(document_format.render(from_values(values)))
