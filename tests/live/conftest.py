"""A real Chromium for the tests of pages."""

from __future__ import annotations

import os
import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

_CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
#: What a page may take on a machine that does other things as well.
_PATIENCE_MS = 20_000
expect.set_options(timeout=_PATIENCE_MS)


@pytest.fixture(scope="module")
def browser():
    """Chromium, once for all tests of a file."""
    if not _CHROMIUM:
        pytest.skip("no Chromium is installed: run 'make browser' as root, or set CHROMIUM to its path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=list(_QUIET))
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, live_server):
    """A function that opens a page of its own context; a script error or refused resource fails the test.

    Requests that the test lets fail are named by a part of their message in ``page.expected``.
    """
    opened = []

    def opener(server=live_server, **options):
        context = browser.new_context(base_url=server.url, **options)
        context.set_default_timeout(_PATIENCE_MS)
        page = context.new_page()
        page.expected, page.faults = [], []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("console", lambda message: page.faults.append(message.text) if message.type == "error" else None)
        opened.append(page)
        return page

    yield opener
    for page in opened:
        page.context.close()
        assert [fault for fault in page.faults if not any(part in fault for part in page.expected)] == []


@pytest.fixture
def page(open_page):
    """A page over the shipped documents."""
    return open_page()


@pytest.fixture
def official_page(open_page, official_server):
    """A page over the official files and the shipped documents."""
    return open_page(official_server)
