"""The part of the kernel that numbers the terms of a plan, and says what asks for evidence of them and shows it."""

# numba compiles these functions; what it infers needs no annotations, and its decorators have none.
# mypy: disable-error-code="attr-defined, arg-type, no-untyped-def, no-untyped-call, misc, untyped-decorator"

from __future__ import annotations

import numpy as np
from numba import carray, njit

from service.search.engines.kernel_memory import i64
from service.search.engines.kernel_rules import A_AT, A_MEANING, A_SIZE, is_required
from service.search.engines.layouts import (
    ALTERNATIVE,
    ASKED_SLOT,
    ASKED_TERM,
    FIRST_WORD,
    MOST_TERMS,
    NOTHING,
    OTHER_WORD,
    PLANNED_TERM,
    Q_COMPLETIONS,
    Q_EXTRA,
    Q_SLOTS,
    QS_SPELLED,
    QS_STEM,
    QS_TERM,
    QUERY,
    RESPELLED,
    RS_TERMS,
    SIGHTED,
    SPELLED,
)

#: The parts of a term.
T_TERM, T_STEM, T_ROLE, T_SINGLE, T_SPELLED = range(5)


@njit
def _add_term(terms, count, term, stem, role, single, spelled):
    """Return the place of a term, added where it is new, and how many there are then; -1 where there is no room."""
    for at in range(count):
        if terms[PLANNED_TERM * at + T_TERM] == term:
            return at, count
    if count == MOST_TERMS:
        return -1, count
    at = PLANNED_TERM * count
    terms[at + T_TERM], terms[at + T_STEM], terms[at + T_ROLE] = term, stem, role
    terms[at + T_SINGLE], terms[at + T_SPELLED] = single, spelled
    return count, count + 1


@njit
def add_slots(asked, terms):
    """Add the terms of the query itself, those that are needed first; return how many there are."""
    count = 0
    for needed in (True, False):
        for slot in range(asked[Q_SLOTS]):
            if is_required(asked, slot) == needed:
                at = QUERY + ASKED_SLOT * slot
                role = NOTHING if not needed else OTHER_WORD if count else FIRST_WORD
                _, count = _add_term(terms, count, asked[at + QS_TERM], asked[at + QS_STEM], role, 1, at + QS_SPELLED)
    return count


@njit
def _add_one(asked, found, each, word, vocabulary, terms, count):
    """Add one term of an alternative; return its place and how many terms there are then."""
    meanings, term_stem = vocabulary[0], vocabulary[1][0]
    meaning = found[ALTERNATIVE * each + A_MEANING]
    if meaning >= 0:
        term = meanings[1][meanings[0][meaning] + word]
        return _add_term(terms, count, term, term_stem[term], OTHER_WORD, 0, np.int64(-1))
    at = QUERY + ASKED_SLOT * asked[Q_SLOTS] + RESPELLED * (-1 - meaning) + RS_TERMS + ASKED_TERM * word
    return _add_term(terms, count, asked[at + QS_TERM], asked[at + QS_STEM], OTHER_WORD, 0, at + QS_SPELLED)


@njit
def add_alternatives(asked, others, vocabulary, terms, count, places):
    """Add the terms of alternatives; return how many terms and places of groups there are, or -1: too many."""
    found, _, made = others
    used = 0
    for each in range(made):
        size, begin = found[ALTERNATIVE * each + A_SIZE], used
        if used + size > MOST_TERMS:
            return -1, used
        for word in range(size):
            place, count = _add_one(asked, found, each, word, vocabulary, terms, count)
            if place < 0:
                return -1, used
            places[begin + word] = place
        found[ALTERNATIVE * each + A_AT] = begin
        used += size
        if size == 1:
            found[ALTERNATIVE * each + A_AT] = places[begin]
            terms[PLANNED_TERM * places[begin] + T_SINGLE] = 1
            used = begin
    return count, used


@njit
def bounds(stem, stems):
    """Return where the postings of a stem begin and end; none where it is unknown."""
    if stem < 0:
        return np.int64(0), np.int64(0)
    return stems[0][stem], stems[0][stem + 1]


@njit
def dense(stem, stems):
    return stems[1][stem] if stem >= 0 else np.int64(-1)


@njit
def peak(stem, stems):
    """Return the largest impact of a stem, looked for once and then kept."""
    if stem < 0:
        return 0.0
    peaks, impacts = stems[2], stems[3]
    if peaks[stem] < 0.0:
        peak = 0.0
        for at in range(stems[0][stem], stems[0][stem + 1]):
            peak = max(peak, abs(np.float64(impacts[at])))
        peaks[stem] = peak
    return peaks[stem]


@njit
def own_place(asked, terms, slot):
    """Return the place of the term that is the word of a slot."""
    term, at = asked[QUERY + ASKED_SLOT * slot + QS_TERM], 0
    while terms[PLANNED_TERM * at + T_TERM] != term:
        at += 1
    return at


@njit
def put_asked_terms(terms, count, stems, out):
    """Write the terms as `kernel_witness.witness` reads them."""
    for place in range(count):
        at, stem = SIGHTED * place, terms[PLANNED_TERM * place + T_STEM]
        out[at], out[at + 1] = bounds(stem, stems)
        out[at + 2], out[at + 3] = stem, terms[PLANNED_TERM * place + T_SINGLE]


@njit
def put_asked_groups(others, places, out):
    """Write the groups of terms; return how many groups and numbers."""
    found, _, made = others
    count, at = 0, 0
    for each in range(made):
        size = found[ALTERNATIVE * each + A_SIZE]
        if size > 1:
            out[at] = size
            for word in range(size):
                out[at + 1 + word] = places[found[ALTERNATIVE * each + A_AT] + word]
            count, at = count + 1, at + 1 + size
    return count, at


@njit
def put_extra(asked, terms, count, spelled, out):
    """Write by which letters terms and completions are spelled, and which have the same stem."""
    for place in range(count):
        at, given = SPELLED * place, terms[PLANNED_TERM * place + T_SPELLED]
        out[at] = place
        for part in range(SPELLED - 1):
            if given >= 0:
                out[at + 1 + part] = asked[given + part]
            else:
                out[at + 1 + part] = spelled[(SPELLED - 1) * terms[PLANNED_TERM * place + T_TERM] + part]
    completed = carray(i64(asked[Q_EXTRA]), (1 << 40,))
    for each in range(asked[Q_COMPLETIONS]):
        at, stem = SPELLED * (count + each), completed[(SPELLED + 1) * each]
        out[at] = count + completed[(SPELLED + 1) * each + 1]
        for place in range(count):
            if terms[PLANNED_TERM * place + T_STEM] == stem:
                out[at] = place
                break
        for part in range(1, SPELLED):
            out[at + part] = completed[(SPELLED + 1) * each + 1 + part]
