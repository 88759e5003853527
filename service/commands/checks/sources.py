"""Checks of what an index is made of: imports, and documents."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpus.errors import CorpusError
from indexer.drugs import DrugStore
from indexer.errors import IndexerError
from indexer.imports import ImportStore
from indexer.inputs import load_corpus
from indexer.snapshots import Snapshot
from service.commands.checks.finding import Finding, Setup, from_error, ok, problem, warning

_SHOWN = 3
_BUILD = "Run 'procsearch build'."


def imports(setup: Setup) -> Iterator[Finding]:
    """Are all imports whole, and are they those that the published snapshot was built from?"""
    try:
        present = _imported(setup.data)
    except (IndexerError, OSError) as error:
        yield from_error("imports", error)
        return
    if setup.snapshot is None:
        yield ok("imports", f"{len(present)} files")
        return
    differing = sorted(set(present.items()) ^ set(_indexed(setup.snapshot).items()))
    names = list(dict.fromkeys(name for name, _ in differing)) + _newer_vocabulary(setup.data, setup.snapshot)
    if names:
        yield warning("imports", f"newer than the published snapshot: {', '.join(names)}", _BUILD)
    else:
        yield ok("imports", f"{len(present)} files, all in the published snapshot")


def documents(setup: Setup) -> Iterator[Finding]:
    """Can every document be read, and did the last build take every one?"""
    try:
        # The linter's opinions, which take several seconds, are left to 'procsearch check'.
        corpus = load_corpus(setup.folders)
    except (IndexerError, CorpusError, OSError) as error:
        yield from_error("documents", error)
        return
    problems = corpus.problems
    errors = [each for each in problems if each.severity == "error"]
    for each in errors[:_SHOWN]:
        yield problem("documents", str(each), "Correct it; 'procsearch check' tells all of them.")
    if len(errors) > _SHOWN:
        yield problem("documents", f"{len(errors) - _SHOWN} more errors", "Run 'procsearch check'.")
    warnings = len(problems) - len(errors)
    if warnings:
        yield warning("documents", f"{warnings} warnings", "Run 'procsearch check' and look at them.")
    if not problems:
        yield ok("documents", f"{len(corpus.documents)} without a problem")
    yield from _rejected(setup.snapshot)


def _rejected(snapshot: Snapshot | None) -> Iterator[Finding]:
    rejected = snapshot.manifest["sources"]["rejected"] if snapshot else []
    if rejected:
        shown = ", ".join(rejected[:_SHOWN])
        yield warning("documents", f"left out of the published snapshot: {shown}", f"Correct them. {_BUILD}")


def _imported(data: Path) -> dict[str, str]:
    """Return the checksum of the source of everything imported, by its name; DataError where a file is damaged."""
    releases = {f"{each.system} {each.label}": each.sha256 for each in ImportStore(data).load_all()}
    return releases | {f"Table of Drugs {each.label}": each.sha256 for each in DrugStore(data).load_all()}


def _indexed(snapshot: Snapshot) -> dict[str, str]:
    """Return the same of what the snapshot was built from."""
    sources: dict[str, list[dict[str, Any]]] = snapshot.manifest["sources"]
    releases = {f"{each['system']} {each['release']}": each["sha256"] for each in sources["releases"]}
    return releases | {f"Table of Drugs {each['release']}": each["sha256"] for each in sources["drug_tables"]}


def _newer_vocabulary(data: Path, snapshot: Snapshot) -> list[str]:
    built = datetime.datetime.fromisoformat(snapshot.manifest["created"]).timestamp()
    files = [path for kind in ("synonyms", "abbreviations") for path in sorted((data / "imports" / kind).glob("*.txt"))]
    return [f"{path.parent.name}/{path.name}" for path in files if path.stat().st_mtime > built + 1]
