"""Beginnings one error away from a typed one: a letter too many, too few, another one, or two exchanged.

The tree of beginnings is walked along what was typed. Where a word first differs, one error explains it, and the rest
has to be as typed: so the work is bounded by the length of what was typed times the characters that words go on with.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from indexer.suggestions import SuggestionIndex

_FROM_LETTERS = 4
#: So many words at most for each length that the beginning may have.
_MOST = 40


def words_near(prefix: str, index: SuggestionIndex) -> NDArray[np.int64]:
    """Return the words that begin with something one error away from ``prefix``, ascending.

    Of those whose beginning is as long as what was typed, one longer, and one shorter, the first 40 in the order of
    words. ``prefix`` itself begins no word. None for less than four letters, or where anything else is in it.
    """
    if len(prefix) < _FROM_LETTERS or not prefix.isalpha():
        return np.empty(0, np.int64)
    near = set(_nodes_near(prefix, index))
    found: set[int] = set()
    for length in (len(prefix) - 1, len(prefix), len(prefix) + 1):
        found.update(sorted({word for node, size in near for word in _words(node, size, length, index)})[:_MOST])
    return np.array(sorted(found), np.int64)


def _words(node: int, size: int, length: int, index: SuggestionIndex) -> range:
    """Return the words that, cut to ``length`` characters, are the beginning of a node with ``size`` characters."""
    words = index.beginnings.words(node)
    if size == length:
        return words[:_MOST]
    # A shorter word is not cut; it is the first of those that begin like it.
    return words[:1] if size < length and index.lengths[words.start] == size else range(0)


def _nodes_near(prefix: str, index: SuggestionIndex) -> Iterator[tuple[int, int]]:
    """Yield nodes one error away from ``prefix``, each with its number of characters."""
    tree, length = index.beginnings, len(prefix)
    for at, node in enumerate(tree.path(prefix)):
        char, rest = prefix[at], prefix[at + 1 :]
        yield from _node(tree.find(rest, node) if rest else node, length - 1)
        if rest and rest[0] != char:
            yield from _node(tree.find(rest[0] + char + rest[1:], node), length)
        for child, other in tree.children(node):
            if other != char:
                yield from _node(tree.find(rest, child), length)
                yield from _node(tree.find(char + rest, child), length + 1)


def _node(node: int, size: int) -> Iterator[tuple[int, int]]:
    if node:
        yield node, size
