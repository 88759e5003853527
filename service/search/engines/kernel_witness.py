"""The part of the kernel that tells why records match: which terms they hold, in which fields, and where.

`service.search.engines.evidence` says the same in Python, and a test holds the two equal.
"""

# numba compiles these functions; what it infers needs no annotations, and its decorators have none.
# mypy: disable-error-code="attr-defined, arg-type, no-untyped-def, no-untyped-call, misc, untyped-decorator"

from __future__ import annotations

import numpy as np
from numba import carray, cfunc, njit, types

from indexer.compiled import bits
from service.search.engines.kernel_memory import i64, u8, u16, u32
from service.search.engines.kernel_parts import place_of
from service.search.engines.layouts import (
    AT_BITS,
    AT_CURSORS,
    AT_DOCS,
    AT_FIRST_POSITION,
    AT_PACKED,
    AT_POSITION_STARTS,
    AT_TEXT_BEFORE,
    AT_TEXT_FIRST,
    AT_TEXT_STARTS,
    AT_TEXT_WIDTHS,
    HELD_FIELD,
    KEY_FIELD,
    KEY_START,
    KEY_WIDTH,
    SIGHTED,
    W_COMPLETIONS,
    W_GROUPS,
    W_HITS,
    W_ROOM,
    W_TERMS,
    WITNESS,
)

_FIELD_COUNT = len(bits.FIELDS)
_FIELD_SHIFT, _PLACE = bits.FIELD_SHIFT, bits.SPAN - 1
_WIDEST = np.int64(bits.WIDEST)


@njit
def _find_terms(asked, doc, docs, places):
    """Look up the posting of every term and completion in one record; -1 where it has none."""
    for number in range(asked[W_TERMS] + asked[W_COMPLETIONS]):
        at = WITNESS + asked[W_HITS] + SIGHTED * number
        place = place_of(docs, asked[at], asked[at + 1], doc)
        found = place < asked[at + 1] and np.int64(docs[place]) == doc
        places[number] = place if found else -1


@njit
def _drop_uncounted(asked, flags, places, counted):
    """Leave only what stands for a word: single terms, whole groups, and completions in the form that completes."""
    terms, completions = asked[W_TERMS], asked[W_COMPLETIONS]
    first = WITNESS + asked[W_HITS]
    for number in range(terms):
        counted[number] = asked[first + SIGHTED * number + 3]
    group = first + SIGHTED * (terms + completions)
    for _ in range(asked[W_GROUPS]):
        whole = True
        for at in range(group + 1, group + 1 + asked[group]):
            whole = whole and places[asked[at]] >= 0
        if whole:
            for at in range(group + 1, group + 1 + asked[group]):
                counted[asked[at]] = 1
        group += 1 + asked[group]
    for number in range(terms):
        if counted[number] == 0:
            places[number] = -1
    for number in range(terms, terms + completions):
        form = np.uint32(asked[first + SIGHTED * number + 3])
        if places[number] >= 0 and form != 0 and flags[places[number]] & form == 0:
            places[number] = -1


@njit
def _sight(term, place, asked, doc, placed, tokens, keys, used):
    """Write a key for each place at which a record holds a term; return how many keys there are, -1: too many."""
    first_of, position_start, packed = placed
    starts, widths, text_first, text_before = tokens
    at = WITNESS + asked[W_HITS] + SIGHTED * term
    base = first_of[asked[at + 2]]
    begin, end = base + np.int64(position_start[place]), first_of[asked[at + 2] + 1]
    if place + 1 < asked[at + 1]:
        end = base + np.int64(position_start[place + 1])
    if used + end - begin + 1 > asked[W_ROOM]:
        return np.int64(-1)
    for each in range(begin, end):
        field = np.int64(packed[each]) >> _FIELD_SHIFT
        token = text_first[doc] + np.int64(text_before[doc * _FIELD_COUNT + field]) + (np.int64(packed[each]) & _PLACE)
        start, width = np.int64(starts[token]), _WIDEST - np.int64(widths[token])
        keys[used] = (field << KEY_FIELD) | (start << KEY_START) | (width << KEY_WIDTH) | term
        used += 1
    keys[used] = (np.int64(HELD_FIELD) << KEY_FIELD) | term
    return used + 1


@njit
def sighted(table, asked, doc, keys, used):
    """Write the keys of one record behind ``used`` others; return the bits of its postings, and how many keys there are
    then, or -1 where there is no room for them.
    """
    docs, flags = carray(u32(table[AT_DOCS]), (1 << 40,)), carray(u32(table[AT_BITS]), (1 << 40,))
    placed = (
        carray(i64(table[AT_FIRST_POSITION]), (1 << 40,)),
        carray(u32(table[AT_POSITION_STARTS]), (1 << 40,)),
        carray(u32(table[AT_PACKED]), (1 << 40,)),
    )
    tokens = (
        carray(u16(table[AT_TEXT_STARTS]), (1 << 40,)),
        carray(u8(table[AT_TEXT_WIDTHS]), (1 << 40,)),
        carray(i64(table[AT_TEXT_FIRST]), (1 << 40,)),
        carray(u32(table[AT_TEXT_BEFORE]), (1 << 40,)),
    )
    both = asked[W_TERMS] + asked[W_COMPLETIONS]
    places, counted = carray(i64(table[AT_CURSORS]), (both,)), carray(i64(table[AT_CURSORS] + 8 * both), (both,))
    held = np.int64(0)
    _find_terms(asked, doc, docs, places)
    _drop_uncounted(asked, flags, places, counted)
    for term in range(both):
        if places[term] >= 0:
            held |= np.int64(flags[places[term]])
            used = _sight(term, places[term], asked, doc, placed, tokens, keys, used)
            if used < 0:
                break
    return held, used


@cfunc(types.int64(types.int64, types.int64, types.int64, types.int64), error_model="numpy")
def witness(table_at, asked_at, hits_at, keys_at):
    """Tell why some records match; return how many keys were written, or -1 where there is no room for them.

    The arguments are addresses: of the table of arrays (`ARRAYS`), of what is asked (`WITNESS` numbers, then records,
    terms and completions, groups), of two numbers for each record (the bits of its postings, and the end of its keys)
    and of the keys.
    """
    table, asked = carray(i64(table_at), (64,)), carray(i64(asked_at), (1 << 40,))
    hits, keys = carray(i64(hits_at), (1 << 40,)), carray(i64(keys_at), (1 << 40,))
    used = np.int64(0)
    for hit in range(asked[W_HITS]):
        held, used = sighted(table, asked, asked[WITNESS + hit], keys, used)
        if used < 0:
            return used
        hits[2 * hit], hits[2 * hit + 1] = held, used
    return used
