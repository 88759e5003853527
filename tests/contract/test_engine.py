"""Ranking properties of every engine, on a small index.

1. Exact code, code prefix, exact name, all words, some words: a stronger tier is always before a weaker one.
2. Within a tier a code in use is before one that ended; equal scores are in the order of codes.
3. The total counts all matches, whatever page is asked for; pages do not overlap and leave nothing out.
4. Filters admit exactly what they name; a blank query browses; a query without words finds nothing.
5. A word being typed matches by its beginning, a finished word does not.
"""

from __future__ import annotations

import datetime

import pytest

from indexer.build import build
from indexer.columns import FACETS
from indexer.documents import CARD
from indexer.imports import ImportStore
from indexer.snapshots import SnapshotStore
from service.opening import open_embedded
from service.search.errors import Unavailable
from service.search.model import SearchRequest
from service.search.searcher import Searcher
from tests.contract.conftest import ENGINES
from tests.corpus.samples import document_text
from tests.indexer.records import code, release

CODES = (
    code("A0001", "Infusion pump, insulin"),
    code("A0002", "Infusion pump, insulin", terminated="2015-12-31"),
    code("A0003", "Infusion pump"),
    code("A0004", "Insulin, per unit"),
    code("A0005", "Pumpkin seed extract"),
    code("A0010", "Wheel lock", short_descriptor="Whl lock"),
    code("B0001", "Wheel lock", short_descriptor="Whl lock"),
    code("AB", "Invented modifier for pumps"),
)
TODAY = datetime.date(2020, 6, 1)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    data = tmp_path_factory.mktemp("engine")
    folder = data / "own"
    folder.mkdir()
    (folder / "one.txt").write_text(document_text())
    ImportStore(data).save(release("2020", *CODES))
    build(data, [folder])
    return data


@pytest.fixture(scope="module", params=ENGINES)
def searcher(request, data, opened):
    searcher = opened(request.param, data)
    yield searcher
    searcher.close()


def _search(searcher, q, **options):
    filters = {name: (options.pop(name),) for name in FACETS if name in options}
    options["filters"] = filters
    return searcher.search(SearchRequest(q, **({"today": TODAY, "limit": 100} | options)))


def _codes(result):
    return [hit.record["code"] for hit in result.hits]


def _tiers(result):
    return [hit.match.tier.key for hit in result.hits]


def test_an_exact_code_comes_first(searcher):
    result = _search(searcher, "a0004 pump")
    assert _codes(result)[0] == "A0004"
    assert _tiers(result)[0] == "exact_code"


@pytest.mark.parametrize("text", ["a0004", "A-0004", "a 0004"])
def test_a_code_alone_finds_only_itself(searcher, text):
    assert _codes(_search(searcher, text)) == ["A0004"]


def test_a_code_that_does_not_exist_answers_with_its_neighbors_only(searcher):
    result = _search(searcher, "A0008")
    assert set(_tiers(result)) == {"neighbor"}
    assert set(_codes(result)) == {"A0003", "A0004", "A0005", "A0010", "A9999"}


def test_the_beginning_of_a_code_lists_its_codes_in_order(searcher):
    result = _search(searcher, "A000")
    assert _codes(result) == ["A0001", "A0003", "A0004", "A0005", "A0002"]
    assert set(_tiers(result)) == {"code_prefix"}


def test_an_exact_name_is_before_more_words(searcher):
    result = _search(searcher, "infusion pump")
    assert _codes(result)[0] == "A0003"
    assert _tiers(result)[:2] == ["exact_name", "all_words"]


@pytest.mark.parametrize("name", ["EXR", "example repair", "Mending", "exemplum restitutum"])
def test_every_name_of_a_document_is_an_exact_name(searcher, name):
    result = _search(searcher, name)
    assert _codes(result)[0] == "A9999"
    assert _tiers(result)[0] == "exact_name"


def test_all_words_are_before_some_and_active_before_ended(searcher):
    result = _search(searcher, "insulin pump ")
    assert _codes(result)[:2] == ["A0001", "A0002"]
    assert _tiers(result) == ["all_words"] * 2 + ["some_words"] * (result.total - 2)
    assert [hit.match.active for hit in result.hits[:2]] == [True, False]


def test_equal_scores_are_in_the_order_of_codes(searcher):
    result = _search(searcher, "wheel lock")
    assert _codes(result)[:2] == ["A0010", "B0001"]
    assert result.hits[0].match.score == result.hits[1].match.score


def test_a_word_being_typed_matches_by_its_beginning(searcher):
    assert "A0005" in _codes(_search(searcher, "pump"))
    assert "A0005" not in _codes(_search(searcher, "pump "))


def test_scores_fall_from_hit_to_hit_and_lie_within_their_tier(searcher):
    scores = [hit.match.score for hit in _search(searcher, "infusion pump insulin").hits]
    assert scores == sorted(scores, reverse=True)
    for hit in _search(searcher, "infusion pump insulin").hits:
        assert hit.match.tier <= hit.match.score < hit.match.tier + 1


def test_pages_fit_together(searcher):
    whole = _codes(_search(searcher, "pump"))
    pages = [_search(searcher, "pump", limit=2, offset=at) for at in range(0, len(whole) + 2, 2)]
    assert [code for page in pages for code in _codes(page)] == whole
    assert {page.total for page in pages} == {len(whole)}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"kind": "modifier"}, {"AB"}),
        ({"status": "terminated"}, {"A0002"}),
        ({"status": "terminated", "today": datetime.date(2015, 12, 31)}, set()),
        ({"code_system": "CPT"}, set()),
        ({"code_system": "HCPCS", "kind": "procedure", "status": "active"}, {"A0001", "A0003", "A0005"}),
    ],
)
def test_filters(searcher, options, expected):
    assert set(_codes(_search(searcher, "pump", **options))) == expected


def test_a_blank_query_browses_and_one_without_words_finds_nothing(searcher):
    browsed = _search(searcher, " ", kind="procedure")
    assert _codes(browsed) == sorted(_codes(browsed))
    assert browsed.total == 8
    assert _search(searcher, "*").total == 0


def test_matched_fields_name_where_the_words_are(searcher):
    hit = _search(searcher, "worn example").hits[0]
    assert {"title", "descriptor", "purpose"} <= set(hit.matched_fields)
    assert hit.section is not None
    assert hit.section.key in hit.matched_fields
    assert _search(searcher, "A0003").hits[0].matched_fields[0] == "code"


def test_a_record_is_the_same_by_code_and_by_search(searcher):
    record, snapshot = searcher.document("a0003")
    hit = _search(searcher, "A0003").hits[0]
    assert {name: record[name] for name in CARD} == hit.record
    assert snapshot == searcher.manifest()["snapshot"]


def test_a_closed_searcher_opens_nothing_more(documents_data):
    opened = []

    def opener(store, name):
        opened.append(name)
        return open_embedded(store, name)

    searcher = Searcher(SnapshotStore(documents_data), opener)
    searcher.close()
    assert not searcher.reload()
    assert len(opened) == 1
    with pytest.raises(Unavailable):
        searcher.manifest()
