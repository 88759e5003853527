"""FHIR as JSON: which types are read, which a client may want, and how an answer is written."""

from __future__ import annotations

import re
from typing import Any

import orjson
from flask import Response, request
from werkzeug.http import parse_options_header

FHIR_JSON = "application/fhir+json"
READ = (FHIR_JSON, "application/json")
FORMATS = ("json", "text/json", *READ)
_VERSIONS = ("4.0", "4.0.1")
_WRITTEN = f"{FHIR_JSON}; charset=utf-8"
_ANY = ("*/*", "application/*")


def plain(text: str) -> str:
    """Return text as FHIR's type string has it: every run of blanks is one blank."""
    return " ".join(text.split())


def is_acceptable() -> bool:
    """Say whether the client takes FHIR's JSON, by the parameter ``_format`` or else by the header Accept."""
    given = request.args.get("_format")
    if given is not None:
        # In an address the plus of the type is a blank, unless it is written as %2B.
        media_type, options = parse_options_header(given.strip().replace("fhir json", "fhir+json"))
        return media_type.lower() in FORMATS and _is_r4(options)
    accepted = request.headers.get("Accept", "").strip()
    return not accepted or any(map(_takes, accepted.split(",")))


def is_readable() -> bool:
    """Say whether the body is of a type that is read."""
    media_type, options = parse_options_header(request.headers.get("Content-Type"))
    return media_type.lower() in READ and _is_r4(options)


def respond(value: dict[str, Any], status: int = 200) -> Response:
    """Return a resource as an answer."""
    return Response(dumped(value), status, content_type=_WRITTEN)


def dumped(value: dict[str, Any]) -> bytes:
    """Return a resource as JSON, in lines where ``_pretty`` wants it so."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 if request.args.get("_pretty") == "true" else 0)


def as_fhir(response: Response) -> Response:
    """Return ``response``, which holds a resource as JSON, with FHIR's type."""
    if response.status_code == 200:
        response.content_type = _WRITTEN
    response.headers.add("Vary", "Accept")
    return response


def _takes(entry: str) -> bool:
    media_type, options = parse_options_header(entry.strip())
    refused = re.fullmatch(r"0(\.0*)?", options.get("q", "1").strip())
    return media_type.lower() in (*READ, *_ANY) and not refused and _is_r4(options)


def _is_r4(options: dict[str, str]) -> bool:
    return options.get("fhirVersion", options.get("fhirversion", "4.0")) in _VERSIONS
