"""The part of the kernel that decides which records come first: features, bounds, and the order of results.

See `service.search.engines.kernels`. Results are ``out`` (records, tiers, fractions, in use), best first; ``kept`` says
how many there are. A record is passed over as soon as a bound of its fraction tells that it cannot be among them.
"""

# numba compiles these functions; what it infers needs no annotations, and its decorators have none.
# mypy: disable-error-code="attr-defined, arg-type, assignment, misc"
# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator"

from __future__ import annotations

import numpy as np
from numba import njit

from service.search import ranking
from service.search.engines.kernel_parts import adjacency, bit_count, credit_of, has_bit, lowest_bit, place_of
from service.search.engines.kernel_window import is_tail, with_term
from service.search.engines.layouts import (
    ADMITTED,
    CANDIDATES,
    COMPLETE,
    FOUND,
    H_CHAINS,
    H_EVERYTHING,
    H_LAZY,
    H_LEAF_AT,
    H_LIMIT,
    H_NEIGHBOURS,
    H_RAISE_AT,
    H_RAISES,
    H_SECTION_BIT,
    H_SLOT_AT,
    H_SLOTS,
    H_TERM_AT,
    H_TERMS,
    LEAF,
    NOTHING,
    RAISE,
    RAISED,
    SLOT,
    TERM,
    TOGETHER,
)
from service.search.model import Tier

_SOME, _ALL = int(Tier.SOME_WORDS), int(Tier.ALL_WORDS)
_ADJACENCY, _HEADED, _COVERAGE, _SECTION = (
    ranking.share(name) for name in ("adjacency", "head", "coverage", "section")
)
_OTHER_HEAD = float(np.float32(ranking.OTHER_HEAD))
#: Rounding of sums must not let a bound fall below what it bounds.
_ABOVE = 1.0 + 1e-12


@njit(inline="always")
def _part(held, shift, share):
    return np.float64((held >> np.uint64(shift)) & np.uint64(0xFFF)) * np.float64(share)


@njit
def _features(doc, held, shares, sections, section_bit):
    """Return what a record gets beside its words, but for neighbours."""
    cover = max(
        _part(held, 0, shares[4 * doc]), _part(held, 12, shares[4 * doc + 1]), _part(held, 24, shares[4 * doc + 2])
    )
    head = 0.0
    if held >> np.uint64(48) & np.uint64(0xF):
        head = 1.0
    elif held >> np.uint64(52) & np.uint64(0xF):
        head = _OTHER_HEAD
    gained = head * _HEADED + min(cover, 1.0) * _COVERAGE
    if section_bit >= 0:
        gained += np.float64((sections[doc] >> np.uint16(section_bit)) & np.uint16(1)) * _SECTION
    return gained


@njit
def _little_words(plan, weights, doc, total, tail, index, arena):
    """Add what the words that a record need not have count there."""
    leaf = plan[H_LEAF_AT]
    for number in range(plan[H_SLOTS]):
        slot = plan[H_SLOT_AT] + SLOT * number
        if plan[slot + 1] == 0:
            if is_tail(plan, number):
                total += tail
            else:
                total += weights[number] * credit_of(plan, leaf, plan[slot], weights, doc, index, arena)
        leaf += LEAF * plan[slot]
    return total


@njit(inline="always")
def _before(tier, fraction, active, doc, out, at):
    """Say whether a record ranks before result ``at``: tier, fraction, in use first, then the order of codes."""
    docs, tiers, fractions, actives = out
    if tier != np.int64(tiers[at]):
        return tier > np.int64(tiers[at])
    if fraction != fractions[at]:
        return fraction > fractions[at]
    if active != np.int64(actives[at]):
        return active > np.int64(actives[at])
    return doc < np.int64(docs[at])


@njit(inline="always")
def _put(place, doc, tier, fraction, in_use, out):
    docs, tiers, fractions, actives = out
    docs[place], tiers[place] = np.uint32(doc), np.uint8(tier)
    fractions[place], actives[place] = fraction, np.uint8(in_use)


@njit
def _insert(place, limit, doc, tier, fraction, in_use, out):
    """Put a record in its place among the best so far, of which there are ``place``; return how many there are then."""
    docs, tiers, fractions, actives = out
    if place == limit:
        place -= 1
    kept = place + 1
    while place > 0 and _before(tier, fraction, in_use, doc, out, place - 1):
        docs[place], tiers[place] = docs[place - 1], tiers[place - 1]
        fractions[place], actives[place] = fractions[place - 1], actives[place - 1]
        place -= 1
    _put(place, doc, tier, fraction, in_use, out)
    return kept


@njit(inline="always")
def _raised_to(plan, doc):
    tier = np.int64(0)
    for at in range(plan[H_RAISE_AT], plan[H_RAISE_AT] + RAISE * plan[H_RAISES], RAISE):
        if plan[at] <= doc < plan[at + 1]:
            tier = max(tier, plan[at + 2])
    return tier


