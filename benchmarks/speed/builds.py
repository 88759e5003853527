"""How long a build takes and how much memory, each in a process of its own: of CMS's file, and of made-up records."""

from __future__ import annotations

import dataclasses
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.speed.corpus import Lines, Synthetic, build_real, lines_of, vocabulary_of, write_lines
from benchmarks.speed.engines import ALL
from benchmarks.speed.measure import ROOT, in_child, megabytes
from benchmarks.speed.report import Report
from benchmarks.speed.texts import bytes_below
from corpus.store import SHIPPED

_RELEASE = "2020-alpha-numeric-hcpcs-file.zip"
#: On the command line and in tables, beside the engines by their own names.
WHOLE = "whole"
_MEMORY = ("peak MB", "MB before")
#: A peer that would take over an hour is measured with about so many words, and its seconds are multiplied.
_SAMPLE_WORDS, _SAMPLED = 3_000_000, ("whoosh",)
_SCALED = ("seconds", "processor_seconds", "size_mb")
_COMMAND = "from service.launcher import main; main()"
_TITLES = {
    "procsearch": "Procsearch, without Whoosh's index",
    WHOLE: "Procsearch, as published",
    "whoosh": "Whoosh alone, same fields",
}


def run(folder: Path, official: Path, counts: Sequence[int], words: int, names: Sequence[str]) -> dict[str, Any]:
    """Build everything; return seconds, peak memory and size of each."""
    found: dict[str, Any] = {"release": _release(folder / "release", official), "synthetic": {}}
    if counts:
        vocabulary = vocabulary_of(lines_of(build_real(folder / "real", official)))
    for count in counts:
        made = Synthetic(vocabulary, count, words)
        write_lines(folder / f"{count}.jsonl", made)
        measured = (_of_engine(folder, made, name) for name in names)
        found["synthetic"][f"{count:,} records of {words} words"] = dict(measured)
    return found


def _of_engine(folder: Path, made: Synthetic, name: str) -> tuple[str, dict[str, Any]]:
    """Return a title and what was measured: of all records, or of so many that a slow peer ends, times the rest."""
    lines, count = Lines(folder / f"{made.count}.jsonl"), made.count
    if name in _SAMPLED and count * made.words > 2 * _SAMPLE_WORDS:
        count = _SAMPLE_WORDS // made.words
        lines = write_lines(folder / "sample.jsonl", dataclasses.replace(made, count=count))
    measured = _synthetic(folder / f"{made.count}-{name}", lines, name)
    times, title = made.count / count, _title(name)
    scaled = {key: value * times if key in _SCALED else value for key, value in measured.items()}
    note = f", {count:,} measured x {times:.0f}" if times > 1 else ""
    return title + note, {**scaled, "records": made.count, "measured_records": count}


def _release(folder: Path, official: Path) -> dict[str, dict[str, Any]]:
    """Import and build the release of 2020 with the shipped documents, again, and with one document changed."""
    documents, data = folder / "documents", folder / "data"
    shutil.copytree(SHIPPED, documents)
    build = ("procsearch", "build", "--no-shipped", "--corpus", str(documents), "--data", str(data))
    found = {
        "import of the zip": in_child("procsearch", "import", "hcpcs", str(official / _RELEASE), "--data", str(data))
    }
    found["build, cold"] = in_child(*build)
    found["build, nothing changed"] = in_child(*build)
    change_one(documents)
    found["build, one document changed"] = in_child(*build)
    change_one(documents)
    found["the same, the whole command"] = _whole_command(*build[1:])
    return found


def _whole_command(*arguments: str) -> dict[str, Any]:
    """Return how long the command takes from its start to its end, the start of the interpreter included."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", _COMMAND, *arguments], cwd=ROOT, check=True, capture_output=True)
    return {"seconds": time.perf_counter() - started}


def change_one(documents: Path) -> Path:
    """Add a sentence to the summary of the first document."""
    path = min(documents.rglob("*.txt"))
    before, heading, after = path.read_text("utf-8").partition("\nSummary\n")
    summary, rest = after.split("\n", 1)
    path.write_text(f"{before}{heading}{summary} Ask whoever pays for it beforehand.\n{rest}", "utf-8")
    return path


def _synthetic(folder: Path, lines: Lines, name: str) -> dict[str, Any]:
    folder.mkdir()
    task = (WHOLE,) if name == WHOLE else ("engine", name)
    try:
        measured = in_child(*task, str(lines.path), str(folder))
        return {**measured, "size_mb": megabytes(bytes_below(folder))}
    finally:
        shutil.rmtree(folder)


def _title(name: str) -> str:
    return _TITLES.get(name) or ALL[name].name.partition(",")[0]


def show(report: Report, found: Mapping[str, Any]) -> None:
    """Show both tables."""
    rows = [(name, f"{each['seconds']:.2f}", *_memory(each)) for name, each in found["release"].items()]
    report.table("CMS's file of 2020 and the shipped documents", ("step", "seconds", *_MEMORY), rows)
    head = ("index", "seconds", "of processors", "records/s", *_MEMORY, "MB on disk")
    for title, engines in found["synthetic"].items():
        report.table(f"{title}, from a file of JSON lines", head, [_row(*each) for each in engines.items()])
    report.say(
        "Each step in a process of its own. Seconds leave out the start of the interpreter and its loading of modules,"
    )
    report.say("which take the MB before. Peak is VmHWM.")
    if found["synthetic"]:
        report.say("Procsearch builds by one process for each core; peak and seconds of processors are those of all.")
        report.say("Where it says so, seconds and size of a peer are those of a sample, multiplied; its memory is not.")
        report.say("MB on disk of Procsearch hold the stored records; no other engine stores them here.")


def _row(name: str, each: Mapping[str, Any]) -> tuple[str, ...]:
    seconds = each["seconds"]
    speed = f"{each['records'] / seconds:,.0f}"
    used = f"{each['processor_seconds']:,.1f}"
    return (name, f"{seconds:,.1f}", used, speed, *_memory(each), f"{each['size_mb']:,.1f}")


def _memory(each: Mapping[str, Any]) -> tuple[str, str]:
    return (f"{each['peak_mb']:,.0f}", f"{each['before_mb']:,.0f}") if "peak_mb" in each else ("", "")
