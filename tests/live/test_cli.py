"""The command line as a real process: output, JSON, exit codes, help."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time

import click
import pytest

from indexer.command_group import EXIT_CODES
from indexer.imports import ImportStore
from service.cli import cli
from tests.corpus.samples import document_text
from tests.indexer.records import code as official_code
from tests.indexer.records import release
from tests.live.server import ROOT, command, free_port, running


def _run(*arguments, module="service", cwd=ROOT, **options):
    line = [sys.executable, "-m", module, *map(str, arguments)]
    return subprocess.run(line, cwd=cwd, capture_output=True, text=True, timeout=120, check=False, **options)


@pytest.fixture
def own(tmp_path):
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "one.txt").write_text(document_text())
    return folder


def test_build_search_show_round_trip(tmp_path, own):
    built = _run("build", "--data", tmp_path, "--corpus", own)
    assert built.returncode == 0, built.stderr
    count = len(list((ROOT / "corpus/documents").rglob("*.txt"))) + 1
    assert f"{count} records: {count} documents" in built.stdout
    assert "published 000001-" in built.stdout
    assert "H0015" in _run("search", "iop", "--data", tmp_path).stdout
    assert "Recovery Time: One day." in _run("show", "a9999", "--data", tmp_path).stdout
    again = _run("build", "--data", tmp_path, "--corpus", own)
    assert "unchanged, nothing published" in again.stdout


def test_json_for_scripts(tmp_path, own):
    built = json.loads(_run("build", "--data", tmp_path, "--no-shipped", "--corpus", own, "--json").stdout)
    assert (built["published"], built["added"], built["counts"]["records"]) == (True, ["A9999"], 1)
    found = json.loads(_run("search", "exr", "--json", "--data", tmp_path).stdout)
    assert (found["total"], found["hits"][0]["match"]) == (1, "exact_name")
    explained = json.loads(_run("search", "exr", "--json", "--explain", "--data", tmp_path).stdout)
    assert explained["hits"][0]["explanation"][0] == {"part": "tier", "word": None, "value": 5.0}
    assert json.loads(_run("show", "A9999", "--json", "--data", tmp_path).stdout)["title"] == "Example Repair"
    (row,) = json.loads(_run("snapshots", "--json", "--data", tmp_path).stdout)
    assert (row["published"], row["snapshot"]) == (True, built["snapshot"])
    checked = json.loads(_run("check", "--json", "--no-shipped", "--corpus", own, "--data", tmp_path).stdout)
    assert (checked["documents"], {each["severity"] for each in checked["problems"]}) == (1, {"warning"})


def test_rejected_documents_exit_with_3_and_are_told_by_line(tmp_path, own):
    (own / "two.txt").write_text(document_text("A9998").replace("Benefits\n", "Benefit\n"))
    built = _run("build", "--data", tmp_path, "--corpus", own)
    assert built.returncode == 3
    assert "two.txt:32:1: error: unknown-section" in built.stderr
    assert "published" in built.stdout
    checked = _run("check", "--corpus", own, "--data", tmp_path)
    assert checked.returncode == 3
    assert "Did you mean 'Benefits'?" in checked.stdout
    assert _run("build", "--strict", "--data", tmp_path, "--corpus", own).returncode == 8


def test_rollback_verify_and_prune(tmp_path, own):
    for title in ("One", "Two", "Three"):
        (own / "one.txt").write_text(document_text(title=title))
        assert _run("build", "--data", tmp_path, "--no-shipped", "--corpus", own).returncode == 0
    assert "3 snapshots verified" in _run("verify", "--all", "--data", tmp_path).stdout
    back = _run("rollback", "--data", tmp_path)
    assert back.stdout.startswith("published 000002-")
    assert "Two" in _run("show", "A9999", "--data", tmp_path).stdout
    assert _run("prune", "--keep", "1", "--data", tmp_path).stdout.startswith("removed 1: 000001-")
    path = next((tmp_path / "snapshots").glob("000002-*/documents.jsonl"))
    path.write_bytes(b"x")
    damaged = _run("verify", "--data", tmp_path)
    assert damaged.returncode == 7
    assert "documents.jsonl: expected" in damaged.stderr
    assert _run("rollback", "000009-0123456789ab", "--data", tmp_path).returncode == 7


def test_failures_say_what_to_do_and_have_their_exit_code(tmp_path):
    for arguments, code, words in (
        (("search", "x"), 7, "procsearch build"),
        (("show", "H0015"), 7, "procsearch build"),
        (("verify",), 7, "procsearch build"),
        (("rollback",), 7, "procsearch snapshots"),
        (("import", "hcpcs", "absent.zip"), 4, "absent.zip"),
        (("build", "--corpus", "absent"), 8, "absent: expected a folder"),
        (("build", "--no-shipped"), 2, "--corpus"),
        (("nonsense",), 2, "No such command"),
        (("search", "--limit", "0"), 2, "--limit"),
        (("search", "--section", "ending", "x"), 2, "section: expected one of summary"),
        (("search", "--on", "soon", "x"), 2, "on: expected a date"),
        (("import", "drugs", "absent.pdf"), 4, "absent.pdf"),
        (("import", "synonyms", "absent.txt"), 4, "absent.txt:1: expected"),
    ):
        done = _run(*arguments, "--data", tmp_path) if arguments != ("nonsense",) else _run(*arguments)
        assert done.returncode == code, (arguments, done.stderr)
        assert words in done.stderr
        assert "Traceback" not in done.stderr


def test_a_data_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("x")
    done = _run("build", "--data", tmp_path / "file" / "below")
    assert done.returncode == 5
    assert "--data" in done.stderr


def test_the_environment_names_the_data_folder(tmp_path, own):
    env = {**os.environ, "PROCSEARCH_DATA": str(tmp_path / "elsewhere")}
    assert _run("build", "--no-shipped", "--corpus", own, env=env).returncode == 0
    assert (tmp_path / "elsewhere/CURRENT").exists()


def test_official_files_are_imported_and_history_kept(tmp_path, hcpcs_data):
    files = [hcpcs_data / f"{year}-alpha-numeric-hcpcs-file.zip" for year in ("2020", "2019")]
    done = _run("import", "hcpcs", *files, "--data", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "HCPCS 2020: 6,710 procedures, 369 modifiers, imported" in done.stdout
    assert "already imported, unchanged" in _run("import", "hcpcs", files[0], "--data", tmp_path).stdout
    wrong = _run("import", "hcpcs", files[0], "--release", "2019", "--data", tmp_path)
    assert wrong.returncode == 4
    twice = _run("import", "hcpcs", files[0], files[0], "--data", tmp_path)
    assert twice.returncode == 2
    assert "release 2020 from more than one file" in twice.stderr


def test_one_bad_file_among_several_imports_nothing(tmp_path, hcpcs_data):
    (tmp_path / "bad.txt").write_text("not an official file\n")
    good = hcpcs_data / "2020-alpha-numeric-hcpcs-file.zip"
    done = _run("import", "hcpcs", good, tmp_path / "bad.txt", "--data", tmp_path / "data")
    assert done.returncode == 4
    assert "bad.txt:1: expected" in done.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_has_help(name):
    done = _run(name, "--help")
    assert done.returncode == 0
    assert "Usage:" in done.stdout
    # Examples of a group stand with its commands: "import hcpcs".
    assert isinstance(cli.commands[name], click.Group) or "Examples:" in done.stdout


def test_exit_codes_are_in_the_help():
    text = _run("--help").stdout
    for number in range(10):
        assert f"  {number}  " in text
        assert f"  {number}  " in EXIT_CODES


def test_the_indexer_alone(tmp_path, own):
    done = _run("build", "--data", tmp_path, "--corpus", own, module="indexer")
    assert done.returncode == 0, done.stderr
    assert "serve" not in _run("--help", module="indexer").stdout


def test_a_port_in_use_is_told_before_anything_starts(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = _run("serve", "--port", taken.getsockname()[1], "--data", tmp_path)
    assert done.returncode == 1
    assert "--port" in done.stderr


def test_a_wrong_setting_names_its_variable(tmp_path):
    done = _run("serve", "--data", tmp_path, env={**os.environ, "PROCSEARCH_PORT": "eighty"})
    assert done.returncode == 1
    assert "PROCSEARCH_PORT: expected" in done.stderr


def test_serve_ends_on_an_interrupt(documents_data):
    with running(documents_data) as server:
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(15) == 0


def test_debug_serves_as_well(documents_data):
    port = free_port()
    line = command("serve", "--debug", "--data", str(documents_data), "--port", str(port))
    process = subprocess.Popen(line, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        else:
            pytest.fail("the debug server did not listen")
    finally:
        process.terminate()
        process.communicate(timeout=15)


def test_a_document_is_started_from_the_official_record_and_never_overwritten(tmp_path):
    data, folder = tmp_path / "data", tmp_path / "own"
    ImportStore(data).save(release("2020", official_code("A0001", "Repair of a bent frame; per frame")))
    started = _run("new", "a-0001", "--corpus", folder, "--data", data)
    assert started.stdout == f"wrote {folder / 'A/A0001-repair-of-a-bent-frame.txt'}\n"
    assert _run("check", "--no-shipped", "--corpus", folder, "--data", data).returncode == 0
    again = _run("new", "A0001", "--corpus", folder, "--data", data)
    assert (again.returncode, again.stderr.startswith("error: ")) == (1, True)
    unknown = _run("new", "../../x", "--corpus", folder, "--data", data)
    assert "expected a HCPCS code of the imported releases" in unknown.stderr
