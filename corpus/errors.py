"""Errors of the corpus.

Problem                 one finding in one file: a value, not an exception
CorpusError             base of the exceptions below
├── FormatError         a document has errors; carries every problem found
├── ValuesError         values cannot be made a document; names the place
└── StoreError          a corpus folder or file cannot be read or written
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: where it is, what was expected, what came and what to do.

    ``line`` and ``column`` count from 1; ``column`` counts characters, not bytes. A finding about the
    file as a whole stands at 1:1. ``rule`` is a stable name that a script may match on.
    """

    path: str
    line: int
    column: int
    severity: Severity
    rule: str
    expected: str
    got: str
    remedy: str

    def __str__(self) -> str:
        return (
            f"{self.path}:{self.line}:{self.column}: {self.severity}: {self.rule}: "
            f"expected {self.expected}; got {self.got}. {self.remedy}"
        )


class CorpusError(Exception):
    """Base of every exception that the corpus raises on purpose."""


class FormatError(CorpusError):
    """A document cannot be used. ``problems`` holds all findings, warnings included, in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class ValuesError(CorpusError):
    """Values cannot be made a document: where (``sections[2].blocks[0]``), what was expected and what came."""

    def __init__(self, place: str, expected: str, got: str) -> None:
        self.place, self.expected, self.got = place, expected, got
        super().__init__(f"{place}: expected {expected}; got {got}.")


class StoreError(CorpusError):
    """A corpus folder or file cannot be read or written; the message names it and the remedy."""
