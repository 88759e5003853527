"""The part of the kernel that shows why records match: texts with their words marked, and the best passage, as JSON.

`service.search.highlights` does the same in Python, and a test holds the two equal to the byte.
"""

# numba compiles these functions; what it infers needs no annotations, and its decorators have none.
# mypy: disable-error-code="attr-defined, arg-type, no-untyped-def, no-untyped-call, misc, untyped-decorator"

from __future__ import annotations

import numpy as np
from numba import carray, cfunc, njit, types

from indexer.compiled import bits
from indexer.schema import SECTION_FIELDS
from service.search.engines.kernel_hits import heads_of, put_head
from service.search.engines.kernel_memory import i64, u8, u32, u64
from service.search.engines.kernel_spans import find_spans
from service.search.engines.kernel_text import (
    WIDEST_CHAR,
    copy,
    decode,
    find_blank,
    find_last_blank,
    gap_end,
    put_bytes,
    put_marked,
)
from service.search.engines.kernel_witness import sighted
from service.search.engines.layouts import (
    AT_SHOWN,
    AT_SHOWN_BEFORE,
    AT_SHOWN_FIRST,
    AT_WORD_BYTES,
    AT_WORD_ENDS,
    AT_WORD_MASK,
    AT_WORD_STEMS,
    AT_WORD_TABLE,
    MOST_CHARS,
    MOST_SPANS,
    NAMED,
    NAMED_END,
    NAMED_KIND,
    NAMED_START,
    S_ASKED,
    S_CHARS,
    S_FIRST,
    S_KEYS,
    S_NAMES,
    S_OUT,
    S_RESULTS,
    S_ROOM,
    S_SECTIONS,
    S_SPANS,
    SECTION_TEXT,
    TEXT_LIST,
    W_HITS,
    WITNESS,
)
from service.search.model import PASSAGE_CHARS

_FIELD_COUNT = len(bits.FIELDS)
_SECTIONS = tuple(bits.NUMBERS[name] for name in SECTION_FIELDS)
#: Bytes around a text: names, brackets, and the marks of a span.
_AROUND, _MARKS = 256, 16
_NEWLINE = 10


@njit
def _sort(keys, first, last):
    """Sort keys in place: a shell sort, for some dozens of them."""
    gap = 1
    while gap < (last - first) // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for at in range(first + gap, last):
            key, place = keys[at], at
            while place >= first + gap and keys[place - gap] > key:
                keys[place] = keys[place - gap]
                place -= gap
            keys[place] = key
        gap //= 3


@njit
def _worth(spans, first, last):
    """Return how many distinct terms some spans have."""
    distinct = 0
    for at in range(first, last):
        new = 1
        for other in range(first, at):
            if spans[3 * other + 2] == spans[3 * at + 2]:
                new = 0
                break
        distinct += new
    return distinct


