"""Records: what a document and its official code make together."""

from __future__ import annotations

import datetime

from corpus.format import parse
from corpus.store import Corpus, StoredDocument
from indexer.records import make_records, names_of, section_text, short_title, text_of
from service.search.searcher import is_active
from tests.corpus.samples import document_text
from tests.indexer.records import code, release


def _corpus(**edits):
    document = parse(document_text(**edits))
    return Corpus(documents={document.code: StoredDocument(document, "own/A9999.txt", "0" * 64)})


def test_a_document_alone():
    (record,), problems = make_records(_corpus(), [])
    assert problems == []
    assert (record["code"], record["code_system"], record["kind"]) == ("A9999", "HCPCS", "procedure")
    assert record["has_document"]
    assert record["official"] is None
    assert record["ends"] is None
    assert [section["key"] for section in record["sections"]][:2] == ["summary", "purpose"]
    assert "Worn examples." in section_text(record, "purpose")


def test_the_official_descriptor_replaces_the_one_of_the_document_with_a_warning():
    official = release("2020", code("A9999", "Official wording, each", coverage="D"))
    (record,), (problem,) = make_records(_corpus(), [official])
    assert record["descriptor"] == "Official wording, each"
    assert record["title"] == "Example Repair"
    assert record["official"]["coverage"]["value"] == "D"
    assert record["official"]["coverage"]["meaning"]
    assert (problem.severity, problem.rule, problem.path) == ("warning", "descriptor-differs", "own/A9999.txt")


def test_an_equal_descriptor_gives_no_warning():
    official = release("2020", code("A9999", "Repair of a worn example, each"))
    assert make_records(_corpus(), [official])[1] == []


def test_a_document_of_a_code_that_no_release_holds_is_warned_of():
    records, (problem,) = make_records(_corpus(), [release("2020", code())])
    assert problem.rule == "unknown-code"
    assert [record["code"] for record in records] == ["A0001", "A9999"]


def test_names_hold_abbreviations_and_bare_names():
    (record,), _ = make_records(_corpus(), [])
    assert {"exr", "exampl repair", "exampl repair exr", "mend"} <= set(names_of(record))
    assert "a9999" not in names_of(record)


def test_an_official_code_alone_has_a_short_title():
    (record,), _ = make_records(Corpus(), [release("2020", code(long="Long words " * 30))])
    assert len(record["title"]) <= 101
    assert record["title"].endswith("…")
    assert short_title("short") == "short"
    assert text_of(record, "summary") == ""


def test_the_last_day_of_a_terminated_and_of_a_dropped_code():
    ended = code("A0002", terminated="2019-12-31")
    records, _ = make_records(Corpus(), [release("2019", code(), ended), release("2020-04", ended)])
    assert [record["ends"] for record in records] == ["2020-03-31", "2019-12-31"]
    assert is_active(records[1], datetime.date(2019, 12, 31))
    assert not is_active(records[1], datetime.date(2020, 1, 1))
