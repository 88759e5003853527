"""Search answers ready for JSON: what `SearchResponse` dumps, many times faster. Hits are JSON already.

The schema stays the one description of an answer; a test holds the two equal.
"""

from __future__ import annotations

from typing import Any

import orjson

from service.search.model import Hit, Part, SearchResult, Tier
from service.web.facts import facet_values

_TIER_KEYS = {tier: tier.key.encode() for tier in Tier}
_STATUS = {True: b"active", False: b"terminated"}
#: The first key of a card that is not shown of a hit; inside of a text its quotes would be escaped.
_UNSHOWN = b',"short_descriptor":'
_HIT = b'%b,"status":"%b","score":%b,"match":"%b",%b,"explanation":%b}'


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
        "hits": orjson.Fragment(b"[%b]" % hits(result)),
    }


def hits(result: SearchResult) -> bytes:
    """Return all hits as JSON, with commas between."""
    return b",".join(map(hit, result.hits)) if result.ready is None else result.ready.hits


def hit(found: Hit) -> bytes:
    """Return one hit as JSON: what is shown of its card, how it matches, why, and what its score is made of."""
    match = found.match
    shown = found.card[: found.card.index(_UNSHOWN)]
    explanation = b"null"
    if match.parts:
        explanation = orjson.dumps([_part(each) for each in match.parts])
    score, tier = orjson.dumps(match.score), _TIER_KEYS[match.tier]
    return _HIT % (shown, _STATUS[match.active], score, tier, found.why, explanation)


def _part(part: Part) -> dict[str, Any]:
    return {"part": part.name, "word": part.word, "value": round(part.value, 6)}
