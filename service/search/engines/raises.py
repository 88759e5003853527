"""Which records a query lifts to a tier of their own, by code, by name, by what replaced a code."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from indexer.analysis.vocabulary import ONE_WAY_WEIGHT
from indexer.compiled.reader import TermIndex
from service.search.engines.plan import Plan
from service.search.model import Tier
from service.search.query.expand import Alternative
from service.search.query.parser import Query

#: How many codes before and after one that does not exist are shown for it.
_NEIGHBORS = 3

RecordOf = Callable[[int], Mapping[str, Any]]


def add_raises(
    plan: Plan, query: Query, alternatives: Sequence[Alternative], index: TermIndex, record_of: RecordOf
) -> None:
    """Add to ``plan`` the runs of records that ``query`` lifts; ``record_of`` gives a record by its number."""
    plan.raises.extend(raises(query, alternatives, index, record_of))


def raises(
    query: Query, alternatives: Sequence[Alternative], index: TermIndex, record_of: RecordOf
) -> list[tuple[int, int, int]]:
    """Return the runs of records that ``query`` lifts, each with its tier."""
    found = [
        (number, number + 1, int(Tier.EXACT_NAME))
        for name in _names(query, alternatives)
        for number in index.named(name)
    ]
    if query.code_prefix:
        begun = index.codes.beginning(query.code_prefix)
        found.append((begun.start, begun.stop, Tier.CODE_PREFIX))
    for code in query.codes:
        number = index.codes.find(code)
        if number >= 0:
            found.append((number, number + 1, Tier.EXACT_CODE))
        if query.whole_code:
            others = _neighbors(code, index) if number < 0 else _replacements(record_of(number), index)
            tier = Tier.NEIGHBOR if number < 0 else Tier.REPLACEMENT
            found.extend((each, each + 1, tier) for each in others)
    return found


def _names(query: Query, alternatives: Sequence[Alternative]) -> dict[str, None]:
    required = {at for at, slot in enumerate(query.slots) if slot.required}
    names = [query.name] if query.name else []
    # What the whole query stands for is as good a name as the query itself, unless it is only a guess.
    names += [
        " ".join(each.terms)
        for each in alternatives
        if each.weight >= ONE_WAY_WEIGHT and len(each.slots) >= len(required) and required <= set(each.slots)
    ]
    return dict.fromkeys(names)


def _replacements(record: Mapping[str, Any], index: TermIndex) -> Iterator[int]:
    """Behind a code that has ended come the codes that its record refers to."""
    if record["ends"] and record["official"]:
        for other in record["official"].get("cross_references", ()):
            at = index.codes.find(other)
            if at >= 0:
                yield at


def _neighbors(code: str, index: TermIndex) -> list[int]:
    """Return the records on either side of the place of ``code`` that have its first letter and length."""
    codes = index.codes
    same = codes.beginning(code[0])
    at = codes.between("", code).stop
    before = (each for each in range(at - 1, same.start - 1, -1) if codes.length(each) == len(code))
    after = (each for each in range(at, same.stop) if codes.length(each) == len(code))
    return [each for side in (before, after) for _, each in zip(range(_NEIGHBORS), side, strict=False)]
