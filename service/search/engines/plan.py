"""What a query comes to on one index: posting lists with their factors, slot by slot. Both evaluators read plans.

A *slot* is a word of the query. Its *leaves* are what may stand for it: the postings of its stem, completions of the
word being typed, single terms and groups of terms. What a record gets for a slot is what its best leaf counts there.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import chain
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
from service.search.engines.lexicon import Completed, Leaf, Lexicon, Term
from service.search.query.expand import Alternative, Places
from service.search.query.parser import SHORTEST_PREFIX, Query

#: Neighbouring words are looked for in the query itself and in a few of its readings, and not in a whole essay.
MOST_CHAINS = 6
LONGEST_CHAIN = 10
LAZY_FROM = 20_000
_HEAD_SIZE = len(HEADER)
_NOT_COMPLETED = Completed()


class PlannedSlot(NamedTuple):
    """One word: whether a record needs it, what it weighs beside its rarity, and what may stand for it.

    ``places``: of each leaf that is one term its place in the terms of the plan, else -1. The leaves of words that
    complete it come last, and have none; they are ``completed``.
    """

    word: str
    required: bool
    factor: float
    leaves: list[Leaf]
    places: list[int]
    completed: Completed


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
    terms, own, standing = _Terms(lexicon), lexicon.own, lexicon.standing
    required = [slot.term for slot in query.slots if slot.required]
    for at, text in enumerate(required):
        terms.add(text, OTHER_WORD if at else FIRST_WORD)
    together: list[int] = []
    groups: list[list[int]] = []
    slots = [
        PlannedSlot(
            word,
            needed,
            1.0 if needed else ranking.LIGHT_FACTOR,
            [own(word, text)],
            [terms.add(text, NOTHING)],
            lexicon.completed(word, text) if query.beginnings and len(word) >= SHORTEST_PREFIX else _NOT_COMPLETED,
        )
        for word, text, needed in query.slots
    ]
    if slots:
        # The last word is a beginning only where it may still be typed.
        ending = lexicon.completed(query.prefix, query.terms[-1]) if query.prefix else _NOT_COMPLETED
        slots[-1] = slots[-1]._replace(completed=ending)
    single = {slot.places[0] for slot in slots}
    readings: list[tuple[Places, list[int]]] = []
    for covered, texts, weight, _ in alternatives:
        if len(texts) == 1:
            leaf, place = standing(texts[0], weight), terms.add(texts[0], OTHER_WORD)
            group = [place]
            single.add(place)
        else:
            group = [terms.add(text, OTHER_WORD) for text in texts]
            leaf, place = Leaf(TOGETHER, len(together), len(together) + len(group), 0, weight, weight), -1
            together += group
            groups.append(group)
        readings.append((covered, group))
        for at in covered:
            slots[at].leaves.append(leaf)
            slots[at].places.append(place)
    completions = tuple([word for slot in slots for word in slot.completed.words])
    for slot in slots if completions else ():
        slot.leaves.extend(slot.completed.leaves)
    chains = _chains(slots, readings[: MOST_CHAINS - 1])
    return Plan(slots, terms.found, terms.roles, together, chains, completions, [], single, groups)


def _chains(slots: Sequence[PlannedSlot], readings: Sequence[tuple[Places, list[int]]]) -> list[list[int]]:
    """Return the places of terms whose neighbourhood counts: those of the needed words, and of a few of their readings,
    in which other terms stand in the place of some words.
    """
    needed = [(at, slot.places[0]) for at, slot in enumerate(slots) if slot.required]
    chains = [[place for _, place in needed]]
    for covered, group in readings:
        first = covered[0]
        before = [place for at, place in needed if at < first]
        behind = [place for at, place in needed if at > first and at not in covered]
        chains.append([*before, *group, *behind])
    return [one for one in map(_apart, chains) if len(one) > 1]


def _apart(places: list[int]) -> list[int]:
    """Return at most ten terms, none beside itself."""
    if len(set(places)) == len(places):
        return places[:LONGEST_CHAIN]
    return [place for at, place in enumerate(places) if not at or places[at - 1] != place][:LONGEST_CHAIN]


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
        len(plan.slots), len(plan.terms), len(plan.raises), len(plan.chains), *asked, lazy, _counted_neighbours(plan),
        _HEAD_SIZE, leaf_at, term_at, raise_at, raise_at + RAISE * len(plan.raises),
    )  # fmt: skip
    return array("q", [*header, *body]), array("d", weights)


def _counted_neighbours(plan: Plan) -> int:
    """Return how many of two neighbours are counted for coverage; a little word that stands in a reading is not."""
    if NOTHING not in plan.roles:
        return 2
    uncounted = {place for one in plan.chains for place in one if plan.roles[place] == NOTHING}
    return max(2 - len(uncounted), 0)


def _counts_lazily(leaves: Sequence[Leaf]) -> bool:
    """Say whether terms are counted only for records that could reach the page: a list by itself, or a long one."""
    return len(leaves) == 1 or leaves[0].end - leaves[0].start > LAZY_FROM


def _packed_leaves(plan: Plan, together_at: int, roles: list[int], *, lazy: bool) -> tuple[list[int], list[float]]:
    """Return slots and leaves as numbers, and the weights of both; behind them the most that each slot can count.

    Coverage counts a term once: with the first leaf of a needed word that is this term, which takes over its role.
    """
    body = [value for slot in plan.slots for value in (len(slot.leaves), slot.required)]
    weights = [slot.factor for slot in plan.slots]
    for slot in plan.slots:
        for (kind, start, end, form, typed, other, dense, _), place in zip(slot.leaves, slot.places):  # noqa: B905
            if kind == TOGETHER:
                body += (kind, start + together_at, end + together_at, 0, NOTHING, -1)
            elif place >= 0 and slot.required and not lazy:
                body += (kind, start, end, form, roles[place], dense)
                roles[place] = NOTHING
            else:
                body += (kind, start, end, form, NOTHING, dense)
            weights += (typed, other)
        body += slot.completed.numbers
        weights += slot.completed.weights
    weights += [max([leaf.most for leaf in slot.leaves]) for slot in plan.slots]
    return body, weights
