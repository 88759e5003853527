"""The inner loops of ranking, compiled ahead of time by `service.search.engines.native`.

Plain Python that numba understands; `service.search.engines.reference` says the same in numpy, and tests hold the two
to equal scores in equal order. The kernel allocates nothing and raises nothing: it reads the mapped arrays of the
index, a *plan* of the query (see `service.search.engines.plan`) and scratch arrays with one value a record, of which it
leaves alone what it did not touch: a record's values hold only where its stamp is that of the query.
"""

# numba compiles these functions; what it infers needs no annotations, and its decorators have none.
# mypy: disable-error-code="attr-defined, arg-type, no-untyped-def, no-untyped-call, misc, untyped-decorator"

from __future__ import annotations

import numpy as np
from numba import carray, cfunc, njit, types
from numba.extending import intrinsic

from indexer.compiled import bits
from service.search import ranking
from service.search.engines.kernel_parts import adjacency, give_slot, idf
from service.search.engines.layouts import ARRAYS, HEADER
from service.search.engines.plan import FIRST_WORD, NOTHING
from service.search.model import Tier

_SOME, _ALL = int(Tier.SOME_WORDS), int(Tier.ALL_WORDS)
_HEAD = np.uint32(1 << bits.HEAD_BIT)
_NAMING = np.uint32(bits.NAMING_BITS)
_TITLE, _DESCRIPTOR, _SHORT = (np.uint32(1 << bits.NUMBERS[name]) for name in bits.SINGLE)
_WORDS, _ADJACENCY, _HEADED, _COVERAGE, _SECTION = (
    ranking.share(name) for name in ("words", "adjacency", "head", "coverage", "section")
)
_OTHER_HEAD = ranking.OTHER_HEAD
# Places in the header of a plan.
(
    _SLOTS, _TERMS, _RAISES, _CHAINS, _LIMIT, _EVERYTHING, _MASK, _WITHIN, _SECTION_BIT, _REQUIRED, _EPOCH, _FACTORS,
    _ACTIVE, _SLOT_AT, _LEAF_AT, _TERM_AT, _RAISE_AT, _CHAIN_AT,
) = range(len(HEADER))  # fmt: skip
# Places in the table of arrays.
(
    _AT_COUNT, _AT_POSTINGS, _AT_DOCS, _AT_IMPACTS, _AT_BITS, _AT_POSITION_STARTS, _AT_FIRST_POSITION, _AT_PACKED,
    _AT_LENGTHS, _AT_SECTIONS, _AT_STAMP, _AT_TOTAL, _AT_FOUND, _AT_CORES, _AT_HELD, _AT_HEADS, _AT_TIERS,
    _AT_TOUCHED, _AT_SLOT_STAMP, _AT_SLOT_BEST, _AT_SLOT_CORE, _AT_SLOT_FOUND,
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


@njit(inline="always")
def _before(tier, fraction, active, doc, tiers, fractions, actives, docs, at):
    """Say whether a record ranks before result ``at``: tier, fraction, in use first, then the order of codes."""
    if tier != np.int64(tiers[at]):
        return tier > np.int64(tiers[at])
    if fraction != fractions[at]:
        return fraction > fractions[at]
    if active != np.int64(actives[at]):
        return active > np.int64(actives[at])
    return doc < np.int64(docs[at])


@njit
def _touch(doc, epoch, known, records):
    """Begin with a record, if the query has not met it yet; return how many it has met."""
    stamp, total, found, cores, held, heads, tiers, touched = records
    if np.int64(stamp[doc]) == epoch:
        return known
    stamp[doc] = np.uint32(epoch)
    total[doc] = 0.0
    found[doc] = cores[doc] = np.uint32(0)
    held[doc] = np.uint64(0)
    heads[doc] = np.float32(0.0)
    tiers[doc] = np.uint8(0)
    touched[known] = np.uint32(doc)
    return known + 1


@njit
def _score_slots(plan, weights, count, index, records, slots):
    """Add up what every slot counts in every record; return how many records were met, and the best sum possible.

    Words that a record needs come first; the others count only in records that have one of these.
    """
    stamp, total, found, cores = records[0], records[1], records[2], records[3]
    slot_stamp, slot_best, slot_core, slot_found = slots
    epoch, known, best = plan[_EPOCH], np.int64(0), 0.0
    for light in range(2):
        leaf = plan[_LEAF_AT]
        for number in range(plan[_SLOTS]):
            at = plan[_SLOT_AT] + 2 * number
            if plan[at + 1] == 1 - light:
                slot = (epoch + 1 + number, slot_stamp, slot_best, slot_core, slot_found)
                matching = give_slot(plan, weights, at, leaf, plan[_TERM_AT], index, slot)
                weight = idf(count, matching) * weights[number]
                best += weight
                bit = np.uint32(1) << np.uint32(number)
                for place in range(matching):
                    doc = np.int64(slot_found[place])
                    if not light:
                        known = _touch(doc, epoch, known, records)
                    elif np.int64(stamp[doc]) != epoch:
                        continue
                    total[doc] += weight * slot_best[doc]
                    found[doc] |= bit
                    if slot_core[doc]:
                        cores[doc] |= bit
            leaf += 4 * plan[at]
    return known, best


@njit
def _count_terms(plan, index, records):
    """Count, for each record met, how many terms of the query each single field and all naming fields hold."""
    docs, _, flags = index
    stamp, held, heads = records[0], records[4], records[5]
    for number in range(plan[_TERMS]):
        term = plan[_TERM_AT] + 4 * number
        role = plan[term + 2]
        if role == NOTHING:
            continue
        worth = np.float32(1.0) if role == FIRST_WORD else np.float32(_OTHER_HEAD)
        for at in range(plan[term], plan[term + 1]):
            doc = np.int64(docs[at])
            if np.int64(stamp[doc]) == plan[_EPOCH]:
                flag = flags[at]
                if flag & _HEAD and worth > heads[doc]:
                    heads[doc] = worth
                if flag & _NAMING:
                    held[doc] += (
                        np.uint64((flag & _TITLE) != 0)
                        | (np.uint64((flag & _DESCRIPTOR) != 0) << np.uint64(16))
                        | (np.uint64((flag & _SHORT) != 0) << np.uint64(32))
                        | (np.uint64(1) << np.uint64(48))
                    )


@njit
def _raise_tiers(plan, known, records):
    """Lift the records that the plan names to their tiers; return how many records were met."""
    tiers = records[6]
    for number in range(plan[_RAISES]):
        at = plan[_RAISE_AT] + 3 * number
        for doc in range(plan[at], plan[at + 1]):
            known = _touch(doc, plan[_EPOCH], known, records)
            if plan[at + 2] > np.int64(tiers[doc]):
                tiers[doc] = np.uint8(plan[at + 2])
    return known


@njit(inline="always")
def _part(held, shift, length):
    return np.float64((held >> np.uint64(shift)) & np.uint64(0xFFFF)) / np.float64(max(length, np.uint32(1)))


@njit
def _features(doc, held, head, lengths, sections, section_bit):
    """Return what a record gets beside its words, but for neighbours."""
    cover = max(
        _part(held, 0, lengths[3 * doc]), _part(held, 16, lengths[3 * doc + 1]), _part(held, 32, lengths[3 * doc + 2])
    )
    gained = np.float64(head) * _HEADED + min(cover, 1.0) * _COVERAGE
    if section_bit >= 0:
        gained += np.float64((sections[doc] >> np.uint16(section_bit)) & np.uint16(1)) * _SECTION
    return gained


@njit
def _weigh(plan, count, known, best, records, described):
    """Work out tier and fraction of the records met, without neighbours.

    Return how many match and are admitted (they come first in ``touched`` then), and the strongest tier of all. For
    these, ``found`` tells whether neighbours can add anything.
    """
    _, total, found, cores, held, heads, tiers, touched = records
    lengths, sections = described
    mask, within = carray(_u8(plan[_MASK]), (count,)), carray(_u8(plan[_WITHIN]), (count,))
    required = np.uint32(plan[_REQUIRED])
    scale = _WORDS / best if best > 0.0 else 0.0
    matching, strongest = np.int64(0), np.int64(0)
    for at in range(known):
        doc = np.int64(touched[at])
        some = found[doc] & required != 0 and (plan[_WITHIN] == 0 or within[doc] != 0)
        tier = np.int64(tiers[doc])
        total[doc] *= scale
        if some:
            tier = max(tier, _ALL if cores[doc] & required == required else _SOME)
            total[doc] += _features(doc, held[doc], heads[doc], lengths, sections, plan[_SECTION_BIT])
        strongest = max(strongest, tier)
        if tier > 0 and (plan[_MASK] == 0 or mask[doc] != 0):
            tiers[doc] = np.uint8(tier)
            found[doc] = np.uint32(some and plan[_CHAINS] > 0 and (held[doc] >> np.uint64(48)) > np.uint64(1))
            touched[matching] = np.uint32(doc)
            matching += 1
    return matching, strongest


@njit
def _insert(place, limit, doc, tier, fraction, in_use, out):
    """Put a record in its place among the best so far, of which there are ``place``; return how many there are then."""
    docs, tiers, fractions, actives = out
    if place == limit:
        place -= 1
    kept = place + 1
    while place > 0 and _before(tier, fraction, in_use, doc, tiers, fractions, actives, docs, place - 1):
        docs[place], tiers[place] = docs[place - 1], tiers[place - 1]
        fractions[place], actives[place] = fractions[place - 1], actives[place - 1]
        place -= 1
    docs[place], tiers[place] = np.uint32(doc), np.uint8(tier)
    fractions[place], actives[place] = fraction, np.uint8(in_use)
    return kept


@njit
def _select(plan, matching, records, factors, active, index, placed, out):
    """Put the best records in order; neighbours are looked up only where they can change the result."""
    total, found, tiers, touched = records[1], records[2], records[6], records[7]
    out_docs, out_tiers, out_fractions, out_active = out
    limit, everything, kept = plan[_LIMIT], plan[_EVERYTHING] != 0, np.int64(0)
    for at in range(matching):
        doc = np.int64(touched[at])
        tier, fraction, in_use = np.int64(tiers[doc]), total[doc], np.int64(active[doc])
        full = not everything and kept == limit
        if full:
            most = (fraction + _ADJACENCY if found[doc] else fraction) * factors[doc]
            if limit == 0 or not _before(
                tier, most, in_use, doc, out_tiers, out_fractions, out_active, out_docs, kept - 1
            ):
                continue
        if found[doc]:
            fraction += adjacency(plan, doc, index[0], *placed) * _ADJACENCY
        fraction *= factors[doc]
        if everything:
            out_docs[kept], out_tiers[kept] = np.uint32(doc), np.uint8(tier)
            out_fractions[kept], out_active[kept] = fraction, np.uint8(in_use)
            kept += 1
        elif not full or _before(tier, fraction, in_use, doc, out_tiers, out_fractions, out_active, out_docs, kept - 1):
            kept = _insert(kept, limit, doc, tier, fraction, in_use, out)
    return kept


@cfunc(types.int64(types.int64, types.int64, types.int64, types.int64), error_model="numpy")
def rank(table_at, plan_at, weights_at, results_at):
    """Rank one plan; return the number of records that match and are admitted.

    The arguments are addresses: of the table of arrays (`ARRAYS`), of the plan, of its weights, and of the results
    (`RESULTS`), which hold the best ``limit`` records in order, or, where everything is asked for, all in no order.
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
    )
    records = (
        carray(_u32(table[_AT_STAMP]), (count,)),
        carray(_f64(table[_AT_TOTAL]), (count,)),
        carray(_u32(table[_AT_FOUND]), (count,)),
        carray(_u32(table[_AT_CORES]), (count,)),
        carray(_u64(table[_AT_HELD]), (count,)),
        carray(_f32(table[_AT_HEADS]), (count,)),
        carray(_u8(table[_AT_TIERS]), (count,)),
        carray(_u32(table[_AT_TOUCHED]), (count,)),
    )
    slots = (
        carray(_u32(table[_AT_SLOT_STAMP]), (count,)),
        carray(_f64(table[_AT_SLOT_BEST]), (count,)),
        carray(_u8(table[_AT_SLOT_CORE]), (count,)),
        carray(_u32(table[_AT_SLOT_FOUND]), (count,)),
    )
    out = (
        carray(_u32(results[0]), (count,)),
        carray(_u8(results[1]), (count,)),
        carray(_f64(results[2]), (count,)),
        carray(_u8(results[3]), (count,)),
    )
    factors, active = carray(_f64(plan[_FACTORS]), (count,)), carray(_u8(plan[_ACTIVE]), (count,))
    known, best = _score_slots(plan, weights, count, index, records, slots)
    _count_terms(plan, index, records)
    known = _raise_tiers(plan, known, records)
    matching, strongest = _weigh(plan, count, known, best, records, described)
    results[4] = _select(plan, matching, records, factors, active, index, placed, out)
    results[5] = strongest
    return matching
