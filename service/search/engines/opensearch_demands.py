"""What a query demands as a filter of OpenSearch, equal to what `service.search.engines.demands` finds."""

from __future__ import annotations

from typing import Any

import numpy as np

from indexer.analysis.tokenizer import tokenize
from indexer.compiled.reader import TermIndex
from service.search.engines.opensearch_query import Builder, Clause, every, held, refuse, some
from service.search.engines.wordlists import strings_like
from service.search.query.syntax import All, AnyOf, Codes, Dates, Having, Node, Not, Pattern, Words


class Demands:
    """Makes the filters of one index from its words and codes."""

    def __init__(self, index: TermIndex, builder: Builder) -> None:
        self._index, self._builder = index, builder

    def filter(self, node: Node) -> Clause:
        """Return the filter that exactly the records pass that meet ``node``."""
        if isinstance(node, Words):
            return self._words(node)
        if isinstance(node, Pattern):
            return self._like(node)
        if isinstance(node, Having):
            return {"terms": {f"facets.{node.facet}": list(node.values)}}
        if isinstance(node, Not):
            return refuse(self.filter(node.part))
        if isinstance(node, All):
            return every([self.filter(part) for part in node.parts])
        if isinstance(node, AnyOf):
            return some([self.filter(part) for part in node.parts])
        if isinstance(node, Codes):
            return {"range": {"code": {"gte": node.first, "lte": node.last}}}
        return _dates(node)

    def _words(self, node: Words) -> Clause:
        tokens = list(tokenize(node.text))
        if not tokens:
            return every([])
        if node.prefix:
            fields = [name for name in node.fields if name != "code"] or ["any"]
            return some([{"prefix": {f"words.{name}": tokens[-1].word}} for name in fields])
        terms = [token.term for token in tokens]
        if node.phrase and len(terms) > 1:
            return self._phrase(terms, node.fields)
        return every([_term(term, node.fields) for term in terms])

    def _phrase(self, terms: list[str], fields: tuple[str, ...]) -> Clause:
        named = [name for name in fields if name != "code"] or ["*"]
        text = {"query": " ".join(terms), "type": "phrase", "analyzer": "whitespace"}
        return {"multi_match": {**text, "fields": [f"text.{name}" for name in named]}}

    def _like(self, node: Pattern) -> Clause:
        texts = [name for name in node.fields if name != "code"]
        words = [self._index.words[at] for at in strings_like(node.text, self._index.words).tolist()]
        clauses: list[dict[str, Any]] = [{"terms": {f"words.{name}": words}} for name in texts if words]
        if len(texts) < len(node.fields):
            mask = np.zeros(self._index.count, bool)
            mask[strings_like(node.text.upper(), self._index.codes)] = True
            clauses.append(self._builder.only(mask))
        return some(clauses)


def _term(term: str, fields: tuple[str, ...]) -> Clause:
    if not fields:
        return held(term)
    return some([_in_field(term, name) for name in fields])


def _in_field(term: str, name: str) -> Clause:
    if name == "code":
        return {"term": {"code": {"value": term, "case_insensitive": True}}}
    return {"term": {f"text.{name}": term}}


def _dates(node: Dates) -> Clause:
    return {"range": {f"dates.{node.name}": {"gte": max(1, node.first), "lte": node.last}}}
