"""The inner loops of ranking, compiled ahead of time by `service.search.engines.native`.

Plain Python that numba understands; `service.search.engines.reference` says the same in numpy, and tests hold the two
to equal scores in equal order. The kernel allocates nothing and raises nothing: it reads the mapped arrays of the
index, a *plan* of the query (see `service.search.engines.plan`) and scratch arrays.

First every slot becomes a bitset of the records that have it. They tell how many records match at all, and which have
all words: if these fill the page, no other record is scored, since a weaker tier cannot come before them. Then records
are ranked a window at a time: every leaf adds up its postings of the window, and each record that could still reach the
page gets what costs more to find out (little words, neighbours).
"""

# numba compiles these functions; what it infers needs no annotations, and its decorators have none.
# mypy: disable-error-code="attr-defined, arg-type, no-untyped-def, no-untyped-call, misc, untyped-decorator"

from __future__ import annotations

import numpy as np
from numba import carray, cfunc, njit, types

from service.search import ranking
from service.search.engines.kernel_memory import f32, f64, i64, is_late, u8, u16, u32, u64
from service.search.engines.kernel_parts import (
    bit_count,
    gather,
    idf,
    mark_leaf,
)
from service.search.engines.kernel_select import choose, rank_list, select
from service.search.engines.kernel_window import add_window, count_extra_terms
from service.search.engines.layouts import (
    ADMITTED,
    AT_ARENA_CORES,
    AT_ARENA_DOCS,
    AT_ARENA_SIZE,
    AT_ARENA_VALUES,
    AT_BEST,
    AT_BITS,
    AT_BITSETS,
    AT_COUNT,
    AT_CURSORS,
    AT_DENSE,
    AT_DOCS,
    AT_FIRST_POSITION,
    AT_HELD,
    AT_IMPACTS,
    AT_PACKED,
    AT_POSITION_STARTS,
    AT_POSTINGS,
    AT_SECTIONS,
    AT_SHARES,
    AT_SUMS,
    AT_TAIL,
    BITSETS,
    CANDIDATES,
    COMPLETE,
    FOUND,
    H_ACTIVE,
    H_DEADLINE,
    H_EVERYTHING,
    H_FACTORS,
    H_LAZY,
    H_LEAF_AT,
    H_LIMIT,
    H_MASK,
    H_RAISE_AT,
    H_RAISES,
    H_SLOT_AT,
    H_SLOTS,
    H_TERM_AT,
    H_TERMS,
    H_WITHIN,
    LEAF,
    LIST,
    MAX_CURSORS,
    RAISE,
    RAISED,
    RESULTS,
    RESULTS_KEPT,
    RESULTS_LATE,
    RESULTS_STRONGEST,
    SLOT,
    SLOT_CORE,
    TERM,
    TOGETHER,
    WINDOW,
)
from service.search.model import Tier

_SOME, _ALL = int(Tier.SOME_WORDS), int(Tier.ALL_WORDS)
_WORDS = ranking.share("words")


@njit
def _is_late(plan, clock):
    """Say whether the deadline has passed, and write it down. ``clock`` is the results and where the time is put."""
    results, scratch_at = clock
    if is_late(plan[H_DEADLINE], scratch_at):
        results[RESULTS_LATE] = 1
    return results[RESULTS_LATE] != 0


@njit
def _fits(plan):
    """Say whether there is a cursor for each leaf and term."""
    return plan[H_TERM_AT] - plan[H_LEAF_AT] <= LEAF * MAX_CURSORS and plan[H_TERMS] <= MAX_CURSORS


