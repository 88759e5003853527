"""Official facts of a code as they are stored and shown: each value with its meaning."""

from __future__ import annotations

from typing import Any

from indexer.history import CodeHistory
from indexer.importers import hcpcs_meanings as meanings
from indexer.official import OfficialCode


def official_facts(history: CodeHistory) -> dict[str, Any]:
    """Return the facts of the newest record as JSON values; places that the file leaves blank are left out.

    A coded value is ``{"value": "C", "meaning": "..."}``; the meaning is None where the layout defines none.
    """
    record = history.latest
    facts: dict[str, Any] = {"release": history.release, "listed": history.listed}
    facts |= {
        "coverage": _coded(meanings.COVERAGE, record.coverage),
        "pricing": _coded_all(meanings.PRICING, record.pricing),
        "multiple_pricing": _coded(meanings.MULTIPLE_PRICING, record.multiple_pricing),
        "betos": _coded(meanings.BETOS, record.betos),
        "types_of_service": _coded_all(meanings.TYPES_OF_SERVICE, record.types_of_service),
        "cross_references": list(record.cross_references),
        "action": _coded(meanings.ACTIONS, record.action),
        "added": record.added,
        "effective": record.effective,
        "terminated": record.terminated,
        "lab_certifications": _coded_all(meanings.LAB_CERTIFICATIONS, record.lab_certifications),
        **_references(record),
    }
    return {name: value for name, value in facts.items() if value not in (None, [], {})}


def _references(record: OfficialCode) -> dict[str, Any]:
    return {
        "statute": record.statute,
        "coverage_manual": list(record.coverage_manual),
        "carriers_manual": list(record.carriers_manual),
        "processing_note": record.processing_note,
        "asc_group": record.asc_group,
        "asc_effective": record.asc_effective,
        "outpatient_group": record.outpatient_group,
        "outpatient_policy": _coded(meanings.OUTPATIENT_POLICY, record.outpatient_policy),
        "outpatient_effective": record.outpatient_effective,
        # The file holds 0 for every code that is no anesthesia service.
        "anesthesia_units": record.anesthesia_units or None,
    }


def _coded(table: dict[str, str], value: str | None) -> dict[str, str | None] | None:
    return None if value is None else {"value": value, "meaning": meanings.meaning(table, value)}


def _coded_all(table: dict[str, str], values: tuple[str, ...]) -> list[dict[str, str | None]]:
    return [{"value": value, "meaning": meanings.meaning(table, value)} for value in values]
