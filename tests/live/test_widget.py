"""The widget autocomplete-lhc, unmodified, in a real Chromium, on a page of another site than the service.

The page loads the widget's own files; nothing of it is patched or stubbed, and it calls the running service.
"""

from __future__ import annotations

import functools
import http.server
import threading

import pytest
from playwright.sync_api import expect

from tests.live.server import running
from tests.live.widget import Unreachable, fetch
from tests.service import nlm_data

pytestmark = pytest.mark.browser

# The order of the widget's own test page: each file adds to the global Def.
_FILES = (
    "source/polyfill source/prototype_api source/jqueryLite source/effects source/observable source/screenReaderLog "
    "source/recordDataRequester source/fieldAlarms soundmanager/bonk source/autoCompBase source/autoCompPrefetch "
    "source/autoCompSearch source/autoCompEvents source/effectScroll source/event.simulate"
).split()
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A form</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="source/auto_completion.css"></head>
<body><label for="code">Code</label><input type="text" id="code"><button id="away">Away</button>%s</body></html>"""
_LIST = "#lhc-tools-searchResults"


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with running(nlm_data.make(tmp_path_factory.mktemp("widget"))) as server:
        yield server


class _Files(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        if self.path != "/":
            super().do_GET()
            return
        body = (_PAGE % "".join(f'<script src="{name}.js"></script>' for name in _FILES)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def site():
    """A web site that serves a form and the widget."""
    try:
        folder = fetch()
    except Unreachable as why:
        pytest.skip(f"no widget: {why}")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Files, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def form(browser, service, site):
    """Opens the page with a widget on it; fails the test on a script error or an answer that no page may read."""
    context = browser.new_context()
    page, faults = context.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url) if service.url in request.url else None)

    def open_form(path="/api/hcpcs/v3/search", **options):
        page.goto(site)
        page.evaluate(
            "([url, options]) => { window.widget = new Def.Autocompleter.Search('code', url, options) }",
            [service.url + path, options],
        )
        page.locator("#code").focus()
        return page

    yield open_form
    context.close()
    assert faults == []


def _rows(page):
    return page.locator(f"{_LIST} li, {_LIST} tbody tr")


def _picked(page):
    return page.evaluate("[window.widget.getSelectedCodes(), window.widget.getSelectedItems()]")


def test_typing_shows_a_list_and_a_pick_keeps_the_code(form):
    page = form(sort=False, suggestionMode=0)
    page.keyboard.type("insulin pum")
    expect(_rows(page)).to_have_count(2)
    expect(_rows(page).first).to_have_text("A0001 - Infusion pump, insulin")
    expect(page.locator("#lhc-tools-searchCount")).to_contain_text("2 of 2 total")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#code")).to_have_value("A0001 - Infusion pump, insulin")
    assert _picked(page) == [["A0001"], ["A0001 - Infusion pump, insulin"]]


def test_an_exact_code_is_first_and_text_is_shown_as_it_is(form):
    page = form(sort=False, suggestionMode=0)
    page.keyboard.type("a0007")
    expect(_rows(page)).to_have_count(1)
    expect(_rows(page).first).to_have_text("A0007 - Breast pump, manual <b>any</")
    page.locator("#code").fill("")
    page.keyboard.type("a0001")
    expect(_rows(page)).to_have_count(2)
    expect(_rows(page).first).to_contain_text("A0001")


def test_a_blank_at_the_end_makes_the_last_word_whole(form):
    page = form(sort=False, suggestionMode=0)
    page.keyboard.type("wheel")
    expect(_rows(page)).to_have_count(2)
    page.keyboard.type(" ")
    expect(_rows(page)).to_have_count(1)
    expect(_rows(page).first).to_contain_text("A0012")


def test_see_more_asks_for_everything(form):
    page = form(sort=False, suggestionMode=0)
    page.keyboard.type("pump")
    expect(_rows(page)).to_have_count(7)
    expect(page.locator("#lhc-tools-searchCount")).to_contain_text("7 of 10 total")
    page.locator("#lhc-tools-moreResults").click()
    expect(_rows(page)).to_have_count(10)
    assert page.asked[-1].endswith("terms=pump&maxList=500")
    expect(page.locator("#lhc-tools-moreResults")).to_be_hidden()


def test_a_table_has_headers_and_columns_of_the_fields_asked_for(form):
    page = form(
        "/api/hcpcs/v3/search?df=code,long_desc,is_noc&q=obsolete:false",
        tableFormat=True,
        valueCols=[0],
        colHeaders=["Code", "Description", "Unclassified"],
        sort=False,
        suggestionMode=0,
    )
    page.keyboard.type("infusion")
    expect(_rows(page)).to_have_count(3)
    expect(page.locator(f"{_LIST} th")).to_have_text(["Code", "Description", "Unclassified"])
    noc = _rows(page).filter(has_text="A0006")
    expect(noc.locator("td")).to_have_text(["A0006", "Infusion pump, not otherwise classified", "true"])
    noc.click()
    expect(page.locator("#code")).to_have_value("A0006")
    assert _picked(page)[0] == ["A0006"]


def test_several_codes_may_be_picked(form):
    page = form(maxSelect="*", sort=False, suggestionMode=0)
    for typed, chosen in (("insulin pum", "A0001"), ("breast", "A0007")):
        page.keyboard.type(typed)
        expect(_rows(page).first).to_contain_text(chosen)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
    expect(page.locator(".autocomp_selected li")).to_have_count(2)
    assert _picked(page)[0] == ["A0001", "A0007"]
    page.keyboard.type("pump")
    expect(_rows(page).first).to_be_visible()
    # What is picked already is asked for in addition, and not shown again.
    assert "maxList=9" in page.asked[-1]
    expect(page.locator(_LIST)).not_to_contain_text("A0001")


def _suggested(page, typed):
    """Type what is on no list, leave the field, and return what the widget suggests to whoever listens."""
    # In braces: the call returns a function, which Playwright would run.
    page.evaluate("() => { Def.Autocompleter.Event.observeSuggestions('code', (data) => { window.heard = data }) }")
    page.keyboard.type(typed)
    page.keyboard.press("Tab")
    page.wait_for_function("window.heard")
    assert page.asked[-1].endswith("&suggest=1")
    return page.evaluate("window.heard.suggestion_list")


def test_what_is_not_on_the_list_brings_suggestions(form):
    page = form(matchListValue=False, nonMatchSuggestions=True)
    suggested = _suggested(page, "infusoin pmup")
    assert suggested[0] == "A0001 - Infusion pump, insulin"
    page.evaluate(
        "() => { Def.Autocompleter.Event.observeListSelections('code', (data) => { window.chosen = data });"
        " window.widget.acceptSuggestion(0) }"
    )
    page.wait_for_function("window.chosen")
    assert page.evaluate("window.chosen.item_code") == "A0001"
    expect(page.locator("#code")).to_have_value(suggested[0])


def test_no_suggestion_is_no_fault(form):
    assert _suggested(form(matchListValue=False, nonMatchSuggestions=True), "xqzxq vvkkq") == []


def test_procedures_by_their_names_and_synonyms(form):
    page = form("/api/procedures/v3/search", sort=False, suggestionMode=0)
    page.keyboard.type("mend")
    expect(_rows(page)).to_have_text(["Example Repair", "Another Repair"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert _picked(page) == [["A9999"], ["Example Repair"]]


def test_an_answer_that_the_browser_holds_already_is_shown_again(form):
    for _ in range(2):
        page = form(sort=False, suggestionMode=0)
        page.keyboard.type("insulin")
        expect(_rows(page)).to_have_count(3)


def test_fhir_mode(form):
    page = form("/fhir/ValueSet/hcpcs/$expand", fhir=True, sort=False, suggestionMode=0)
    page.keyboard.type("insulin pum")
    expect(_rows(page).first).to_contain_text("insulin")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert _picked(page)[0] == ["A0001"]
