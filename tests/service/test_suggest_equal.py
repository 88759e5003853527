"""Suggestions from mapped arrays are those of the plain reference: same order, same fields, on real and random records.

1. Every beginning of every word, several words, misspelled ones, texts cut anywhere, in any limit.
2. Words near a beginning are those that a comparison with all words finds.
3. Arguments checked in short are judged as the schema judges them.
"""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from indexer import beginnings, suggestions
from indexer.compiled.dictionary import Dictionary, dictionary_arrays
from indexer.compiled.layout import Container
from indexer.compiled.layout import write as write_container
from indexer.documents import DocumentReader
from indexer.snapshots import SnapshotStore
from indexer.suggestions import SuggestionIndex
from service.opening import open_embedded
from service.search.near import words_near
from service.search.searcher import Searcher
from service.search.suggest import Suggester
from service.web.schemas.search_v1 import SuggestArguments, suggest_arguments
from tests.service.suggest_reference import ReferenceSuggester

KINDS = ("completions", "codes", "names")
#: Few letters, so that words share beginnings; signs that are escaped, joined, folded or cut away.
LETTERS = "abbc"
texts = st.text(st.sampled_from([*LETTERS, *" -/'&<\"é1ß½’İ"]), min_size=1, max_size=14)
typed = st.one_of(texts, st.text(st.sampled_from(LETTERS), min_size=1, max_size=7), st.text(max_size=8))


@st.composite
def record_lists(draw):
    lists = st.lists(texts, max_size=3)
    made = draw(st.lists(st.tuples(texts, lists, lists, lists, st.booleans()), min_size=1, max_size=12))
    keys = ("title", "common_names", "technical_terms", "drug_names", "has_document")
    return [
        {"code": f"A{number:04}", "code_system": "HCPCS", "kind": "procedure", **dict(zip(keys, values, strict=True))}
        for number, values in enumerate(made)
    ]


def _suggester(folder, records):
    suggestions.write(folder, records)
    write_container(folder, dictionary_arrays("codes", [record["code"] for record in records]))
    return Suggester(SuggestionIndex(folder), Dictionary(Container(folder), "codes"))


def _plain(found):
    codes, names = (orjson.loads(b"[%b]" % each) for each in (found.codes, found.names))
    return {"completions": list(found.completions), "codes": codes, "names": names}


@given(record_lists(), st.lists(typed, min_size=1, max_size=12), st.integers(1, 20))
def test_random_records(records, queries, limit):
    reference = ReferenceSuggester(records)
    with tempfile.TemporaryDirectory() as folder:
        fast = _suggester(Path(folder), records)
        for q in (*queries, *(f"{one} {two}" for one, two in itertools.pairwise(queries))):
            assert _plain(fast.suggest(q, limit)) == reference.suggest(q, limit)


def test_many_words_many_names_and_small_blocks(tmp_path, monkeypatch):
    """More words than a beginning stands for, more names than are ordered one by one, several blocks of pairs."""
    monkeypatch.setattr(beginnings, "_PAIRS", 64)
    words = [f"{first}{second}{third}{'x' * (at % 4)}" for at, (first, second, third) in enumerate(_triples())]
    records = [
        {
            "code": f"A{number:04}",
            "code_system": "HCPCS",
            "kind": "procedure",
            "title": f"{words[number]} pump {words[-number]}",
            "common_names": [words[number]] if number % 3 else [],
            "technical_terms": ["pump"] if number == 150 else [],
            "drug_names": [],
            "has_document": number % 7 == 0,
        }
        for number in range(1, 200)
    ]
    fast, reference = _suggester(tmp_path, records), ReferenceSuggester(records)
    for q in ("a", "b", "ab", "pum", "pump", "a pump", "pump a", "a b", "b a pu", "pumq", "pumq a", "xpump b", "a c b"):
        for limit in (1, 8, 9, 20):
            assert _plain(fast.suggest(q, limit)) == reference.suggest(q, limit)


def _triples():
    return [(one, two, three) for one in "ab" for two in "abcdefghij" for three in "abcdefghijkl"]


