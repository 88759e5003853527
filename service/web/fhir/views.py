"""The addresses below ``/fhir``."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any, NamedTuple

from flask import Blueprint, Response, current_app, request
from flask.blueprints import BlueprintSetupState

from service.search.codelist import CodeList, CodeLists, Edition
from service.search.reading import Reading
from service.web import answers, errors
from service.web.context import searcher
from service.web.fhir import capabilities, expand, lookup, media, outcome, resources, searching, validate
from service.web.fhir.identity import System, named
from service.web.fhir.operations import (
    EXPAND,
    LOOKUP,
    SUBSUMES,
    VALIDATE_IN_SET,
    VALIDATE_IN_SYSTEM,
    Operation,
    when,
)
from service.web.fhir.outcome import NOTHING, FhirError, Quoted, invalid
from service.web.fhir.parameters import GENERAL, Given, of_request, text_of
from service.web.fhir.selection import Selection, all_codes, composed, known_system, known_value_set

PREFIX = "/fhir"
blueprint = Blueprint("fhir", __name__, url_prefix=PREFIX)
_KEY = "procsearch_code_lists"
_MODES = ("full", "normative", "terminology")
_METHODS = ["GET", "POST"]
Listing = Callable[[CodeList, datetime.date], dict[str, Edition]]


@blueprint.record_once
def _install(state: BlueprintSetupState) -> None:
    state.app.extensions[_KEY] = CodeLists()
    errors.answer_below(state.app.extensions, f"{PREFIX}/", outcome.from_service)


@blueprint.before_request
def _require_acceptable() -> None:
    if not media.is_acceptable():
        got = request.args.get("_format") or request.headers.get("Accept", "")
        raise FhirError("not_acceptable", f"Accept or _format: expected {media.FHIR_JSON} (R4); got {got[:60]!r}.")


@blueprint.errorhandler(FhirError)
def _failed(error: FhirError) -> Response:
    return outcome.answer(error)


class Asked(NamedTuple):
    """What an operation works on: the snapshot, its code lists, and the parameters."""

    reading: Reading
    codes: CodeList
    given: Given


@blueprint.get("/metadata")
def metadata() -> Response:
    """Return the CapabilityStatement, or with ``mode=terminology`` the TerminologyCapabilities."""
    mode = request.args.get("mode", "full")
    if mode not in _MODES:
        raise invalid("mode", f"one of {', '.join(_MODES)}", mode)
    with searcher().reading() as reading:
        if mode == "terminology":
            return media.respond(capabilities.terminology_capabilities(reading, _codes(reading)))
        return media.respond(capabilities.capability_statement(reading))


# -- resources -----------------------------------------------------------------------------------------


@blueprint.get("/CodeSystem")
def code_systems() -> Response:
    """Search code systems."""
    return _searched(resources.editions, resources.code_system)


@blueprint.get("/ValueSet")
def value_sets() -> Response:
    """Search value sets."""
    return _searched(resources.current, _value_set)


@blueprint.get("/CodeSystem/<resource_id>")
def code_system(resource_id: str) -> Response:
    """Read a code system."""
    return _read(resource_id, resources.editions, resources.code_system)


@blueprint.get("/ValueSet/<resource_id>")
def value_set(resource_id: str) -> Response:
    """Read a value set."""
    return _read(resource_id, resources.current, _value_set)


# -- operations ----------------------------------------------------------------------------------------


@blueprint.route("/ValueSet/$expand", methods=_METHODS)
def expand_any() -> Response:
    """Expand the value set that a parameter names or holds."""
    return _operation(EXPAND, lambda asked: _expanded(asked, None), "valueSet")


@blueprint.route("/ValueSet/<resource_id>/$expand", methods=_METHODS)
def expand_one(resource_id: str) -> Response:
    """Expand one of the value sets that are here."""
    return _operation(EXPAND, lambda asked: _expanded(asked, resource_id))


@blueprint.route("/CodeSystem/$lookup", methods=_METHODS)
def lookup_code() -> Response:
    """Tell what is known of a code."""
    return _operation(LOOKUP, lambda asked: lookup.lookup(*asked))


@blueprint.route("/CodeSystem/$validate-code", methods=_METHODS)
def validate_in_any_system() -> Response:
    """Say whether a code is one of the code system that a parameter names."""
    return _operation(VALIDATE_IN_SYSTEM, _validated_in_system)


@blueprint.route("/CodeSystem/<resource_id>/$validate-code", methods=_METHODS)
def validate_in_system(resource_id: str) -> Response:
    """Say whether a code is one of a code system that is here."""

    def judge(asked: Asked) -> dict[str, Any]:
        system, version = _instance(asked.codes, resource_id)
        _refuse(asked.given, "url", "version")
        return validate.in_system(asked.reading, asked.codes, system, version, asked.given)

    return _operation(VALIDATE_IN_SYSTEM, judge)


@blueprint.route("/ValueSet/$validate-code", methods=_METHODS)
def validate_in_any_set() -> Response:
    """Say whether a code is one of the value set that a parameter names or holds."""
    return _operation(
        VALIDATE_IN_SET, lambda asked: validate.in_selection(*asked[:2], _selected(asked, None), asked[2])
    )


@blueprint.route("/ValueSet/<resource_id>/$validate-code", methods=_METHODS)
def validate_in_set(resource_id: str) -> Response:
    """Say whether a code is one of a value set that is here."""

    def judge(asked: Asked) -> dict[str, Any]:
        return validate.in_selection(asked.reading, asked.codes, _selected(asked, resource_id), asked.given)

    return _operation(VALIDATE_IN_SET, judge)


@blueprint.route("/CodeSystem/$subsumes", methods=_METHODS)
def subsumes_any() -> Response:
    """Say how two codes relate."""
    return _operation(SUBSUMES, lambda asked: lookup.subsumes(asked.codes, asked.given))


@blueprint.route("/CodeSystem/<resource_id>/$subsumes", methods=_METHODS)
def subsumes(resource_id: str) -> Response:
    """Say how two codes of a code system that is here relate."""

    def judge(asked: Asked) -> dict[str, Any]:
        system, version = _instance(asked.codes, resource_id)
        given = {"version": version} | asked.given if version else asked.given
        return lookup.subsumes(asked.codes, given, system)

    return _operation(SUBSUMES, judge)


# -- what they share -----------------------------------------------------------------------------------


def _operation(operation: Operation, work: Callable[[Asked], dict[str, Any]], resource: str | None = None) -> Response:
    """Answer an operation; an answer to a GET is kept for who asks the same again."""
    if request.method == "POST":
        with searcher().reading() as reading:
            return media.respond(work(Asked(reading, _codes(reading), of_request(operation.parameters, resource))))

    def made() -> answers.Made:
        with searcher().reading() as reading:
            value = work(Asked(reading, _codes(reading), of_request(operation.parameters)))
            return answers.Made(media.dumped(value), reading.snapshot)

    return media.as_fhir(answers.respond(made))


def _codes(reading: Reading) -> CodeList:
    lists: CodeLists = current_app.extensions[_KEY]
    return lists.of(reading)


def _value_set(reading: Reading, _: CodeList, resource_id: str, edition: Edition) -> dict[str, Any]:
    return resources.value_set(reading, resource_id, edition)


def _searched(listing: Listing, make: Callable[..., dict[str, Any]]) -> Response:
    with searcher().reading() as reading:
        codes = _codes(reading)
        every = (make(reading, codes, *each) for each in listing(codes, datetime.date.today()).items())
        return media.respond(searching.bundle(searching.matching(every)))


def _read(resource_id: str, listing: Listing, make: Callable[..., dict[str, Any]]) -> Response:
    unknown = [name for name in request.args if name not in ("_summary", *GENERAL)]
    if unknown:
        raise invalid(unknown[0], f"one of _summary, {', '.join(GENERAL)}", unknown[0], "not-supported")
    with searcher().reading() as reading:
        codes = _codes(reading)
        resource = make(reading, codes, resource_id, _edition_of(codes, resource_id, listing))
        return media.respond(searching.summarised(resource, searching.asked_summary()))


def _edition_of(codes: CodeList, resource_id: str, listing: Listing) -> Edition:
    found = listing(codes, datetime.date.today())
    if resource_id not in found:
        raise FhirError("not_found", f"id: expected one of {', '.join(found)}; got {resource_id[:60]!r}.")
    return found[resource_id]


def _instance(codes: CodeList, resource_id: str) -> tuple[System, str | None]:
    """Return the code system of a resource, and its version where that is not the current one: a date may choose."""
    edition = _edition_of(codes, resource_id, resources.editions)
    system = named(edition.system)
    return system, None if resource_id == system.id else edition.label


def _refuse(given: Given, *names: str) -> None:
    """FhirError where a parameter is given that the address of a resource takes the place of."""
    for name in names:
        if name in given:
            raise invalid(name, "no such parameter where the address names a resource", given[name])


def _validated_in_system(asked: Asked) -> dict[str, Any]:
    url = asked.given.get("url") or (asked.given.get("coding") or {}).get("system")
    if not isinstance(url, str):
        raise invalid("url", "the code system", NOTHING, "required")
    system, version = known_system(asked.codes, url, "url")
    return validate.in_system(asked.reading, asked.codes, system, version, asked.given)


def _expanded(asked: Asked, resource_id: str | None) -> dict[str, Any]:
    selection, given = _selected(asked, resource_id), asked.given
    head = _head_of(given["valueSet"]) if "valueSet" in given else _whole(asked, selection)
    expansion = expand.expansion(asked.reading, asked.codes, selection, given)
    return {"resourceType": "ValueSet", **head, "status": "active", "expansion": expansion}


def _head_of(value_set: dict[str, Any]) -> dict[str, Any]:
    """Return what a composed value set says of itself."""
    read = {name: text_of(value_set, name, "ValueSet") for name in ("version", "name", "title")}
    read["url"] = text_of(value_set, "url", "ValueSet", "uri")
    return {name: text.strip() for name, text in read.items() if text}


def _whole(asked: Asked, selection: Selection) -> dict[str, Any]:
    """Return what the value set of the one edition that was selected says of itself."""
    (edition,) = selection.editions.values()
    shown = ("id", "url", "version", "name", "title", *(["compose"] if asked.given.get("includeDefinition") else []))
    value_set = resources.value_set(asked.reading, named(edition.system).id, edition)
    return {name: value_set[name] for name in shown if name in value_set}


def _selected(asked: Asked, resource_id: str | None) -> Selection:
    """Return the codes of the value set that an operation is about."""
    codes, given = asked.codes, asked.given
    if resource_id is not None:
        _refuse(given, "url", "valueSet")
        edition = _edition_of(codes, resource_id, resources.current)
        return all_codes(codes, named(edition.system), given.get("valueSetVersion"), when(given))
    if ("url" in given) == ("valueSet" in given):
        got = Quoted("both") if "url" in given else NOTHING
        raise invalid("url", "the value set, by url or as valueSet", got, "required")
    if "valueSet" in given:
        return composed(codes, given["valueSet"], when(given))
    system, version = known_value_set(codes, given["url"], "url")
    return all_codes(codes, system, given.get("valueSetVersion") or version, when(given))
