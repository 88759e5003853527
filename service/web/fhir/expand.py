"""``$expand``: the codes of a value set, page by page, or those that a text finds, best first."""

from __future__ import annotations

import datetime
import uuid
from typing import Any, NamedTuple

import numpy as np
import orjson

from service.search.codelist import CodeList
from service.search.errors import TimedOut
from service.search.model import MAX_OFFSET, SearchRequest
from service.search.reading import Reading
from service.web.fhir import concepts, media
from service.web.fhir.identity import named, system_at
from service.web.fhir.operations import EXPAND
from service.web.fhir.outcome import FhirError, invalid
from service.web.fhir.parameters import Given
from service.web.fhir.selection import Selection

#: The most codes that one answer holds.
MAX_COUNT = 1_000
_VALUE_KEYS = {"uri": "valueUri", "string": "valueString", "code": "valueCode"}
_VALUE_KEYS |= {"boolean": "valueBoolean", "integer": "valueInteger", "date": "valueDateTime"}
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "procsearch/fhir/expansion")


class Found(NamedTuple):
    """One page of codes by number, and how many there are on all pages."""

    numbers: list[int]
    total: int


def expansion(reading: Reading, codes: CodeList, selection: Selection, given: Given) -> dict[str, Any]:
    """Return the expansion of a value set as the parameters ``given`` want it.

    FhirError where there is no count and the codes are too many for one answer; TimedOut where a search took too long.
    """
    mask = selection.mask
    if given.get("activeOnly"):
        mask = mask & codes.active(selection.day)
    for canonical in given.get("exclude-system", ()):
        found = system_at(canonical)
        if found and found.system.system in codes.systems:
            mask = mask & ~codes.ever(found.system.system)
    page = _page(reading, mask, selection.day, given)
    parameters = [*_echo(given), *_used(selection)]
    identity = orjson.dumps([reading.snapshot, parameters, given.get("valueSet"), given.get("url")])
    return {
        "identifier": f"urn:uuid:{uuid.uuid5(_NAMESPACE, identity.hex())}",
        "timestamp": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "total": page.total,
        "offset": given.get("offset", 0),
        "parameter": parameters,
        # An empty array may not stand in FHIR's JSON.
        **({"contains": _contains(reading, codes, selection, page, given)} if page.numbers else {}),
    }


def _page(reading: Reading, mask: Any, day: datetime.date, given: Given) -> Found:
    count, offset = given.get("count", MAX_COUNT), given.get("offset", 0)
    if count > MAX_COUNT:
        raise invalid("count", f"at most {MAX_COUNT}", count, "too-costly")
    page = _matching(reading, mask, day, given) if given.get("filter") else _walked(mask, offset, count)
    if page.total > MAX_COUNT and "count" not in given:
        advice = f"expected count, at most {MAX_COUNT}, or a filter: the value set has {page.total} codes"
        raise FhirError("unprocessable", f"{advice}; got none that leaves fewer.", "too-costly")
    return page


def _walked(mask: Any, offset: int, count: int) -> Found:
    numbers = np.flatnonzero(mask)
    return Found(numbers[offset : offset + count].tolist(), len(numbers))


def _matching(reading: Reading, mask: Any, day: datetime.date, given: Given) -> Found:
    count, offset = given.get("count", MAX_COUNT), given.get("offset", 0)
    if offset > MAX_OFFSET:
        raise invalid("offset", f"at most {MAX_OFFSET} with a filter", offset, "too-costly")
    # A page of nothing still needs its total.
    request = SearchRequest(given["filter"], limit=max(count, 1), offset=offset, today=day)
    page = reading.matches(request, mask)
    if page.partial:
        raise TimedOut("the whole search")
    return Found([match.number for match in page.matches[:count]], page.total)


def _contains(
    reading: Reading, codes: CodeList, selection: Selection, page: Found, given: Given
) -> list[dict[str, Any]]:
    tokens = given.get("designation")
    designated = concepts.wants_designations(tokens) if tokens else given.get("includeDesignations", False)
    active = codes.active(selection.day)
    found = []
    for number, card in zip(page.numbers, reading.engine.cards(page.numbers), strict=True):
        edition = selection.editions[card["code_system"]]
        shown = selection.displays.get(card["code"]) or concepts.display(codes, number, card, edition)
        entry = {"system": named(card["code_system"]).url, "code": card["code"], "display": shown}
        if not active[number]:
            entry["inactive"] = True
        synonyms = concepts.synonyms(codes, number, card, edition) if designated else []
        if synonyms:
            entry["designation"] = concepts.designations(synonyms)
        found.append(entry)
    return found


def _echo(given: Given) -> list[dict[str, Any]]:
    """Return the parameters as an expansion names them, count and offset also where they were not given."""
    shown = []
    defaults: Given = {"count": MAX_COUNT, "offset": 0}
    for name, value in (defaults | given).items():
        key = _VALUE_KEYS.get(EXPAND.parameters[name].type)
        for each in value if isinstance(value, list) else [value]:
            if key:
                shown.append({"name": name, key: _plain(each)})
    return shown


def _plain(value: Any) -> Any:
    if isinstance(value, datetime.date):
        return value.isoformat()
    return media.plain(value) if isinstance(value, str) else value


def _used(selection: Selection) -> list[dict[str, Any]]:
    """Return which code systems, in which versions, the codes are from."""
    used = []
    for system, edition in selection.editions.items():
        url = named(system).url + (f"|{edition.label}" if edition.label else "")
        used.append({"name": "used-codesystem", "valueUri": url})
        if edition.label:
            used.append({"name": "version", "valueUri": url})
    return used
