"""All engines in one process, asked the same queries in turn, so that whatever slows one down slows all."""

from __future__ import annotations

import gc
import random
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.speed import queries
from benchmarks.speed.corpus import Lines, Synthetic, build_real, lines_of, vocabulary_of, write_lines
from benchmarks.speed.engines import ALL, Engine
from benchmarks.speed.measure import in_child, megabytes, resident_mb, summary, version_of
from benchmarks.speed.queries import Query

OURS = "procsearch"
#: Engines that share the folder of another.
_FOLDERS = {"tantivy-top": "tantivy"}
#: Whoosh takes minutes for so many records; above, it is measured only when named.
_WHOOSH_RECORDS = 200_000
Times = dict[str, dict[str, list[float]]]


@dataclass
class Corpus:
    """Records on disk: where, how many, a log of queries for them, and a data folder if the product built them."""

    title: str
    lines: Lines
    codes: list[str]
    log: list[Query]
    snapshot: Path | None = None
    notes: list[str] = field(default_factory=list)


def real_corpus(folder: Path, official: Path, each: int) -> Corpus:
    """Build the real records as the product does; "asked" is what people wrote, the rest is drawn from the records."""
    store = build_real(folder / "real", official)
    lines = lines_of(store)
    codes = [record["code"] for record in lines]
    log = [*queries.asked(each), *queries.make_log(queries.source_of(lines, len(codes)), each)]
    return Corpus(f"{len(codes):,} real records", lines, codes, log, store.data)


def synthetic_corpus(folder: Path, official: Path, count: int, words: int, each: int) -> Corpus:
    """Write made-up records in the likeness of the real ones."""
    real = build_real(folder / "real", official)
    lines = write_lines(folder / f"{count}.jsonl", Synthetic(vocabulary_of(lines_of(real)), count, words))
    codes = [record["code"] for record in lines]
    log = queries.make_log(queries.source_of(lines, count), each)
    corpus = Corpus(f"{count:,} synthetic records of {words} words", lines, codes, log)
    corpus.notes.append("Procsearch was opened from a snapshot without Whoosh's index, which searching never reads.")
    return corpus


def run(
    corpus: Corpus, folder: Path, names: Sequence[str], rounds: int, in_a_row: int = 1, seed: int = 5
) -> dict[str, Any]:
    """Build, open and ask the engines called ``names``; return everything that was measured.

    Each engine in its turn answers ``in_a_row`` queries. With one, as asked for by the usual run, every engine finds
    the processor's caches as another one left them; with many it finds them as it left them itself.
    """
    names, left_out = _chosen(names, len(corpus.codes))
    built = {name: _built(corpus, folder, name) for name in names if name not in _FOLDERS}
    in_child("kernel")
    with _opened(corpus, folder, names) as (engines, memory):
        times = _ask(engines, corpus.log, rounds, in_a_row, seed)
        rows = {
            name: {
                "name": engine.name,
                "version": version_of(engine.package),
                "counts": engine.counts,
                "memory_mb": memory[name],
                "index_mb": megabytes(engine.size()),
                "build": built.get(_FOLDERS.get(name, name)),
                "kinds": {kind: summary(values) for kind, values in times[name].items()},
                "all": summary([each for values in times[name].values() for each in values]),
                "times_ours": _ratios(times, name),
            }
            for name, engine in engines.items()
        }
    return {
        "title": corpus.title,
        "rounds": rounds,
        "in_a_row": in_a_row,
        "engines": rows,
        "notes": [*corpus.notes, *left_out],
    }


def _chosen(names: Sequence[str], count: int) -> tuple[list[str], list[str]]:
    chosen = list(names) or [name for name in ALL if name != "whoosh" or count <= _WHOOSH_RECORDS]
    missing = [ALL[name].name for name in ALL if name not in {OURS, *chosen}]
    notes = [f"Not measured: {', '.join(missing)}."] if missing else []
    return [name for name in ALL if name in {OURS, *chosen}], notes


def _built(corpus: Corpus, folder: Path, name: str) -> dict[str, Any] | None:
    """Build one index in a process of its own, unless the product has built it already."""
    if name == OURS and corpus.snapshot:
        return None
    path = folder / name
    path.mkdir()
    return in_child("engine", name, str(corpus.lines.path), str(path))


@contextmanager
def _opened(corpus: Corpus, folder: Path, names: Sequence[str]) -> Iterator[tuple[dict[str, Engine], dict[str, float]]]:
    """Open one engine after the other, each warmed up by all its queries before its memory is taken."""
    engines: dict[str, Engine] = {}
    memory = {}
    with ExitStack() as stack:
        for name in names:
            before = resident_mb()
            at = corpus.snapshot if name == OURS and corpus.snapshot else folder / _FOLDERS.get(name, name)
            engines[name] = engine = stack.enter_context(closing(ALL[name](at, corpus.codes)))
            for query in _answerable(engine, corpus.log):
                engine.search(query.text, query.kind)
            memory[name] = resident_mb() - before
        yield engines, memory


def _answerable(engine: Engine, log: Sequence[Query]) -> list[Query]:
    return [query for query in log if engine.kinds is None or query.kind in engine.kinds]


def _ask(engines: Mapping[str, Engine], log: Sequence[Query], rounds: int, in_a_row: int, seed: int) -> Times:
    """Ask every query of every engine, in random order, the engines in turn."""
    times: Times = {name: defaultdict(list) for name in engines}
    chance = random.Random(seed)  # noqa: S311  (no secret)
    gc.collect()
    # What the engines hold stays; without this every full collection would go through all of it.
    gc.freeze()
    try:
        for _ in range(rounds):
            mixed = chance.sample(log, len(log))
            for some in (mixed[at : at + in_a_row] for at in range(0, len(mixed), in_a_row)):
                for name in chance.sample(list(engines), len(engines)):
                    for query in some:
                        _time(engines[name], query, times[name])
    finally:
        gc.unfreeze()
    return times


def _time(engine: Engine, query: Query, times: dict[str, list[float]]) -> None:
    if engine.kinds is not None and query.kind not in engine.kinds:
        return
    started = time.perf_counter()
    engine.search(query.text, query.kind)
    times[query.kind].append(time.perf_counter() - started)


def _ratios(times: Times, name: str) -> dict[str, float]:
    """Return how many times ours an engine takes, over the kinds of queries that it answers."""
    theirs = summary([each for values in times[name].values() for each in values])
    ours = summary([each for kind in times[name] for each in times[OURS][kind]])
    return {part: theirs[part] / ours[part] for part in ("p50", "p95", "p99", "mean")}
