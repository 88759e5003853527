"""The operator's page in a real Chromium: from a query that found nothing to a synonym, and clicks that are counted."""

from __future__ import annotations

import http.client
import shutil
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.live.server import running
from tests.service.admin import token_for

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def counting(documents_data, twelve_documents, tmp_path_factory):
    """A server that counts, and a token for it."""
    data = shutil.copytree(documents_data, tmp_path_factory.mktemp("operator") / "data")
    settings = {
        "PROCSEARCH_CORPUS": str(twelve_documents),
        "PROCSEARCH_SHIPPED": "off",
        "PROCSEARCH_ANALYTICS": "on",
        "PROCSEARCH_ANALYTICS_THRESHOLD": "2",
    }
    with running(data, settings=settings) as server:
        yield server, token_for(data)


def _search_from_many(server, query):
    host, port = server.url.removeprefix("http://").split(":")
    for number in range(2, 14):
        connection = http.client.HTTPConnection(host, int(port), timeout=20, source_address=(f"127.0.0.{number}", 0))
        connection.request("GET", f"/?q={query}")
        connection.getresponse().read()
        connection.close()


def _enter(page, token):
    page.goto("/operator")
    page.get_by_label("Token").fill(token)
    page.get_by_role("button", name="Show").click()


def test_a_query_without_a_result_becomes_a_synonym(counting, open_page):
    server, token = counting
    _search_from_many(server, "wobblyjuice")
    page = open_page(server)
    _enter(page, token)
    missing = page.get_by_role("table", name="Nothing found")
    expect(missing.get_by_role("row", name="wobblyjuice")).to_contain_text("12")
    page.get_by_label("“wobblyjuice” also means").fill("vitamin b12")
    page.get_by_role("button", name="Add synonym").click()
    expect(missing).to_contain_text("Added.")
    rules = page.get_by_role("table", name="Synonyms added here")
    expect(rules).to_contain_text("wobblyjuice => vitamin b12")
    expect(page.locator("#task")).to_contain_text("succeeded")
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    # The service takes the new index over within half a second.
    until = time.monotonic() + 30
    while not server.get("/api/v1/search?q=wobblyjuice")[1]["total"] and time.monotonic() < until:
        time.sleep(0.1)
    page.goto("/?q=wobblyjuice")
    expect(page.locator(".hit .code").first).to_have_text("J3420")
    _enter(page, token)
    page.get_by_role("button", name="Remove wobblyjuice").click()
    expect(rules).not_to_contain_text("wobblyjuice")


def test_typed_results_that_were_looked_at_and_the_hit_that_was_chosen_are_counted(counting, open_page):
    server, token = counting
    page = open_page(server)
    page.goto("/")
    page.locator("#q").fill("blood")
    expect(page.locator(".hit").nth(1)).to_be_visible()
    with page.expect_request(lambda request: request.url.endswith("/api/v1/seen")):
        page.locator(".hit h2 a").nth(1).click()
    page.wait_for_url("**/codes/**")
    _enter(page, token)
    positions = page.get_by_role("table", name="Clicks by position")
    expect(positions.get_by_role("row").nth(2)).to_have_text("21")


def test_a_browser_that_does_not_want_to_be_tracked_tells_nothing(counting, open_page):
    server, _ = counting
    page = open_page(server, extra_http_headers={"Sec-GPC": "1"})
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/?q=blood")
    page.locator(".hit h2 a").first.click()
    page.wait_for_url("**/codes/**")
    assert not [url for url in asked if url.endswith("/api/v1/seen")]


def test_a_wrong_token_is_told(counting, open_page):
    server, _ = counting
    page = open_page(server)
    page.expected = ["401"]
    _enter(page, "ps_wrong")
    expect(page.locator("#told")).to_contain_text("got one that is not valid")
    expect(page.locator("#searches")).to_be_hidden()
