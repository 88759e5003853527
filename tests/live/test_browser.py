"""The pages in a real Chromium: typing, keyboard, phone width, dark mode, and the same without JavaScript."""

from __future__ import annotations

import itertools

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_results_appear_while_typing_and_the_address_follows(page):
    page.goto("/")
    # The browser moves the focus to the box with its next frame, which a busy machine draws after the load event.
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("iop")
    expect(page.locator(".hit").first).to_contain_text("H0015")
    expect(page.locator(".status")).to_contain_text("1 code found for iop")
    expect(page).to_have_url("/?q=iop")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("xqzx")
    expect(page.locator(".status")).to_contain_text("Nothing found")
    page.locator("#q").fill("")
    expect(page.locator("h1")).to_have_text("Find a medical procedure")


@pytest.mark.parametrize("query", ["IOP", "h0015", "alcohol counselling", "intensive outpatient"])
def test_enter_loads_the_page_with_h0015_first(page, query):
    page.goto("/")
    page.locator("#q").fill(query)
    page.keyboard.press("Enter")
    expect(page.locator(".hit .code").first).to_have_text("H0015")
    assert page.locator(".hit mark").count() > 0


def test_filters_answer_at_once(page):
    page.goto("/?q=the")
    expect(page.locator(".hit").first).to_be_visible()
    page.get_by_label("In use").select_option("terminated")
    expect(page.locator(".status")).to_contain_text("Nothing found")
    assert "status=terminated" in page.url


def test_from_a_hit_to_the_section_in_which_the_match_lies(page):
    page.goto("/?q=rehab+without+staying+overnight")
    page.locator(".hit .passage a").first.click()
    expect(page).to_have_url("/codes/H0015#summary")
    expect(page.locator("#summary")).to_be_in_viewport()
    page.get_by_role("navigation", name="On this page").get_by_role("link", name="Alternatives").click()
    expect(page.locator("#alternatives")).to_be_in_viewport()


def test_the_keyboard_alone_is_enough(page):
    page.goto("/codes/H0015")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("pap smear")
    page.keyboard.press("Enter")
    expect(page.locator(".hit .code").first).to_have_text("Q0091")


def test_a_burst_of_typing_ends_with_the_last_answer(page):
    page.goto("/")
    for query in ("vitamin", "sleep apnea", "pap smear", "iop"):
        page.locator("#q").fill(query)
        page.wait_for_timeout(60)
    expect(page.locator(".status")).to_contain_text("for iop")
    page.wait_for_timeout(500)
    expect(page.locator(".status")).to_contain_text("for iop")


@pytest.mark.parametrize("path", ["/", "/?q=intensive+outpatient", "/codes/H0015", "/codes/Z9999"])
def test_nothing_is_wider_than_a_phone(browser, live_server, path):
    context = browser.new_context(base_url=live_server.url, viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()


def test_it_is_whole_without_javascript(browser, live_server):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.locator("#q").fill("sleep apnea machine")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".hit .code").first).to_have_text("E0601")
    page.locator(".hit h2 a").first.click()
    expect(page.locator("h1")).to_contain_text("CPAP")
    context.close()


def test_headings_go_down_one_step_at_a_time_and_there_is_one_first(page):
    for path in ("/", "/?q=iop", "/codes/H0015"):
        page.goto(path)
        levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map((each) => Number(each.tagName[1]))")
        assert levels.count(1) == 1, path
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels)), (path, levels)


def test_every_control_has_a_name(page):
    for path in ("/", "/?q=iop", "/codes/H0015"):
        page.goto(path)
        nameless = page.evaluate(
            "[...document.querySelectorAll('a,button,input,select')].filter((each) => !each.labels?.length && "
            "!each.textContent.trim() && !each.getAttribute('aria-label')).map((each) => each.outerHTML)"
        )
        assert nameless == []
