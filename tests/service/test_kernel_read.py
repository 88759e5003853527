"""What the kernel reads of a text is what the parser reads, number by number: random texts and indexes, and real ones.

Texts have little words, denied words, words that ask for a section, that join, split or come again, numbers,
possessives, operators, codes and any other characters.
"""

from __future__ import annotations

from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.relevance.judgements import read_judgements
from indexer.analysis.tokenizer import tokenize
from indexer.analysis.vocabulary import Rule
from indexer.compiled.names import name_hash
from indexer.snapshots import SnapshotStore
from service.opening import open_embedded
from service.search.corrections import readings_of
from service.search.engines import wordbook
from service.search.engines.layouts import (
    MOST_READ,
    MOST_TEXT,
    Q_ASKED,
    Q_COMPLETIONS,
    Q_NUMBERS,
    QUERY,
)
from service.search.model import SearchRequest
from service.search.query.parser import MODIFIER_TERM, Given, Unread, as_given, parse_query
from tests.service.planning import Served, both
from tests.service.test_planner import TUNING

_WORDS = "pump pumps pumping insulin wheel chair wheelchair kneebrace knee brace bed b12 b 12 60 60mg mg absent".split()
_MEANT = "the for my without no how long recovery time side effects is it safe modifier modifiers iop x".split()
_ODD = "AND or NOT H0015 h 0015 99213 e0260rr KX 1,000 0.5 4x4 mother's a'b 's MOTHER'S WHAT'S Doctor's".split()
_word = st.sampled_from([*_WORDS, *_MEANT, *_ODD]) | st.text("abs19'", max_size=4)
_sign = st.sampled_from([*'    -/?!)".*\té', "  ", ", ", " (", "; ", " & ", ": "])
_text = st.lists(st.tuples(_word, _sign), min_size=1, max_size=9).map(lambda each: "".join(map("".join, each)))
_some = st.lists(st.sampled_from([*_WORDS[:-1], "iop"]), min_size=1, max_size=6).map(" ".join)
_rows = st.lists(st.tuples(_some, st.lists(_some, max_size=2)), min_size=1, max_size=12)
_RULES = [
    Rule("iop", "insulin pump", 0.95, "insulin pump"),
    Rule("iop", "wheel chair", 0.9, "wheel chair"),
    Rule("knee", "wheelchair", 0.95, "wheelchair"),
    Rule("pump", "kneebrac", 0.9, "kneebrace"),
]


def _numbers(question):
    """Return the numbers of a question but what is not known yet, and addresses that nothing is read from."""
    numbers = question.numbers
    end = QUERY + len(numbers) if isinstance(question.query, Unread) else len(numbers)
    if numbers[Q_COMPLETIONS]:
        assert tuple(numbers[Q_NUMBERS:Q_ASKED]) == question.ending.addresses
    return numbers[:Q_NUMBERS].tolist(), numbers[QUERY:end].tolist()


def _assert_same(held, text):
    """Hold what both read of a text equal; say whether the kernel read it."""
    with held.machine.lock:
        text_given = as_given(text)
        found = text_given and held.planner.read(text_given)
        if found is None:
            return False
        head, rest = _numbers(found)
    query = parse_query(text)
    question = held.planner.question(query)
    wanted, more = _numbers(question)
    assert head == wanted, text
    assert rest[: len(more)] == more, text
    read = found.query
    assert (read.text, read.prefix, read.section, read.notes) == (query.text, query.prefix, query.section, query.notes)
    assert read.demand == query.demand
    assert query.codes == ()
    assert query.code_prefix is None
    assert MODIFIER_TERM not in query.terms
    assert read.has_readings or not readings_of(query, held)
    assert read.whole == query
    assert found.ending == question.ending
    return True


@settings(max_examples=300, deadline=None)
@given(_rows, st.lists(_text, min_size=1, max_size=12))
def test_the_kernel_reads_like_the_parser(rows, texts):
    with both(rows, _RULES) as held:
        for text in (*texts, *texts):
            _assert_same(held, text)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=12))
def test_no_text_is_read_otherwise_than_by_the_parser(texts):
    with both([("Insulin pump", []), ("A b 1 s", ["a b"])], _RULES) as held:
        for text in texts:
            _assert_same(held, text)


