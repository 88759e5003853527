"""The judged sets are well formed, apart from each other and about real codes; the measures are what they say."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from benchmarks.relevance.judgements import Judged, first_right, measure, read_judgements
from corpus.store import SHIPPED, load
from indexer.importers.hcpcs import read_release
from tests.conftest import TWELVE

SETS = Path(__file__).resolve().parents[1] / "benchmarks/relevance"
TUNING, TEST, DOCUMENTS = (read_judgements(SETS / f"{name}.tsv") for name in ("tuning", "test", "documents"))


def test_there_are_enough_queries_of_every_kind_and_none_is_in_both_sets():
    for judged in (TUNING, TEST):
        assert len(judged) >= 300
        assert {each.category for each in judged} >= {"lay", "abbreviation", "misspelling", "drug", "section", "code"}
        assert len({each.query.lower() for each in judged}) == len(judged)
    assert not {each.query.lower() for each in TUNING} & {each.query.lower() for each in TEST}


def test_every_right_code_exists(hcpcs_data):
    codes = {each.code for each in read_release(hcpcs_data / "2020-alpha-numeric-hcpcs-file.zip").codes}
    for judged in (*TUNING, *TEST, *DOCUMENTS):
        assert judged.codes <= codes, judged


def test_each_shipped_document_has_queries_that_are_neither_its_title_nor_a_name_nor_tuned_to():
    shipped = load([SHIPPED]).documents
    asked = defaultdict(list)
    for each in DOCUMENTS:
        (code,) = each.codes
        asked[code].append(each.query.lower())
    # The first twelve have theirs in the other sets.
    assert asked.keys() == shipped.keys() - set(TWELVE)
    assert all(len(queries) >= 2 for queries in asked.values())
    for code, queries in asked.items():
        document = shipped[code].document
        assert not {document.title.lower(), *(name.lower() for name in document.common_names)} & set(queries)
    assert not {each.query.lower() for each in DOCUMENTS} & {each.query.lower() for each in TUNING}


def test_measures_of_a_worked_example():
    judged = [
        Judged("one", frozenset("A"), "lay"),
        Judged("two", frozenset("BC"), "lay"),
        Judged("x", frozenset("D"), "lay"),
    ]
    found = measure(judged, [["A", "X"], ["X", "B"], ["X", "Y"]])
    assert (found.queries, found.hit1, found.hit10) == (3, pytest.approx(1 / 3), pytest.approx(2 / 3))
    assert found.mrr == pytest.approx((1 + 1 / 2) / 3)
    assert found.ndcg == pytest.approx((1 + 0.63093 / 1.63093) / 3, abs=1e-4)
    assert first_right(judged[2], ["X"] * 20 + ["D"]) is None


@pytest.mark.parametrize("line", ["only a query", "a\tB0001", "\tB0001\tlay", "a\t\tlay"])
def test_a_line_that_is_no_judgement_is_named(tmp_path, line):
    path = tmp_path / "set.tsv"
    path.write_text(f"query\tcodes\tcategory\n# a remark\n{line}\n")
    with pytest.raises(ValueError, match=r"set\.tsv:3: expected query, codes and category"):
        read_judgements(path)
