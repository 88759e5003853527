"""Judged queries and the measures taken on them.

A set is a TSV file with the columns query, codes (blank-separated, any of them right) and category.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

DEPTH = 10


@dataclass(frozen=True)
class Judged:
    """One query and the codes that answer it."""

    query: str
    codes: frozenset[str]
    category: str


@dataclass(frozen=True)
class Measures:
    """Means over queries: share with a right first hit, with a right hit among ten, reciprocal rank, nDCG of ten."""

    queries: int
    hit1: float
    hit10: float
    mrr: float
    ndcg: float


def read_judgements(path: Path) -> list[Judged]:
    """Read a set; ValueError names the first line that is none."""
    judged = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if line.startswith("#") or line == "query\tcodes\tcategory" or not line.strip():
            continue
        parts = line.split("\t")
        if len(parts) != 3 or not all(part.strip() for part in parts):
            raise ValueError(f"{path}:{number}: expected query, codes and category; got {line!r}")
        judged.append(Judged(parts[0], frozenset(parts[1].split()), parts[2].strip()))
    return judged


def measure(judged: Sequence[Judged], answers: Sequence[Sequence[str]]) -> Measures:
    """Return the measures of ranked ``answers``, one list of codes for each judged query."""
    rows = [_row(each, answer) for each, answer in zip(judged, answers, strict=True)]
    means = [sum(column) / len(rows) for column in zip(*rows, strict=True)] if rows else [0.0] * 4
    return Measures(len(rows), *means)


def first_right(judged: Judged, answer: Sequence[str]) -> int | None:
    """Return the rank (from 1) of the first right code among the first ten, or None."""
    return next((rank for rank, code in enumerate(answer[:DEPTH], 1) if code in judged.codes), None)


def _row(judged: Judged, answer: Sequence[str]) -> tuple[float, float, float, float]:
    rank = first_right(judged, answer)
    gains = [1 / math.log2(at + 2) for at, code in enumerate(answer[:DEPTH]) if code in judged.codes]
    ideal = sum(1 / math.log2(at + 2) for at in range(min(DEPTH, len(judged.codes))))
    return float(rank == 1), float(rank is not None), 1 / rank if rank else 0.0, sum(gains) / ideal
