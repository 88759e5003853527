"""Documents that the running service was given: one file a code below ``<data>/documents``.

Builds read this folder last, so that a document here takes the place of one of the same code that is shipped or lies
in a folder of ``--corpus``; once it is removed the other one shows again. Only the service writes here. A name is made
of a code and nothing else, so that no request can name a file elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from corpus import format as document_format
from corpus.codes import CODE_SYSTEMS, normalise_code
from corpus.model import Procedure
from corpus.store import SHIPPED, StoredDocument, read
from indexer.errors import DataError
from indexer.files import sync_folder, write_atomically
from indexer.locks import file_lock

FOLDER = "documents"
_WAIT_SECONDS = 10.0


def corpus_folders(folders: Sequence[Path], shipped: bool, data: Path) -> list[Path]:
    """Return the folders that a build reads, a later one winning: shipped, ``folders``, the service's own."""
    own = data / FOLDER
    return [*([SHIPPED] if shipped else []), *folders, *([own] if own.is_dir() else [])]


def official_spelling(code: str) -> str | None:
    """Return a code as it is written officially, or None where it has the shape of no code system."""
    code = normalise_code(code)
    return code if any(system.accepts(code) for system in CODE_SYSTEMS) else None


class OwnDocuments:
    """The documents below a data folder that the service was given. Change them under `changing` only."""

    def __init__(self, data: Path) -> None:
        self._folder = data / FOLDER
        self._lock = data / f"{FOLDER}.lock"

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the right to change documents; LockHeld where another holds it for too long."""
        with file_lock(self._lock, _WAIT_SECONDS):
            yield

    def path(self, code: str) -> Path:
        """Return where the document of ``code``, officially spelled, lies or would lie; ValueError for no code."""
        if official_spelling(code) != code:
            raise ValueError(f"expected a code; got {code!r}")
        return self._folder / code[0] / f"{code}.txt"

    def get(self, code: str) -> StoredDocument | None:
        """Return the document of ``code``, or None; DataError where there is one that cannot be read."""
        path = self.path(code)
        if not path.is_file():
            return None
        stored, problems = read(path)
        if stored is None:
            raise DataError(f"{problems[0]} (Put the document again, or remove the file.)")
        return stored

    def put(self, document: Procedure) -> StoredDocument:
        """Write a document, in place of another of its code; on return it has reached the disk."""
        path = self.path(document.code)
        if not path.parent.is_dir():
            path.parent.mkdir(parents=True, exist_ok=True)
            sync_folder(path.parent.parent)
        write_atomically(path, document_format.render(document).encode())
        stored, _ = read(path)
        if stored is None:
            raise DataError(f"{path}: expected the document just written; got another. Who else writes there?")
        return stored

    def remove(self, code: str) -> bool:
        """Remove the document of ``code``, and say whether there was one."""
        path = self.path(code)
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        sync_folder(path.parent)
        return True
