"""By which addresses the world knows a code system and the set of all its codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from corpus.codes import CDT, CPT, HCPCS, ICD10PCS

#: The address of a set of all codes of a system, as FHIR makes it from that of the system.
_ALL_CODES = "?fhir_vs"
_LONGEST_VERSION = 40


@dataclass(frozen=True, slots=True)
class System:
    """A code system: its name in `corpus.codes`, the id, address, name and title of its resource, its OID.

    ``aliases`` are other addresses that are understood; ``value_sets`` those of the set of all its codes, the one that
    answers use first.
    """

    system: str
    id: str
    url: str
    name: str
    title: str
    publisher: str
    oid: str
    aliases: tuple[str, ...] = ()
    value_sets: tuple[str, ...] = ()

    @property
    def value_set(self) -> str:
        """The address of the set of all codes."""
        return self.value_sets[0] if self.value_sets else self.url + _ALL_CODES


#: Addresses as registered with HL7 Terminology (terminology.hl7.org).
SYSTEMS: tuple[System, ...] = (
    System(
        HCPCS.name,
        "hcpcs",
        "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
        "HCPCSLevelII",
        "Healthcare Common Procedure Coding System (HCPCS) Level II",
        "Centers for Medicare & Medicaid Services",
        "2.16.840.1.113883.6.285",
        (
            "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
            "http://terminology.hl7.org/CodeSystem/hcpcs-Level-II",
            "http://clinicaltables.nlm.nih.gov/fhir/CodeSystem/hcpcs",
            "https://clinicaltables.nlm.nih.gov/fhir/CodeSystem/hcpcs",
        ),
        (
            "http://terminology.hl7.org/ValueSet/v3-HealthCareCommonProcedureCodingSystem",
            "urn:oid:2.16.840.1.113883.1.11.19394",
            "http://clinicaltables.nlm.nih.gov/fhir/R4/ValueSet/hcpcs",
            "https://clinicaltables.nlm.nih.gov/fhir/R4/ValueSet/hcpcs",
        ),
    ),
    System(
        CPT.name,
        "cpt",
        "http://www.ama-assn.org/go/cpt",
        "CPT",
        "Current Procedural Terminology (CPT)",
        "American Medical Association",
        "2.16.840.1.113883.6.12",
    ),
    System(
        CDT.name,
        "cdt",
        "http://www.ada.org/cdt",
        "CDT",
        "Code on Dental Procedures and Nomenclature",
        "American Dental Association",
        "2.16.840.1.113883.6.13",
    ),
    System(
        ICD10PCS.name,
        "icd-10-pcs",
        "http://www.cms.gov/Medicare/Coding/ICD10",
        "ICD10PCS",
        "ICD-10 Procedure Codes",
        "Centers for Medicare & Medicaid Services",
        "2.16.840.1.113883.6.4",
    ),
)

_BY_NAME = {each.system: each for each in SYSTEMS}


class Canonical(NamedTuple):
    """What an address names: a code system, and the version behind its bar or None."""

    system: System
    version: str | None


def named(system: str) -> System:
    """Return the identity of a code system of `corpus.codes`."""
    return _BY_NAME[system]


def addresses(system: System) -> tuple[str, ...]:
    """Return every address that names ``system``."""
    return (system.url, f"urn:oid:{system.oid}", *system.aliases)


def value_set_addresses(system: System) -> tuple[str, ...]:
    """Return every address that names the set of all codes of ``system``."""
    return (*system.value_sets, *(address + _ALL_CODES for address in addresses(system)))


_SYSTEMS = {address: system for system in SYSTEMS for address in addresses(system)}
_VALUE_SETS = {address: system for system in SYSTEMS for address in value_set_addresses(system)}


def split(canonical: str) -> tuple[str, str | None]:
    """Return an address and the version behind its bar, None without one."""
    address, _, version = canonical.partition("|")
    return address, version[: _LONGEST_VERSION + 1] or None


def system_at(canonical: str) -> Canonical | None:
    """Return the code system that ``canonical``, perhaps with a version, names; None where it is not known."""
    address, version = split(canonical)
    found = _SYSTEMS.get(address)
    return Canonical(found, version) if found else None


def value_set_at(canonical: str) -> Canonical | None:
    """Return the code system whose codes the value set ``canonical`` holds; None where it is not known."""
    address, version = split(canonical)
    found = _VALUE_SETS.get(address)
    return Canonical(found, version) if found else None
