"""The API reference in a real Chromium, under the same content security policy as all pages."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def _operation(page, name):
    section = page.locator(f"section[aria-labelledby={name}]")
    section.locator("details.try summary").click()
    return section


def test_a_search_is_sent_and_its_answer_shown(page):
    page.goto("/docs")
    section = _operation(page, "search_by_query_string")
    section.get_by_role("button", name="abbreviation").click()
    expect(section.get_by_label("q", exact=True)).to_have_value("IOP")
    expect(section.get_by_label("limit", exact=True)).to_have_value("")
    section.get_by_role("button", name="Send").click()
    expect(section.get_by_role("status")).to_contain_text("GET /api/v1/search?q=IOP: 200")
    assert json.loads(section.locator(".answer").text_content())["hits"][0]["code"] == "H0015"


def test_a_body_is_sent(page):
    page.goto("/docs")
    section = _operation(page, "batch")
    section.get_by_role("button", name="codes", exact=True).click()
    section.get_by_role("button", name="Send").click()
    expect(section.get_by_role("status")).to_contain_text("POST /api/v1/batch: 200")
    expect(section.locator(".answer")).to_contain_text('"code": "E0601"')


def test_a_code_goes_into_the_path(page):
    page.goto("/docs")
    section = _operation(page, "document")
    section.get_by_label("code", exact=True).fill("e0601")
    section.get_by_label("code", exact=True).press("Enter")
    expect(section.get_by_role("status")).to_contain_text("GET /api/v1/documents/e0601: 200")


def test_the_reference_fits_a_narrow_screen(page):
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto("/docs")
    _operation(page, "search_by_query_string")
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_the_reference_is_whole_without_javascript(browser, live_server):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    plain = context.new_page()
    plain.goto("/docs")
    expect(plain.get_by_role("heading", name="POST /api/v1/batch")).to_be_visible()
    expect(plain.locator("details.try").first).to_be_hidden()
    context.close()
