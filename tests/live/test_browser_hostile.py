"""Documents and official files that were made to do harm are text in a real browser; such synonyms are refused."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from indexer import vocabularies
from indexer.build import build
from indexer.errors import VocabularyRefused
from indexer.imports import ImportStore
from tests.corpus.samples import document_text
from tests.indexer.records import code, release
from tests.live.server import running

pytestmark = pytest.mark.browser

_SCRIPT = "<script>document.title='harmed'</script>"
_IMAGE = "<img src=x onerror=\"document.title='harmed'\">"
_HOSTILE = f"Pump {_SCRIPT} {_IMAGE} \"' onmouseover=alert(1) {{{{7*7}}}} </title></mark>"


@pytest.fixture(scope="module")
def hostile_server(tmp_path_factory):
    data = tmp_path_factory.mktemp("hostile")
    (data / "own").mkdir()
    (data / "own/a.txt").write_text(document_text("A9999", f"Repair {_IMAGE.replace('(', '').replace(')', '')}"))
    ImportStore(data).save(release("2020", code("A0001", _HOSTILE, short_descriptor=_HOSTILE[:28])))
    (data / "words.txt").write_text("pump = zork\n")
    vocabularies.store_file(data, "synonyms", data / "words.txt")
    build(data, [data / "own"])
    with running(data) as server:
        yield server


@pytest.mark.parametrize(
    "path",
    [
        "/?q=pump",
        "/?q=zork",
        "/?q=repair",
        "/codes/A0001",
        "/codes/A9999",
        "/compare?codes=A0001,A9999",
        "/?q=" + quote(_HOSTILE),
        "/codes/" + quote(_SCRIPT, safe=""),
        "/?family=" + quote(_SCRIPT),
        "/nowhere/" + quote(_IMAGE, safe=""),
    ],
)
def test_no_page_runs_what_it_shows(open_page, hostile_server, path):
    page = open_page(hostile_server)
    page.expected += ["404", "400"]
    page.goto(path)
    expect(page.locator("main")).to_be_visible()
    assert page.title() != "harmed"
    assert page.locator("main script, main img[onerror], main [onmouseover]").count() == 0


@pytest.mark.parametrize("kind", ["synonyms", "abbreviations"])
def test_words_with_markup_are_no_words(tmp_path, kind):
    file = tmp_path / "words.txt"
    file.write_text(f"pump = {_SCRIPT.replace('=', ' ')}\n" if kind == "synonyms" else f"<b>IP : pump {_IMAGE}\n")
    with pytest.raises(VocabularyRefused):
        vocabularies.read_file(kind, file)


def test_no_suggestion_runs_what_it_shows(open_page, hostile_server):
    page = open_page(hostile_server)
    page.goto("/")
    page.locator("#q").press_sequentially("pump scr", delay=30)
    page.locator("#q").fill("pum")
    expect(page.locator("#suggestions").get_by_role("option").first).to_be_visible()
    assert page.title() != "harmed"
    assert page.locator("[role=listbox] script, [role=listbox] img").count() == 0
