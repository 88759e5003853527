"""Results, codes and comparisons in a real Chromium: facets, history of addresses, reasons, copying, comparing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def _family(page, name):
    return page.get_by_role("group", name="Family").get_by_role("checkbox", name=name)


def test_facets_narrow_at_once_live_in_the_address_and_keep_the_focus(official_page):
    page = official_page
    page.goto("/?q=wheelchair")
    everything = page.locator(".tally").inner_text()
    box = _family(page, "Durable medical equipment")
    box.focus()
    page.keyboard.press("Space")
    expect(page.locator(".chosen")).to_contain_text("Family: Durable medical equipment")
    expect(page).to_have_url("/?q=wheelchair&family=E")
    expect(box).to_be_checked()
    expect(box).to_be_focused()
    expect(page.locator(".hit .code").first).to_contain_text("E")
    narrowed = page.locator(".tally").inner_text()
    assert narrowed != everything
    expect(page.locator("#announce")).to_have_text(narrowed)
    page.reload()
    expect(box).to_be_checked()
    page.get_by_role("link", name="Remove filter Family: Durable medical equipment").click()
    expect(page.locator(".tally")).to_have_text(everything)
    expect(page).to_have_url("/?q=wheelchair")


def test_back_and_forward_go_through_filters_with_all_controls(official_page):
    page = official_page
    page.goto("/?q=wheelchair")
    _family(page, "Durable medical equipment").check()
    expect(page).to_have_url("/?q=wheelchair&family=E")
    page.get_by_label("In use").select_option("terminated")
    expect(page).to_have_url("/?q=wheelchair&status=terminated&family=E")
    page.go_back()
    expect(page.get_by_label("In use")).to_have_value("")
    expect(page.locator(".chosen li")).to_have_count(1)
    page.go_back()
    expect(page.locator(".chosen")).to_have_count(0)
    expect(_family(page, "Durable medical equipment")).not_to_be_checked()
    page.go_forward()
    page.go_forward()
    expect(page.get_by_label("In use")).to_have_value("terminated")
    expect(page.locator("#q")).to_have_value("wheelchair")


def test_a_search_by_enter_can_be_gone_back_from(page):
    page.goto("/?q=iop")
    page.locator("#q").fill("pap smear")
    page.keyboard.press("Enter")
    expect(page.locator(".hit .code").first).to_have_text("Q0091")
    page.go_back()
    expect(page.locator(".hit .code").first).to_have_text("H0015")
    expect(page.locator("#q")).to_have_value("iop")


def test_unfolded_values_stay_unfolded(official_page):
    page = official_page
    page.goto("/?q=the")
    group = page.get_by_role("group", name="Family")
    group.locator("summary").click()
    # By its value: a chosen one moves out of the folded part, and "the first there" would then be another one.
    value = group.locator("details input").first.get_attribute("value")
    group.locator(f'input[value="{value}"]').check()
    expect(page.locator(".chosen li")).to_have_count(1)
    expect(group.locator("details")).to_have_attribute("open", "")


def test_facets_work_without_javascript(open_page, official_server):
    page = open_page(official_server, java_script_enabled=False)
    page.goto("/?q=wheelchair")
    _family(page, "Durable medical equipment").check()
    _family(page, "Equipment and supplies (temporary)").check()
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".chosen li")).to_have_count(3)
    page.get_by_role("link", name="Remove all filters").click()
    expect(page.locator(".chosen")).to_have_count(0)


def test_a_misspelt_word_is_told_and_the_meant_one_offered(page):
    page.goto("/?q=colonoscpy")
    expect(page.locator(".note")).to_contain_text("These are results for “colonoscopy”")
    page.get_by_role("link", name="colonoscopy", exact=True).click()
    expect(page.locator("#q")).to_have_value("colonoscopy")
    expect(page.locator(".note")).to_have_count(0)


def test_why_this_result_unfolds_in_place(page):
    page.goto("/?q=sleep+apnea+machine")
    link = page.get_by_role("link", name="Why this result for E0601")
    link.focus()
    page.keyboard.press("Enter")
    reason = page.locator("#why-E0601")
    expect(reason).to_contain_text("It is here because what you typed is one of its names")
    expect(reason.locator("summary")).to_be_focused()
    rows = reason.locator("tbody tr")
    expect(rows.filter(has_text="Word “sleep”")).to_have_count(1)
    points = [float(each) for each in rows.locator(".points").all_inner_texts()]
    widths = [float(each.get_attribute("width").rstrip("%")) for each in rows.locator("rect").all()]
    assert points == sorted(points, reverse=True)
    assert widths[0] == 100
    assert all(abs(width - 100 * point / points[0]) < 1 for width, point in zip(widths, points, strict=True))
    assert rows.locator("svg").first.bounding_box()["width"] > 40
    expect(page).to_have_url("/?q=sleep+apnea+machine")


def test_why_this_result_works_without_javascript(open_page):
    page = open_page(java_script_enabled=False)
    page.goto("/?q=sleep+apnea+machine")
    page.get_by_role("link", name="Why this result for E0601").click()
    expect(page.locator("#why-E0601 tbody tr").first).to_be_visible()


def test_reasons_that_cannot_be_loaded_are_told(page):
    page.expected.append("ERR_FAILED")
    page.goto("/?q=iop")
    page.route(re.compile("explain=true"), lambda route: route.abort())
    page.locator("[data-why]").first.click()
    expect(page.locator("[data-why]").first).to_contain_text("not loaded, try again")
    expect(page.locator("#announce")).to_contain_text("could not be loaded")


def test_the_code_is_copied(open_page, live_server):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto("/codes/H0015")
    page.get_by_role("button", name="Copy code H0015").click()
    expect(page.get_by_role("button", name="Copied H0015")).to_be_visible()
    expect(page.locator("#announce")).to_have_text("H0015 copied")
    assert page.evaluate("navigator.clipboard.readText()") == "H0015"


def test_the_code_is_copied_where_the_clipboard_is_for_secure_pages_only(open_page):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.add_init_script("navigator.clipboard.writeText = () => Promise.reject(new Error('not secure'))")
    page.goto("/codes/H0015")
    page.get_by_role("button", name="Copy code H0015").click()
    expect(page.locator("#announce")).to_have_text("H0015 copied")
    assert page.evaluate("navigator.clipboard.readText()") == "H0015"


def test_codes_are_picked_from_results_and_code_pages_and_compared(page):
    page.goto("/?q=iop")
    page.get_by_role("button", name="Compare H0015").click()
    expect(page.get_by_role("button", name="Compare H0015", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#announce")).to_contain_text("H0015 added to the comparison, 1 of 3")
    page.goto("/codes/E0601")
    page.get_by_role("button", name="Compare E0601").click()
    page.get_by_role("link", name="Compare 2 codes").click()
    expect(page).to_have_url("/compare?code=H0015&code=E0601")
    expect(page.get_by_role("columnheader").filter(has_text="H0015")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Common names")).to_contain_text("CPAP Machine")
    page.get_by_role("link", name="Remove H0015").click()
    expect(page).to_have_url("/compare?code=E0601")
    # What was removed there is not picked any more elsewhere.
    page.goto("/?q=iop")
    expect(page.get_by_role("button", name="Compare H0015", exact=True)).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_role("complementary", name="Codes to compare")).to_contain_text("E0601")


def test_at_most_three_codes_are_picked(page):
    page.goto("/?q=the")
    buttons = page.locator("button[data-compare]")
    for at in range(3):
        buttons.nth(at).click()
    buttons.nth(3).click()
    expect(buttons.nth(3)).to_have_attribute("aria-pressed", "false")
    tray = page.get_by_role("complementary", name="Codes to compare")
    expect(tray).to_contain_text("3 codes are the most")
    tray.get_by_role("button").first.click()
    expect(tray.get_by_role("button")).to_have_count(2)
    expect(tray.get_by_role("button").first).to_be_focused()


def test_picked_codes_stay_picked_while_results_change(page):
    page.goto("/?q=iop")
    page.get_by_role("button", name="Compare H0015").click()
    page.locator("#q").fill("pap smear")
    expect(page.locator(".hit .code").first).to_have_text("Q0091")
    page.locator("#q").fill("iop")
    expect(page.locator(".hit .code").first).to_have_text("H0015")
    expect(page.get_by_role("button", name="Compare H0015", exact=True)).to_have_attribute("aria-pressed", "true")


def test_comparing_works_without_javascript(open_page):
    page = open_page(java_script_enabled=False)
    page.goto("/?q=iop")
    page.get_by_role("link", name="Compare H0015").click()
    page.get_by_label("Add a code").fill("e0601")
    page.get_by_role("button", name="Add").click()
    expect(page).to_have_url("/compare?code=H0015&code=e0601")
    expect(page.get_by_role("columnheader")).to_have_count(2)


def test_sections_of_a_code_have_anchors(page):
    page.goto("/codes/H0015")
    page.get_by_role("link", name="Link to Alternatives").click()
    expect(page).to_have_url("/codes/H0015#alternatives")
    expect(page.locator("#alternatives")).to_be_in_viewport()


def test_history_shows_what_changed_word_by_word(official_page):
    page = official_page
    page.goto("/codes/B4105#history")
    year = page.locator(".years > li").filter(has=page.get_by_role("heading", name="2020"))
    expect(year).to_contain_text("Official facts changed")
    expect(year.get_by_role("deletion").first).to_contain_text("D covered under special instructions")
    expect(year.get_by_role("insertion").first).to_contain_text("C covered at the contractor's discretion")


def test_a_new_wording_is_marked_where_it_differs(official_page):
    page = official_page
    page.goto("/codes/B4185")
    change = page.locator(".change").filter(has_text="Long descriptor")
    expect(change.get_by_role("deletion")).to_have_text("removed: per end of removed")
    expect(change.get_by_role("insertion")).to_have_text("added: not otherwise specified, end of added")
    expect(change).to_contain_text("Parenteral nutrition solution,")


def test_related_codes_lead_on(official_page):
    page = official_page
    page.goto("/codes/B4105")
    page.locator("#related").get_by_role("link", name="Q9994").click()
    expect(page).to_have_url("/codes/Q9994")
