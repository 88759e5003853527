"""What every engine is given: the same texts of a record, the same weights, and queries taken apart the same way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from indexer.records import text_of
from indexer.schema import TEXT_FIELDS

DEPTH = 10
WEIGHTS = {name: field.weight for name, field in TEXT_FIELDS.items()}
#: Kinds of queries that are plain words, any of which may match.
PLAIN = frozenset(("asked", "short", "long", "common"))
Hits = list[tuple[str, float]]
_WORD = re.compile(r"\w+")


def texts_of(record: Mapping[str, Any]) -> dict[str, str]:
    """Return the text of each of the fields, blank where the record has none."""
    return {name: text_of(record, name) for name in TEXT_FIELDS}


def family_of(record: Mapping[str, Any]) -> str:
    """Return the value that filters ask for."""
    return str(record["code"][0])


def parted(text: str, kind: str) -> tuple[str, str | None]:
    """Return the words of a query and the family that it filters by, if any."""
    if kind != "filter":
        return text, None
    words, _, family = text.rpartition(" family:")
    return words, family


def words_of(text: str) -> list[str]:
    """Return the words of a query."""
    return _WORD.findall(text)


def bytes_below(folder: Path) -> int:
    """Return the size of all files of a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
