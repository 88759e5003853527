"""The part of the kernel that plans a query: which postings, with which factors, stand for its words.

`service.search.engines.plan` plans the same in Python, and a test holds the two equal number by number.
"""

# numba compiles these functions; what it infers needs no annotations, and its decorators have none.
# mypy: disable-error-code="attr-defined, arg-type, no-untyped-def, no-untyped-call, misc, untyped-decorator"

from __future__ import annotations

import numpy as np
from numba import carray, cfunc, njit, types

from service.search import ranking
from service.search.engines.kernel_chains import counted_neighbours, missing_names, put_chains, put_raises
from service.search.engines.kernel_memory import f32, f64, i64
from service.search.engines.kernel_rules import A_AT, A_MASK, A_SIZE, alternatives, fire, is_required
from service.search.engines.kernel_terms import (
    T_ROLE,
    T_STEM,
    add_alternatives,
    add_slots,
    bounds,
    dense,
    own_place,
    peak,
    put_asked_groups,
    put_asked_terms,
    put_extra,
)
from service.search.engines.layouts import (
    ALTERNATIVE,
    ALTERNATIVES_AT,
    ASKED_SLOT,
    ASKED_VALUES,
    AT_IMPACTS,
    FLOATS,
    H_CHAIN_AT,
    H_CHAINS,
    H_LAZY,
    H_LEAF_AT,
    H_LIMIT,
    H_NEIGHBOURS,
    H_RAISE_AT,
    H_RAISES,
    H_SLOT_AT,
    H_SLOTS,
    H_TERM_AT,
    H_TERMS,
    HEADER,
    LEAF,
    LIST,
    MOST_NUMBERS,
    MOST_TERMS,
    NOTHING,
    O_EXTRA,
    O_FLOATS,
    O_FOUND,
    O_GROUP_COUNT,
    O_GROUP_NUMBERS,
    O_GROUPED,
    O_GROUPS,
    O_NAMES,
    O_NUMBERS,
    O_TERM_COUNT,
    O_TERMS,
    O_USED,
    O_WEIGHTS,
    O_WORK,
    ONE_CHAIN_AT,
    OUTCOME,
    PLACES_AT,
    PLANNED_TERM,
    Q_ASKED,
    Q_COMPLETIONS,
    Q_NUMBERS,
    Q_RAISES,
    Q_SLOTS,
    Q_WEIGHTS,
    QS_FORM,
    QUERY,
    R_DENSE,
    R_FIRST,
    R_MEANING_FIRST,
    R_MEANING_TERMS,
    R_MEANING_TEXT,
    R_MEANING_WEIGHT,
    R_NAMED,
    R_NAMED_AT,
    R_NODE_FIRST,
    R_NODE_MEANINGS,
    R_PAIR_END,
    R_PAIR_FIRST,
    R_PAIR_KEYS,
    R_PAIR_MASK,
    R_PEAKS,
    R_PHRASE_FIRST,
    R_PHRASE_NODE,
    R_PHRASE_TERMS,
    R_TERM_RARE,
    R_TERM_SPELLED,
    R_TERM_STEM,
    R_TRIE_KEYS,
    R_TRIE_MASK,
    R_TRIE_NODES,
    RAISE,
    RULES,
    SLOT,
    TERM,
    TERMS_AT,
    TOGETHER,
    WORK,
)
from service.search.engines.plan import LAZY_FROM, LONGEST_CHAIN, MOST_CHAINS

_HEAD = len(HEADER)


@njit
def _integers(address):
    return carray(i64(address), (1 << 40,))


@njit
def _phrases(rules):
    """Return the arrays by which phrases are found: the trie, pairs of rare words, and words of phrases."""
    trie = (
        _integers(rules[R_TRIE_KEYS]),
        _integers(rules[R_TRIE_NODES]),
        rules[R_TRIE_MASK],
        _integers(rules[R_NODE_FIRST]),
    )
    pairs = (
        _integers(rules[R_PAIR_KEYS]),
        _integers(rules[R_PAIR_FIRST]),
        _integers(rules[R_PAIR_END]),
        rules[R_PAIR_MASK],
    )
    words = (
        _integers(rules[R_PHRASE_FIRST]),
        _integers(rules[R_PHRASE_TERMS]),
        _integers(rules[R_PHRASE_NODE]),
    )
    return trie, pairs, words


