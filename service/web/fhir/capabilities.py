"""What the service says of itself: CapabilityStatement and TerminologyCapabilities."""

from __future__ import annotations

import datetime
from typing import Any

from flask import request

from service.search.codelist import CodeList
from service.search.reading import Reading
from service.version import product_version
from service.web.fhir import concepts
from service.web.fhir.identity import named
from service.web.fhir.media import FHIR_JSON
from service.web.fhir.operations import EXPAND, OPERATIONS
from service.web.fhir.resources import editions
from service.web.fhir.searching import PARAMETERS

_TERMINOLOGY_SERVER = "http://hl7.org/fhir/CapabilityStatement/terminology-server"
_TEXT_FILTER = (
    "The search of the service: words in any order, the last one by its beginning unless a blank follows it; synonyms, "
    "abbreviations and misspellings are understood. Codes with all words come first, then those with some. Names are "
    "those of the newest release."
)


def capability_statement(reading: Reading) -> dict[str, Any]:
    """Return the CapabilityStatement."""
    return {
        "resourceType": "CapabilityStatement",
        **_head(reading),
        "instantiates": [_TERMINOLOGY_SERVER],
        "fhirVersion": "4.0.1",
        "format": [FHIR_JSON, "json"],
        "rest": [
            {
                "mode": "server",
                "documentation": "Reads code lists; nothing can be written. No login is needed.",
                "security": {"cors": True, "description": "None: put a proxy before it where it is not for everyone."},
                "resource": [_resource("CodeSystem"), _resource("ValueSet")],
            }
        ],
    }


def terminology_capabilities(reading: Reading, codes: CodeList) -> dict[str, Any]:
    """Return the TerminologyCapabilities."""
    names = sorted(EXPAND.parameters)
    return {
        "resourceType": "TerminologyCapabilities",
        **_head(reading),
        "codeSystem": [_system(codes, name) for name in codes.systems],
        "expansion": {
            "hierarchical": False,
            "paging": True,
            "incomplete": False,
            "parameter": [{"name": name} for name in names],
            "textFilter": _TEXT_FILTER,
        },
        "codeSearch": "all",
        "validateCode": {"translations": False},
    }


def _head(reading: Reading) -> dict[str, Any]:
    return {
        "status": "active",
        "experimental": False,
        "date": reading.engine.manifest["created"],
        "kind": "instance",
        "name": "ProcsearchTerminology",
        "title": "Procsearch terminology service",
        "software": {"name": "procsearch", "version": product_version()},
        "implementation": {
            "description": f"HCPCS Level II and own procedure documents, snapshot {reading.snapshot}",
            "url": request.url_root + "fhir",
        },
    }


def _resource(name: str) -> dict[str, Any]:
    operations = [each for each in OPERATIONS if each.resource == name]
    return {
        "type": name,
        "profile": f"http://hl7.org/fhir/StructureDefinition/{name}",
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "versioning": "no-version",
        "searchParam": [
            {"name": each, "type": kind, "documentation": what} for each, (kind, what) in PARAMETERS.items()
        ],
        "operation": [{"name": each.name, "definition": each.definition} for each in operations],
    }


def _system(codes: CodeList, name: str) -> dict[str, Any]:
    described: dict[str, Any] = {"uri": named(name).url, "subsumption": False}
    labels = [each.label for each in editions(codes, datetime.date.today()).values() if each.system == name]
    versions = [_edition(label, default=at == 0) for at, label in enumerate(labels) if label]
    return {**described, "version": versions} if versions else described


def _edition(label: str, *, default: bool) -> dict[str, Any]:
    return {
        "code": label,
        "isDefault": default,
        "compositional": False,
        "language": [concepts.LANGUAGE],
        "property": list(concepts.PROPERTIES),
    }
