"""The part of the kernel that reads the words of a text, and asks what is planned for them.

`service.search.query.parser` reads all texts, and a test holds what both ask equal, number by number. What is left to
it: syntax, which it takes out of the text beforehand; any text with other signs, other than plain letters, what may be
a code or a number with its unit, or a word that was not yet looked up; and what would take more room than there is.
"""

# numba compiles these functions; what it infers needs no annotations, and its decorators have none.
# mypy: disable-error-code="attr-defined, arg-type, no-untyped-def, no-untyped-call, misc, untyped-decorator"

from __future__ import annotations

import numpy as np
from numba import carray, cfunc, njit, types

from indexer.compiled.names import MULTIPLIER, SHIFT
from service.search.engines.kernel_memory import i64, u8, u32, u64
from service.search.engines.kernel_tokens import find_words, known_word
from service.search.engines.kernel_words import word_at
from service.search.engines.layouts import (
    ASKED_SLOT,
    ASKED_TERM,
    ASKING,
    ASKING_SECTION,
    ASKING_SIZE,
    ASKING_WORDS,
    IS_COMPLETED,
    IS_DENYING,
    IS_LIGHT,
    IS_READ,
    IS_TELLING,
    IS_UNUSUAL,
    K_ASKING,
    K_COMPLETIONS,
    K_FLAGS,
    K_HASH,
    K_SLOT,
    K_SPLITS,
    K_TEXT,
    KEY_CHARS,
    KNOWN,
    MOST_READ,
    MOST_TEXT,
    NOT_KNOWN,
    NOT_READ,
    Q_ASKED,
    Q_COMPLETIONS,
    Q_DENIED,
    Q_RAISES,
    Q_RESPELLED,
    Q_SLOTS,
    QS_REQUIRED,
    QS_SPELLED,
    QS_TERM,
    QUERY,
    RAISE,
    RD_CLOSED,
    RD_KEY_MASK,
    RD_KEYS,
    RD_KNOWN,
    RD_LAST,
    RD_LETTERS,
    RD_NAME_COUNT,
    RD_NAME_DOC,
    RD_NAME_HASH,
    RD_OPEN,
    RD_OPEN_AT,
    RD_PHRASE_COUNT,
    RD_PHRASES,
    RD_READINGS,
    RD_SECTION,
    RD_SPLITS,
    RD_WORD_BYTES,
    RD_WORD_ENDS,
    RD_WORD_MASK,
    RD_WORD_TABLE,
    RD_WORDS,
    READER,
    RESPELLED,
    RS_MASK,
    RS_SIZE,
    RS_TERMS,
    RS_TEXT,
)
from service.search.model import Tier
from service.search.query.expand import DENIED_WORDS, MOST_ALTERNATIVES, MOST_JOINED, SHORTEST_PART
from service.search.query.parser import MAX_WORDS, SHORTEST_PREFIX

_EXACT_NAME = int(Tier.EXACT_NAME)


@njit
def _look_up(letters, starts, words, count, known, keys, mask):
    """Write the numbers of all words; return what they are, as bits, or why they cannot be read."""
    flags = np.int64(0)
    for each in range(count):
        word = known_word(letters, starts[each], starts[each + 1], keys, mask)
        if word < 0:
            return np.int64(NOT_READ if starts[each + 1] - starts[each] > KEY_CHARS else NOT_KNOWN)
        words[each] = word
        flags |= known[KNOWN * word + K_FLAGS]
    return np.int64(NOT_READ) if flags & IS_UNUSUAL else flags


@njit
def _stands_at(phrases, phrase, words, count, known):
    """Say whether a phrase stands anywhere among words, and is not all of them."""
    size = phrases[ASKING * phrase + ASKING_SIZE]
    for first in range(count - size + 1 if count > size else 0):
        same = 0
        while same < size and (
            known[KNOWN * words[first + same] + K_ASKING] == phrases[ASKING * phrase + ASKING_WORDS + same]
        ):
            same += 1
        if same == size:
            return True
    return False


@njit
def _asked(phrases, phrase_count, words, count, known):
    """Return the phrase that asks for a section, or -1."""
    for phrase in range(phrase_count):
        if _stands_at(phrases, phrase, words, count, known):
            return phrase
    return -1


@njit
def _is_asking(phrases, phrase, word, known):
    """Say whether a word is one of those that ask for a section."""
    number = known[KNOWN * word + K_ASKING]
    if phrase < 0 or number == 0:
        return False
    for each in range(phrases[ASKING * phrase + ASKING_SIZE]):
        if phrases[ASKING * phrase + ASKING_WORDS + each] == number:
            return True
    return False


@njit
def _comes_again(each, words, count, known):
    """Say whether a word of the same stem follows."""
    for other in range(each + 1, count):
        if known[KNOWN * words[other] + K_SLOT + QS_TERM] == known[KNOWN * words[each] + K_SLOT + QS_TERM]:
            return True
    return False


