"""What lives as long as the snapshot is not gone through for garbage; what an old one leaves behind is freed."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref

import pytest

from service.memory import _TURNS, Settled


@pytest.fixture
def collector():
    """The garbage collector, set back afterwards."""
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


class _Cycle:
    def __init__(self):
        self.own = self


@pytest.mark.usefixtures("collector")
def test_what_is_served_is_kept_out_until_another_is_served():
    serving = ["000001"]
    kept = _Cycle()
    gone = weakref.ref(kept)
    settled = Settled(lambda: serving[0])
    settled.settle()
    assert gc.get_freeze_count() > 0
    del kept
    gc.collect()
    settled.settle()
    assert gone() is not None
    serving[0] = "000002"
    held = gone()
    settled.settle()
    assert gc.get_freeze_count() == 0
    # A request has the old snapshot still, and gives it up before the new one is kept.
    del held
    for _ in range(_TURNS):
        settled.settle()
    assert gone() is None
    assert gc.get_freeze_count() > 0


@pytest.mark.usefixtures("collector")
def test_snapshots_that_come_faster_than_one_settles_are_freed_all_the_same():
    serving = ["000001"]
    settled = Settled(lambda: serving[0])
    settled.settle()
    left = []
    for number in range(2, 8):
        # What a snapshot leaves behind refers to itself, and is old when it is left.
        old = _Cycle()
        gc.freeze()
        left.append(weakref.ref(old))
        del old
        serving[0] = f"{number:06}"
        settled.settle()
        settled.settle()
    assert sum(each() is not None for each in left) <= 1


def test_only_an_application_that_has_its_process_to_itself_sets_the_collector(tmp_path):
    program = (
        "import gc, os; from service.app import create_app, create_worker_app; from service.config import load_config;"
        "a = create_app(load_config(os.environ)); print(gc.get_freeze_count() > 0); a.extensions['procsearch'].close();"
        "a = create_worker_app(); print(gc.get_freeze_count() > 0); a.extensions['procsearch'].close()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={"PROCSEARCH_DATA": str(tmp_path), "PROCSEARCH_LOG": "off"},
    )
    assert done.stdout.split() == ["False", "True"], done.stderr
