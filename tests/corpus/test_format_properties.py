"""Properties of the document format, on random documents and random text.

1. ``parse(render(document)) == document`` for every document.
2. ``render(parse(text)) == normalise(text)`` for every text that parses.
3. Normalising twice changes nothing more.
4. No text makes the parser raise anything but FormatError, and a refusal always names an error.
"""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from corpus.format import examine, normalise, parse, render
from corpus.grammar import split_cut
from tests.corpus.samples import document_text
from tests.corpus.strategies import TEXT, procedures

_LINES = document_text().splitlines()
_MESS = st.one_of(st.text(max_size=30), TEXT, st.sampled_from([*_LINES, "• x: y", "1) z", "\ufeff", "...", "-", "a:"]))


@given(procedures())
def test_what_is_rendered_is_read_back_equal(document):
    assert parse(render(document)) == document
    assert normalise(render(document)) == render(document)


def _edit(text, edits):
    lines = text.splitlines()
    for at, line in edits:
        lines[at % len(lines)] = line
    return "\n".join(lines)


@given(
    procedures(), st.lists(st.tuples(st.integers(0, 99), _MESS), max_size=3), st.sampled_from(["\n", "\r\n", "\n \n"])
)
def test_a_text_that_parses_is_rendered_as_its_normal_form(document, edits, line_end):
    text = _edit(render(document), edits).replace("\n", line_end)
    read, problems = examine(text)
    assert (read is None) == any(problem.severity == "error" for problem in problems)
    if read:
        assert render(read) == normalise(text)
        assert parse(render(read)) == read


@given(st.lists(_MESS, max_size=30))
def test_random_text_never_breaks_the_parser(lines):
    text = "\n".join(lines)
    read, problems = examine(text)
    assert (read is None) == any(problem.severity == "error" for problem in problems)
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(alphabet="a. …\t", max_size=40))
def test_a_cut_mark_is_what_the_expression_for_it_says(line):
    # Whole lines of dots take this expression the cube of their length; short ones it may judge.
    expected, marks = re.subn(r"\s*(?:\.{3,}|…)[.…\s]*$", "", line)
    assert split_cut(line) == (expected, bool(marks))


def test_a_megabyte_of_dots_is_gone_through():
    assert split_cut("A" + ". " * 500_000) == ("A" + ". " * 500_000, False)
    assert split_cut("A" + "." * 1_000_000) == ("A", True)
    assert split_cut("A" + "." * 1_000_000 + "B")[1] is False
