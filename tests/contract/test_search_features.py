"""Demands, filters, facets, sorting, cursors, corrections, synonyms, sections and explanations, end to end.

1. A demand admits exactly the records that meet it. 2. Facet counts are those of the filtered searches themselves.
3. Cursor pages join to the whole list in every sort, also across snapshots. 4. A correction is labelled, and never made
for a code or number. 5. A synonym finds what it stands for, and only real text is marked. 6. Parts add up to the score.
"""

from __future__ import annotations

import datetime
import re

import orjson
import pytest

from indexer.analysis.tokenizer import index_tokens, stem
from indexer.build import build
from indexer.columns import FACETS
from indexer.compiled import bits
from indexer.imports import ImportStore
from indexer.records import text_of
from indexer.snapshots import SnapshotStore
from indexer.vocabularies import store_file
from service.app import create_app
from service.config import load_config
from service.opening import open_embedded
from service.search.engines.plan import Plan
from service.search.highlights import Highlighter
from service.search.model import Match, Page, SearchRequest, Tier
from service.search.query.syntax import FIELD_NAMES
from service.search.searcher import Searcher
from service.web import render
from service.web.schemas.answers_v1 import SearchResponse
from tests.contract.conftest import ENGINES
from tests.corpus.samples import document_text
from tests.indexer.records import code, release

CODES = (
    code("A0001", "Infusion pump, insulin", betos="D1E", coverage="D", added="2019-05-01"),
    code("A0002", "Pump for infusion of insulin with battery", betos="D1E", coverage="C", added="2018-01-01"),
    code("B0001", "Knee orthosis (KO), rigid", betos="D1F", coverage="C", added="2020-01-01"),
    code("B0002", "Foot-drop splint", betos="D1F", coverage="M"),
    code("B0003", "Wheelchair cushion", terminated="2019-12-31", cross_references=("B0001",)),
    code("E0100", "Cane, wood"),
    code("E0110", "Crutches, wood"),
    code("AB", "Invented modifier for canes"),
)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    data = tmp_path_factory.mktemp("features")
    (data / "own").mkdir()
    (data / "own/one.txt").write_text(document_text())
    (data / "words.txt").write_text("hoop skirt = knee orthosis\nsticky stick => cane\n")
    (data / "short.txt").write_text("ZZ : cane | crutches\n")
    store_file(data, "synonyms", data / "words.txt")
    store_file(data, "abbreviations", data / "short.txt")
    ImportStore(data).save(release("2020", *CODES))
    build(data, [data / "own"])
    return data


@pytest.fixture(scope="module", params=ENGINES)
def searcher(request, data, opened):
    searcher = opened(request.param, data)
    yield searcher
    searcher.close()


def _search(searcher, q, **options):
    return searcher.search(SearchRequest(q, **({"limit": 100, "today": datetime.date(2020, 6, 1)} | options)))


def _codes(searcher, q, **options):
    return [hit.record["code"] for hit in _search(searcher, q, **options).hits]


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ('"infusion pump"', {"A0001"}),
        ('"pump infusion"', set()),
        ("pump -battery", {"A0001"}),
        ("pump AND NOT battery", {"A0001"}),
        ("cane OR crutches", {"E0100", "E0110", "AB"}),
        ("(cane OR crutches) AND wood", {"E0100", "E0110"}),
        ("E0100..E0105", {"E0100"}),
        ("code:A00*", {"A0001", "A0002"}),
        ("added:2018..2019", {"A0001", "A0002"}),
        ("ended:2019", {"B0003"}),
        ("wheel*", {"B0003"}),
        ("name:mending", {"A9999"}),
        ("risks:scratch", {"A9999"}),
        ("recovery:scratch", set()),
        ("risks:(scratch OR nothing)", {"A9999"}),
    ],
)
def test_demands(searcher, q, expected):
    assert set(_codes(searcher, q)) == expected


def test_facet_counts_are_those_of_the_filtered_searches(searcher):
    filters = {"coverage": ("C", "D"), "kind": ("procedure",)}
    result = _search(searcher, "", filters=filters, facets=FACETS)
    for facet, counts in result.facets.items():
        for value, count in counts.items():
            assert _search(searcher, "", filters={**filters, facet: (value,)}).total == count
    assert result.facets["betos"] == {"D1E": 2, "D1F": 1}
    assert "M" not in result.facets["betos"]


