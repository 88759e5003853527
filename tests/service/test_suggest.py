"""Suggestions: every word a beginning, exact and short names first, codes apart, one error from the fourth letter."""

from __future__ import annotations

import statistics
import time

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.build import build
from indexer.imports import ImportStore
from indexer.snapshots import SnapshotStore
from service.opening import open_embedded
from service.search.searcher import Searcher
from tests.corpus.samples import document_text
from tests.indexer.records import code, release

CODES = (
    code("A0001", "Infusion pump, insulin"),
    code("A0002", "Insulin"),
    code("A0003", "Pump for insulin infusion, external, each"),
    code("B0001", "Wheelchair cushion"),
    code("B0002", "Wheelchair wheel"),
)


@pytest.fixture(scope="module")
def searcher(tmp_path_factory):
    data = tmp_path_factory.mktemp("suggest")
    (data / "own").mkdir()
    (data / "own/one.txt").write_text(document_text(title="Wheelchair Repair"))
    ImportStore(data).save(release("2020", *CODES))
    build(data, [data / "own"])
    searcher = Searcher(SnapshotStore(data), open_embedded)
    yield searcher
    searcher.close()


def _names(searcher, q, limit=8):
    return [each["code"] for each in _answer(searcher, q, limit)["names"]]


def _answer(searcher, q, limit=8):
    return orjson.loads(searcher.suggest(q, limit)[0])


def test_every_word_is_a_beginning_in_any_order(searcher):
    assert set(_names(searcher, "insu pum")) == set(_names(searcher, "pum insu")) == {"A0001", "A0003"}
    assert _names(searcher, "insu pum wheel") == []


def test_exact_first_then_what_begins_so_then_documents_then_the_short(searcher):
    assert _names(searcher, "insulin") == ["A0002", "A0001", "A0003"]
    assert _names(searcher, "wheelchair")[0] == "A9999"
    assert _names(searcher, "exr") == ["A9999"]


def test_codes_stand_apart(searcher):
    answer = _answer(searcher, "a00")
    assert [each["code"] for each in answer["codes"]] == ["A0001", "A0002", "A0003"]
    assert [each["code"] for each in _answer(searcher, "B-0001")["codes"]] == ["B0001"]
    assert _answer(searcher, "insulin")["codes"] == []


def test_completions_finish_the_last_word(searcher):
    assert _answer(searcher, "wheelch")["completions"] == ["wheelchair"]
    assert _answer(searcher, "insulin pu")["completions"] == ["insulin pump"]
    assert _answer(searcher, "insulin ")["completions"] == []


@pytest.mark.parametrize("q", ["whel", "wheelcair", "whelchair", "wheelhcair", "insulun", "imsulin"])
def test_one_error_is_forgiven_from_the_fourth_letter(searcher, q):
    assert _names(searcher, q)


@pytest.mark.parametrize("q", ["xns", "a0009", "123", "", "  ", "*", "qqqqqq"])
def test_nothing_is_made_up(searcher, q):
    answer = _answer(searcher, q)
    assert (answer["completions"], answer["codes"], answer["names"]) == ([], [], [])


def test_what_was_typed_is_marked(searcher):
    (name,) = [each for each in _answer(searcher, "insu pum")["names"] if each["code"] == "A0001"]
    assert name["highlight"] == "Infusion <mark>pump</mark>, <mark>insulin</mark>"


@given(st.text(max_size=40))
def test_any_text_is_answered(searcher, q):
    answer = _answer(searcher, q, 3)
    assert all(len(answer[kind]) <= 3 for kind in ("completions", "codes", "names"))


def test_the_api(client):
    answer = client.get("/api/v1/suggest?q=iop&limit=3").json
    assert set(answer) == {"query", "took_ms", "snapshot", "completions", "codes", "names"}
    assert answer["names"][0]["code"] == "H0015"
    for query in ("", "limit=3", "q=a&limit=0", "q=a&limit=21", "q=a&x=1", "q=" + "a" * 1001):
        response = client.get(f"/api/v1/suggest?{query}")
        assert (response.status_code, response.json["error"]["code"]) == (400, "invalid_parameter")


def test_suggestions_over_the_official_file_come_at_once(official_data):
    """No timing is asserted beyond a generous bound that a quadratic slip would break."""
    searcher = Searcher(SnapshotStore(official_data), open_embedded)
    typed = ["i", "in", "w", "a", "the of", "whelch", "inten outp", "colnoscopy sc", "e07", "insulin pump"]
    times = []
    for q in typed * 3:
        started = time.perf_counter()
        searcher.suggest(q, 8)
        times.append(time.perf_counter() - started)
    searcher.close()
    assert statistics.median(times) < 0.05
