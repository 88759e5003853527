"""What the kernel plans is what Python plans, number by number: random vocabularies and queries, and real ones.

Vocabularies have phrases that share words and beginnings, meanings that come up again, words that no record has, and
names of records; queries have little words, denied words, beginnings and words in any order.
"""

from __future__ import annotations

import string
from array import array
from contextlib import closing
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.relevance.judgements import read_judgements
from indexer.analysis.vocabulary import MAX_PHRASE_WORDS, Rule, read_abbreviations, read_synonyms
from indexer.snapshots import SnapshotStore
from service.opening import open_embedded
from service.search.engines.evaluate import Conditions, Evaluator, Factors
from service.search.engines.evidence import Witness
from service.search.engines.layouts import (
    ASKED_VALUES,
    H_CHAIN_AT,
    H_RAISE_AT,
    H_RAISES,
    HEADER,
    MAX_CURSORS,
    NOTHING,
    RAISE,
    SHOW,
    SPELLED,
    TOGETHER,
)
from service.search.engines.lexicon import MAX_COMPLETIONS
from service.search.engines.plan import packed
from service.search.engines.showing import Shower
from service.search.model import Match, Tier
from service.search.query.expand import respelled
from service.search.query.lookup import lookup_query
from service.search.query.parser import MAX_WORDS, parse_query
from tests.service.planning import VALUES, Served, both

_WORDS = "pump pumps insulin wheel chair wheelchair kneebrace knee brace sugar blood bed absent missing".split()
_LITTLE = ["the", "for", "my", "without", "no"]
_phrase = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=4).map(lambda words: " ".join(dict.fromkeys(words)))
_weight = st.sampled_from([0.95, 0.9, 0.6])
_rule = st.tuples(_phrase, _phrase, _weight).map(lambda each: Rule(each[0], each[1], each[2], each[1]))
_rules = st.lists(_rule, max_size=40)
_text = st.lists(st.sampled_from([*_WORDS[:-2], *_LITTLE]), min_size=1, max_size=6).map(" ".join)
_rows = st.lists(st.tuples(_text, st.lists(_text, max_size=2)), min_size=1, max_size=20)
_query = st.lists(st.sampled_from([*_WORDS, *_LITTLE, "whe", "p", "A0001", "KX"]), min_size=1, max_size=9).map(" ".join)
TUNING = Path(__file__).parents[2] / "benchmarks/relevance/tuning.tsv"


def _told(numbers):
    """The numbers of a plan: all but the raises, and these, in no order and each once, since order changes nothing."""
    first, count, chains = numbers[H_RAISE_AT], numbers[H_RAISES], numbers[H_CHAIN_AT]
    lifted = {tuple(numbers[at : at + RAISE]) for at in range(first, first + RAISE * count, RAISE)}
    head = list(numbers[: len(HEADER)])
    head[H_RAISES] = head[H_CHAIN_AT] = 0
    return [*head, *numbers[len(HEADER) : first], *numbers[chains:]], lifted


def _letters(extra, plan):
    """What shows records, without the letters of terms that no record has: nobody looks at these."""
    letters = extra.tolist()
    for place, term in enumerate(plan.terms):
        if term.number < 0:
            letters[SHOW + SPELLED * place + 1 : SHOW + SPELLED * (place + 1)] = [0] * (SPELLED - 1)
    return letters


