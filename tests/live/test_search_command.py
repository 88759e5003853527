"""`procsearch search` and `show`: colours, explanations, exit codes, and the same from a running service."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys

import pytest

from indexer.build import build
from tests.client.misbehaving import answers, drops, scripted
from tests.corpus.samples import document_text
from tests.live.server import ROOT, free_port

ESCAPE = "\x1b"


def run(*arguments, **environment):
    line = [sys.executable, "-m", "service", *map(str, arguments)]
    clear = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    return subprocess.run(
        line, cwd=ROOT, env={**clear, **environment}, capture_output=True, text=True, timeout=120, check=False
    )


def in_terminal(*arguments, **environment):
    """Return what a program writes that has a terminal, 60 columns wide."""
    ours, its = pty.openpty()
    line = [sys.executable, "-m", "service", *map(str, arguments)]
    clear = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TERM")}
    settings = {**clear, "TERM": "xterm-256color", "COLUMNS": "60", **environment}
    process = subprocess.Popen(line, cwd=ROOT, env=settings, stdout=its, stderr=its, stdin=its)
    os.close(its)
    data = b""
    while True:
        try:
            more = os.read(ours, 65_536)
        except OSError:
            break
        if not more:
            break
        data += more
    os.close(ours)
    assert process.wait(60) == 0, data
    return data.decode()


def test_colours_only_in_a_terminal(documents_data):
    search = ("search", "iop", "--data", documents_data)
    assert ESCAPE not in run(*search).stdout
    assert f"{ESCAPE}[1;36mH0015" in in_terminal(*search)
    assert ESCAPE not in in_terminal(*search, NO_COLOR="1")
    assert ESCAPE not in in_terminal(*search, TERM="dumb")
    assert ESCAPE not in in_terminal(*search, "--color", "never")
    assert f"{ESCAPE}[1;36mH0015" in run(*search, "--color", "always", NO_COLOR="1").stdout
    assert ESCAPE in in_terminal("show", "h0015", "--data", documents_data)


def test_lines_are_cut_for_a_terminal_and_whole_for_a_pipe(documents_data):
    search = ("search", "iop", "--data", documents_data)
    descriptor = json.loads(run(*search, "--json").stdout)["hits"][0]["descriptor"]
    assert f"       {descriptor}\n" in run(*search).stdout
    assert max(map(len, in_terminal(*search, NO_COLOR="1").splitlines())) <= 60


def test_the_explanation_adds_up(documents_data):
    lines = run("search", "iop", "--explain", "--data", documents_data).stdout.splitlines()
    parts = [line.split() for line in lines if line.startswith("       ")]
    tier = next(number for number, part in enumerate(parts) if part[0] == "tier")
    total = next(number for number, part in enumerate(parts) if part[0] == "score")
    assert parts[tier] == ["tier", "exact", "name", "5.000000"]
    assert sum(float(part[-1]) for part in parts[tier:total]) == pytest.approx(float(parts[total][-1]), abs=1e-4)
    assert "score" not in run("search", "iop", "--data", documents_data).stdout


def test_exit_codes_tell_whether_anything_was_found(documents_data):
    search = ("search", "--data", documents_data)
    assert run(*search, "iop").returncode == 0
    nothing = run(*search, "--status", "terminated", "iop")
    assert (nothing.returncode, nothing.stderr) == (1, "")
    assert nothing.stdout.startswith("0 found")
    # A page behind the last is empty, but something was found.
    assert run(*search, "--offset", "50", "iop").returncode == 0
    assert run("show", "Z9999", "--data", documents_data).returncode == 1


def test_filters_are_those_of_the_api(documents_data):
    search = ("search", "--json", "--data", documents_data)
    assert json.loads(run(*search, "--has-document", "true").stdout)["total"] == 12
    assert run(*search, "--has-document", "false").returncode == 1
    assert json.loads(run(*search, "--family", "H,G", "--facets", "family").stdout)["facets"]["family"]
    assert run(*search, "--kind", "modifier").returncode == 1
    page = json.loads(run(*search, "--limit", "5").stdout)
    after = json.loads(run(*search, "--limit", "5", "--cursor", page["cursor"]).stdout)
    assert [hit["code"] for hit in after["hits"]] > [hit["code"] for hit in page["hits"]]
    wrong = run(*search, "--kind", "animal")
    assert wrong.returncode == 2
    assert "kind: expected values of procedure, modifier" in wrong.stderr


def test_a_service_answers_the_same(documents_data, live_server, tmp_path):
    for arguments in (("search", "iop"), ("search", "--explain", "outpatient"), ("show", "h0015")):
        here = run(*arguments, "--json", "--data", documents_data)
        there = run(*arguments, "--json", "--url", live_server.url, "--data", tmp_path)
        assert (here.returncode, there.returncode) == (0, 0), there.stderr
        found, same = json.loads(here.stdout), json.loads(there.stdout)
        # The API adds to a record which snapshot it is from, and times differ.
        for name in ("took_ms", "snapshot"):
            found.pop(name, None)
            same.pop(name, None)
        assert found == same
    shown = run("search", "iop", "--url", live_server.url).stdout
    assert shown.splitlines()[0] == run("search", "iop", "--data", documents_data).stdout.splitlines()[0]
    assert (
        run("show", "H0015", "--url", live_server.url).stdout == run("show", "H0015", "--data", documents_data).stdout
    )


def test_failures_of_a_service_have_their_exit_codes(live_server):
    for arguments, code, words in (
        (("search", "x", "--url", f"http://127.0.0.1:{free_port()}"), 9, "procsearch serve"),
        (("search", "x", "--url", "nonsense"), 2, "expected an address like http"),
        (("search", "--kind", "animal", "--url", live_server.url), 2, "kind: expected values of procedure, modifier"),
        (("search", "status", "--status", "terminated", "--url", live_server.url), 1, ""),
        (("show", "Z9999", "--url", live_server.url), 1, "expected a code of the index"),
        (("show", " ", "--url", live_server.url), 2, "code: expected"),
    ):
        done = run(*arguments)
        assert done.returncode == code, (arguments, done.stderr)
        assert words in done.stderr
        assert "Traceback" not in done.stderr
    with scripted(answers({"error": {"message": "broken"}}, 500)) as server:
        assert run("search", "x", "--url", server.url).returncode == 9
    with scripted(drops) as server:
        assert run("search", "x", "--url", server.url).returncode == 9
    with scripted(answers({"total": 0})) as server:
        done = run("search", "x", "--url", server.url)
    assert done.returncode == 9
    assert "expected the field" in done.stderr


def test_texts_cannot_command_a_terminal(live_server, tmp_path):
    record = json.loads(run("show", "h0015", "--json", "--url", live_server.url).stdout)
    with scripted(answers({**record, "title": "\x1b]0;owned\x07 \x9b31m"})) as server:
        shown = run("show", "h0015", "--url", server.url)
    assert shown.returncode == 0
    assert "\x1b" not in shown.stdout
    assert "\x9b" not in shown.stdout
    own = tmp_path / "own"
    own.mkdir()
    (own / "one.txt").write_text(document_text())
    build(tmp_path / "data", [own])
    assert "[bold]" not in run("search", "exr", "--data", tmp_path / "data").stdout