@njit
def _only_last(letters, starts, words, count, known):
    """Leave out words that come again, so that the one being typed stays last; return how many are left."""
    kept, used = 0, np.int64(0)
    for each in range(count):
        start, end = starts[each], starts[each + 1]
        if _comes_again(each, words, count, known):
            continue
        words[kept], starts[kept] = words[each], used
        for at in range(start, end):
            letters[used] = letters[at]
            used += 1
        kept += 1
    starts[kept] = used
    return kept


@njit
def _extended(name, term):
    """Return the hash of a name with one more term. `indexer.compiled.names` has the same."""
    name = (name ^ np.uint64(term)) * np.uint64(MULTIPLIER)
    return name ^ (name >> np.uint64(SHIFT))


@njit
def _named(words, count, known):
    """Return the hash of the name that all words are."""
    name = np.uint64(0)
    for each in range(count):
        name = _extended(name, known[KNOWN * words[each] + K_HASH])
    return name


@njit
def _put_slots(asked, phrases, phrase, words, count, known):
    """Write the slots; return which are needed, as bits."""
    needed, denied = np.int64(0), np.int64(0)
    for each in range(count):
        flags = known[KNOWN * words[each] + K_FLAGS]
        if not flags & IS_LIGHT and not _is_asking(phrases, phrase, words[each], known):
            needed |= np.int64(1) << each
        if flags & IS_DENYING:
            denied |= np.int64((1 << (DENIED_WORDS + 1)) - 1) << each
    everything = (np.int64(1) << count) - 1
    # Words that are all little are all needed.
    needed = needed if needed else everything
    for each in range(count):
        at = QUERY + ASKED_SLOT * each
        for part in range(ASKED_SLOT):
            asked[at + part] = known[KNOWN * words[each] + K_SLOT + part]
        asked[at + QS_REQUIRED] = (needed >> each) & 1
    asked[Q_SLOTS], asked[Q_DENIED] = count, denied & everything
    return needed


@njit
def _put_joined(asked, at, word, first, last, known):
    """Write a word that several words are when they are joined."""
    asked[at + RS_MASK] = (np.int64(1) << (last + 1)) - (np.int64(1) << first)
    asked[at + RS_SIZE], asked[at + RS_TEXT] = 1, known[KNOWN * word + K_TEXT]
    for part in range(ASKED_TERM):
        # By which letters someone typed it is not known of a word that nobody typed.
        typed = QS_SPELLED + 1 <= part <= QS_SPELLED + 3
        asked[at + RS_TERMS + part] = 0 if typed else known[KNOWN * word + K_SLOT + part]
        asked[at + RS_TERMS + ASKED_TERM + part] = 0


@njit
def _put_all_joined(asked, at, letters, starts, count, known, table, index, joined):
    """Write all words that neighbours are when they are joined; return how many, or why they cannot be read.

    ``table`` are the keys of words and their size less one, ``index`` the words of the index; ``joined`` takes the
    number of each.
    """
    keys, mask = table
    made = 0
    for first in range(count - 1):
        for last in range(first + 1, min(first + MOST_JOINED, count)):
            start, end = starts[first], starts[last + 1]
            if end - start < SHORTEST_PART or word_at(letters, start, end, index) < 0:
                continue
            if end - start > KEY_CHARS or made == MOST_ALTERNATIVES:
                return np.int64(NOT_READ)
            word = known_word(letters, start, end, keys, mask)
            if word < 0:
                return np.int64(NOT_KNOWN)
            _put_joined(asked, at + RESPELLED * made, word, first, last, known)
            joined[made] = word
            made += 1
    return np.int64(made)


@njit
def _put_splits(asked, at, made, words, count, known, splits):
    """Write the spellings of words in two parts behind the others; return how many there are then, or -1."""
    for each in range(count):
        place = known[KNOWN * words[each] + K_SPLITS]
        for split in range(splits[place] if place >= 0 else 0):
            if made == MOST_ALTERNATIVES:
                return np.int64(-1)
            for part in range(RESPELLED):
                asked[at + RESPELLED * made + part] = splits[place + 1 + RESPELLED * split + part]
            asked[at + RESPELLED * made + RS_MASK] = np.int64(1) << each
            made += 1
    return np.int64(made)


@njit
def _put_named(asked, at, name, hashes, docs, size):
    """Write the records that have a name; return where they end, or -1 where there is no room."""
    low, high = np.int64(0), np.int64(size)
    while low < high:
        middle = (low + high) >> 1
        if hashes[middle] < name:
            low = middle + 1
        else:
            high = middle
    while low < size and hashes[low] == name:
        if at + RAISE > MOST_READ:
            return np.int64(-1)
        asked[at], asked[at + 1], asked[at + 2] = np.int64(docs[low]), np.int64(docs[low]) + 1, _EXACT_NAME
        at, low = at + RAISE, low + 1
    return np.int64(at)


