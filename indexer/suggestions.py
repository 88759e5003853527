"""What is offered to someone who is still typing: names of procedures, found by the beginnings of their words.

``suggestions.json`` holds ``texts``, a list of [text, number of its record], shortest first, and ``words``, which maps
each folded word to the places in that list of the texts that have it, ascending.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from indexer.analysis.tokenizer import index_tokens

FILE = "suggestions.json"
#: A drug may go by dozens of brands; the first of them are the best known.
_MOST_DRUG_NAMES = 12


def dump(records: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the suggestions for ``records`` as the JSON file of a snapshot."""
    pairs = {(text, number) for number, record in enumerate(records) for text in _texts(record)}
    texts = sorted(pairs, key=lambda pair: (len(pair[0]), pair[0], pair[1]))
    words: dict[str, list[int]] = {}
    for at, (text, _) in enumerate(texts):
        for word in sorted({token.word for token in index_tokens(text)}):
            words.setdefault(word, []).append(at)
    return orjson.dumps({"texts": texts, "words": words})


def load(folder: Path) -> dict[str, Any]:
    """Read back what `dump` gave from the folder of a snapshot."""
    loaded: dict[str, Any] = orjson.loads((folder / FILE).read_bytes())
    return loaded


def _texts(record: Mapping[str, Any]) -> Iterator[str]:
    yield record["title"]
    yield from record["common_names"]
    yield from record["technical_terms"]
    yield from record["drug_names"][:_MOST_DRUG_NAMES]
