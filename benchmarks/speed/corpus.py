"""The records that are searched: the real ones, and made-up ones of any number in the likeness of the real ones.

Both end as a file of JSON lines, one record each in the order of codes, from which every engine builds its index.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from corpus.grammar import SectionName
from corpus.store import SHIPPED
from indexer.build import build
from indexer.drugs import DrugStore
from indexer.importers.drugs import read_drug_table
from indexer.importers.hcpcs import read_release
from indexer.imports import ImportStore
from indexer.records import Record, text_of
from indexer.schema import TEXT_FIELDS
from indexer.snapshots import SnapshotStore

#: Records of at least so many words have documents with sections.
SECTIONED_WORDS = 200
_WORD = re.compile(r"[^\W_]+")
_TAIL = 40_000
_BLOCK = 1_000
_HCPCS = ("ABCEFGHIJKLMNOPQRSTUV", "0123456789", "0123456789", "0123456789", "0123456789")
_ICD = ("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ",) * 7
_COVERAGES = {"C": "carrier judgement", "D": "covered under special instructions", "I": "not payable by Medicare"}


class Lines:
    """The records of a file of JSON lines; may be gone through any number of times, and never lies in memory whole."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __iter__(self) -> Iterator[Record]:
        with self.path.open("rb") as stream:
            yield from map(orjson.loads, stream)


def write_lines(path: Path, records: Iterable[Mapping[str, Any]]) -> Lines:
    """Write records as JSON lines."""
    with path.open("wb") as stream:
        stream.writelines(orjson.dumps(record) + b"\n" for record in records)
    return Lines(path)


def build_real(data: Path, official: Path) -> SnapshotStore:
    """Build and publish what the product does of both releases, all Tables of Drugs and the shipped documents.

    Does nothing where that was done before.
    """
    store = SnapshotStore(data)
    if store.current_name():
        return store
    for year in ("2019", "2020"):
        ImportStore(data).save(read_release(official / f"{year}-alpha-numeric-hcpcs-file.zip"))
    for path in sorted(official.glob("*Table-of-Drugs.pdf")):
        DrugStore(data).save(read_drug_table(path))
    build(data, [SHIPPED])
    return store


def lines_of(store: SnapshotStore) -> Lines:
    """Return the records of the published snapshot."""
    return Lines(store.root / str(store.current_name()) / "documents.jsonl")


@dataclass(frozen=True)
class Vocabulary:
    """Words, the most frequent first, how often each occurs, and how long texts are (1 is the mean)."""

    words: tuple[str, ...]
    counts: np.ndarray
    lengths: np.ndarray


def vocabulary_of(records: Iterable[Mapping[str, Any]]) -> Vocabulary:
    """Count the words of real records, and prolong their Zipf law by rare made-up words.

    Seven thousand descriptors hold few of the rare words that a large collection has; without them every word of
    the synthetic records would be frequent and the dictionaries unrealistically small.
    """
    counter: Counter[str] = Counter()
    lengths = []
    for record in records:
        lengths.append(len(_WORD.findall(record["descriptor"])))
        for name in TEXT_FIELDS:
            counter.update(_WORD.findall(text_of(record, name).lower()))
    ranked = sorted(counter.items(), key=lambda item: (-item[1], item[0]))
    words = [word for word, _ in ranked]
    rare = list(_made_up(words))
    tail = ranked[-1][1] * len(words) / np.arange(len(words) + 1, len(words) + len(rare) + 1)
    counts = np.concatenate([[count for _, count in ranked], tail])
    ratios = np.clip(np.array(lengths) / max(np.mean(lengths), 1), 0.3, 3.0)
    return Vocabulary((*words, *rare), counts, ratios / ratios.mean())


