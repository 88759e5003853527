"""CodeSystem and ValueSet resources for what a snapshot holds, and searches among them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from corpus.codes import HCPCS
from service.search.codelist import CodeList, Edition
from service.search.reading import Reading
from service.search.releases import first_day
from service.web.fhir import concepts
from service.web.fhir.identity import System, named

#: A code system without releases lists its codes in its resource as long as they are not more than these.
MAX_LISTED = 1_000
_STANDARD = "http://hl7.org/fhir/concept-properties#"


def current(codes: CodeList, today: datetime.date) -> dict[str, Edition]:
    """Return the current edition of each code system by the id of its resource."""
    return {named(name).id: codes.edition(name, None, None, today) for name in codes.systems}


def editions(codes: CodeList, today: datetime.date) -> dict[str, Edition]:
    """Return every edition by the id of its resource, of each system the current one first, then the newest."""
    return dict(_editions(codes, today))


def _editions(codes: CodeList, today: datetime.date) -> Iterator[tuple[str, Edition]]:
    for name in codes.systems:
        current = codes.edition(name, None, None, today)
        yield named(name).id, current
        for label in reversed(codes.labels if name == HCPCS.name else ()):
            if label != current.label:
                yield f"{named(name).id}-{label}", codes.edition(name, label, None, today)


def code_system(reading: Reading, codes: CodeList, resource_id: str, edition: Edition) -> dict[str, Any]:
    """Return the CodeSystem resource of an edition.

    That of a system with releases counts its codes and lists none; that of own documents lists them, and counts none:
    how many codes the system has is not known here.
    """
    system = named(edition.system)
    members = codes.members(edition.system, edition.release)
    resource: dict[str, Any] = {"resourceType": "CodeSystem", "id": resource_id, **_head(reading, system, edition)}
    resource |= {
        "url": system.url,
        "identifier": [{"system": "urn:ietf:rfc:3986", "value": f"urn:oid:{system.oid}"}],
        "name": system.name,
        "title": system.title,
        "publisher": system.publisher,
        "description": _description(int(members.sum()), edition),
        "caseSensitive": True,
        "valueSet": system.value_set,
        "compositional": False,
        "versionNeeded": False,
    }
    if edition.label:
        resource |= {"content": "not-present", "count": int(members.sum())}
    else:
        listed = _listed(reading, codes, edition)
        resource |= {"content": "fragment", "concept": listed} if listed else {"content": "not-present"}
    resource["property"] = [_property(name) for name in _properties_of(edition)]
    return resource


def value_set(reading: Reading, resource_id: str, edition: Edition) -> dict[str, Any]:
    """Return the ValueSet resource of all codes of an edition; a code system has one, with a version for a release."""
    system = named(edition.system)
    include = {"system": system.url} | ({"version": edition.label} if edition.label else {})
    resource: dict[str, Any] = {"resourceType": "ValueSet", "id": resource_id, **_head(reading, system, edition)}
    return resource | {
        "url": system.value_set,
        "name": f"{system.name}AllCodes",
        "title": f"{system.title}: all codes",
        "description": f"Every code of {system.title} that is here.",
        "immutable": True,
        "compose": {"include": [include]},
    }


def _head(reading: Reading, system: System, edition: Edition) -> dict[str, Any]:
    created = reading.engine.manifest["created"]
    head: dict[str, Any] = {"meta": {"lastUpdated": created}, "status": "active", "experimental": False}
    if edition.label:
        head |= {"version": edition.label, "date": first_day(edition.label).isoformat()}
    return head


def _description(count: int, edition: Edition) -> str:
    if edition.label:
        return (
            f"The official release {edition.label}: {count} procedure and modifier codes, with those that earlier "
            "imported releases list and it drops. Codes are not in this resource: use the operations."
        )
    return f"The {count} codes that documents here describe: a part of the code system, of which no release is here."


def _listed(reading: Reading, codes: CodeList, edition: Edition) -> list[dict[str, Any]]:
    numbers = codes.members(edition.system, edition.release).nonzero()[0].tolist()
    if len(numbers) > MAX_LISTED:
        return []
    return [_concept(reading, codes, number, edition) for number in numbers]


def _concept(reading: Reading, codes: CodeList, number: int, edition: Edition) -> dict[str, Any]:
    card = reading.engine.card(number)
    concept = {"code": card["code"], "display": concepts.display(codes, number, card, edition)}
    names = concepts.synonyms(codes, number, card, edition)
    return {**concept, "designation": concepts.designations(names)} if names else concept


def _properties_of(edition: Edition) -> list[str]:
    official = edition.label is not None
    return [name for name, each in concepts.PROPERTIES.items() if official or each.of_all]


def _property(name: str) -> dict[str, str]:
    found = concepts.PROPERTIES[name]
    described = {"code": name, "description": found.description, "type": found.type}
    return {**described, "uri": f"{_STANDARD}{name}"} if name == "inactive" else described