@pytest.mark.parametrize("sort", ["relevance", "code", "added", "effective"])
@pytest.mark.parametrize("q", ["", "pump cane wood"])
def test_cursor_pages_join_to_the_whole_list(searcher, sort, q):
    whole = _codes(searcher, q, sort=sort)
    found, after = [], None
    for _ in range(20):
        page = _search(searcher, q, sort=sort, limit=2, after=after)
        assert page.total == len(whole)
        found += [hit.record["code"] for hit in page.hits]
        after = page.last
        if after is None:
            break
    assert found == whole
    assert len(whole) > 4


def test_a_cursor_goes_on_in_the_next_snapshot(tmp_path):
    ImportStore(tmp_path).save(release("2019", *CODES))
    build(tmp_path, [])
    searcher = Searcher(SnapshotStore(tmp_path), open_embedded)
    first = _search(searcher, "", limit=3, sort="code")
    left = [each for each in CODES if each.code not in ("A0001", "AB")]
    ImportStore(tmp_path).save(release("2019", *left), replace=True)
    build(tmp_path, [])
    searcher.reload()
    rest = _codes(searcher, "", sort="code", after=first.last)
    assert rest == [each.code for each in sorted(left, key=lambda each: each.code) if each.code > first.last[-1]]
    searcher.close()


def test_a_misspelling_is_corrected_and_labelled(searcher):
    result = _search(searcher, "wheelchiar cushoin")
    assert [(fix.typed, fix.searched) for fix in result.corrections] == [
        ("wheelchiar", "wheelchair"),
        ("cushoin", "cushion"),
    ]
    assert result.corrected == "wheelchair cushion"
    assert result.hits[0].record["code"] == "B0003"
    assert {hit.match.tier.key for hit in result.hits} == {"fuzzy"}


@pytest.mark.parametrize("q", ["A0009", "x0001", "12345 pump", "insulin"])
def test_codes_numbers_and_known_words_are_never_corrected(searcher, q):
    assert _search(searcher, q).corrections == ()


def test_a_code_that_has_ended_brings_what_replaced_it(searcher):
    result = _search(searcher, "b0003")
    assert [(hit.record["code"], hit.match.tier.key) for hit in result.hits] == [
        ("B0003", "exact_code"),
        ("B0001", "replacement"),
    ]


def test_synonyms_of_the_user_and_of_the_text_itself(searcher):
    assert _codes(searcher, "hoop skirt")[0] == "B0001"
    assert _codes(searcher, "KO")[0] == "B0001"
    assert _codes(searcher, "sticky stick")[0] in ("AB", "E0100")
    hit = _search(searcher, "hoop skirt").hits[0]
    assert hit.match.tier.key == "all_words"
    assert hit.highlights["descriptor"] == ["<mark>Knee</mark> <mark>orthosis</mark> (KO), rigid"]


def test_a_synonym_of_the_whole_query_is_an_exact_name(searcher):
    hit = _search(searcher, "foot drop splint").hits[0]
    assert (hit.record["code"], hit.match.tier.key) == ("B0002", "exact_name")
    assert _search(searcher, "hoop skirt").hits[0].match.tier.key == "all_words"


@pytest.mark.parametrize("q", ["a hoop for my skirt", "skirt with hoop", "hoop that is a big skirt"])
def test_a_phrase_may_stand_apart_or_in_another_order(searcher, q):
    assert _codes(searcher, q)[0] == "B0001"


@pytest.mark.parametrize("q", ["footdrop", "foot drop", "foot-drop", "foot/drop"])
def test_joined_and_split_spellings_are_one(searcher, q):
    hit = _search(searcher, f"{q} ").hits[0]
    assert hit.record["code"] == "B0002"
    assert hit.match.tier.key == "all_words"
    assert "<mark>" in hit.highlights["descriptor"][0]


def test_an_ambiguous_abbreviation_lists_its_readings(searcher):
    (reading,) = _search(searcher, "zz").readings
    assert set(reading.meanings) == {"cane", "crutches"}
    assert {"E0100", "E0110"} <= set(_codes(searcher, "zz"))


def test_a_question_about_a_part_shows_that_section(searcher):
    hit = _search(searcher, "side effects of example repair").hits[0]
    assert (hit.record["code"], hit.section.key, hit.match.tier.key) == ("A9999", "risks", "all_words")
    assert _search(searcher, "how long does mending take").hits[0].section.key == "duration"


