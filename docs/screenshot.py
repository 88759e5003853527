"""Makes the picture of the README from a running service: python docs/screenshot.py URL."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]


def main(url: str) -> None:
    """Write docs/images/search.png."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=_ARGUMENTS)
        page = browser.new_page(viewport={"width": 1080, "height": 720})
        page.goto(f"{url}/?q=intensive+outpatient")
        page.screenshot(path=Path(__file__).parent / "images" / "search.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
