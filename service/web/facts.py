"""Official facts in the words and order in which a page shows them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from indexer.importers import hcpcs_meanings as meanings

#: What a coder looks at first comes first: fact -> heading. A fact that is not listed here is not shown.
_FACTS = {
    "coverage": "Medicare coverage",
    "pricing": "Pricing",
    "multiple_pricing": "Multiple pricing",
    "betos": "BETOS category",
    "types_of_service": "Type of service",
    "cross_references": "Cross references",
    "added": "Added",
    "effective": "Last action in effect",
    "terminated": "Last day of use",
    "action": "Last action",
    "statute": "Statute",
    "coverage_manual": "Coverage issues manual",
    "carriers_manual": "Medicare carriers manual",
    "lab_certifications": "Laboratory certification",
    "processing_note": "Processing note",
    "asc_group": "Surgical center payment group",
    "asc_effective": "Surgical center group since",
    "outpatient_group": "Outpatient payment group",
    "outpatient_policy": "Outpatient payment policy",
    "outpatient_effective": "Outpatient group since",
    "anesthesia_units": "Anesthesia base units",
    "release": "From the release",
}
_DATES = {"added", "effective", "terminated", "asc_effective", "outpatient_effective"}


@dataclass(frozen=True, slots=True)
class FactRow:
    """One row of the table of facts; a value is (coded value or None, text, whether it names another code)."""

    heading: str
    values: list[tuple[str | None, str, bool]]


#: What the values of a facet mean; a value of another facet speaks for itself.
_FACET_LABELS: dict[str, Mapping[str, str]] = {
    "family": meanings.FAMILIES,
    "coverage": meanings.COVERAGE,
    "betos": meanings.BETOS,
    "type_of_service": meanings.TYPES_OF_SERVICE,
}


def facet_values(facet: str, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return the values of a facet with their counts and meanings, most frequent first."""
    labels = _FACET_LABELS.get(facet, {})
    return [{"value": value, "label": labels.get(value, value), "count": count} for value, count in counts.items()]


def fact_rows(official: dict[str, Any]) -> list[FactRow]:
    """Return the rows for the facts that a record has."""
    return [FactRow(title, _values(name, official[name])) for name, title in _FACTS.items() if name in official]


def headings() -> list[str]:
    """Return the headings of all facts in their order."""
    return list(_FACTS.values())


def heading(fact: str) -> str:
    """Return the heading of a fact."""
    return _FACTS[fact]


def long_date(value: str) -> str:
    """Return an ISO date as a person in the United States writes it: January 1, 2001."""
    date = datetime.date.fromisoformat(value)
    return f"{date:%B} {date.day}, {date.year}"


def _values(name: str, value: Any) -> list[tuple[str | None, str, bool]]:
    if name in _DATES:
        return [(None, long_date(value), False)]
    if isinstance(value, list):
        return [each for single in value for each in _values(name, single)]
    if isinstance(value, dict):
        return [(value["value"], value["meaning"] or "not defined in the record layout", False)]
    return [(None, str(value), name == "cross_references")]
