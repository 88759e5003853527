"""The engine agrees with an oracle that scores by hand, one record and one posting at a time, from the same index.

The oracle reads Whoosh's postings through Whoosh's own searcher and follows the formula of `service.search.ranking`
without arrays; random records and queries have to give the same records, scores and order.
"""

from __future__ import annotations

import math
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh.index import open_dir
from whoosh.query import Or, Term

from indexer import impacts, schema
from indexer.analysis.tokenizer import index_tokens
from indexer.build import build
from indexer.imports import ImportStore
from indexer.records import text_of
from indexer.snapshots import INDEX, SnapshotStore
from indexer.targets.whoosh import whoosh_schema
from service.opening import open_embedded
from service.search import ranking
from service.search.model import SearchRequest, Tier
from service.search.query.parser import parse_query
from tests.corpus.samples import document_text
from tests.indexer.records import code, release

_VOCABULARY = ["pump", "insulin", "wheel", "chair", "knee", "brace", "oxygen", "repair", "worn", "example", "each"]
_TEXTS = st.lists(st.sampled_from(_VOCABULARY), min_size=1, max_size=8).map(" ".join)
_QUERIES = st.lists(st.sampled_from([*_VOCABULARY, "absent"]), min_size=1, max_size=4).map(
    lambda words: " ".join(words) + " "
)


def _oracle(index, query, records):
    """Return {number: (matched terms, score)} by the formula, from postings that Whoosh's searcher gives."""
    count = len(records)
    with index.searcher() as searcher:
        reader, found = searcher.reader(), {}
        best = 0.0
        for slot in query.slots:
            term, frequencies = slot.term, {}
            for name, field in schema.TEXT_FIELDS.items():
                if (name, term) not in reader:
                    continue
                # Whoosh rounds lengths to a byte, so they are counted here.
                lengths = [len(index_tokens(text_of(record, name))) for record in records]
                filled = [length for length in lengths if length]
                average = sum(filled) / len(filled)
                matcher = searcher.postings(name, term)
                while matcher.is_active():
                    number = matcher.id()
                    norm = 1 - impacts.B + impacts.B * lengths[number] / average
                    frequencies[number] = frequencies.get(number, 0.0) + field.weight * matcher.weight() / norm
                    matcher.next()
            weight = math.log(1 + (count - len(frequencies) + 0.5) / (len(frequencies) + 0.5))
            best += weight
            exact = _holding(searcher, "words", slot.word)
            for number, frequency in frequencies.items():
                matched, score = found.get(number, (0, 0.0))
                factor = 1.0 if number in exact else ranking.STEM_FACTOR
                found[number] = (matched + 1, score + factor * weight * frequency / (impacts.K1 + frequency))
        any_word = Or([Term(name, term) for name in schema.TEXT_FIELDS for term in query.terms])
        assert {hit.docnum for hit in searcher.search(any_word, limit=None)} == set(found)
        return found, best


def _holding(searcher, field, term):
    if (field, term) not in searcher.reader():
        return set()
    return set(searcher.postings(field, term).all_ids())


@settings(max_examples=25)
@given(st.lists(_TEXTS, min_size=1, max_size=12), st.lists(_QUERIES, min_size=1, max_size=6), st.booleans())
def test_scores_and_order_equal_the_oracle(texts, queries, with_document):
    with tempfile.TemporaryDirectory() as name:
        data = Path(name)
        folders = []
        if with_document:
            (data / "own").mkdir()
            (data / "own/one.txt").write_text(document_text())
            folders = [data / "own"]
        ImportStore(data).save(release("2020", *(code(f"A{at:04}", text) for at, text in enumerate(texts))))
        build(data, folders)
        store = SnapshotStore(data)
        engine = open_embedded(store, store.current_name())
        index = open_dir(str(store.current().path / INDEX), schema=whoosh_schema(), readonly=True)
        for text in queries:
            _compare(engine, index, text)
        index.close()
        engine.close()


def _compare(engine, index, text):
    """Compare the words' part of every score, which the parts of a score tell apart, and the sum of the parts."""
    query = parse_query(text)
    found, best = _oracle(index, query, [engine.record(number) for number in range(index.doc_count())])
    page = engine.search(SearchRequest(text, limit=100, explain=True), query)
    got = {match.number: match for match in page.matches}
    assert page.total == len(found) == len(got)
    for number, (matched, score) in found.items():
        parts = got[number].parts
        words = sum(part.value for part in parts if part.name == "word")
        assert words == pytest.approx(score / best * ranking.share("words"), abs=1e-6)
        assert sum(part.value for part in parts) == pytest.approx(got[number].score, abs=1e-4)
        if got[number].tier == Tier.ALL_WORDS:
            assert matched == len(query.terms)

    def rank(match):
        return -match.tier, -round(sum(part.value for part in match.parts[1:]), 9), match.number

    assert list(page.matches) == sorted(page.matches, key=rank)
