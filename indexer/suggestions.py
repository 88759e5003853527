"""What is offered to someone who is still typing: names of procedures, found by the beginnings of their words.

``suggestions.bin`` holds, beside the arrays of `indexer.beginnings`, in which words are numbered in sorted order and
names (pairs of a text and its record) from the shortest on:

``word.first``, ``word.bytes``, ``word.length``: the folded words, and how many characters each has (at most 64).
``place.first`` (words + 1) and ``place``: the names that have each word, ascending.
``name.record``, ``name.preferred``: the record of each name, and whether a document goes with it.
``fold.first``, ``fold.bytes``: the folded texts; ``fold.rank``: the place of each in their sorted order.
``brief.first``, ``brief.bytes``: for each record the beginning of a JSON object, up to its last member.
``name.first``, ``name.bytes``: for each name the rest of that object: the text, and its highlight without marks.
``mark.first`` and ``mark``: for each word of a name, compounds too, its number << 40 | where it begins in the bytes of
the name << 20 | how far before 2**20 - 1 it ends; in the order of the last 40 bits: by beginnings, of equal ones the
longest first.
``ready.entry`` (short beginnings + 1), ``ready.first``, ``ready.bytes``: the 8 best names of each beginning of up to
three characters, put together with their marks, a comma behind each.
All texts are UTF-8; ``first`` arrays have one value more than there are entries.
"""

from __future__ import annotations

import functools
import html
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from indexer.analysis.tokenizer import Token, fold, index_tokens
from indexer.beginnings import Beginnings, Ints, Names, tree_arrays
from indexer.compiled import layout
from indexer.compiled.groups import starts
from indexer.compiled.layout import Array, Container

FILE = "suggestions.bin"
_BRIEF = ("code", "code_system", "kind", "title", "has_document")
_BASIS = (*_BRIEF, "common_names", "technical_terms", "drug_names")
#: A drug may go by dozens of brands; the first of them are the best known.
_MOST_DRUG_NAMES = 12
_READY_CHARS, _READY_NAMES = 3, 8
_BITS = 20
_FARTHEST, _PLACE = (1 << _BITS) - 1, (1 << 2 * _BITS) - 1
_TEXT, _HIGHLIGHT, _END = b',"text":', b',"highlight":"', b'"}'


def write(folder: Path, records: Sequence[Mapping[str, Any]]) -> None:
    """Write the suggestions for ``records`` into the folder of a snapshot."""
    pairs = {(text, number) for number, record in enumerate(records) for text in _texts(record)}
    ordered = sorted(pairs, key=lambda pair: (len(pair[0]), pair[0], pair[1]))
    texts, numbers = [text for text, _ in ordered], np.array([number for _, number in ordered], np.int64)
    tokens = [index_tokens(text) for text in texts]
    words, postings = _postings(tokens)
    documents = np.array([record["has_document"] for record in records], bool)
    folded = [fold(text) for text in texts]
    names = Names(numbers, folded, documents[numbers], starts([len(each) for each in postings]), _flat(postings))
    arrays = {
        **_strings("word", [word.encode() for word in words]),
        "word.length": np.array([len(word) for word in words], np.uint8),
        "place.first": names.first,
        "place": names.places.astype(np.uint32),
        "name.record": numbers.astype(np.uint32),
        "name.preferred": names.preferred,
        **_strings("fold", [text.encode() for text in folded]),
        "fold.rank": _ranks(folded),
        **_strings("brief", [orjson.dumps({name: record[name] for name in _BRIEF})[:-1] for record in records]),
        **_name_arrays(texts, tokens, words),
        **tree_arrays(words, names),
    }
    layout.write(folder, arrays | _ready_arrays(arrays), FILE)


