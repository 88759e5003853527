"""The part of the kernel that reads characters and writes JSON: texts decoded, words marked in HTML, sentences found.

Texts are handled as characters, one number each, so that places in them are those of Python's strings. What is written
is UTF-8: HTML that is escaped as `html.escape` does, inside of JSON strings as orjson writes them.
"""

# numba compiles these functions; what it infers needs no annotations, and its decorators have none.
# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator, misc"

from __future__ import annotations

import numpy as np
from numba import njit

#: A character takes so many bytes at most: ``&quot;``, or a control in JSON.
WIDEST_CHAR = 6
_NEWLINE, _BLANK = 10, 32
_HEX = b"0123456789abcdef"
#: Control characters that JSON writes by a letter: backspace, tab, newline, form feed, return.
_LETTERS = b"btn\0fr"


@njit
def decode(text, start, end, chars, most):
    """Write the characters of UTF-8 between ``start`` and ``end``; return how many, or -1 where ``most`` do not do."""
    count, at = 0, start
    while at < end:
        if count == most:
            return -1
        first = np.uint32(text[at])
        if first < 0x80:
            char, size = first, 1
        elif first < 0xE0:
            char, size = first & np.uint32(0x1F), 2
        elif first < 0xF0:
            char, size = first & np.uint32(0x0F), 3
        else:
            char, size = first & np.uint32(0x07), 4
        for more in range(1, size):
            char = (char << np.uint32(6)) | (np.uint32(text[at + more]) & np.uint32(0x3F))
        chars[count] = char
        count += 1
        at += size
    return count


@njit
def copy(source, start, end, out, at):
    """Copy bytes; return where they end."""
    for each in range(start, end):
        out[at] = source[each]
        at += 1
    return at


@njit
def put_bytes(text, out, at):
    """Write bytes; return where they end."""
    for byte in text:
        out[at] = byte
        at += 1
    return at


@njit
def _put_control(char, out, at):
    """Write a control character as JSON does."""
    out[at] = 92
    if 8 <= char <= 13 and char != 11:
        out[at + 1] = _LETTERS[char - 8]
        return at + 2
    at = put_bytes(b"u00", out, at + 1)
    out[at], out[at + 1] = _HEX[char >> 4], _HEX[char & 15]
    return at + 2


@njit
def _put_wide(char, out, at):
    """Write a character beyond ASCII in UTF-8."""
    if char < 0x800:
        out[at] = 0xC0 | (char >> 6)
    elif char < 0x10000:
        out[at] = 0xE0 | (char >> 12)
        at += 1
        out[at] = 0x80 | ((char >> 6) & 0x3F)
    else:
        out[at], out[at + 1] = 0xF0 | (char >> 18), 0x80 | ((char >> 12) & 0x3F)
        at += 2
        out[at] = 0x80 | ((char >> 6) & 0x3F)
    out[at + 1] = 0x80 | (char & 0x3F)
    return at + 2


@njit
def put(char, out, at):
    """Write one character of a text; return where it ends."""
    char = np.int64(char)
    if char >= 0x80:
        return _put_wide(char, out, at)
    if char == 38:
        return put_bytes(b"&amp;", out, at)
    if char == 60:
        return put_bytes(b"&lt;", out, at)
    if char == 62:
        return put_bytes(b"&gt;", out, at)
    if char == 34:
        return put_bytes(b"&quot;", out, at)
    if char == 39:
        return put_bytes(b"&#x27;", out, at)
    if char == 92:
        out[at] = out[at + 1] = 92
        return at + 2
    if char < _BLANK:
        return _put_control(char, out, at)
    out[at] = char
    return at + 1


@njit
def put_marked(chars, start, end, spans, first, last, out, at):
    """Write the characters from ``start`` to ``end`` with the spans number ``first`` to ``last`` marked."""
    here = start
    for span in range(first, last):
        for each in range(here, spans[3 * span]):
            at = put(chars[each], out, at)
        at = put_bytes(b"<mark>", out, at)
        for each in range(spans[3 * span], spans[3 * span + 1]):
            at = put(chars[each], out, at)
        at = put_bytes(b"</mark>", out, at)
        here = spans[3 * span + 1]
    for each in range(here, end):
        at = put(chars[each], out, at)
    return at


@njit
def _is_space(char):
    """Say whether a character is white space as `str.isspace` has it."""
    if char < 0x80:
        return 9 <= char <= 13 or 28 <= char <= _BLANK
    if 0x2000 <= char <= 0x200A or char == 0x85 or char == 0xA0 or char == 0x1680:
        return True
    return char == 0x2028 or char == 0x2029 or char == 0x202F or char == 0x205F or char == 0x3000


@njit
def gap_end(chars, at, length):
    """Return the end of the gap between sentences that begins at ``at``, or 0 where none does.

    It is white space behind one of ``.!?;``, or else one newline.
    """
    before = chars[at - 1] if at > 0 else np.uint32(0)
    if (before == 46 or before == 33 or before == 63 or before == 59) and _is_space(chars[at]):
        end = at + 1
        while end < length and _is_space(chars[end]):
            end += 1
        return end
    return at + 1 if chars[at] == _NEWLINE else 0


@njit
def find_blank(chars, start, end):
    """Return the place of the first blank from ``start`` to before ``end``, or -1."""
    for at in range(start, end):
        if chars[at] == _BLANK:
            return at
    return -1


@njit
def find_last_blank(chars, start, end):
    """Return the place of the last blank from ``start`` to before ``end``, or -1."""
    for at in range(end - 1, start - 1, -1):
        if chars[at] == _BLANK:
            return at
    return -1
