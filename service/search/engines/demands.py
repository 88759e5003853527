"""Which records meet what a query demands: one mask for each part of the expression, joined by array logic."""

from __future__ import annotations

from functools import reduce

import numpy as np

from indexer.analysis.tokenizer import stem, tokenize
from indexer.schema import TEXT_FIELDS
from service.search.engines.columns import Columns
from service.search.engines.postings import SPAN, Bools, Ints, PostingReader
from service.search.query.syntax import All, AnyOf, Codes, Dates, Node, Not, Words


def meeting(node: Node, reader: PostingReader, columns: Columns) -> Bools:
    """Return one truth value a record: whether it meets ``node``."""
    if isinstance(node, Words):
        return _words(node, reader)
    if isinstance(node, Not):
        return ~meeting(node.part, reader, columns)
    if isinstance(node, All | AnyOf):
        joined = np.logical_and if isinstance(node, All) else np.logical_or
        start = np.full(reader.count, isinstance(node, All))
        return reduce(joined, (meeting(part, reader, columns) for part in node.parts), start)
    mask = np.zeros(reader.count, bool)
    if isinstance(node, Codes):
        mask[reader.code_range(node.first, node.last)] = True
        return mask
    return _dates(node, columns)


def _dates(node: Dates, columns: Columns) -> Bools:
    values = columns.dates[node.name]
    within: Bools = (values >= max(1, node.first)) & (values <= node.last)
    return within


def _words(node: Words, reader: PostingReader) -> Bools:
    mask = np.zeros(reader.count, bool)
    tokens = list(tokenize(node.text))
    if not tokens:
        return ~mask
    fields = node.fields or tuple(TEXT_FIELDS)
    if node.prefix:
        for word in reader.expansions(tokens[-1].word):
            _mark(mask, _with_prefix(word, node.fields, reader))
        return mask
    terms = [token.term for token in tokens]
    if node.phrase:
        for field in fields:
            _mark(mask, _phrase(field, terms, reader))
        return mask
    return reduce(np.logical_and, (_anywhere(term, fields, reader) for term in terms))


def _anywhere(term: str, fields: tuple[str, ...], reader: PostingReader) -> Bools:
    mask = np.zeros(reader.count, bool)
    for field in fields:
        _mark(mask, reader.postings(field, term).numbers)
    if len(fields) == len(TEXT_FIELDS):
        _mark(mask, reader.postings("code", term.upper()).numbers)
    return mask


def _with_prefix(word: str, fields: tuple[str, ...], reader: PostingReader) -> Ints:
    if not fields:
        return reader.postings("words", word).numbers
    return np.concatenate([reader.postings(field, stem(word)).numbers for field in fields])


def _phrase(field: str, terms: list[str], reader: PostingReader) -> Ints:
    """Return the records in which ``terms`` stand side by side in ``field``."""
    if not all(len(reader.postings(field, term)) for term in terms):
        return np.empty(0, np.int64)
    starts = (reader.positions(field, term) - at for at, term in enumerate(terms))
    return reduce(np.intersect1d, starts) // SPAN


def _mark(mask: Bools, numbers: Ints) -> None:
    mask[numbers] = True
