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
from numba.extending import intrinsic

from indexer.compiled import bits
from service.search import ranking
from service.search.engines.kernel_parts import (
    adjacency,
    bit_count,
    credit_at,
    credit_of,
    gather,
    has_bit,
    idf,
    lowest_bit,
    mark_leaf,
    place_of,
)
from service.search.engines.layouts import (
    ADMITTED,
    ARRAYS,
    BITSETS,
    COMPLETE,
    FIRST_WORD,
    FOUND,
    HEADER,
    LEAF,
    LIST,
    MAX_CURSORS,
    NOTHING,
    RAISE,
    RAISED,
    SLOT,
    SLOT_CORE,
    TERM,
    TOGETHER,
    WINDOW,
)
from service.search.model import Tier

_SOME, _ALL = int(Tier.SOME_WORDS), int(Tier.ALL_WORDS)
_HEAD = np.uint32(1 << bits.HEAD_BIT)
_NAMING = np.uint32(bits.NAMING_BITS)
_TITLE, _DESCRIPTOR, _SHORT = (np.uint32(1 << bits.NUMBERS[name]) for name in bits.SINGLE)
_WORDS, _ADJACENCY, _HEADED, _COVERAGE, _SECTION = (
    ranking.share(name) for name in ("words", "adjacency", "head", "coverage", "section")
)
_OTHER_HEAD = float(np.float32(ranking.OTHER_HEAD))
_MOST_FEATURES = _HEADED + _COVERAGE + _SECTION
#: A little word with more leaves than this is added up like the others, not looked up record by record.
_FEW_LEAVES = 16
#: How many places a look-up costs as much as: below, a leaf is searched for the records instead of read through.
_LOOK_UP = 8
#: Of a window with so many times fewer records, each is visited by itself.
_SPARSE = 6
#: Rounding of sums must not let a bound fall below what it bounds.
_ABOVE = 1.0 + 1e-12
# Places in the header of a plan.
(
    _SLOTS, _TERMS, _RAISES, _CHAINS, _LIMIT, _EVERYTHING, _MASK, _WITHIN, _SECTION_BIT, _FACTORS, _ACTIVE, _SLOT_AT,
    _LEAF_AT, _TERM_AT, _RAISE_AT, _CHAIN_AT,
) = range(len(HEADER))  # fmt: skip
# Places in the table of arrays.
(
    _AT_COUNT, _AT_POSTINGS, _AT_DOCS, _AT_IMPACTS, _AT_BITS, _AT_POSITION_STARTS, _AT_FIRST_POSITION, _AT_PACKED,
    _AT_LENGTHS, _AT_SECTIONS, _AT_ARENA_SIZE, _AT_ARENA_DOCS, _AT_ARENA_VALUES, _AT_ARENA_CORES, _AT_BITSETS, _AT_SUMS,
    _AT_HELD, _AT_TAIL, _AT_BEST, _AT_CURSORS,
) = range(len(ARRAYS))  # fmt: skip


def _pointer(element):
    """Return a function of compiled code that takes an address for a pointer to ``element``."""

    @intrinsic
    def cast(_context, address):
        def generate(context, builder, signature, arguments):
            return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

        return types.CPointer(element)(types.int64), generate

    return cast


_u8, _u16, _u32 = (_pointer(each) for each in (types.uint8, types.uint16, types.uint32))
_i64, _u64 = (_pointer(each) for each in (types.int64, types.uint64))
_f32, _f64 = _pointer(types.float32), _pointer(types.float64)


