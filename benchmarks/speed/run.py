"""How fast is Procsearch beside other engines, on this machine?

Needs HCPCS_DATA: the folder of CMS's zips and Table of Drugs PDFs that the user downloaded. OpenSearch is measured
where OPENSEARCH_HOME names a folder with build.sh, start.sh and stop.sh. Publish figures of an idle machine only.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.speed import builds, clusters, inprocess, over_http
from benchmarks.speed.engines import ALL
from benchmarks.speed.measure import machine
from benchmarks.speed.report import RESULTS, Report, show_inprocess
from tests.cluster.kit import DEFAULT, RELEASES

BUILT = ("procsearch", builds.WHOLE, *(name for name in ALL if name not in ("procsearch", "tantivy-top")))


def main(arguments: list[str] | None = None) -> None:
    """Run one sub-command and write its results."""
    options = _options(arguments)
    # Ended by a signal, it still ends what it started and removes what it wrote.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by a signal"))
    named = os.environ.get("HCPCS_DATA")
    options.official = Path(named) if named else sys.exit("HCPCS_DATA has to name the folder of CMS's downloads")
    with tempfile.TemporaryDirectory(prefix="procsearch-speed-") as folder:
        options.run(options, Path(folder))


def run_inprocess(options: argparse.Namespace, folder: Path) -> None:
    """Ask all engines within one process."""
    report = Report(machine())
    corpus = _corpus(options, folder)
    found = inprocess.run(corpus, folder, options.engines or (), options.rounds, options.in_a_row)
    show_inprocess(report, found)
    size = options.records if options.words == 60 else f"{options.records}x{options.words}"
    turns = f"-turns-of-{options.in_a_row}" if options.in_a_row > 1 else ""
    report.save(options.out, f"inprocess-{size}{turns}", found)


def run_http(options: argparse.Namespace, folder: Path) -> None:
    """Load the real server, and OpenSearch where there is one."""
    report = Report(machine())
    found = over_http.run(folder, options.official, options.connections, options.seconds, options.queries)
    over_http.show(report, found)
    report.save(options.out, "http", found)


def run_build(options: argparse.Namespace, folder: Path) -> None:
    """Build CMS's file cold, unchanged and with one change, and made-up records by every engine."""
    report = Report(machine())
    found = builds.run(folder, options.official, options.records, options.words, options.engines)
    builds.show(report, found)
    report.save(options.out, "build" if options.words == 60 else f"build-words-{options.words}", found)


def run_cluster(options: argparse.Namespace, folder: Path) -> None:
    """Push made-up records into an OpenSearch node and search them, by number of shards."""
    report = Report(machine())
    corpus = inprocess.synthetic_corpus(folder, options.official, options.records, options.words, options.queries)
    found = clusters.run(folder, corpus, options.shards, options.version)
    clusters.show(report, found)
    report.save(options.out, f"cluster-{options.records}", found)


def run_quick(options: argparse.Namespace, folder: Path) -> None:
    """A little of everything, to see in two minutes that it works; no figures to publish."""
    report = Report(machine())
    corpora = {
        "real": inprocess.real_corpus(folder, options.official, 8),
        "synthetic": inprocess.synthetic_corpus(folder, options.official, 2_000, 60, 8),
    }
    found: dict[str, Any] = {}
    for name, corpus in corpora.items():
        (folder / f"engines-{name}").mkdir()
        found[name] = inprocess.run(corpus, folder / f"engines-{name}", (), 1)
        show_inprocess(report, found[name])
    found["build"] = builds.run(folder, options.official, [1_000], 60, ("procsearch", "whoosh"))
    builds.show(report, found["build"])
    found["http"] = over_http.run(folder, options.official, [16], 1, 100)
    over_http.show(report, found["http"])
    report.save(options.out, "quick", found)


def _corpus(options: argparse.Namespace, folder: Path) -> inprocess.Corpus:
    if options.records == "real":
        return inprocess.real_corpus(folder, options.official, options.queries)
    return inprocess.synthetic_corpus(folder, options.official, int(options.records), options.words, options.queries)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed.run", description=__doc__)
    commands = parser.add_subparsers(required=True)
    command = _command(commands, "inprocess", run_inprocess)
    command.add_argument("--records", type=_records, default="real", help="real, or a number of synthetic records")
    command.add_argument("--words", type=int, default=60, help="words of a synthetic record; from 200 with sections")
    command.add_argument("--queries", type=int, default=60, help="queries of each kind")
    command.add_argument("--rounds", type=int, default=4, help="how often each query is asked of each engine")
    command.add_argument(
        "--in-a-row", type=int, default=1, help="queries that an engine answers before the next's turn"
    )
    command.add_argument("--engines", nargs="+", choices=list(ALL), help="beside ours; default: all that fit")
    command = _command(commands, "build", run_build)
    command.add_argument("--records", type=int, nargs="*", default=[200_000], help="numbers of synthetic records")
    command.add_argument("--words", type=int, default=60)
    command.add_argument("--engines", nargs="+", choices=BUILT, default=BUILT)
    command = _command(commands, "http", run_http)
    command.add_argument("--connections", type=int, nargs="+", default=[16, 64])
    command.add_argument("--seconds", type=float, default=10, help="length of each load")
    command.add_argument("--queries", type=int, help="how many of the asked queries; default: all")
    command = _command(commands, "cluster", run_cluster)
    command.add_argument("--records", type=int, default=200_000, help="number of synthetic records")
    command.add_argument("--words", type=int, default=60)
    command.add_argument("--queries", type=int, default=20, help="queries of each kind")
    command.add_argument("--shards", type=int, nargs="+", default=[1, 2, 4])
    command.add_argument("--version", choices=RELEASES, default=DEFAULT, help="release of OpenSearch")
    _command(commands, "quick", run_quick)
    return parser.parse_args(arguments)


def _command(commands: argparse._SubParsersAction, name: str, run: Callable) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=(run.__doc__ or "").splitlines()[0], description=run.__doc__)
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder for results")
    parser.set_defaults(run=run)
    return parser


def _records(text: str) -> str:
    if text != "real" and not (text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError(f"expected real or a number; got {text!r}")
    return text


if __name__ == "__main__":
    main()
