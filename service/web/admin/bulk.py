"""`POST /api/v1/documents/_bulk`: many documents in one request, a line of NDJSON each, in bounded memory.

The body is taken to a file first, so that one that is cut off changes nothing, and the answer is written to a file too.
A line is ``{"code", "text"}`` or ``{"code", "document"}`` to write, ``{"code", "delete": true}`` to remove, each
perhaps with ``if_match``.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from typing import IO, Any

import orjson
from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from corpus import format as document_format
from corpus.errors import ValuesError
from corpus.values import from_values
from service.admin.documents import Condition, official, parsed
from service.admin.errors import Conflict
from service.search.errors import BadRequest
from service.web import arguments, errors
from service.web.admin import desk as desks
from service.web.admin import failures
from service.web.admin.desk import desk, requires, shown, streamed
from service.web.admin.documents import tags, written_values
from service.web.admin.failures import OF_LINES, told
from service.web.schemas.admin_v1 import wait_argument

blueprint = Blueprint("bulk_v1", __name__, url_prefix="/api/v1")
failures.install(blueprint)

PATH = "/api/v1/documents/_bulk"
MAX_LINE_BYTES = 2 << 20
_NDJSON = "application/x-ndjson"
_CHUNK = 1 << 16
_KNOWN = {"code", "text", "document", "delete", "if_match"}
_SHOWN = 40


@blueprint.post("/documents/_bulk", provide_automatic_options=False)
@requires("documents")
def bulk() -> Response:
    """Write and remove documents, one for each line."""
    wait = wait_argument(arguments.of_query_string())
    if request.mimetype != _NDJSON:
        raise UnsupportedMediaType
    if not desk().receiving.acquire(blocking=False):
        raise Conflict("expected no other bulk request in this process; got one that is not finished. Send it later.")
    try:
        with tempfile.TemporaryFile(dir=desk().data) as body:
            digest = _receive(body)
            return desks.once(lambda: _answer(body, wait), digest)
    finally:
        desk().receiving.release()


@blueprint.route("/documents/_bulk", methods=["OPTIONS"], provide_automatic_options=False)
def bulk_options() -> Response:
    """Tell the methods of this address; Flask would name those of documents, whose rule it fits as well."""
    return Response(headers={"Allow": "OPTIONS, POST"})


def _receive(body: IO[bytes]) -> str:
    """Take the body of the request to a file and return its SHA-256."""
    most, digest, length = desk().config.bulk_bytes, hashlib.sha256(), 0
    stream = request.environ["wsgi.input"]
    stated = request.content_length
    while chunk := stream.read(_CHUNK if stated is None else min(_CHUNK, stated - length)):
        length += len(chunk)
        if length > most:
            raise RequestEntityTooLarge
        digest.update(chunk)
        body.write(chunk)
    if stated is not None and length != stated:
        raise errors.MalformedRequest("body", f"{stated} bytes, as Content-Length says", f"{length}")
    return digest.hexdigest()


def _answer(body: IO[bytes], wait: bool) -> Response:
    body.seek(0)
    results = tempfile.TemporaryFile(dir=desk().data)  # noqa: SIM115, the answer closes it
    counts = {"written": 0, "removed": 0, "failed": 0}
    for number, line in _lines(body):
        result = _result(number, line)
        kind = "failed" if "error" in result else "written" if result["etag"] else "removed"
        counts[kind] += 1
        results.write(orjson.dumps(result, option=orjson.OPT_APPEND_NEWLINE))
    task = None
    if counts["written"] or counts["removed"]:
        task = desk().start("documents")
        task = desk().wait_for(task) if wait else task
    desks.note("bulk", " ".join(f"{name}={count}" for name, count in counts.items()))
    summary = {**counts, "task": shown(task) if task else None}
    results.write(orjson.dumps({"summary": summary}, option=orjson.OPT_APPEND_NEWLINE))
    results.seek(0)
    return streamed(results, 200, {"Content-Type": _NDJSON})


def _lines(body: IO[bytes]) -> Iterator[tuple[int, bytes | None]]:
    """Yield each line that is not blank with its number, None for one that is too long."""
    number = 0
    while line := body.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(line) > MAX_LINE_BYTES and not line.endswith(b"\n"):
            while (rest := body.readline(MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
                pass
            yield number, None
        elif line.strip():
            yield number, line


def _result(number: int, line: bytes | None) -> dict[str, Any]:
    code = None
    try:
        values = _values(line)
        code = official(_text(values, "code"))
        return {"line": number, **_done(code, values)}
    except BadRequest as error:
        detail = {"parameter": error.parameter, "expected": error.expected, "got": error.got}
        wrong = errors.item_error("invalid_parameter", str(error), [detail])
    except OF_LINES as error:
        wrong = told(error)
    return {"line": number, "status": wrong["status"], "code": code, "error": wrong}


def _done(code: str, values: dict[str, Any]) -> dict[str, Any]:
    match = tags(_text(values, "if_match"), "if_match") if "if_match" in values else None
    if values.get("delete"):
        desk().documents.remove(code, Condition(match))
        return {"status": 200, "code": code, "etag": None, "created": False, "problems": []}
    text = _text(values, "text") if "text" in values else document_format.render(from_values(values["document"]))
    document, problems = parsed(text)
    written = desk().documents.put(code, document, Condition(match), problems)
    return {"status": 201 if written.created else 200, **written_values(written)}


def _values(line: bytes | None) -> dict[str, Any]:
    if line is None:
        raise BadRequest("line", f"at most {MAX_LINE_BYTES} bytes", "more")
    try:
        values = orjson.loads(line)
    except ValueError as error:
        raise BadRequest("line", "JSON in UTF-8", str(error)) from error
    if not isinstance(values, dict):
        raise BadRequest("line", "a JSON object", repr(values)[:_SHOWN])
    unknown = sorted(values.keys() - _KNOWN)
    if unknown:
        raise BadRequest("line", f"names of {', '.join(sorted(_KNOWN))}", repr(unknown[0])[:_SHOWN])
    given = [name for name in ("text", "document", "delete") if name in values]
    if len(given) != 1 or values.get("delete", True) is not True:
        raise BadRequest("line", "one of text, document and delete, the last as true", ", ".join(given) or "none")
    return values


def _text(values: dict[str, Any], name: str) -> str:
    value = values.get(name)
    if not isinstance(value, str):
        raise ValuesError(name, "text", "nothing" if value is None else repr(value)[:_SHOWN])
    return value
