"""Highlights: only real text, escaped, marks where words match, passages cut between words."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.search.highlights import Highlighter
from service.search.query.parser import parse_query


def _marker(query):
    parsed = parse_query(query)
    return Highlighter(frozenset(parsed.terms), parsed.prefix)


@pytest.mark.parametrize(
    ("query", "text", "marked"),
    [
        ("pump ", "Pumps, pumping", "<mark>Pumps</mark>, <mark>pumping</mark>"),
        ("pum", "pump & <b>pumice</b>", "<mark>pump</mark> &amp; &lt;b&gt;<mark>pumice</mark>&lt;/b&gt;"),
        ("meniere ", "Ménière's disease", "<mark>Ménière&#x27;s</mark> disease"),
        ("nothing ", 'a "quote"', "a &quot;quote&quot;"),
        ("b", "b b12", "<mark>b</mark> b12"),
    ],
)
def test_words_are_marked_and_text_is_escaped(query, text, marked):
    assert _marker(query).mark(text) == marked


@given(st.text(max_size=60), st.text(max_size=20))
def test_marks_only_add_tags(text, query):
    marked = _marker(query).mark(text)
    assert html.unescape(re.sub(r"</?mark>", "", marked.replace("&lt;", "\x00lt"))) == html.unescape(
        html.escape(text).replace("&lt;", "\x00lt")
    )
    assert "<" not in re.sub(r"</?mark>", "", marked)


def _record(*texts):
    blocks = [{"type": "paragraph", "text": text} for text in texts]
    return {
        "title": "Insulin pump",
        "common_names": ["Pump", "Other"],
        "sections": [
            {"key": "summary", "heading": "Summary", "blocks": blocks[:1]},
            {"key": "risks", "heading": "Risks and Complications", "blocks": blocks[1:]},
        ],
    }


def test_the_best_passage_has_most_of_the_words():
    record = _record("A pump. An insulin pump helps. Insulin.", "Insulin may pump.")
    passage = _marker("insulin pump ").passage(record, ["summary", "risks"])
    assert passage.key == "summary"
    assert passage.snippet == "An <mark>insulin</mark> <mark>pump</mark> helps."


def test_only_the_sections_named_are_looked_at():
    record = _record("A pump.", "An insulin pump.")
    assert _marker("insulin pump ").passage(record, ["summary"]).key == "summary"
    assert _marker("insulin pump ").passage(record, []) is None


def test_a_long_sentence_is_cut_between_words_around_the_match():
    record = _record("word " * 100 + "needle " + "word " * 100, "x.")
    snippet = _marker("needle ").passage(record, ["summary"]).snippet
    assert snippet.startswith("…word")
    assert snippet.endswith("word…")
    assert "<mark>needle</mark>" in snippet
    assert len(snippet) < 280


@given(st.text(min_size=1, max_size=700), st.integers(0, 700))
def test_a_snippet_always_shows_a_match(text, at):
    text = text[:at] + " needle " + text[at:]
    passage = _marker("needle ").passage(_record(text, "x."), ["summary"])
    assert "<mark>needle</mark>" in passage.snippet
    assert len(html.unescape(re.sub("</?mark>", "", passage.snippet))) <= 242


def test_of_a_list_only_matching_entries_are_shown():
    fields = _marker("pump ").fields(_record("x.", "y."), ["title", "common_names", "summary"])
    assert fields == {"title": ["Insulin <mark>pump</mark>"], "common_names": ["<mark>Pump</mark>"]}
