"""Search answers as plain values, ready for JSON: what `SearchResponse` dumps, several times faster.

The schema stays the one description of an answer; a test holds the two equal.
"""

from __future__ import annotations

from typing import Any

from service.search.model import Hit, SearchResult, Tier
from service.web.facts import facet_values

_TIER_KEYS = {tier: tier.key for tier in Tier}
_SHOWN = ("code", "code_system", "kind", "family", "title", "descriptor", "has_document")


def answer(result: SearchResult, cursor: str | None) -> dict[str, Any]:
    """Return the answer to a search."""
    return {
        "query": result.query,
        "corrected": result.corrected,
        "total": result.total,
        "partial": result.partial,
        "took_ms": result.took_ms,
        "snapshot": result.snapshot,
        "notes": result.notes,
        "corrections": [{"typed": each.typed, "searched": each.searched} for each in result.corrections],
        "readings": [{"word": each.word, "meanings": each.meanings} for each in result.readings],
        "facets": {name: facet_values(name, counts) for name, counts in result.facets.items()},
        "cursor": cursor,
        "hits": [hit(each) for each in result.hits],
    }


def hit(found: Hit) -> dict[str, Any]:
    """Return one hit."""
    match, passage = found.match, found.section
    shown = {name: found.record[name] for name in _SHOWN}
    shown["status"] = "active" if match.active else "terminated"
    shown["score"] = match.score
    shown["match"] = _TIER_KEYS[match.tier]
    shown["matched_fields"] = found.evidence.fields
    shown["highlights"] = found.highlights
    shown["section"] = passage and {"key": passage.key, "heading": passage.heading, "snippet": passage.snippet}
    shown["explanation"] = [
        {"part": each.name, "word": each.word, "value": round(each.value, 6)} for each in match.parts
    ] or None
    return shown
