"""`procsearch doctor` over real set-ups, each broken in one way: the breach is named, with its remedy."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from corpus.store import SHIPPED
from indexer.build import build
from indexer.importers.hcpcs import read_release
from indexer.imports import ImportStore
from indexer.locks import lease, write_lock
from indexer.snapshots import MANIFEST, SnapshotStore
from service.admin.tokens import Tokens
from service.cli import cli
from service.commands.checks import data as data_checks
from service.commands.checks import installation
from service.commands.checks.finding import Setup, State
from tests.client.misbehaving import answers, says, scripted, whole
from tests.corpus.samples import document_text
from tests.damage import flip, overwrite
from tests.indexer.hcpcs_files import sample_codes, text_file
from tests.live.server import ROOT, free_port, running


@pytest.fixture
def data(documents_data, tmp_path):
    """A sound set-up that a test may break."""
    return shutil.copytree(documents_data, tmp_path / "data")


def diagnose(data, *arguments, **environment):
    """Return (exit code, all findings as (check, state, found with remedy))."""
    clear = {name: None for name in os.environ if name.startswith("PROCSEARCH_")}
    settings = {"PROCSEARCH_PORT": str(free_port()), **environment}
    line = ["doctor", "--data", str(data), "--json", *map(str, arguments)]
    done = CliRunner().invoke(cli, line, env={**clear, **settings})
    assert done.exit_code in (0, 1), done.output
    report = json.loads(done.stdout)
    found = [(each["check"], each["state"], f"{each['found']} → {each['remedy']}") for each in report["findings"]]
    assert all((each["remedy"] is None) == (each["state"] == "OK") for each in report["findings"])
    states = [state for _, state, _ in found]
    assert report["state"] == next(state for state in ("PROBLEM", "WARNING", "OK") if state in states)
    assert done.exit_code == ("PROBLEM" in states)
    return done.exit_code, found


def told(found, check, state):
    return " ".join(text for name, each, text in found if (name, each) == (check, state))


def current(data):
    return data / "snapshots" / (data / "CURRENT").read_text().strip()


def test_a_sound_set_up_with_its_service(documents_data):
    with running(documents_data) as server:
        code, found = diagnose(documents_data, "--url", server.url)
    assert code == 0
    assert {check for check, state, _ in found if state == "OK"} >= {
        *("python", "packages", "kernel", "settings", "data folder", "space", "snapshot", "imports", "documents"),
        *("leftovers", "locks", "service"),
    }
    assert "serves 0" in told(found, "service", "OK")
    assert "services read 0" in told(found, "locks", "OK")


def test_a_folder_that_is_not_there(tmp_path):
    code, found = diagnose(tmp_path / "absent")
    assert code == 1
    assert "does not exist → Run 'procsearch build', or name another" in told(found, "data folder", "PROBLEM")
    assert "nothing is published" in told(found, "snapshot", "PROBLEM")
    assert not (tmp_path / "absent").exists()


def test_a_folder_that_cannot_be_written():
    # No right lets anyone, even root, make a file there.
    code, found = diagnose("/proc/self/fdinfo")
    assert code == 1
    assert "cannot be written" in told(found, "data folder", "PROBLEM")


def test_a_full_disk(data):
    """A sparse file makes the published snapshot larger than any disk has room for."""
    with (current(data) / "large").open("wb") as stream:
        stream.truncate(min(shutil.disk_usage(data).free * 2, 2**43))
    setup = Setup(data, (SHIPPED,), {}, None, SnapshotStore(data).current())
    (finding,) = data_checks.space(setup)
    assert finding.state is State.PROBLEM
    assert "GiB free; the published snapshot has" in finding.found
    assert "procsearch prune" in finding.remedy


def test_a_pointer_that_leads_nowhere(data):
    (data / "CURRENT").write_text("000009-0123456789ab\n")
    assert "expected a snapshot with a manifest" in told(diagnose(data)[1], "snapshot", "PROBLEM")
    (data / "CURRENT").write_text("nonsense")
    assert "procsearch rollback" in told(diagnose(data)[1], "snapshot", "PROBLEM")
    (data / "CURRENT").unlink()
    assert "nothing is published" in told(diagnose(data)[1], "snapshot", "PROBLEM")


def test_a_damaged_snapshot(data):
    path = current(data) / "compiled.bin"
    flip(path)
    code, found = diagnose(data)
    assert code == 1
    assert "compiled.bin: expected" in told(found, "snapshot", "PROBLEM")


def test_a_snapshot_of_another_version(data):
    path = current(data) / MANIFEST
    manifest = json.loads(path.read_text())
    overwrite(path, json.dumps({**manifest, "format_version": 1}).encode())
    assert "of an older procsearch" in told(diagnose(data)[1], "snapshot", "PROBLEM")


def test_imports_newer_than_the_snapshot(data, tmp_path):
    file = tmp_path / "HCPC2020_ANWEB.txt"
    file.write_bytes(text_file(sample_codes()))
    ImportStore(data).save(read_release(file))
    assert "HCPCS 2020 → Run 'procsearch build'" in told(diagnose(data)[1], "imports", "WARNING")
    build(data, [SHIPPED])
    assert "1 files, all in" in told(diagnose(data)[1], "imports", "OK")
    (data / "imports/synonyms").mkdir()
    rules = data / "imports/synonyms/own.txt"
    rules.write_text("rollator => walker\n")
    later = time.time() + 5
    os.utime(rules, (later, later))
    assert "synonyms/own.txt" in told(diagnose(data)[1], "imports", "WARNING")
    (data / "imports/hcpcs/2020.jsonl").write_text("broken")
    assert "2020.jsonl: expected an imported release" in told(diagnose(data)[1], "imports", "PROBLEM")


def test_documents_with_errors_and_those_that_the_build_left_out(data, tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    for number in range(5):
        (own / f"{number}.txt").write_text(document_text(f"A999{number}").replace("Benefits\n", "Benefit\n"))
    code, found = diagnose(data, "--corpus", own)
    assert code == 1
    assert "0.txt:32:1: error: unknown-section" in told(found, "documents", "PROBLEM")
    assert "7 more errors" in told(found, "documents", "PROBLEM")
    # Without this one the build would have nothing to publish.
    (own / "sound.txt").write_text(document_text())
    build(data, [SHIPPED, own])
    assert "left out of the published snapshot" in told(diagnose(data)[1], "documents", "WARNING")
    assert "expected a folder" in told(diagnose(data, "--corpus", tmp_path / "gone")[1], "documents", "PROBLEM")


def test_leftovers_of_killed_programs(data):
    (data / "snapshots/.building-000007").mkdir()
    (data / "snapshots/.building-000007/index").write_text("x")
    (data / ".CURRENT.4711.tmp").write_text("x")
    leftovers = told(diagnose(data)[1], "leftovers", "WARNING")
    assert ".CURRENT.4711.tmp" in leftovers
    assert ".building-000007 → Run 'procsearch prune', or the next build, which remove them" in leftovers
    SnapshotStore(data).remove_leftovers()
    assert told(diagnose(data)[1], "leftovers", "OK") == "none → None"


def test_a_writer_at_work_is_named_and_its_files_are_no_leftovers(data):
    (data / "snapshots/.building-000007").mkdir()
    with write_lock(data):
        found = diagnose(data)[1]
    assert f"process {os.getpid()} holds the write lock" in told(found, "locks", "WARNING")
    assert not [each for each in found if each[0] == "leftovers"]


def test_readers_are_told(data):
    with lease(current(data) / MANIFEST):
        assert current(data).name in told(diagnose(data)[1], "locks", "OK")
    assert "nobody writes or serves" in told(diagnose(data)[1], "locks", "OK")


def test_the_checks_change_nothing(data):
    def state():
        return {path: path.stat().st_mtime_ns for path in data.rglob("*") if path.is_file()}

    before = state()
    diagnose(data)
    assert state() == before
    with (data / "write.lock").open("rb") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_wrong_and_unknown_settings(data):
    code, found = diagnose(data, PROCSEARCH_WORKERS="many", PROCSEARCH_TREADS="4", PROCSEARCH_PORT="0")
    assert code == 1
    assert "PROCSEARCH_WORKERS: expected a number from 1 to 64; got 'many'" in told(found, "settings", "PROBLEM")
    assert "PROCSEARCH_PORT: expected" in told(found, "settings", "PROBLEM")
    assert "PROCSEARCH_TREADS is no setting and does nothing → Was PROCSEARCH_THREADS meant?" in told(
        found, "settings", "WARNING"
    )


def test_no_service(data):
    code, found = diagnose(data)
    assert code == 0
    assert "Start it with 'procsearch serve'" in told(found, "service", "WARNING")
    code, found = diagnose(data, "--url", f"http://127.0.0.1:{free_port()}")
    assert code == 1
    assert "nobody answers" in told(found, "service", "PROBLEM")


def test_another_program_at_the_address(data):
    with scripted(says(whole(200, b"<html>"))) as server:
        port = server.url.rpartition(":")[2]
        found = diagnose(data, PROCSEARCH_PORT=port, PROCSEARCH_HOST="0.0.0.0")[1]  # noqa: S104  (nothing is bound)
    assert "another program than procsearch answers" in told(found, "service", "PROBLEM")
    error = {"error": {"code": "internal_error", "message": "failed"}}
    with scripted(answers(error, 500)) as server:
        assert "failed (HTTP 500" in told(diagnose(data, "--url", server.url)[1], "service", "PROBLEM")


def test_a_service_over_another_folder(data, tmp_path, live_server):
    (tmp_path / "own").mkdir()
    (tmp_path / "own/one.txt").write_text(document_text())
    build(data, [tmp_path / "own"])
    found = told(diagnose(data, "--url", live_server.url)[1], "service", "PROBLEM")
    assert f"{current(data).name} is published" in found
    assert "another data folder" in found


def test_a_service_that_cannot_serve_what_is_published(data, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    with running(empty) as server:
        found = diagnose(data, "--url", server.url)[1]
    assert "has nothing to serve → Run 'procsearch build'" in told(found, "service", "PROBLEM")
    with running(data) as server:
        (data / "CURRENT").write_text("000099-0123456789ab\n")
        for _ in range(50):
            found = told(diagnose(data, "--url", server.url)[1], "service", "PROBLEM")
            if found:
                break
            time.sleep(0.1)
    assert "not 000099-0123456789ab, which is published" in found


def run(*arguments, cwd=ROOT, **environment):
    line = [sys.executable, "-m", "service", "doctor", *map(str, arguments)]
    clear = {name: value for name, value in os.environ.items() if not name.startswith("PROCSEARCH_")}
    settings = {**clear, "PROCSEARCH_PORT": str(free_port()), **environment}
    return subprocess.run(line, cwd=cwd, env=settings, capture_output=True, text=True, timeout=120, check=False)


def test_packages_that_do_not_fit(data, tmp_path):
    """What the metadata of a package that is first on the path says is believed, as pip would."""
    folder = tmp_path / "path/click-7.0.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: click\nVersion: 7.0\n")
    done = run("--data", data, PYTHONPATH=str(tmp_path / "path"))
    assert done.returncode == 1, done.stderr
    assert "PROBLEM  packages     click<9,>=8.1.7 is needed; 7.0 is installed" in done.stdout
    assert "→ Install it with its requirements" in done.stdout
    assert "1 problem, " in done.stdout
    assert installation._unmet("absent-package", ">=1") == "absent-package>=1 is needed; it is not installed"


@pytest.mark.slow
def test_a_kernel_that_is_not_compiled_and_no_linker(data, tmp_path):
    copy = tmp_path / "copy"
    for package in ("corpus", "indexer", "service"):
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    done = run("--data", data, cwd=copy, XDG_CACHE_HOME=str(tmp_path), PATH=str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING  kernel       not compiled yet" in done.stdout
    assert "WARNING  linker       neither cc nor ld" in done.stdout


def test_versions_are_compared_by_their_numbers():
    for version, relation, bound, fits in (
        ("8.1.7", ">=", "8.1.7", True),
        ("8.10", ">=", "8.9", True),
        ("9.0", "<", "9", False),
        ("9rc1", "<", "9", False),
        ("1.0.0", "==", "1", True),
    ):
        assert installation._fits(version, relation, bound) is fits


def test_an_unforeseen_failure_hides_nothing_else(data, monkeypatch):
    def broken(_setup):
        raise RuntimeError("boom")
        yield

    monkeypatch.setattr("service.commands.doctor.CHECKS", (broken, data_checks.snapshot))
    found = diagnose(data)[1]
    assert "the check failed: RuntimeError: boom" in told(found, "broken", "PROBLEM")
    assert told(found, "snapshot", "OK")


def test_tokens_that_others_can_read_that_ended_or_that_are_damaged(data):
    assert "nothing can be changed" in told(diagnose(data)[1], "tokens", "OK")
    Tokens(data).create("editor", ["documents"], days=1e-9)
    time.sleep(1.1)
    _, found = diagnose(data)
    assert "ended: editor" in told(found, "tokens", "WARNING")
    (data / "tokens.json").chmod(0o644)
    exit_code, found = diagnose(data)
    assert exit_code == 1
    assert "mode 644" in told(found, "tokens", "PROBLEM")
    (data / "tokens.json").write_text("{")
    assert "create tokens anew" in told(diagnose(data)[1], "tokens", "PROBLEM")
