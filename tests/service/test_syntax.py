"""The query language: what each form demands, that malformed text degrades with a note, and that work is bounded."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.search.query.syntax import All, AnyOf, Codes, Dates, Not, Words, read

NAMES = ("title", "common_names", "technical_terms")


@pytest.mark.parametrize(
    ("text", "demand", "ranking"),
    [
        ("insulin pump", None, "insulin pump"),
        ("pump (insulin), 3/4 and up", None, "pump (insulin), 3/4 and up"),
        ("semi-rigid note: x", None, "semi-rigid note: x"),
        ('"insulin pump" x', All((Words("insulin pump", phrase=True),)), "insulin pump x"),
        ("pump -battery", All((Not(Words("battery")),)), "pump"),
        ("NOT battery", All((Not(Words("battery")),)), ""),
        ("a AND b", All((Words("a"), Words("b"))), "a b"),
        ("a b OR c", AnyOf((All((Words("a"), Words("b"))), All((Words("c"),)))), "a b c"),
        ("name:pump x", All((Words("pump", NAMES),)), "pump x"),
        ('recovery:"six weeks"', All((Words("six weeks", ("recovery",), phrase=True),)), "six weeks"),
        ("wheel*", All((Words("wheel", prefix=True),)), "wheel"),
        ("E0200..e0100 bed", All((Codes("E0100", "E0200"),)), "bed"),
        ("code:h0015", All((Codes("H0015", "H0015"),)), ""),
        ("added:2019", All((Dates("added", 20190000, 20199999),)), ""),
        ("ended:2018-06..2019", All((Dates("ends", 20180600, 20199999),)), ""),
        ("effective:2020-01-01..", All((Dates("effective", 20200101, 99991230),)), ""),
    ],
)
def test_what_a_text_demands_and_what_ranks(text, demand, ranking):
    reading = read(text)
    assert reading.demand == demand
    assert reading.text == ranking
    assert reading.notes == ()


def test_a_group_keeps_the_field_before_it():
    (group,) = read("risks:(bleeding OR pain)").demand.parts
    assert [part.parts[0].fields for part in group.parts] == [("risks",), ("risks",)]


@pytest.mark.parametrize(
    "text",
    ['"insulin', "NOT OR x", "a AND", "AND a", "OR", "a AND (b", "a) OR b", "a OR " * 80 + "b", "(a AND " * 30 + "b"],
)
def test_malformed_text_is_searched_as_words_with_a_note(text):
    reading = read(text)
    assert (reading.demand, reading.text) == (None, text)
    assert reading.notes[0].startswith("Searched as plain words: ")


@given(st.text(alphabet='ab "()-*:.ANDORT019code', max_size=80))
def test_any_text_is_read_quickly(text):
    started = time.perf_counter()
    reading = read(text)
    assert time.perf_counter() - started < 0.5
    assert isinstance(reading.text, str)
