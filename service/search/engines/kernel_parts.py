"""The parts of the kernel that read posting lists: which records a leaf finds, what it counts there, what is near.

See `service.search.engines.kernels`, which puts them together. A *leaf*, *term* or *chain* is the place in the plan
where one begins. ``index`` is the postings (records, impacts, bits); ``arena`` the records that hold groups of terms
together (records, what the group counts there, whether all of it in core fields). A *bitset* has one bit a record.
"""

# numba compiles these functions; what it infers needs no annotations, and its decorators have none.
# mypy: disable-error-code="attr-defined, arg-type, assignment, misc"
# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator"

from __future__ import annotations

import math

import numpy as np
from numba import njit, types
from numba.extending import intrinsic

from indexer.compiled import bits
from service.search import ranking
from service.search.engines.layouts import (
    H_CHAIN_AT,
    H_CHAINS,
    H_LEAF_AT,
    H_SLOTS,
    H_TERM_AT,
    LEAF,
    LIST,
    PREFIX,
    TERM,
    TOGETHER,
)

_NAMING = np.uint32(bits.NAMING_BITS)
_PREFIX_CREDIT = ranking.PREFIX_CREDIT
_NEAR = ranking.NEAR
_FIELD_SHIFT = bits.FIELD_SHIFT


@intrinsic
def bit_count(_context, word):
    """Return how many bits of a 64-bit word are set."""

    def generate(_context, builder, _signature, arguments):
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


@intrinsic
def lowest_bit(_context, word):
    """Return the place of the lowest bit of a 64-bit word that is set."""

    def generate(context, builder, _signature, arguments):
        return builder.cttz(arguments[0], context.get_constant(types.boolean, False))

    return types.uint64(types.uint64), generate


@njit(inline="always")
def place_of(docs, start, end, doc):
    """Return the first place among ascending ``docs[start:end]`` whose record is not before ``doc``, or ``end``."""
    low, high = start, end
    while low < high:
        middle = (low + high) >> 1
        if np.int64(docs[middle]) < doc:
            low = middle + 1
        else:
            high = middle
    return low


@njit(inline="always")
def idf(count, containing):
    """Return `ranking.inverse_document_frequency`."""
    return math.log(1.0 + (count - containing + 0.5) / (containing + 0.5))


@njit(inline="always")
def has_bit(bitset, doc):
    """Say whether a record is in a bitset."""
    return (bitset[doc >> 6] >> np.uint64(doc & 63)) & np.uint64(1) != 0


@njit(inline="always")
def _set_bit(bitset, doc, value):
    bitset[doc >> 6] |= value << np.uint64(doc & 63)


@njit
def gather(plan, leaf, weight, index, arena, used):
    """Write down the records that hold all terms of a TOGETHER leaf; return how much of the arena is used then.

    The leaf is changed to name its part of the arena; -1 where the arena is too small.
    """
    docs, impacts, _ = index
    found, values, cores = arena
    first, last, begin = plan[leaf + 1], plan[leaf + 2], used
    rarest, fewest = plan[H_TERM_AT], np.int64(1 << 62)
    for each in range(first, last):
        term = plan[H_TERM_AT] + TERM * plan[each]
        if plan[term + 1] - plan[term] < fewest:
            rarest, fewest = term, plan[term + 1] - plan[term]
    for at in range(plan[rarest], plan[rarest + 1]):
        doc, total, core, whole = np.int64(docs[at]), 0.0, True, True
        for each in range(first, last):
            term = plan[H_TERM_AT] + TERM * plan[each]
            place = place_of(docs, plan[term], plan[term + 1], doc)
            if place == plan[term + 1] or np.int64(docs[place]) != doc:
                whole = False
                break
            impact = np.float64(impacts[place])
            total += abs(impact)
            core = core and impact > 0.0
        if whole:
            if used == len(found):
                return np.int64(-1)
            found[used], values[used], cores[used] = np.uint32(doc), total / (last - first) * weight, np.uint8(core)
            used += 1
    plan[leaf + 1], plan[leaf + 2] = begin, used
    return used


