"""Both engines find the same: records, order, scores with their parts, totals, facets, corrections, marks, cursors."""

from __future__ import annotations

import dataclasses
import datetime
from pathlib import Path

import pytest

from benchmarks.relevance.judgements import measure, read_judgements
from service.search.model import MAX_LIMIT, SearchRequest
from tests.contract.conftest import ENGINES, STEP

TODAY = datetime.date(2020, 6, 1)
JUDGED = Path(__file__).parents[2] / "benchmarks/relevance/tuning.tsv"

QUERIES = (
    "wheelchair",
    "insulin pump",
    "E0601",
    "E060",
    "A9999",
    "sleep apnea machine",
    "sleep apneea machine",
    "iop",
    "",
    "the",
    "lng",
    "J342",
    "modifier 25",
    "how long does it take to recover",
    "patch on my arm that reads sugar all day",
    'walker -wheel "folding walker"',
    "name:pump wheel*",
    "E0100..E0200",
    "added:2019",
    "code:A00* OR (descriptor:oxygen NOT portable)",
    "zzzz",
    "?!",
)
OPTIONS = (
    {},
    {"limit": 5, "offset": 7, "explain": True},
    {"filters": {"family": ("E", "K")}, "facets": ("family", "kind", "betos")},
    {"sort": "added", "status": "terminated"},
    {"sort": "code", "filters": {"kind": ("procedure",)}},
    {"section": "recovery"},
)


@pytest.fixture(scope="module")
def searchers(official_data, opened):
    found = {engine: opened(engine, official_data) for engine in ENGINES}
    yield found
    for each in found.values():
        each.close()


def _comparable(result):
    hits = [(hit.record, hit.match, hit.matched_fields, hit.highlights, hit.section) for hit in result.hits]
    return dataclasses.replace(result, took_ms=0, snapshot="", hits=()), hits


def _both(searchers, request):
    embedded, cluster = (_comparable(searchers[engine].search(request)) for engine in ENGINES)
    assert cluster == embedded
    return embedded


@pytest.mark.parametrize("q", QUERIES[::STEP])
def test_answers_are_equal(searchers, q):
    for options in OPTIONS:
        _both(searchers, SearchRequest(q, today=TODAY, **options))


@pytest.mark.parametrize(("q", "sort"), [("the", "relevance"), ("infusion pump", "relevance"), ("", "added")])
def test_pages_behind_cursors_are_equal(searchers, q, sort):
    after = None
    for _ in range(6):
        result, hits = _both(searchers, SearchRequest(q, today=TODAY, sort=sort, limit=23, after=after))
        after = result.last
        assert hits
        if after is None:
            break


@pytest.mark.parametrize("offset", [90, 700, 7_000, 99_000])
@pytest.mark.parametrize("q", ["the", ""])
def test_far_pages_are_equal(searchers, q, offset):
    _both(searchers, SearchRequest(q, today=TODAY, limit=12, offset=offset))


def test_all_pages_of_an_export_are_equal(searchers):
    request = SearchRequest("supplies", today=TODAY, limit=MAX_LIMIT * 7)
    pages = []
    for engine in ENGINES:
        with searchers[engine].reading() as reading:
            pages.append([_comparable(page) for page in reading.pages(request)])
    assert pages[0] == pages[1]
    assert len(pages[0]) > 2


def test_suggestions_are_equal(searchers):
    for text in ("whe", "oxyg conc", "E06", "insln", "9"):
        found = [searchers[engine].suggest(text, 10)[0].split(b'"completions"')[1] for engine in ENGINES]
        assert found[0] == found[1]


def test_judged_queries_find_as_many_right_codes(searchers):
    """The rest of the tuning set is compared by `python -m benchmarks.relevance.run tuning --engine opensearch`."""
    judged = read_judgements(JUDGED)[:: 8 * STEP]
    found = {
        engine: [
            [hit.record["code"] for hit in searchers[engine].search(SearchRequest(each.query)).hits] for each in judged
        ]
        for engine in ENGINES
    }
    measures = [measure(judged, found[engine]) for engine in ENGINES]
    assert abs(measures[0].hit10 - measures[1].hit10) <= 0.01
    same = sum(one == two for one, two in zip(*found.values(), strict=True))
    assert same >= len(judged) - 1
