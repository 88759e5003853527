"""Records of official code lists, as importers give them and builds read them.

A *release* is one published file of one code system: ``2020`` for the annual HCPCS file of 2020,
``2024-04`` for the quarterly file of April 2024.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["procedure", "modifier"]

#: Four digits of the year, and for a quarterly file the two digits of its month.
RELEASE_LABEL = re.compile(r"(?:19|20)[0-9]{2}(?:-(?:0[1-9]|1[0-2]))?")


@dataclass(frozen=True, slots=True)
class OfficialCode:
    """One procedure or modifier of one release.

    Dates are ISO strings (``2001-01-01``) or None. Repeated fields hold what the file holds, in its
    order, without empty places. Code values (``coverage="C"``) are kept as published; their meanings
    are in ``indexer.importers.hcpcs_meanings``.
    """

    code: str
    kind: Kind
    long_descriptor: str
    short_descriptor: str
    coverage: str | None = None
    pricing: tuple[str, ...] = ()
    multiple_pricing: str | None = None
    betos: str | None = None
    types_of_service: tuple[str, ...] = ()
    cross_references: tuple[str, ...] = ()
    action: str | None = None
    added: str | None = None
    effective: str | None = None
    terminated: str | None = None
    processing_note: str | None = None
    coverage_manual: tuple[str, ...] = ()
    carriers_manual: tuple[str, ...] = ()
    statute: str | None = None
    lab_certifications: tuple[str, ...] = ()
    asc_group: str | None = None
    asc_effective: str | None = None
    outpatient_group: str | None = None
    outpatient_policy: str | None = None
    outpatient_effective: str | None = None
    anesthesia_units: int | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """All codes of one release, in the order of the file, and the file that they came from.

    ``sha256`` is that of the file the user named (the zip, where it was a zip).
    """

    system: str
    label: str
    source: str
    sha256: str
    codes: tuple[OfficialCode, ...]
