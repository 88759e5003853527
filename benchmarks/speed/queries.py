"""Query logs by kind, the same for the same records: words are drawn from the very records that are searched.

A query is written in our own query language; `engines` puts it in the words of each engine. A ``filter`` query ends in
``family:X``, which is no word but the facet that is filtered by.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.relevance.judgements import read_judgements

JUDGED = Path(__file__).parents[1] / "relevance/tuning.tsv"
_WORD = re.compile(r"[^\W_]+")
_SHORTEST = 3
_SAMPLED = 4_000
_COMMON = 30


class Query(NamedTuple):
    """One query of the log."""

    kind: str
    text: str


@dataclass(frozen=True)
class Source:
    """What queries are drawn from: texts as words, the family of each, and the most common words."""

    texts: Sequence[Sequence[str]]
    families: Sequence[str]
    common: Sequence[str]


def source_of(records: Iterable[Mapping[str, Any]], count: int) -> Source:
    """Take descriptors spread evenly over ``count`` records."""
    texts, families = [], []
    for record in islice(records, 0, None, max(count // _SAMPLED, 1)):
        words = _WORD.findall(record["descriptor"].lower())
        if len(set(_telling(words))) >= _SHORTEST:
            texts.append(words)
            families.append(record["code"][0])
    counter = Counter(word for words in texts for word in words)
    return Source(texts, families, [word for word, _ in counter.most_common(_COMMON)])


def make_log(source: Source, each: int, seed: int = 11) -> list[Query]:
    """Return ``each`` queries of every kind that is drawn from the records themselves."""
    log = []
    for kind, draw in _KINDS.items():
        # Each kind has its own sequence, so that one more kind changes no other.
        chance = random.Random(f"{seed} {kind}")  # noqa: S311  (no secret)
        log += [Query(kind, draw(source, chance)) for _ in range(each)]
    return log


def asked(each: int | None = None) -> list[Query]:
    """Return the queries that people wrote for the real records, spread over all kinds of them."""
    texts = [judged.query for judged in read_judgements(JUDGED)]
    step = max(len(texts) // each, 1) if each else 1
    return [Query("asked", text) for text in texts[::step][:each]]


def typed_beginnings(texts: Iterable[str]) -> list[str]:
    """Return what is in the search box after each letter from the second, as `/suggest` gets it."""
    return list(dict.fromkeys(text[:end] for text in texts for end in range(2, min(len(text), 24) + 1)))


def _words(source: Source, chance: random.Random, low: int, high: int) -> list[str]:
    """Draw distinct words of one record, so that something is found."""
    return _some_of(chance.choice(source.texts), chance, low, high)


def _some_of(text: Sequence[str], chance: random.Random, low: int, high: int) -> list[str]:
    words = list(dict.fromkeys(_telling(text)))
    return chance.sample(words, min(chance.randint(low, high), len(words)))


def _telling(words: Iterable[str]) -> list[str]:
    return [word for word in words if len(word) >= _SHORTEST and word.isalpha()]


def _short(source: Source, chance: random.Random) -> str:
    return " ".join(_words(source, chance, 1, 2))


def _long(source: Source, chance: random.Random) -> str:
    return " ".join(_words(source, chance, 5, 8))


def _prefix(source: Source, chance: random.Random) -> str:
    *before, last = _words(source, chance, 1, 3)
    return " ".join([*before, last[: max(2, len(last) // 2)]])


def _phrase(source: Source, chance: random.Random) -> str:
    words = chance.choice(source.texts)
    at = chance.randrange(len(words) - 2)
    return f'"{" ".join(words[at : at + chance.randint(2, 3)])}"'


def _boolean(source: Source, chance: random.Random) -> str:
    first, second, third = _words(source, chance, 3, 3)
    shape = chance.choice(("{0} AND {1}", "({0} OR {1}) AND {2}", "{0} AND {1} AND NOT {2}"))
    return shape.format(first, second, third)


def _filter(source: Source, chance: random.Random) -> str:
    at = chance.randrange(len(source.texts))
    return f"{' '.join(_some_of(source.texts[at], chance, 1, 2))} family:{source.families[at]}"


def _typo(source: Source, chance: random.Random) -> str:
    words = _words(source, chance, 1, 3)
    longest = max(range(len(words)), key=lambda at: len(words[at]))
    words[longest] = misspelled(words[longest], chance)
    return " ".join(words)


def misspelled(word: str, chance: random.Random) -> str:
    """Return ``word`` with one letter left out, doubled, replaced or changed places with the next."""
    at = chance.randrange(1, len(word) - 1)
    before, letter, after = word[:at], word[at], word[at + 1 :]
    swapped = before + after[0] + letter + after[1:]
    edits = (before + after, before + letter + letter + after, f"{before}q{after}", swapped)
    return chance.choice(edits)


def _common_words(source: Source, chance: random.Random) -> str:
    return " ".join(chance.sample(list(source.common), min(chance.randint(2, 4), len(source.common))))


_KINDS: dict[str, Callable[[Source, random.Random], str]] = {
    "short": _short,
    "long": _long,
    "prefix": _prefix,
    "phrase": _phrase,
    "boolean": _boolean,
    "filter": _filter,
    "typo": _typo,
    "common": _common_words,
}
#: Every kind, in the order of the tables.
KINDS = ("asked", *_KINDS)
