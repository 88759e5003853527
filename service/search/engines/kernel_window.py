"""The part of the kernel that adds up a window of records: what each leaf counts there, and which terms they hold.

See `service.search.engines.kernels`. A *window* is (first record, end); ``inside`` says how many of its records are
admitted; ``rows`` are its sums, counts of terms, and best leaf of the slot at work, one value a record of the window.
"""

# numba compiles these functions; what it infers needs no annotations, and its decorators have none.
# mypy: disable-error-code="attr-defined, arg-type, assignment, misc"
# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator"

from __future__ import annotations

import numpy as np
from numba import njit

from indexer.compiled import bits
from service.search.engines.kernel_parts import credit_at, has_bit, lowest_bit, place_of
from service.search.engines.layouts import (
    FIRST_WORD,
    H_LEAF_AT,
    H_SLOT_AT,
    H_SLOTS,
    H_TERM_AT,
    H_TERMS,
    LEAF,
    NOTHING,
    SLOT,
    TERM,
    TOGETHER,
)

#: The bits of a posting that counts are made of: its first six fields, and whether it leads one.
_NAMES, _HEAD_PLACE = np.uint32(63), np.uint32(64)
_HEAD_SHIFT = np.uint32(bits.HEAD_BIT - 6)
_TERM_COUNTS = np.uint64((1 << 48) - 1)
#: A little word with more leaves than this is added up like the others, not looked up record by record.
_FEW_LEAVES = 16
#: How many places a look-up costs as much as: below, a leaf is searched for the records instead of read through.
_LOOK_UP = 8
#: Of a window with so many times fewer records, each is visited by itself.
_SPARSE = 6


def _count_of(flags):
    """Return what a posting adds to counts: 12 bits each for title, descriptor, short descriptor, naming; heads."""
    single = sum(((flags >> bits.NUMBERS[name]) & 1) << (12 * at) for at, name in enumerate(bits.SINGLE))
    naming = int(flags & bits.NAMING_BITS & 63 != 0)
    return single | naming << 36 | (flags >> 6) << 48


#: For each value of these bits.
_COUNTS = np.array([_count_of(flags) for flags in range(128)], np.uint64)


@njit(inline="always")
def _take(place, row, leaf, weight, index, arena, rows, alone):
    """Take one place of a leaf into account. ``leaf`` is kind, form, two factors and role.

    A leaf that is alone in its slot adds to the sums; of several the best one is kept in ``best``.
    """
    kind, form, typed, other, role = leaf
    sums, held, best = rows
    credit = credit_at(kind, form, typed, other, place, index, arena)
    if alone:
        sums[row] += weight * credit
    elif credit > best[row]:
        best[row] = credit
    if role != NOTHING:
        held[row] = with_term(held[row], index[2][place], role)


@njit
def _read_leaf(docs, leaf, weight, cursor, last, window, index, arena, admitted, rows, alone):
    """Read one leaf through to the end of a window; return where the next window begins in it."""
    begin, end = window
    while cursor < last:
        doc = np.int64(docs[cursor])
        if doc >= end:
            break
        if has_bit(admitted, doc):
            _take(cursor, doc - begin, leaf, weight, index, arena, rows, alone)
        cursor += 1
    return cursor


@njit(inline="always")
def with_term(counts, flag, role):
    """Add a posting to the counts of a record: terms by single field, in any naming field, and heads.

    Heads are bits that later terms only set again, so that no carry can reach them.
    """
    more = _COUNTS[(flag & _NAMES) | ((flag >> _HEAD_SHIFT) & _HEAD_PLACE)]
    heads = more >> np.uint64(48) << np.uint64(48 if role == FIRST_WORD else 52)
    return (counts + (more & _TERM_COUNTS)) | heads


@njit
def _search_leaf(docs, leaf, weight, cursor, last, window, index, arena, admitted, rows, alone):
    """Do the same as `_read_leaf` by looking up each admitted record; for leaves much longer than these are many."""
    begin, end = window
    for word in range(begin >> 6, (end + 63) >> 6):
        left = admitted[word]
        while left != 0:
            doc = np.int64((np.uint64(word) << np.uint64(6)) + lowest_bit(left))
            left &= left - np.uint64(1)
            cursor = place_of(docs, cursor, last, doc)
            if cursor == last:
                return cursor
            if np.int64(docs[cursor]) == doc:
                _take(cursor, doc - begin, leaf, weight, index, arena, rows, alone)
    return cursor