@njit
def _gather_groups(plan, weights, index, arena):
    """Write down what every TOGETHER leaf finds; say whether there was room for it."""
    used = np.int64(0)
    for leaf in range(plan[_LEAF_AT], plan[_TERM_AT], LEAF):
        if plan[leaf] == TOGETHER:
            weight = weights[plan[_SLOTS] + 2 * ((leaf - plan[_LEAF_AT]) // LEAF)]
            used = gather(plan, leaf, weight, index, arena, used)
            if used < 0:
                return False
    return True


@njit
def _mark_slots(plan, weights, count, index, arena, bitsets):
    """Make the bitsets of all slots; replace the factors of slots by their weights; return the sum of these."""
    words = (count + 63) >> 6
    found, complete, core = bitsets[FOUND], bitsets[COMPLETE], bitsets[SLOT_CORE]
    found[:words] = np.uint64(0)
    complete[:words] = ~np.uint64(0)
    leaf, best, required = plan[_LEAF_AT], 0.0, False
    for number in range(plan[_SLOTS]):
        slot, leaves = bitsets[number], plan[plan[_SLOT_AT] + SLOT * number]
        needed = plan[plan[_SLOT_AT] + SLOT * number + 1] != 0
        required = required or needed
        alone = leaves == 1 and plan[leaf] == LIST
        containing = plan[leaf + 2] - plan[leaf + 1]
        if needed or not alone:
            slot[:words] = np.uint64(0)
            core[:words] = np.uint64(0)
            for each in range(leaves):
                mark_leaf(plan, leaf + LEAF * each, index, arena, slot, core)
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
    mask, within = carray(_u64(plan[_MASK]), (words,)), carray(_u64(plan[_WITHIN]), (words,))
    raised[:words] = np.uint64(0)
    strongest, matching, whole = np.int64(0), np.int64(0), np.int64(0)
    for at in range(plan[_RAISE_AT], plan[_RAISE_AT] + RAISE * plan[_RAISES], RAISE):
        for doc in range(plan[at], plan[at + 1]):
            raised[doc >> 6] |= np.uint64(1) << np.uint64(doc & 63)
            strongest = max(strongest, plan[at + 2])
    for word in range(words):
        if plan[_WITHIN] != 0:
            found[word] &= within[word]
        complete[word] &= found[word]
        if found[word] != 0:
            strongest = max(strongest, np.int64(_ALL if complete[word] != 0 else _SOME))
        admitted[word] = found[word] | raised[word]
        if plan[_MASK] != 0:
            admitted[word] &= mask[word]
        matching += np.int64(bit_count(admitted[word]))
        whole += np.int64(bit_count(admitted[word] & (complete[word] | raised[word])))
    return matching, whole, strongest


@njit
def _leave_some_out(plan, count, bitsets, whole):
    """Where records with all words, and those raised above them, fill the page, score no others."""
    weakest = np.int64(_ALL)
    for at in range(plan[_RAISE_AT], plan[_RAISE_AT] + RAISE * plan[_RAISES], RAISE):
        weakest = min(weakest, plan[at + 2])
    if plan[_EVERYTHING] == 0 and whole >= plan[_LIMIT] and weakest >= _ALL:
        complete, raised, admitted = bitsets[COMPLETE], bitsets[RAISED], bitsets[ADMITTED]
        for word in range((count + 63) >> 6):
            admitted[word] &= complete[word] | raised[word]


@njit(inline="always")
def _counted(flag, role):
    """Return what a posting adds to the counts of a record: terms by single field, in any naming field, heads."""
    counts = np.uint64(0)
    if flag & _NAMING:
        counts = (
            np.uint64((flag & _TITLE) != 0)
            | (np.uint64((flag & _DESCRIPTOR) != 0) << np.uint64(12))
            | (np.uint64((flag & _SHORT) != 0) << np.uint64(24))
            | (np.uint64(1) << np.uint64(36))
        )
        if flag & _HEAD:
            counts |= np.uint64(1) << np.uint64(48 if role == FIRST_WORD else 52)
    return counts


@njit
def _read_leaf(plan, leaf, pair, weight, cursor, window, index, arena, admitted, rows, alone):
    """Add up one leaf's postings of a window; return where the next window begins in it.

    A leaf that is alone in its slot adds to the sums; of several the best one is kept in ``best``. The head counts as
    two bits that later terms only set again, so that no carry can reach them.
    """
    sums, held, best = rows
    begin, end = window
    docs = arena[0] if plan[leaf] == TOGETHER else index[0]
    role, last = plan[leaf + 4], plan[leaf + 2]
    while cursor < last:
        doc = np.int64(docs[cursor])
        if doc >= end:
            break
        if has_bit(admitted, doc):
            row = doc - begin
            credit = credit_at(plan, leaf, pair, cursor, index, arena)
            if alone:
                sums[row] += weight * credit
            elif credit > best[row]:
                best[row] = credit
            if role != NOTHING:
                held[row] = _with_term(held[row], index[2][cursor], role)
        cursor += 1
    return cursor


@njit(inline="always")
def _with_term(counts, flag, role):
    heads = np.uint64(0xFF) << np.uint64(48)
    more = _counted(flag, role)
    return ((counts & ~heads) + (more & ~heads)) | ((counts | more) & heads)


@njit
def _search_leaf(plan, leaf, pair, weight, cursor, window, index, arena, admitted, rows, alone):
    """Do the same as `_read_leaf` by looking up each admitted record; for leaves much longer than these are many."""
    sums, held, best = rows
    begin, end = window
    docs = arena[0] if plan[leaf] == TOGETHER else index[0]
    role, last = plan[leaf + 4], plan[leaf + 2]
    for word in range(begin >> 6, (end + 63) >> 6):
        left = admitted[word]
        while left != 0:
            doc = np.int64((np.uint64(word) << np.uint64(6)) + lowest_bit(left))
            left &= left - np.uint64(1)
            cursor = place_of(docs, cursor, last, doc)
            if cursor == last:
                return cursor
            if np.int64(docs[cursor]) == doc:
                row = doc - begin
                credit = credit_at(plan, leaf, pair, cursor, index, arena)
                if alone:
                    sums[row] += weight * credit
                elif credit > best[row]:
                    best[row] = credit
                if role != NOTHING:
                    held[row] = _with_term(held[row], index[2][cursor], role)
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
def _add_window(plan, weights, count, window, inside, index, arena, admitted, rows, tail, cursors):
    """Add up the slots of a window that a record needs, and the last where it is a little word with many leaves."""
    sums, held, best = rows
    begin, end = window
    size = end - begin
    _clear(sums, admitted, window, inside)
    _clear(held, admitted, window, inside)
    leaf = plan[_LEAF_AT]
    for number in range(plan[_SLOTS]):
        slot = plan[_SLOT_AT] + SLOT * number
        leaves, is_tail = plan[slot], _is_tail(plan, number)
        alone = leaves == 1
        if plan[slot + 1] != 0 or is_tail:
            if not alone:
                _clear(best, admitted, window, inside)
            for each in range(leaves):
                at = leaf + LEAF * each
                which = (at - plan[_LEAF_AT]) // LEAF
                pair = weights[plan[_SLOTS] + 2 * which :]
                docs = arena[0] if plan[at] == TOGETHER else index[0]
                cursor = place_of(docs, cursors[which], plan[at + 2], begin)
                # About so many of the places that are left lie in this window.
                if (plan[at + 2] - cursor) * size > inside * _LOOK_UP * (count - begin):
                    cursors[which] = _search_leaf(
                        plan, at, pair, weights[number], cursor, window, index, arena, admitted, rows, alone
                    )
                else:
                    cursors[which] = _read_leaf(
                        plan, at, pair, weights[number], cursor, window, index, arena, admitted, rows, alone
                    )
            if not alone:
                if is_tail:
                    _clear(tail, admitted, window, inside)
                _add_best(weights[number], best, tail if is_tail else sums, admitted, window, inside)
        leaf += LEAF * leaves


@njit(inline="always")
def _is_tail(plan, number):
    slot = plan[_SLOT_AT] + SLOT * number
    return number == plan[_SLOTS] - 1 and plan[slot + 1] == 0 and plan[slot] > _FEW_LEAVES


@njit
def _count_extra_terms(plan, window, index, admitted, held, cursors):
    """Count the terms that no leaf counts: those that stand in groups only."""
    begin, end = window
    for number in range(plan[_TERMS]):
        term = plan[_TERM_AT] + TERM * number
        if plan[term + 2] == NOTHING:
            continue
        cursor = place_of(index[0], cursors[number], plan[term + 1], begin)
        while cursor < plan[term + 1]:
            doc = np.int64(index[0][cursor])
            if doc >= end:
                break
            if has_bit(admitted, doc):
                held[doc - begin] = _with_term(held[doc - begin], index[2][cursor], plan[term + 2])
            cursor += 1
        cursors[number] = cursor


@njit(inline="always")
def _part(held, shift, length):
    return np.float64((held >> np.uint64(shift)) & np.uint64(0xFFF)) / np.float64(max(length, np.uint32(1)))


@njit
def _features(doc, held, lengths, sections, section_bit):
    """Return what a record gets beside its words, but for neighbours."""
    cover = max(
        _part(held, 0, lengths[3 * doc]), _part(held, 12, lengths[3 * doc + 1]), _part(held, 24, lengths[3 * doc + 2])
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
    leaf = plan[_LEAF_AT]
    for number in range(plan[_SLOTS]):
        slot = plan[_SLOT_AT] + SLOT * number
        if plan[slot + 1] == 0:
            if _is_tail(plan, number):
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
def _tier(plan, doc, bitsets):
    tier = np.int64(0)
    if has_bit(bitsets[FOUND], doc):
        tier = np.int64(_ALL if has_bit(bitsets[COMPLETE], doc) else _SOME)
    if has_bit(bitsets[RAISED], doc):
        for at in range(plan[_RAISE_AT], plan[_RAISE_AT] + RAISE * plan[_RAISES], RAISE):
            if plan[at] <= doc < plan[at + 1]:
                tier = max(tier, plan[at + 2])
    return tier


@njit
def _select(  # noqa: C901
    plan, weights, scale, light, window, index, arena, described, bitsets, rows, tail, placed, out, kept
):
    """Put the records of a window among the best so far; return how many these are then."""
    lengths, sections, factors, active = described
    sums, held, _ = rows
    begin, end = window
    limit, everything = plan[_LIMIT], plan[_EVERYTHING] != 0
    for word in range(begin >> 6, (end + 63) >> 6):
        left = bitsets[ADMITTED][word]
        while left != 0:
            doc = np.int64((np.uint64(word) << np.uint64(6)) + lowest_bit(left))
            left &= left - np.uint64(1)
            row = doc - begin
            some = has_bit(bitsets[FOUND], doc)
            tier, in_use, factor = _tier(plan, doc, bitsets), np.int64(active[doc]), factors[doc]
            full = not everything and kept == limit
            if full:
                most = ((sums[row] + light) * scale + _MOST_FEATURES + _ADJACENCY) * factor * _ABOVE
                if not _before(tier, most, in_use, doc, out, kept - 1):
                    continue
            fraction = 0.0
            if some:
                gained = _features(doc, held[row], lengths, sections, plan[_SECTION_BIT])
                most = ((sums[row] + light) * scale + gained + _ADJACENCY) * factor * _ABOVE
                if full and not _before(tier, most, in_use, doc, out, kept - 1):
                    continue
                total = sums[row]
                if light > 0.0:
                    total = _little_words(plan, weights, doc, total, tail[row], index, arena)
                fraction = total * scale + gained
                if plan[_CHAINS] > 0 and (held[row] >> np.uint64(36)) & np.uint64(0xFFF) > np.uint64(1):
                    fraction += adjacency(plan, doc, index[0], *placed) * _ADJACENCY
                fraction *= factor
            if everything:
                _put(kept, doc, tier, fraction, in_use, out)
                kept += 1
            elif not full or _before(tier, fraction, in_use, doc, out, kept - 1):
                kept = _insert(kept, limit, doc, tier, fraction, in_use, out)
    return kept


@njit
def _begin_cursors(plan, cursors):
    for leaf in range(plan[_LEAF_AT], plan[_TERM_AT], LEAF):
        cursors[(leaf - plan[_LEAF_AT]) // LEAF] = plan[leaf + 1]
    extra = cursors[MAX_CURSORS:]
    for number in range(plan[_TERMS]):
        extra[number] = plan[plan[_TERM_AT] + TERM * number]


@njit
def _rank_windows(plan, weights, count, best, index, arena, described, bitsets, rows, tail, placed, cursors, out):
    """Rank the admitted records, a window at a time; return how many are in the results."""
    scale, light, kept = (_WORDS / best if best > 0.0 else 0.0), 0.0, np.int64(0)
    for number in range(plan[_SLOTS]):
        if plan[plan[_SLOT_AT] + SLOT * number + 1] == 0:
            light += weights[number]
    _begin_cursors(plan, cursors)
    admitted, extra = bitsets[ADMITTED], cursors[MAX_CURSORS:]
    for begin in range(0, count, WINDOW):
        window = (begin, min(begin + WINDOW, count))
        inside = np.int64(0)
        for word in range(begin >> 6, (window[1] + 63) >> 6):
            inside += np.int64(bit_count(admitted[word]))
        if inside > 0:
            _add_window(plan, weights, count, window, inside, index, arena, admitted, rows, tail, cursors)
            _count_extra_terms(plan, window, index, admitted, rows[1], extra)
            kept = _select(
                plan, weights, scale, light, window, index, arena, described, bitsets, rows, tail, placed, out, kept
            )
    return kept


@cfunc(types.int64(types.int64, types.int64, types.int64, types.int64), error_model="numpy")
def rank(table_at, plan_at, weights_at, results_at):
    """Rank one plan; return how many records match and are admitted, or -1 where scratch arrays are too small.

    The arguments are addresses: of the table of arrays (`ARRAYS`), of the plan and its weights (both are changed), and
    of the results (`RESULTS`), which hold the best ``limit`` records in order, or, where everything is asked for, all
    in the order of codes.
    """
    table = carray(_i64(table_at), (64,))
    plan, weights = carray(_i64(plan_at), (1 << 40,)), carray(_f64(weights_at), (1 << 40,))
    results = carray(_i64(results_at), (8,))
    count, size = table[_AT_COUNT], table[_AT_POSTINGS]
    index = (
        carray(_u32(table[_AT_DOCS]), (size,)),
        carray(_f32(table[_AT_IMPACTS]), (size,)),
        carray(_u32(table[_AT_BITS]), (size,)),
    )
    placed = (
        carray(_i64(table[_AT_FIRST_POSITION]), (1 << 40,)),
        carray(_u32(table[_AT_POSITION_STARTS]), (size,)),
        carray(_u32(table[_AT_PACKED]), (1 << 40,)),
    )
    described = (
        carray(_u32(table[_AT_LENGTHS]), (3 * count,)),
        carray(_u16(table[_AT_SECTIONS]), (count,)),
        carray(_f64(plan[_FACTORS]), (count,)),
        carray(_u8(plan[_ACTIVE]), (count,)),
    )
    arena = (
        carray(_u32(table[_AT_ARENA_DOCS]), (table[_AT_ARENA_SIZE],)),
        carray(_f64(table[_AT_ARENA_VALUES]), (table[_AT_ARENA_SIZE],)),
        carray(_u8(table[_AT_ARENA_CORES]), (table[_AT_ARENA_SIZE],)),
    )
    bitsets = carray(_u64(table[_AT_BITSETS]), (BITSETS, (count + 63) >> 6))
    rows = (
        carray(_f64(table[_AT_SUMS]), (WINDOW,)),
        carray(_u64(table[_AT_HELD]), (WINDOW,)),
        carray(_f64(table[_AT_BEST]), (WINDOW,)),
    )
    tail, cursors = carray(_f64(table[_AT_TAIL]), (WINDOW,)), carray(_i64(table[_AT_CURSORS]), (2 * MAX_CURSORS,))
    out = (
        carray(_u32(results[0]), (count,)),
        carray(_u8(results[1]), (count,)),
        carray(_f64(results[2]), (count,)),
        carray(_u8(results[3]), (count,)),
    )
    if not _gather_groups(plan, weights, index, arena):
        return np.int64(-1)
    best = _mark_slots(plan, weights, count, index, arena, bitsets)
    matching, whole, results[5] = _admit(plan, count, bitsets)
    _leave_some_out(plan, count, bitsets, whole)
    results[4] = _rank_windows(
        plan, weights, count, best, index, arena, described, bitsets, rows, tail, placed, cursors, out
    )
    return matching
