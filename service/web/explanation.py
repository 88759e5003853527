"""Why a hit is where it is, in words and as bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.search.model import Match, Part, Tier

#: How a record came to match, as the end of "It is here because …".
_TIERS = {
    Tier.EXACT_CODE: "you typed its code",
    Tier.REPLACEMENT: "the record of the code you typed, which has ended, refers to it",
    Tier.CODE_PREFIX: "its code begins with what you typed",
    Tier.EXACT_NAME: "what you typed is one of its names",
    Tier.ALL_WORDS: "it has every word, or something that stands for it",
    Tier.SOME_WORDS: "it has some of the words",
    Tier.FUZZY: "it was found with corrected words",
    Tier.NEIGHBOR: "its code stands next to the one you typed",
    Tier.BROWSE: "it meets the filters; there were no words to rank by",
}
_PARTS = {
    "adjacency": "Words side by side",
    "head": "First word of its name",
    "coverage": "Share of its name",
    "section": "Section you ask about",
}
#: A part of the score is shown in points of this many.
_POINTS = 100.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One part of a score: what it is about, its points, and how long its bar is in percent of the longest."""

    label: str
    points: float
    percent: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a hit matches, its points among the hits that match for the same reason (0 to 100), and their parts."""

    reason: str
    points: float
    bars: list[Bar]


def explanation(match: Match) -> Explanation:
    """Return why ``match`` is where it is; its parts must have been asked for."""
    parts = [part for part in match.parts if part.name != "tier"]
    longest = max((part.value for part in parts), default=1.0) or 1.0
    bars = [Bar(_label(part), _points(part.value), round(100 * part.value / longest, 1)) for part in parts]
    bars.sort(key=lambda bar: -bar.points)
    return Explanation(_TIERS[match.tier], _points(_sum(parts)), bars)


def _label(part: Part) -> str:
    return f"Word “{part.word}”" if part.word else _PARTS.get(part.name, part.name.replace("_", " ").capitalize())


def _sum(parts: Sequence[Part]) -> float:
    return sum(part.value for part in parts)


def _points(value: float) -> float:
    return round(value * _POINTS, 1)
