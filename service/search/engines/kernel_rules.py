"""The part of the kernel that finds which rules of the vocabulary a query fires, and what they say.

`service.search.query.expand` says the same in Python, and a test holds the two equal.
"""

# numba compiles these functions; what it infers needs no annotations, and its decorators have none.
# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator, misc"

from __future__ import annotations

import numpy as np
from numba import njit

from indexer.analysis.vocabulary import MAX_PHRASE_WORDS
from indexer.thesaurus import EMPTY, SPREAD
from service.search.engines.layouts import (
    ALTERNATIVE,
    ASKED_SLOT,
    FIRED,
    MOST_FIRED,
    Q_DENIED,
    Q_RESPELLED,
    Q_SLOTS,
    QS_REQUIRED,
    QS_TERM,
    QUERY,
    RESPELLED,
    RS_MASK,
    RS_SIZE,
    RS_TEXT,
)
from service.search.query.expand import JOINED_WEIGHT, MOST_ALTERNATIVES, SCATTERED_FACTOR, SPLIT_WEIGHT

#: The places of the words of a phrase are in its key, five bits each from the top; above, how many fewer than eight
#: there are.
PLACE_BITS = 5
_PLACE = (1 << PLACE_BITS) - 1
_LENGTH_AT = PLACE_BITS * MAX_PHRASE_WORDS
#: The parts of an alternative.
A_MASK, A_MEANING, A_SIZE, A_TEXT, A_AT = range(5)


@njit
def _found(keys, mask, key):
    """Return the place of a key in a hash table, or -1."""
    at = np.int64(((np.uint64(key) * np.uint64(SPREAD)) >> np.uint64(32)) & np.uint64(mask))
    while keys[at] != EMPTY:
        if keys[at] == key:
            return at
        at = (at + 1) & mask
    return np.int64(-1)


@njit
def _term(asked, slot):
    return asked[QUERY + ASKED_SLOT * slot + QS_TERM]


@njit
def is_required(asked, slot):
    """Say whether a record needs a slot to have all words."""
    return asked[QUERY + ASKED_SLOT * slot + QS_REQUIRED] != 0


@njit
def _fire(fired, count, key, node, whole):
    """Write down a phrase; return how many there are then, or -1 where they are too many."""
    if count == MOST_FIRED:
        return -1
    at = count
    # In order of keys, which are all different.
    while at > 0 and fired[FIRED * (at - 1)] > key:
        for part in range(FIRED):
            fired[FIRED * at + part] = fired[FIRED * (at - 1) + part]
        at -= 1
    fired[FIRED * at], fired[FIRED * at + 1], fired[FIRED * at + 2] = key, node, whole
    return count + 1


@njit
def _is_fired(fired, count, key):
    for at in range(count):  # noqa: SIM110  (numba knows no generators here)
        if fired[FIRED * at] == key:
            return True
    return False


@njit
def _run(asked, rules, first, required_only, fired, count):
    """Fire each run of neighbours from ``first`` on that is a phrase; little words may stand between, where asked."""
    trie_keys, trie_nodes, trie_mask, node_first = rules
    node, words, key, slot = np.int64(0), 0, np.int64(0), first
    while slot < asked[Q_SLOTS] and words < MAX_PHRASE_WORDS:
        if required_only and not is_required(asked, slot):
            slot += 1
            continue
        term = _term(asked, slot)
        at = _found(trie_keys, trie_mask, (node << 32) | term) if term >= 0 else np.int64(-1)
        if at < 0:
            break
        node = np.int64(trie_nodes[at])
        key |= np.int64(slot) << (_LENGTH_AT - PLACE_BITS * (words + 1))
        words += 1
        if node_first[node] < node_first[node + 1]:
            whole = key | (np.int64(MAX_PHRASE_WORDS - words) << _LENGTH_AT)
            if not _is_fired(fired, count, whole):
                count = _fire(fired, count, whole, node, 1)
                if count < 0:
                    break
        slot += 1
    return count


@njit
def _runs(asked, rules, fired):
    """Fire all runs of neighbours; return how many, or -1."""
    count, slots = 0, asked[Q_SLOTS]
    for required_only in range(2):
        for first in range(slots):
            if required_only == 1 and not is_required(asked, first):
                continue
            count = _run(asked, rules, first, required_only == 1, fired, count)
            if count < 0:
                return count
    return count


@njit
def _place(asked, term):
    """Return the required slot that has a term, or -1; the last one, where a modifier was typed twice."""
    for slot in range(asked[Q_SLOTS] - 1, -1, -1):
        if is_required(asked, slot) and _term(asked, slot) == term:
            return slot
    return -1


