"""Search engines that others would use for the job, over the very same records; each answers with ranked codes.

Each gets every text of a record in fields, stems words where it can, and ORs the words of a query: the settings that a
careful user would start with. None is tuned to the judged queries, ours neither is tuned to the test set.
"""

from __future__ import annotations

import re
import sqlite3
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

import bm25s
import Stemmer
import tantivy
from whoosh import fields, index, qparser
from whoosh.analysis import StemmingAnalyzer

_WORD = re.compile(r"\w+")
Texts = dict[str, str]


class Peer(Protocol):
    """A search engine under comparison."""

    name: str

    def search(self, query: str) -> list[str]:
        """Return at most ten codes, best first."""


def texts_of(record: Mapping[str, Any]) -> Texts:
    """Return the texts of a record in four fields: code, names, descriptors, sections."""
    blocks = (
        f"{block.get('label', '')} {block['text']}" for section in record["sections"] for block in section["blocks"]
    )
    return {
        "code": record["code"],
        "names": " \n".join(
            [record["title"], *record["common_names"], *record["technical_terms"], *record["drug_names"]]
        ),
        "descriptors": f"{record['descriptor']} \n{record['short_descriptor']}",
        "sections": " \n".join(blocks),
    }


class Tantivy:
    """The Rust engine from Python."""

    name = "Tantivy"

    def __init__(self, records: Iterable[Texts]) -> None:
        builder = tantivy.SchemaBuilder()
        for name in ("code", "names", "descriptors", "sections"):
            builder.add_text_field(
                name, stored=name == "code", tokenizer_name="default" if name == "code" else "en_stem"
            )
        self._index = tantivy.Index(builder.build())
        writer = self._index.writer(64_000_000, 1)
        for record in records:
            writer.add_document(tantivy.Document(**record))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def search(self, query: str) -> list[str]:
        """Search all four fields."""
        words = " ".join(_WORD.findall(query))
        parsed, _ = self._index.parse_query_lenient(words, ["code", "names", "descriptors", "sections"])
        return [self._searcher.doc(address)["code"][0] for _, address in self._searcher.search(parsed, 10).hits]


class SqliteFts:
    """SQLite FTS5 with the porter tokenizer."""

    name = "SQLite FTS5"

    def __init__(self, records: Iterable[Texts]) -> None:
        self._db = sqlite3.connect(":memory:")
        self._db.execute(
            "create virtual table t using fts5(code, names, descriptors, sections, tokenize='porter unicode61')"
        )
        self._db.executemany("insert into t values (:code, :names, :descriptors, :sections)", records)

    def search(self, query: str) -> list[str]:
        """Any of the words, ranked by bm25()."""
        words = " OR ".join(f'"{word}"' for word in _WORD.findall(query))
        if not words:
            return []
        rows = self._db.execute("select code from t where t match ? order by bm25(t) limit 10", (words,))
        return [code for (code,) in rows]


class Bm25s:
    """bm25s over one text a record, stemmed, without a stop word list."""

    name = "bm25s"

    def __init__(self, records: Iterable[Texts]) -> None:
        kept = list(records)
        self._codes = [record["code"] for record in kept]
        self._stemmer = Stemmer.Stemmer("english")
        tokens = bm25s.tokenize(
            [" ".join(record.values()) for record in kept], stopwords=None, stemmer=self._stemmer, show_progress=False
        )
        self._retriever = bm25s.BM25()
        self._retriever.index(tokens, show_progress=False)

    def search(self, query: str) -> list[str]:
        """The ten best of all records."""
        tokens = bm25s.tokenize([query], stopwords=None, stemmer=self._stemmer, show_progress=False)
        if not tokens.vocab or not tokens.ids[0]:
            return []
        found, scores = self._retriever.retrieve(tokens, k=10, show_progress=False)
        return [self._codes[at] for at, score in zip(found[0], scores[0], strict=True) if score > 0]


class PlainWhoosh:
    """Whoosh's own searcher with its BM25F and an OR query over three fields."""

    name = "Whoosh"

    def __init__(self, records: Iterable[Texts]) -> None:
        analyzer = StemmingAnalyzer(stoplist=None)
        names = ("names", "descriptors", "sections")
        schema = fields.Schema(code=fields.ID(stored=True), **{name: fields.TEXT(analyzer=analyzer) for name in names})
        self._folder = tempfile.TemporaryDirectory()
        self._index = index.create_in(str(Path(self._folder.name)), schema)
        writer = self._index.writer(limitmb=256)
        for record in records:
            writer.add_document(**record)
        writer.commit()
        self._parser = qparser.MultifieldParser(names, schema, group=qparser.OrGroup)
        self._searcher = self._index.searcher()

    def search(self, query: str) -> list[str]:
        """Any of the words in any field."""
        parsed = self._parser.parse(" ".join(_WORD.findall(query)))
        return [hit["code"] for hit in self._searcher.search(parsed, limit=10)]


ALL = (Tantivy, SqliteFts, Bm25s, PlainWhoosh)
