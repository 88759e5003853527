"""Folders of documents: find the files, read them safely, report what cannot be read.

A corpus folder holds one document in each ``*.txt`` file, at any depth. Hidden files, editors' backups and files with
other endings are passed over. Symbolic links are followed only where they lead to a file inside the same folder.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from corpus import format as document_format
from corpus.errors import Problem, StoreError
from corpus.model import Procedure

#: The documents that come with the product.
SHIPPED = Path(__file__).resolve().parent / "documents"


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document with the file it came from and the SHA-256 (hex) of its normalised text."""

    document: Procedure
    path: str
    sha256: str


@dataclass(slots=True)
class Corpus:
    """What the folders hold: documents by code, every problem, and how many files were looked at.

    ``replaced`` lists (code, path left out, path used) where a later folder replaces a document of an earlier one.
    """

    documents: dict[str, StoredDocument] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    replaced: list[tuple[str, str, str]] = field(default_factory=list)
    files: int = 0

    @property
    def rejected(self) -> list[str]:
        """Paths of the files that hold an error, in order, each once."""
        return list(dict.fromkeys(each.path for each in self.problems if each.severity == "error"))


def load(folders: Sequence[Path]) -> Corpus:
    """Read all documents below ``folders``; a later folder's document replaces an earlier one's of the same code.

    Two documents of one code in the same folder are an error of the second in path order. StoreError where a
    folder does not exist or cannot be listed; problems inside files are collected instead.
    """
    corpus = Corpus()
    for folder in folders:
        _load_folder(folder, corpus)
    return corpus


def read(path: Path, shown: str | None = None) -> tuple[StoredDocument | None, tuple[Problem, ...]]:
    """Read one file; return its document, or None where it holds errors, and all problems."""
    shown = shown or str(path)
    text = _read_text(path, shown)
    if isinstance(text, Problem):
        return None, (text,)
    document, problems = document_format.examine(text, shown)
    if document is None:
        return None, problems
    digest = hashlib.sha256(document_format.render(document).encode()).hexdigest()
    return StoredDocument(document, shown, digest), problems


def _load_folder(folder: Path, corpus: Corpus) -> None:
    inside: dict[str, StoredDocument] = {}
    for found in _walk(folder):
        corpus.files += 1
        stored, problems = (None, (found,)) if isinstance(found, Problem) else read(found)
        corpus.problems.extend(problems)
        if stored is None:
            continue
        code = stored.document.code
        if code in inside:
            corpus.problems.append(_duplicate(stored, inside[code]))
        else:
            inside[code] = stored
    for code, stored in inside.items():
        if code in corpus.documents:
            corpus.replaced.append((code, corpus.documents[code].path, stored.path))
        corpus.documents[code] = stored


def _duplicate(stored: StoredDocument, first: StoredDocument) -> Problem:
    got = f"{stored.document.code} again (first in {first.path})"
    remedy = "Keep one of the two files, or correct the code in its title."
    return Problem(stored.path, 1, 1, "error", "duplicate-code", "one document for each code", got, remedy)


def _walk(folder: Path) -> Iterator[Path | Problem]:
    if not os.path.isdir(folder):  # unlike Path.is_dir, it raises for no path
        raise StoreError(f"{folder}: expected a folder of documents; got none there. Check the path.")
    root = folder.resolve()
    for current, folders, files in os.walk(folder, onerror=_cannot_list):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        links = [name for name in folders if (Path(current) / name).is_symlink()]
        yield from (_linked_folder(Path(current) / name) for name in links)
        for name in _document_names(files):
            path = Path(current) / name
            if not name.isprintable():
                yield _unprintable(path)
                continue
            # Unlike Path.resolve, realpath does not raise where links lead in a circle; opening it then tells.
            yield path if Path(os.path.realpath(path)).is_relative_to(root) else _escaping(path)


def _cannot_list(error: OSError) -> None:
    raise StoreError(
        f"{error.filename}: expected a readable folder; got {error.strerror}. Give this user the right to read it."
    ) from error


def _document_names(files: Iterable[str]) -> list[str]:
    return sorted(name for name in files if name.lower().endswith(".txt") and not name.startswith("."))


def _escaping(path: Path) -> Problem:
    expected, got = "a file inside the corpus folder", "a symbolic link that leads out of it"
    return Problem(str(path), 1, 1, "error", "link-outside", expected, got, "Copy the file into the folder.")


def _unprintable(path: Path) -> Problem:
    shown = "".join(char if char.isprintable() else "?" for char in str(path))
    expected, got = "a file name of printable UTF-8 characters", "another"
    return Problem(shown, 1, 1, "error", "file-name", expected, got, "Rename the file.")


def _linked_folder(path: Path) -> Problem:
    remedy = "It is not followed; name its target as a corpus folder of its own."
    return Problem(str(path), 1, 1, "warning", "linked-folder", "a folder", "a symbolic link to one", remedy)


def _read_text(path: Path, shown: str) -> str | Problem:
    def refuse(rule: str, expected: str, got: str, remedy: str, line: int = 1, column: int = 1) -> Problem:
        return Problem(shown, line, column, "error", rule, expected, got, remedy)

    try:
        data = _read_bytes(path)
    except OSError as error:
        got = error.strerror or type(error).__name__
        return refuse("unreadable", "a regular file that can be read", got, "Check the file and its rights.")
    if len(data) > document_format.MAX_BYTES:
        expected, got = f"at most {document_format.MAX_BYTES:,} bytes", f"more ({path.stat().st_size:,})"
        return refuse("too-large", expected, got, "This is no procedure document; move it elsewhere.")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return refuse("encoding", "UTF-8", "UTF-16", "Save the file as UTF-8.")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = _position(data, error.start)
        got = f"byte 0x{data[error.start]:02X}, which is not UTF-8 there"
        remedy = "Save the file as UTF-8; it may be in the Windows code page 1252."
        return refuse("encoding", "UTF-8", got, remedy, line, column)


def _position(data: bytes, at: int) -> tuple[int, int]:
    before = data[:at].decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _read_bytes(path: Path) -> bytes:
    """Read at most one byte over the limit; never waits on a pipe, never reads a device."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(0, "no regular file")
        return stream.read(document_format.MAX_BYTES + 1)