@njit
def _look_up_terms(plan, doc, index):
    """Count the terms of the query in one record: what the leaves count window by window where they are short."""
    held = np.uint64(0)
    for term in range(plan[H_TERM_AT], plan[H_TERM_AT] + TERM * plan[H_TERMS], TERM):
        if plan[term + 2] != NOTHING:
            place = place_of(index[0], plan[term], plan[term + 1], doc)
            if place < plan[term + 1] and np.int64(index[0][place]) == doc:
                held = with_term(held, index[2][place], plan[term + 2])
    return held


@njit
def _grouped_terms(plan):
    """Return how many terms stand in groups; a record may hold one of them and still not have the slot."""
    terms = np.int64(0)
    for leaf in range(plan[H_LEAF_AT], plan[H_TERM_AT], LEAF):
        if plan[leaf] == TOGETHER:
            terms += plan[H_TERMS]
    return terms


@njit(inline="always")
def _most_cover(plan, word, bit, share, groups, bitsets):
    """Return a bound of the coverage of one record: it holds no more terms than its slots have leaves."""
    terms = groups
    for number in range(plan[H_SLOTS]):
        slot = plan[H_SLOT_AT] + SLOT * number
        if plan[slot + 1] != 0 and bitsets[number][word] & bit != 0:
            terms += plan[slot]
    return min(np.float64(terms) * np.float64(share), 1.0)


@njit(inline="always")
def _needed(kept, scale, light, most_features, out):
    """Return the sum below which no record can take the place of the weakest result, if its tier is no stronger."""
    return (out[2][kept - 1] / _ABOVE - most_features) / scale - light if scale > 0.0 else -np.inf


