"""Prints docs/reference.md from the code: python -m docs.reference > docs/reference.md."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from indexer import impacts
from indexer.analysis import vocabulary
from indexer.command_group import EXIT_CODES
from indexer.schema import FIELDS
from service.config import SETTINGS
from service.search import ranking
from service.search.model import Match, Tier
from service.search.query import expand
from service.web.errors import ERROR_CODES
from service.web.explanation import explanation

_START = """# Reference

Printed from the code by `python -m docs.reference > docs/reference.md`; a test holds it equal. More on each is in
[operations](operations.md), [HTTP API](http-api.md), [command line](command-line.md) and [ranking](ranking.md).
"""
_PART = "how much of the fraction this part decides"
_CONSTANTS = (
    ("BM25F `K1`", impacts.K1, "saturation"),
    ("BM25F `B`", impacts.B, "length normalisation"),
    *((f"part `{name}`", weight, _PART) for name, weight in ranking.WEIGHTS.items()),
    ("other form", ranking.STEM_FACTOR, "another form of a word, against the one typed"),
    ("beginning", ranking.PREFIX_CREDIT, "the word being typed, where only its beginning matches"),
    ("small word", ranking.LIGHT_FACTOR, "a word that a record need not have"),
    ("two-way synonym", vocabulary.TWO_WAY_WEIGHT, "what a match by `=` counts"),
    ("one-way synonym", vocabulary.ONE_WAY_WEIGHT, "what a match by `=>` counts"),
    ("ambiguous abbreviation", vocabulary.AMBIGUOUS_WEIGHT, "one of several readings"),
    ("joined words", expand.JOINED_WEIGHT, "two words of the query written together"),
    ("split word", expand.SPLIT_WEIGHT, "one word of the query written apart"),
    ("scattered phrase", expand.SCATTERED_FACTOR, "a phrase whose words stand apart in the query"),
    ("other head", ranking.OTHER_HEAD, "another word of the query leads the name, not its first"),
    ("near", ranking.NEAR, "neighbours in the other order, or with a word between"),
    ("ended", ranking.TERMINATED_FACTOR, "the fraction of a code that is no longer in use"),
    ("modifier", ranking.MODIFIER_FACTOR, "the fraction of a modifier"),
)


def page() -> str:
    """Return the page."""
    exits = re.findall(r"^  (\d)  (.*)$", EXIT_CODES, re.MULTILINE)
    sections = (
        _table("Settings", ("variable", "default", "meaning"), map(_setting, SETTINGS)),
        _table("Error codes", ("code", "status", "meaning"), ((f"`{c}`", s, m) for c, (s, m) in ERROR_CODES.items())),
        _table("Exit codes", ("code", "meaning"), exits),
        _table("Fields", ("field", "kind", "weight", "shown as"), map(_field, FIELDS)),
        _table("Tiers", ("match", "tier", "a record is there because"), map(_tier, sorted(Tier, reverse=True))),
        _table("Constants of ranking", ("name", "value", "meaning"), _CONSTANTS),
    )
    return _START + "".join("\n" + "\n".join(section) + "\n" for section in sections)


def _table(heading: str, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    titles = list(columns)
    yield f"## {heading}\n"
    for cells in (titles, ["---"] * len(titles), *rows):
        yield f"| {' | '.join(map(str, cells))} |"


def _setting(setting):
    default = "none" if setting.default in ((), None) else setting.default
    if isinstance(default, tuple):
        default = ",".join(default)
    return f"`{setting.variable}`", f"`{default}`", setting.help


def _field(field):
    return f"`{field.name}`", field.kind, field.weight, field.label


def _tier(tier):
    match = Match(number=0, tier=tier, score=float(tier), active=True)
    return f"`{tier.key}`", int(tier), explanation(match).reason


if __name__ == "__main__":
    print(page(), end="")
