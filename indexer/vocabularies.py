"""All vocabulary of one snapshot: shipped files, the user's files, and abbreviations that texts define themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from indexer.analysis.tokenizer import Token, name_key, tokenize, words
from indexer.analysis.vocabulary import (
    MAX_FILE_BYTES,
    TWO_WAY_WEIGHT,
    Rule,
    merged,
    read_abbreviations,
    read_synonyms,
    shipped_rules,
)
from indexer.errors import DataError, VocabularyRefused
from indexer.files import write_atomically
from indexer.imports import listed
from indexer.thesaurus import RuleParts

FILE = "vocabulary.json"

_READERS = {"synonyms": read_synonyms, "abbreviations": read_abbreviations}
_BRACKETED = re.compile(r"\(([A-Za-z][A-Za-z0-9/&-]{1,7})\)")
_PASSED_OVER = {"of", "and", "the", "for", "in", "or", "with", "by", "to", "a"}


def read_file(kind: str, path: Path) -> list[Rule]:
    """Read a ``synonyms`` or ``abbreviations`` file of a user; VocabularyRefused where it cannot be taken."""
    try:
        if path.exists() and not path.is_file():
            raise VocabularyRefused([f"{path}:1: expected a file; got something else. Check the path."])
        if path.stat().st_size > MAX_FILE_BYTES:
            raise VocabularyRefused([f"{path}:1: expected at most {MAX_FILE_BYTES} bytes; got more. Split the file."])
        return _READERS[kind](path.read_text("utf-8"), str(path))
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        got = "a byte that is not"
        raise VocabularyRefused([f"{path}:{line}: expected UTF-8; got {got}. Save the file as UTF-8."]) from error
    except OSError as error:
        got = error.strerror or type(error).__name__
        raise VocabularyRefused([f"{path}:1: expected a readable file; got {got}. Check the path."]) from error


def store_file(data: Path, kind: str, path: Path) -> int:
    """Check a user's file and keep a copy of it for builds, under its name; return the number of its rules."""
    rules = read_file(kind, path)
    folder = data / "imports" / kind
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / f"{path.stem}.txt", path.read_bytes())
    return len(rules)


def collect(data: Path, records: Iterable[Mapping[str, Any]]) -> dict[str, list[Rule]]:
    """Return every rule by phrase: shipped, the user's, and those that names and descriptors define in brackets."""
    own = [rule for kind in _READERS for path in _user_files(data, kind) for rule in _user_rules(kind, path)]
    defined = [rule for record in records for rule in defined_by(record)]
    return merged([*shipped_rules(), *own, *defined])


def defined_by(record: Mapping[str, Any]) -> list[Rule]:
    """Return the abbreviations that names and descriptor of a record define; none where it is empty."""
    return [rule for text in _defining(record) for rule in defined_abbreviations(text)] if record else []


def dump(rules: Mapping[str, list[Rule]]) -> bytes:
    """Return rules as the JSON file of a snapshot, with the distinct words, folded, that phrases were written in."""
    flat = [rule for some in rules.values() for rule in some]
    typed = set(words("\n".join({rule.typed for rule in flat})))
    kept = [[rule.phrase, rule.meaning, rule.weight, rule.text] for rule in flat]
    return orjson.dumps({"typed": sorted(typed), "rules": kept})


def load(content: bytes) -> tuple[list[RuleParts], list[str]]:
    """Read back what `dump` gave: the parts of each rule, and the words."""
    loaded = orjson.loads(content)
    return loaded["rules"], loaded["typed"]


def defined_abbreviations(text: str) -> Iterator[Rule]:
    """Yield both directions for each abbreviation in brackets whose letters begin the words before it.

    >>> [rule.text for rule in defined_abbreviations("Continuous positive airway pressure (CPAP) device")]
    ['Continuous positive airway pressure', 'cpap']
    """
    for match in _BRACKETED.finditer(text):
        short = name_key(match[1]).replace(" ", "")
        phrase = _spelled_by(short, list(tokenize(text[: match.start()])), text)
        if phrase and short != name_key(phrase):
            yield Rule(short, name_key(phrase), TWO_WAY_WEIGHT, phrase, short)
            yield Rule(name_key(phrase), short, TWO_WAY_WEIGHT, short, phrase)


def _spelled_by(short: str, before: list[Token], text: str) -> str | None:
    """Return the words at the end of ``before`` whose first letters spell ``short``, little words passed over."""
    at, left = len(before), short
    while left and at and len(before) - at < 2 * len(short):
        at -= 1
        word = before[at].word
        if word[0] == left[-1]:
            left = left[:-1]
        elif word not in _PASSED_OVER:
            return None
    return text[before[at].start : before[-1].end] if not left and len(short) > 1 else None


def _defining(record: Mapping[str, Any]) -> Iterator[str]:
    yield record["descriptor"]
    yield from record["common_names"]
    yield from record["technical_terms"]


def _user_files(data: Path, kind: str) -> list[Path]:
    folder = data / "imports" / kind
    return [folder / name for name in listed(folder, ".txt") if not name.startswith(".")]


def _user_rules(kind: str, path: Path) -> list[Rule]:
    try:
        return read_file(kind, path)
    except VocabularyRefused as error:
        raise DataError(f"{error} (an imported file: correct and import it again, or remove it.)") from error
