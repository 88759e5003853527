"""The engines under measure, one class each, over the same nineteen text fields with the same weights.

Each builds its index in a folder from JSON lines, opens it, and answers a query with at most ten codes and scores. None
keeps the texts themselves: what is fetched is the number of a record. Settings are those that its own manual gives for
speed. ``kinds`` are the kinds of queries that an engine can answer; the others are shown as such, not measured.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import bm25s
import numpy as np
import Stemmer
import tantivy
from whoosh import fields, index, qparser, query
from whoosh.analysis import StemmingAnalyzer

from benchmarks.speed.corpus import Lines
from benchmarks.speed.dialects import for_fts, for_tantivy, for_whoosh
from benchmarks.speed.ours import Ours
from benchmarks.speed.texts import DEPTH, PLAIN, WEIGHTS, Hits, bytes_below, family_of, parted, texts_of, words_of

#: Several times faster than "numpy" once it is compiled, which takes seconds.
BM25S_BACKEND = "numba"
_NAMES = list(WEIGHTS)
_WRITER_BYTES = 1_000_000_000
_WHOOSH_MB = 512


class Engine(Protocol):
    """What the runs ask of an engine; ``counts`` says in a word whether it also counts all matches."""

    name: str
    package: str
    counts: str
    kinds: frozenset[str] | None

    @staticmethod
    def build(folder: Path, lines: Lines) -> None:
        """Write the index into the empty ``folder``."""

    def search(self, text: str, kind: str) -> Hits:
        """Return at most ten codes with their scores, best first."""

    def size(self) -> int:
        """Return the bytes of the index on disk."""

    def close(self) -> None:
        """Release it."""


class Tantivy:
    """The Rust engine from Python, counting matches as ours does."""

    name = "Tantivy, counting"
    package = "tantivy"
    counts = "counts"
    kinds: frozenset[str] | None = None
    _count = True

    def __init__(self, folder: Path, codes: Sequence[str]) -> None:
        self._folder, self._codes = folder, codes
        self._index = tantivy.Index.open(str(folder))
        self._schema = self._index.schema
        self._searcher = self._index.searcher()
        self._fuzzy = dict.fromkeys(_NAMES, (False, 1, True))

    @staticmethod
    def build(folder: Path, lines: Lines) -> None:
        """Write with one thread and much memory, which gives few segments."""
        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("number", fast=True)
        builder.add_text_field("family", tokenizer_name="raw", index_option="basic")
        for name in _NAMES:
            builder.add_text_field(name, tokenizer_name="en_stem")
        writer = tantivy.Index(builder.build(), path=str(folder)).writer(_WRITER_BYTES, 1)
        for number, record in enumerate(lines):
            given = {name: text for name, text in texts_of(record).items() if text}
            writer.add_document(tantivy.Document(number=number, family=family_of(record), **given))
        writer.commit()
        writer.wait_merging_threads()

    def search(self, text: str, kind: str) -> Hits:
        """Search all fields; a filter is a clause that must match and scores nothing."""
        words, family = parted(text, kind)
        parsed = self._prefixed(words) if kind == "prefix" else self._parsed(words, kind)
        if family:
            only = tantivy.Query.term_query(self._schema, "family", family, "basic")
            only = tantivy.Query.const_score_query(only, 0.0)
            parsed = tantivy.Query.boolean_query([(tantivy.Occur.Must, parsed), (tantivy.Occur.Must, only)])
        hits = self._searcher.search(parsed, DEPTH, self._count).hits
        numbers = self._searcher.fast_field_values("number", [address for _, address in hits]) if hits else []
        return [(self._codes[number], score) for number, (score, _) in zip(numbers, hits, strict=True)]

    def _parsed(self, text: str, kind: str) -> tantivy.Query:
        # Only phrases and operators are its own syntax; anything else that was typed is words.
        safe = for_tantivy(text) if kind in ("phrase", "boolean") else " ".join(words_of(text))
        return self._index.parse_query_lenient(
            safe, _NAMES, field_boosts=WEIGHTS, fuzzy_fields=self._fuzzy if kind == "typo" else {}
        )[0]

    def _prefixed(self, text: str) -> tantivy.Query:
        # A regex is twenty times slower, and its own query for prefixes stops at fifty words.
        *before, last = words_of(text)
        parts = [
            tantivy.Query.boost_query(
                tantivy.Query.fuzzy_term_query(self._schema, name, last.lower(), 0, True, True), weight
            )
            for name, weight in WEIGHTS.items()
        ]
        parts += [self._parsed(" ".join(before), "short")] if before else []
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, each) for each in parts])

    def size(self) -> int:
        """All of its files."""
        return bytes_below(self._folder)

    def close(self) -> None:
        """Nothing to do."""


class TantivyTop(Tantivy):
    """The same, told not to count, so that it may pass over records that cannot be among the best."""

    name = "Tantivy, top 10 only"
    counts = "does not"
    _count = False


class SqliteFts:
    """SQLite FTS5 with the porter tokenizer, an index for prefixes and no copy of the texts."""

    name = "SQLite FTS5"
    package = "sqlite3"
    counts = "does not"
    kinds = PLAIN | {"prefix", "phrase", "boolean", "filter"}

    def __init__(self, folder: Path, codes: Sequence[str]) -> None:
        self._folder, self._codes = folder, codes
        self._db = sqlite3.connect(folder / "fts.db")
        self._db.execute("pragma mmap_size = 8000000000")
        weights = ", ".join(map(str, (*WEIGHTS.values(), 0.0)))
        # Ordering by a configured rank is what FTS5 itself is quickest at.
        self._sql = (
            f"select rowid, rank from t where t match ? and rank match 'bm25({weights})' order by rank limit {DEPTH}"  # noqa: S608
        )

    @staticmethod
    def build(folder: Path, lines: Lines) -> None:
        """Write one table, then merge what it is made of."""
        database = sqlite3.connect(folder / "fts.db")
        columns = ", ".join((*_NAMES, "family"))
        options = "content='', prefix='2 3', tokenize='porter unicode61'"
        database.execute(f"create virtual table t using fts5({columns}, {options})")
        places = ", ".join("?" * (len(_NAMES) + 2))
        rows = ((at, *texts_of(each).values(), f"family{family_of(each)}") for at, each in enumerate(lines))
        database.executemany(f"insert into t (rowid, {columns}) values ({places})", rows)  # noqa: S608
        database.execute("insert into t (t) values ('optimize')")
        database.commit()
        database.close()

    def search(self, text: str, kind: str) -> Hits:
        """Rank by bm25() with the weights of the columns."""
        rows = self._db.execute(self._sql, (for_fts(text, kind),)).fetchall()
        return [(self._codes[number], -rank) for number, rank in rows]

    def size(self) -> int:
        """Its one file."""
        return bytes_below(self._folder)

    def close(self) -> None:
        """Close the file."""
        self._db.close()


class Bm25s:
    """bm25s over one text a record (it knows no fields), with its numba backend; filters by its weight mask."""

    name = "bm25s"
    package = "bm25s"
    counts = "does not"
    kinds = PLAIN | {"filter"}

    def __init__(self, folder: Path, codes: Sequence[str]) -> None:
        self._folder, self._codes = folder, codes
        self._stemmer = Stemmer.Stemmer("english")
        self._retriever = bm25s.BM25.load(folder, show_progress=False)
        self._retriever.backend = BM25S_BACKEND
        self._families = np.array([code[0] for code in codes])
        self._masks: dict[str, np.ndarray] = {}

    @staticmethod
    def build(folder: Path, lines: Lines) -> None:
        """Tokenize all texts, stemmed and without stop words, then work out all scores."""
        texts = [" ".join(texts_of(record).values()) for record in lines]
        stemmer = Stemmer.Stemmer("english")
        tokens = bm25s.tokenize(texts, stopwords=None, stemmer=stemmer, show_progress=False)
        retriever = bm25s.BM25()
        retriever.index(tokens, show_progress=False)
        retriever.save(folder, show_progress=False)

    def search(self, text: str, kind: str) -> Hits:
        """Score all records and take the ten best."""
        words, family = parted(text, kind)
        terms = self._stemmer.stemWords([word for word in words_of(words.lower()) if len(word) > 1])
        known = [term for term in terms if term in self._retriever.vocab_dict]
        if not known:
            return []
        mask = self._mask(family) if family else None
        found = self._retriever.retrieve([known], k=min(DEPTH, len(self._codes)), show_progress=False, weight_mask=mask)
        pairs = zip(found.documents[0].tolist(), found.scores[0].tolist(), strict=True)
        return [(self._codes[at], score) for at, score in pairs if score > 0]

    def _mask(self, family: str) -> np.ndarray:
        if family not in self._masks:
            self._masks[family] = (self._families == family).astype(np.float32)
        return self._masks[family]

    def size(self) -> int:
        """What it saved."""
        return bytes_below(self._folder)

    def close(self) -> None:
        """Nothing to do."""


class PlainWhoosh:
    """Whoosh's own searcher with its BM25F, stemmed fields and an OR query."""

    name = "Whoosh"
    package = "whoosh3"
    counts = "does not"
    kinds: frozenset[str] | None = None

    def __init__(self, folder: Path, codes: Sequence[str]) -> None:
        self._folder, self._codes = folder, codes
        self._index = index.open_dir(str(folder))
        self._parser = qparser.MultifieldParser(_NAMES, self._index.schema, fieldboosts=WEIGHTS, group=qparser.OrGroup)
        self._parser.add_plugin(qparser.FuzzyTermPlugin())
        self._searcher = self._index.searcher()

    @staticmethod
    def build(folder: Path, lines: Lines) -> None:
        """Write one segment."""
        analyzer = StemmingAnalyzer(stoplist=None, cachesize=-1)
        texts: dict[str, Any] = {name: fields.TEXT(analyzer=analyzer) for name in _NAMES}
        writer = index.create_in(str(folder), fields.Schema(family=fields.ID(), **texts)).writer(limitmb=_WHOOSH_MB)
        for record in lines:
            given = {name: text for name, text in texts_of(record).items() if text}
            writer.add_document(family=family_of(record), **given)
        writer.commit(optimize=True)

    def search(self, text: str, kind: str) -> Hits:
        """Any of the words in any field."""
        words, family = parted(text, kind)
        only = query.Term("family", family) if family else None
        found = self._searcher.search(self._parser.parse(for_whoosh(words, kind)), limit=DEPTH, filter=only)
        return [(self._codes[number], score) for score, number in found.top_n]

    def size(self) -> int:
        """All of its files."""
        return bytes_below(self._folder)

    def close(self) -> None:
        """Close its files."""
        self._searcher.close()
        self._index.close()


#: By the name on the command line. The order is that of the tables.
ALL: dict[str, type[Engine]] = {
    "procsearch": Ours,
    "tantivy": Tantivy,
    "tantivy-top": TantivyTop,
    "bm25s": Bm25s,
    "sqlite": SqliteFts,
    "whoosh": PlainWhoosh,
}
