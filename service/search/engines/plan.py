"""What a query comes to on one index: posting lists with their factors, slot by slot. Both evaluators read plans.

A *slot* is a word of the query. Its *leaves* are what may stand for it: the postings of its stem, completions of the
word being typed, single terms and groups of terms. What a record gets for a slot is what its best leaf counts there.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import chain, repeat
from typing import NamedTuple

from service.search import ranking
from service.search.engines.layouts import (
    FIRST_WORD,
    HEADER,
    LEAF,
    NOTHING,
    OTHER_WORD,
    RAISE,
    SLOT,
    TERM,
    TOGETHER,
)
from service.search.engines.lexicon import Leaf, Lexicon, Term
from service.search.query.expand import Alternative
from service.search.query.parser import SHORTEST_PREFIX, Query

#: Neighbouring words are looked for in the query itself and in a few of its readings, and not in a whole essay.
_MOST_CHAINS = 6
_LONGEST_CHAIN = 10
_LAZY_FROM = 20_000
_HEAD_SIZE = len(HEADER)


class PlannedSlot(NamedTuple):
    """One word: whether a record needs it, what it weighs beside its rarity, and what may stand for it.

    ``places``: of each leaf that is one term its place in the terms of the plan, else -1; completions have none.
    """

    word: str
    required: bool
    factor: float
    leaves: list[Leaf]
    places: list[int]


class Plan(NamedTuple):
    """A query on one index.

    ``terms`` are its distinct stems, ``roles`` what each is for; ``together`` holds the places in ``terms`` of groups,
    ``chains`` those of terms whose neighbourhood counts; ``completions`` are numbers of words; ``raises`` are runs of
    records (first, end) with the tier that they are lifted to. ``single`` are the places of terms that stand for a word
    by themselves, ``groups`` those of terms that do so together.
    """

    slots: list[PlannedSlot]
    terms: list[Term]
    roles: list[int]
    together: list[int]
    chains: list[list[int]]
    completions: tuple[int, ...]
    raises: list[tuple[int, int, int]]
    single: set[int]
    groups: list[list[int]]


def make_plan(query: Query, alternatives: Sequence[Alternative], lexicon: Lexicon) -> Plan:
    """Look up everything that ``query`` and its ``alternatives`` name."""
    terms = _Terms(lexicon)
    required = [slot.term for slot in query.slots if slot.required]
    for at, text in enumerate(required):
        terms.add(text, OTHER_WORD if at else FIRST_WORD)
    together: list[int] = []
    groups: list[list[int]] = []
    leaves = [[lexicon.own(slot.word, slot.term)] for slot in query.slots]
    places = [[terms.add(slot.term, NOTHING)] for slot in query.slots]
    for each in alternatives:
        leaf, place = _alternative(each, terms, together, lexicon)
        if place < 0:
            groups.append(together[leaf.start : leaf.end])
        for at in each.slots:
            leaves[at].append(leaf)
            places[at].append(place)
    completions = _completions(query, leaves, lexicon)
    slots = [
        PlannedSlot(slot.word, slot.required, 1.0 if slot.required else ranking.LIGHT_FACTOR, some, where)
        for slot, some, where in zip(query.slots, leaves, places, strict=True)
    ]
    chains = [required, *(_replaced(query, each) for each in alternatives[: _MOST_CHAINS - 1])]
    # All of them were named before.
    numbered = [[terms.places[text] for text in _apart(each)] for each in chains if len(each) > 1]
    chained = [one for one in numbered if len(one) > 1]
    single = {place for some in places for place in some if place >= 0}
    return Plan(slots, terms.found, terms.roles, together, chained, completions, [], single, groups)


def _completions(query: Query, leaves: Sequence[list[Leaf]], lexicon: Lexicon) -> tuple[int, ...]:
    """Add to the leaves of each word that is a beginning those of the words that begin so; return these words."""
    found: tuple[int, ...] = ()
    if query.beginnings:
        for slot, own in zip(query.slots[:-1], leaves, strict=False):
            if len(slot.word) >= SHORTEST_PREFIX:
                found += _completed(slot.word, slot.term, own, lexicon)
    if query.prefix:
        found += _completed(query.prefix, query.terms[-1], leaves[-1], lexicon)
    return found


def _completed(beginning: str, term: str, leaves: list[Leaf], lexicon: Lexicon) -> tuple[int, ...]:
    words = lexicon.completions(beginning, term)
    leaves += map(lexicon.completion, words)
    return words


class _Terms:
    """The distinct terms of a plan, in the order in which they are named."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.found: list[Term] = []
        self.roles: list[int] = []
        self.places: dict[str, int] = {}
        self._lexicon = lexicon

    def add(self, text: str, role: int) -> int:
        """Return the place of a term, added with this role if it is new."""
        place = self.places.get(text)
        if place is None:
            place = self.places[text] = len(self.found)
            self.found.append(self._lexicon.term(text))
            self.roles.append(role)
        return place


