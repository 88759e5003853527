"""Cursors of the search API: where a page ended, as an opaque text that belongs to one search.

A cursor holds the sort key of the last hit, not a number of hits, so that paging stays in step when a new snapshot is
published between two pages. It is no secret and needs no signature: whoever makes one up only chooses where to begin.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
from typing import Any

import orjson

from service.search.errors import BadRequest
from service.search.model import Key, SearchRequest

MAX_CHARS = 400
_EXPECTED = "the cursor of an earlier answer to the same search"


def encode(request: SearchRequest, key: Key | None) -> str | None:
    """Return the cursor for what follows ``key`` in the order of ``request``; None where nothing follows."""
    if key is None:
        return None
    return base64.urlsafe_b64encode(orjson.dumps([_search(request), *key])).decode().rstrip("=")


def placed(request: SearchRequest, cursor: str | None) -> SearchRequest:
    """Return ``request`` beginning where ``cursor`` says; BadRequest where it is of another search, or none at all."""
    if cursor is None:
        return request
    try:
        search, *key = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError) as error:
        raise BadRequest("cursor", _EXPECTED, repr(cursor[:40])) from error
    if search != _search(request) or not _is_key(key):
        raise BadRequest("cursor", _EXPECTED, "one of another search")
    return dataclasses.replace(request, after=tuple(key))


def _is_key(key: list[Any]) -> bool:
    numbers = all(isinstance(value, int | float) for value in key[:-1])
    return bool(key) and len(key) <= 4 and numbers and isinstance(key[-1], str)


def _search(request: SearchRequest) -> str:
    """What a cursor belongs to: everything of a request but the page, and what it tells beside the hits."""
    same = [request.q, sorted(request.filters.items()), request.status, request.section, request.sort]
    # The day matters to what is admitted only where a status is asked for; paging may go on over midnight.
    day = request.today if request.status else None
    return hashlib.sha256(orjson.dumps([*same, day])).hexdigest()[:12]
