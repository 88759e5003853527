"""In which form a client wants its results: by the parameter ``format``, or else by the header ``Accept``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from werkzeug.exceptions import NotAcceptable

JSON, CSV, NDJSON = "json", "csv", "ndjson"
FORMATS = (JSON, CSV, NDJSON)
MEDIA_TYPES = {JSON: "application/json", CSV: "text/csv", NDJSON: "application/x-ndjson"}
_BY_MEDIA_TYPE = {media_type: name for name, media_type in MEDIA_TYPES.items()}
#: What most clients send, and what needs no weighing.
ANYTHING = (None, "", "*/*", "application/json")


def is_plain() -> bool:
    """Say whether JSON is wanted, as far as that can be told at a glance: False may still be JSON."""
    return request.headers.get("Accept") in ANYTHING and b"format" not in request.query_string


def wanted(given: Mapping[str, Any]) -> str:
    """Return the format of `FORMATS` that the parameters ``given`` or the header ask for; NotAcceptable for others.

    A wrong ``format`` counts as JSON: the schema of the parameters refuses it, together with all else that is wrong.
    """
    if "format" in given:
        return given["format"] if given["format"] in FORMATS else JSON
    accepted = request.accept_mimetypes
    if request.headers.get("Accept") in ANYTHING or not accepted:
        return JSON
    found = accepted.best_match(list(_BY_MEDIA_TYPE))
    if found is None:
        raise NotAcceptable
    return _BY_MEDIA_TYPE[found]
