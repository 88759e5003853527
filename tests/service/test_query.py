"""Reading of queries: bounded, never raising, and code-shaped text read as a code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.search.query.parser import MAX_WORDS, parse_query


@pytest.mark.parametrize("text", ["H0015", "h0015", " h0015 ", "H-0015", "h 0015", "H.0015"])
def test_a_code_in_any_spelling_is_one_code(text):
    query = parse_query(text)
    assert query.codes == ("H0015",)
    assert query.terms == ("h0015",)
    assert query.prefix is None
    assert query.whole_code


@pytest.mark.parametrize("text", ["E0260RR", "e0260-rr", "E0260 RR"])
def test_a_code_with_its_modifier_is_two_codes(text):
    assert parse_query(text).codes == ("E0260", "RR")


def test_codes_among_words_are_found():
    assert parse_query("compare E0784 with h0015").codes == ("E0784", "H0015")


def test_the_beginning_of_a_code():
    assert parse_query("h00").code_prefix == "H00"
    assert parse_query("heart").code_prefix is None


def test_modifiers_are_codes_only_where_they_are_the_whole_query():
    assert parse_query("aa").codes == ("AA",)
    assert parse_query("aa battery").codes == ()
    assert parse_query("mod kx").codes == parse_query("modifier KX on file").codes == ("KX",)


def test_the_last_word_is_a_prefix_until_a_blank_follows():
    assert parse_query("insulin pum").prefix == "pum"
    assert parse_query("insulin pum ").prefix is None
    assert parse_query("insulin p").prefix is None
    assert parse_query("").prefix is None


def test_repeated_words_count_once_and_the_last_stays_last():
    assert parse_query("pump insulin pump").terms == ("insulin", "pump")


def test_too_many_words_are_left_out_with_a_note():
    query = parse_query(" ".join(f"word{number}" for number in range(200)))
    assert len(query.terms) == MAX_WORDS
    assert query.notes == (f"Only the first {MAX_WORDS} of 200 words were searched.",)


def test_text_without_a_word_says_so():
    assert "no letter or digit" in parse_query("* ()").notes[0]
    assert parse_query("  ").notes == ()


@given(st.text(max_size=300))
def test_any_text_is_a_query(text):
    query = parse_query(text)
    assert len(query.terms) <= MAX_WORDS
    assert len(set(query.terms)) == len(query.terms)