@njit
def _dispensable(plan, weights, needed):
    """Return, as bits, needed slots all of which together are worth less than ``needed``, the lightest first.

    A record without any other slot cannot reach that sum (MaxScore: Turtle and Flood, "Query evaluation: strategies and
    optimizations", 1995).
    """
    chosen, total = np.uint64(0), 0.0
    # What each slot can count at most stands behind the weights of slots and leaves.
    bounds = plan[H_SLOTS] + 2 * ((plan[H_TERM_AT] - plan[H_LEAF_AT]) // LEAF)
    while True:
        lightest, least = np.int64(-1), np.inf
        for number in range(plan[H_SLOTS]):
            free = (chosen >> np.uint64(number)) & np.uint64(1) == 0
            most = weights[number] * weights[bounds + number]
            if free and plan[plan[H_SLOT_AT] + SLOT * number + 1] != 0 and most < least:
                lightest, least = np.int64(number), most
        if lightest < 0 or (total + least) * _ABOVE >= needed:
            return chosen
        total += least
        chosen |= np.uint64(1) << np.uint64(lightest)


@njit
def choose(plan, weights, scale, light, window, bitsets, out, kept):
    """Fill `CANDIDATES` with the records of a window that can still reach the page; return how many they are."""
    admitted, candidates = bitsets[ADMITTED], bitsets[CANDIDATES]
    full = plan[H_EVERYTHING] == 0 and kept == plan[H_LIMIT]
    weakest, passed_over = np.int64(0), np.uint64(0)
    if full:
        weakest = np.int64(out[1][kept - 1])
        if weakest == _SOME:
            passed_over = _dispensable(plan, weights, _needed(kept, scale, light, _most_features(plan), out))
    inside = np.int64(0)
    for word in range(window[0] >> 6, (window[1] + 63) >> 6):
        left = admitted[word]
        if weakest > _ALL:
            left &= bitsets[RAISED][word]
        elif weakest == _ALL:
            left &= bitsets[RAISED][word] | bitsets[COMPLETE][word]
        elif passed_over != 0 and left != 0:
            left &= bitsets[RAISED][word] | bitsets[COMPLETE][word] | _other_slots(plan, passed_over, word, bitsets)
        candidates[word] = left
        inside += np.int64(bit_count(left))
    return inside


@njit(inline="always")
def _other_slots(plan, passed_over, word, bitsets):
    """Return the records of a word that have a needed slot beside some."""
    found = np.uint64(0)
    for number in range(plan[H_SLOTS]):
        if plan[plan[H_SLOT_AT] + SLOT * number + 1] != 0 and (passed_over >> np.uint64(number)) & np.uint64(1) == 0:
            found |= bitsets[number][word]
    return found


@njit(inline="always")
def _most_features(plan):
    """Return the most that a record can get beside its words."""
    near = _ADJACENCY if plan[H_CHAINS] > 0 else 0.0
    section = _SECTION if plan[H_SECTION_BIT] >= 0 else 0.0
    return _HEADED + _COVERAGE + near + section


@njit(inline="always")
def _worth_a_look(left, raises, completes, weakest):
    """Return which records of a word can come before a result whose tier is ``weakest``."""
    if weakest > _ALL:
        return left & raises
    if weakest == _ALL:
        return left & (raises | completes)
    return left


@njit
def select(  # noqa: C901
    plan, weights, scale, light, window, index, arena, described, bitsets, rows, tail, placed, out, kept
):
    """Put the records of a window among the best so far; return how many these are then."""
    shares, sections, factors, active = described
    sums, held, _ = rows
    begin, end = window
    limit, everything, lazy = plan[H_LIMIT], plan[H_EVERYTHING] != 0, plan[H_LAZY] != 0
    near, neighbours = _ADJACENCY if plan[H_CHAINS] > 0 else 0.0, np.uint64(plan[H_NEIGHBOURS])
    section = _SECTION if plan[H_SECTION_BIT] >= 0 else 0.0
    most_features, groups = _most_features(plan), _grouped_terms(plan)
    full, needed, weakest = False, -np.inf, np.int64(0)
    for word in range(begin >> 6, (end + 63) >> 6):
        if not everything and kept == limit:
            full, weakest = True, np.int64(out[1][kept - 1])
            needed = _needed(kept, scale, light, most_features, out)
        completes, raises, finds = bitsets[COMPLETE][word], bitsets[RAISED][word], bitsets[FOUND][word]
        left = _worth_a_look(bitsets[CANDIDATES][word], raises, completes, weakest)
        while left != 0:
            lowest = lowest_bit(left)
            bit = np.uint64(1) << lowest
            left ^= bit
            doc = np.int64((np.uint64(word) << np.uint64(6)) + lowest)
            row = doc - begin
            whole, raised, some = completes & bit != 0, raises & bit != 0, finds & bit != 0
            if full and sums[row] < needed and not raised and (weakest >= _ALL or not whole):
                continue
            tier = np.int64(_ALL if whole else _SOME) if some else np.int64(0)
            if raised:
                tier = max(tier, _raised_to(plan, doc))
            in_use, fraction = np.int64(active[doc]), 0.0
            if some and lazy and full:
                cover = _most_cover(plan, word, bit, shares[4 * doc + 3], groups, bitsets)
                most = ((sums[row] + light) * scale + _HEADED + cover * _COVERAGE + section + near) * factors[doc]
                if not _before(tier, most * _ABOVE, in_use, doc, out, kept - 1):
                    continue
            if some:
                counts = _look_up_terms(plan, doc, index) if lazy else held[row]
                gained = _features(doc, counts, shares, sections, plan[H_SECTION_BIT])
                most = ((sums[row] + light) * scale + gained + near) * factors[doc] * _ABOVE
                if full and not _before(tier, most, in_use, doc, out, kept - 1):
                    continue
                total = sums[row]
                if light > 0.0:
                    total = _little_words(plan, weights, doc, total, tail[row], index, arena)
                fraction = total * scale + gained
                if near > 0.0 and (counts >> np.uint64(36)) & np.uint64(0xFFF) >= neighbours:
                    fraction += adjacency(plan, doc, index[0], *placed) * _ADJACENCY
                fraction *= factors[doc]
            if everything:
                _put(kept, doc, tier, fraction, in_use, out)
                kept += 1
            elif not full or _before(tier, fraction, in_use, doc, out, kept - 1):
                kept = _insert(kept, limit, doc, tier, fraction, in_use, out)
                if kept == limit:
                    full, weakest = True, np.int64(out[1][kept - 1])
                    needed = _needed(kept, scale, light, most_features, out)
    return kept


@njit
def rank_list(plan, weights, scale, index, described, bitsets, out, kept):
    """Rank the records of the only list of a plan, but for those raised above; return how many results there are.

    Nothing has to be added up here, so most records are passed over after one comparison.
    """
    docs, impacts, flags = index
    shares, sections, factors, active = described
    leaf, limit = plan[H_LEAF_AT], plan[H_LIMIT]
    form, role = np.uint32(plan[leaf + 3]), plan[plan[H_TERM_AT] + 2]
    section = _SECTION if plan[H_SECTION_BIT] >= 0 else 0.0
    full, needed, weakest = False, -np.inf, np.int64(0)
    if kept == limit:
        full, weakest = True, np.int64(out[1][kept - 1])
        needed = _needed(kept, scale, 0.0, _HEADED + _COVERAGE + section, out)
    for at in range(plan[leaf + 1], plan[leaf + 2]):
        impact = np.float64(impacts[at])
        tier = np.int64(_ALL if impact > 0.0 else _SOME)
        total = weights[0] * (abs(impact) * (weights[1] if flags[at] & form else weights[2]))
        if full and (tier < weakest or (tier == weakest and total < needed)):
            continue
        doc = np.int64(docs[at])
        if not has_bit(bitsets[ADMITTED], doc) or has_bit(bitsets[RAISED], doc):
            continue
        counts = with_term(np.uint64(0), flags[at], role) if role != NOTHING else np.uint64(0)
        fraction = total * scale + _features(doc, counts, shares, sections, plan[H_SECTION_BIT])
        fraction *= factors[doc]
        if not full or _before(tier, fraction, np.int64(active[doc]), doc, out, kept - 1):
            kept = _insert(kept, limit, doc, tier, fraction, np.int64(active[doc]), out)
            if kept == limit:
                full, weakest = True, np.int64(out[1][kept - 1])
                needed = _needed(kept, scale, 0.0, _HEADED + _COVERAGE + section, out)
    return kept
