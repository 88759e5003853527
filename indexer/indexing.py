"""Writes suggestions and both indexes of records that lie in a folder: one process alone, or several together.

The result is the same to the byte. Records are shared out in stretches; of each a worker makes runs and rows, which
this process merges. Stems are then shared out, of which workers write Whoosh's lists, which this process joins.
"""

from __future__ import annotations

import pickle
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from indexer import suggestions
from indexer.compiled import groups
from indexer.compiled.collect import Collected, Collector
from indexer.compiled.writer import CompiledWriter
from indexer.contents import stored_records
from indexer.documents import DOCUMENTS
from indexer.progress import Progress
from indexer.snapshots import INDEX
from indexer.targets.whoosh import write_index
from indexer.values import Values, value_keys
from indexer.workers import Shared, Workers, available_cores

#: Records of fewer bytes are indexed sooner than processes start and take their share.
SHARED_BYTES = 12 << 20
#: Of so many bytes of records a worker makes one run, in about 300 MB of memory.
_PART_BYTES = 32 << 20
#: Parts for each worker, so that none waits long for the last.
_PARTS = 3
_VALUES = "values"
#: More processes would wait for the one that merges.
MOST_JOBS = 64


def index_records(folder: Path, progress: Progress, jobs: int | None = None) -> None:
    """Index the records in ``folder`` there; ``jobs`` processes share the work, by default as many as it is worth."""
    offsets = np.fromfile(folder / f"{DOCUMENTS}.offsets", np.uint64).astype(np.int64)
    jobs = jobs or (min(available_cores(), MOST_JOBS) if int(offsets[-1]) >= SHARED_BYTES else 1)
    progress.phase("Indexing", len(offsets) - 1)
    if jobs == 1:
        _index_alone(folder, progress)
    else:
        with _scratch(folder) as scratch:
            _index_shared(folder, scratch, progress, jobs, offsets)


def _index_alone(folder: Path, progress: Progress) -> None:
    compiled, values = CompiledWriter(folder), Values()
    basis = []
    for number, record in enumerate(stored_records(folder)):
        values.add(number, value_keys(record, compiled.add(record)))
        basis.append(suggestions.basis(record))
        progress.step()
    compiled.finish(progress=progress)
    suggestions.write(folder, basis)
    write_index(folder / INDEX, folder, values, progress=progress)


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """Give a folder of its own, under a name that no worker left over from a killed build may write to."""
    scratch = Path(tempfile.mkdtemp(prefix="parts-", dir=folder))
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch)


def _index_shared(folder: Path, scratch: Path, progress: Progress, jobs: int, offsets: Any) -> None:
    most = min(_PART_BYTES, int(offsets[-1]) // (_PARTS * jobs) + 1)
    stretches = groups.chunks(np.diff(offsets), most)
    tasks = [(folder, scratch / str(at), *stretch, int(offsets[stretch[0]])) for at, stretch in enumerate(stretches)]
    compiled = CompiledWriter(folder, scratch)
    with Workers(jobs) as workers:
        suggested = workers.submit(write_suggestions, folder)
        for collected, (first, last) in zip(workers.map(collect_part, tasks), stretches, strict=True):
            compiled.take(collected)
            for _ in range(first, last):
                progress.step()
        suggested.result()
    # Other processes: what the first ones took of memory would not go back whole.
    with Workers(jobs) as workers:
        shared = Shared(workers, scratch)
        compiled.finish(shared=shared, progress=progress)
        write_index(folder / INDEX, folder, _values(tasks), shared, progress)


def _values(tasks: Iterable[tuple[Any, ...]]) -> Values:
    values = Values()
    for _, part, first, _, _ in tasks:
        for number, keys in enumerate(_read(part / _VALUES), first):
            values.add(number, keys)
    return values


def collect_part(folder: Path, scratch: Path, first: int, last: int, offset: int) -> Collected:
    """Collect the records from ``first`` to before ``last``, which lie from the byte ``offset`` on."""
    scratch.mkdir()
    collector = Collector(scratch)
    keys = []
    for number, record in zip(range(first, last), stored_records(folder, offset), strict=False):
        keys.append(value_keys(record, collector.add(record, number)))
    (scratch / _VALUES).write_bytes(pickle.dumps(keys, pickle.HIGHEST_PROTOCOL))
    return collector.finish(to_disk=True)


def write_suggestions(folder: Path) -> None:
    """Write the suggestions for the records in ``folder``."""
    suggestions.write(folder, [suggestions.basis(record) for record in stored_records(folder)])


def _read(path: Path) -> Iterable[Any]:
    read: Iterable[Any] = pickle.loads(path.read_bytes())  # noqa: S301 - a process of ours wrote it just now
    return read