@njit
def _vocabulary(rules):
    """Return the arrays of what phrases mean, and of terms."""
    meanings = (
        _integers(rules[R_MEANING_FIRST]),
        _integers(rules[R_MEANING_TERMS]),
        carray(f64(rules[R_MEANING_WEIGHT]), (1 << 40,)),
        _integers(rules[R_MEANING_TEXT]),
    )
    return meanings, (_integers(rules[R_TERM_STEM]), _integers(rules[R_TERM_SPELLED]))


@njit
def _others(asked, rules, meanings, work, weighed):
    """Find what else may stand for the words of a query; return how many alternatives there are, or -1."""
    trie, pairs, words = _phrases(rules)
    fired, found = work[:ALTERNATIVES_AT], work[ALTERNATIVES_AT:TERMS_AT]
    count = fire(asked, trie, pairs, words, _integers(rules[R_TERM_RARE]), fired)
    if count < 0:
        return np.int64(-1)
    nodes = (trie[3], _integers(rules[R_NODE_MEANINGS]))
    return np.int64(alternatives(asked, fired, count, nodes, meanings, found, weighed))


@njit
def _put_leaf(numbers, at, kind, start, end, form, role, dense):
    numbers[at], numbers[at + 1], numbers[at + 2] = kind, start, end
    numbers[at + 3], numbers[at + 4], numbers[at + 5] = form, role, dense
    return at + LEAF


@njit
def _counted_role(terms, place, counts):
    """Return the role of a term for coverage, which the first leaf that is this term takes over."""
    if not counts:
        return np.int64(NOTHING)
    role = terms[PLANNED_TERM * place + T_ROLE]
    terms[PLANNED_TERM * place + T_ROLE] = NOTHING
    return role


@njit
def _leaves(asked, slot, others):
    """Return how many leaves a slot has."""
    found, _, made = others
    count = 1
    for each in range(made):
        count += (found[ALTERNATIVE * each + A_MASK] >> slot) & 1
    return count + (asked[Q_COMPLETIONS] if slot == asked[Q_SLOTS] - 1 else 0)


@njit
def _put_other(each, together_at, others, counts, terms, stems, numbers, at):
    """Write the leaf of an alternative; return its end, the most that it counts, and whether it finds anything."""
    found, weighed, _ = others
    place, size = found[ALTERNATIVE * each + A_AT], found[ALTERNATIVE * each + A_SIZE]
    if size > 1:
        first = together_at + place
        # What several words count together has no peak that is known.
        return _put_leaf(numbers, at, TOGETHER, first, first + size, 0, NOTHING, -1), 1.0, False
    stem = terms[PLANNED_TERM * place + T_STEM]
    start, end = bounds(stem, stems)
    at = _put_leaf(numbers, at, LIST, start, end, 0, _counted_role(terms, place, counts), dense(stem, stems))
    return at, weighed[each] * peak(stem, stems), end > start


@njit
def _put_completions(asked, numbers, at, weights, weight_at):
    """Write the leaves of the words that complete the last one; return where these and their weights end."""
    leaves, credits = carray(i64(asked[Q_NUMBERS]), (1 << 40,)), carray(f64(asked[Q_WEIGHTS]), (1 << 40,))
    for each in range(LEAF * asked[Q_COMPLETIONS]):
        numbers[at + each] = leaves[each]
    for each in range(2 * asked[Q_COMPLETIONS]):
        weights[weight_at + each] = credits[each]
    return at + LEAF * asked[Q_COMPLETIONS], weight_at + 2 * asked[Q_COMPLETIONS]


