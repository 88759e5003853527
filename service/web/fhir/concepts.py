"""One code in FHIR's terms: its display, designations and properties in an edition of its code system."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from indexer.records import section_text
from service.search.codelist import CodeList, Edition
from service.search.releases import facts_before
from service.web.fhir import media

LANGUAGE = "en"
_SYNONYM = {"system": "http://snomed.info/sct", "code": "900000000000013009", "display": "Synonym"}
_TOKENS_OF_ALL = ("", "http://snomed.info/sct|900000000000013009", "900000000000013009")
_TOKENS_OF_LANGUAGE = ("en", "en-US", "urn:ietf:bcp:47|en", "urn:ietf:bcp:47|en-US")
_NAMES = ("common_names", "technical_terms", "drug_names")
#: Properties that say where others come from, and do not hold the code's own facts.
_VALUE_KEYS = {"code": "valueCode", "string": "valueString", "dateTime": "valueDateTime", "boolean": "valueBoolean"}
_VALUE_KEYS["integer"] = "valueInteger"


@dataclass(frozen=True, slots=True)
class Property:
    """A property of a code: its type in FHIR, what it says, and whether it is in the record of every code system."""

    type: str
    description: str
    of_all: bool = False


PROPERTIES: dict[str, Property] = {
    "inactive": Property("boolean", "Whether the code may not be used on the day asked for.", of_all=True),
    "kind": Property("code", "procedure or modifier.", of_all=True),
    "family": Property("string", "What the first letter of the code says."),
    "short_descriptor": Property("string", "The official short descriptor."),
    "release": Property("string", "The official release that the facts are from."),
    "coverage": Property("code", "Medicare's coverage."),
    "pricing": Property("code", "How Medicare part B finds the price."),
    "multiple_pricing": Property("code", "Whether it is priced in more than one way."),
    "betos": Property("code", "BETOS category."),
    "types_of_service": Property("code", "Type of service."),
    "cross_references": Property("string", "A code, or codes, that the official record refers to."),
    "action": Property("code", "What the last release did to the code."),
    "added": Property("dateTime", "The day from which the code may be used."),
    "effective": Property("dateTime", "The day on which the last action took effect."),
    "terminated": Property("dateTime", "The last day on which the code may be used."),
    "statute": Property("string", "The statute that applies."),
    "coverage_manual": Property("string", "Reference to the coverage issues manual."),
    "carriers_manual": Property("string", "Reference to the Medicare carriers manual."),
    "lab_certifications": Property("code", "Certification that a laboratory needs."),
    "processing_note": Property("string", "Number of the processing note."),
    "asc_group": Property("string", "Payment group in ambulatory surgical centers."),
    "asc_effective": Property("dateTime", "The day from which that payment group applies."),
    "outpatient_group": Property("string", "Outpatient payment group."),
    "outpatient_policy": Property("code", "Outpatient payment policy."),
    "outpatient_effective": Property("dateTime", "The day from which that outpatient group applies."),
    "anesthesia_units": Property("integer", "Anesthesia base units."),
    "definition": Property("string", "The summary of our description, where there is one.", of_all=True),
}
#: Long, and told only to who asks for it by name.
ON_DEMAND = ("definition",)


class Value(NamedTuple):
    """One value of a property, and what it means where it is a coded one."""

    name: str
    value: str | int | bool
    meaning: str | None = None

    @property
    def part(self) -> dict[str, Any]:
        """The value as a parameter of a Parameters resource."""
        value = media.plain(self.value) if isinstance(self.value, str) else self.value
        parts: list[dict[str, Any]] = [
            {"name": "code", "valueCode": self.name},
            {"name": "value", _VALUE_KEYS[PROPERTIES[self.name].type]: value},
        ]
        if self.meaning:
            parts.append({"name": "description", "valueString": media.plain(self.meaning)})
        return {"name": "property", "part": parts}


def display(codes: CodeList, number: int, card: Mapping[str, Any], edition: Edition) -> str:
    """Return the name of a code: the long descriptor, or without one the title of its document."""
    return media.plain(codes.wording(number, card, edition).descriptor) or str(card["code"])


def synonyms(codes: CodeList, number: int, card: Mapping[str, Any], edition: Edition) -> list[str]:
    """Return every name of a code beside its display, each once, whatever its case."""
    wording = codes.wording(number, card, edition)
    names = [wording.short_descriptor, *(name for kind in _NAMES for name in card[kind])]
    if card["has_document"]:
        names.append(card["title"])
    found = {name.casefold(): name for name in map(media.plain, reversed(names)) if name}
    found.pop(media.plain(wording.descriptor).casefold(), None)
    return list(found.values())[::-1]


def designations(names: Iterable[str]) -> list[dict[str, Any]]:
    """Return names as designations of a concept."""
    return [{"language": LANGUAGE, "use": _SYNONYM, "value": name} for name in names]


def wants_designations(tokens: Iterable[str]) -> bool:
    """Say whether one of the tokens (``use`` or language, perhaps behind its system and a bar) means synonyms."""
    return any(token in (*_TOKENS_OF_ALL, *_TOKENS_OF_LANGUAGE) for token in tokens)


def properties(codes: CodeList, number: int, record: Mapping[str, Any], edition: Edition) -> Iterator[Value]:
    """Yield the properties of a code as the release of ``edition`` has them, `ON_DEMAND` ones too."""
    yield Value("inactive", not codes.active(edition.day)[number])
    yield Value("kind", record["kind"])
    if record["family"]:
        yield Value("family", record["family"])
    short = codes.wording(number, record, edition).short_descriptor
    if short:
        yield Value("short_descriptor", short)
    facts = _facts(codes, number, record, edition)
    for name in PROPERTIES:
        for value in _values(facts.get(name)):
            yield Value(name, *value)
    definition = section_text(record, "summary")
    if definition:
        yield Value("definition", definition)


def _facts(codes: CodeList, number: int, record: Mapping[str, Any], edition: Edition) -> dict[str, Any]:
    official: dict[str, Any] = record["official"] or {}
    label = edition.label
    if not official or label is None or official["release"] <= label:
        return official
    return facts_before(official, codes.changes(number, edition), label)


def _values(given: Any) -> Iterator[tuple[str | int, str | None]]:
    for value in given if isinstance(given, list) else [given]:
        if isinstance(value, dict):
            yield value["value"], value["meaning"]
        elif value is not None:
            yield value, None
