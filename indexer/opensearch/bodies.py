"""What is sent to a cluster of each record: what finds it, what ranks it, what is shown of it.

The field ``held`` is for our own formulas, which settle the order of a page exactly. It is JSON: ``stems`` has for each
stem its impact (the 32 bits of the number, negative where it is in no core field), the bits of its fields and whether
it leads one, the words that it stands for there, and its positions in naming fields; ``shares`` are the bits of the
shares of `indexer.compiled.bits.SINGLE`; ``sections`` has a bit for each section with text.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from indexer import columns
from indexer.compiled import bits
from indexer.compiled.reader import CompiledIndex
from indexer.contents import HASHES
from indexer.documents import CARDS, DocumentReader
from indexer.opensearch.layout import CHECKS, checks, feature, split, text_token
from indexer.opensearch.rows import Row, rows
from indexer.schema import SECTION_FIELDS

_FIELDS = [field.name for field in bits.FIELDS]
_NAMING = {bits.NUMBERS[name] for name in bits.NAMING}
_SECTIONS = tuple(SECTION_FIELDS)
#: Bits that mean the same in every snapshot; those of forms do not.
_LASTING = (1 << bits.FIRST_FORM_BIT) - 1

Pairs = tuple[list[str], list[str]]


class Bodies:
    """Makes the documents of one snapshot, whose folder is given; `close` it."""

    def __init__(self, folder: Path) -> None:
        self._index = CompiledIndex(folder)
        self._records, self._cards = DocumentReader(folder), DocumentReader(folder, CARDS)
        hashes: dict[str, str] = orjson.loads((folder / HASHES).read_bytes())
        self._hashes = list(hashes.items())
        self._facets, self._dates = _by_record(folder, len(self._hashes))
        self._words = _words_of_stems(self._index)

    def close(self) -> None:
        """Release the files."""
        self._records.close()
        self._cards.close()

    def between(self, start: int, end: int) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield code and document of the records from ``start`` to before ``end``."""
        for number, row in enumerate(rows(self._index, start, end), start):
            yield self._hashes[number][0], self._body(number, row)

    def _body(self, number: int, row: Row) -> dict[str, Any]:
        code, record_hash = self._hashes[number]
        stems = [self._index.stems[each] for each in row.stems]
        texts = dict(zip(row.stems, stems, strict=True))
        held = [self._words_held(stem, flags) for stem, flags in zip(row.stems, row.bits, strict=True)]
        fields = dict(row.places())
        pairs, near = _pairs(fields, texts)
        sections = int(self._index.sections[number])
        return {
            "code": code,
            "facets": self._facets[number],
            "dates": {name: values[number] for name, values in self._dates.items()},
            **_impacts(stems, np.abs(row.impacts)),
            "shares": self._shares(number, stems, row),
            "core": [stem for stem, impact in zip(stems, row.impacts, strict=True) if impact > 0],
            "heads": [stem for stem, flags in zip(stems, row.bits, strict=True) if flags >> bits.HEAD_BIT & 1],
            "sections": [name for at, name in enumerate(_SECTIONS) if sections >> at & 1],
            "pairs": pairs,
            "near": near,
            "words": _words_by_field(held, row.bits),
            "text": {_FIELDS[field]: _text(places, texts) for field, places in fields.items()},
            "card": _base64(self._cards.line(number)),
            "held": _base64(self._held(number, stems, row, held, sections)),
            "record": _base64(self._records.line(number)),
            **dict(zip(CHECKS, checks(code, record_hash), strict=True)),
        }

    def _words_held(self, stem: int, flags: int) -> list[str]:
        """Return the words by which a posting holds its stem; those without a bit of their own always count."""
        return [word for word, bit in self._words.get(stem, ()) if not bit or flags & bit]

    def _shares(self, number: int, stems: list[str], row: Row) -> dict[str, dict[str, float]]:
        found = {}
        for at, name in enumerate(bits.SINGLE):
            mask = 1 << bits.NUMBERS[name]
            inside = [feature(stem) for stem, flags in zip(stems, row.bits, strict=True) if flags & mask]
            if inside:
                (high,), (low,) = split(self._index.shares[number, at : at + 1])
                found[name] = dict.fromkeys(inside, high)
                if low:
                    found[f"{name}_low"] = dict.fromkeys(inside, low)
        return found

    def _held(self, number: int, stems: list[str], row: Row, words: list[list[str]], sections: int) -> bytes:
        impacts = row.impacts.view(np.uint32).tolist()
        naming = [[each for each in some if each >> bits.FIELD_SHIFT in _NAMING] for some in row.positions]
        flags = [each & _LASTING for each in row.bits]
        entries = dict(zip(stems, zip(impacts, flags, words, naming, strict=True), strict=True))
        shares = self._index.shares[number].view(np.uint32).tolist()
        return orjson.dumps({"stems": entries, "shares": shares, "sections": sections})


def _impacts(stems: list[str], impacts: Any) -> dict[str, dict[str, float]]:
    names = list(map(feature, stems))
    high, low = split(impacts)
    return {
        "impacts": dict(zip(names, high, strict=True)),
        "impacts_low": {name: value for name, value in zip(names, low, strict=True) if value},
    }


def _words_by_field(held: list[list[str]], flags: list[int]) -> dict[str, list[str]]:
    """Return the words of each field. A record with "pump" in one field and "pumps" in another holds both in either."""
    found: dict[str, list[str]] = {"any": [word for some in held for word in some]}
    for at, name in enumerate(_FIELDS):
        inside = [word for some, each in zip(held, flags, strict=True) if each >> at & 1 for word in some]
        if inside:
            found[name] = inside
    return found


def _text(places: dict[int, list[int]], texts: dict[int, str]) -> str:
    """Return one token for each place of a field; every place has one."""
    return " ".join([text_token([texts[stem] for stem in places[place]]) for place in sorted(places)])


def _pairs(fields: dict[int, dict[int, list[int]]], texts: dict[int, str]) -> Pairs:
    """Return the neighbours in naming fields, in order, and what is near: the other way round, or a word apart."""
    pairs, near = set[tuple[int, int]](), set[tuple[int, int]]()
    for field in _NAMING.intersection(fields):
        places = fields[field]
        for place, here in places.items():
            beside = set(product(here, places.get(place + 1, ())))
            pairs |= beside
            near |= {(after, before) for before, after in beside}
            near.update(product(here, places.get(place + 2, ())))
    return _named(pairs, texts), _named(near, texts)


def _named(pairs: set[tuple[int, int]], texts: dict[int, str]) -> list[str]:
    return [f"{texts[one]} {texts[two]}" for one, two in sorted(pairs)]


def _words_of_stems(index: CompiledIndex) -> dict[int, list[tuple[str, int]]]:
    found: dict[int, list[tuple[str, int]]] = {}
    for number, word in enumerate(index.words):
        stem, bit = index.word(number)
        found.setdefault(stem, []).append((word, bit))
    return found


def _by_record(folder: Path, count: int) -> tuple[list[dict[str, list[str]]], dict[str, list[int]]]:
    """Return the facets of each record, and its dates."""
    loaded = columns.load(folder)
    facets: list[dict[str, list[str]]] = [{} for _ in range(count)]
    for name, values in loaded["facets"].items():
        for value, numbers in values.items():
            for number in numbers:
                facets[number].setdefault(name, []).append(value)
    return facets, loaded["dates"]


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
