"""Suggestions while someone types: completions of the query, codes, and procedures, each apart.

Every word typed is a beginning. Where no name has words with all these beginnings, beginnings within one error are
tried from the fourth letter on; a beginning with a digit in it is never changed.

What is best for one beginning was worked out at publication and is only looked up; for several, the names of each are
intersected.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.codes import looks_like_code, looks_like_code_prefix, normalise_code
from indexer.analysis.tokenizer import Token, tokenize
from indexer.beginnings import MAX_EXPANSIONS, MAX_SUGGESTIONS, shortest, worths
from indexer.compiled.dictionary import Dictionary
from indexer.suggestions import SuggestionIndex
from service.search.near import words_near

_MAX_WORDS = 8
_MAX_CODE_CHARS = 32
_NEAR_KEPT, _NODES_KEPT = 1_024, 1 << 12
#: So few names are put in order one by one; more by arrays.
_FEW = 32
_BEHIND = b"\xff"

Ints = NDArray[np.int64]
#: Numbers of words, ascending.
Words = range | Ints


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What may be meant, best first: longer queries, and records by code and by name as JSON, separated by commas."""

    completions: tuple[str, ...]
    codes: bytes
    names: bytes


@dataclass(frozen=True, slots=True)
class _Group:
    """The words that one typed word may stand for, ascending, and the names that have each, end to end."""

    words: Words
    starts: Ints
    places: NDArray[np.uint32]


class Suggester:
    """Suggestions from one snapshot; safe for many threads, since nothing changes after it is made."""

    def __init__(self, index: SuggestionIndex, codes: Dictionary) -> None:
        self._index, self._tree, self._codes = index, index.beginnings, codes
        # Someone who is still typing asks for the same beginnings again and again.
        self._near = lru_cache(_NEAR_KEPT)(partial(words_near, index=index))
        self._find = lru_cache(_NODES_KEPT)(self._tree.find)

    def suggest(self, text: str, limit: int) -> Suggestions:
        """Return at most ``limit`` of each kind for what was typed so far."""
        tokens = list(tokenize(text))
        codes = self._index.records_json(self._with_code(text)[:limit])
        if not tokens:
            return Suggestions((), codes, b"")
        nodes = [self._find(token.word) for token in tokens]
        if len(tokens) == 1 and nodes[0]:
            names, words = self._index.best_json(nodes[0], limit), self._tree.best_words(nodes[0])
        else:
            found, words = self._among_all(tokens[:_MAX_WORDS], nodes[:_MAX_WORDS], limit)
            names = self._index.names_json(found, [node for node in dict.fromkeys(nodes) if node])
        last = tokens[:_MAX_WORDS][-1]
        completions = self._completed(text, last, words)[:limit] if last.end == len(text) else ()
        return Suggestions(completions, codes, names)

    def _with_code(self, text: str) -> range:
        prefix = normalise_code(text) if len(text) <= _MAX_CODE_CHARS else ""
        if not (looks_like_code_prefix(prefix) or looks_like_code(prefix)):
            return range(0)
        return self._codes.beginning(prefix)

    def _completed(self, text: str, last: Token, words: Sequence[int]) -> tuple[str, ...]:
        """Return the query with its last word made whole."""
        whole = map(self._index.word, words)
        return tuple(text[: last.start] + word for word in whole if word != last.word)

    # -- several words, or misspelled ones ------------------------------------------------------------

    def _among_all(self, tokens: Sequence[Token], nodes: Sequence[int], limit: int) -> tuple[list[int], list[int]]:
        """Return the best names that have all words, and the last words of most of these names, best first each."""
        found, last = self._in_all([self._tree_words(node) for node in nodes])
        if last is None and not all(nodes):
            pairs = zip(tokens, nodes, strict=True)
            found, last = self._in_all(
                [self._tree_words(node) if node else self._near(token.word) for token, node in pairs]
            )
        if last is None:
            return [], []
        names = self._best(found, " ".join(token.word for token in tokens).encode(), limit)
        # With one word typed, what has the word is what was found; with more, it has the others as well.
        return names, self._last_words(last, found)

    def _tree_words(self, node: int) -> Words:
        words = self._tree.words(node) if node else range(0)
        return words if len(words) <= MAX_EXPANSIONS else shortest(self._index.lengths, words)

    def _in_all(self, expanded: Sequence[Words]) -> tuple[Ints, _Group | None]:
        """Return the names that have a word of each group, ascending, and the last group, or None without any name."""
        if not all(map(len, expanded)):
            return np.empty(0, np.int64), None
        groups = [self._group(words) for words in expanded]
        smallest = min(groups, key=lambda group: len(group.places))
        # The names of one word are in order, and each of them once.
        one = len(smallest.words) == 1
        found: Ints = smallest.places.astype(np.int64) if one else np.flatnonzero(self._mask(smallest.places))
        for group in groups:
            if group is not smallest and len(found):
                found = found[self._mask(group.places)[found]]
        return found, groups[-1] if len(found) else None

    def _group(self, words: Words) -> _Group:
        first, places = self._index.first_place, self._index.places
        if isinstance(words, range):
            begin = first[words.start]
            return _Group(words, first[words.start : words.stop] - begin, places[begin : first[words.stop]])
        begin, counts = first[words], first[words + 1] - first[words]
        ends = np.cumsum(counts)
        starts = ends - counts
        return _Group(words, starts, places[np.repeat(begin - starts, counts) + np.arange(ends[-1])])

    def _mask(self, places: NDArray[Any]) -> NDArray[np.bool_]:
        mask = np.zeros(len(self._index.preferred), bool)
        mask[places] = True
        return mask

    def _best(self, found: Ints, typed: bytes, limit: int) -> list[int]:
        """Return the best names of those found, of each record one; the order is that of `indexer.beginnings`."""
        if len(found) <= _FEW:
            order = sorted(found.tolist(), key=lambda name: self._worth(name, typed))
        else:
            worth = worths(*self._begun(found, typed), self._index.preferred[found])
            order = found[np.argsort(worth, kind="stable")].tolist()
        best: dict[int, int] = {}
        for name in order:
            best.setdefault(self._index.record_of(name), name)
            if len(best) == limit:
                break
        return list(best.values())

    def _worth(self, name: int, typed: bytes) -> tuple[bool, bool, bool, int]:
        folded = self._index.folded(name)
        return folded != typed, not folded.startswith(typed), not self._index.preferred[name], name

    def _begun(self, found: Ints, typed: bytes) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return which names are, folded, just what was typed, and which begin so."""
        order = np.argsort(self._index.ranks[found])
        names = found[order].tolist()
        first = bisect.bisect_left(names, typed, key=self._index.folded)
        last = bisect.bisect_left(names, typed + _BEHIND, first, key=self._index.folded)
        same = bisect.bisect_right(names, typed, first, last, key=self._index.folded)
        whole, begun = np.zeros((2, len(found)), bool)
        whole[order[first:same]] = True
        begun[order[first:last]] = True
        return whole, begun

    def _last_words(self, group: _Group, found: Ints) -> list[int]:
        if len(group.words) == 1:
            return [int(group.words[0])]
        counts = np.add.reduceat(self._mask(found)[group.places].astype(np.int64), group.starts)
        order = np.argsort(-counts, kind="stable")[: MAX_SUGGESTIONS + 1]
        return [int(group.words[at]) for at in order.tolist() if counts[at]]
