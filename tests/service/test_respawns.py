"""Workers that die early are started again after pauses that double; one that lived is started again at once."""

from __future__ import annotations

import math
import time

import pytest

from service import respawns
from service.respawns import Respawns


@pytest.fixture
def clock(monkeypatch):
    """A clock that only sleeping moves on."""
    now = [1000.0]
    monkeypatch.setattr(respawns.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(respawns.time, "sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
    return now


def test_pauses_double_until_a_worker_has_lived(clock):
    workers, pauses = Respawns(lambda: False), []
    for _ in range(9):
        before = time.monotonic()
        assert workers.get(0, 0) == -math.inf
        pauses.append(time.monotonic() - before)
        workers.clear()
        workers[0] = time.monotonic()
    assert pauses[0] == 0.0
    assert pauses[1:] == pytest.approx([0.25, 0.5, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0], abs=0.1)
    clock[0] += 6
    before = time.monotonic()
    workers.get(0, 0)
    assert time.monotonic() == before
    # Another worker has a record of its own.
    workers.get(1, 0)
    assert time.monotonic() == before


def test_a_server_that_is_to_stop_does_not_wait(clock):
    workers = Respawns(lambda: True)
    for _ in range(5):
        assert workers.get(0, 0) == time.monotonic() == 1000.0
        workers[0] = time.monotonic()
