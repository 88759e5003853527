"""What the linter tells of the writing of documents, and what it leaves alone."""

from __future__ import annotations

import pytest
import textstat

from corpus.draft import PLACEHOLDER, draft, file_name
from corpus.errors import StoreError
from corpus.format import parse
from corpus.lint import Known, lint, read_words, reading_grade
from corpus.store import SHIPPED, load
from tests.corpus.samples import document_text

_KNOWN = Known(frozenset(("A0001",)), frozenset(("bandage", "clinician")))


def _findings(tmp_path, texts, known=_KNOWN):
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.txt").write_text(text)
    return lint(list(load([tmp_path]).documents.values()), known)


def _document(code, title, summary):
    return document_text(code, title).replace("Some text about summary.", summary)


def _rules(problems):
    return {problem.rule for problem in problems}


def test_shipped_documents_have_no_findings_of_a_single_document():
    found = lint(list(load([SHIPPED]).documents.values()), Known())
    assert [str(each) for each in found] == []


def test_a_draft_is_a_document_whose_places_are_told():
    text = draft("A0001", "Repair of a bent frame; per frame", "Repair of a bent frame")
    document = parse(text)
    assert (document.code, document.descriptor) == ("A0001", "Repair of a bent frame; per frame")
    assert text.count(PLACEHOLDER) == 25


def test_a_draft_is_told_to_be_one(tmp_path):
    found = _findings(tmp_path, [draft("A0001", "Repair of a bent frame", "Repair")])
    assert {"placeholder", "length", "few-names"} <= _rules(found)
    (placeholder,) = [each for each in found if each.rule == "placeholder"]
    assert (placeholder.line, placeholder.severity, placeholder.got) == (5, "warning", "25 that are not")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Intensive Outpatient Program", "A/A0001-intensive-outpatient-program.txt"),
        ("Ménière's / ../ device (x)", "A/A0001-meniere-s-device-x.txt"),
        ("one two three four five six seven", "A/A0001-one-two-three-four-five-six.txt"),
        ("…", "A/A0001.txt"),
    ],
)
def test_a_draft_lies_in_the_folder_of_its_family(title, name):
    assert file_name("A0001", title) == name


def test_a_summary_that_asks_too_much_of_its_reader_is_told(tmp_path):
    hard = "Multidisciplinary rehabilitation interventions systematically ameliorate psychosocial dysfunctionality."
    text = _document("A0001", "Repair", hard)
    (found,) = [each for each in _findings(tmp_path, [text]) if each.rule == "reading-grade"]
    assert hard in text.splitlines()[found.line - 1]


@pytest.mark.parametrize(
    "text",
    [
        "A nurse cleans the skin. Then she puts on a small bandage.",
        "Two people lift you. It takes a minute! Is it safe? Yes.",
        "Cyanocobalamin is administered intramuscularly by qualified professionals in ambulatory facilities.",
    ],
)
def test_the_grade_is_that_of_the_literature(text):
    assert reading_grade(text) == pytest.approx(textstat.flesch_kincaid_grade(text), abs=1.0)


def test_codes_and_words_that_nobody_knows_are_told_with_their_line(tmp_path):
    text = _document("A0001", "Repair", "The nurse puts on a bandagge. See Z9999, A0001 and B9876.")
    found = {each.rule: each for each in _findings(tmp_path, [text])}
    assert "B9876" in found["mentioned-code"].got
    assert (found["spelling"].expected.split()[0], found["spelling"].got) == ("'bandage'", "'bandagge'")
    line = text.splitlines()[found["spelling"].line - 1]
    assert "bandagge" in line


def test_text_and_names_that_documents_share_are_told(tmp_path):
    same = "Ask the nurse about any pain or swelling that does not go away."
    texts = [_document(f"A000{n}", f"Repair {n}", same) for n in (1, 2, 3)]
    found = _findings(tmp_path, texts)
    assert [each.path[-5:] for each in found if each.rule == "shared-text"] == ["0.txt", "1.txt", "2.txt"]
    two = tmp_path / "two"
    two.mkdir()
    assert "shared-text" not in _rules(_findings(two, texts[:2]))
    assert [each.path[-5:] for each in found if each.rule == "shared-name"].count("1.txt") >= 1


def test_a_list_of_words_is_read_and_a_broken_one_refused(tmp_path):
    assert read_words(tmp_path) == []
    (tmp_path / "words.lst").write_text("# right\nAphakia\n\nbullae\n")
    assert read_words(tmp_path) == ["aphakia", "bullae"]
    (tmp_path / "words.lst").write_bytes(b"\xff")
    with pytest.raises(StoreError, match=r"words\.lst: expected a file of words in UTF-8"):
        read_words(tmp_path)
