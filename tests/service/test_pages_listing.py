"""What stands around the hits: facets, chosen filters, pages, and why a hit is there."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from service.app import create_app
from service.config import load_config
from service.search.model import Match, Part, Tier
from service.web import listing
from service.web.explanation import explanation
from tests.service.test_pages import get


@pytest.fixture(scope="module")
def official_client(official_data):
    app = create_app(load_config({}, data=official_data))
    yield app.test_client()
    app.extensions["procsearch"].close()


def _total(text):
    return int(re.search(r"([\d,]+) codes? found", text)[1].replace(",", ""))


def test_facets_count_what_choosing_them_finds(official_client):
    text = get(official_client, "/?q=wheelchair")
    boxes = re.findall(r'name="(\w+)" value="(\w+)">\s*<span>[^<]*</span> <span class="count">([\d,]+)<', text)
    assert {name for name, _, _ in boxes} == {"family", "coverage", "type_of_service", "has_document"}
    for name, value, count in boxes[::4]:
        assert _total(get(official_client, f"/?q=wheelchair&{name}={value}")) == int(count.replace(",", ""))


def test_values_of_one_facet_add_up_however_they_are_written(official_client):
    both = _total(get(official_client, "/?q=wheelchair&family=E&family=K"))
    assert both == _total(get(official_client, "/?q=wheelchair&family=E,K"))
    assert both > _total(get(official_client, "/?q=wheelchair&family=E"))


def test_a_chosen_value_without_hits_can_still_be_unchosen(official_client):
    text = get(official_client, "/?q=wheelchair&family=V&coverage=M")
    assert "Nothing found" in text
    assert 'id="family-V" name="family" value="V" checked' in text
    assert "Search without the filters" in text


def test_the_order_can_be_chosen(official_client):
    text = get(official_client, "/?q=wheelchair&sort=code")
    codes = re.findall(r'<h2 id="hit-(\w+)">', text)
    assert codes == sorted(codes)
    assert "sort=code&amp;page=2" in text


@pytest.mark.parametrize(
    "query", ["sort=best", "family=" + "x" * 21, "status=maybe", "kind=a,b", "family=" + ",".join(map(str, range(60)))]
)
def test_wrong_filters_are_an_error_page(official_client, query):
    assert "That request cannot be answered" in get(official_client, f"/?q=a&{query}", 400)


_WORDS = st.text(alphabet='ab &=%+é"<', max_size=8)
_ADDRESSES = st.fixed_dictionaries(
    {},
    optional={
        "q": _WORDS,
        "kind": st.sampled_from(["procedure", "modifier"]),
        "sort": st.sampled_from(["code", "added"]),
        "family": st.lists(st.sampled_from("AEKL"), unique=True, max_size=3),
        "coverage": st.lists(st.sampled_from("CDM"), unique=True, max_size=2),
        "page": st.integers(1, 50).map(str),
        "explain": st.just("true"),
    },
)


@given(_ADDRESSES)
def test_an_address_says_all_that_was_asked(values):
    asked = listing.asked(MultiDict(values))
    with _app().test_request_context():
        query = asked.address().partition("?")[2]
    with _app().test_request_context("/?" + query) as context:
        assert listing.asked(context.request.args) == asked


def _app():
    from flask import Flask

    app = Flask("test")
    app.add_url_rule("/", "pages.search")
    return app


def test_a_filter_taken_away_leads_to_the_first_page(client):
    text = get(client, "/?" + urlencode({"q": "the", "kind": "procedure", "page": "2"}))
    assert 'data-narrow href="/?q=the"' in text


def test_did_you_mean_leads_to_the_corrected_query(client):
    assert 'Did you mean <a href="/?q=colonoscopy">colonoscopy</a>' in get(client, "/?q=colonoscpy")


def test_reasons_are_shown_where_they_are_asked_for(client):
    text = get(client, "/?q=sleep+apnea+machine&explain=true")
    assert "what you typed is one of its names" in text
    assert "<rect width=" in text
    assert "<rect width=" not in get(client, "/?q=sleep+apnea+machine")
    assert "explain=true#why-E0601" in get(client, "/?q=sleep+apnea+machine")


def test_the_parts_of_a_reason_add_up():
    parts = (Part("tier", None, 4.0), Part("word", "sleep", 0.25), Part("head", None, 0.5), Part("section", None, 0.05))
    found = explanation(Match(0, Tier.ALL_WORDS, 4.8, True, parts))
    assert found.points == 80.0
    assert [(bar.label, bar.points, bar.percent) for bar in found.bars] == [
        ("First word of its name", 50.0, 100.0),
        ("Word “sleep”", 25.0, 50.0),
        ("Section you ask about", 5.0, 10.0),
    ]


@pytest.mark.parametrize("tier", list(Tier))
def test_every_tier_has_a_reason_and_needs_no_bars(tier):
    found = explanation(Match(0, tier, float(tier), True, (Part("tier", None, float(tier)),)))
    assert found.reason
    assert found.bars == []
