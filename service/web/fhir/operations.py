"""The operations that FHIR R4 defines for code systems and value sets: which parameters each takes, and where."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from service.web.fhir.identity import split, system_at
from service.web.fhir.outcome import invalid
from service.web.fhir.parameters import Given, Parameter
from service.web.fhir.selection import When

_URI, _TEXT, _CODE = Parameter("uri"), Parameter("string"), Parameter("code")
_YES, _NUMBER, _DATE = Parameter("boolean"), Parameter("integer"), Parameter("date")
_URIS, _TEXTS, _CODES = Parameter("uri", True), Parameter("string", True), Parameter("code", True)
_CODING = Parameter("Coding")

_EXPAND = {
    "url": _URI,
    "valueSet": Parameter("ValueSet"),
    "valueSetVersion": _TEXT,
    "filter": _TEXT,
    "date": _DATE,
    "offset": _NUMBER,
    "count": _NUMBER,
    "includeDesignations": _YES,
    "designation": _TEXTS,
    "includeDefinition": _YES,
    "activeOnly": _YES,
    "excludeNested": _YES,
    "excludeNotForUI": _YES,
    "excludePostCoordinated": _YES,
    "displayLanguage": _CODE,
    "exclude-system": _URIS,
    "system-version": _URIS,
    "check-system-version": _URIS,
    "force-system-version": _URIS,
}
_LOOKUP = {
    "code": _CODE,
    "system": _URI,
    "version": _TEXT,
    "coding": _CODING,
    "date": _DATE,
    "displayLanguage": _CODE,
    "property": _CODES,
}
_VALIDATE_IN_SYSTEM = {
    "url": _URI,
    "code": _CODE,
    "version": _TEXT,
    "display": _TEXT,
    "coding": _CODING,
    "codeableConcept": Parameter("CodeableConcept"),
    "date": _DATE,
    "abstract": _YES,
    "displayLanguage": _CODE,
}
_VALIDATE_IN_SET = {
    "url": _URI,
    "valueSet": Parameter("ValueSet"),
    "valueSetVersion": _TEXT,
    "code": _CODE,
    "system": _URI,
    "systemVersion": _TEXT,
    "display": _TEXT,
    "coding": _CODING,
    "codeableConcept": Parameter("CodeableConcept"),
    "date": _DATE,
    "abstract": _YES,
    "displayLanguage": _CODE,
}
_SUBSUMES = {
    "codeA": _CODE,
    "codeB": _CODE,
    "system": _URI,
    "version": _TEXT,
    "codingA": _CODING,
    "codingB": _CODING,
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: the resource it is of, its name, its parameters, and whether it can be asked of one resource."""

    resource: str
    name: str
    parameters: dict[str, Parameter]
    of_instance: bool = True

    @property
    def definition(self) -> str:
        """The address of its definition."""
        return f"http://hl7.org/fhir/OperationDefinition/{self.resource}-{self.name}"


EXPAND = Operation("ValueSet", "expand", _EXPAND)
LOOKUP = Operation("CodeSystem", "lookup", _LOOKUP, of_instance=False)
VALIDATE_IN_SYSTEM = Operation("CodeSystem", "validate-code", _VALIDATE_IN_SYSTEM)
VALIDATE_IN_SET = Operation("ValueSet", "validate-code", _VALIDATE_IN_SET)
SUBSUMES = Operation("CodeSystem", "subsumes", _SUBSUMES)
OPERATIONS = (EXPAND, LOOKUP, VALIDATE_IN_SYSTEM, VALIDATE_IN_SET, SUBSUMES)


def when(given: Given) -> When:
    """Return what the parameters say of date and versions."""
    forced, versions, checked = (
        _versions(given, name) for name in ("force-system-version", "system-version", "check-system-version")
    )
    return When(datetime.date.today(), given.get("date"), versions, forced, checked)


def _versions(given: Given, name: str) -> dict[str, str]:
    found = {}
    for canonical in given.get(name, ()):
        named, version = system_at(canonical), split(canonical)[1]
        if version is None:
            raise invalid(name, "a code system and its version, with | between", canonical)
        if named:
            # Versions of systems that are not here do not matter.
            found[named.system.system] = version
    return found
