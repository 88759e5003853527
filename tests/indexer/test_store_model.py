"""The snapshot store held to a model, by steps in any order: publish, die at a step, prune, roll back, read, damage."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from indexer.damage import Watch
from indexer.errors import SnapshotError
from indexer.locks import lease
from indexer.snapshots import MANIFEST, SnapshotStore, verify_files
from tests.damage import flip

CONTENTS = st.sampled_from("abcd")
#: Where a builder may die: after its folder, its manifest, its rename, in the middle of the pointer, or not at all.
STEPS = ("folder", "seal", "finish", "pointer", "done")


@dataclass
class Expected:
    """What the model knows of a finished snapshot."""

    content: str
    whole: bool = True
    readers: int = 0


class StoreMachine(RuleBasedStateMachine):
    """The model: finished snapshots by name in order, the published one, every name there ever was."""

    def __init__(self):
        super().__init__()
        self.data = Path(tempfile.mkdtemp(prefix="procsearch-model-"))
        self.store = SnapshotStore(self.data)
        self.finished, self.current, self.used = {}, None, set()
        self.leases, self.watches = [], {}

    def teardown(self):
        for _, stream in self.leases:
            stream.close()
        shutil.rmtree(self.data)

    @rule(content=CONTENTS, dies=st.sampled_from(STEPS))
    def build(self, content, dies):
        self.store.remove_leftovers()
        assert self.store.leftovers() == []
        digest = hashlib.sha256(content.encode()).hexdigest()
        present = self._present(digest)
        assert (present is not None) == any(each.whole and each.content == content for each in self.finished.values())
        name = present or self._write(content, digest, dies)
        if name is None:
            return
        if dies == "pointer":
            (self.data / ".CURRENT.4711.tmp").write_text(name[:9])
        elif dies == "done":
            self.store.publish(name)
            self.current = name

    def _present(self, digest):
        """As a build does: what is there already is published again where it is whole."""
        for name in reversed(self.store.names()):
            snapshot = self.store.open(name)
            if snapshot.content_hash == digest and _is_whole(snapshot):
                return name
        return None

    def _write(self, content, digest, dies):
        folder = self.store.new_folder()
        (folder / "index").mkdir()
        (folder / "records").write_text(content * 100)
        (folder / "index/list").write_text(content)
        if dies == "folder":
            return None
        sealed = self.store.seal(folder, digest, {"counts": {"records": 1}})
        if dies == "seal":
            return None
        name = self.store.finish(sealed).name
        assert name not in self.used, "a name is never used again"
        self.used.add(name)
        self.finished[name] = Expected(content)
        return None if dies == "finish" else name

    @rule(keep=st.integers(1, 4))
    @precondition(lambda self: self.finished)
    def prune(self, keep):
        older = [name for name in list(self.finished)[:-keep] if name != self.current]
        spared = [name for name in older if self.finished[name].readers]
        removed = [name for name in older if name not in spared]
        assert self.store.prune(keep) == (removed, spared)
        for name in removed:
            del self.finished[name]

    @rule()
    def roll_back(self):
        older = [name for name in self.finished if self.current is None or name[:6] < self.current[:6]]
        if not older:
            with pytest.raises(SnapshotError, match="expected a snapshot older"):
                self.store.rollback_target()
            return
        assert self.store.rollback_target() == older[-1]
        snapshot = self.store.open(older[-1])
        if _is_whole(snapshot):
            self.store.publish(snapshot.name)
            self.current = snapshot.name
        assert _is_whole(snapshot) == self.finished[older[-1]].whole

    @rule(data=st.data())
    @precondition(lambda self: self.finished)
    def begin_to_read(self, data):
        name = data.draw(st.sampled_from(list(self.finished)))
        self.leases.append((name, lease(self.store.root / name / MANIFEST)))
        self.finished[name].readers += 1

    @rule(data=st.data())
    @precondition(lambda self: self.leases)
    def end_to_read(self, data):
        name, stream = self.leases.pop(data.draw(st.integers(0, len(self.leases) - 1)))
        stream.close()
        self.finished[name].readers -= 1

    @rule(data=st.data(), file=st.sampled_from(("records", "index/list")))
    @precondition(lambda self: any(each.whole for each in self.finished.values()))
    def damage(self, data, file):
        name = data.draw(st.sampled_from([name for name, each in self.finished.items() if each.whole]))
        watch = Watch(self.store.open(name), unread="index")
        flip(self.store.root / name / file)
        self.finished[name].whole = False
        found = watch.look()
        assert file in found.problem
        assert found.readable == file.startswith("index")
        with pytest.raises(SnapshotError, match=file):
            verify_files(self.store.open(name))

    @rule(text=st.sampled_from(["nonsense", "000099-0123456789ab", ""]))
    def damage_the_pointer(self, text):
        before = self.store.pointer.read_bytes() if self.store.pointer.exists() else None
        self.store.pointer.write_text(text)
        with pytest.raises(SnapshotError):
            self.store.current()
        if before is None:
            self.store.pointer.unlink()
        else:
            self.store.pointer.write_bytes(before)

    @invariant()
    def the_store_is_as_the_model(self):
        assert self.store.names() == list(self.finished)
        assert self.store.current_name() == self.current
        if self.current:
            snapshot = self.store.current()
            expected = self.finished[self.current]
            assert snapshot.content_hash == hashlib.sha256(expected.content.encode()).hexdigest()
            assert _is_whole(snapshot) == expected.whole


def _is_whole(snapshot):
    try:
        verify_files(snapshot)
    except SnapshotError:
        return False
    return True


TestStore = StoreMachine.TestCase
TestStore.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
