"""The part of the kernel that writes hits whole: the card of a record, how it matches, and the names of fields.

`service.web.render` puts the same together in Python, and a test holds the two equal to the byte.
"""

# numba compiles these functions; what it infers needs no annotations, and its decorators have none.
# mypy: disable-error-code="attr-defined, arg-type, no-untyped-def, no-untyped-call, misc, untyped-decorator"

from __future__ import annotations

import numpy as np
from numba import carray, njit

from indexer.compiled import bits
from service.search.engines.kernel_memory import f64, i64, u8, u32, u64
from service.search.engines.kernel_text import copy, put_bytes
from service.search.engines.layouts import LABEL, S_CARD_ENDS, S_CARDS, S_CORRECTED, S_LABELS, S_RESULTS, S_ROOM
from service.search.model import BY_CODE, STEPS, Tier

_FIELD_COUNT = len(bits.FIELDS)
_BY_CODE, _FUZZY = tuple(int(tier) for tier in BY_CODE), int(Tier.FUZZY)
#: The first key of a card that is not shown of a hit; inside of a text its quotes would be escaped.
_UNSHOWN = b',"short_descriptor":'
#: Bytes that a hit takes beside its card and its texts.
_AROUND = 1024
#: Scores have four decimals. What lies so near to the middle of two is left to who rounds exactly.
_SCALE, _DOUBT = 10_000.0, 1e-6


@njit
def heads_of(show):
    """Return what heads of hits are made of: results, cards with their ends, and labels."""
    at = show[S_RESULTS]
    results = carray(i64(at if at != 0 else show[S_LABELS]), (4,))
    return (
        (
            carray(u32(results[0]), (1 << 40,)),
            carray(u8(results[1]), (1 << 40,)),
            carray(f64(results[2]), (1 << 40,)),
            carray(u8(results[3]), (1 << 40,)),
        ),
        (carray(u8(show[S_CARDS]), (1 << 40,)), carray(u64(show[S_CARD_ENDS]), (1 << 40,))),
        carray(u8(show[S_LABELS]), (1 << 40,)),
    )


@njit
def _put_label(label, labels, out, at):
    """Write the name of a field or, behind these, of a tier, in quotes."""
    first = LABEL * label
    return copy(labels, first + 1, first + 1 + labels[first], out, at)


@njit
def _is_unshown(cards, at, end):
    if at + len(_UNSHOWN) > end:
        return False
    for each in range(len(_UNSHOWN)):  # noqa: SIM110  (numba knows no generators here)
        if cards[at + each] != _UNSHOWN[each]:
            return False
    return True


@njit
def _put_card(doc, cards, show, out, at):
    """Write what is shown of a card; return where it ends, or -1 where there is no room for it."""
    text, ends = cards
    start, end = np.int64(ends[doc]), np.int64(ends[doc + 1])
    stop = start
    while stop < end and not (text[stop] == _UNSHOWN[0] and _is_unshown(text, stop, end)):
        stop += 1
    if stop == end or at + stop - start + _AROUND > show[S_ROOM]:
        return np.int64(-1)
    return copy(text, start, stop, out, at)


@njit
def _rounded(score):
    """Return a score in ten-thousandths, or -1 where it is in doubt which is the nearest."""
    scaled = score * _SCALE
    whole = np.int64(scaled)
    rest = scaled - whole
    return np.int64(-1) if abs(rest - 0.5) < _DOUBT else whole + np.int64(rest > 0.5)


@njit
def _put_score(score, corrected, out, at):
    """Write a score with its decimals, one to four; return where it ends, or -1 where that is in doubt."""
    whole = _rounded(score)
    if corrected and whole >= 0:
        whole = _rounded(_FUZZY + whole / _SCALE / STEPS)
    if whole < 0:
        return np.int64(-1)
    out[at] = 48 + whole // 10_000
    out[at + 1] = 46
    at, left, unit = at + 2, whole % 10_000, np.int64(1_000)
    while True:
        out[at] = 48 + left // unit
        at, left, unit = at + 1, left % unit, unit // 10
        if left == 0:
            return at


@njit
def put_head(doc, place, flags, heads, show, out, at):
    """Write a hit as far as its marked texts; ``place`` is its place in the results.

    Return where that ends, or -1 where it cannot be told: what a code has to do with it is left to Python.
    """
    (_, tiers, fractions, active), cards, labels = heads
    tier = np.int64(tiers[place])
    if tier in _BY_CODE or (flags >> bits.CODE_FIELD) & 1 == 1:
        return np.int64(-1)
    if at > 0:
        out[at] = 44
        at += 1
    at = _put_card(doc, cards, show, out, at)
    if at < 0:
        return at
    at = put_bytes(b',"status":"active","score":' if active[place] else b',"status":"terminated","score":', out, at)
    corrected = show[S_CORRECTED] != 0
    at = _put_score(np.float64(tier) + fractions[place], corrected, out, at)
    if at < 0:
        return at
    at = _put_label(_FIELD_COUNT + (_FUZZY if corrected else tier), labels, out, put_bytes(b',"match":', out, at))
    at, begun = put_bytes(b',"matched_fields":[', out, at), False
    for field in range(_FIELD_COUNT):
        if (flags >> field) & 1 == 1:
            if begun:
                out[at] = 44
                at += 1
            at, begun = _put_label(field, labels, out, at), True
    return put_bytes(b'],"highlights":{', out, at)
