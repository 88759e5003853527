"""`make relevance`: how often is the right code first, for ours and for other engines, on the judged queries.

Needs HCPCS_DATA: the folder of CMS's zips and Table of Drugs PDFs that the user downloaded.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from unittest import mock

from rich.console import Console
from rich.table import Table

from benchmarks.relevance import peers
from benchmarks.relevance.judgements import Judged, Measures, first_right, measure, read_judgements
from corpus.store import SHIPPED
from indexer.build import build
from indexer.drugs import DrugStore
from indexer.importers.drugs import read_drug_table
from indexer.importers.hcpcs import read_release
from indexer.imports import ImportStore
from indexer.opensearch.connection import Cluster
from indexer.opensearch.push import push
from indexer.snapshots import SnapshotStore
from indexer.thesaurus import Thesaurus
from service.config import load_config
from service.opening import access, open_embedded, open_searcher
from service.search import ranking
from service.search.engines import embedded
from service.search.model import SearchRequest
from service.search.searcher import Searcher

HERE = Path(__file__).parent
Answer = Callable[[str], list[str]]


def main() -> None:
    """Measure one set and print the tables."""
    options = _options()
    official = Path(os.environ.get("HCPCS_DATA") or sys.exit("HCPCS_DATA has to name the folder of CMS's downloads"))
    judged = [each for name in options.sets for each in read_judgements(HERE / f"{name}.tsv")]
    console = Console(width=120)
    with tempfile.TemporaryDirectory() as folder:
        store = _build(Path(folder), official)
        searcher = Searcher(store, open_embedded)
        answers = {"Procsearch": _ask(judged, _ours(searcher))}
        if options.engine == "opensearch":
            answers["Procsearch in a cluster"] = _ask(judged, _ours(_in_cluster(Path(folder))))
            _print_differences(console, judged, *answers.values())
        if not options.fast:
            answers |= _peer_answers(store, judged)
        _print_measures(console, "All queries", {name: measure(judged, each) for name, each in answers.items()})
        _print_categories(console, judged, answers["Procsearch"])
        _print_losses(console, judged, answers, options.losses)
        if options.ablations:
            _print_measures(console, "Without one part", dict(_ablations(searcher, judged)))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", default=["test"], help="tuning, test, or documents")
    parser.add_argument("--fast", action="store_true", help="ours only")
    parser.add_argument("--ablations", action="store_true", help="leave out one part of ranking at a time")
    parser.add_argument(
        "--engine",
        choices=["embedded", "opensearch"],
        default="embedded",
        help="opensearch: also by the cluster that the settings PROCSEARCH_OPENSEARCH_... name",
    )
    parser.add_argument("--losses", type=int, default=0, metavar="N", help="list N queries that went wrong")
    return parser.parse_args()


def _build(data: Path, official: Path) -> SnapshotStore:
    for year in ("2019", "2020"):
        ImportStore(data).save(read_release(official / f"{year}-alpha-numeric-hcpcs-file.zip"))
    for path in sorted(official.glob("*Table-of-Drugs.pdf")):
        DrugStore(data).save(read_drug_table(path))
    build(data, [SHIPPED])
    return SnapshotStore(data)


def _in_cluster(data: Path) -> Searcher:
    """Bring the snapshot into the cluster under an alias of its own, and open it there."""
    config = load_config(os.environ, data=data, engine="opensearch", opensearch_alias="procsearch-relevance")
    push(SnapshotStore(data), Cluster(access(config)))
    return open_searcher(config)


def _print_differences(
    console: Console, judged: Sequence[Judged], ours: Sequence[list[str]], theirs: Sequence[list[str]]
) -> None:
    """List queries whose first ten are others, or in another order, in the cluster."""
    different = [each.query for each, one, two in zip(judged, ours, theirs, strict=True) if one != two]
    console.print(f"{len(different)} of {len(judged)} queries differ in the cluster: {different[:20]}", markup=False)


def _ours(searcher: Searcher) -> Answer:
    return lambda query: [hit.record["code"] for hit in searcher.search(SearchRequest(query)).hits]


def _ask(judged: Sequence[Judged], answer: Answer) -> list[list[str]]:
    return [answer(each.query) for each in judged]


def _peer_answers(store: SnapshotStore, judged: Sequence[Judged]) -> dict[str, list[list[str]]]:
    name = store.current_name()
    engine = open_embedded(store, name or "")
    texts = [peers.texts_of(engine.record(number)) for number in range(engine.manifest["counts"]["records"])]
    engine.close()
    return {kind.name: _ask(judged, kind(iter(texts)).search) for kind in peers.ALL}


def _print_measures(console: Console, title: str, rows: dict[str, Measures]) -> None:
    table = Table("", "hit@1", "hit@10", "MRR", "nDCG@10", title=f"{title} ({next(iter(rows.values())).queries})")
    for name, each in rows.items():
        table.add_row(name, *(f"{value:.3f}" for value in (each.hit1, each.hit10, each.mrr, each.ndcg)))
    console.print(table)


def _print_categories(console: Console, judged: Sequence[Judged], answers: Sequence[list[str]]) -> None:
    by_category: dict[str, list[int]] = defaultdict(list)
    for at, each in enumerate(judged):
        by_category[each.category].append(at)
    table = Table("category", "queries", "hit@1", "hit@10", title="Procsearch by category")
    for category, places in by_category.items():
        each = measure([judged[at] for at in places], [answers[at] for at in places])
        table.add_row(category, str(each.queries), f"{each.hit1:.3f}", f"{each.hit10:.3f}")
    console.print(table)


def _print_losses(console: Console, judged: Sequence[Judged], answers: dict[str, list[list[str]]], most: int) -> None:
    """List queries without a right first hit, first those that a peer answers better."""
    lost = []
    for at, each in enumerate(judged):
        ours = first_right(each, answers["Procsearch"][at])
        if ours != 1:
            better = [name for name, found in answers.items() if _beats(first_right(each, found[at]), ours)]
            lost.append((not better, at, ours, better))
    for _, at, ours, better in sorted(lost)[:most]:
        each, got = judged[at], " ".join(answers["Procsearch"][at][:3]) or "nothing"
        console.print(
            f"{each.query!r} [{each.category}] wants {' '.join(sorted(each.codes)[:5])}: rank {ours or '-'}, got {got}"
            f"{'; better: ' + ', '.join(better) if better else ''}",
            markup=False,
        )
    if most:
        console.print(f"{sum(not each[0] for each in lost)} lost to a peer, {len(lost)} without a right first hit")


def _beats(theirs: int | None, ours: int | None) -> bool:
    return theirs is not None and (ours is None or theirs < ours)


def _ablations(searcher: Searcher, judged: Sequence[Judged]) -> Iterator[tuple[str, Measures]]:
    yield "everything", measure(judged, _ask(judged, _ours(searcher)))
    # The kernel plans by what was compiled; only Python can leave out a part.
    with searcher._engine() as engine, mock.patch.object(engine, "_planner", None):
        for name, part in _PARTS.items():
            with part(searcher):
                yield f"without {name}", measure(judged, _ask(judged, _ours(searcher)))


@contextmanager
def _without_synonyms(searcher: Searcher) -> Iterator[None]:
    with searcher._engine() as engine, mock.patch.object(engine.lexicon, "thesaurus", Thesaurus.of([])):
        yield


@contextmanager
def _without_alternatives(searcher: Searcher) -> Iterator[None]:
    with mock.patch.object(embedded, "expand", return_value=()):
        yield


@contextmanager
def _without_exact_form(searcher: Searcher) -> Iterator[None]:
    with searcher._engine() as engine, mock.patch.object(ranking, "STEM_FACTOR", 1.0):
        engine.lexicon.own.cache_clear()
        yield
        engine.lexicon.own.cache_clear()


def _without_feature(name: str) -> Callable[[Searcher], AbstractContextManager[None]]:
    @contextmanager
    def part(searcher: Searcher) -> Iterator[None]:
        weights = {**ranking.WEIGHTS, name: 0.0, "words": ranking.WEIGHTS["words"] + ranking.WEIGHTS[name]}
        # Weights are compiled into the kernel; the reference reads them anew.
        with (
            searcher._engine() as engine,
            mock.patch.object(engine.evaluator, "_kernel", None),
            mock.patch.object(ranking, "WEIGHTS", weights),
        ):
            yield

    return part


_PARTS = {
    "synonyms": _without_synonyms,
    "synonyms and joined or split words": _without_alternatives,
    "preference for the typed form": _without_exact_form,
    **{f"feature {name}": _without_feature(name) for name in ranking.WEIGHTS if name != "words"},
}

if __name__ == "__main__":
    main()
