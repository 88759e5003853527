"""The shipped documents: whole, in their place, in their own words, under the official descriptor."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

from corpus.format import render
from corpus.store import SHIPPED, load, read
from indexer.importers.hcpcs import read_release

FILES = sorted(SHIPPED.rglob("*.txt"))
PAGE = Path(__file__).resolve().parents[3] / "shared/data/H0015.txt"
_SHINGLE = 8


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_document_is_complete_and_in_its_place(path):
    stored, problems = read(path)
    assert problems == ()
    document = stored.document
    assert render(document) == path.read_text("utf-8")
    assert document.code_system == "HCPCS"
    assert path.name.startswith(f"{document.code}-")
    assert path.parent.name == document.code[0]
    assert len(document.common_names) >= 4
    words = sum(len(section.text.split()) for section in document.sections)
    assert 350 <= words <= 900


def test_there_are_enough_of_every_family_that_people_look_up():
    codes = load([SHIPPED]).documents
    assert len(codes) >= 120
    assert {code[0] for code in codes} == set("ABCEGHJKLMPQRSTV")


def _shingles(text):
    for sentence in re.split(r"[.!?;:\n]", text.lower()):
        words = re.findall(r"[a-z0-9']+", sentence)
        yield from (" ".join(words[at : at + _SHINGLE]) for at in range(len(words) - _SHINGLE + 1))


def test_no_eight_words_in_a_row_stand_in_two_documents_or_in_the_given_page():
    where = defaultdict(set)
    for code, stored in load([SHIPPED]).documents.items():
        for section in stored.document.sections:
            for shingle in _shingles(section.text):
                where[shingle].add(code)
    if PAGE.exists():
        body = PAGE.read_text("utf-8").partition("\nSummary\n")[2]
        for shingle in _shingles(body):
            if shingle in where:
                where[shingle].add("the given page")
    assert {shingle: codes for shingle, codes in where.items() if len(codes) > 1} == {}


def test_descriptors_are_the_official_ones(hcpcs_data):
    release = read_release(hcpcs_data / "2020-alpha-numeric-hcpcs-file.zip")
    official = {code.code: code.long_descriptor for code in release.codes}
    for code, stored in load([SHIPPED]).documents.items():
        assert stored.document.descriptor == official[code]