def test_a_section_restricts(searcher):
    assert _codes(searcher, "scratch", section="risks") == ["A9999"]
    assert _codes(searcher, "scratch", section="recovery") == []
    assert _search(searcher, "dry", section="recovery").hits[0].section.key == "recovery"


def test_the_status_is_told_for_a_day(searcher):
    day = datetime.date(2019, 12, 31)
    assert "B0003" in _codes(searcher, "cushion", status="active", today=day)
    assert _codes(searcher, "cushion", status="active", today=day + datetime.timedelta(1)) == []


@pytest.mark.parametrize("q", ["insulin pump", "hoop skirt", "wheelchiar", "b0003", "side effects of mending"])
def test_the_parts_of_a_score_add_up(searcher, q):
    for hit in _search(searcher, q, explain=True).hits:
        assert sum(part.value for part in hit.match.parts) == pytest.approx(hit.match.score, abs=1e-4)


def test_the_api_pages_by_cursor_and_refuses_a_foreign_one(data):
    app = create_app(load_config({}, data=data))
    client = app.test_client()
    first = client.get("/api/v1/search?limit=4&facets=kind,family&explain=true&on=2020-06-01").json
    assert {each["value"]: each["count"] for each in first["facets"]["kind"]} == {"procedure": 8, "modifier": 1}
    assert {"value": "E", "label": "Durable medical equipment", "count": 2} in first["facets"]["family"]
    second = client.get("/api/v1/search?limit=100&on=2020-06-01", query_string=None)
    rest = client.get(f"/api/v1/search?limit=100&on=2020-06-01&cursor={first['cursor']}").json
    joined = [hit["code"] for hit in (*first["hits"], *rest["hits"])]
    assert joined == [hit["code"] for hit in second.json["hits"]]
    assert rest["cursor"] is None
    other = client.get(f"/api/v1/search?q=pump&on=2020-06-01&cursor={first['cursor']}")
    assert (other.status_code, other.json["error"]["details"][0]["parameter"]) == (400, "cursor")
    assert re.fullmatch(r"[\w-]+", first["cursor"])
    app.extensions["procsearch"].close()


@pytest.mark.parametrize("q", ["infusion pump", "pump", "mend scratch", "cane", "A0001", "E0100..E0110 cane", "absent"])
def test_answers_are_what_their_schema_says(searcher, q):
    result = searcher.search(SearchRequest(q, facets=("kind",), explain=True))
    rendered = orjson.loads(orjson.dumps(render.answer(result, "x")))
    assert rendered == orjson.loads(orjson.dumps(SearchResponse().dump(result))) | {"cursor": "x"}


def test_words_are_marked_where_the_index_says_as_where_reading_finds_them(data, opened):
    # An engine in a cluster keeps no offsets: it reads.
    searcher = opened("embedded", data)
    with searcher._engine() as engine:
        for number in range(engine.index.count):
            record = engine.record(number)
            for field in bits.FIELDS:
                text = text_of(record, field.name)
                stems = {token.term for token in index_tokens(text)}
                for terms in (sorted(stems), sorted(stems)[:3]):
                    read = Highlighter(frozenset(terms), None).read(text)
                    known = [engine.lexicon.term(term) for term in terms]
                    plan = Plan([], known, [], [], [], (), [], set(range(len(known))), [])
                    (evidence,) = engine.evidence(Page(1, (Match(number, Tier.ALL_WORDS, 4.0, True),), plan=plan))
                    assert engine.spans(evidence, field.name, text) == read, (record["code"], field.name)
    searcher.close()


@pytest.mark.parametrize("field", ["", "descriptor:", "name:", "section:"])
def test_phrases_are_found_where_their_words_stand_side_by_side(searcher, field):
    with searcher._engine() as engine:
        for left, right in (
            ("infusion", "pump"),
            ("pump", "infusion"),
            ("a", "pump"),
            ("the", "scratch"),
            ("no", "thing"),
        ):
            wanted = FIELD_NAMES[field[:-1]] if field else tuple(each.name for each in bits.FIELDS)
            expected = set()
            for number in range(engine.index.count):
                record = engine.record(number)
                for name in wanted:
                    tokens = index_tokens(text_of(record, name))
                    places = {(token.term, token.position) for token in tokens}
                    if any((stem(left), at - 1) in places for term, at in places if term == stem(right)):
                        expected.add(record["code"])
            got = searcher.search(SearchRequest(f'{field}"{left} {right}"', limit=100))
            assert {hit.record["code"] for hit in got.hits} == expected
