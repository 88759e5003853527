"""The Whoosh index of a snapshot: how its fields are made, written, opened and checked.

Document number *n* of the index is record *n* of the snapshot: records lie in order in one segment, and nothing is ever
deleted. Whoosh stores no record of its own and its pickled schema is never read back; all other pickles of an index are
read as plain values (`pickles`), so that an index from elsewhere cannot run anything.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from whoosh import fields, index
from whoosh.analysis import Analyzer, Token

from indexer import schema
from indexer.analysis.tokenizer import Token as OurToken
from indexer.analysis.tokenizer import index_tokens
from indexer.errors import SnapshotError
from indexer.progress import Progress, Silent
from indexer.schema import FIELDS
from indexer.targets.pickles import SafeStorage, guard_whoosh
from indexer.targets.revision import Edit, revise_segment, usable_terms
from indexer.targets.segment import write_segment
from indexer.targets.terms import Terms
from indexer.values import Values
from indexer.workers import Shared

guard_whoosh()


class StemAnalyzer(Analyzer):  # type: ignore[misc]
    """Our tokens as Whoosh wants them; ``attribute`` is ``term`` for stems or ``word`` for whole words."""

    def __init__(self, attribute: str = "term") -> None:
        self.attribute = attribute

    def __call__(
        self,
        value: str,
        positions: bool = False,
        chars: bool = False,
        start_pos: int = 0,
        start_char: int = 0,
        **_: Any,
    ) -> Iterator[Token]:
        """Yield one Whoosh token a word; Whoosh reuses the object, so a caller must not keep it."""
        out = Token(positions, chars)
        out.boost, out.stopped = 1.0, False
        for token in _tokens(value):
            out.text = out.original = getattr(token, self.attribute)
            out.pos = start_pos + token.position
            out.startchar, out.endchar = start_char + token.start, start_char + token.end
            yield out


@functools.lru_cache(maxsize=4)
def _tokens(text: str) -> list[OurToken]:
    """Return the tokens of a text; the title of a bare code is its descriptor, and comes right before it."""
    return index_tokens(text)


def whoosh_schema() -> fields.Schema:
    """Return the Whoosh schema that the table of fields stands for."""
    return fields.Schema(**{field.name: _field_type(field) for field in FIELDS})


def write_index(
    folder: Path, compiled: Path, values: Values, shared: Shared | None = None, progress: Progress | None = None
) -> None:
    """Write a new index into ``folder`` of the records whose compiled index lies in the folder ``compiled``.

    ``values`` are those of all records; ``shared``: who shares the work.
    """
    folder.mkdir()
    write_segment(folder, compiled, values, whoosh_schema(), shared, progress or Silent())


def revise_index(folder: Path, compiled: Path, before: Path, edits: Sequence[Edit]) -> bool:
    """Write the index of records of which only some changed, in place, since the one in ``before`` was written.

    False where that index holds so many lists no longer in use that it should be written anew; nothing is written then.
    SnapshotError where it cannot be read.
    """
    with _told(before):
        terms = usable_terms(before)
        if terms is None:
            return False
        _revise(folder, compiled, before, terms, edits)
    return True


def _revise(folder: Path, compiled: Path, before: Path, terms: Terms, edits: Sequence[Edit]) -> None:
    with open_reader(before) as reader:
        folder.mkdir()
        revise_segment(folder, compiled, before, terms, edits, reader, whoosh_schema())


@contextmanager
def open_reader(folder: Path) -> Iterator[Any]:
    """Open Whoosh's reader of an index; SnapshotError where Whoosh cannot read it."""
    storage = SafeStorage(folder)
    try:
        with _told(folder):
            reader = index.FileIndex(storage, schema=whoosh_schema()).reader()
        yield reader
        reader.close()
    finally:
        storage.close_files()


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Tell whatever keeps Whoosh from reading an index in our words."""
    try:
        yield
    except SnapshotError:
        raise
    except Exception as error:
        # Whoosh raises whatever its file parsing runs into: struct.error, TypeError, its own errors.
        raise SnapshotError(
            f"{folder}: expected a Whoosh index; got {type(error).__name__}: {error}. "
            "Remove the folder of the snapshot, then run 'procsearch build'."
        ) from error


def check_index(folder: Path, expected: int) -> None:
    """Raise SnapshotError unless the index holds ``expected`` records in one segment without deletions."""
    with open_reader(folder) as reader:
        counts = (reader.doc_count_all(), reader.doc_count(), reader.is_atomic())
    if counts != (expected, expected, True):
        raise SnapshotError(
            f"{folder}: expected {expected} records in one segment; got {counts[0]}, {counts[1]} not deleted, "
            f"one segment: {counts[2]}. Run 'procsearch build'."
        )


def _field_type(field: schema.Field) -> fields.FieldType:
    if field.kind == "keyword":
        return fields.ID()
    if field.kind == "names":
        return fields.KEYWORD(commas=True, scorable=False)
    attribute = "word" if field.kind == "words" else "term"
    # Positions serve phrases and proximity; the field of all words only finds what a prefix may mean.
    return fields.TEXT(analyzer=StemAnalyzer(attribute), phrase=field.kind == "text")