@njit
def _scattered_key(asked, phrase_terms, first, end):
    """Return the key of a phrase whose words the query has; -1 where it has not, -2 where it can have none: a word
    comes twice, or they are more than phrases may have, as the parts of an abbreviation may be.
    """
    if end - first > MAX_PHRASE_WORDS:
        return np.int64(-2)
    key, mask = np.int64(MAX_PHRASE_WORDS - (end - first)) << _LENGTH_AT, np.int64(0)
    for at in range(first, end):
        slot = _place(asked, np.int64(phrase_terms[at]))
        if slot < 0:
            return np.int64(-1)
        if (mask >> slot) & 1:
            return np.int64(-2)
        mask |= np.int64(1) << slot
        key |= np.int64(slot) << (_LENGTH_AT - PLACE_BITS * (at - first + 1))
    denied = mask & asked[Q_DENIED]
    return key if denied == 0 or denied == mask else np.int64(-1)


@njit
def _scatter(asked, pairs, phrases, rare, fired, count):
    """Fire phrases whose words stand apart or in another order; return how many there are then, or -1."""
    pair_keys, pair_first, pair_end, pair_mask = pairs
    phrase_first, phrase_terms, phrase_node = phrases
    whole = count
    for one in range(asked[Q_SLOTS]):
        term = _term(asked, one)
        if term < 0 or rare[term] == 0 or not is_required(asked, one):
            continue
        for other in range(asked[Q_SLOTS]):
            second = _term(asked, other)
            if other == one or second < 0 or not is_required(asked, other):
                continue
            at = _found(pair_keys, pair_mask, (term << 32) | second)
            if at < 0:
                continue
            for phrase in range(pair_first[at], pair_end[at]):
                key = _scattered_key(asked, phrase_terms, phrase_first[phrase], phrase_first[phrase + 1])
                if key == -2:
                    return np.int64(-1)
                if key >= 0 and not (whole > 0 and _is_fired(fired, count, key)):
                    count = _fire(fired, count, key, np.int64(phrase_node[phrase]), 0)
                    if count < 0:
                        return count
    return count


@njit
def fire(asked, trie, pairs, phrases, rare, fired):
    """Find all phrases of the vocabulary that a query has, longer ones first; return how many, or -1: too many."""
    count = _runs(asked, trie, fired)
    return np.int64(count) if count < 0 else _scatter(asked, pairs, phrases, rare, fired, count)


@njit
def _mask(key):
    """Return the slots of a phrase as bits."""
    mask = np.int64(0)
    for word in range(MAX_PHRASE_WORDS - (key >> _LENGTH_AT)):
        mask |= np.int64(1) << ((key >> (_LENGTH_AT - PLACE_BITS * (word + 1))) & _PLACE)
    return mask


@njit
def _is_known(found, weights, count, mask, text, weight):
    for at in range(count):
        same = found[ALTERNATIVE * at + A_MASK] == mask and found[ALTERNATIVE * at + A_TEXT] == text
        if same and weights[at] == weight:
            return True
    return False


@njit
def _put_alternative(found, at, mask, meaning, size, text):
    at *= ALTERNATIVE
    found[at + A_MASK], found[at + A_MEANING], found[at + A_SIZE], found[at + A_TEXT] = mask, meaning, size, text


@njit
def _respelled(asked, found, weights):
    """Write the alternatives that are other spellings; return how many."""
    for each in range(asked[Q_RESPELLED]):
        at = QUERY + ASKED_SLOT * asked[Q_SLOTS] + RESPELLED * each
        size = asked[at + RS_SIZE]
        _put_alternative(found, each, asked[at + RS_MASK], np.int64(-1 - each), size, asked[at + RS_TEXT])
        weights[each] = JOINED_WEIGHT if size == 1 else SPLIT_WEIGHT
    return asked[Q_RESPELLED]


@njit
def alternatives(asked, fired, count, nodes, meanings, found, weights):
    """Write other spellings and what fired phrases mean, with their weights, no two the same; return how many."""
    meaning_first, _, meaning_weight, meaning_text = meanings
    node_first, node_meanings = nodes
    made = _respelled(asked, found, weights)
    for at in range(count):
        node, mask = fired[FIRED * at + 1], _mask(fired[FIRED * at])
        for place in range(node_first[node], node_first[node + 1]):
            meaning = np.int64(node_meanings[place])
            weight = meaning_weight[meaning] if fired[FIRED * at + 2] else meaning_weight[meaning] * SCATTERED_FACTOR
            text = np.int64(meaning_text[meaning])
            if made == MOST_ALTERNATIVES:
                return made
            if not _is_known(found, weights, made, mask, text, weight):
                size = meaning_first[meaning + 1] - meaning_first[meaning]
                _put_alternative(found, made, mask, np.int64(meaning), size, text)
                weights[made] = weight
                made += 1
    return made
