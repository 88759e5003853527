"""Shared counters: sums over workers equal what was counted, whoever died in between."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import signal
import threading

from hypothesis import given
from hypothesis import strategies as st

from service.web.counters import Counters

NAMES = ["now", "first", "second"]


def _sum(counters, cell):
    return sum(row.cells[cell] for row in counters.rows())


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 2), st.integers(0, 1000)), max_size=40))
def test_sums_equal_what_was_counted(tmp_path_factory, changes):
    folder = tmp_path_factory.mktemp("counts")
    workers = [Counters(NAMES, 1, folder) for _ in range(4)]
    for worker, cell, amount in changes:
        workers[worker].add((cell, amount))
    for reader in workers:
        for cell in (1, 2):
            assert _sum(reader, cell) == sum(amount for _, at, amount in changes if at == cell)
    assert [row.place for row in workers[2].rows()] == [0, 1, 2, 3]


def _count_and_wait(folder, pipe):
    counters = Counters(NAMES, 1, folder)
    counters.add((0, 1), (1, 5))
    pipe.send(counters.place)
    pipe.recv()


def test_the_row_of_a_dead_worker_counts_but_does_not_live_and_is_taken_over(tmp_path):
    reader = Counters(NAMES, 1, tmp_path)
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_count_and_wait, args=(tmp_path, theirs))
    process.start()
    assert ours.recv() == 1
    assert [(row.alive, row.cells) for row in reader.rows()] == [(True, [0, 0, 0]), (True, [1, 5, 0])]
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert [(row.alive, row.cells) for row in reader.rows()] == [(True, [0, 0, 0]), (False, [1, 5, 0])]
    heir = Counters(NAMES, 1, tmp_path)
    heir.add((1, 1))
    assert heir.place == 1
    assert [(row.alive, row.cells) for row in reader.rows()] == [(True, [0, 0, 0]), (True, [0, 6, 0])]


def test_many_threads_lose_nothing():
    counters = Counters(NAMES, 0, None)

    def count():
        for _ in range(5_000):
            counters.add((1, 1), (2, 2))

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counters.rows()[0].cells == [0, 40_000, 80_000]


def test_workers_that_count_other_things_do_not_mix(tmp_path):
    one, other = Counters(NAMES, 0, tmp_path), Counters([*NAMES, "third"], 0, tmp_path)
    other.add((1, 1))
    assert [row.cells for row in one.rows()] == [[0, 0, 0]]


def test_a_row_that_is_just_being_made_or_a_folder_that_is_gone_harms_nobody(tmp_path):
    counters = Counters(NAMES, 0, tmp_path)
    (path,) = tmp_path.iterdir()
    empty = path.with_name(path.name[:-1] + "7")
    empty.touch()
    assert len(counters.rows()) == 1
    path.unlink()
    empty.unlink()
    tmp_path.rmdir()
    counters.add((1, 1))
    assert _sum(counters, 1) == 1


def test_a_row_that_another_holds_is_passed_over(tmp_path):
    first = Counters(NAMES, 0, tmp_path)
    (path,) = tmp_path.iterdir()
    with path.with_name(path.name[:-1] + "1").open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert Counters(NAMES, 0, tmp_path).place == 2
    assert first.place == 0
