"""The part of the kernel that looks up words of the index as they stand in a text, by the table of their dictionary.

`indexer.compiled.dictionary` made that table, and finds words in it by Python.
"""

# numba compiles these functions; what it infers needs no annotations, and its decorators have none.
# mypy: disable-error-code="no-untyped-def, untyped-decorator, misc"

from __future__ import annotations

import numpy as np
from numba import njit

from indexer.analysis.tokenizer import LONGEST_TOKEN
from indexer.compiled.dictionary import EMPTY

#: The polynomial of CRC-32, its bits in reverse.
_POLYNOMIAL, _ALL = 0xEDB88320, 0xFFFFFFFF


@njit
def joins(char):
    """Say whether a character between two words may make a compound of them."""
    return char == 45 or char == 47 or char == 0x2010 or char == 0x2011 or char == 0x2013


@njit
def folded(char):
    """Return a plain letter in lower case, or a digit; -1 for every other character."""
    if 65 <= char <= 90:
        return char + 32
    return char if 97 <= char <= 122 or 48 <= char <= 57 else np.int64(-1)


@njit
def _hash(chars, start, stop):
    """Return the CRC-32 of what is spelled, joiners left out; -1 where it has other characters or is too long."""
    crc, size = np.int64(_ALL), 0
    for at in range(start, stop):
        char = np.int64(chars[at])
        if joins(char):
            continue
        char = folded(char)
        if char < 0 or size == LONGEST_TOKEN:
            return np.int64(-1)
        crc ^= char
        for _ in range(8):
            crc = (crc >> 1) ^ (_POLYNOMIAL * (crc & 1))
        size += 1
    return crc ^ _ALL


@njit
def _is_spelled(text, first, end, chars, start, stop):
    """Say whether the bytes of a word are what is spelled, joiners left out."""
    at = first
    for place in range(start, stop):
        char = np.int64(chars[place])
        if joins(char):
            continue
        if at == end or np.int64(text[at]) != folded(char):
            return False
        at += 1
    return at == end


@njit
def word_at(chars, start, stop, words):
    """Return the number of the word that stands there, joined where joiners stand in it; -1 where none is known.

    ``words`` are the bytes of all words, their ends, the table of their numbers, and its size less one.
    """
    text, ends, table, mask = words
    crc = _hash(chars, start, stop)
    if crc < 0:
        return np.int64(-1)
    at = crc & mask
    while np.int64(table[at]) != EMPTY:
        number = np.int64(table[at])
        if _is_spelled(text, np.int64(ends[number]), np.int64(ends[number + 1]), chars, start, stop):
            return number
        at = (at + 1) & mask
    return np.int64(-1)


@njit
def end_of_letters(chars, start, length):
    """Return where the plain letters end that begin at ``start``."""
    end = start
    while end < length and folded(np.int64(chars[end])) > 57:
        end += 1
    return end