@pytest.mark.parametrize(
    "text",
    [
        "pump",
        "Insulin Pump",
        "the pump ",
        "wheel chair",
        "my wheel chair pump",
        "how long is recovery",
        "pump side effects",
        "recovery time",
        "pump pumps the pump",
        "bedpump",
        "absent",
        "knee-brace, or bed (both)?",
        "mother's bed",
        "mother's",
        "insulin 60 mg",
        "b12 pump",
        "no bed without pump",
        "not",
        "iop",
        "to the",
        "x" * 24 + " pump",
        "pump AND bed",
        "pump -bed",
        '"pump bed"',
        "wheel*",
        "title:pump chair",
        "(wheel OR bed) chair added:2019",
    ],
)
def test_usual_texts_are_read_by_the_kernel(text):
    rows = [("Wheelchair bed pump insulin", ["bed-pump", "chair wheel", "pump"]), ("A wheelchair", []), ("60mg", [])]
    with both(rows, _RULES) as held:
        assert _assert_same(held, text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "kx",
        "h 15",
        "H0015",
        "E0260RR",
        "e0260 rr",
        "99213 visit",
        "pump modifier",
        "NOT",
        '"pump',
        "title:",
        "1,000 bed",
        "60mg",
        "a.b bed",
        "a_b bed",
        "a'b bed",
        "bébé bed",
        "x" * 25 + " pump",
        "bed " * (MOST_TEXT // 4 + 1),
        " ".join(f"w{chr(97 + at // 26)}{chr(97 + at % 26)}" for at in range(33)),
    ],
)
def test_other_texts_are_left_to_the_parser(text):
    with both([("Wheel pump bed", [])], []) as held, held.machine.lock:
        assert held.planner.read(Given(text, text)) is None


def test_names_of_very_many_records_are_left_to_the_parser():
    with both([("Bed", ["common"])] * MOST_READ, []) as held, held.machine.lock:
        assert held.planner.read(Given("common", "common")) is None
        assert held.planner.read(Given("other", "other")) is not None


def test_words_are_forgotten_where_there_are_too_many(monkeypatch):
    monkeypatch.setattr(wordbook, "_MOST_NEW", wordbook._MOST_WORDS - 5)
    with both([("Wheel pump bed", ["wheelpump"])], []) as held:
        for text in ("wheel pump", "bed chair other", "more of such words", "wheel pump"):
            assert _assert_same(held, text)
        assert len(held.planner._wordbook._numbers) <= 5


def test_a_word_of_more_parts_than_there_is_room_for_is_left_to_the_parser(monkeypatch):
    monkeypatch.setattr(wordbook, "_MOST_SPLITS", 20)
    with both([("Wheel pump bed", []), ("wheelpump", [])], []) as held:
        assert _assert_same(held, "wheel")
        assert not _assert_same(held, "bedpump")
        assert not _assert_same(held, "bedpump")
        assert _assert_same(held, "wheel bed")


@given(st.lists(st.text(st.characters(exclude_characters=" "), min_size=1), min_size=1, max_size=5))
def test_the_hash_of_a_name_is_made_of_its_terms_in_their_order(terms):
    assert name_hash(" ".join(terms)) < 1 << 64
    assert (name_hash(" ".join(terms)) == name_hash(" ".join(terms[::-1]))) == (terms == terms[::-1])


@pytest.mark.slow
def test_real_texts_are_read_and_answered_like_the_parser_reads_them(documents_data):
    store = SnapshotStore(documents_data)
    with closing(open_embedded(store, str(store.current_name()))) as engine:
        served = Served(engine)
        asked = [judged.query for judged in read_judgements(TUNING)]
        read = [_assert_same(served, text) for text in asked]
        plain = [text for text in asked if text.replace(" ", "").isalpha() and len(list(tokenize(text))) > 1]
        assert sum(read) > 0.9 * len(asked)
        assert all(_assert_same(served, text) for text in plain if "mod" not in text)
        for text in asked:
            request = SearchRequest(text)
            query, page = engine.search_text(request)
            wanted = engine.search(request, parse_query(text))
            assert (page.total, page.matches, page.last) == (wanted.total, wanted.matches, wanted.last)
            assert engine.shown(page, query, None) == engine.shown(wanted, parse_query(text), None)
