"""First paint of the pages of a running service in Chromium: python -m benchmarks.page.paint URL.

Each load has a browser context of its own, so nothing comes from its cache. Prints, for each page, the median and the
95th percentile of first contentful paint in milliseconds since the navigation began, the same until the load event is
over, and the bytes of body that came over the wire.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
from typing import Any

from playwright.sync_api import Browser, sync_playwright

_PAGES = {
    # What the browser itself takes for two lines of text: the floor under all others.
    "plain text, for comparison": "/robots.txt",
    "search, empty": "/",
    "results": "/?q=wheelchair",
    "code with a full description": "/codes/H0015",
    "comparison of three codes": "/compare?code=H0015&code=E0601&code=J3420",
}
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
#: The browser reports the first paint a moment after it.
_TIMES = """() => new Promise((done) => new PerformanceObserver((list, observer) => {
  const paint = list.getEntriesByName("first-contentful-paint")[0];
  if (!paint) return;
  observer.disconnect();
  const [page] = performance.getEntriesByType("navigation");
  const files = performance.getEntriesByType("resource");
  const bytes = [page, ...files].reduce((sum, each) => sum + each.encodedBodySize, 0);
  done({ paint: paint.startTime, load: page.loadEventEnd, bytes });
}).observe({ type: "paint", buffered: true }))"""


def measure(browser: Browser, url: str) -> dict[str, Any]:
    """Return times in milliseconds and bytes of one load of ``url`` with an empty cache."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(url)
    times: dict[str, Any] = page.evaluate(_TIMES)
    context.close()
    return times


def _line(name: str, loads: list[dict[str, Any]]) -> str:
    cells = [name]
    for what in ("paint", "load"):
        values = [each[what] for each in loads]
        cells.append(f"{statistics.median(values):.0f} / {statistics.quantiles(values, n=20)[-1]:.0f}")
    cells.append(f"{loads[-1]['bytes']:,}")
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Measure all pages and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("url", nargs="?", default="http://127.0.0.1:8000")
    parser.add_argument("--loads", type=int, default=40)
    given = parser.parse_args()
    chromium = shutil.which("chromium")
    if not chromium:
        sys.exit("expected Chromium on the path; got none. Run 'make browser' as root.")
    print("| page | first paint, p50 / p95 in ms | loaded | bytes |\n|---|---|---|---|")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_ARGUMENTS)
        for name, path in _PAGES.items():
            measure(browser, given.url + path)
            print(_line(name, [measure(browser, given.url + path) for _ in range(given.loads)]))
        browser.close()


if __name__ == "__main__":
    main()
