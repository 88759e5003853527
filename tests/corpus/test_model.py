"""What the model refuses, so that every document that exists can be written and read back."""

from __future__ import annotations

import dataclasses

import pytest

from corpus.codes import (
    CODE_SYSTEMS,
    HCPCS,
    looks_like_code,
    looks_like_code_prefix,
    looks_like_modifier,
    normalise_code,
)
from corpus.format import parse
from corpus.grammar import SectionName
from corpus.model import Item, Paragraph, Section, Subheading, split_abbreviation
from tests.corpus.samples import document_text

GOOD = parse(document_text())


@pytest.mark.parametrize("text", ["", "no end", "- item.", "two\nlines.", " blank.", "a\x00b.", "1. One.", "Summary"])
def test_what_is_no_paragraph(text):
    with pytest.raises(ValueError, match="expected"):
        Paragraph(text)


@pytest.mark.parametrize("text", ["", "Summary", "- x", " x"])
def test_what_is_no_subheading(text):
    with pytest.raises(ValueError, match="expected"):
        Subheading(text)


@pytest.mark.parametrize(("text", "label"), [("", None), ("A: b", None), ("end:", None), ("x", "a.b"), ("x", "a" * 61)])
def test_what_is_no_item(text, label):
    with pytest.raises(ValueError, match="expected"):
        Item(text, label)


@pytest.mark.parametrize(
    "changes",
    [
        {"descriptor": "HCPCS code"},
        {"descriptor": "Search all medical codes"},
        {"descriptor": "Cut already..."},
        {"code": "a9999"},
        {"code": "D0120"},
        {"code_system": "LOINC"},
        {"code_system": "hcpcs"},
        {"title": ""},
        {"common_names": ()},
        {"common_names": ("One, two",)},
        {"technical_terms": ("open (bracket",)},
        {"sections": GOOD.sections[:12]},
        {"sections": (*GOOD.sections[:12], GOOD.sections[0])},
    ],
)
def test_what_is_no_document(changes):
    with pytest.raises(ValueError, match="expected"):
        dataclasses.replace(GOOD, **changes)


def test_a_section_needs_blocks_and_gives_its_text():
    with pytest.raises(ValueError, match="at least one block"):
        Section(SectionName.SUMMARY, ())
    assert GOOD.section(SectionName.PURPOSE).text == "Medical Conditions: Worn examples.\nGoals: To make them whole."


def test_abbreviations_in_names():
    assert split_abbreviation("Intensive Outpatient Program (IOP)") == ("Intensive Outpatient Program", "IOP")
    assert split_abbreviation("Mending") == ("Mending", None)


@pytest.mark.parametrize(("typed", "code"), [("h 0015", "H0015"), ("H-00.15", "H0015"), ("aa", "AA")])
def test_codes_are_normalised(typed, code):
    assert normalise_code(typed) == code


def test_shapes_of_codes():
    assert looks_like_code("e0784")
    assert looks_like_code("1234f")
    assert not looks_like_code("insulin")
    assert looks_like_code_prefix("e07")
    assert not looks_like_code_prefix("e0784")
    assert looks_like_modifier("a1")
    assert not looks_like_modifier("12")
    assert not HCPCS.accepts("D0120"), "dental codes are not HCPCS"
    assert [system.name for system in CODE_SYSTEMS if system.accepts("D0120")] == ["CDT"]
