"""What the analyzer promises.

1. Case, accents, apostrophes and possessives do not matter. 2. Hyphens and slashes separate; a code stays whole.
3. Offsets lead back to the text. 4. The stem brings forms of a word together. 5. Any text can be analysed.
"""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis.tokenizer import fingerprint, fold, index_tokens, name_key, stem, tokenize, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ménière's disease", ["meniere", "disease"]),
        ("H0015, and/or e0784", ["h0015", "and", "or", "e0784"]),
        ("B-12 at 1,000 mcg or 0.5 mg", ["b", "12", "at", "1000", "mcg", "or", "0.5", "mg"]),
        ("tracheo-esophageal", ["tracheo", "esophageal"]),
        ("don’t O'Brien's", ["dont", "obrien"]),
        ("ＣＰＡＰ", ["cpap"]),
        ("a" * 100, ["a" * 64]),
        ("* () \x00 😀 \"' _", []),
        ("", []),
    ],
)
def test_words(text, expected):
    assert words(text) == expected


def test_forms_of_a_word_share_their_term():
    assert len({stem(word) for word in ("counseling", "counselling", "counsel", "counsels")}) == 1
    assert stem("e0784") == "e0784"


def test_abbreviations_are_not_taken_for_plurals():
    assert [stem(word) for word in ("tens", "aed", "als", "pers")] == ["tens", "aed", "als", "pers"]


@pytest.mark.parametrize(("one", "other"), [("10mg", "10 mg"), (".5 mg", "0.5mg"), ("16sq. in.", "16 sq in")])
def test_units_stand_with_or_without_a_blank(one, other):
    assert words(one) == words(other)


def test_compounds_are_indexed_joined_and_apart():
    found = [(token.word, token.position) for token in index_tokens("foot-drop and off-the-shelf w/o")]
    assert ("footdrop", 0) in found
    assert ("drop", 1) in found
    assert ("offtheshelf", 3) in found
    assert ("wo", 6) in found


def test_a_name_key_ignores_case_order_is_kept():
    assert name_key("Intensive Outpatient Programs") == name_key("intensive OUTPATIENT program")
    assert name_key("pump insulin") != name_key("insulin pump")


def test_fold_keeps_ascii_quickly_and_folds_the_rest():
    assert fold("Straße") == "strasse"
    assert fold("CPAP's") == "cpaps"


def test_the_fingerprint_is_stable_within_a_version():
    assert fingerprint() == fingerprint()
    assert len(fingerprint()) == 16


@given(st.text(max_size=80))
def test_tokens_point_into_the_text_in_order(text):
    tokens = list(tokenize(text))
    assert [token.position for token in tokens] == list(range(len(tokens)))
    assert all(a.end <= b.start for a, b in itertools.pairwise(tokens))
    for token in tokens:
        assert 0 <= token.start < token.end <= len(text)
        assert 0 < len(token.word) <= 64
        assert words(token.word) == [token.word] or not token.word.isascii()