def _alternative(each: Alternative, terms: _Terms, together: list[int], lexicon: Lexicon) -> tuple[Leaf, int]:
    """Return the leaf of an alternative, and the place of its term where it is a single one."""
    if len(each.terms) == 1:
        text = each.terms[0]
        return lexicon.standing(text, each.weight), terms.add(text, OTHER_WORD)
    places = [terms.add(text, OTHER_WORD) for text in each.terms]
    together += places
    return Leaf(TOGETHER, len(together) - len(places), len(together), 0, each.weight, each.weight), -1


def _replaced(query: Query, alternative: Alternative) -> list[str]:
    """The required terms of the query with those of an alternative in their place."""
    first, covered = alternative.slots[0], alternative.slots
    others = [(at, slot.term) for at, slot in enumerate(query.slots) if slot.required and at not in covered]
    before = [term for at, term in others if at < first]
    return [*before, *alternative.terms, *(term for at, term in others if at > first)]


def _apart(texts: Sequence[str]) -> list[str]:
    """Return at most ten terms, none beside itself."""
    return [text for at, text in enumerate(texts) if not at or texts[at - 1] != text][:_LONGEST_CHAIN]


def packed(plan: Plan, asked: Sequence[int]) -> tuple[array[int], array[float]]:
    """Return a plan as the kernel reads it: numbers and weights; ``asked`` are the values of `HEADER` from ``limit`` to
    ``deadline``.
    """
    leaf_at = _HEAD_SIZE + SLOT * len(plan.slots)
    term_at = leaf_at + LEAF * sum([len(slot.leaves) for slot in plan.slots])
    together_at = term_at + TERM * len(plan.terms)
    raise_at = together_at + len(plan.together)
    roles = list(plan.roles)
    lazy = len(plan.slots) == 1 and _counts_lazily(plan.slots[0].leaves)
    body, weights = _packed_leaves(plan, together_at, roles, lazy=lazy)
    for (_, number, start, end, _, _), role in zip(plan.terms, roles, strict=True):
        body += (start, end, role, number)
    body += plan.together
    body += chain.from_iterable(plan.raises)
    for one in plan.chains:
        body.append(len(one))
        body += one
    header = (
        len(plan.slots), len(plan.terms), len(plan.raises), len(plan.chains), *asked, lazy, _HEAD_SIZE, leaf_at,
        term_at, raise_at, raise_at + RAISE * len(plan.raises),
    )  # fmt: skip
    return array("q", [*header, *body]), array("d", weights)


def _counts_lazily(leaves: Sequence[Leaf]) -> bool:
    """Say whether terms are counted only for records that could reach the page: a list by itself, or a long one."""
    return len(leaves) == 1 or leaves[0].end - leaves[0].start > _LAZY_FROM


def _packed_leaves(plan: Plan, together_at: int, roles: list[int], *, lazy: bool) -> tuple[list[int], list[float]]:
    """Return slots and leaves as numbers, and the weights of both; behind them the most that each slot can count.

    Coverage counts a term once: with the first leaf of a needed word that is this term, which takes over its role.
    """
    body = [value for slot in plan.slots for value in (len(slot.leaves), slot.required)]
    weights = [slot.factor for slot in plan.slots]
    for slot in plan.slots:
        # Completions have no place.
        for (kind, start, end, form, typed, other, dense, _), place in zip(slot.leaves, chain(slot.places, repeat(-1))):  # noqa: B905
            if kind == TOGETHER:
                body += (kind, start + together_at, end + together_at, 0, NOTHING, -1)
            elif place >= 0 and slot.required and not lazy:
                body += (kind, start, end, form, roles[place], dense)
                roles[place] = NOTHING
            else:
                body += (kind, start, end, form, NOTHING, dense)
            weights += (typed, other)
    weights += [max([leaf.most for leaf in slot.leaves]) for slot in plan.slots]
    return body, weights