def basis(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a record that suggestions are made of; nothing where it is empty."""
    return {name: record[name] for name in _BASIS} if record else {}


class SuggestionIndex:
    """Reads the suggestions of a snapshot, mapped and shared by all processes; safe for many threads."""

    def __init__(self, folder: Path) -> None:
        container = Container(folder, FILE)
        self.beginnings = Beginnings(container)
        self.lengths = container["word.length"]
        self.first_place, self.places = container["place.first"], container["place"]
        self.preferred = container["name.preferred"]
        self.record_of: Callable[[int], int] = container["name.record"].data.__getitem__
        self.ranks = container["fold.rank"]
        self._words, self._folded = _Strings(container, "word"), _Strings(container, "fold")
        self._entries = _Entries(container)
        self._ready, self._first_ready = container["ready.bytes"].data, container["ready.first"].data
        self._ready_entry = container["ready.entry"].data

    def word(self, number: int) -> str:
        """Return word ``number``."""
        return self._words[number].decode()

    def folded(self, name: int) -> bytes:
        """Return the folded text of a name in UTF-8."""
        return self._folded[name]

    def records_json(self, numbers: Sequence[int]) -> bytes:
        """Return what suggestions tell of records, as JSON objects separated by commas."""
        return b",".join([self._entries.brief(number) + b"}" for number in numbers])

    def names_json(self, names: Sequence[int], begun: Sequence[int]) -> bytes:
        """Return names as JSON objects separated by commas, with the words marked that the nodes ``begun`` begin."""
        marked = [_marks(self.beginnings.words(node)) for node in begun]
        return b",".join([self._entries.name(name, marked) for name in names])

    def best_json(self, node: int, most: int) -> bytes:
        """Return the best names for one beginning as `names_json` does."""
        if node >= len(self._ready_entry) - 1 or most > _READY_NAMES:
            return self.names_json(self.beginnings.best_names(node, most), (node,))
        first, last = self._ready_entry[node], self._ready_entry[node + 1]
        return bytes(self._ready[self._first_ready[first] : self._first_ready[min(last, first + most)]][:-1])


class _Entries:
    """The JSON objects of names, from the arrays of an index that is open or being made."""

    def __init__(self, arrays: Container | Mapping[str, Array]) -> None:
        self._number = arrays["name.record"].data
        self._briefs, self._names = _Strings(arrays, "brief"), _Strings(arrays, "name")
        self._marks, self._first_mark = arrays["mark"].data, arrays["mark.first"].data

    def brief(self, number: int) -> bytes:
        """Return the object of a record, without its end."""
        return self._briefs[number]

    def name(self, name: int, marked: Sequence[tuple[int, int]]) -> bytes:
        """Return the object of a name; its highlight marks the words of ``marked``, which `_marks` made."""
        marks = self._marks[self._first_mark[name] : self._first_mark[name + 1]].tolist()
        found = [mark for low, high in marked for mark in marks if low <= mark < high]
        if len(marked) > 1:
            found.sort(key=_PLACE.__and__)
        text, pieces, at = self._names[name], [self._briefs[self._number[name]]], 0
        for mark in found:
            begin, end = (mark >> _BITS) & _FARTHEST, _FARTHEST - (mark & _FARTHEST)
            if begin >= at:
                pieces += (text[at:begin], b"<mark>", text[begin:end], b"</mark>")
                at = end
        pieces.append(text[at:])
        return b"".join(pieces)


def _marks(words: range) -> tuple[int, int]:
    return words.start << 2 * _BITS, words.stop << 2 * _BITS


class _Strings:
    def __init__(self, container: Container | Mapping[str, Array], name: str) -> None:
        # Memoryviews give Python numbers several times faster than arrays do.
        self._first, self._bytes = container[f"{name}.first"].data, container[f"{name}.bytes"].data

    def __getitem__(self, number: int) -> bytes:
        return bytes(self._bytes[self._first[number] : self._first[number + 1]])


def _texts(record: Mapping[str, Any]) -> Iterator[str]:
    yield record["title"]
    yield from record["common_names"]
    yield from record["technical_terms"]
    yield from record["drug_names"][:_MOST_DRUG_NAMES]


def _postings(tokens: Sequence[Sequence[Token]]) -> tuple[list[str], list[list[int]]]:
    """Return the words in order, and for each the places of the texts that have it, ascending."""
    words: dict[str, list[int]] = {}
    for place, found in enumerate(tokens):
        for word in {token.word for token in found}:
            words.setdefault(word, []).append(place)
    ordered = sorted(words)
    return ordered, [words[word] for word in ordered]


def _name_arrays(texts: Sequence[str], tokens: Sequence[Sequence[Token]], words: Sequence[str]) -> dict[str, Array]:
    numbers = {word: number for number, word in enumerate(words)}
    lines, marks = [], []
    for text, found in zip(texts, tokens, strict=True):
        head = _TEXT + orjson.dumps(text) + _HIGHLIGHT
        escaped = [_escaped(char) for char in text]
        place = (len(head) + starts([len(each) for each in escaped])).tolist()
        ordered = sorted(found, key=lambda token: (token.start, -token.end))
        lines.append(head + b"".join(escaped) + _END)
        spans = ((numbers[token.word], place[token.start], place[token.end]) for token in ordered)
        # What stands behind the first megabyte of a name is not marked.
        marks.append([_mark(word, begin, end) for word, begin, end in spans if end <= _FARTHEST])
    return {
        **_strings("name", lines),
        "mark": _flat(marks).astype(np.uint64),
        "mark.first": starts([len(each) for each in marks]).astype(np.uint32),
    }


def _mark(word: int, begin: int, end: int) -> int:
    return word << 2 * _BITS | begin << _BITS | _FARTHEST - end


def _ready_arrays(arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Put the best names of short beginnings together: everyone types them, and what is typed next differs."""
    tree, entries, end = Beginnings(arrays), _Entries(arrays), 1
    for _ in range(_READY_CHARS):
        # The first child of the first node of a length is the first node of the next.
        end = int(arrays["node.child"][end])
    best = [
        [entries.name(name, [_marks(tree.words(node))]) for name in tree.best_names(node, _READY_NAMES)]
        for node in range(end)
    ]
    return {
        **_strings("ready", [entry + b"," for group in best for entry in group]),
        "ready.entry": starts([len(group) for group in best]),
    }


@functools.lru_cache(maxsize=4096)
def _escaped(char: str) -> bytes:
    """Return a character as it stands in HTML in JSON."""
    return orjson.dumps(html.escape(char))[1:-1]


def _strings(name: str, values: Sequence[bytes]) -> dict[str, Array]:
    return {
        f"{name}.first": starts([len(value) for value in values]).astype(np.uint64),
        f"{name}.bytes": np.frombuffer(b"".join(values), np.uint8),
    }


def _ranks(texts: Sequence[str]) -> Array:
    ranks = np.empty(len(texts), np.uint32)
    ranks[sorted(range(len(texts)), key=texts.__getitem__)] = np.arange(len(texts), dtype=np.uint32)
    return ranks


def _flat(values: Sequence[Sequence[int]]) -> Ints:
    return np.array([each for group in values for each in group], np.int64)
