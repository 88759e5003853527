"""The tutorial, the how-to guides and the explanation of ranking are true: what they tell to type is run as it stands."""

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
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.live.server import ROOT, Server, free_port

DOCS = ROOT / "docs"
HERE = "http://127.0.0.1:8000"
TUTORIAL = (DOCS / "tutorial.md").read_text()
#: How long a service may take to show a new snapshot, on a busy machine.
_RELOAD_SECONDS = 30


class Step(NamedTuple):
    """A command of a page and what it prints there; "…" stands for any text."""

    command: str
    output: str


def steps(text: str) -> Iterator[Step]:
    """Yield the commands of all ``console`` blocks of a page, in order."""
    for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
        for typed in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = typed.partition("\n")
            yield Step(command, output.strip())


def shows(output: str, expected: str) -> bool:
    """Say whether ``output`` is what a page shows."""
    pattern = ".*".join(re.escape(piece) for piece in expected.split("…"))
    return re.fullmatch(pattern, output.strip(), re.DOTALL) is not None


def run(step: Step, folder: Path, url: str) -> None:
    """Run one command in ``folder`` against the service ``url``; what a service is asked is asked until it knows."""
    words = shlex.split(step.command.replace(HERE, url))
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
    launcher.write_text(f'#!/bin/sh\nexport {python.partition(" ")[0]}\nexec {python.partition(" ")[2]} -m service "$@"\n')
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
    (document,) = re.findall(r"```text\n(.*?)```", part(5), re.DOTALL)
    (started,) = (checkout / "my-procedures").rglob("*.txt")
    started.write_text(document)
    for step in [*steps(part(5)), *steps(part(6))]:
        run(step, checkout, service.url)
    # What the last part says of a build that is not told the folder, and of going back.
    run(Step(".venv/bin/procsearch rollback", ""), checkout, service.url)
    run(Step(f"curl -s {HERE}/api/v1/snapshot", '{…"snapshot":"000002-…'), checkout, service.url)
