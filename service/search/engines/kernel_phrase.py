"""The part of the kernel that finds phrases: records in which terms stand side by side in one field.

`service.search.engines.demands` says the same in numpy, and a test holds the two equal.
"""

# numba compiles these functions; what it infers needs no annotations, and its decorators have none.
# mypy: disable-error-code="attr-defined, arg-type, no-untyped-def, no-untyped-call, misc, untyped-decorator"

from __future__ import annotations

import numpy as np
from numba import carray, cfunc, njit, types

from indexer.compiled import bits
from service.search.engines.kernel_memory import i64, u8, u32
from service.search.engines.kernel_parts import place_of
from service.search.engines.layouts import (
    AT_BITS,
    AT_CURSORS,
    AT_DOCS,
    AT_FIRST_POSITION,
    AT_PACKED,
    AT_POSITION_STARTS,
    P_FIELDS,
    P_TERMS,
    PHRASE,
    PHRASED,
)

_FIELD_SHIFT = bits.FIELD_SHIFT


@njit(inline="always")
def _seek(docs, start, end, doc):
    """Return what `place_of` does, fast where the place is near ``start``: in steps that double."""
    step = 1
    while start + step < end and np.int64(docs[start + step]) < doc:
        start += step
        step <<= 1
    return place_of(docs, start, min(start + step + 1, end), doc)


@njit
def _hold_all(asked, doc, docs, flags, cursors):
    """Move the cursors of all terms to a record; say whether it holds each of them in one of the fields."""
    fields = np.uint32(asked[P_FIELDS])
    for number in range(asked[P_TERMS]):
        at = PHRASE + PHRASED * number
        place = _seek(docs, cursors[number], asked[at + 1], doc)
        cursors[number] = place
        if place == asked[at + 1] or np.int64(docs[place]) != doc or flags[place] & fields == 0:
            return False
    return True


@njit(inline="always")
def _positions(asked, number, place, placed):
    """Return where the positions of posting ``place`` of a term begin and end."""
    first_of, position_start, _ = placed
    at = PHRASE + PHRASED * number
    base = first_of[asked[at + 2]]
    end = first_of[asked[at + 2] + 1]
    if place + 1 < asked[at + 1]:
        end = base + np.int64(position_start[place + 1])
    return base + np.int64(position_start[place]), end


@njit
def _side_by_side(asked, cursors, placed):
    """Say whether the terms follow one another in one of the fields of the record that the cursors are at."""
    packed, fields = placed[2], asked[P_FIELDS]
    begin, end = _positions(asked, 0, cursors[0], placed)
    for at in range(begin, end):
        position, whole = np.int64(packed[at]), True
        if (fields >> (position >> _FIELD_SHIFT)) & 1 == 0:
            continue
        for number in range(1, asked[P_TERMS]):
            first, last = _positions(asked, number, cursors[number], placed)
            place = place_of(packed, first, last, position + number)
            if place == last or np.int64(packed[place]) != position + number:
                whole = False
                break
        if whole:
            return True
    return False


@cfunc(types.int64(types.int64, types.int64, types.int64, types.int64), error_model="numpy")
def phrase(table_at, asked_at, mask_at, _unused):
    """Set to 1 the bytes of a mask for the records that hold a phrase; return how many they are.

    The arguments are addresses: of the table of arrays (`ARRAYS`), of what is asked (`PHRASE` numbers, then the terms)
    and of the mask, one byte a record.
    """
    table, asked = carray(i64(table_at), (64,)), carray(i64(asked_at), (1 << 40,))
    mask, cursors = carray(u8(mask_at), (1 << 40,)), carray(i64(table[AT_CURSORS]), (asked[P_TERMS],))
    docs, flags = carray(u32(table[AT_DOCS]), (1 << 40,)), carray(u32(table[AT_BITS]), (1 << 40,))
    placed = (
        carray(i64(table[AT_FIRST_POSITION]), (1 << 40,)),
        carray(u32(table[AT_POSITION_STARTS]), (1 << 40,)),
        carray(u32(table[AT_PACKED]), (1 << 40,)),
    )
    rarest, found = PHRASE, np.int64(0)
    for number in range(asked[P_TERMS]):
        at = PHRASE + PHRASED * number
        cursors[number] = asked[at]
        if asked[at + 1] - asked[at] < asked[rarest + 1] - asked[rarest]:
            rarest = at
    for place in range(asked[rarest], asked[rarest + 1]):
        doc = np.int64(docs[place])
        if _hold_all(asked, doc, docs, flags, cursors) and _side_by_side(asked, cursors, placed):
            mask[doc] = 1
            found += 1
    return found