@njit
def _clear(values, admitted, window, inside):
    """Set the values of the admitted records of a window to 0, one by one where they are few."""
    begin, end = window
    if inside * _SPARSE > end - begin:
        for row in range(end - begin):
            values[row] = 0
        return
    for word in range(begin >> 6, (end + 63) >> 6):
        left = admitted[word]
        while left != 0:
            values[np.int64((np.uint64(word) << np.uint64(6)) + lowest_bit(left)) - begin] = 0
            left &= left - np.uint64(1)


@njit
def _add_best(weight, best, into, admitted, window, inside):
    begin, end = window
    if inside * _SPARSE > end - begin:
        for row in range(end - begin):
            into[row] += weight * best[row]
        return
    for word in range(begin >> 6, (end + 63) >> 6):
        left = admitted[word]
        while left != 0:
            row = np.int64((np.uint64(word) << np.uint64(6)) + lowest_bit(left)) - begin
            into[row] += weight * best[row]
            left &= left - np.uint64(1)


@njit
def add_window(plan, weights, count, window, inside, index, arena, admitted, rows, tail, cursors):
    """Add up the slots of a window that a record needs, and the last where it is a little word with many leaves."""
    sums, held, best = rows
    begin, end = window
    size = end - begin
    _clear(sums, admitted, window, inside)
    _clear(held, admitted, window, inside)
    leaf = plan[H_LEAF_AT]
    for number in range(plan[H_SLOTS]):
        slot = plan[H_SLOT_AT] + SLOT * number
        leaves, last_little = plan[slot], is_tail(plan, number)
        alone = leaves == 1
        if plan[slot + 1] != 0 or last_little:
            if not alone:
                _clear(best, admitted, window, inside)
            for each in range(leaves):
                at = leaf + LEAF * each
                which = (at - plan[H_LEAF_AT]) // LEAF
                pair, last = plan[H_SLOTS] + 2 * which, plan[at + 2]
                this = (plan[at], np.uint32(plan[at + 3]), weights[pair], weights[pair + 1], plan[at + 4])
                docs = arena[0] if plan[at] == TOGETHER else index[0]
                cursor = place_of(docs, cursors[which], last, begin)
                weight = weights[number]
                # About so many of the places that are left lie in this window.
                if (last - cursor) * size > inside * _LOOK_UP * (count - begin):
                    cursor = _search_leaf(docs, this, weight, cursor, last, window, index, arena, admitted, rows, alone)
                else:
                    cursor = _read_leaf(docs, this, weight, cursor, last, window, index, arena, admitted, rows, alone)
                cursors[which] = cursor
            if not alone:
                if last_little:
                    _clear(tail, admitted, window, inside)
                _add_best(weights[number], best, tail if last_little else sums, admitted, window, inside)
        leaf += LEAF * leaves


@njit(inline="always")
def is_tail(plan, number):
    slot = plan[H_SLOT_AT] + SLOT * number
    return number == plan[H_SLOTS] - 1 and plan[slot + 1] == 0 and plan[slot] > _FEW_LEAVES


@njit
def count_extra_terms(plan, window, index, admitted, held, cursors):
    """Count the terms that no leaf counts: those that stand in groups only."""
    begin, end = window
    for number in range(plan[H_TERMS]):
        term = plan[H_TERM_AT] + TERM * number
        if plan[term + 2] == NOTHING:
            continue
        cursor = place_of(index[0], cursors[number], plan[term + 1], begin)
        while cursor < plan[term + 1]:
            doc = np.int64(index[0][cursor])
            if doc >= end:
                break
            if has_bit(admitted, doc):
                held[doc - begin] = with_term(held[doc - begin], index[2][cursor], plan[term + 2])
            cursor += 1
        cursors[number] = cursor