def _assert_same(held, query):
    """Hold both plans of a query equal, and what they ask and show; say whether the kernel planned it."""
    made = held.by_kernel(query)
    if made is None:
        return False
    numbers, weights, planned = made
    plan = held.by_python(query)
    wanted, factors = packed(plan, VALUES)
    assert _told(numbers) == _told(wanted.tolist()), query.text
    assert weights[: len(factors)].tolist() == factors.tolist(), query.text
    finding = [any(leaf.end > leaf.start for leaf in slot.leaves if leaf.kind != TOGETHER) for slot in plan.slots]
    assert planned.all_found == all(finding)
    grouped = [any(leaf.kind == TOGETHER for leaf in slot.leaves) for slot in plan.slots]
    if not any(many and not found for found, many in zip(finding, grouped, strict=True)):
        assert planned.unfound == tuple(at for at, found in enumerate(finding) if not found)
    else:
        assert planned.unfound is None
    witness = Witness(held.index, held.machine)
    matches = [Match(number, Tier.SOME_WORDS, 3.5, True) for number in range(min(held.index.count, 3))]
    assert witness.asked(matches, planned, 99) == witness.asked(matches, plan, 99)
    shower = Shower(held.folder, held.index, held.machine, witness)
    shown = [_letters(shower._extra(each, query, None), plan) for each in (planned, plan)]
    assert shown[0] == shown[1], query.text
    return True


@settings(max_examples=250, deadline=None)
@given(_rows, _rules, st.lists(_query, min_size=1, max_size=8))
def test_the_kernel_plans_like_python(rows, rules, queries):
    with both(rows, rules) as held:
        for text in queries:
            _assert_same(held, parse_query(text))
            # Words that come twice, as modifiers may.
            query = parse_query(text)
            twice = query._replace(slots=query.slots * 2, terms=query.terms * 2)
            _assert_same(held, twice)


@pytest.mark.parametrize("text", ["pump", "the pump", "sugar whee", "A0001", "A0001-KX-KX", "A0001KXKX"])
def test_usual_queries_are_planned_by_the_kernel(text):
    rules = [Rule("sugar", "blood insulin", 0.95, "blood insulin"), Rule("knee pump", "bed", 0.9, "bed")]
    with both([("Insulin pump", []), ("Wheel", ["knee bed"])], rules) as held:
        assert _assert_same(held, parse_query(text))


def test_what_has_to_be_read_otherwise_is_left_to_python():
    with both([("Wheel pump", [])], [Rule("pump wheel pump", "bed", 0.9, "bed")]) as held:
        assert held.planner.question(parse_query("pump")._replace(beginnings=True)) is None
        assert held.by_kernel(parse_query("pump wheel")) is None


@pytest.mark.parametrize("text", ["wheel chair", "my wheel chair pump", "bedpump", "absent", "wheel chair bed pump"])
def test_words_that_join_or_split_are_planned_by_the_kernel(text):
    rules = [Rule("wheel chair", "wheelchair", 0.95, "wheelchair"), Rule("pump", "wheel chair", 0.95, "wheel chair")]
    with both([("Wheelchair bed pump", ["bed-pump", "chair wheel"]), ("A wheelchair", [])], rules) as held:
        assert text == "absent" or respelled(parse_query(text).slots, held.lexicon)
        assert _assert_same(held, parse_query(text))


def test_a_query_of_many_rules_is_left_to_python():
    words = [f"w{number}" for number in range(30)]
    rules = [Rule(f"{one} {other}", "bed", 0.9, "bed") for one in words for other in words if one != other]
    with both([(" ".join(words), [])], rules) as held:
        assert held.by_kernel(parse_query(" ".join(words))) is None
        assert _assert_same(held, parse_query(" ".join(words[:6])))


def test_abbreviations_of_more_parts_than_phrases_may_have_words_are_left_to_python():
    # Two Arabic ligatures that are six words once they are folded.
    rules = read_abbreviations("\ufdfa/\ufdfb/x/y/z : bed\n", "own.txt")
    words = rules[0].phrase.split()
    assert len(words) > MAX_PHRASE_WORDS
    with both([("Bed " + " ".join(words), [])], rules) as held:
        assert held.by_kernel(parse_query(" ".join(words[::-1]))) is None
        assert _assert_same(held, parse_query(" ".join(words[:3])))


@pytest.mark.parametrize("text", ["wheel chair", "chair wheel", "bed"])
def test_blanks_of_folded_characters_in_phrases_are_like_any_other(text):
    # An Arabic sign that is a blank once it is folded.
    rules = [*read_synonyms("wheel \ufe70 chair = bed\n", "own.txt"), Rule("wheel chair", "pump", 0.9, "pump")]
    with both([("Wheel chair bed pump", [])], rules) as held:
        assert _assert_same(held, parse_query(text))
        other = "wheel" if text == "bed" else "bed"
        assert other in [term.text for term in held.by_python(parse_query(text)).terms]


