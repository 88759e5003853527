"""All results of a search as CSV or NDJSON, streamed page by page, all from one snapshot.

CSV is that of RFC 4180 in UTF-8. A spreadsheet takes a cell that begins with ``=``, ``+``, ``-`` or ``@`` for a formula
and may run it, so such cells get an apostrophe in front.
"""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import chain
from typing import Any

import orjson
from flask import Response, request

from service.search.errors import TimedOut
from service.search.model import SearchRequest, SearchResult
from service.web import metrics, render
from service.web.context import searcher
from service.web.negotiation import CSV, MEDIA_TYPES, NDJSON
from service.web.schemas.search_v1 import to_export

#: The columns of CSV, in order; where one has several values, they are separated by semicolons.
COLUMNS = (
    "code",
    "code_system",
    "kind",
    "family",
    "title",
    "descriptor",
    "has_document",
    "status",
    "score",
    "match",
    "matched_fields",
)
TOTAL_HEADER = "X-Total-Count"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
#: Part of the entity tag: to be raised where the form of an export changes.
_FORM = 1

Pages = Generator[SearchResult, None, None]
Render = Callable[[Iterable[SearchResult]], Iterator[bytes]]


def respond(values: dict[str, Any], wanted: str) -> Response:
    """Return the results that the parameters ``values`` ask for, in the format ``wanted``.

    TimedOut where time was up before all was found: an export is whole or fails before its first byte.
    """
    asked = to_export(values)
    pages = _pages(asked)
    first = next(pages)
    if first.partial:
        pages.close()
        raise TimedOut("the export")
    tag = _tag(first.snapshot, asked, wanted)
    _count(first)
    headers = {"ETag": f'"{tag}"', "Cache-Control": "private, no-cache", TOTAL_HEADER: str(first.total)}
    if request.method in ("GET", "HEAD") and request.if_none_match.contains_weak(tag):
        pages.close()
        return Response(status=304, headers=headers)
    headers["Content-Disposition"] = f'attachment; filename="procsearch.{wanted}"'
    body = _FORMATS[wanted](chain([first], pages))
    response = Response(body, content_type=_CONTENT_TYPES[wanted], headers=headers)
    # A client may leave before the body is read, or not want it (HEAD); the snapshot is let go all the same.
    response.call_on_close(pages.close)
    return response


def _pages(asked: SearchRequest) -> Pages:
    with searcher().reading() as reading:
        yield from reading.pages(asked)


def _tag(snapshot: str, asked: SearchRequest, wanted: str) -> str:
    key = orjson.dumps([_FORM, snapshot, repr(asked), wanted, datetime.date.today()])
    return hashlib.blake2b(key, digest_size=12).hexdigest()


def _count(page: SearchResult) -> None:
    metrics.count_search(metrics.outcome(page))


def _csv(pages: Iterable[SearchResult]) -> Iterator[bytes]:
    yield _csv_rows([COLUMNS])
    for page in pages:
        yield _csv_rows([_cells(orjson.loads(render.hit(hit))) for hit in page.hits])


def _csv_rows(rows: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _cells(hit: dict[str, Any]) -> list[str]:
    return [cell(hit[name]) for name in COLUMNS]


def cell(value: Any) -> str:
    """Return a value as a cell of CSV that no spreadsheet takes for a formula."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = ";".join(value) if isinstance(value, tuple | list) else "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _ndjson(pages: Iterable[SearchResult]) -> Iterator[bytes]:
    for page in pages:
        yield b"".join([render.hit(hit) + b"\n" for hit in page.hits])


_FORMATS: dict[str, Render] = {CSV: _csv, NDJSON: _ndjson}
_CONTENT_TYPES = {CSV: f"{MEDIA_TYPES[CSV]}; charset=utf-8; header=present", NDJSON: MEDIA_TYPES[NDJSON]}
