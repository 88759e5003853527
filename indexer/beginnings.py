"""The beginnings of words as a tree, and what is best for each of them, worked out at publication.

A node is one beginning, node 0 the empty one; nodes lie by length, those of a length in the order of the words. So the
children of a node lie side by side, sorted by the character that each adds. The arrays, one value a node unless said
otherwise:

``node.char``: the code point that a node adds to its parent. ``node.child`` (nodes + 1): number of its first child.
``node.low``, ``node.high``: the words that begin so, as a range of word numbers.
``top.name`` with ``top.name.first`` (nodes + 1): the best names that have a word with this beginning, of each record
one, best first: the whole name, then names that begin so, then those of records with a document, then the short.
``top.word`` with ``top.word.first`` (nodes + 1): the words with this beginning that most names have.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.compiled.layout import Array, Container

#: How many suggestions of a kind may be asked for.
MAX_SUGGESTIONS = 20
#: A single letter begins hundreds of words; the shortest of them stand for it.
MAX_EXPANSIONS = 100
#: What was typed may itself be one of the words of most names, and is not offered.
_TOP_WORDS = MAX_SUGGESTIONS + 1
#: So many pairs of a node and a name are sorted at once, which takes about 150 MB.
_PAIRS = 1 << 20

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Names:
    """All names, shortest first: their records, folded texts, whether a document goes with each, and who has a word.

    ``places`` holds the names that have word 0, then word 1 ...; those of a word begin at ``first`` (words + 1).
    """

    numbers: Ints
    folded: Sequence[str]
    preferred: Bools
    first: Ints
    places: Ints


@dataclass(frozen=True, slots=True)
class _Level:
    """The nodes of one length, in order: their words, the code point of each and the place of its parent a level up."""

    length: int
    low: Ints
    high: Ints
    chars: Ints
    parent: Ints


def tree_arrays(words: Sequence[str], names: Names) -> dict[str, Array]:
    """Return the arrays of the tree of distinct, sorted ``words``."""
    levels = list(_levels(words))
    children = [np.bincount(below.parent, minlength=len(level.low)) for level, below in itertools.pairwise(levels)]
    children.append(np.zeros(len(levels[-1].low), np.int64))
    tops = _Tops(words, names)
    # The root begins everything: nobody has typed anything yet.
    nothing = (np.zeros(0, np.int64), np.zeros(1, np.int64))
    best_names = [nothing, *(tops.names(level) for level in levels[1:])]
    best_words = [nothing, *(tops.words(level) for level in levels[1:])]
    return {
        "node.char": _joined(level.chars for level in levels),
        "node.child": 1 + _starts(np.concatenate(children)),
        "node.low": _joined(level.low for level in levels),
        "node.high": _joined(level.high for level in levels),
        "top.name": _joined(values for values, _ in best_names),
        "top.name.first": _starts(np.concatenate([counts for _, counts in best_names])),
        "top.word": _joined(values for values, _ in best_words),
        "top.word.first": _starts(np.concatenate([counts for _, counts in best_words])),
    }


class Beginnings:
    """Reads the tree that `tree_arrays` made; safe for many threads."""

    def __init__(self, container: Container | Mapping[str, Array]) -> None:
        # Memoryviews give Python numbers several times faster than arrays do.
        self._chars, self._child = container["node.char"].data, container["node.child"].data
        self._low, self._high = container["node.low"].data, container["node.high"].data
        self._names, self._first_name = container["top.name"].data, container["top.name.first"].data
        self._words, self._first_word = container["top.word"].data, container["top.word.first"].data

    def __len__(self) -> int:
        return len(self._chars)

    def child(self, node: int, char: str) -> int:
        """Return the node one character longer, or 0 where no word goes on like this."""
        last = self._child[node + 1]
        at = bisect.bisect_left(self._chars, ord(char), self._child[node], last)
        return at if at < last and self._chars[at] == ord(char) else 0

    def children(self, node: int) -> list[tuple[int, str]]:
        """Return the nodes one character longer, each with that character."""
        numbers = range(self._child[node], self._child[node + 1])
        return [(number, chr(self._chars[number])) for number in numbers]

    def find(self, text: str, node: int = 0) -> int:
        """Return the node that ``text`` leads to from ``node``, or 0 where no word goes on like this."""
        for char in text:
            node = self.child(node, char)
            if not node:
                break
        return node

    def path(self, text: str) -> list[int]:
        """Return the nodes of "", the first character of ``text``, the first two ..., as far as there are any."""
        nodes = [0]
        for char in text:
            node = self.child(nodes[-1], char)
            if not node:
                break
            nodes.append(node)
        return nodes

    def words(self, node: int) -> range:
        """Return the words that begin so."""
        return range(self._low[node], self._high[node])

    def best_names(self, node: int, most: int) -> list[int]:
        """Return the best names for this beginning, at most `MAX_SUGGESTIONS`."""
        first, last = self._first_name[node], self._first_name[node + 1]
        found: list[int] = self._names[first : min(last, first + most)].tolist()
        return found

    def best_words(self, node: int) -> list[int]:
        """Return the words of most names that begin so, at most one more than `MAX_SUGGESTIONS`."""
        found: list[int] = self._words[self._first_word[node] : self._first_word[node + 1]].tolist()
        return found


def shortest(lengths: Array, words: range) -> Ints:
    """Return the `MAX_EXPANSIONS` shortest of some words, ascending; ``lengths`` are those of all words."""
    order = np.argsort(lengths[words.start : words.stop], kind="stable")[:MAX_EXPANSIONS]
    return words.start + np.sort(order)


class _Tops:
    """Works out what is best for each node."""

    def __init__(self, words: Sequence[str], names: Names) -> None:
        self._lengths = np.array([len(word) for word in words], np.int64)
        self._name_counts = np.diff(names.first)
        self._all = names
        self._folded_lengths = np.array([len(text) for text in names.folded], np.int64)
        #: Of each name the node of the current level that its folded text begins with, or -1.
        self._begun = np.zeros(len(names.folded), np.int64)

    def words(self, level: _Level) -> tuple[Ints, Ints]:
        """Return the words of most names of each node, end to end, and how many there are of each."""
        nodes, words = self._expanded(level, 0, len(level.low))
        order = np.lexsort((words, -self._name_counts[words], nodes))
        return _head(words[order], nodes[order], len(level.low), _TOP_WORDS)

    def names(self, level: _Level) -> tuple[Ints, Ints]:
        """Return the best names of each node, end to end, and how many there are of each; levels come in order."""
        self._begin(level)
        before = np.concatenate([[0], self._all.first[level.high]])
        blocks: list[int] = np.flatnonzero(np.diff(before // _PAIRS)).tolist()
        bounds = sorted({0, *blocks, len(level.low)})
        parts = [self._names_of(level, start, end) for start, end in itertools.pairwise(bounds)]
        return np.concatenate([values for values, _ in parts]), np.concatenate([counts for _, counts in parts])

    def _begin(self, level: _Level) -> None:
        key, typed = level.length - 1, (level.parent << _CHAR_BITS) | level.chars
        going = np.flatnonzero((self._begun >= 0) & (self._folded_lengths >= level.length))
        chars = np.array([ord(self._all.folded[place][key]) for place in going.tolist()], np.int64)
        wanted = (self._begun[going] << _CHAR_BITS) | chars
        at = np.minimum(np.searchsorted(typed, wanted), len(typed) - 1)
        self._begun[:] = -1
        self._begun[going] = np.where(typed[at] == wanted, at, -1)

    def _names_of(self, level: _Level, start: int, end: int) -> tuple[Ints, Ints]:
        nodes, words = self._expanded(level, start, end)
        counts = self._name_counts[words]
        places = self._all.places[np.repeat(self._all.first[words], counts) + _ramps(counts)]
        pairs = np.unique((np.repeat(nodes, counts) << 32) | places)
        nodes, places = pairs >> 32, pairs & 0xFFFFFFFF
        begun = self._begun[places] == nodes
        whole = begun & (self._folded_lengths[places] == level.length)
        worth = worths(whole, begun, self._all.preferred[places])
        order = np.lexsort((places, worth, nodes))
        nodes, places = nodes[order], places[order]
        # Of each record the best name.
        kept = np.sort(np.unique((nodes << 32) | self._all.numbers[places], return_index=True)[1])
        return _head(places[kept], nodes[kept] - start, end - start, MAX_SUGGESTIONS)

    def _expanded(self, level: _Level, start: int, end: int) -> tuple[Ints, Ints]:
        """Return pairs of a node and a word that stands for it."""
        low, counts = level.low[start:end], (level.high - level.low)[start:end]
        nodes, words = np.repeat(np.arange(start, end), counts), np.repeat(low, counts) + _ramps(counts)
        many = np.flatnonzero(counts > MAX_EXPANSIONS)
        if not len(many):
            return nodes, words
        few = counts[nodes - start] <= MAX_EXPANSIONS
        spans = [range(int(level.low[start + at]), int(level.high[start + at])) for at in many]
        nodes = np.concatenate([nodes[few], np.repeat(start + many, MAX_EXPANSIONS)])
        return nodes, np.concatenate([words[few], *(shortest(self._lengths, span) for span in spans)])


def worths(whole: Bools, begun: Bools, preferred: Bools) -> Ints:
    """Return a number for each name by which names are ordered, those of the same number by their places.

    ``whole``: it is what was typed; ``begun``: it begins so; ``preferred``: a document goes with it.
    """
    worth: Ints = 4 * ~whole + 2 * ~begun + ~preferred.astype(bool)
    return worth


_CHAR_BITS = 21


def _levels(words: Sequence[str]) -> Iterator[_Level]:
    lengths = np.array([len(word) for word in words], np.int64)
    points = np.frombuffer("".join(words).encode("utf-32-le"), np.uint32).astype(np.int64)
    first = np.cumsum(lengths) - lengths
    shared = np.array([0, *(_shared(one, two) for one, two in itertools.pairwise(words))], np.int64)[: len(words)]
    root = np.zeros(1, np.int64)
    level = _Level(0, root, np.array([len(words)]), root, root)
    while len(level.low):
        yield level
        length = level.length + 1
        changes = np.append(np.flatnonzero(shared < length), len(words))
        opens = lengths[changes[:-1]] >= length
        low, high = changes[:-1][opens], changes[1:][opens]
        parent = np.searchsorted(level.low, low, side="right") - 1
        level = _Level(length, low, high, points[first[low] + length - 1], parent)


def _shared(one: str, two: str) -> int:
    """Return how many characters two words begin with alike."""
    return next(
        (at for at, pair in enumerate(zip(one, two, strict=False)) if pair[0] != pair[1]), min(len(one), len(two))
    )


def _head(values: Ints, groups: Ints, count: int, most: int) -> tuple[Ints, Ints]:
    """Return the first ``most`` values of each group, and how many there are of each of ``count`` groups."""
    sizes = np.bincount(groups, minlength=count)
    return values[_ramps(sizes) < most], np.minimum(sizes, most)


def _ramps(counts: Ints) -> Ints:
    """Return 0, 1, 2 ... for each count, end to end."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) - np.repeat(ends - counts, counts)


def _joined(parts: Iterable[Ints]) -> NDArray[np.uint32]:
    return np.concatenate(list(parts)).astype(np.uint32)


def _starts(counts: Ints) -> NDArray[np.uint32]:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.uint32)