def test_a_word_that_is_a_phrase_once_it_is_folded_is_left_to_python():
    with both([("Bed", [])], read_synonyms("\ufdfb = bed\n", "own.txt")) as held:
        query = parse_query("\ufdfb")
        assert held.planner.question(query) is None
        assert [term.text for term in held.by_python(query).terms][1:] == ["bed"]


def test_names_of_very_many_records_are_left_to_python():
    with both([("Bed", ["common"])] * 5_500, [Rule("x", "common", 0.95, "common")]) as held:
        assert held.by_kernel(parse_query("common")) is None
        assert held.by_kernel(parse_query("x")) is None
        assert _assert_same(held, parse_query("other"))


def test_beginnings_have_room_where_each_stands_for_as_many_words_as_it_may():
    some = string.ascii_lowercase[:17]
    begun = [f"{one}{other}" for one in some[:6] for other in some[:6]][:MAX_WORDS]
    rows = [(" ".join(f"{word}{one}{other}x" for one in some for other in some), []) for word in begun]
    with both(rows, []) as held:
        plan = held.by_python(lookup_query(" ".join(begun), ("title",)))
        assert sum(len(slot.leaves) for slot in plan.slots) == MAX_WORDS * (1 + MAX_COMPLETIONS) < MAX_CURSORS
        conditions = Conditions(Factors(np.ones(len(rows)), np.ones(len(rows), bool)))
        evaluator = Evaluator(held.index, held.machine)
        best, wanted = evaluator.best(plan, conditions, 40), evaluator.by_reference(plan, conditions)
        assert best.numbers == wanted.numbers.tolist()
        assert best.fractions == pytest.approx(wanted.fractions.tolist())


@pytest.mark.parametrize(("name", "count"), [("leaves", MAX_CURSORS + 1), ("terms", MAX_CURSORS + 1)])
def test_a_plan_without_room_is_answered_by_the_reference(name, count):
    with both([("Bed", []), ("Pump", [])], []) as held:
        plan = held.by_python(parse_query("bed"))
        many = plan.slots[0].leaves if name == "leaves" else plan.terms
        more = [many[0]] * (count - len(many))
        many += more
        plan.slots[0].places.extend([-1] * (len(plan.slots[0].leaves) - len(plan.slots[0].places)))
        plan.roles.extend([NOTHING] * (len(plan.terms) - len(plan.roles)))
        conditions = Conditions(Factors(np.ones(2), np.ones(2, bool)))
        evaluator = Evaluator(held.index, held.machine)
        with mock.patch.object(evaluator, "by_reference", wraps=evaluator.by_reference) as asked:
            assert evaluator.best(plan, conditions, 5).numbers == [0]
        assert asked.called


def test_names_have_room_however_many_there_are():
    rows = [("Bed", [f"name{number % 7}"]) for number in range(40)]
    rules = [Rule(f"x{number}", f"name{number}", 0.95, f"name{number}") for number in range(7)]
    with mock.patch("service.search.engines.rules._ROOM", 4), both(rows, rules) as held:
        for number in (*range(7), *range(7)):
            assert _assert_same(held, parse_query(f"x{number}"))


def test_the_values_asked_for_are_those_of_the_head():
    assert len(VALUES) == ASKED_VALUES
    assert isinstance(array("q", VALUES), array)


@pytest.mark.slow
def test_real_queries_are_planned_like_python_plans_them(documents_data):
    store = SnapshotStore(documents_data)
    with closing(open_embedded(store, str(store.current_name()))) as engine:
        served = Served(engine)
        asked = [judged.query for judged in read_judgements(TUNING)]
        assert all(_assert_same(served, parse_query(query)) for query in asked)
        # Names are known by now, and nothing is looked up again.
        assert all(_assert_same(served, parse_query(f"{query} ")) for query in asked)