@njit
def _put_slot(asked, slot, lazy, together_at, others, terms, stems, numbers, at, weights, weight_at):
    """Write the leaves of one slot with their weights; return where both end, the most that one counts, and whether any
    finds something by itself.
    """
    found, weighed, made = others
    counts = is_required(asked, slot) and not lazy
    place = own_place(asked, terms, slot)
    stem = terms[PLANNED_TERM * place + T_STEM]
    start, end = bounds(stem, stems)
    form, role = asked[QUERY + ASKED_SLOT * slot + QS_FORM], _counted_role(terms, place, counts)
    at = _put_leaf(numbers, at, LIST, start, end, form, role, dense(stem, stems))
    weights[weight_at], weights[weight_at + 1] = 1.0, ranking.STEM_FACTOR
    weight_at, most, finds = weight_at + 2, peak(stem, stems), end > start
    for each in range(made):
        if (found[ALTERNATIVE * each + A_MASK] >> slot) & 1:
            at, highest, useful = _put_other(each, together_at, others, counts, terms, stems, numbers, at)
            weights[weight_at], weights[weight_at + 1] = weighed[each], weighed[each]
            weight_at, most, finds = weight_at + 2, max(most, highest), finds or useful
    if slot == asked[Q_SLOTS] - 1 and asked[Q_COMPLETIONS] > 0:
        at, weight_at = _put_completions(asked, numbers, at, weights, weight_at)
        most, finds = max(most, ranking.PREFIX_CREDIT), True
    return at, weight_at, most, finds


@njit
def _room(asked, others, places):
    """Return at least how many numbers the plan comes to, without raises."""
    leaves = 0
    for slot in range(asked[Q_SLOTS]):
        leaves += _leaves(asked, slot, others)
    chains = MOST_CHAINS * (1 + LONGEST_CHAIN)
    return _HEAD + SLOT * asked[Q_SLOTS] + LEAF * leaves + TERM * MOST_TERMS + places + chains + RAISE * asked[Q_RAISES]


@njit
def _put_head(asked, numbers, terms, raises, chains, lazy, neighbours, at):
    """Write the head; ``at`` are the places of leaves, terms, raises and chains."""
    numbers[H_SLOTS], numbers[H_TERMS], numbers[H_RAISES], numbers[H_CHAINS] = asked[Q_SLOTS], terms, raises, chains
    for value in range(ASKED_VALUES):
        numbers[H_LIMIT + value] = asked[Q_ASKED + value]
    numbers[H_LAZY], numbers[H_NEIGHBOURS], numbers[H_SLOT_AT] = lazy, neighbours, _HEAD
    numbers[H_LEAF_AT], numbers[H_TERM_AT], numbers[H_RAISE_AT], numbers[H_CHAIN_AT] = at


@njit
def _put_slots(asked, others, numbers, weights):
    """Write how many leaves slots have, and what slots weigh; return how many leaves there are."""
    leaves = 0
    for slot in range(asked[Q_SLOTS]):
        size, at = _leaves(asked, slot, others), _HEAD + SLOT * slot
        numbers[at], numbers[at + 1] = size, is_required(asked, slot)
        weights[slot] = 1.0 if is_required(asked, slot) else ranking.LIGHT_FACTOR
        leaves += size
    return leaves


@njit
def _put_leaves(asked, lazy, leaves, together_at, others, terms, stems, numbers, weights):
    """Write all leaves; return which slots find something by themselves, as bits."""
    slots, finding = asked[Q_SLOTS], np.int64(0)
    at, weight_at = _HEAD + SLOT * slots, slots
    for slot in range(slots):
        at, weight_at, most, finds = _put_slot(
            asked, slot, lazy, together_at, others, terms, stems, numbers, at, weights, weight_at
        )
        weights[slots + 2 * leaves + slot] = most
        finding |= np.int64(finds) << slot
    return finding


@njit
def _put_terms(terms, count, stems, numbers, term_at):
    """Write the terms."""
    for place in range(count):
        at, stem = term_at + TERM * place, terms[PLANNED_TERM * place + T_STEM]
        numbers[at], numbers[at + 1] = bounds(stem, stems)
        numbers[at + 2], numbers[at + 3] = terms[PLANNED_TERM * place + T_ROLE], stem


