"""The compiled kernel set up for one index: the table of arrays that it reads and its scratch arrays."""

from __future__ import annotations

import logging
import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.compiled.reader import CompiledIndex
from service.search.engines import native
from service.search.engines.layouts import ARRAYS, BITSETS, MAX_CURSORS, WINDOW

_log = logging.getLogger(__name__)

#: Room for the records that hold groups of terms together, in records.
_SMALLEST_ARENA = 1 << 16


class Machine:
    """A kernel and the address of its table of arrays. Whoever calls the kernel holds ``lock``: scratch is shared."""

    def __init__(self, index: CompiledIndex, kernel: native.Kernel) -> None:
        self.kernel = kernel
        self.lock = threading.Lock()
        words, arena = (index.count + 63) // 64, max(_SMALLEST_ARENA, index.count)
        arrays: dict[str, NDArray[Any]] = {
            "docs": index.docs,
            "impacts": index.impacts,
            "bits": index.bits,
            "position_starts": index.position_starts,
            "first_position": np.asarray(index.first_position),
            "packed": index.packed,
            "shares": index.shares,
            "sections": index.sections,
            "dense": index.dense,
            "text_starts": np.asarray(index.starts),
            "text_widths": np.asarray(index.widths),
            "text_first": np.asarray(index.text_first),
            "text_before": np.asarray(index.text_before),
            "shown": index.shown,
            "shown_first": index.shown_first,
            "shown_before": index.shown_before,
            "word_stems": index.word_stems,
            "arena_docs": np.empty(arena, np.uint32),
            "arena_values": np.empty(arena, np.float64),
            "arena_cores": np.empty(arena, np.uint8),
            "bitsets": np.empty(BITSETS * words, np.uint64),
            "sums": np.empty(WINDOW, np.float64),
            "held": np.empty(WINDOW, np.uint64),
            "tail": np.empty(WINDOW, np.float64),
            "best": np.empty(WINDOW, np.float64),
            "cursors": np.empty(2 * MAX_CURSORS, np.int64),
        }
        arrays |= dict(zip(("word_bytes", "word_ends", "word_table"), index.word_arrays, strict=True))
        values = {name: each.ctypes.data for name, each in arrays.items()}
        values |= {"count": index.count, "postings": len(index.docs), "arena_size": arena}
        values["word_mask"] = len(arrays["word_table"]) - 1
        self._kept = arrays
        self._table = np.array([values[name] for name in ARRAYS], np.int64)
        self.table_at = self._table.ctypes.data


def machine_for(index: CompiledIndex) -> Machine | None:
    """Return the kernel set up for ``index``; None, with a warning, where this machine cannot compile it."""
    try:
        kernel = native.load()
    except native.NativeUnavailable as why:
        _log.warning("ranking runs in numpy, several times slower: %s", why)
        return None
    return Machine(index, kernel)
