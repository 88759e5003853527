"""``$lookup`` and ``$subsumes``: what is known of a code, and how two codes relate."""

from __future__ import annotations

from typing import Any

from service.search.codelist import CodeList, Edition
from service.search.reading import Reading
from service.web.fhir import concepts
from service.web.fhir.identity import System, named
from service.web.fhir.operations import when
from service.web.fhir.outcome import NOTHING, FhirError, Quoted, invalid
from service.web.fhir.parameters import Given, text_of
from service.web.fhir.selection import known_system

Parts = list[dict[str, Any]]


def parameters(parts: Parts) -> dict[str, Any]:
    """Return a Parameters resource."""
    return {"resourceType": "Parameters", "parameter": parts}


def lookup(reading: Reading, codes: CodeList, given: Given) -> dict[str, Any]:
    """Answer ``$lookup``; FhirError where there is no such code."""
    system, version, code = _one_code(codes, given, "code", "coding", given.get("system"))
    edition = when(given).edition(codes, system.system, given.get("version") or version)
    number = _found(codes, code, edition)
    record = reading.engine.record(number)
    wanted = set(given.get("property", ()))
    parts: Parts = [{"name": "name", "valueString": system.title}]
    if edition.label:
        parts.append({"name": "version", "valueString": edition.label})
    parts.append({"name": "display", "valueString": concepts.display(codes, number, record, edition)})
    if not wanted or wanted & {"designation", "lang.en"}:
        names = concepts.synonyms(codes, number, record, edition)
        parts += [_designation(each) for each in concepts.designations(names)]
    for value in concepts.properties(codes, number, record, edition):
        if value.name in wanted or (not wanted and value.name not in concepts.ON_DEMAND):
            parts.append(value.part)
    return parameters(parts)


def subsumes(codes: CodeList, given: Given, system: System | None = None) -> dict[str, Any]:
    """Answer ``$subsumes``, of ``system`` where it is asked of one: the systems are flat, so a code subsumes itself."""
    address = given.get("system") or (system.url if system else None)
    one, two = (_one_code(codes, given, f"code{each}", f"coding{each}", address) for each in "AB")
    if one[0] != two[0]:
        raise invalid("codingB", f"a code of {one[0].url}, as the other is", two[0].url)
    if system and one[0] != system:
        raise invalid("system", f"{system.url}, which is asked", one[0].url)
    for _, version, code in (one, two):
        _found(codes, code, when(given).edition(codes, one[0].system, given.get("version") or version))
    return parameters([{"name": "outcome", "valueCode": "equivalent" if one[2] == two[2] else "not-subsumed"}])


def _one_code(
    codes: CodeList, given: Given, name: str, coding_name: str, address: str | None
) -> tuple[System, str | None, str]:
    """Return system, version and code of the parameter ``name`` with its system, or of a Coding in their place."""
    code, coding = given.get(name), given.get(coding_name)
    if (code is None) == (coding is None):
        got = NOTHING if code is None else Quoted("both")
        raise invalid(name, f"either {name} with system, or {coding_name}", got, "required")
    version = None
    if coding is not None:
        address, code = (text_of(coding, key, coding_name, kind) for key, kind in (("system", "uri"), ("code", "code")))
        version = text_of(coding, "version", coding_name)
    if address is None or code is None:
        missing = "system" if address is None else f"{coding_name}.code"
        raise invalid(missing, "the code system and the code", NOTHING, "required")
    system, of_address = known_system(codes, address, "system")
    return system, version or of_address, code


def _found(codes: CodeList, code: str, edition: Edition) -> int:
    number = codes.find(code, edition)
    if number is None:
        title = named(edition.system).title + (f", version {edition.label}" if edition.label else "")
        raise FhirError("document_not_found", f"code: expected a code of {title}; got {code[:60]!r}.")
    return number


def _designation(value: dict[str, Any]) -> dict[str, Any]:
    parts = [
        {"name": "language", "valueCode": value["language"]},
        {"name": "use", "valueCoding": value["use"]},
        {"name": "value", "valueString": value["value"]},
    ]
    return {"name": "designation", "part": parts}
