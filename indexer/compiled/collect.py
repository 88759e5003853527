"""Takes records and keeps of them what a compiled index is made of: runs of postings, and what goes by record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.compiled import bits
from indexer.compiled.rows import Origin, RowsWriter, Tokens
from indexer.compiled.runs import RUN_WORDS, Run, RunWriter
from indexer.records import names_of, texts_of

#: What is read in one batch: records, or characters of their texts.
_BATCH_RECORDS, _BATCH_CHARS = 1_000, 1 << 20
_FIELD_NAMES = tuple(field.name for field in bits.FIELDS)


@dataclass(frozen=True, slots=True)
class Collected:
    """What is kept of some records; it can be handed to another process, which finds the large arrays on disk."""

    runs: list[Run]
    rows: Origin

    def remove(self) -> None:
        """Remove what lies on disk."""
        for run in self.runs:
            run.remove()
        if isinstance(self.rows.tokens, Tokens):
            self.rows.tokens.remove()


class Collector:
    """Takes records by ascending number. ``scratch`` is a folder that no other collector uses at the same time."""

    def __init__(self, scratch: Path, run_words: int = RUN_WORDS) -> None:
        self._runs, self._rows = RunWriter(scratch, run_words), RowsWriter(scratch)
        self._most = min(_BATCH_CHARS, run_words)
        self._clear()

    def add(self, record: Mapping[str, Any], number: int) -> Sequence[str]:
        """Take a record; return its names, as `names_of` does."""
        texts, names = texts_of(record, _FIELD_NAMES), names_of(record)
        self._numbers.append(number)
        self._codes.append(record["code"])
        self._names.append(names)
        self._texts += texts
        self._chars += sum(map(len, texts))
        if self._chars >= self._most or len(self._numbers) >= _BATCH_RECORDS:
            self._take()
        return names

    def finish(self, *, to_disk: bool = False) -> Collected:
        """Return what was collected; with ``to_disk`` no large array is left in memory."""
        if self._numbers:
            self._take()
        return Collected(self._runs.finish(to_disk=to_disk), self._rows.finish())

    def _take(self) -> None:
        batch = self._runs.add(self._numbers, self._codes, self._texts)
        self._rows.add(self._numbers, self._codes, self._texts, self._names, batch)
        self._clear()

    def _clear(self) -> None:
        self._numbers: list[int] = []
        self._codes: list[str] = []
        self._names: list[list[str]] = []
        self._texts: list[str] = []
        self._chars = 0
