"""Records: what the index holds for one code, merged from its document and its official history.

A record is a plain dict that is stored and served as JSON. Its keys:

``code``, ``code_system``, ``kind`` (``procedure`` or ``modifier``), ``family``, ``title``, ``descriptor``,
``short_descriptor``, ``has_document``, ``common_names``, ``technical_terms``, ``drug_names``, ``sections`` (list of
``key``, ``heading``, ``blocks``; a block is ``type``, ``text`` and for an item ``label``), ``official`` (facts with
their meanings, or None), ``history`` (events, oldest first), ``ends`` (last day of use, ISO, or None).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from corpus.codes import HCPCS
from corpus.errors import Problem
from corpus.model import Block, Item, Paragraph, Procedure, Section, split_abbreviation
from corpus.store import Corpus, StoredDocument
from indexer.analysis.tokenizer import name_key
from indexer.drugs import drug_names
from indexer.facts import official_facts
from indexer.history import CodeHistory, histories
from indexer.importers.drugs import DrugTable
from indexer.importers.hcpcs_meanings import family_of
from indexer.official import Release

Record = dict[str, Any]

_TITLE_CHARS = 100


def make_records(
    corpus: Corpus, releases: Sequence[Release], tables: Sequence[DrugTable] = ()
) -> tuple[list[Record], list[Problem]]:
    """Return one record per code, sorted by code, and what does not fit between documents and official codes."""
    records, problems = stream_records(corpus, releases, tables)
    return list(records), problems


def stream_records(
    corpus: Corpus, releases: Sequence[Release], tables: Sequence[DrugTable] = ()
) -> tuple[Iterator[Record], list[Problem]]:
    """Return the same, the records made one by one as they are asked for."""
    known = histories(releases)
    stored = corpus.documents
    drugs = drug_names(tables, (history.latest for history in known.values()))
    codes = sorted(stored.keys() | known.keys())
    records = (_record(code, stored.get(code), known.get(code), drugs.get(code, [])) for code in codes)
    descriptors = {code: history.latest.long_descriptor for code, history in known.items()}
    return records, list(disagreements(stored, descriptors))


def revised_record(code: str, before: Mapping[str, Any] | None, document: Procedure | None) -> Record | None:
    """Return the record of a code whose document alone changed, or None where nothing of it is left.

    ``before`` is its record of the same releases and drug tables. None there means that they do not know the code.
    """
    official = None
    if before is not None and before["official"] is not None:
        official = {name: before[name] for name in _OFFICIAL}
    if official is None and document is None:
        return None
    return _merged(code, document, official, before["drug_names"] if before else [])


def names_of(record: Mapping[str, Any]) -> list[str]:
    """Return, as name keys, every name that a whole query may equal: title, names, abbreviations, descriptors."""
    names = [record["title"], record["descriptor"], record["short_descriptor"]]
    for name in (*record["common_names"], *record["technical_terms"], *record["drug_names"]):
        bare, short = split_abbreviation(name)
        names += [name, bare, short or ""]
    own = name_key(record["code"])
    keys = [name_key(name) for name in dict.fromkeys(names)]
    return list(dict.fromkeys([key for key in keys if key and key != own]))


def section_text(record: Mapping[str, Any], key: str) -> str:
    """Return the text of one section, a line a block, or an empty string where there is no document."""
    for section in record["sections"]:
        if section["key"] == key:
            return "\n".join(map(block_text, section["blocks"]))
    return ""


def block_text(block: Mapping[str, Any]) -> str:
    """Return one block as a line of text, with the label before the text of an item."""
    return f"{block['label']}: {block['text']}" if block.get("label") else str(block["text"])


def text_of(record: Mapping[str, Any], field: str) -> str:
    """Return the text that the index field ``field`` covers."""
    value = record.get(field)
    if isinstance(value, str):
        return value
    if isinstance(value, list) and field != "sections":
        return "\n".join(value)
    return section_text(record, field)


def texts_of(record: Mapping[str, Any], fields: Sequence[str]) -> list[str]:
    """Return `text_of` each of the fields."""
    sections: dict[str, str] = {}
    for section in record["sections"]:
        if section["key"] not in sections:
            sections[section["key"]] = "\n".join(map(block_text, section["blocks"]))
    return [text_of(record, field) if field in record else sections.get(field, "") for field in fields]


def _record(code: str, stored: StoredDocument | None, history: CodeHistory | None, drugs: list[str]) -> Record:
    return _merged(code, stored.document if stored else None, _official(history) if history else None, drugs)


def _official(history: CodeHistory) -> dict[str, Any]:
    """Return what official files say of a code, which no document changes."""
    return {
        "kind": history.latest.kind,
        "descriptor": history.latest.long_descriptor,
        "short_descriptor": history.latest.short_descriptor,
        "official": official_facts(history),
        "history": [_event(event) for event in history.events],
        "ends": _last_day(history),
    }


#: What `_official` gives, as it is for a code that no official file lists.
_OFFICIAL: dict[str, Any] = {
    "kind": "procedure",
    "descriptor": "",
    "short_descriptor": "",
    "official": None,
    "history": [],
    "ends": None,
}


def _merged(code: str, document: Procedure | None, official: Mapping[str, Any] | None, drugs: list[str]) -> Record:
    facts = official or (_OFFICIAL | {"descriptor": document.descriptor_line if document else "", "history": []})
    system = document.code_system if document else HCPCS.name
    return {
        "code": code,
        "code_system": system,
        "kind": facts["kind"],
        "family": family_of(code) if official or system == HCPCS.name else None,
        "title": document.title if document else short_title(facts["descriptor"]),
        "descriptor": facts["descriptor"],
        "short_descriptor": facts["short_descriptor"],
        "has_document": document is not None,
        "common_names": list(document.common_names) if document else [],
        "technical_terms": list(document.technical_terms) if document else [],
        "drug_names": drugs,
        "sections": [_section(section) for section in document.sections] if document else [],
        "official": facts["official"],
        "history": facts["history"],
        "ends": facts["ends"],
    }


def short_title(descriptor: str) -> str:
    """Return a descriptor cut at a word to at most 100 characters, with an ellipsis where it was cut."""
    if len(descriptor) <= _TITLE_CHARS:
        return descriptor
    cut = descriptor[:_TITLE_CHARS].rsplit(" ", 1)[0].rstrip(" ,;:(-")
    return f"{cut}…"


def _section(section: Section) -> dict[str, Any]:
    blocks = [_block(block) for block in section.blocks]
    return {"key": section.name.key, "heading": section.name.value, "blocks": blocks}


def _block(block: Block) -> dict[str, str]:
    if isinstance(block, Item):
        return {"type": "item", "text": block.text} | ({"label": block.label} if block.label else {})
    return {"type": "paragraph" if isinstance(block, Paragraph) else "subheading", "text": block.text}


def _event(event: Any) -> dict[str, Any]:
    changes = [{"field": each.field, "before": each.before, "after": each.after} for each in event.changes]
    return {"release": event.release, "event": event.kind, "date": event.date, "changes": changes}


def _last_day(history: CodeHistory) -> str | None:
    """The last day of use; a code that the newest file no longer lists ended before that file took effect."""
    if history.latest.terminated or history.listed:
        return history.latest.terminated
    dropped = next(event.release for event in reversed(history.events) if event.kind == "dropped")
    year, month = int(dropped[:4]), int(dropped[5:] or 1)
    return (datetime.date(year, month, 1) - datetime.timedelta(days=1)).isoformat()


def disagreements(
    stored: Mapping[str, StoredDocument], official: Mapping[str, str], *, any_official: bool | None = None
) -> Iterator[Problem]:
    """Yield what does not fit between documents and official codes, which ``official`` gives their descriptors.

    ``any_official`` says whether there are any, where these are not all of them.
    """
    if not (official if any_official is None else any_official):
        return
    for code, each in stored.items():
        if each.document.code_system != HCPCS.name:
            continue
        descriptor = official.get(code)
        if descriptor is None:
            remedy = "Check the code, or import the release that holds it."
            yield _warning(each, 3, "unknown-code", "a code of the imported official files", code, remedy)
        elif not _agrees(each.document, descriptor):
            remedy = "The official one is shown and searched; correct the first line of the document."
            yield _warning(each, 1, "descriptor-differs", f"{short_title(descriptor)!r}", "another descriptor", remedy)


def _agrees(document: Procedure, official: str) -> bool:
    if document.descriptor_cut:
        return name_key(official).startswith(name_key(document.descriptor))
    return document.descriptor == official


def _warning(stored: StoredDocument, line: int, rule: str, expected: str, got: str, remedy: str) -> Problem:
    return Problem(stored.path, line, 1, "warning", rule, expected, got, remedy)
