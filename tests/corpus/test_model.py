"""What the model refuses, so that every document that exists can be written and read back."""

from __future__ import annotations

import dataclasses

import pytest

from corpus.format import parse
from corpus.grammar import SectionName
from corpus.model import Item, Paragraph, Section, Subheading, split_abbreviation
from tests.corpus.samples import document_text

GOOD = parse(document_text())


@pytest.mark.parametrize("text", ["", "no end", "- item.", "two\nlines.", " blank.", "a\x00b.", "1. One.", "Summary"])
def test_what_is_no_paragraph(text):
    with pytest.raises(ValueError, match="expected"):
        Paragraph(text)


@pytest.mark.parametrize("text", ["", "Summary", "- x", " x", "x ", "two\nlines"])
def test_what_is_no_subheading(text):
    with pytest.raises(ValueError, match="expected"):
        Subheading(text)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("", None),
        ("A: b", None),
        ("end:", None),
        ("two\nlines", None),
        (" x", None),
        ("x", ""),
        ("x", "a.b"),
        ("x", "a, b"),
        ("x", "a" * 61),
    ],
)
def test_what_is_no_item(text, label):
    with pytest.raises(ValueError, match="expected"):
        Item(text, label)


@pytest.mark.parametrize(
    "changes",
    [
        {"descriptor": "HCPCS code"},
        {"descriptor": "Search all medical codes"},
        {"descriptor": "Cut already..."},
        {"descriptor": "Cut already…", "descriptor_cut": True},
        {"descriptor": "name of the procedure"},
        {"descriptor": ""},
        {"descriptor": "two\nlines"},
        {"code": "a9999"},
        {"code": "D0120"},
        {"code_system": "LOINC"},
        {"code_system": "hcpcs"},
        {"title": ""},
        {"title": " Blank first"},
        {"title": "Hidden\u200b character"},
        {"common_names": ()},
        {"common_names": ("One, two",)},
        {"common_names": ("One", "")},
        {"common_names": ("Ends in a comma,",)},
        {"technical_terms": ("open (bracket",)},
        {"sections": GOOD.sections[:12]},
        {"sections": (*GOOD.sections[:12], GOOD.sections[0])},
    ],
)
def test_what_is_no_document(changes):
    with pytest.raises(ValueError, match="expected"):
        dataclasses.replace(GOOD, **changes)


def test_values_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        GOOD.title = "Other"


def test_a_section_needs_blocks():
    with pytest.raises(ValueError, match="at least one block"):
        Section(SectionName.SUMMARY, ())


def test_the_text_of_a_section_is_its_lines_without_bullets():
    blocks = (Paragraph("Now."), Subheading("Steps"), Item("Wait"), Item("one - two", "Label"))
    assert Section(SectionName.SUMMARY, blocks).text == "Now.\nSteps:\nWait\nLabel: one - two"


def test_a_section_is_found_by_its_name():
    assert GOOD.section(SectionName.PURPOSE).text == "Medical Conditions: Worn examples.\nGoals: To make them whole."
    assert [GOOD.section(name).name for name in SectionName] == list(SectionName)
    assert SectionName.PROCEDURE_DESCRIPTION.key == "procedure_description"


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Intensive Outpatient Program (IOP)", ("Intensive Outpatient Program", "IOP")),
        ("Mending", ("Mending", None)),
        ("Glue(G)", ("Glue", "G")),
        ("One (a) two (b)", ("One (a) two", "b")),
        ("(all)", ("(all)", None)),
        ("Open (end", ("Open (end", None)),
        ("Nothing ()", ("Nothing ()", None)),
        ("Too long (" + "x" * 41 + ")", ("Too long (" + "x" * 41 + ")", None)),
        ("Middle (m) of it", ("Middle (m) of it", None)),
    ],
)
def test_abbreviations_in_names(name, parts):
    assert split_abbreviation(name) == parts
