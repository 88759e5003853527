"""The search box in a real Chromium: suggestions by keyboard and pointer, slow networks, recent searches."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def _options(page):
    """The suggestions; the filters of the results, which come by themselves, have options as well."""
    return page.locator("#suggestions").get_by_role("option")


def _type(page, text, path="/"):
    page.goto(path)
    page.locator("#q").focus()
    page.keyboard.type(text)


def _type_and_list(page, text):
    """Type, and wait for the suggestions of the whole text: those of a beginning of it may stand before."""
    _type(page, text)
    expect(page.locator("#suggestions")).to_have_attribute("data-query", text)
    expect(_options(page).first).to_be_visible()


class _Held:
    """Requests that match a pattern wait until the test lets them go."""

    def __init__(self, page, pattern):
        self.waiting = []
        page.route(pattern, lambda route: self.waiting.append(route))

    def let_go(self, at=0):
        self.waiting.pop(at).continue_()

    def wait_for(self, page, number):
        """Wait until so many requests are held back."""
        while len(self.waiting) < number:
            page.wait_for_timeout(20)


_SUGGEST = re.compile(r"/api/v1/suggest\?")
_RESULTS = re.compile(r"/\?q=")


def test_the_box_tells_what_it_is(page):
    _type(page, "slee")
    box = page.get_by_role("combobox", name="Search procedures")
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(box).to_have_attribute("aria-controls", "suggestions")
    expect(box).to_have_attribute("aria-autocomplete", "list")
    expect(page.get_by_role("listbox", name="Suggestions")).to_be_visible()
    expect(_options(page).filter(has_text="Sleep Apnea Machine")).to_contain_text("E0601")
    expect(page.locator("#announce")).to_contain_text("suggestions")


def test_arrows_go_round_and_the_box_keeps_its_text(page):
    _type_and_list(page, "slee")
    count = _options(page).count()
    box = page.locator("#q")
    for at in (*range(count), None, 0):
        page.keyboard.press("ArrowDown")
        _expect_active(page, at)
    for at in (None, count - 1):
        page.keyboard.press("ArrowUp")
        _expect_active(page, at)
    expect(box).to_have_value("slee")
    expect(box).to_be_focused()


def _expect_active(page, at):
    selected = page.locator("#suggestions [role=option][aria-selected=true]")
    if at is None:
        expect(selected).to_have_count(0)
        expect(page.locator("#q")).not_to_have_attribute("aria-activedescendant", re.compile("."))
    else:
        expect(selected).to_have_id(f"suggestion-{at}")
        expect(page.locator("#q")).to_have_attribute("aria-activedescendant", f"suggestion-{at}")


@pytest.mark.parametrize("key", ["Home", "End", "ArrowLeft"])
def test_keys_that_move_the_cursor_leave_the_list(page, key):
    _type_and_list(page, "slee")
    page.keyboard.press("ArrowDown")
    page.keyboard.press(key)
    _expect_active(page, None)
    page.keyboard.type("x")
    place = {"Home": "xslee", "End": "sleex", "ArrowLeft": "slexe"}
    expect(page.locator("#q")).to_have_value(place[key])


def test_escape_closes_the_list_and_then_empties_the_box(page):
    _type_and_list(page, "slee")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(page.locator("#q")).to_have_attribute("aria-expanded", "false")
    expect(page.locator("#q")).to_have_value("slee")
    page.keyboard.press("Escape")
    expect(page.locator("#q")).to_have_value("")
    expect(page.locator("#q")).to_be_focused()


def test_alt_and_arrows_open_and_close(page):
    _type_and_list(page, "slee")
    page.keyboard.press("Alt+ArrowUp")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.press("Alt+ArrowDown")
    expect(page.get_by_role("listbox")).to_be_visible()
    _expect_active(page, None)
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowDown")
    _expect_active(page, 0)


def test_enter_on_a_completion_searches_it(page):
    _type_and_list(page, "colonos")
    expect(_options(page).first).to_contain_text("colonoscopy")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#q")).to_have_value("colonoscopy")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(page.locator(".status")).to_contain_text("for colonoscopy")
    expect(page).to_have_url("/?q=colonoscopy")


def test_enter_on_a_procedure_and_a_click_on_one_go_to_its_page(page):
    _type_and_list(page, "h00")
    expect(_options(page).first).to_contain_text("H0015")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url("/codes/H0015")
    page.locator("#q").fill("pap smear")
    _options(page).filter(has_text="Q0091").click()
    expect(page).to_have_url("/codes/Q0091")


def test_enter_without_a_choice_searches_what_was_typed(page):
    _type_and_list(page, "slee")
    page.keyboard.press("Enter")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(page.locator(".status")).to_contain_text("for slee")


def test_leaving_the_box_closes_the_list(page):
    _type_and_list(page, "slee")
    page.keyboard.press("Tab")
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_newer_typing_aborts_older_requests_and_stale_answers_are_never_shown(page):
    held = _Held(page, _SUGGEST)
    aborted = []
    page.on("requestfailed", lambda request: aborted.append(request.url))
    _type(page, "slee")
    held.wait_for(page, 1)
    page.locator("#q").fill("smear")
    held.wait_for(page, 2)
    held.let_go(1)
    expect(_options(page).filter(has_text="Q0091")).to_be_visible()
    assert [url for url in aborted if "q=slee" in url]
    # The answer to the first, let through at last, changes nothing: the page has given it up.
    held.let_go()
    expect(_options(page).filter(has_text="E0601")).to_have_count(0)
    expect(page.locator(".hit .code").first).to_have_text("Q0091")


def test_a_slow_network_is_told_and_what_was_shown_stays(page):
    page.goto("/?q=iop")
    held = _Held(page, _RESULTS)
    page.locator("#q").fill("sleep apnea")
    held.wait_for(page, 1)
    expect(page.locator(".state")).to_have_text("Still searching…")
    expect(page.locator("#results")).to_have_attribute("aria-busy", "true")
    expect(page.locator(".hit .code").first).to_have_text("H0015")
    held.let_go()
    expect(page.locator(".hit .code").first).to_have_text("E0601")
    expect(page.locator(".state")).to_be_hidden()


def test_a_failure_is_told_what_was_shown_stays_and_it_can_be_tried_again(page):
    page.expected += ["ERR_FAILED", "503"]
    page.goto("/?q=iop")
    page.route(_RESULTS, lambda route: route.abort())
    page.locator("#q").fill("sleep apnea")
    expect(page.locator(".failure")).to_contain_text("it cannot be reached")
    expect(page.locator(".hit .code").first).to_have_text("H0015")
    expect(page.locator("#announce")).to_contain_text("did not answer")
    expect(page.locator("#q")).to_be_focused()
    page.unroute(_RESULTS)
    page.route(_RESULTS, lambda route: route.fulfill(status=503, body="busy"))
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".failure")).to_contain_text("status 503")
    page.unroute(_RESULTS)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".hit .code").first).to_have_text("E0601")
    expect(page.locator(".failure")).to_have_count(0)


def test_failing_suggestions_leave_the_box_working(page):
    page.expected.append("ERR_FAILED")
    page.goto("/codes/H0015")
    page.route(_SUGGEST, lambda route: route.abort())
    page.locator("#q").fill("pap smear")
    expect(page.locator(".popup-note")).to_contain_text("the service did not answer")
    page.keyboard.press("Enter")
    expect(page.locator(".hit .code").first).to_have_text("Q0091")


def test_what_is_typed_before_the_box_has_the_focus_is_not_lost(page):
    # With a fragment in the address browsers do not move the focus to the box by themselves.
    page.goto("/#main")
    expect(page.locator("#q")).not_to_be_focused()
    page.keyboard.type("iop")
    expect(page.locator("#q")).to_have_value("iop")
    expect(page.locator(".hit .code").first).to_have_text("H0015")


def test_what_is_typed_before_the_scripts_come_is_searched_when_they_do(page):
    held = _Held(page, re.compile(r"main\.js"))
    page.goto("/", wait_until="commit")
    page.locator("#q").fill("iop")
    held.wait_for(page, 1)
    held.let_go()
    expect(page.locator(".hit .code").first).to_have_text("H0015")
    expect(page.locator("#q")).to_have_value("iop")


def test_recent_searches_are_offered_and_can_be_cleared(page):
    for query in ("iop", "pap smear", "IOP"):
        page.goto("/")
        page.locator("#q").fill(query)
        page.keyboard.press("Enter")
        expect(page.locator(".hit").first).to_be_visible()
    page.goto("/")
    page.locator("#q").click()
    expect(_options(page)).to_have_text(["IOP", "pap smear"])
    expect(page.locator(".popup-note")).to_contain_text("in this browser only")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".hit .code").first).to_have_text("Q0091")
    page.locator("#q").fill("")
    expect(page.locator("h1")).to_have_text("Find a medical procedure")
    page.keyboard.press("ArrowDown")
    page.get_by_role("button", name="Clear recent searches").click()
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_the_clear_button_is_reached_by_keyboard(page):
    page.goto("/")
    page.locator("#q").fill("iop")
    page.keyboard.press("Enter")
    page.goto("/")
    page.locator("#q").click()
    expect(_options(page)).to_have_count(1)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Clear recent searches")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#q")).to_be_focused()
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_recent_searches_never_leave_the_browser(page):
    page.goto("/")
    page.locator("#q").fill("a private matter")
    page.keyboard.press("Enter")
    expect(page.locator(".status")).to_contain_text("for a private matter")
    later = []
    page.on("request", lambda request: later.append(request.url + (request.post_data or "")))
    page.goto("/")
    page.locator("#q").click()
    expect(_options(page)).to_have_text(["a private matter"])
    page.goto("/codes/H0015")
    assert [url for url in later if "private" in url] == []
    assert page.context.cookies() == []


def test_damaged_or_forbidden_storage_harms_nothing(page):
    page.add_init_script("if (location.protocol !== 'about:') localStorage.setItem('procsearch.recent', '{broken')")
    page.add_init_script("if (location.protocol !== 'about:') sessionStorage.setItem('procsearch.compare', '7')")
    page.goto("/")
    page.locator("#q").click()
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('forbidden'); } })")
    page.goto("/")
    page.locator("#q").fill("iop")
    page.keyboard.press("Enter")
    expect(page.locator(".hit .code").first).to_have_text("H0015")


def test_the_shortcut_can_be_turned_off(page):
    page.goto("/codes/H0015")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.get_by_role("button", name="Turn off").click()
    page.locator("h1").click()
    page.keyboard.press("/")
    expect(page.locator("#q")).not_to_be_focused()
    page.reload()
    expect(page.get_by_role("button", name="Turn off")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("/")
    expect(page.locator("#q")).not_to_be_focused()
