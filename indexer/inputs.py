"""What a build reads, and whether it is what the published snapshot was built from."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from corpus.errors import Problem, StoreError
from corpus.store import Corpus, load
from indexer.analysis.vocabulary import SHIPPED
from indexer.errors import BuildError
from indexer.files import file_sha256
from indexer.snapshots import versions


@dataclass(slots=True)
class Inputs:
    """Documents, and hashes of all that a build reads.

    ``base`` is a hash over everything but the documents: imports, shipped vocabulary and versions; ``inputs`` one over
    everything. Both are made without making sense of it.
    """

    data: Path
    corpus: Corpus
    base: str
    inputs: str


@dataclass(slots=True)
class Read:
    """What was read and made of it: records in the order of codes, and what goes into the manifest."""

    records: Iterable[dict[str, Any]]
    disagreements: list[Problem]
    releases: list[dict[str, Any]]
    tables: list[dict[str, Any]]


def read_inputs(data: Path, folders: Sequence[Path]) -> Inputs:
    """Read the documents and hash all that there is; BuildError where a folder cannot be read."""
    corpus = load_corpus(folders)
    files = [[str(path), file_sha256(path)] for path in _files(data / "imports") + _files(SHIPPED)]
    base = _hash([versions(), files])
    documents = [[code, each.path, each.sha256] for code, each in corpus.documents.items()]
    problems = [str(problem) for problem in corpus.problems]
    return Inputs(data, corpus, base, _hash([base, documents, problems, corpus.replaced]))


def load_corpus(folders: Sequence[Path]) -> Corpus:
    """Read all documents; BuildError where a folder cannot be read."""
    try:
        return load(folders)
    except StoreError as error:
        raise BuildError(str(error)) from error


def _hash(value: Any) -> str:
    return hashlib.sha256(orjson.dumps(value)).hexdigest()


def _files(folder: Path) -> list[Path]:
    try:
        found = [Path(current) / name for current, _, names in os.walk(folder, onerror=_cannot_list) for name in names]
        return sorted(path for path in found if path.is_file())
    except OSError as error:
        raise BuildError(
            f"{folder}: expected files that can be read; got {error.strerror}. Correct the rights."
        ) from error


def _cannot_list(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error
