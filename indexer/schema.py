"""The one table of fields. Every engine, on its write and its read side, takes fields and weights from here."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

from corpus.grammar import SectionName

FieldKind = Literal["keyword", "names", "text", "words"]

#: Raise it when a field changes its meaning; snapshots of another version are then refused.
SCHEMA_VERSION = 1

#: ``ends`` of a code without a termination date, so that one range test tells active from terminated.
NO_END = "9999-12-31"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the index.

    ``keyword`` holds one value as it is, ``names`` whole names as `name_key` gives them, ``text`` stems with
    positions, ``words`` all unstemmed words of the record for prefixes. ``weight`` multiplies a match in ranking;
    ``label`` is what a person sees.
    """

    name: str
    kind: FieldKind
    weight: float
    label: str
    section: bool = False


# Weights: a word in a name says what the procedure is, in the descriptor what is billed, in a section only
# what it has to do with. The summary and purpose come nearest to naming the procedure.
_TEXT_FIELDS = (
    Field("title", "text", 4.0, "Title"),
    Field("common_names", "text", 4.0, "Common names"),
    Field("technical_terms", "text", 3.0, "Technical terms"),
    Field("drug_names", "text", 3.0, "Drug names"),
    Field("descriptor", "text", 3.0, "Official descriptor"),
    Field("short_descriptor", "text", 2.0, "Short descriptor"),
)
_SECTION_WEIGHTS = {SectionName.SUMMARY: 0.3, SectionName.PURPOSE: 0.25}
_SECTION_FIELDS = tuple(
    Field(name.key, "text", _SECTION_WEIGHTS.get(name, 0.15), name.value, section=True) for name in SectionName
)

FIELDS: tuple[Field, ...] = (
    Field("code", "keyword", 1.0, "Code"),
    Field("code_system", "keyword", 1.0, "Code system"),
    Field("kind", "keyword", 1.0, "Kind"),
    Field("ends", "keyword", 1.0, "Last day of use"),
    Field("names", "names", 1.0, "Name"),
    *_TEXT_FIELDS,
    *_SECTION_FIELDS,
    Field("words", "words", 0.0, "Whole record"),
)

#: The fields that ranking reads, by name.
TEXT_FIELDS: dict[str, Field] = {field.name: field for field in (*_TEXT_FIELDS, *_SECTION_FIELDS)}
SECTION_FIELDS: dict[str, Field] = {field.name: field for field in _SECTION_FIELDS}
LABELS: dict[str, str] = {field.name: field.label for field in FIELDS}


def fingerprint() -> str:
    """Return 16 hex digits that change with the set or kind of fields, but not with their weights."""
    table = ";".join(f"{field.name}:{field.kind}" for field in FIELDS)
    return hashlib.sha256(f"{SCHEMA_VERSION}|{table}".encode()).hexdigest()[:16]
