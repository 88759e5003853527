"""Which records meet what a query demands: one mask for each part of the expression, joined by array logic."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from indexer.analysis.tokenizer import tokenize
from indexer.compiled import bits
from indexer.compiled.reader import CompiledIndex
from indexer.schema import TEXT_FIELDS
from service.search.engines.columns import Bools, Columns
from service.search.engines.machine import Machine
from service.search.engines.wordlists import holding_words, strings_like
from service.search.query.syntax import All, AnyOf, Codes, Dates, Having, Node, Not, Pattern, Words

_ANYWHERE = bits.field_bits([*TEXT_FIELDS, "code"])


@dataclass(frozen=True, slots=True)
class Asked:
    """What demands are put to: an index, its columns, and the kernel for it where there is one."""

    index: CompiledIndex
    columns: Columns
    machine: Machine | None


def meeting(node: Node, asked: Asked) -> Bools:
    """Return one truth value a record: whether it meets ``node``."""
    index = asked.index
    if isinstance(node, Words):
        return _words(node, asked)
    if isinstance(node, Pattern):
        return _like(node, index)
    if isinstance(node, Having):
        return asked.columns.having(node.facet, node.values)
    if isinstance(node, Not):
        return ~meeting(node.part, asked)
    if isinstance(node, All | AnyOf):
        joined = np.logical_and if isinstance(node, All) else np.logical_or
        if not node.parts:
            return np.full(index.count, isinstance(node, All))
        return reduce(joined, (meeting(part, asked) for part in node.parts))
    mask = np.zeros(index.count, bool)
    if isinstance(node, Codes):
        found = index.codes.between(node.first, node.last)
        mask[found.start : found.stop] = True
        return mask
    return _dates(node, asked.columns)


def _like(node: Pattern, index: CompiledIndex) -> Bools:
    texts = [name for name in node.fields if name != "code"]
    mask = holding_words(strings_like(node.text, index.words), bits.field_bits(texts), index)
    if len(texts) < len(node.fields):
        # Codes are no words: record number n is the one with code number n.
        mask[strings_like(node.text.upper(), index.codes)] = True
    return mask


def _dates(node: Dates, columns: Columns) -> Bools:
    values = columns.dates[node.name]
    within: Bools = (values >= max(1, node.first)) & (values <= node.last)
    return within


def _words(node: Words, asked: Asked) -> Bools:
    index = asked.index
    tokens = list(tokenize(node.text))
    if not tokens:
        return np.ones(index.count, bool)
    fields = bits.field_bits(node.fields) if node.fields else _ANYWHERE
    if node.prefix:
        return holding_words(index.words.beginning(tokens[-1].word), fields, index)
    terms = [token.term for token in tokens]
    if node.phrase and len(terms) > 1:
        if asked.machine is None:
            return by_reference(terms, fields, index)
        return _phrase(terms, fields, index, asked.machine)
    return reduce(np.logical_and, (_holding(*index.bounds(term), fields, index) for term in terms))


def _holding(start: int, end: int, wanted: int, index: CompiledIndex) -> Bools:
    """Say of each record whether one of the postings from ``start`` to ``end`` has one of the bits ``wanted``."""
    mask = np.zeros(index.count, bool)
    mask[index.docs[start:end][(index.bits[start:end] & np.uint32(wanted)) > 0]] = True
    return mask


def _phrase(terms: list[str], fields: int, index: CompiledIndex, machine: Machine) -> Bools:
    """Say of each record whether ``terms`` stand side by side in one of the fields."""
    mask, numbers = np.zeros(index.count, bool), array("q", (len(terms), fields))
    for term in terms:
        numbers.extend((*index.bounds(term), index.stems.find(term)))
    with machine.lock:
        machine.kernel.phrase(machine.table_at, numbers.buffer_info()[0], mask.ctypes.data, 0)
    return mask


def by_reference(terms: list[str], fields: int, index: CompiledIndex) -> Bools:
    """Say the same without the kernel."""
    mask = np.zeros(index.count, bool)
    docs = _with_all(terms, fields, index)
    if not len(docs):
        return mask
    starts = reduce(np.intersect1d, (index.positions_in(term, docs) - at for at, term in enumerate(terms)))
    inside: NDArray[np.int64] = starts[(np.int64(fields) >> bits.fields_of_positions(starts)) & 1 == 1]
    mask[inside >> bits.RECORD_SHIFT] = True
    return mask


def _with_all(terms: list[str], fields: int, index: CompiledIndex) -> NDArray[np.uint32]:
    """Return the records that hold all terms, each in one of the fields; the rarest term goes first."""
    lists = sorted(map(index.postings, dict.fromkeys(terms)), key=len)
    docs: NDArray[np.uint32] = lists[0].docs[(lists[0].bits & np.uint32(fields)) > 0]
    for each in lists[1:]:
        if not len(docs):
            break
        at = np.minimum(np.searchsorted(each.docs, docs), len(each) - 1)
        docs = docs[(each.docs[at] == docs) & ((each.bits[at] & np.uint32(fields)) > 0)]
    return docs
