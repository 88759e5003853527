"""What is wrong, or could be better, with documents: told without building anything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from corpus.errors import Problem
from corpus.lint import Known, lint, read_words
from corpus.store import Corpus
from indexer import vocabularies
from indexer.analysis.tokenizer import words
from indexer.drugs import DrugStore
from indexer.imports import ImportStore
from indexer.inputs import load_corpus
from indexer.official import Release
from indexer.records import Record, make_records


def examine(data: Path, folders: Sequence[Path]) -> tuple[Corpus, list[Problem]]:
    """Read everything that a build would read; return the corpus and all problems, and write nothing.

    Problems of the format come first, then what does not fit the imported codes, then the linter's findings.
    """
    corpus = load_corpus(folders)
    releases = ImportStore(data).load_all()
    records, disagreements = make_records(corpus, releases, DrugStore(data).load_all())
    known = _known(data, releases, records)
    listed = {word for folder in folders for word in read_words(folder)}
    found = lint(list(corpus.documents.values()), Known(known.codes, {*known.words, *listed}))
    return corpus, [*corpus.problems, *disagreements, *found]


def _known(data: Path, releases: Sequence[Release], records: Iterable[Record]) -> Known:
    codes = {each.code for release in releases for each in release.codes}
    rules = [rule for some in vocabularies.collect(data, records).values() for rule in some]
    texts = {text for rule in rules for text in (rule.typed, rule.text)}
    texts |= {record["descriptor"] for record in records}
    return Known(codes or None, frozenset(word for text in texts for word in words(text)))
