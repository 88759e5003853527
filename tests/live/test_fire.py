"""A service under load bears what happens to builders, workers, disks and files: the last good snapshot answers.

`make test` runs this in short; `make fire` for ten minutes and 200 kills (FIRE_SECONDS, FIRE_KILLS), and prints what
was measured.
"""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress

import pytest
from click.testing import CliRunner

from indexer.build import build, verify
from indexer.snapshots import SnapshotStore
from service.cli import cli
from tests.damage import cut, flip
from tests.live.server import ROOT, running
from tests.live.under_fire import (
    PATIENT,
    build_command,
    growth,
    many_codes,
    run_build,
    sample,
    under_load,
    workers,
    write_generation,
)

SECONDS = float(os.environ.get("FIRE_SECONDS", "5"))
KILLS = int(os.environ.get("FIRE_KILLS", "5"))
#: How much of a snapshot a full disk still takes.
SHARES = (0.0, 0.02, 0.3, 0.7, 0.95) if KILLS > 20 else (0.02, 0.7)
#: What memory (MiB) may grow by over a run: allocators keep some of what they once had, but not more each time.
MOST_GROWTH = 24.0

pytestmark = pytest.mark.slow


@pytest.fixture
def data(tmp_path):
    build(tmp_path, [write_generation(tmp_path, 0)])
    return tmp_path


def told(**figures):
    """Print figures where somebody asked for a long run."""
    if "FIRE_SECONDS" in os.environ or "FIRE_KILLS" in os.environ:
        print(json.dumps(figures), file=sys.__stdout__, flush=True)


def command_run(*arguments):
    """Run a command in this process, which saves the start of another."""
    return CliRunner().invoke(cli, list(map(str, arguments)))


def wait_for(met, seconds=15.0):
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, f"expected it within {seconds} s"
        time.sleep(0.05)


def serves(server, **expected):
    """Say whether answer after answer, of all workers, is as expected of `/readyz`."""
    try:
        answers = [server.get("/readyz")[1] for _ in range(12)]
    except OSError:
        return False
    return all(answer[name] == value for answer in answers for name, value in expected.items())


def test_builds_publish_every_few_seconds(data):
    many_codes(data, 500)
    samples, published = [], {}
    deadline = time.monotonic() + SECONDS
    with running(data, workers=2, settings=PATIENT) as server, under_load(server) as load:
        while time.monotonic() < deadline:
            number = len(published) + 1
            write_generation(data, number)
            done = run_build(data)
            assert done.returncode == 0, done.stderr
            published[SnapshotStore(data).current_name()] = str(number)
            if number % 5 == 0:
                assert command_run("prune", "--data", data).exit_code == 0
            samples.append(sample(server))
            time.sleep(min(2.0, SECONDS / 20))
        wait_for(lambda: serves(server, snapshot=SnapshotStore(data).current_name(), status="ok"))
    assert load.failures == []
    # Every answer was of the generation that its snapshot was made of.
    assert load.mixed == {}
    assert all(load.seen[name] <= {number} for name, number in published.items() if name in load.seen)
    memory, descriptors = [each.memory for each in samples], [each.descriptors for each in samples]
    told(
        test="publish",
        seconds=SECONDS,
        answers=load.answers,
        builds=len(published),
        seen=len(load.seen),
        memory_mib=(round(memory[0], 1), round(memory[-1], 1), round(max(memory), 1)),
        descriptors=(descriptors[0], descriptors[-1], max(descriptors)),
        growth_mib=round(growth(memory), 1) if len(memory) >= 8 else None,
    )
    if len(samples) >= 8:
        assert growth(memory) < MOST_GROWTH
        assert growth(descriptors) <= 4


