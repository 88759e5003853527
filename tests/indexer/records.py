"""Small official records for tests; every descriptor is invented."""

from __future__ import annotations

from indexer.official import OfficialCode, Release


def code(name: str = "A0001", long: str = "Invented supply, each", **facts: object) -> OfficialCode:
    """One official code; ``facts`` are fields of OfficialCode."""
    kind = "modifier" if len(name) == 2 else "procedure"
    values: dict[str, object] = {"short_descriptor": long[:28], "coverage": "C", "added": "2001-01-01"} | facts
    return OfficialCode(name, kind, long, **values)  # type: ignore[arg-type]


def release(label: str, *codes: OfficialCode) -> Release:
    """One release of HCPCS codes."""
    ordered = tuple(sorted(codes, key=lambda each: each.code))
    return Release("HCPCS", label, f"invented-{label}.zip", "0" * 64, ordered)
