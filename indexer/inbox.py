"""Imports what is new in a folder: CMS's releases (.zip, .txt, .xlsx) and Tables of Drugs (.pdf).

What was looked at is noted with its SHA-256 in ``<data>/inbox.json``, so that a file is read once, and told once where
it is refused. Nothing in the folder is changed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from indexer.drugs import DrugStore
from indexer.errors import DataError, ImportRefused
from indexer.files import file_sha256, names_in, write_atomically
from indexer.imports import ImportStore
from indexer.locks import write_lock

IMPORTED, KNOWN, REFUSED = "imported", "known", "refused"
ENDINGS = (".zip", ".txt", ".xlsx", ".pdf")

_FILE = "inbox.json"
#: A file that changed a moment ago is perhaps still being copied.
_SETTLED_SECONDS = 5.0
_WAIT_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file: `IMPORTED`, `KNOWN` where its content had been imported before, or `REFUSED`; what it
    is, or why it was refused."""

    name: str
    state: str
    told: str


def import_new(data: Path, folder: Path, settled_seconds: float = _SETTLED_SECONDS) -> list[Taken]:
    """Import every file of ``folder`` that was not looked at before; DataError where it cannot be listed."""
    with write_lock(data, _WAIT_SECONDS):
        seen = _seen(data)
        taken = []
        for path, digest in _new_files(folder, seen, settled_seconds):
            taken.append(_take(data, path))
            seen[str(path.absolute())] = digest
            write_atomically(data / _FILE, orjson.dumps(seen, option=orjson.OPT_INDENT_2))
    return taken


def _new_files(folder: Path, seen: dict[str, str], settled_seconds: float) -> Iterator[tuple[Path, str]]:
    try:
        if not folder.is_dir():
            raise NotADirectoryError(0, "no folder there")
        for name in sorted(name for ending in ENDINGS for name in names_in(folder, ending)):
            path = folder / name
            if name.startswith(".") or not path.is_file() or path.stat().st_mtime > time.time() - settled_seconds:
                continue
            digest = file_sha256(path)
            if seen.get(str(path.absolute())) != digest:
                yield path, digest
    except OSError as error:
        raise DataError(
            f"{folder}: expected a folder whose files can be read; got {error.strerror}. Correct path or rights."
        ) from error


def _take(data: Path, path: Path) -> Taken:
    try:
        told, is_new = _import_drugs(data, path) if path.suffix == ".pdf" else _import_release(data, path)
    except ImportRefused as error:
        return Taken(path.name, REFUSED, str(error))
    return Taken(path.name, IMPORTED if is_new else KNOWN, told)


def _import_release(data: Path, path: Path) -> tuple[str, bool]:
    # Loading what reads a workbook takes as long as many a build.
    from indexer.importers.hcpcs import read_release

    release = read_release(path)
    return f"{release.system} {release.label}", ImportStore(data).save(release)


def _import_drugs(data: Path, path: Path) -> tuple[str, bool]:
    from indexer.importers.drugs import read_drug_table

    table = read_drug_table(path)
    return f"Table of Drugs {table.label}", DrugStore(data).save(table)


def _seen(data: Path) -> dict[str, str]:
    path = data / _FILE
    try:
        found = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise DataError(f"{path}: expected names of files; got {error}. Remove it, to look at all again.") from error
    return dict(found)