@njit
def _put_plan(asked, others, terms, count, places, used, chain, stems, names, numbers, weights):
    """Write the plan of a query; return how many numbers it has, or -1, and which slots find something, as bits."""
    slots, leaves = asked[Q_SLOTS], _put_slots(asked, others, numbers, weights)
    term_at = _HEAD + SLOT * slots + LEAF * leaves
    together_at = term_at + TERM * count
    raise_at = together_at + used
    raise_end = put_raises(asked, others, names, numbers, raise_at)
    if raise_end < 0 or raise_end + MOST_CHAINS * (1 + LONGEST_CHAIN) > MOST_NUMBERS:
        return np.int64(-1), np.int64(0)
    chains, end = put_chains(asked, others, terms, places, chain, numbers, raise_end)
    if chains < 0:
        return np.int64(-1), np.int64(0)
    # Neighbours are told apart by the roles that terms have before leaves take them over.
    neighbours = counted_neighbours(terms, count, numbers, raise_end, end)
    first, behind = bounds(terms[PLANNED_TERM * own_place(asked, terms, 0) + T_STEM], stems)
    lazy = slots == 1 and (leaves == 1 or behind - first > LAZY_FROM)
    finding = _put_leaves(asked, lazy, leaves, together_at, others, terms, stems, numbers, weights)
    _put_terms(terms, count, stems, numbers, term_at)
    for at in range(used):
        numbers[together_at + at] = places[at]
    raises, parts = (raise_end - raise_at) // RAISE, (_HEAD + SLOT * slots, term_at, raise_at, raise_end)
    _put_head(asked, numbers, count, raises, chains, lazy, neighbours, parts)
    return end, finding


@njit
def _grouped(others):
    """Return for which slots several words together may stand, as bits."""
    found, _, made = others
    slots = np.int64(0)
    for each in range(made):
        if found[ALTERNATIVE * each + A_SIZE] > 1:
            slots |= found[ALTERNATIVE * each + A_MASK]
    return slots


@cfunc(types.int64(types.int64, types.int64, types.int64, types.int64), error_model="numpy")
def plan(table_at, asked_at, rules_at, out_at):
    """Plan a query; return 0, -1 where Python has to plan it, or -2 where names have to be looked up first.

    The arguments are addresses: of the table of arrays (`ARRAYS`), of the query (`QUERY` numbers, slots and raises), of
    the vocabulary (`RULES`) and of what becomes of it (`OUTCOME` numbers).
    """
    table, asked = carray(i64(table_at), (64,)), _integers(asked_at)
    rules, out = carray(i64(rules_at), (len(RULES),)), carray(i64(out_at), (OUTCOME,))
    work, weighed = carray(i64(out[O_WORK]), (WORK,)), carray(f64(out[O_FLOATS]), (FLOATS,))
    terms, places, chain = work[TERMS_AT:PLACES_AT], work[PLACES_AT:ONE_CHAIN_AT], work[ONE_CHAIN_AT:]
    vocabulary = _vocabulary(rules)
    made = _others(asked, rules, vocabulary[0], work, weighed)
    if made < 0:
        return np.int64(-1)
    others = (work[ALTERNATIVES_AT:TERMS_AT], weighed, made)
    names = (_integers(rules[R_NAMED_AT]), _integers(rules[R_NAMED]))
    out[O_NAMES] = missing_names(asked, others, names[0], places)
    if out[O_NAMES] > 0:
        return np.int64(-2)
    count, used = add_alternatives(asked, others, vocabulary, terms, add_slots(asked, terms), places)
    if count < 0 or _room(asked, others, used) > MOST_NUMBERS:
        return np.int64(-1)
    stems = (
        _integers(rules[R_FIRST]),
        _integers(rules[R_DENSE]),
        carray(f64(rules[R_PEAKS]), (1 << 40,)),
        carray(f32(table[AT_IMPACTS]), (1 << 40,)),
    )
    out[O_TERM_COUNT] = count
    put_asked_terms(terms, count, stems, _integers(out[O_TERMS]))
    out[O_GROUPED] = _grouped(others)
    out[O_GROUP_COUNT], out[O_GROUP_NUMBERS] = put_asked_groups(others, places, _integers(out[O_GROUPS]))
    put_extra(asked, terms, count, vocabulary[1][1], _integers(out[O_EXTRA]))
    numbers, weights = carray(i64(out[O_NUMBERS]), (MOST_NUMBERS,)), carray(f64(out[O_WEIGHTS]), (MOST_NUMBERS,))
    out[O_USED], out[O_FOUND] = _put_plan(
        asked, others, terms, count, places, used, chain, stems, names, numbers, weights
    )
    return np.int64(-1) if out[O_USED] < 0 else np.int64(0)