@njit
def _window(chars, start, end, first):
    """Return start and end of what is shown of a sentence, around its first span."""
    if end - start <= PASSAGE_CHARS:
        return start, end
    begin = max(start, min(first - PASSAGE_CHARS // 4, end - PASSAGE_CHARS))
    if begin > start:
        blank = find_blank(chars, begin, first)
        begin = blank + 1 if blank >= 0 else first
    stop = begin + PASSAGE_CHARS
    if stop < end:
        stop = max(find_last_blank(chars, begin, stop), min(first + 1, stop))
    return begin, min(stop, end)


@njit
def _put_ellipsis(out, at):
    out[at], out[at + 1], out[at + 2] = 0xE2, 0x80, 0xA6
    return at + 3


@njit
def _put_snippet(chars, sentence, spans, out, at):
    """Write what is shown of a sentence; ``sentence`` are its start, its end, and the bounds of its spans."""
    start, end, first, last = sentence
    begin, stop = _window(chars, start, end, spans[3 * first] if first < last else start)
    while first < last and spans[3 * first] < begin:
        first += 1
    while first < last and spans[3 * (last - 1) + 1] > stop:
        last -= 1
    if begin > start:
        at = _put_ellipsis(out, at)
    at = put_marked(chars, begin, stop, spans, first, last, out, at)
    return _put_ellipsis(out, at) if stop < end else at


@njit
def _put_entries(chars, length, spans, count, out, at):
    """Write the lines of a list that hold a span, as JSON strings with commas between."""
    start, span, begun = 0, 0, False
    while span < count:
        end = start
        while end < length and chars[end] != _NEWLINE:
            end += 1
        first = span
        while span < count and spans[3 * span] < end:
            span += 1
        if span > first:
            if begun:
                out[at] = 44
                at += 1
            out[at] = 34
            at = put_marked(chars, start, end, spans, first, span, out, at + 1)
            out[at] = 34
            at, begun = at + 1, True
        start = end + 1
    return at


@njit
def _read(doc, field, shown, chars):
    """Decode a text; return its length in characters, -1 where it is too long."""
    text, first, before = shown
    start = first[doc] + np.int64(before[doc * _FIELD_COUNT + field])
    end = first[doc + 1]
    if field + 1 < _FIELD_COUNT:
        end = first[doc] + np.int64(before[doc * _FIELD_COUNT + field + 1])
    return decode(text, start, end, chars, MOST_CHARS)


@njit
def _fits(show, at, length, count):
    return at + WIDEST_CHAR * length + _MARKS * count + _AROUND <= show[S_ROOM]


@njit
def _show_fields(doc, flags, keys, bounds, shown, show, index, chars, spans, named, names, out, at):
    """Write the marked texts of all fields that match and are no sections; return where they end, or -1."""
    first = at
    for field in range(_FIELD_COUNT):
        kind = named[NAMED * field + NAMED_KIND]
        if kind == SECTION_TEXT or (flags >> field) & 1 == 0:
            continue
        length = _read(doc, field, shown, chars)
        count = find_spans(field, keys, bounds, chars, length, show, index, spans) if length >= 0 else -1
        if count < 0 or not _fits(show, at, length, count):
            return -1
        if count == 0:
            continue
        # Each begins with a comma, which is for what stands before it.
        comma = at == first
        at = copy(names, named[NAMED * field + NAMED_START] + comma, named[NAMED * field + NAMED_END], out, at)
        if kind == TEXT_LIST:
            at = _put_entries(chars, length, spans, count, out, at)
        else:
            out[at] = 34
            at = put_marked(chars, 0, length, spans, 0, count, out, at + 1)
            out[at] = 34
            at += 1
        out[at] = 93
        at += 1
    return at


@njit
def _best_sentence(chars, length, spans, count):
    """Return how many distinct terms and spans the best sentence of a text has, and that sentence as `_put_snippet`
    reads it; of equal ones the first.
    """
    best_terms, best_spans, best = -1, -1, (0, 0, 0, 0)
    start, at, span = 0, 0, 0
    while at <= length:
        behind = gap_end(chars, at, length) if at < length else length + 1
        if behind:
            first = span
            while span < count and spans[3 * span] < at:
                span += 1
            distinct = _worth(spans, first, span)
            if distinct > best_terms or (distinct == best_terms and span - first > best_spans):
                best_terms, best_spans, best = distinct, span - first, (start, at, first, span)
            start = at = behind
            # A span never begins between two sentences; were it so, it would belong to neither.
            while span < count and spans[3 * span] < start:
                span += 1
        else:
            at += 1
    return best_terms, best_spans, best


@njit
def _show_passage(doc, flags, keys, bounds, shown, show, index, chars, spans, named, names, out, at):
    """Write the best passage of the wanted sections, or null; return where it ends, or -1 where it cannot be told."""
    wanted, asked = show[S_SECTIONS], show[S_ASKED]
    if wanted < 0:
        wanted = flags
    best_field, best_terms, best_spans = -1, 0, 0
    for field in _SECTIONS:
        is_wanted = field == asked or (wanted >> field) & 1 == 1
        if not is_wanted or (best_field >= 0 and best_field == asked):
            continue
        length = _read(doc, field, shown, chars)
        if length == 0:
            continue
        count = find_spans(field, keys, bounds, chars, length, show, index, spans) if length > 0 else -1
        if count < 0:
            return -1
        found, many, _ = _best_sentence(chars, length, spans, count)
        if field == asked or found > best_terms or (found == best_terms and found > 0 and many > best_spans):
            best_field, best_terms, best_spans = field, found, many
    if best_field < 0:
        out[at], out[at + 1], out[at + 2], out[at + 3] = 110, 117, 108, 108
        return at + 4
    length = _read(doc, best_field, shown, chars)
    count = find_spans(best_field, keys, bounds, chars, length, show, index, spans)
    _, _, sentence = _best_sentence(chars, length, spans, count)
    if not _fits(show, at, length, count):
        return -1
    at = copy(names, named[NAMED * best_field + NAMED_START], named[NAMED * best_field + NAMED_END], out, at)
    at = _put_snippet(chars, sentence, spans, out, at)
    out[at], out[at + 1] = 34, 125
    return at + 2


@njit
def _show_one(doc, flags, keys, used, shown, show, index, chars, spans, named, names, out, at):
    """Write marked texts and passage of a record; return where they end, or -1 where they cannot be told."""
    if used < 0 or not _fits(show, at, 0, 0):
        return -1
    _sort(keys, 0, used)
    bounds = (0, used)
    at = _show_fields(doc, flags, keys, bounds, shown, show, index, chars, spans, named, names, out, at)
    if at < 0:
        return -1
    at = put_bytes(b'},"section":', out, at)
    return _show_passage(doc, flags, keys, bounds, shown, show, index, chars, spans, named, names, out, at)


@cfunc(types.int64(types.int64, types.int64, types.int64, types.int64), error_model="numpy")
def show(table_at, asked_at, show_at, ends_at):
    """Show why some records match; return how many bytes were written.

    The arguments are addresses: of the table of arrays (`ARRAYS`), of what is asked as `kernel_witness.witness` reads
    it, of what is needed beside (`SHOW`), and of three numbers a record that are written: the bits of its postings,
    where its JSON begins and where it ends, or -1 where it cannot be told from the index.

    Where results are given, the records are theirs, and whole hits are written with commas between; then -1 comes back
    where one of them cannot be told.
    """
    table, asked = carray(i64(table_at), (64,)), carray(i64(asked_at), (1 << 40,))
    extra, ends = carray(i64(show_at), (1 << 40,)), carray(i64(ends_at), (1 << 40,))
    keys = carray(i64(extra[S_KEYS]), (1 << 40,))
    spans, chars = carray(i64(extra[S_SPANS]), (3 * MOST_SPANS,)), carray(u32(extra[S_CHARS]), (MOST_CHARS,))
    named, out = carray(i64(extra[S_NAMES]), (NAMED * _FIELD_COUNT,)), carray(u8(extra[S_OUT]), (1 << 40,))
    names = carray(u8(extra[S_NAMES] + 8 * NAMED * _FIELD_COUNT), (1 << 40,))
    shown = (
        carray(u8(table[AT_SHOWN]), (1 << 40,)),
        carray(i64(table[AT_SHOWN_FIRST]), (1 << 40,)),
        carray(u32(table[AT_SHOWN_BEFORE]), (1 << 40,)),
    )
    words = (
        carray(u8(table[AT_WORD_BYTES]), (1 << 40,)),
        carray(u64(table[AT_WORD_ENDS]), (1 << 40,)),
        carray(u32(table[AT_WORD_TABLE]), (1 << 40,)),
        table[AT_WORD_MASK],
    )
    index = (asked, words, carray(u32(table[AT_WORD_STEMS]), (1 << 40,)))
    heads, ready = heads_of(extra), extra[S_RESULTS] != 0
    at = np.int64(0)
    for hit in range(asked[W_HITS]):
        doc, begin = asked[WITNESS + hit], at
        flags, used = sighted(table, asked, doc, keys, 0)
        if ready:
            at = put_head(doc, extra[S_FIRST] + hit, flags, heads, extra, out, at)
        if at >= 0:
            at = _show_one(doc, flags, keys, used, shown, extra, index, chars, spans, named, names, out, at)
        if ready:
            if at < 0:
                return np.int64(-1)
            at = put_bytes(b',"explanation":null}', out, at)
            continue
        ends[3 * hit], ends[3 * hit + 1], ends[3 * hit + 2] = flags, begin, at
        at = begin if at < 0 else at
    return at