def test_no_word_at_all(tmp_path):
    record = {"code": "A0001", "code_system": "HCPCS", "kind": "procedure", "title": "***", "has_document": False}
    fast = _suggester(tmp_path, [{**record, "common_names": [], "technical_terms": [], "drug_names": []}])
    assert _plain(fast.suggest("any word", 8)) == {"completions": [], "codes": [], "names": []}
    assert [each["code"] for each in _plain(fast.suggest("a0001", 8))["codes"]] == ["A0001"]


def test_an_exact_name_is_first_however_many_documents_have_the_word(tmp_path):
    """The best of the first 300 candidates used to be taken, those with a document before all others."""
    plain = {"code_system": "HCPCS", "kind": "procedure", "common_names": [], "technical_terms": [], "drug_names": []}
    records = [
        {**plain, "code": f"A{number:04}", "title": f"Large pump {number}", "has_document": number < 400}
        for number in range(401)
    ]
    records[400]["title"] = "Pump"
    names = _plain(_suggester(tmp_path, records).suggest("pump", 8))["names"]
    assert names[0]["text"] == "Pump"


@pytest.fixture(scope="module")
def official(official_data):
    store = SnapshotStore(official_data)
    searcher = Searcher(store, open_embedded)
    folder = store.current().path
    reader = DocumentReader(folder)
    yield searcher, ReferenceSuggester([reader[number] for number in range(len(reader))]), SuggestionIndex(folder)
    reader.close()
    searcher.close()


@st.composite
def cut_texts(draw):
    """A way to make a query of the words of an index: which words, how long, wrong in which way, and what follows."""
    parts = st.tuples(st.integers(0, 1 << 30), st.integers(1, 14), st.integers(0, 4), st.integers(0, 13))
    return draw(st.lists(parts, min_size=1, max_size=3)), draw(st.sampled_from(["", " ", "-", "x", "'s"]))


def _query(words, how):
    parts, end = how
    return (
        " ".join(_misspelled(words[at % len(words)][:length], kind, place) for at, length, kind, place in parts) + end
    )


def _misspelled(word, kind, place):
    place = place % len(word)
    return (
        word,
        word,
        word[:place] + word[place + 1 :],
        f"{word[:place]}e{word[place:]}",
        word[:place] + word[place:][1::-1] + word[place + 2 :],
    )[kind]


@given(how=cut_texts(), limit=st.integers(1, 20))
def test_the_official_file(official, how, limit):
    searcher, reference, _ = official
    q = _query(reference.words, how)
    body, snapshot = searcher.suggest(q, limit)
    answer = orjson.loads(body)
    assert list(answer) == ["query", "took_ms", "snapshot", *KINDS]
    assert (answer["query"], answer["snapshot"]) == (q, snapshot)
    assert {kind: answer[kind] for kind in KINDS} == reference.suggest(q, limit)


@given(how=cut_texts())
def test_words_near_a_beginning_of_the_official_file(official, how):
    _, reference, index = official
    for prefix in _query(reference.words, how).split():
        if not index.beginnings.find(prefix):
            assert [index.word(number) for number in words_near(prefix, index).tolist()] == reference.near(prefix)


def test_short_beginnings_lie_ready_as_they_would_be_made(official):
    _, _, index = official
    node = index.beginnings.find("whe")
    for most in (1, 8, 9):
        made = index.names_json(index.beginnings.best_names(node, most), [node])
        assert index.best_json(node, most) == made


def test_the_arrays_are_read_as_they_were_written(official):
    _, reference, index = official
    assert [index.word(number) for number in range(len(index.lengths))] == reference.words
    assert index.lengths.tolist() == [len(word) for word in reference.words]
    assert np.all(np.diff(index.first_place) > 0)


values = st.one_of(st.none(), st.booleans(), st.integers(-2, 30), st.floats(), st.text(max_size=3), st.just("a" * 1001))


@given(st.dictionaries(st.sampled_from(["q", "limit", "x"]), values))
def test_arguments_are_judged_as_by_the_schema(given_values):
    def verdict(check):
        try:
            return check(given_values)
        except ValidationError as error:
            return error.messages

    def by_schema(arguments):
        loaded = SuggestArguments().load(arguments)
        return loaded["q"], loaded["limit"]

    assert verdict(suggest_arguments) == verdict(by_schema)
