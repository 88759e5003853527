"""The tables of the Clinical Tables Search Service that are served here: their fields, by the names that clients use.

One line a field says where its value comes from, in which fields of the index its words are found, and how a
constraint reads it.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from service.search.query.constraint_fields import CodeField, DateField, FlagField, TextField
from service.search.query.constraint_fields import Field as Constrained
from service.search.query.syntax import All, AnyOf, Dates, Having, Node, Words

Value = str | list[Any]
Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a table.

    ``value`` makes it of a record; ``constrained`` is how ``q`` reads it, and says which fields of the index hold its
    words. ``flag`` makes the demand, on a day, of the records of which the value is "true", and takes the place of
    both. ``whole`` says that a card of the record is not enough.
    """

    value: Callable[[Record], Value] | None = None
    constrained: Constrained | None = None
    flag: Callable[[datetime.date], Node] | None = None
    whole: bool = False

    @property
    def indexed(self) -> tuple[str, ...] | None:
        """The fields of the index that hold its words; None where it is no text."""
        if isinstance(self.constrained, CodeField):
            return ("code",)
        return self.constrained.names if isinstance(self.constrained, TextField) else None


@dataclass(frozen=True, slots=True)
class Table:
    """One table: which records it holds, its fields, and the defaults of ``df``, ``sf`` and ``cf``."""

    name: str
    filters: Mapping[str, tuple[str, ...]]
    fields: Mapping[str, Field]
    shown: tuple[str, ...]
    searched: tuple[str, ...]
    code: str

    def constrained(self, today: datetime.date) -> dict[str, Constrained]:
        """Return how ``q`` reads each field that it may name."""
        flags = {name: FlagField(field.flag(today)) for name, field in self.fields.items() if field.flag}
        return flags | {name: field.constrained for name, field in self.fields.items() if field.constrained}


_UNNAMED_PHRASES = (
    "not otherwise classified",
    "not otherwise specified",
    "not otherwise listed",
    "not elsewhere classified",
    "not elsewhere specified",
)
_UNNAMED_WORDS = ("noc", "nos", "unlisted", "unclassified", "unspecified", "miscellaneous")
_DESCRIPTORS = ("descriptor", "short_descriptor")

#: Procedures that are for what no other code names, by the words that CMS uses for these.
NOT_OTHERWISE_CLASSIFIED = All(
    (
        Having("kind", ("procedure",)),
        AnyOf(
            (
                *(Words(phrase, _DESCRIPTORS, phrase=True) for phrase in _UNNAMED_PHRASES),
                *(Words(word, _DESCRIPTORS) for word in _UNNAMED_WORDS),
            )
        ),
    )
)


def _obsolete(today: datetime.date) -> Node:
    yesterday = today - datetime.timedelta(days=1)
    return Dates("ends", 1, int(yesterday.strftime("%Y%m%d")))


def _day(value: str | None) -> str:
    return value.replace("-", "") if value else ""


def _text(key: str) -> Field:
    """A field that holds the text, or the list of names, that a record has under ``key``."""
    return Field(lambda record: record[key], TextField((key,)))


def _date(key: str) -> Field:
    """A field that holds a date of the official record."""
    return Field(lambda record: _day((record["official"] or {}).get(key)), DateField(key), whole=True)


def _display(record: Record) -> str:
    return str(record["short_descriptor"] or record["title"])


def _synonyms(record: Record) -> list[str]:
    return list(dict.fromkeys(name for key in _NAMES for name in record[key]))


def _link(record: Record) -> list[list[str]]:
    # Without a host: the one that a client names in its request is not to be trusted.
    return [[f"/codes/{record['code']}", record["title"]]]


_CODE = Field(lambda record: record["code"], CodeField())
_NAMES = ("common_names", "technical_terms", "drug_names")
#: Documents know nothing of ICD-9, and the vocabulary is no part of them.
_EMPTY_TEXT, _EMPTY_LIST = Field(lambda _: "", TextField(())), Field(lambda _: [], TextField(()))

HCPCS = Table(
    name="hcpcs",
    filters={"code_system": ("HCPCS",)},
    fields={
        "code": _CODE,
        "short_desc": _text("short_descriptor"),
        "long_desc": _text("descriptor"),
        "display": Field(_display, TextField(("short_descriptor",))),
        "add_dt": _date("added"),
        "term_dt": Field(lambda record: _day(record["ends"]), DateField("ends")),
        "act_eff_dt": _date("effective"),
        "obsolete": Field(flag=_obsolete),
        "is_noc": Field(flag=lambda _: NOT_OTHERWISE_CLASSIFIED),
        **{name: _text(name) for name in _NAMES},
    },
    shown=("code", "display"),
    searched=("code", "short_desc", "long_desc"),
    code="code",
)

PROCEDURES = Table(
    name="procedures",
    filters={"has_document": ("true",)},
    fields={
        "key_id": _CODE,
        "consumer_name": _text("title"),
        "primary_name": _text("descriptor"),
        "synonyms": Field(_synonyms, TextField(_NAMES)),
        "word_synonyms": _EMPTY_LIST,
        "term_icd9_code": _EMPTY_TEXT,
        "term_icd9_text": _EMPTY_TEXT,
        "info_link_data": Field(_link),
        "code_system": Field(lambda record: record["code_system"]),
    },
    shown=("consumer_name",),
    searched=("key_id", "consumer_name", "primary_name", "synonyms", "word_synonyms"),
    code="key_id",
)

TABLES = (HCPCS, PROCEDURES)
