"""Whoosh's own writer over the same records: slow, and what our own writer has to agree with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from whoosh import index

from indexer import schema
from indexer.analysis.tokenizer import index_words
from indexer.records import names_of, text_of
from indexer.targets.whoosh import whoosh_schema


def write_plain(folder: Path, records: Iterable[Mapping[str, Any]]) -> None:
    """Write an index of the records by `whoosh.writing.SegmentWriter`."""
    folder.mkdir()
    writer = index.create_in(str(folder), whoosh_schema()).writer()
    for record in records:
        writer.add_document(**_fields(record))
    writer.commit(optimize=True)


def _fields(record: Mapping[str, Any]) -> dict[str, Any]:
    texts = {name: text_of(record, name) for name in schema.TEXT_FIELDS}
    # Whoosh takes a list for words that are analysed already.
    words = sorted({word for text in texts.values() for word in index_words(text)[0]})
    keywords = {name: record[name] for name in ("code", "code_system", "kind")}
    own = {"names": ",".join(names_of(record)), "words": words, "ends": record["ends"] or schema.NO_END}
    return keywords | own | {name: text for name, text in texts.items() if text}


def all_of(folder: Path) -> dict[str, Any]:
    """Return everything that an index answers: terms with their facts and postings, and all field lengths."""
    opened = index.open_dir(str(folder), schema=whoosh_schema(), readonly=True)
    reader = opened.reader()
    found: dict[str, Any] = {"fields": sorted(reader.indexed_field_names()), "count": reader.doc_count_all()}
    for name, term in reader.all_terms():
        info = reader.term_info(name, term)
        facts = (info.weight(), info.doc_frequency(), info.min_length(), info.max_length(), info.max_weight())
        found[f"{name}:{term!r}"] = (facts, info.min_id(), info.max_id(), postings_of(reader, name, term))
    for name in reader.schema.names():
        lengths = [reader.doc_field_length(number, name) for number in range(reader.doc_count_all())]
        found[f"lengths of {name}"] = (reader.field_length(name), lengths)
    reader.close()
    opened.close()
    return found


def postings_of(reader: Any, name: str, term: bytes) -> list[Any]:
    """Return all that an index has of a term."""
    matcher = reader.postings(name, term)
    found = []
    while matcher.is_active():
        block = (matcher.block_max_id(), matcher.block_max_weight(), matcher.block_min_length())
        found.append((matcher.id(), matcher.weight(), matcher.value(), block, matcher.block_max_length()))
        matcher.next()
    return found
