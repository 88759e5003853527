"""The pages without a browser: right content, escaped, whole without JavaScript."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from indexer.build import build
from service.app import create_app
from service.config import load_config
from tests.corpus.samples import document_text

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
_VOID = {"meta", "link", "input", "br", "path", "circle", "img"}


class _Checker(HTMLParser):
    """Collects ids and text, and checks that tags nest."""

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.targets = [], [], []

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.ids += [values["id"]] if "id" in values else []
        self.targets += [values["for"]] if "for" in values else []
        assert not any(name.startswith("on") or name == "style" for name in values)
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in _VOID:
            assert self.open.pop() == tag


def get(client, path, status=200):
    response = client.get(path, headers=HTML)
    assert response.status_code == status, response.text
    checker = _Checker()
    checker.feed(response.text)
    assert checker.open == []
    assert len(checker.ids) == len(set(checker.ids))
    assert set(checker.targets) <= set(checker.ids)
    return response.text


def test_the_home_page_has_a_labelled_box_and_says_what_is_here(client):
    text = get(client, "/")
    assert '<label for="q">' in text
    assert "12 of them with a full description" in text


def test_results_show_code_title_and_section(client):
    text = get(client, "/?q=rehab+without+staying+overnight")
    assert text.index("H0015") < text.index("/codes/H0015#summary")
    assert "<mark>rehab</mark>" in text


def test_the_query_is_shown_escaped(client):
    text = get(client, "/?q=<script>alert(1)</script>")
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_corrections_and_missing_codes_are_told(client):
    assert "These are results for “colonoscopy”" in get(client, "/?q=colonoscpy")
    assert "There is no code H0099 here" in get(client, "/?q=h0099")


def test_nothing_found_gives_advice(client):
    assert "Nothing found" in get(client, "/?q=xyzzy")
    assert "Search without the filters" in get(client, "/?q=iop&kind=modifier")


def test_paging(client):
    first = get(client, "/?q=the")
    assert "Page 1 of 2" in first
    assert 'rel="next" href="/?q=the&amp;page=2"' in first
    assert 'rel="prev"' in get(client, "/?q=the&page=2")
    assert "There is no page 9" in get(client, "/?q=the&page=9")
    for page in ("0", "-1", "x", "9" * 30, "\u00b2"):
        get(client, f"/?q=the&page={page}")


@pytest.mark.parametrize("path", ["/?kind=other&q=a", "/?q=" + "a" * 1001])
def test_a_wrong_filter_is_an_error_page(client, path):
    assert "That request cannot be answered" in get(client, path, 400)


def test_a_code_page_shows_all_thirteen_sections(client):
    text = get(client, "/codes/H0015")
    assert text.count("<section ") == 13
    assert "Patient Experience" in text


def test_a_code_in_other_spelling_leads_to_the_official_one(client):
    response = client.get("/codes/h-0015")
    assert (response.status_code, response.location) == (301, "/codes/H0015")


def test_an_unknown_code_and_an_unknown_page_are_told_apart(client):
    assert "There is no such code here" in get(client, "/codes/Z9999", 404)
    assert "There is no such page" in get(client, "/nothing", 404)


def test_chromium_gets_error_pages_and_programs_json(client):
    accepted = (
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
        "application/signed-exchange;v=b3;q=0.7"
    )
    assert client.get("/codes/Z9999", headers={"Accept": accepted}).mimetype == "text/html"
    for other in ("*/*", "application/json", "application/json,text/html"):
        assert client.get("/codes/Z9999", headers={"Accept": other}).mimetype == "application/json"


def test_hostile_documents_are_escaped_everywhere(tmp_path):
    folder = tmp_path / "own"
    folder.mkdir()
    hostile = document_text(title='<img src=x onerror="alert(1)">').replace(
        "Worn examples", "<script>bad()</script> worn"
    )
    (folder / "one.txt").write_text(hostile)
    build(tmp_path, [folder])
    app = create_app(load_config({}, data=tmp_path))
    client = app.test_client()
    for path in ("/?q=worn", "/?q=img", "/codes/A9999"):
        text = get(client, path)
        assert "<script>bad" not in text
        assert "<img src=x" not in text
    assert "<script>bad" not in client.get("/api/v1/search?q=worn").json["hits"][0]["section"]["snippet"]
    app.extensions["procsearch"].close()


def test_official_facts_and_history_on_the_page(official_data):
    app = create_app(load_config({}, data=official_data))
    client = app.test_client()
    text = get(client, "/codes/E0784")
    assert "Medicare coverage" in text
    assert "January 1, 1996" in text
    assert "Listed in the oldest file imported" in text
    assert "No longer in use" in get(client, "/codes/GD")
    app.extensions["procsearch"].close()