def _made_up(words: Sequence[str]) -> Iterator[str]:
    """Yield new words, each the first half of a real word and the second half of another."""
    known = set(words)
    long = [word for word in words if len(word) >= 6 and word.isalpha()]
    chosen = np.random.default_rng(1).integers(0, max(len(long), 1), (_TAIL if long else 0, 2))
    for first, second in chosen.tolist():
        word = long[first][: len(long[first]) // 2] + long[second][len(long[second]) // 2 :]
        if word not in known:
            known.add(word)
            yield word


@dataclass(frozen=True)
class Synthetic:
    """``count`` made-up records of about ``words`` words each; the same for the same seed, made as they are read."""

    vocabulary: Vocabulary
    count: int
    words: int = 60
    seed: int = 7

    def __iter__(self) -> Iterator[Record]:
        shares = np.cumsum(self.vocabulary.counts / self.vocabulary.counts.sum())
        for start in range(0, self.count, _BLOCK):
            random = np.random.default_rng([self.seed, start])
            size = min(_BLOCK, self.count - start)
            lengths = np.maximum(self.words * random.choice(self.vocabulary.lengths, size), 12).astype(int)
            drawn = np.searchsorted(shares, random.random(lengths.sum()), side="right")
            texts = [self.vocabulary.words[each] for each in np.minimum(drawn, len(shares) - 1).tolist()]
            ends = np.cumsum(lengths).tolist()
            for at, end in enumerate(ends):
                yield self._record(start + at, texts[end - lengths[at] : end])

    def _record(self, number: int, words: list[str]) -> Record:
        code = code_of(number, self.count)
        sectioned = self.words >= SECTIONED_WORDS
        title, short, names, rest = words[:6], words[6:10], words[10:12], words[12:]
        descriptor, rest = (rest[:30], rest[30:]) if sectioned else (rest, [])
        is_hcpcs = len(code) == len(_HCPCS)
        return {
            "code": code,
            "code_system": "HCPCS" if is_hcpcs else "ICD-10-PCS",
            "kind": "procedure",
            "family": f"Codes with {code[0]}",
            "title": " ".join(title).capitalize(),
            "descriptor": " ".join([*title, *descriptor]).capitalize(),
            "short_descriptor": " ".join(short),
            "has_document": sectioned,
            "common_names": [" ".join(names)] if number % 4 == 0 or sectioned else [],
            "technical_terms": [],
            "drug_names": [],
            "sections": _sections(rest) if sectioned else [],
            "official": _official(number),
            "history": [],
            "ends": "2018-12-31" if number % 7 == 0 else None,
        }


def code_of(number: int, count: int) -> str:
    """Return made-up code ``number`` of ``count``: HCPCS while it has room, else ICD-10-PCS; unique and ascending."""
    shape = _HCPCS if count <= _room(_HCPCS) else _ICD
    left = number * (_room(shape) // count)
    signs = []
    for alphabet in reversed(shape):
        left, at = divmod(left, len(alphabet))
        signs.append(alphabet[at])
    return "".join(reversed(signs))


def _room(shape: Sequence[str]) -> int:
    room = 1
    for alphabet in shape:
        room *= len(alphabet)
    return room


def _official(number: int) -> dict[str, Any]:
    value = "CDI"[number % 3]
    return {
        "release": "2020",
        "listed": True,
        "coverage": {"value": value, "meaning": _COVERAGES[value]},
        "added": f"{1990 + number % 30}-01-01",
        "effective": f"{2000 + number % 20}-01-01",
    }


def _sections(words: Sequence[str]) -> list[dict[str, Any]]:
    """Share words out among all sections, a paragraph and a labelled item in each."""
    names = list(SectionName)
    size = max(len(words) // len(names), 2)
    shares = [words[at * size : (at + 1) * size] for at in range(len(names))]
    return [_section(name, share) for name, share in zip(names, shares, strict=True) if share]


def _section(name: SectionName, words: Sequence[str]) -> dict[str, Any]:
    middle = len(words) // 2
    blocks: list[dict[str, str]] = [{"type": "paragraph", "text": " ".join(words[:middle]).capitalize() + "."}]
    if words[middle:]:
        blocks.append({"type": "item", "label": "Details", "text": " ".join(words[middle:])})
    return {"key": name.key, "heading": name.value, "blocks": blocks}
