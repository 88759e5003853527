"""The part of the kernel that finds the words of a text without syntax, as `tokenize` finds them."""

# numba compiles these functions; what it infers needs no annotations, and its decorators have none.
# mypy: disable-error-code="attr-defined, arg-type, no-untyped-def, no-untyped-call, misc, untyped-decorator"

from __future__ import annotations

import numpy as np
from numba import njit

from service.search.engines.kernel_words import folded
from service.search.engines.layouts import KEY, KEY_CHARS, KEY_FACTORS
from service.search.query.parser import MAX_WORDS

#: A text of so few letters may be a modifier of a code; one of so few letters and digits a code, or how one begins.
_MODIFIER_CHARS, _CODE_CHARS = 2, 5
#: Every code has four digits side by side, or more.
_MOST_DIGITS = 3
_APOSTROPHE, _COMMA, _HYPHEN, _LETTERS_FROM = 39, 44, 45, 58
#: What ends a word and is no more than that.
_ENDS = tuple(b" !&(),/;?")
_LOW, _MIDDLE, _HIGH = KEY_FACTORS


@njit
def _separates(char, inside):
    """Say whether a character is nothing but the end of a word; a hyphen is that where it stands right behind one."""
    return inside if char == _HYPHEN else char in _ENDS


@njit
def _is_operator(text, start, end):
    """Say whether a word is AND, OR or NOT."""
    if end - start == 2:
        return text[start] == 79 and text[start + 1] == 82
    if end - start != 3:
        return False
    is_and = text[start] == 65 and text[start + 1] == 78 and text[start + 2] == 68
    return is_and or (text[start] == 78 and text[start + 1] == 79 and text[start + 2] == 84)


@njit
def _is_possessive(text, at, length):
    """Say whether an apostrophe stands there, and behind it nothing of the word but a small s."""
    if text[at] != _APOSTROPHE or at + 1 == length or text[at + 1] != 115:
        return False
    return at + 2 == length or (_separates(np.int64(text[at + 2]), True) and text[at + 2] != _HYPHEN)


@njit
def _end_of_word(text, at, length):
    """Return where a word ends that begins there; -1 where it may be a code, or a number with its unit."""
    is_number, end, digits = text[at] < _LETTERS_FROM, at, 0
    while end < length and folded(np.int64(text[end])) >= 0:
        is_digit = text[end] < _LETTERS_FROM
        digits = digits + 1 if is_digit else 0
        if digits > _MOST_DIGITS or (is_number and not is_digit):
            return -1
        end += 1
    # Digits may go on behind a comma.
    goes_on = is_number and end < length and text[end] == _COMMA
    return -1 if goes_on or _is_operator(text, at, end) else end


@njit
def find_words(text, length, letters, starts):
    """Fold the words of a text, without what separates them, and write where they start, and where the last one ends.

    Return how many there are, and whether the last one ends the text; -1 where something else is in the text.
    """
    count, used, at, has_number, is_open = 0, 0, 0, False, False
    while at < length:
        if folded(np.int64(text[at])) < 0:
            if not _separates(np.int64(text[at]), is_open):
                return -1, False
            at, is_open = at + 1, False
            continue
        end = _end_of_word(text, at, length)
        if end < 0 or count == MAX_WORDS:
            return -1, False
        starts[count], count, is_open = used, count + 1, True
        for each in range(at, end):
            has_number = has_number or text[each] < _LETTERS_FROM
            letters[used] = folded(np.int64(text[each]))
            used += 1
        at = end + 2 if end < length and _is_possessive(text, end, length) else end
    starts[count] = used
    return (count, is_open) if used > (_CODE_CHARS if has_number else _MODIFIER_CHARS) else (-1, False)


@njit
def _packed(letters, start, end):
    """Return up to eight letters as one number."""
    packed = np.int64(0)
    for at in range(start, min(end, start + 8)):
        packed |= np.int64(letters[at]) << (8 * (at - start))
    return packed


@njit
def known_word(letters, start, end, keys, mask):
    """Return the number of a word that was looked up before, or -1."""
    if end - start > KEY_CHARS:
        return np.int64(-1)
    low, middle, high = (
        _packed(letters, start, end),
        _packed(letters, start + 8, end),
        _packed(letters, start + 16, end),
    )
    mixed = (
        np.uint64(low) * np.uint64(_LOW) + np.uint64(middle) * np.uint64(_MIDDLE) + np.uint64(high) * np.uint64(_HIGH)
    )
    at = np.int64(mixed >> np.uint64(32)) & mask
    while keys[KEY * at + 3] > 0:
        if keys[KEY * at] == low and keys[KEY * at + 1] == middle and keys[KEY * at + 2] == high:
            return keys[KEY * at + 3] - 1
        at = (at + 1) & mask
    return np.int64(-1)