def test_builders_are_killed_at_any_moment(data):
    many_codes(data)
    started = time.monotonic()
    assert run_build(data).returncode == 0
    whole = time.monotonic() - started
    store, rng, killed = SnapshotStore(data), random.Random(15), 0
    with running(data, workers=2, settings=PATIENT) as server, under_load(server, clients=1) as load:
        for number in range(1, KILLS + 1):
            write_generation(data, number)
            before = store.current_name()
            killed += _kill_after(build_command(data), rng.uniform(0.05, 0.9) * whole)
            assert store.current_name() in (before, store.names()[-1])
            verify(store.current())
            if number % 20 == 0:
                assert command_run("prune", "--data", data).exit_code == 0
        final = build(data, [data / "own"])
        verify(store.current())
        wait_for(lambda: serves(server, snapshot=store.current_name(), status="ok"))
    told(test="kill builders", attempts=KILLS, killed=killed, answers=load.answers)
    assert load.failures == []
    assert load.mixed == {}
    # How long a build takes differs with what else the machine does.
    assert killed >= KILLS // 4, "the moments have to lie within the build"
    assert final.rejected == ()
    assert store.leftovers() == []


def _kill_after(line, seconds):
    process = subprocess.Popen(line, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        process.wait(seconds)
        return False
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
        return True


def test_workers_are_killed_at_any_moment(data):
    """What the worker was at is lost, and answered when asked again; the service goes on even where workers die in a
    row.
    """
    rng, killed = random.Random(16), 0
    with running(data, workers=2, settings=PATIENT) as server, under_load(server, tries=300) as load:
        for number in range(1, KILLS + 1):
            if number % 4 == 0:
                build(data, [write_generation(data, number)])
            wait_for(lambda: len(workers(server)) == 2 and serves(server), 60)
            time.sleep(rng.uniform(0.0, 0.5))
            killed += _killed_one_of(workers(server), rng)
        wait_for(lambda: len(workers(server)) == 2, 60)
        wait_for(lambda: serves(server, snapshot=SnapshotStore(data).current_name(), status="ok"))
    told(test="kill workers", attempts=KILLS, killed=killed, answers=load.answers, asked_again=load.retried)
    assert load.failures == []
    assert load.mixed == {}
    assert killed > KILLS // 2


def _killed_one_of(processes, rng):
    """Kill one of some processes; say whether one was left to kill."""
    if not processes:
        return False
    with suppress(ProcessLookupError):
        os.kill(rng.choice(processes), signal.SIGKILL)
    return True


def test_four_builders_at_once(data):
    write_generation(data, 1)
    processes = [subprocess.Popen(build_command(data, "--wait", "100"), cwd=ROOT) for _ in range(4)]
    assert [process.wait(110) for process in processes] == [0] * 4
    store = SnapshotStore(data)
    assert len(store.names()) == 2
    verify(store.current())
    assert store.leftovers() == []


@contextmanager
def small_disk(folder, megabytes):
    """Mount a small file system at ``folder``; skip where only root may and this is not."""
    folder.mkdir()
    mounted = subprocess.run(
        ["/bin/mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("this user may not mount a file system")
    try:
        yield folder
    finally:
        subprocess.run(["/bin/umount", "-l", str(folder)], check=True)


def test_a_full_disk(tmp_path):
    """The disk fills up at one point of a build or the other; what is published answers on."""
    with small_disk(tmp_path / "disk", 64) as disk:
        build(disk, [write_generation(disk, 0)])
        store, good = SnapshotStore(disk), SnapshotStore(disk).current_name()
        size = sum(path.stat().st_size for path in store.current().path.rglob("*") if path.is_file())
        write_generation(disk, 1)
        with (
            running(disk, workers=2, log=tmp_path / "log", settings=PATIENT) as server,
            under_load(server, clients=1) as load,
        ):
            for share in SHARES:
                filler = disk / "filler"
                free = shutil.disk_usage(disk).free - int(share * size)
                filler.write_bytes(bytes(max(free, 0)))
                done = run_build(disk)
                assert done.returncode in (5, 8), done.stderr
                assert "No space left on device" in done.stderr
                assert "space" in done.stderr.partition("No space left on device")[2]
                filler.unlink()
                assert store.current_name() == good
                assert store.leftovers() == []
            assert serves(server, snapshot=good, status="ok")
            assert run_build(disk).returncode == 0
            wait_for(lambda: serves(server, snapshot=store.current_name(), status="ok"))
        assert store.current_name() != good
        assert load.failures == []
        assert load.mixed == {}


@pytest.mark.parametrize("most", [0, 1 << 16])
def test_a_file_that_may_not_grow(data, most):
    """Other limits than that of the disk end the same way: nothing is published, and the message says why."""
    good = SnapshotStore(data).current_name()
    write_generation(data, 1)
    done = run_build(data, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)))
    assert done.returncode in (5, 8), done.stderr
    assert "File too large" in done.stderr
    assert SnapshotStore(data).current_name() == good
    assert SnapshotStore(data).leftovers() == []


def test_a_read_only_disk(tmp_path):
    with small_disk(tmp_path / "disk", 64) as disk:
        build(disk, [write_generation(disk, 0)])
        good = SnapshotStore(disk).current_name()
        subprocess.run(["/bin/mount", "-o", "remount,ro", str(disk)], check=True)
        with (
            running(disk, workers=2, log=tmp_path / "log", settings=PATIENT) as server,
            under_load(server, clients=1) as load,
        ):
            for arguments in (
                ("build", "--data", disk),
                ("prune", "--data", disk),
                ("backup", "x.tar", "--data", disk),
            ):
                done = command_run(*arguments)
                assert done.exit_code == 5, done.output
                assert "Read-only file system" in done.stderr
            report = command_run("doctor", "--data", disk, "--url", server.url)
            assert "cannot be written: Read-only file system" in report.stdout
            assert command_run("verify", "--data", disk).exit_code == 0
            assert serves(server, snapshot=good, status="ok")
        assert load.failures == []


def _remove(path):
    shutil.rmtree(path.parent)


@pytest.mark.parametrize(
    ("name", "harm", "answering"),
    [
        ("documents.jsonl", flip, "older"),
        ("compiled.bin", _remove, "same"),
        *([("compiled.bin", cut, "older"), ("index/_MAIN_1.toc", flip, "same")] if KILLS > 20 else ()),
    ],
)
def test_files_are_damaged_while_they_are_served(data, name, harm, answering):
    """Damage is noticed and named, the newest whole snapshot answers, and a build mends it."""
    store = SnapshotStore(data)
    older = store.current_name()
    damaged = build(data, [write_generation(data, 1)]).snapshot
    with running(data, workers=2, settings=PATIENT) as server:
        # A worker that opens it after the harm serves the older one from the start.
        wait_for(lambda: (data / "server.log").read_text().count(f"serving snapshot {damaged}") == 2)
        harm(store.root / damaged / name)
        expected = older if answering == "older" else damaged
        wait_for(lambda: len(workers(server)) == 2 and serves(server, snapshot=expected, status="degraded"), 60)
        with under_load(server) as load:
            verified = command_run("verify", "--data", data)
            assert verified.exit_code == 7
            assert damaged in verified.stderr
            assert "procsearch rollback" in verified.stderr or "procsearch snapshots" in verified.stderr
            report = command_run("doctor", "--data", data, "--url", server.url)
            assert report.exit_code == 1
            assert "PROBLEM  snapshot" in report.stdout
            assert "PROBLEM  service" in report.stdout
        assert load.failures == []
        assert set(load.seen) == {expected}
        with under_load(server) as load:
            mended = build(data, [data / "own"]).snapshot
            wait_for(lambda: serves(server, snapshot=mended, status="ok"))
        assert load.failures == []
        assert load.mixed == {}
        assert f"snapshot {damaged} is damaged" in (data / "server.log").read_text()
