"""What an earlier release said is told from the newest record and its history: it has to be what that release said."""

from __future__ import annotations

import datetime
from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.store import Corpus
from indexer.facts import official_facts
from indexer.history import CodeHistory
from indexer.importers.hcpcs import read_release
from indexer.records import make_records
from service.search.codelist import CodeList
from service.search.errors import BadRequest
from service.search.releases import FOLLOWED, changed_after, facts_before, first_day, in_force
from tests.indexer.records import code, release

TODAY = datetime.date(2030, 1, 1)
LABELS = ("2019", "2020", "2020-07", "2021")

_CODES = st.builds(
    lambda name, long, short, facts, terminated: replace(
        code(name, long, short_descriptor=short, **facts), terminated=terminated
    ),
    st.sampled_from(["A0001", "A0002", "E0003", "ZL"]),
    st.sampled_from(["Invented cup", "Invented cup, large", "Invented plate"]),
    st.sampled_from(["Cup", "Plate"]),
    st.fixed_dictionaries(
        {
            "coverage": st.sampled_from([None, "C", "M"]),
            "pricing": st.lists(st.sampled_from(["32", "36"]), max_size=2).map(tuple),
            "betos": st.sampled_from([None, "D1E", "D1F"]),
            "types_of_service": st.lists(st.sampled_from(["P", "R"]), max_size=2).map(tuple),
            "cross_references": st.lists(st.sampled_from(["A0001", "A0002"]), max_size=2).map(tuple),
            "statute": st.sampled_from([None, "1861(s), 2"]),
        }
    ),
    st.sampled_from([None, "2019-12-31", "2020-06-30"]),
)
_LISTS = st.lists(_CODES, max_size=4, unique_by=lambda each: each.code)
_HISTORIES = st.lists(_LISTS, min_size=1, max_size=len(LABELS)).map(
    lambda lists: [release(label, *codes) for label, codes in zip(LABELS, lists, strict=False)]
)


def _list_of(releases):
    records, _ = make_records(Corpus({}, ()), releases)
    sources = {"releases": [{"system": each.system, "release": each.label} for each in releases]}
    manifest = {"counts": {"records": len(records)}, "sources": sources}
    engine = SimpleNamespace(
        manifest=manifest, record=records.__getitem__, records=lambda numbers: map(records.__getitem__, numbers)
    )
    return CodeList(engine), records


@given(_HISTORIES)
def test_every_release_is_told_as_it_was(releases):
    codes, records = _list_of(releases)
    listed: set[str] = set()
    for each in releases:
        listed |= {official.code for official in each.codes}
        edition = codes.edition("HCPCS", each.label, None, TODAY)
        members = codes.members("HCPCS", edition.release)
        assert {records[number]["code"] for number in members.nonzero()[0]} == listed
        for official in each.codes:
            _compare(codes, records, edition, official)


def _compare(codes, records, edition, official):
    number = codes.find(official.code, edition)
    wording = codes.wording(number, records[number], edition)
    assert wording == (official.long_descriptor, official.short_descriptor)
    newest = records[number]["official"]
    if newest["release"] > edition.label:
        told = facts_before(newest, changed_after(records[number]["history"], edition.label), edition.label)
        said = official_facts(CodeHistory(official, edition.label, (), listed=True))
        assert {name: told.get(name) for name in FOLLOWED} == {name: said.get(name) for name in FOLLOWED}


def test_the_release_in_force_is_the_newest_that_has_begun():
    assert first_day("2020-07") == datetime.date(2020, 7, 1)
    days = {"2018-12-31": None, "2019-01-01": 0, "2019-12-31": 0, "2020-06-30": 1, "2020-07-01": 2, "2026-01-01": 3}
    for day, place in days.items():
        assert in_force(LABELS, datetime.date.fromisoformat(day)) == place


def test_editions():
    codes, _ = _list_of([release("2019", code()), release("2020", code())])
    assert codes.edition("HCPCS", None, None, TODAY).label == "2020"
    assert codes.edition("HCPCS", None, None, datetime.date(2019, 5, 1)).label == "2019"
    assert codes.edition("HCPCS", None, None, datetime.date(2001, 1, 1)).label == "2019"
    assert codes.edition("HCPCS", "2019", None, TODAY).day == datetime.date(2019, 1, 1)
    assert codes.edition("ICD-10-PCS", None, None, TODAY).label is None
    for system, version, day in (("HCPCS", "2018", None), ("HCPCS", None, "2018-12-31"), ("CPT", None, "2020-01-01")):
        with pytest.raises(BadRequest):
            codes.edition(system, version, day and datetime.date.fromisoformat(day), TODAY)


@pytest.mark.slow
def test_the_release_of_2019_is_told_from_the_newest_index_as_its_file_says_it(hcpcs_data):
    files = [read_release(hcpcs_data / f"{year}-alpha-numeric-hcpcs-file.zip") for year in ("2019", "2020")]
    codes, records = _list_of(files)
    for each in files:
        edition = codes.edition("HCPCS", each.label, None, TODAY)
        for official in each.codes:
            _compare(codes, records, edition, official)
    assert int(codes.members("HCPCS", 0).sum()) == len(files[0].codes)
