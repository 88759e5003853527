"""Hooks of schemathesis: requests that JSON Schema takes for right and that no search could answer are made answerable,
so that most of them reach the search."""

from __future__ import annotations

import schemathesis

_MOST_AS_JSON = 100


@schemathesis.serializer("application/x-ndjson")
def ndjson(_context, value):
    """Lines of NDJSON come as text, right or wrong."""
    return value if isinstance(value, bytes) else str(value).encode(errors="surrogatepass")


@schemathesis.hook
def before_call(_context, case, _kwargs):
    """Drop made-up cursors, and cut limits to what JSON takes, where a request is meant to be right."""
    given = case.query if case.method.upper() == "GET" else case.body
    if not case.meta or not case.meta.generation.mode.is_positive or not isinstance(given, dict):
        return
    given.pop("cursor", None)
    if given.get("format") not in ("csv", "ndjson") and isinstance(given.get("limit"), int):
        given["limit"] = min(given["limit"], _MOST_AS_JSON)
    if given.get("format") in ("csv", "ndjson"):
        given.pop("facets", None)
