"""Vocabulary files: rules as written, every refusal by line, and abbreviations that texts define themselves."""

from __future__ import annotations

import pytest

from indexer.analysis.tokenizer import words
from indexer.analysis.vocabulary import (
    AMBIGUOUS_WEIGHT,
    ONE_WAY_WEIGHT,
    TWO_WAY_WEIGHT,
    merged,
    read_abbreviations,
    read_synonyms,
    shipped_rules,
)
from indexer.errors import DataError, VocabularyRefused
from indexer.vocabularies import collect, defined_abbreviations, dump, load, store_file


def _pairs(rules):
    return {(rule.phrase, rule.meaning, rule.weight) for rule in rules}


def test_two_way_and_one_way_rules():
    rules = read_synonyms("# words\nknee brace = knee orthosis  # both\nrollator, wheeled walker => walker\n", "x")
    assert _pairs(rules) == {
        ("knee brace", "knee orthosi", TWO_WAY_WEIGHT),
        ("knee orthosi", "knee brace", TWO_WAY_WEIGHT),
        ("rollat", "walker", ONE_WAY_WEIGHT),
        ("wheel walker", "walker", ONE_WAY_WEIGHT),
    }


def test_an_abbreviation_with_several_readings_weighs_less():
    rules = read_abbreviations("AFO : ankle-foot orthosis\nMS : multiple sclerosis | morphine sulfate\n", "x")
    assert [rule.weight for rule in rules] == [TWO_WAY_WEIGHT, AMBIGUOUS_WEIGHT, AMBIGUOUS_WEIGHT]
    assert rules[0].text == "ankle-foot orthosis"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("\nalone\n", 2, "expected 'a, b = c'"),
        ("a = b = c\n", 1, "Write one ="),
        ("a, , b = c\n", 1, "a comma too many"),
        ("a => \n", 1, "expected a phrase"),
        ("a = ()\n", 1, "expected a phrase"),
        ("one two three four five six seven eight nine = b\n", 1, "of 1 to 8 words"),
        ("a = b\na => b\n", 2, "in one direction"),
        ("a => b\nb => a\n", 1, "one-way rule without a way back"),
        ("a => b\nb => c\nc => a\n", 1, "one-way rule without a way back"),
    ],
)
def test_what_is_wrong_with_synonyms_is_told_by_line(text, line, message):
    with pytest.raises(VocabularyRefused, match=f"x:{line}: expected") as caught:
        read_synonyms(text, "x")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("AFO ankle\n", 1, "KEY : reading"),
        ("much too long a key : x\n", 1, "KEY : reading"),
        ("A : b\n\na : c\n", 3, "each abbreviation once"),
        ("A : \n", 1, "expected a phrase"),
    ],
)
def test_what_is_wrong_with_abbreviations_is_told_by_line(text, line, message):
    with pytest.raises(VocabularyRefused, match=f"x:{line}: expected") as caught:
        read_abbreviations(text, "x")
    assert message in str(caught.value)


def test_all_problems_come_at_once():
    with pytest.raises(VocabularyRefused) as caught:
        read_synonyms("alone\na = b\na => b\n= c\n", "x")
    assert len(caught.value.problems) >= 3


def test_the_shipped_files_are_sound():
    assert len(shipped_rules()) > 2


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Intensive Outpatient Program (IOP)", "Intensive Outpatient Program"),
        ("Device for continuous positive airway pressure (CPAP), each", "continuous positive airway pressure"),
        ("Department of Veterans Affairs (DVA)", "Department of Veterans Affairs"),
        ("Wheelchair (any type)", None),
        ("Something else (XYZ)", None),
        ("(IOP)", None),
    ],
)
def test_abbreviations_that_a_text_defines(text, found):
    rules = list(defined_abbreviations(text))
    assert (rules[0].text if rules else None) == found


def test_the_best_weight_of_a_pair_wins():
    rules = merged(read_synonyms("a => b\n", "x") + read_synonyms("a = b\n", "y"))
    assert [rule.weight for rule in rules["a"]] == [TWO_WAY_WEIGHT]


def test_files_of_the_user_are_kept_used_and_checked_again(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_text("hoop skirt = farthingale\n")
    assert store_file(tmp_path, "synonyms", path) == 2
    rules = collect(tmp_path, [])
    assert rules["hoop skirt"][0].text == "farthingale"
    loaded, typed = load(dump(rules))
    flat = [rule for some in rules.values() for rule in some]
    assert loaded == [[rule.phrase, rule.meaning, rule.weight, rule.text] for rule in flat]
    assert typed == sorted({word for rule in flat for word in words(rule.typed)})
    (tmp_path / "imports/synonyms/mine.txt").write_text("broken")
    with pytest.raises(DataError, match=r"mine\.txt:1: expected"):
        collect(tmp_path, [])


@pytest.mark.parametrize("data", [b"\xff\xfe", b"a = \xe9\n"])
def test_a_file_that_is_no_utf8_is_refused(tmp_path, data):
    path = tmp_path / "mine.txt"
    path.write_bytes(data)
    with pytest.raises(VocabularyRefused, match="expected UTF-8"):
        store_file(tmp_path, "synonyms", path)
    with pytest.raises(VocabularyRefused, match="readable file"):
        store_file(tmp_path, "synonyms", tmp_path / "absent.txt")
    assert not (tmp_path / "imports").exists()