@njit
def _gather_groups(plan, weights, index, arena, clock):
    """Write down what every TOGETHER leaf finds; say whether there was room for it. A late one finds nothing."""
    used = np.int64(0)
    for leaf in range(plan[H_LEAF_AT], plan[H_TERM_AT], LEAF):
        if plan[leaf] == TOGETHER:
            if _is_late(plan, clock):
                plan[leaf + 1], plan[leaf + 2] = used, used
                continue
            weight = weights[plan[H_SLOTS] + 2 * ((leaf - plan[H_LEAF_AT]) // LEAF)]
            used = gather(plan, leaf, weight, index, arena, used)
            if used < 0:
                return False
    return True


@njit
def _mark_slots(plan, weights, count, index, arena, dense, bitsets, clock):
    """Make the bitsets of all slots; replace the factors of slots by their weights; return the sum of these.

    Leaves that come late are left out.
    """
    words = (count + 63) >> 6
    found, complete, core = bitsets[FOUND], bitsets[COMPLETE], bitsets[SLOT_CORE]
    found[:words] = np.uint64(0)
    complete[:words] = ~np.uint64(0)
    leaf, best, required = plan[H_LEAF_AT], 0.0, False
    for number in range(plan[H_SLOTS]):
        slot, leaves = bitsets[number], plan[plan[H_SLOT_AT] + SLOT * number]
        needed = plan[plan[H_SLOT_AT] + SLOT * number + 1] != 0
        required = required or needed
        alone = leaves == 1 and plan[leaf] == LIST
        containing = plan[leaf + 2] - plan[leaf + 1]
        if needed or not alone:
            slot[:words] = np.uint64(0)
            core[:words] = np.uint64(0)
            for each in range(leaves):
                if _is_late(plan, clock):
                    break
                mark_leaf(plan, leaf + LEAF * each, index, arena, dense, slot, core, words)
            containing = containing if alone else _size(slot, words)
        if needed:
            for word in range(words):
                found[word] |= slot[word]
                complete[word] &= core[word]
        weights[number] *= idf(count, containing)
        best += weights[number]
        leaf += LEAF * leaves
    if not required:
        complete[:words] = np.uint64(0)
    return best


@njit(inline="always")
def _size(bitset, words):
    size = np.int64(0)
    for word in range(words):
        size += np.int64(bit_count(bitset[word]))
    return size


@njit
def _admit(plan, count, bitsets):
    """Work out which records match and are admitted; return how many, how many have all words, the strongest tier."""
    words = (count + 63) >> 6
    found, complete, raised, admitted = bitsets[FOUND], bitsets[COMPLETE], bitsets[RAISED], bitsets[ADMITTED]
    mask, within = carray(u64(plan[H_MASK]), (words,)), carray(u64(plan[H_WITHIN]), (words,))
    raised[:words] = np.uint64(0)
    strongest, matching, whole = np.int64(0), np.int64(0), np.int64(0)
    for at in range(plan[H_RAISE_AT], plan[H_RAISE_AT] + RAISE * plan[H_RAISES], RAISE):
        for doc in range(plan[at], plan[at + 1]):
            raised[doc >> 6] |= np.uint64(1) << np.uint64(doc & 63)
            strongest = max(strongest, plan[at + 2])
    for word in range(words):
        if plan[H_WITHIN] != 0:
            found[word] &= within[word]
        complete[word] &= found[word]
        if found[word] != 0:
            strongest = max(strongest, np.int64(_ALL if complete[word] != 0 else _SOME))
        admitted[word] = found[word] | raised[word]
        if plan[H_MASK] != 0:
            admitted[word] &= mask[word]
        matching += np.int64(bit_count(admitted[word]))
        whole += np.int64(bit_count(admitted[word] & (complete[word] | raised[word])))
    return matching, whole, strongest


@njit
def _leave_some_out(plan, count, bitsets, whole):
    """Where records with all words, and those raised above them, fill the page, score no others."""
    weakest = np.int64(_ALL)
    for at in range(plan[H_RAISE_AT], plan[H_RAISE_AT] + RAISE * plan[H_RAISES], RAISE):
        weakest = min(weakest, plan[at + 2])
    if plan[H_EVERYTHING] == 0 and whole >= plan[H_LIMIT] and weakest >= _ALL:
        complete, raised, admitted = bitsets[COMPLETE], bitsets[RAISED], bitsets[ADMITTED]
        for word in range((count + 63) >> 6):
            admitted[word] &= complete[word] | raised[word]


@njit
def _begin_cursors(plan, cursors):
    for leaf in range(plan[H_LEAF_AT], plan[H_TERM_AT], LEAF):
        cursors[(leaf - plan[H_LEAF_AT]) // LEAF] = plan[leaf + 1]
    extra = cursors[MAX_CURSORS:]
    for number in range(plan[H_TERMS]):
        extra[number] = plan[plan[H_TERM_AT] + TERM * number]


@njit
def _little_weight(plan, weights):
    """Return what the words that a record need not have weigh together."""
    light = 0.0
    for number in range(plan[H_SLOTS]):
        if plan[plan[H_SLOT_AT] + SLOT * number + 1] == 0:
            light += weights[number]
    return light


@njit
def _exchange(bitsets, count):
    """Leave only raised records admitted; those that were admitted are put into the bitset of slots."""
    for word in range((count + 63) >> 6):
        bitsets[SLOT_CORE][word] = bitsets[ADMITTED][word]
        bitsets[ADMITTED][word] &= bitsets[RAISED][word]


@njit
def _rank_windows(
    plan, weights, count, best, index, arena, described, bitsets, rows, tail, placed, cursors, out, clock
):
    """Rank the admitted records, a window at a time, until it is late; return how many are in the results."""
    scale, kept = (_WORDS / best if best > 0.0 else 0.0), np.int64(0)
    light, admitted, candidates = _little_weight(plan, weights), bitsets[ADMITTED], bitsets[CANDIDATES]
    one_list = plan[H_SLOTS] == 1 and plan[plan[H_SLOT_AT]] == 1 and plan[H_EVERYTHING] == 0 and plan[H_LAZY] != 0
    if one_list:
        # Records that are raised are ranked like others, the rest of the list by itself.
        _exchange(bitsets, count)
    _begin_cursors(plan, cursors)
    extra = cursors[MAX_CURSORS:]
    for begin in range(0, count, WINDOW):
        if _is_late(plan, clock):
            break
        window = (begin, min(begin + WINDOW, count))
        inside = choose(plan, weights, scale, light, window, bitsets, out, kept)
        if inside > 0:
            add_window(plan, weights, count, window, inside, index, arena, candidates, rows, tail, cursors)
            if plan[H_LAZY] == 0:
                count_extra_terms(plan, window, index, candidates, rows[1], extra)
            kept = select(
                plan, weights, scale, light, window, index, arena, described, bitsets, rows, tail, placed, out, kept
            )
    if one_list:
        for word in range((count + 63) >> 6):
            admitted[word] = bitsets[SLOT_CORE][word]
        kept = rank_list(plan, weights, scale, index, described, bitsets, out, kept)
    return kept


@cfunc(types.int64(types.int64, types.int64, types.int64, types.int64), error_model="numpy")
def rank(table_at, plan_at, weights_at, results_at):
    """Rank one plan; return how many records match and are admitted, or -1 where scratch arrays are too small.

    The arguments are addresses: of the table of arrays (`ARRAYS`), of the plan and its weights (both are changed), and
    of the results (`RESULTS`, and room for two numbers). These hold the best ``limit`` records in order, or, where
    everything is asked for, all in the order of codes.
    """
    table = carray(i64(table_at), (64,))
    plan, weights = carray(i64(plan_at), (1 << 40,)), carray(f64(weights_at), (1 << 40,))
    results = carray(i64(results_at), (len(RESULTS),))
    results[RESULTS_LATE] = 0
    clock = (results, results_at + 8 * len(RESULTS))
    count, size = table[AT_COUNT], table[AT_POSTINGS]
    index = (
        carray(u32(table[AT_DOCS]), (size,)),
        carray(f32(table[AT_IMPACTS]), (size,)),
        carray(u32(table[AT_BITS]), (size,)),
    )
    placed = (
        carray(i64(table[AT_FIRST_POSITION]), (1 << 40,)),
        carray(u32(table[AT_POSITION_STARTS]), (size,)),
        carray(u32(table[AT_PACKED]), (1 << 40,)),
    )
    described = (
        carray(f32(table[AT_SHARES]), (4 * count,)),
        carray(u16(table[AT_SECTIONS]), (count,)),
        carray(f64(plan[H_FACTORS]), (count,)),
        carray(u8(plan[H_ACTIVE]), (count,)),
    )
    arena = (
        carray(u32(table[AT_ARENA_DOCS]), (table[AT_ARENA_SIZE],)),
        carray(f64(table[AT_ARENA_VALUES]), (table[AT_ARENA_SIZE],)),
        carray(u8(table[AT_ARENA_CORES]), (table[AT_ARENA_SIZE],)),
    )
    dense = carray(u64(table[AT_DENSE]), (1 << 40,))
    bitsets = carray(u64(table[AT_BITSETS]), (BITSETS, (count + 63) >> 6))
    rows = (
        carray(f64(table[AT_SUMS]), (WINDOW,)),
        carray(u64(table[AT_HELD]), (WINDOW,)),
        carray(f64(table[AT_BEST]), (WINDOW,)),
    )
    tail, cursors = carray(f64(table[AT_TAIL]), (WINDOW,)), carray(i64(table[AT_CURSORS]), (2 * MAX_CURSORS,))
    out = (
        carray(u32(results[0]), (count,)),
        carray(u8(results[1]), (count,)),
        carray(f64(results[2]), (count,)),
        carray(u8(results[3]), (count,)),
    )
    if not _fits(plan) or not _gather_groups(plan, weights, index, arena, clock):
        return np.int64(-1)
    best = _mark_slots(plan, weights, count, index, arena, dense, bitsets, clock)
    matching, whole, results[RESULTS_STRONGEST] = _admit(plan, count, bitsets)
    _leave_some_out(plan, count, bitsets, whole)
    results[RESULTS_KEPT] = _rank_windows(
        plan, weights, count, best, index, arena, described, bitsets, rows, tail, placed, cursors, out, clock
    )
    return matching
