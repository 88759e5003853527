"""The part of the kernel that says of a plan which terms should stand side by side, and which records it lifts."""

# numba compiles these functions; what it infers needs no annotations, and its decorators have none.
# mypy: disable-error-code="attr-defined, arg-type, no-untyped-def, no-untyped-call, misc, untyped-decorator"

from __future__ import annotations

import numpy as np
from numba import njit

from indexer.analysis.vocabulary import ONE_WAY_WEIGHT
from service.search.engines.kernel_rules import A_AT, A_MASK, A_MEANING, A_SIZE, A_TEXT, is_required
from service.search.engines.kernel_terms import T_ROLE, own_place
from service.search.engines.layouts import (
    ALTERNATIVE,
    ASKED_SLOT,
    MOST_IN_CHAIN,
    MOST_NUMBERS,
    NOTHING,
    PLANNED_TERM,
    Q_RAISES,
    Q_RESPELLED,
    Q_SLOTS,
    QUERY,
    RAISE,
    RESPELLED,
)
from service.search.engines.plan import LONGEST_CHAIN, MOST_CHAINS
from service.search.model import Tier
from service.search.query.parser import MAX_WORDS

_EXACT_NAME = int(Tier.EXACT_NAME)


@njit
def _put_chain(chain, length, numbers, at):
    """Write a chain, none of its terms beside itself, where it has two; return where it ends."""
    kept = 0
    for each in range(length):
        if kept < LONGEST_CHAIN and (each == 0 or chain[each] != chain[each - 1]):
            kept += 1
            numbers[at + kept] = chain[each]
    if kept < 2:
        return at
    numbers[at] = kept
    return at + 1 + kept


@njit
def _chained(asked, terms, mask, first, before, chain, length):
    """Add the needed words before, or behind, an alternative to a chain; return its length."""
    for slot in range(asked[Q_SLOTS]):
        if is_required(asked, slot) and ((slot < first) if before else (slot > first and (mask >> slot) & 1 == 0)):
            chain[length] = own_place(asked, terms, slot)
            length += 1
    return length


@njit
def put_chains(asked, others, terms, places, chain, numbers, at):
    """Write the chains; return how many, and where they end; -1 where there is no room for one."""
    found, _, made = others
    count = 0
    length = _chained(asked, terms, np.int64(0), np.int64(MAX_WORDS), True, chain, 0)
    end = _put_chain(chain, length, numbers, at)
    count, at = count + (end > at), end
    for each in range(min(made, MOST_CHAINS - 1)):
        mask, size = found[ALTERNATIVE * each + A_MASK], found[ALTERNATIVE * each + A_SIZE]
        first = np.int64(0)
        while (mask >> first) & 1 == 0:
            first += 1
        length = _chained(asked, terms, mask, first, True, chain, 0)
        if length + size + asked[Q_SLOTS] > MOST_IN_CHAIN:
            return -1, at
        place = found[ALTERNATIVE * each + A_AT]
        for word in range(size):
            chain[length + word] = place if size == 1 else places[place + word]
        length = _chained(asked, terms, mask, first, False, chain, length + size)
        end = _put_chain(chain, length, numbers, at)
        count, at = count + (end > at), end
    return count, at


@njit
def counted_neighbours(terms, count, numbers, first, end):
    """Return how many of two neighbours are counted for coverage; a little word that stands in a reading is not."""
    uncounted = 0
    for place in range(count):
        if terms[PLANNED_TERM * place + T_ROLE] != NOTHING:
            continue
        at = first
        while at < end:
            size, known = numbers[at], False
            for each in range(at + 1, at + 1 + size):
                known = known or numbers[each] == place
            if known:
                uncounted += 1
                break
            at += 1 + size
    return max(2 - uncounted, 0)


@njit
def _is_name(asked, found, each, weighed):
    """Say whether a meaning stands for all needed words, so that a record may be called so. Of other spellings that is
    known before.
    """
    mask, weight = found[ALTERNATIVE * each + A_MASK], weighed[each]
    if found[ALTERNATIVE * each + A_MEANING] < 0:
        return False
    needed = np.int64(0)
    for slot in range(asked[Q_SLOTS]):
        needed |= np.int64(is_required(asked, slot)) << slot
    return weight >= ONE_WAY_WEIGHT and needed & ~mask == 0


@njit
def missing_names(asked, others, named_at, work):
    """Write down the texts of which it is not yet known which records are called so; return how many."""
    found, weighed, made = others
    count = 0
    for each in range(made):
        if _is_name(asked, found, each, weighed) and named_at[found[ALTERNATIVE * each + A_TEXT]] < 0:
            work[count] = found[ALTERNATIVE * each + A_TEXT]
            count += 1
    return count


@njit
def put_raises(asked, others, names, numbers, at):
    """Write the raises that came with the query and those of names; return where they end."""
    found, weighed, made = others
    named_at, named = names
    first = QUERY + ASKED_SLOT * asked[Q_SLOTS] + RESPELLED * asked[Q_RESPELLED]
    for each in range(RAISE * asked[Q_RAISES]):
        numbers[at + each] = asked[first + each]
    at += RAISE * asked[Q_RAISES]
    for each in range(made):
        if not _is_name(asked, found, each, weighed):
            continue
        place = named_at[found[ALTERNATIVE * each + A_TEXT]]
        for record in range(place + 1, place + 1 + named[place]):
            if at + 8 * RAISE > MOST_NUMBERS:
                return np.int64(-1)
            numbers[at], numbers[at + 1], numbers[at + 2] = named[record], named[record] + 1, _EXACT_NAME
            at += RAISE
    return at
