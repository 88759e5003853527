"""How the pages look and what they load, in a real Chromium: axe-core, narrow and enlarged, print, own files only."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

STATIC = Path(__file__).resolve().parents[2] / "service/static"
_BUDGET_BYTES = 60_000
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_PAGES = [
    "/",
    "/?q=wheelchair&family=E&status=active",
    "/?q=sleep+apnea&explain=true",
    "/?q=xyzzyq",
    "/?q=colonoscpy",
    "/?q=h0099",
    "/?kind=modifier&page=3",
    "/codes/H0015",
    "/codes/B4105",
    "/compare",
    "/compare?code=H0015&code=E0601&code=B4105",
    "/compare?code=Z9999",
    "/codes/Z9999",
    "/?kind=other&q=a",
    "/nothing",
    "/docs",
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_on_any_page(open_page, official_server, scheme):
    page = open_page(official_server, color_scheme=scheme)
    page.expected += ["404", "400"]
    found = {}
    for path in _PAGES:
        page.goto(path)
        found[path] = _violations(page)
    assert {path: each for path, each in found.items() if each} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_in_what_scripts_make(open_page, official_server, scheme):
    page = open_page(official_server, color_scheme=scheme)
    page.goto("/?q=sleep+apnea")
    page.locator("[data-why]").first.click()
    expect(page.locator("details.why")).to_be_visible()
    page.locator("button[data-compare]").first.click()
    assert _violations(page) == []
    page.locator("#q").fill("sleep apnea m")
    expect(page.locator("#suggestions").get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    assert _violations(page) == []
    page.expected.append("ERR_FAILED")
    page.route(re.compile(r"/\?q="), lambda route: route.abort())
    page.locator("#q").fill("walker")
    expect(page.locator(".failure")).to_be_visible()
    assert _violations(page) == []


def _violations(page):
    options = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": _RULES}}
    response = Axe().run(page, options=options).response
    assert response["testEngine"]["version"].startswith("4.")
    return [
        f"{rule['id']}: {node['html'][:160]} {[each['message'] for each in node['any']][:1]}"
        for rule in response["violations"]
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("width", [320, 640, 1280])
@pytest.mark.parametrize("text", ["100%", "200%"])
def test_nothing_is_wider_than_the_window(open_page, official_server, width, text):
    """At 320 pixels, which a window of 640 has at 200 % zoom, and with text alone enlarged to 200 %."""
    page = open_page(official_server, viewport={"width": width, "height": 640})
    page.expected += ["404", "400"]
    wide = {}
    for path in _PAGES:
        page.goto(path)
        page.evaluate(f"document.documentElement.style.fontSize = '{text}'")
        needed = page.evaluate("document.documentElement.scrollWidth")
        if needed > width:
            wide[path] = needed
    assert wide == {}


def test_the_list_of_suggestions_fits_a_phone(open_page, official_server):
    page = open_page(official_server, viewport={"width": 320, "height": 560})
    page.goto("/")
    page.locator("#q").fill("wheelch")
    expect(page.locator("#suggestions").get_by_role("option").first).to_be_visible()
    box = page.locator(".popup").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_print_shows_the_text_and_nothing_to_click(open_page):
    page = open_page(color_scheme="dark")
    page.goto("/codes/H0015")
    page.emulate_media(media="print")
    for hidden in ("header.site", "footer.site", ".contents", ".document .actions", ".anchor >> nth=0"):
        expect(page.locator(hidden)).to_be_hidden()
    expect(page.locator("#summary")).to_be_visible()
    colours = page.evaluate("[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]")
    assert colours == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]
    assert len(page.pdf()) > 10_000


def test_dark_mode_follows_the_system(open_page):
    lightness = {}
    for scheme in ("light", "dark"):
        page = open_page(color_scheme=scheme)
        page.goto("/")
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        lightness[scheme] = sum(map(int, re.findall(r"\d+", colour)[:3]))
    assert lightness["dark"] < 150 < 600 < lightness["light"]


def test_scripts_and_styles_stay_within_their_budget():
    sizes = {path.name: path.stat().st_size for path in STATIC.iterdir() if path.suffix in (".js", ".css")}
    assert sum(sizes.values()) < _BUDGET_BYTES, sizes


def test_pages_load_from_here_only_and_set_nothing(open_page, live_server):
    page = open_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for path in ("/", "/?q=iop", "/codes/H0015", "/compare?code=H0015"):
        page.goto(path)
    page.locator("#q").fill("sleep")
    expect(page.locator("#suggestions").get_by_role("option").first).to_be_visible()
    assert [url for url in asked if not url.startswith(live_server.url)] == []
    assert page.context.cookies() == []


def test_the_content_security_policy_admits_no_inline_script_or_style(page):
    response = page.goto("/codes/H0015")
    policy = response.header_value("content-security-policy")
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    page.expected.append("Content Security Policy")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=data:, onerror=\"window.hacked = 1\">')")
    script = json.dumps("window.hacked = 1")
    page.evaluate(f"document.head.append(Object.assign(document.createElement('script'), {{textContent: {script}}}))")
    assert page.evaluate("window.hacked") is None
