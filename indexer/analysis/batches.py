"""The words of many texts at once, as `tokenizer.index_words` gives them of one, in a fifth of its time.

Most texts are letters, digits and blanks without anything that takes a closer look: their words are found by a table of
bytes and counted by numpy. A text with other characters than ASCII, with an apostrophe, a decimal point or a number
that runs into a word goes to `tokenizer.index_words`.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.analysis.tokenizer import JOINERS, LONGEST_TOKEN, IndexWords, index_words

Array = NDArray[Any]
#: From a word to its number.
Numbering = Callable[[str], int]

_LETTER, _DIGIT, _POINT, _JOINER, _APOSTROPHE = range(1, 6)
_CLASSES = 8
_SIGNS = {
    _LETTER: string.ascii_letters,
    _DIGIT: string.digits,
    _POINT: ".,",
    _JOINER: "".join(filter(str.isascii, JOINERS)),
    _APOSTROPHE: "'",
}
_BLANK = ord(" ")


def _class_table() -> bytes:
    table = bytearray(256)
    for number, signs in _SIGNS.items():
        for sign in signs:
            table[ord(sign)] = number
    return bytes(table)


def _word_table() -> bytes:
    """Letters become small, everything that is no part of a word a blank."""
    table = bytearray(b" " * 256)
    for sign in string.ascii_letters + string.digits:
        table[ord(sign)] = ord(sign.lower())
    return bytes(table)


def _odd_pairs() -> Array:
    """Say of each pair of classes whether a text that holds them next to each other takes a closer look."""
    table = np.zeros((_CLASSES, _CLASSES), bool)
    table[_DIGIT, _LETTER] = table[_POINT, _DIGIT] = table[_APOSTROPHE] = True
    return table.ravel()


_CLASS_OF, _WORD_OF, _ODD = _class_table(), _word_table(), _odd_pairs()


@dataclass(frozen=True, slots=True)
class Batch:
    """Words and tokens of texts, end to end.

    ``words``: the number of each word; ``positions``: its position in its text; ``word_counts``: how many each text
    has. ``starts``, ``widths``: of each token; ``token_counts``: how many each text has.
    """

    words: Array
    positions: Array
    word_counts: Array
    starts: Array
    widths: Array
    token_counts: Array


def index_batch(texts: Sequence[str], numbering: Numbering) -> Batch:
    """Return the words of all texts, numbered by ``numbering``, which is asked for every word."""
    plain = _Plain(texts)
    words, word_owners, positions = plain.words(numbering)
    starts, widths, token_owners = plain.starts, plain.widths, plain.owners
    if plain.odd:
        read = [index_words(texts[each]) for each in plain.odd]
        words, word_owners, positions = _with_odd(
            [words, positions], word_owners, plain.odd, [_numbered(each, numbering) for each in read]
        )
        starts, token_owners, widths = _with_odd(
            [starts, widths], token_owners, plain.odd, [(each.starts, each.widths) for each in read]
        )
    count = len(texts)
    return Batch(
        words,
        positions,
        np.bincount(word_owners, minlength=count),
        starts,
        widths,
        np.bincount(token_owners, minlength=count),
    )


class _Plain:
    """The tokens of those texts of which every run of letters and digits is one: ``odd`` are the numbers of others."""

    def __init__(self, texts: Sequence[str]) -> None:
        kept = [text if text.isascii() else "" for text in texts]
        data = ("\n".join(kept) + "\n").encode("ascii")
        begins = np.zeros(len(texts) + 1, np.int64)
        np.cumsum([len(text) + 1 for text in kept], out=begins[1:])
        self._classes = np.frombuffer(data.translate(_CLASS_OF), np.uint8)
        clean = bytearray(data.translate(_WORD_OF))
        found = np.flatnonzero(_ODD[self._classes[:-1] * np.uint8(_CLASSES) + self._classes[1:]])
        odd = set((np.searchsorted(begins, found, "right") - 1).tolist())
        for number in odd:
            begin, end = int(begins[number]), int(begins[number + 1])
            clean[begin:end] = b" " * (end - begin)
        self.odd = sorted(odd | {number for number, text in enumerate(texts) if not text.isascii()})
        self._texts = clean.decode("ascii").split()
        inside = np.zeros(len(clean) + 1, bool)
        inside[1:] = np.frombuffer(clean, np.uint8) != _BLANK
        edges = np.flatnonzero(inside[1:] != inside[:-1])
        first, self._ends = edges[::2], edges[1::2]
        counts = np.diff(np.searchsorted(first, begins))
        self.owners = np.repeat(np.arange(len(texts)), counts)
        self.starts, self.widths = first - begins[self.owners], self._ends - first
        self._positions = np.arange(len(first)) - np.repeat(np.cumsum(counts) - counts, counts)
        self._adjacent = (first[1:] - self._ends[:-1] == 1) & (self._classes[self._ends[:-1]] == _JOINER)

    def words(self, numbering: Numbering) -> tuple[Array, Array, Array]:
        """Return numbers, texts and positions of words, compounds behind the first of their tokens."""
        found = self._texts
        if int(self.widths.max(initial=0)) > LONGEST_TOKEN:
            found = [word[:LONGEST_TOKEN] for word in found]
        numbers = np.fromiter(map(numbering, found), np.int64, len(found))
        places, compounds = self._compounds(found)
        if not places:
            return numbers, self.owners, self._positions
        owners, positions = (np.insert(each, places, each[places]) for each in (self.owners, self._positions))
        behind = np.array(places) + 1
        return np.insert(numbers, behind, list(map(numbering, compounds))), owners, positions

    def _compounds(self, words: Sequence[str]) -> tuple[list[int], list[str]]:
        """Return the words that two or three tokens join to, and the first token of each."""
        adjacent = np.append(self._adjacent, False)
        places, compounds = [], []
        for at in np.flatnonzero(adjacent).tolist():
            pair = words[at] + words[at + 1]
            places.append(at)
            compounds.append(pair[:LONGEST_TOKEN])
            if adjacent[at + 1]:
                places.append(at)
                compounds.append((pair + words[at + 2])[:LONGEST_TOKEN])
        return places, compounds


def _numbered(read: IndexWords, numbering: Numbering) -> tuple[list[int], list[int]]:
    return list(map(numbering, read.words)), read.positions


def _with_odd(
    columns: Sequence[Array], owners: Array, odd: Sequence[int], more: Sequence[tuple[list[int], list[int]]]
) -> tuple[Array, Array, Array]:
    """Return two columns with the values of other texts at their place, and between them the text of each value."""
    owners = np.concatenate([owners, np.repeat(odd, [len(first) for first, _ in more])])
    order = np.argsort(owners, kind="stable")
    first, second = (
        np.concatenate([column, np.array([value for pair in more for value in pair[at]], np.int64)])[order]
        for at, column in enumerate(columns)
    )
    return first, owners[order], second
