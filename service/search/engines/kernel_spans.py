"""The part of the kernel that finds where words stand in a text: spans from the keys of a record, apart and in order.

`service.search.engines.evidence.Witness.spans` does the same in Python.
"""

# numba compiles these functions; what it infers needs no annotations, and its decorators have none.
# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator, misc"

from __future__ import annotations

import numpy as np
from numba import njit

from indexer.analysis.tokenizer import MOST_PARTS
from indexer.compiled import bits
from service.search.engines.kernel_words import end_of_letters, joins, word_at
from service.search.engines.layouts import (
    KEY_FIELD,
    KEY_START,
    KEY_WIDTH,
    MOST_SPANS,
    SHOW,
    SIGHTED,
    SPELLED,
    W_HITS,
    WITNESS,
)

_TERM, _START, _WIDEST, _FARTHEST = (1 << KEY_WIDTH) - 1, bits.FARTHEST, bits.WIDEST, bits.FARTHEST


@njit
def _spelled_end(chars, start, width, length, show, at):
    """Return the end of the word that is spelled out at ``at`` where it stands at ``start``, else 0.

    It may be a token of so many characters, or that and the next one with a joiner between.
    """
    size, gap = show[at], 0
    if size < width or size == 0 or start + size + (size > width) > length:
        return 0
    for place in range(size):
        if place == width:
            gap = 1
        char = np.int64(chars[start + gap + place])
        if 65 <= char <= 90:
            char += 32
        if (show[at + 1 + place // 8] >> (8 * (place % 8))) & 0xFF != char:
            return 0
    return start + gap + size


@njit
def _is_behind(chars, end, length):
    """Say whether a word certainly ends before ``end``."""
    if end == length:
        return True
    char = chars[end]
    return char == 32 or char == 44 or (char == 46 and end + 1 == length) or char == 10 or char == 41 or char == 59


@njit
def _looked_up_end(chars, start, width, length, stem, index):
    """Return where a word of the index ends that begins with a token and a joiner and has a stem, given by its number;
    0 where that cannot be told: it is the token, or two or three words that are joined.
    """
    _, words, stems = index
    end = start + width
    number = word_at(chars, start, end, words)
    if number < 0 or np.int64(stems[number]) == stem:
        return end if number >= 0 else 0
    for _ in range(MOST_PARTS - 1):
        if end == length or not joins(chars[end]):
            return 0
        behind = end_of_letters(chars, end + 1, length)
        if behind == end + 1 or not (_is_behind(chars, behind, length) or joins(chars[behind])):
            return 0
        number, end = word_at(chars, start, behind, words), behind
        if number >= 0 and np.int64(stems[number]) == stem:
            return end
    return 0


@njit
def _joined_end(chars, start, width, length, show, term):
    """Return where a word ends that begins with a token and a joiner; 0 where that cannot be told at a glance.

    It is the token where that has the stem by itself; else the token and the next, where their letters are a word that
    has the stem, which is too long to be that of the token alone.
    """
    at = SHOW + SPELLED * term + 2
    for word in range(2):
        end = _spelled_end(chars, start, width, length, show, at + 3 * word)
        if end == start + width:
            return end
        if end > 0 and show[at - 1] > width and _is_behind(chars, end, length):
            return end
    return 0


@njit
def find_spans(field, keys, bounds, chars, length, show, index, spans):
    """Write start, end and term of the words of a field that match, apart and in order; return how many.

    -1 where that cannot be told from their keys.
    """
    count, begin, end = 0, -1, -1
    for at in range(bounds[0], bounds[1]):
        key = keys[at]
        if key >> KEY_FIELD != field:
            continue
        start, width = (key >> KEY_START) & _START, _WIDEST - ((key >> KEY_WIDTH) & _WIDEST)
        if start == _FARTHEST or width == _WIDEST or count == MOST_SPANS:
            return -1
        stop, term = start + width, key & _TERM
        if stop < length and joins(chars[stop]):
            stop = _joined_end(chars, start, width, length, show, term)
            if stop == 0:
                stem = index[0][WITNESS + index[0][W_HITS] + SIGHTED * term + 2]
                stop = _looked_up_end(chars, start, width, length, stem, index)
            if stop == 0:
                return -1
        if start == begin and stop > end:
            count -= 1
        elif start < end:
            continue
        spans[3 * count], spans[3 * count + 1], spans[3 * count + 2] = start, stop, show[SHOW + SPELLED * term]
        begin, end, count = start, stop, count + 1
    return count
