"""Words that were looked up before, as the kernel reads texts by them. What it reads is what `parser` would read."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.codes import looks_like_code
from indexer.analysis.tokenizer import stem
from indexer.analysis.tokenizer import words as words_of
from indexer.compiled.names import term_hash
from indexer.compiled.reader import CompiledIndex
from service.search.engines.ending import Ending
from service.search.engines.layouts import (
    ASKING,
    ASKING_WORDS,
    IS_COMPLETED,
    IS_DENYING,
    IS_LIGHT,
    IS_READ,
    IS_TELLING,
    IS_UNUSUAL,
    K_COMPLETIONS,
    K_FLAGS,
    K_SLOT,
    KEY,
    KEY_CHARS,
    KEY_FACTORS,
    KNOWN,
    MOST_TEXT,
    NOT_READ,
    RD_CLOSED,
    RD_LAST,
    RD_OPEN,
    RD_OPEN_AT,
    RD_READINGS,
    RD_SECTION,
    READER,
)
from service.search.engines.lexicon import Lexicon
from service.search.engines.machine import Machine
from service.search.model import LONGEST_ABBREVIATION
from service.search.query import intent
from service.search.query.expand import DENYING, Alternative, split_spellings
from service.search.query.parser import LIGHT_WORDS, MODIFIER_TERM, MODIFIER_WORDS, Given, Query, Slot, Unread

#: Words, words with completions and spellings that are known at a time; where more come, all are forgotten.
_MOST_WORDS, _MOST_ENDINGS, _MOST_SPLITS = 1 << 13, 1 << 10, 1 << 14
_NO_ROOM = -2
_KEYS, _KEY_SHIFT = 4 * _MOST_WORDS, 32
#: More than the words that one query adds.
_MOST_NEW = 256
_ALL = (1 << 64) - 1
#: Phrases that ask for a section; sections and their words by number.
_PHRASES = intent.phrases()
_SECTIONS = list(dict.fromkeys(section for _, section in _PHRASES))
_ASKING = {term: 1 + at for at, term in enumerate(dict.fromkeys(chain.from_iterable(each[0] for each in _PHRASES)))}

SlotOf = Callable[[Slot], Sequence[int]]
SpellingOf = Callable[[Alternative], Sequence[int]]


class Wordbook:
    """What the kernel reads texts by, and the words that it knows. Whoever calls a method holds the kernel's lock.

    ``slot_of`` and ``spelling_of`` give the numbers of a slot and of another spelling, as `layouts.QUERY` has them.
    """

    def __init__(
        self, machine: Machine, index: CompiledIndex, lexicon: Lexicon, slot_of: SlotOf, spelling_of: SpellingOf
    ) -> None:
        self._kernel, self._lexicon, self._slot_of, self._spelling_of = machine.kernel, lexicon, slot_of, spelling_of
        self._text = np.zeros(MOST_TEXT, np.uint8)
        self._room, self._text_at = self._text.data, int(self._text.ctypes.data)
        self._arrays: dict[str, NDArray[Any]] = {
            "keys": np.zeros(KEY * _KEYS, np.int64),
            "known": np.zeros(KNOWN * _MOST_WORDS, np.int64),
            "splits": np.zeros(_MOST_SPLITS, np.int64),
            "phrases": _phrases(),
            **dict(zip(("name_hash", "name_doc"), index.name_arrays, strict=True)),
            **dict(zip(("word_bytes", "word_ends", "word_table"), index.word_arrays, strict=True)),
            "letters": np.zeros(MOST_TEXT, np.uint8),
            "words": np.zeros(1 << 10, np.int64),
        }
        values = {name: int(each.ctypes.data) for name, each in self._arrays.items()}
        values |= {"key_mask": _KEYS - 1, "word_mask": len(index.word_arrays[2]) - 1}
        values |= {"phrase_count": len(_PHRASES), "name_count": len(index.name_arrays[0])}
        self._table = np.array([values.get(name, 0) for name in READER], np.int64)
        self._values, self._table_at = self._table.data, int(self._table.ctypes.data)
        self._letters = self._arrays["letters"].data
        self._numbers: dict[str, int] = {}
        #: What completes words, by their numbers; the kernel reads it by its addresses.
        self.endings: dict[int, Ending] = {}
        self._used = 0

    def read(self, given: Given, asked_at: int) -> int:
        """Let the kernel read a text and write what is asked to an address; return 0, `NOT_READ` or `NOT_KNOWN`."""
        text = given.words
        size = len(text)
        if not text.isascii() or size > MOST_TEXT:
            return NOT_READ
        self._room[:size] = text.encode()
        # Of a text with syntax in it the last word is a whole one.
        self._values[RD_CLOSED] = text != given.text
        return self._kernel.read(self._table_at, self._text_at, size, asked_at)

    def found(self, given: Given) -> Unread:
        """Return what the kernel read."""
        values = self._values
        at, section = values[RD_OPEN_AT], values[RD_SECTION]
        return Unread(
            given,
            self._letters[at : at + values[RD_OPEN]].tobytes().decode() or None,
            _SECTIONS[section] if section >= 0 else None,
            has_readings=values[RD_READINGS] != 0,
        )

    @property
    def ending(self) -> Ending | None:
        """What completes the last word of the text that was read last; None where it is no beginning."""
        return self.endings[self._values[RD_LAST]] if self._values[RD_OPEN] else None

    def learn(self, query: Query, joined: Iterable[str], ending: Ending) -> None:
        """Take note of the words of a query, of words that they join to, and of what completes the last one."""
        words = words_of(query.text)
        if len(self._numbers) + len(words) > _MOST_WORDS - _MOST_NEW or self._used > _MOST_SPLITS // 2:
            self._forget()
        if len(self.endings) == _MOST_ENDINGS:
            self._forget_endings()
        for word in {*words, *joined} - self._numbers.keys():
            if word.isascii() and word.isalnum() and len(word) <= KEY_CHARS:
                self._add(word)
        if query.prefix and words[-1] in self._numbers:
            self._complete(self._numbers[words[-1]], ending)

    def _forget(self) -> None:
        self._arrays["keys"].fill(0)
        self._numbers.clear()
        self.endings.clear()
        self._used = 0

    def _forget_endings(self) -> None:
        # Nobody reads the addresses of what completes a word that is not marked so.
        for number in self.endings:
            self._arrays["known"][KNOWN * number + K_FLAGS] &= ~IS_COMPLETED
        self.endings.clear()

    def _add(self, word: str) -> None:
        number, term = len(self._numbers), stem(word)
        text, place = self._lexicon.thesaurus.text((term,), word), self._split(word)
        row = self._arrays["known"][KNOWN * number : KNOWN * (number + 1)]
        row[:K_COMPLETIONS] = (
            self._flags(word, term) | IS_UNUSUAL * (place == _NO_ROOM),
            _ASKING.get(term, 0),
            _signed(term_hash(term)),
            place,
            text,
        )
        row[K_COMPLETIONS:K_SLOT] = 0
        row[K_SLOT:] = self._slot_of(Slot(word, term, True))
        parts = [int.from_bytes(word[at : at + 8].encode(), "little") for at in range(0, KEY_CHARS, 8)]
        at, keys = _place(parts), self._arrays["keys"]
        while keys[KEY * at + KEY - 1]:
            at = (at + 1) % _KEYS
        keys[KEY * at : KEY * (at + 1)] = *parts, number + 1
        self._numbers[word] = number

    def _flags(self, word: str, term: str) -> int:
        unusual = word in MODIFIER_WORDS or term == MODIFIER_TERM or looks_like_code(word)
        return (
            IS_LIGHT * (word in LIGHT_WORDS)
            | IS_DENYING * (word in DENYING)
            | IS_TELLING * intent.is_telling(term)
            | IS_UNUSUAL * unusual
            | IS_READ * (len(word) <= LONGEST_ABBREVIATION and len(self._lexicon.thesaurus.readings(term)) > 1)
        )

    def _split(self, word: str) -> int:
        """Write the spellings of a word in two parts; return where, -1 where there are none, or `_NO_ROOM`."""
        parts = self._lexicon.splits(word)
        if not parts:
            return -1
        spellings = chain.from_iterable(self._spelling_of(each) for each in split_spellings(0, parts))
        numbers, place = (len(parts), *spellings), self._used
        if place + len(numbers) > _MOST_SPLITS:
            return _NO_ROOM
        self._arrays["splits"][place : place + len(numbers)] = numbers
        self._used += len(numbers)
        return place

    def _complete(self, number: int, ending: Ending) -> None:
        row = self._arrays["known"][KNOWN * number : KNOWN * (number + 1)]
        row[K_COMPLETIONS:K_SLOT] = ending.size, *ending.addresses
        row[K_FLAGS] |= IS_COMPLETED
        self.endings[number] = ending


def _place(parts: Sequence[int]) -> int:
    """Return where a key belongs in the table of keys; `kernel_tokens` has the same."""
    mixed: int = sum(map(operator.mul, parts, KEY_FACTORS))
    return (mixed & _ALL) >> _KEY_SHIFT & (_KEYS - 1)


def _signed(number: int) -> int:
    """Return a 64-bit number as one with a sign."""
    return number - (1 << 64) if number >> 63 else number


def _phrases() -> NDArray[np.int64]:
    """Return the phrases that ask for a section, as `layouts.ASKING` has them."""
    rows = np.zeros((len(_PHRASES), ASKING), np.int64)
    for row, (stems, section) in zip(rows, _PHRASES, strict=True):
        row[:ASKING_WORDS] = len(stems), _SECTIONS.index(section)
        row[ASKING_WORDS : ASKING_WORDS + len(stems)] = [_ASKING[each] for each in stems]
    return rows.ravel()
