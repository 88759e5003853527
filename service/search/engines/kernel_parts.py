"""The parts of the kernel that read posting lists: what leaves give to records, and which words are neighbours.

See `service.search.engines.kernels`, which puts them together. A *leaf*, *term* or *chain* is the place in the plan
where one begins; ``index`` is the postings (records, impacts, bits).
"""

# numba compiles these functions; what it infers needs no annotations, and its decorators have none.
# mypy: disable-error-code="attr-defined, arg-type, no-untyped-def, no-untyped-call, misc, untyped-decorator"

from __future__ import annotations

import math

import numpy as np
from numba import njit

from indexer.compiled import bits
from service.search import ranking
from service.search.engines.layouts import HEADER, LIST, PREFIX, TOGETHER

_NAMING = np.uint32(bits.NAMING_BITS)
_PREFIX_CREDIT = ranking.PREFIX_CREDIT
_NEAR = ranking.NEAR
_SLOTS, _LEAF_AT, _TERM_AT, _CHAINS, _CHAIN_AT = (
    HEADER.index(name) for name in ("slots", "leaf_at", "term_at", "chains", "chain_at")
)


@njit(inline="always")
def _place(docs, start, end, doc):
    """Return the place of ``doc`` among ascending ``docs[start:end]``, or -1."""
    low, high = start, end
    while low < high:
        middle = (low + high) >> 1
        if np.int64(docs[middle]) < doc:
            low = middle + 1
        else:
            high = middle
    if low < end and np.int64(docs[low]) == doc:
        return low
    return -1


@njit(inline="always")
def idf(count, containing):
    return math.log(1.0 + (count - containing + 0.5) / (containing + 0.5))


@njit(inline="always")
def _give(doc, credit, core, sign, stamp, best, held, found, size):
    """Note what a leaf counts in a record for the slot whose sign is ``sign``; return how many records have any."""
    if np.int64(stamp[doc]) != sign:
        stamp[doc] = np.uint32(sign)
        best[doc] = credit
        held[doc] = core
        found[size] = np.uint32(doc)
        return size + 1
    if credit > best[doc]:
        best[doc] = credit
    held[doc] |= core
    return size


@njit
def _give_list(plan, weights, leaf, index, slot, size):
    """One posting list: a word's stem, or what one word may stand for."""
    docs, impacts, flags = index
    sign, stamp, best, held, found = slot
    form = np.uint32(plan[leaf + 3])
    typed, other = weights[0], weights[1]
    for at in range(plan[leaf + 1], plan[leaf + 2]):
        impact = np.float64(impacts[at])
        factor = typed if flags[at] & form else other
        core = np.uint8(impact > 0.0)
        size = _give(np.int64(docs[at]), abs(impact) * factor, core, sign, stamp, best, held, found, size)
    return size


@njit
def _give_prefix(plan, leaf, index, slot, size):
    """One word that what was typed may be the beginning of."""
    docs, _, flags = index
    sign, stamp, best, held, found = slot
    form = np.uint32(plan[leaf + 3])
    for at in range(plan[leaf + 1], plan[leaf + 2]):
        if form == 0 or flags[at] & form:
            size = _give(np.int64(docs[at]), _PREFIX_CREDIT, np.uint8(1), sign, stamp, best, held, found, size)
    return size


@njit
def _give_together(plan, weights, leaf, terms, index, slot, size):
    """Several terms that stand for a phrase: only records that hold all of them count."""
    docs, impacts, _ = index
    sign, stamp, best, held, found = slot
    first, last = plan[leaf + 1], plan[leaf + 2]
    rarest, fewest = terms, np.int64(1 << 62)
    for each in range(first, last):
        term = terms + 4 * plan[each]
        if plan[term + 1] - plan[term] < fewest:
            rarest, fewest = term, plan[term + 1] - plan[term]
    for at in range(plan[rarest], plan[rarest + 1]):
        doc, total, core, whole = np.int64(docs[at]), 0.0, np.uint8(1), True
        for each in range(first, last):
            term = terms + 4 * plan[each]
            place = _place(docs, plan[term], plan[term + 1], doc)
            if place < 0:
                whole = False
                break
            impact = np.float64(impacts[place])
            total += abs(impact)
            core &= np.uint8(impact > 0.0)
        if whole:
            credit = total / (last - first) * weights[0]
            size = _give(doc, credit, core, sign, stamp, best, held, found, size)
    return size


@njit
def give_slot(plan, weights, slot_at, leaf, terms, index, slot):
    """Give every record what the best leaf of one slot counts there; return how many records have any."""
    size = np.int64(0)
    for number in range(plan[slot_at]):
        at = leaf + 4 * number
        # Factors of slots come first, then a pair for each leaf.
        pair = weights[plan[_SLOTS] + ((at - plan[_LEAF_AT]) >> 1) :]
        if plan[at] == LIST:
            size = _give_list(plan, pair, at, index, slot, size)
        elif plan[at] == PREFIX:
            size = _give_prefix(plan, at, index, slot, size)
        elif plan[at] == TOGETHER:
            size = _give_together(plan, pair, at, terms, index, slot, size)
    return size


@njit
def adjacency(plan, doc, docs, first_of, position_start, packed):
    """Return the largest share of neighbours among the chains of the query that are neighbours in a record."""
    best, chain = 0.0, plan[_CHAIN_AT]
    for _ in range(plan[_CHAINS]):
        length = plan[chain]
        share = 0.0
        for at in range(chain + 1, chain + length):
            one, two = plan[_TERM_AT] + 4 * plan[at], plan[_TERM_AT] + 4 * plan[at + 1]
            share += _pair(plan, one, two, doc, docs, first_of, position_start, packed)
        if length > 1 and share / (length - 1) > best:
            best = share / (length - 1)
        chain += length + 1
    return best


@njit
def _pair(plan, one, two, doc, docs, first_of, position_start, packed):
    """Return 1 where the second term follows the first in a naming field, half where it is otherwise near."""
    left, right = _place(docs, plan[one], plan[one + 1], doc), _place(docs, plan[two], plan[two + 1], doc)
    if left < 0 or right < 0:
        return 0.0
    at, at_end = _positions(plan, one, left, first_of, position_start)
    begin, end = _positions(plan, two, right, first_of, position_start)
    near = 0.0
    while at < at_end:
        position = np.int64(packed[at])
        if (_NAMING >> np.uint32(position >> 16)) & 1:
            for other in range(begin, end):
                distance = np.int64(packed[other]) - position
                if distance == 1:
                    return 1.0
                if distance == 2 or distance == -1:
                    near = _NEAR
        at += 1
    return near


@njit(inline="always")
def _positions(plan, term, place, first_of, position_start):
    """Return where the positions of posting ``place`` of a term begin and end."""
    number = plan[term + 3]
    base = first_of[number]
    start = base + np.int64(position_start[place])
    if place + 1 < plan[term + 1]:
        return start, base + np.int64(position_start[place + 1])
    return start, first_of[number + 1]
