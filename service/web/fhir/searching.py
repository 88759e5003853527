"""Searches among CodeSystem and ValueSet resources, and the Bundle that answers them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from flask import request

from service.web.fhir.identity import split, system_at, value_set_at
from service.web.fhir.outcome import invalid
from service.web.fhir.parameters import GENERAL, MAX_CHARS

Resource = dict[str, Any]

#: Search parameter -> its type in FHIR and what it finds.
PARAMETERS: dict[str, tuple[str, str]] = {
    "_id": ("token", "The id of the resource."),
    "url": ("uri", "The address, or one of its aliases, perhaps with a version behind a bar."),
    "version": ("token", "The release."),
    "name": ("string", "The beginning of the name, in any case; name:exact and name:contains."),
    "title": ("string", "The beginning of the title, in any case; title:exact and title:contains."),
    "status": ("token", "The status; every resource here is active."),
}
_RESULT = ("_summary", "_count", "_total", *GENERAL)
_SUMMARIES = ("true", "false", "data", "count", "text")
_TOTALS = ("none", "estimate", "accurate")
#: Elements that FHIR leaves out of a summary, or that only a summary of required elements has.
_LONG = ("description", "concept", "compose")
_REQUIRED = ("resourceType", "id", "meta", "status", "content")
_SUBSETTED = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
_MAX_TEXTS = 20


def matching(resources: Iterable[Resource]) -> list[Resource]:
    """Return the resources that the query string asks for; FhirError where it cannot be understood."""
    found = list(resources)
    for name, texts in request.args.lists():
        if name in _RESULT:
            continue
        bare, _, modifier = name.partition(":")
        if bare not in PARAMETERS or modifier not in _modifiers(bare):
            known = ", ".join((*PARAMETERS, *_RESULT))
            raise invalid(name[:MAX_CHARS], f"one of {known}", name, "not-supported")
        for text in texts[:_MAX_TEXTS]:
            wanted = [each for each in text.split(",") if each]
            found = [each for each in found if any(_fits(each, bare, modifier, value) for value in wanted)]
    return found


def bundle(resources: list[Resource]) -> Resource:
    """Return the resources, or their summaries, as the answer to a search."""
    summary, count = _one_of("_summary", _SUMMARIES, "false"), _count(len(resources))
    _one_of("_total", _TOTALS, "accurate")
    answer: Resource = {"resourceType": "Bundle", "type": "searchset", "total": len(resources)}
    query = [(name, text) for name, texts in request.args.lists() for text in texts]
    answer["link"] = [{"relation": "self", "url": request.base_url + (f"?{urlencode(query)}" if query else "")}]
    entries = [] if summary == "count" else [_entry(summarised(each, summary)) for each in resources[:count]]
    return answer | {"entry": entries} if entries else answer


def asked_summary() -> str:
    """Return the kind of summary that the query string asks for."""
    return _one_of("_summary", _SUMMARIES[:3] + _SUMMARIES[4:], "false")


def summarised(resource: Resource, summary: str) -> Resource:
    """Return a resource as ``_summary`` wants it."""
    if summary in ("false", "data"):
        return resource
    keeps: Callable[[str], bool] = _REQUIRED.__contains__ if summary == "text" else lambda name: name not in _LONG
    kept = {name: value for name, value in resource.items() if keeps(name)}
    return kept | {"meta": {**resource["meta"], "tag": [_SUBSETTED]}}


def _entry(resource: Resource) -> Resource:
    address = f"{request.base_url.rstrip('/')}/{resource['id']}"
    return {"fullUrl": address, "resource": resource, "search": {"mode": "match"}}


def _fits(resource: Resource, name: str, modifier: str, value: str) -> bool:
    if name == "url":
        return _has_address(resource, value)
    given = str(resource.get("id" if name == "_id" else name, ""))
    if PARAMETERS[name][0] == "token":
        # Before the bar of a token stands a system, which these elements have none of.
        return given == value.removeprefix("|")
    if modifier == "exact":
        return given == value
    given, value = given.casefold(), value.casefold()
    return value in given if modifier == "contains" else given.startswith(value)


def _has_address(resource: Resource, canonical: str) -> bool:
    named = (system_at if resource["resourceType"] == "CodeSystem" else value_set_at)(canonical)
    version = split(canonical)[1]
    own = system_at(resource["url"]) or value_set_at(resource["url"])
    same = named is not None and own is not None and named.system == own.system
    return same and version in (None, resource.get("version"))


def _modifiers(name: str) -> tuple[str, ...]:
    return ("", "exact", "contains") if PARAMETERS[name][0] == "string" else ("",)


def _one_of(name: str, values: tuple[str, ...], default: str) -> str:
    given = request.args.get(name, default)
    if given not in values:
        raise invalid(name, f"one of {', '.join(values)}", given)
    return given


def _count(most: int) -> int:
    given = request.args.get("_count")
    if given is None:
        return most
    if not given.isascii() or not given.isdigit() or len(given) > 9:
        raise invalid("_count", "a whole number from 0", given)
    return int(given)
