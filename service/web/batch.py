"""`POST /api/v1/batch`: many codes looked up, or many queries searched, in one request and from one snapshot.

Every code and query is answered for itself, in the order given. The time for all of them together is limited; those
that it did not suffice for say so.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import orjson
from flask import Blueprint, Response, current_app

from service.search.errors import NotFound, TimedOut
from service.search.model import SearchRequest
from service.search.reading import Reading
from service.search.searcher import is_active
from service.web import arguments, cursor, errors, metrics, render
from service.web.context import searcher
from service.web.schemas.batch_v1 import BRIEF, Batch, to_batch

blueprint = Blueprint("batch_v1", __name__, url_prefix="/api/v1")

TIME_LIMIT = "BATCH_TIME_LIMIT_MS"
_LATE = errors.of_item(TimedOut("the batch"))


@blueprint.post("/batch")
def batch() -> Response:
    """Look up codes or search queries, many at once."""
    asked = to_batch(arguments.of_body())
    started = time.perf_counter()
    with searcher().reading() as reading:
        reading.until = time.monotonic_ns() + current_app.config[TIME_LIMIT] * 1_000_000
        results, partial = _results(reading, asked)
        head = {"snapshot": reading.snapshot, "took_ms": round((time.perf_counter() - started) * 1000, 3)}
    # Results are JSON already, each made while the next was not begun: a thousand of them would be large as objects.
    start = orjson.dumps({**head, "partial": partial})[:-1]
    return Response(b'%b,"results":[%b]}' % (start, b",".join(results)), mimetype="application/json")


def _results(reading: Reading, asked: Batch) -> tuple[list[bytes], bool]:
    """Return the results as JSON, and whether any is missing or partial."""
    results, partial = [], False
    for result in _answers(reading, asked):
        partial |= result["status"] == _LATE["status"] or ("answer" in result and result["answer"]["partial"])
        results.append(orjson.dumps(result))
    return results, partial


def _answers(reading: Reading, asked: Batch) -> Iterator[dict[str, Any]]:
    for query in asked.queries:
        yield {"query": query.q, **(_LATE if reading.is_over else _searched(reading, query))}
    for code in asked.codes:
        yield {"code": code, **(_LATE if reading.is_over else _looked_up(reading, code, asked))}


def _searched(reading: Reading, query: SearchRequest) -> dict[str, Any]:
    result = reading.search(query)
    metrics.count_search(metrics.outcome(result))
    return {"status": 200, "answer": render.answer(result, cursor.encode(query, result.last))}


def _looked_up(reading: Reading, code: str, asked: Batch) -> dict[str, Any]:
    try:
        record = reading.document(code)
    except NotFound as error:
        return errors.of_item(error)
    shown = record if asked.whole else {name: record[name] for name in BRIEF}
    status = "active" if is_active(record, asked.on) else "terminated"
    return {"status": 200, "record": {**shown, "status": status}}