@njit
def _put_raises(asked, at, whole, needed, count, known, joined, names):
    """Write the records that are called as the query, or as the one word that all needed words join to; return where
    they end, or -1.
    """
    hashes, docs, size = names
    end = _put_named(asked, at, whole, hashes, docs, size)
    spelling = QUERY + ASKED_SLOT * count
    for each in range(joined[1]):
        if end >= 0 and needed & ~asked[spelling + RESPELLED * each + RS_MASK] == 0:
            name = _extended(np.uint64(0), known[KNOWN * joined[0][each] + K_HASH])
            again = name == whole
            for before in range(each):
                covers = needed & ~asked[spelling + RESPELLED * before + RS_MASK] == 0
                again = again or (covers and name == _extended(np.uint64(0), known[KNOWN * joined[0][before] + K_HASH]))
            if not again:
                end = _put_named(asked, end, name, hashes, docs, size)
    return end


@njit
def _put_ending(asked, known, last, is_open, size):
    """Write the completions of the last word; say whether they are known."""
    for part in range(Q_COMPLETIONS, Q_ASKED):
        asked[part] = 0
    if not is_open or size < SHORTEST_PREFIX:
        return True
    if not known[KNOWN * last + K_FLAGS] & IS_COMPLETED:
        return False
    for part in range(Q_ASKED - Q_COMPLETIONS):
        asked[Q_COMPLETIONS + part] = known[KNOWN * last + K_COMPLETIONS + part]
    return True


@njit
def _index(reader):
    """Return the words of the index."""
    return (
        carray(u8(reader[RD_WORD_BYTES]), (1 << 40,)),
        carray(u64(reader[RD_WORD_ENDS]), (1 << 40,)),
        carray(u32(reader[RD_WORD_TABLE]), (1 << 40,)),
        reader[RD_WORD_MASK],
    )


@cfunc(types.int64(types.int64, types.int64, types.int64, types.int64), error_model="numpy")
def read(reader_at, text_at, length, asked_at):
    """Read a text; return 0, or `NOT_READ` or `NOT_KNOWN` where Python has to read it.

    The arguments are addresses of what it is read by (`READER`), of the text and how many bytes it has, and of room
    for what is asked (`QUERY`, see `MOST_READ`).
    """
    reader, text = carray(i64(reader_at), (len(READER),)), carray(u8(text_at), (MOST_TEXT,))
    asked, known = carray(i64(asked_at), (MOST_READ,)), carray(i64(reader[RD_KNOWN]), (1 << 40,))
    letters, room = carray(u8(reader[RD_LETTERS]), (MOST_TEXT,)), carray(i64(reader[RD_WORDS]), (1 << 10,))
    starts, words = room[: MAX_WORDS + 1], room[MAX_WORDS + 1 : 2 * MAX_WORDS + 1]
    joined, table = room[2 * MAX_WORDS + 1 :], (carray(i64(reader[RD_KEYS]), (1 << 40,)), reader[RD_KEY_MASK])
    count, is_open = find_words(text, length, letters, starts)
    if count <= 0:
        return np.int64(NOT_READ)
    is_open = is_open and reader[RD_CLOSED] == 0
    flags = _look_up(letters, starts, words, count, known, table[0], table[1])
    if flags < 0:
        return flags
    phrases, phrase = carray(i64(reader[RD_PHRASES]), (1 << 40,)), np.int64(-1)
    if flags & IS_TELLING:
        phrase = np.int64(_asked(phrases, reader[RD_PHRASE_COUNT], words, count, known))
    whole = _named(words, count, known)
    count = _only_last(letters, starts, words, count, known)
    needed = _put_slots(asked, phrases, phrase, words, count, known)
    spelling = QUERY + ASKED_SLOT * count
    made = _put_all_joined(asked, spelling, letters, starts, count, known, table, _index(reader), joined)
    if made < 0:
        return made
    splits = carray(i64(reader[RD_SPLITS]), (1 << 40,))
    asked[Q_RESPELLED] = _put_splits(asked, spelling, made, words, count, known, splits)
    last = words[count - 1]
    if asked[Q_RESPELLED] < 0:
        return np.int64(NOT_READ)
    if not _put_ending(asked, known, last, is_open, starts[count] - starts[count - 1]):
        return np.int64(NOT_KNOWN)
    names = (
        carray(u64(reader[RD_NAME_HASH]), (1 << 40,)),
        carray(u32(reader[RD_NAME_DOC]), (1 << 40,)),
        reader[RD_NAME_COUNT],
    )
    raises_at = spelling + RESPELLED * asked[Q_RESPELLED]
    end = _put_raises(asked, raises_at, whole, needed, count, known, (joined, made), names)
    if end < 0:
        return np.int64(NOT_READ)
    asked[Q_RAISES] = (end - raises_at) // RAISE
    reader[RD_SECTION] = np.int64(-1) if phrase < 0 else phrases[ASKING * phrase + ASKING_SECTION]
    open_size = starts[count] - starts[count - 1] if is_open else 0
    reader[RD_OPEN], reader[RD_OPEN_AT] = open_size if open_size >= SHORTEST_PREFIX else 0, starts[count - 1]
    reader[RD_LAST], reader[RD_READINGS] = last, flags & IS_READ
    return np.int64(0)
