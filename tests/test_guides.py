"""The tutorial, how-to guides and explanation of ranking are true: what they tell to type is run as it stands."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import NamedTuple

import pytest
from playwright.sync_api import expect

from corpus.store import SHIPPED
from docs import reference
from indexer import impacts
from indexer.analysis import vocabulary
from indexer.build import build
from service.app import create_app
from service.config import load_config
from service.search import ranking
from service.search.query import expand
from tests.live.conftest import browser  # noqa: F401
from tests.live.server import ROOT, Server, free_port, running
from tests.test_docs import _LAUNCH

DOCS = ROOT / "docs"
HERE = "http://127.0.0.1:8000"
TUTORIAL = (DOCS / "tutorial.md").read_text()
RANKING = (DOCS / "ranking.md").read_text()
#: How long a service may take to show a new snapshot, on a busy machine.
_RELOAD_SECONDS = 30


class Step(NamedTuple):
    """A command of a page and what it prints there; "…" stands for any text."""

    command: str
    output: str


def steps(text: str) -> Iterator[Step]:
    """Yield the commands of all ``console`` blocks of a page, in order."""
    for block in blocks(text, "console"):
        for typed in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = typed.partition("\n")
            yield Step(command, output.strip())


def blocks(text: str, kind: str) -> list[str]:
    """Return the texts of a page's blocks that begin with ``kind``, without the indentation of a list."""
    found = re.findall(rf"^( *)```{re.escape(kind)}\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)
    return [re.sub(f"^{indent}", "", block, flags=re.MULTILINE) for indent, block in found]


def shows(output: str, expected: str) -> bool:
    """Say whether ``output`` is what a page shows."""
    pattern = ".*".join(re.escape(piece) for piece in expected.split("…"))
    return re.fullmatch(pattern, output.strip(), re.DOTALL) is not None


def run(step: Step, folder: Path, url: str) -> None:
    """Run one command in ``folder`` against the service ``url``; what a service is asked is asked until it knows."""
    words = shlex.split(step.command.replace(HERE, url))
    if words[0] == "procsearch":
        words = [sys.executable, "-c", _LAUNCH, str(ROOT), *words[1:]]
    if words[0] == "curl" and not shutil.which("curl"):
        pytest.skip("curl is not installed")
    settings = {**os.environ, "PROCSEARCH_PORT": url.rpartition(":")[2]}
    deadline = time.monotonic() + (_RELOAD_SECONDS if words[0] == "curl" else 0)
    while True:
        done = subprocess.run(words, cwd=folder, env=settings, capture_output=True, text=True, timeout=120, check=False)
        written = done.stdout + done.stderr
        right = done.returncode == 0 and (not step.output or shows(written, step.output))
        if right or time.monotonic() > deadline:
            break
        time.sleep(0.2)
    assert right, (step.command, done.returncode, written)


def part(number: int) -> str:
    """Return one numbered part of the tutorial."""
    (text,) = re.findall(rf"^## {number}\. .*?(?=^## )", TUTORIAL, re.MULTILINE | re.DOTALL)
    return str(text)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy of this working tree, as `git clone` would make it, with an environment as `make setup` would.

    What is installed here stands in for what would be installed there: the packages need not be fetched again.
    """
    folder = tmp_path_factory.mktemp("tutorial") / "procsearch"
    hidden = shutil.ignore_patterns(".*", "var", "build", "*.egg-info", "node_modules")
    shutil.copytree(ROOT, folder, ignore=hidden)
    programs = folder / ".venv/bin"
    programs.mkdir(parents=True)
    (programs / "python").symlink_to(sys.executable)
    launcher = programs / "procsearch"
    python = f"PYTHONPATH={shlex.quote(str(folder))} {shlex.quote(sys.executable)}"
    launcher.write_text(
        f'#!/bin/sh\nexport {python.partition(" ")[0]}\nexec {python.partition(" ")[2]} -m service "$@"\n'
    )
    launcher.chmod(0o755)
    (folder / ".venv/.installed").touch()
    return folder


@pytest.fixture(scope="module")
def service(checkout):
    """What the first part of the tutorial starts, on a free port."""
    if not shutil.which("make"):
        pytest.skip("make is not installed")
    commands = [step.command for step in steps(part(1))]
    assert commands == ["git clone ADDRESS procsearch", "cd procsearch", "make run"]
    port = free_port()
    log = (checkout.parent / "log").open("wb")
    process = subprocess.Popen(
        [*shlex.split(commands[-1]), f"PORT={port}"], cwd=checkout, stdout=log, stderr=log, start_new_session=True
    )
    server = Server(f"http://127.0.0.1:{port}", process)
    try:
        _wait_until_ready(server, checkout.parent / "log")
        yield server
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)
        log.close()


def _wait_until_ready(server: Server, log: Path) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            if server.get("/readyz", timeout=2)[0] == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"the service did not start:\n{log.read_text(errors='replace')}")


@pytest.mark.slow
def test_the_tutorial_searches(checkout, service):
    searches = list(steps(part(2)))
    assert len(searches) == 3
    for step in searches:
        run(step, checkout, service.url)


@pytest.mark.slow
def test_the_tutorial_leads_to_an_own_document(checkout, service, hcpcs_data):
    shutil.copy(hcpcs_data / "2020-alpha-numeric-hcpcs-file.zip", checkout)
    for step in [*steps(part(3)), *steps(part(4))]:
        run(step, checkout, service.url)
    (document,) = blocks(part(5), "text")
    (started,) = (checkout / "my-procedures").rglob("*.txt")
    started.write_text(document)
    for step in [*steps(part(5)), *steps(part(6))]:
        run(step, checkout, service.url)
    # What the last part says of a build that is not told the folder, and of going back.
    run(Step(".venv/bin/procsearch rollback", ""), checkout, service.url)
    run(Step(f"curl -s {HERE}/api/v1/snapshot", '{…"snapshot":"000002-…'), checkout, service.url)


@pytest.mark.slow
def test_a_new_release_is_imported_as_the_guide_says(hcpcs_data, tmp_path):
    first, second = (f"{year}-alpha-numeric-hcpcs-file.zip" for year in (2019, 2020))
    for name in (first, second):
        shutil.copy(hcpcs_data / name, tmp_path)
    for command in (f"procsearch import hcpcs {first}", "procsearch build"):
        run(Step(command, ""), tmp_path, HERE)
    guide = list(steps(guide_text("new-release")))
    assert len(guide) == 6
    for step in guide:
        run(step, tmp_path, HERE)


@pytest.mark.slow
def test_own_synonyms_work_as_the_guide_says(tmp_path):
    run(Step("procsearch build", ""), tmp_path, HERE)
    guide = guide_text("own-synonyms")
    for name in ("words.txt", "short.txt"):
        (rules,) = blocks(guide, f"text {name}")
        (tmp_path / name).write_text(rules)
    commands = list(steps(guide))
    assert len(commands) == 6
    for step in commands:
        run(step, tmp_path, HERE)


@pytest.mark.slow
def test_a_fhir_client_asks_as_the_guide_says(official_server, tmp_path):
    guide = list(steps(guide_text("fhir-client")))
    assert len(guide) == 4
    for step in guide:
        run(step, tmp_path, official_server.url)


def test_the_configuration_of_nginx_is_sound(tmp_path):
    nginx = os.environ.get("NGINX") or shutil.which("nginx")
    if not nginx:
        pytest.skip("nginx is not installed; NGINX may name its program")
    (site,) = blocks(guide_text("behind-nginx"), "nginx")
    site = site.replace("listen 80;", f"listen 127.0.0.1:{free_port()};")
    paths = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    configuration = tmp_path / "nginx.conf"
    configuration.write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\naccess_log off;\n{paths}{site}}}\n")
    run = [nginx, "-t", "-e", f"{tmp_path}/errors", "-p", str(tmp_path), "-c", str(configuration)]
    done = subprocess.run(run, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.browser
def test_the_embedded_box_searches_from_another_site(browser, documents_data):  # noqa: F811
    (box,) = blocks(guide_text("embed-search-box"), "html")
    port = free_port()
    with running(documents_data, settings={"PROCSEARCH_CORS_ORIGINS": f"http://127.0.0.1:{port}"}) as service:
        page_of_clinic = f"<!doctype html><meta charset='utf-8'><link rel='icon' href='data:,'>{box}"
        with site(port, page_of_clinic.replace(HERE, service.url)) as address:
            page = browser.new_page()
            faults: list[str] = []
            page.on("pageerror", lambda error: faults.append(str(error)))
            page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
            page.goto(address)
            box_field = page.get_by_label("Find a procedure")
            box_field.press_sequentially("snoring mach")
            first = page.locator("#results a").first
            expect(first).to_have_text("Continuous Positive Airway Pressure (CPAP) Device (E0601)")
            assert faults == []
            first.click()
            expect(page).to_have_title(re.compile("E0601"))
            page.goto(address)
            box_field.fill("qqqqzzzz")
            expect(page.get_by_role("status")).to_have_text("Nothing found")
            box_field.fill("x" * 1_001)
            expect(page.get_by_role("status")).to_contain_text("The search does not answer: q: expected")
            box_field.fill("")
            expect(page.get_by_role("status")).to_have_text("")
            page.close()


@contextmanager
def site(port: int, page: str) -> Iterator[str]:
    """Serve one page at an address of its own."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self):
            body = page.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", port), Pages) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{port}/"
        finally:
            server.shutdown()
            thread.join()


def guide_text(name: str) -> str:
    """Return one of the how-to guides."""
    return (DOCS / "how-to" / f"{name}.md").read_text()


def test_the_reference_is_what_the_code_says():
    assert (DOCS / "reference.md").read_text() == reference.page(), "python -m docs.reference > docs/reference.md"


#: What a number of the worked example may be off by: each document that is added moves it a little.
_DRIFT = 0.05


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """A client of an application over all shipped documents, which the worked example is about."""
    data = tmp_path_factory.mktemp("shipped")
    build(data, [SHIPPED])
    app = create_app(load_config({}, data=data))
    yield app.test_client()
    app.extensions["procsearch"].close()


def test_the_worked_example_is_what_the_service_explains(shipped):
    hits = shipped.get("/api/v1/search?q=sleep+apnea+machine&explain=true").json["hits"]
    explained = {
        hit["code"]: {(part["part"], part["word"]): part["value"] for part in hit["explanation"]} for hit in hits
    }
    for code, parts in explained.items():
        parts["score", None] = next(hit["score"] for hit in hits if hit["code"] == code)
    example = RANKING.partition("## A worked example")[2]
    codes = re.findall(r"\w\d{4}", example.partition("| part ")[2].partition("\n")[0])
    assert len(codes) == 2
    assert codes[0] == hits[0]["code"]
    rows = re.findall(r"^\| `?(\w+)`? \| ?(\w*) \| ([\d.]+) \| ([\d.]+) \|$", example, re.MULTILINE)
    for code, column in zip(codes, (2, 3), strict=True):
        shown = {(row[0], row[1] or None): float(row[column]) for row in rows}
        assert explained[code].keys() <= shown.keys()
        for part, value in shown.items():
            assert explained[code].get(part, 0.0) == pytest.approx(value, abs=_DRIFT), (code, part)


def test_the_worked_example_with_a_slip_is_what_the_service_explains(shipped):
    right, slip = (shipped.get(f"/api/v1/search?q={q}&explain=true").json["hits"][0] for q in _SLIP)
    assert (slip["code"], slip["match"]) == (right["code"], "fuzzy")
    values = [{(part["part"], part["word"]): part["value"] for part in hit["explanation"]} for hit in (right, slip)]
    assert values[1].pop(("tier", None)) == 2
    assert values[1].pop(("corrected_tier", None)) == pytest.approx(5 / 9, abs=1e-5)
    assert values[0].pop(("tier", None)) == 5
    assert values[1] == pytest.approx({part: value / 9 for part, value in values[0].items()}, abs=1e-5)


_SLIP = ("sleep+apnea+machine", "sleep+apneea+machine")


def test_the_explanation_of_ranking_has_the_constants_of_the_code():
    for name in ("adjacency", "head", "coverage", "section"):
        assert f"| `{name}` | {ranking.WEIGHTS[name]:.2f} |" in RANKING
    assert f"at most {ranking.WEIGHTS['words']}." in RANKING
    assert f"/ ({impacts.K1} + *s*)" in RANKING
    told = (
        f"another form {ranking.STEM_FACTOR} of it",
        f"two-way synonym {vocabulary.TWO_WAY_WEIGHT}, a one-way one {vocabulary.ONE_WAY_WEIGHT}",
        f"ambiguous abbreviation {vocabulary.AMBIGUOUS_WEIGHT}",
        f"together or apart {expand.JOINED_WEIGHT} or {expand.SPLIT_WEIGHT}",
        f"stand apart in the query, {expand.SCATTERED_FACTOR} of that",
        f"counts {ranking.PREFIX_CREDIT} where only its beginning",
        f"and count {ranking.LIGHT_FACTOR}:",
        f"modifier counts {ranking.MODIFIER_FACTOR} unless",
        f"{ranking.OTHER_HEAD} for another",
    )
    unwrapped = " ".join(RANKING.split())
    for text in told:
        assert text in unwrapped, text