@njit
def mark_leaf(plan, leaf, index, arena, dense, found, core, words):
    """Add the records that a leaf finds to two bitsets: all of them, and those where it stands in a core field.

    Of frequent terms the index holds both bitsets, one behind the other.
    """
    if plan[leaf + 5] >= 0:
        at = 2 * words * plan[leaf + 5]
        for word in range(words):
            found[word] |= dense[at + word]
            core[word] |= dense[at + words + word]
        return
    docs, impacts, flags = index
    form, one = np.uint32(plan[leaf + 3]), np.uint64(1)
    if plan[leaf] == LIST:
        for at in range(plan[leaf + 1], plan[leaf + 2]):
            _set_bit(found, docs[at], one)
            _set_bit(core, docs[at], np.uint64(impacts[at] > 0.0))
    elif plan[leaf] == PREFIX:
        for at in range(plan[leaf + 1], plan[leaf + 2]):
            held = np.uint64(form == 0 or flags[at] & form != 0)
            _set_bit(found, docs[at], held)
            _set_bit(core, docs[at], held)
    elif plan[leaf] == TOGETHER:
        for at in range(plan[leaf + 1], plan[leaf + 2]):
            _set_bit(found, arena[0][at], one)
            _set_bit(core, arena[0][at], np.uint64(arena[2][at]))


@njit(inline="always")
def credit_at(kind, form, typed, other, at, index, arena):
    """Return what a leaf counts at one of its places; 0 for a posting of which a completion is no form."""
    if kind == LIST:
        factor = typed if index[2][at] & form else other
        return abs(np.float64(index[1][at])) * factor
    if kind == PREFIX:
        return _PREFIX_CREDIT if form == 0 or index[2][at] & form else 0.0
    return arena[1][at]


@njit
def credit_of(plan, leaf, leaves, weights, doc, index, arena):
    """Return what the best of several leaves counts in one record; 0 where none finds it."""
    best = 0.0
    for number in range(leaves):
        at = leaf + LEAF * number
        docs = arena[0] if plan[at] == TOGETHER else index[0]
        place = place_of(docs, plan[at + 1], plan[at + 2], doc)
        if place < plan[at + 2] and np.int64(docs[place]) == doc:
            pair = plan[H_SLOTS] + 2 * ((at - plan[H_LEAF_AT]) // LEAF)
            form = np.uint32(plan[at + 3])
            best = max(best, credit_at(plan[at], form, weights[pair], weights[pair + 1], place, index, arena))
    return best


@njit
def adjacency(plan, doc, docs, first_of, position_start, packed):
    """Return the largest share of neighbours among the chains of the query that are neighbours in a record."""
    best, chain = 0.0, plan[H_CHAIN_AT]
    for _ in range(plan[H_CHAINS]):
        length = plan[chain]
        share = 0.0
        for at in range(chain + 1, chain + length):
            one, two = plan[H_TERM_AT] + TERM * plan[at], plan[H_TERM_AT] + TERM * plan[at + 1]
            share += _pair(plan, one, two, doc, docs, first_of, position_start, packed)
        if length > 1 and share / (length - 1) > best:
            best = share / (length - 1)
        chain += length + 1
    return best


@njit
def _pair(plan, one, two, doc, docs, first_of, position_start, packed):
    """Return 1 where the second term follows the first in a naming field, half where it is otherwise near."""
    left, right = place_of(docs, plan[one], plan[one + 1], doc), place_of(docs, plan[two], plan[two + 1], doc)
    if left == plan[one + 1] or np.int64(docs[left]) != doc or right == plan[two + 1] or np.int64(docs[right]) != doc:
        return 0.0
    at, at_end = _positions(plan, one, left, first_of, position_start)
    begin, end = _positions(plan, two, right, first_of, position_start)
    near = 0.0
    while at < at_end:
        position = np.int64(packed[at])
        if (_NAMING >> np.uint32(position >> _FIELD_SHIFT)) & 1:
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
