"""Codes that someone who reads about one code may want next."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.codes import looks_like_code
from service.search.errors import NotFound
from service.search.model import MAX_LIMIT, SearchRequest, Tier
from service.search.searcher import Searcher

#: How many codes each group shows, and how many names of a text are looked up.
_SHOWN = 6
_MOST_NAMES = 16
#: A part of a sentence that may be the name of a procedure: from separator to separator.
_BETWEEN_NAMES = re.compile(r"[,;:.()]|\b(?:and|or|such as|including)\b")
_ARTICLE = re.compile(r"\A(?:a|an|the)\s+", re.IGNORECASE)
_LONGEST_NAME = 60
_WORD = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Group:
    """Related codes of one kind: a heading and cards of records, which have at least ``code`` and ``title``."""

    heading: str
    cards: list[Mapping[str, Any]]


def related(record: Mapping[str, Any], searcher: Searcher) -> list[Group]:
    """Return the codes that have to do with the one of ``record``, each in the first group that it belongs to."""
    seen = {record["code"]}
    groups = (
        ("The official record refers to", _referred(record, searcher)),
        ("Among the alternatives", _alternatives(record, searcher)),
        ("Next to it in the code list", _neighbors(record, searcher)),
    )
    made = []
    for heading, cards in groups:
        fresh = list({card["code"]: card for card in cards if card["code"] not in seen}.values())[:_SHOWN]
        seen.update(card["code"] for card in fresh)
        made.append(Group(heading, fresh))
    return [group for group in made if group.cards]


def _referred(record: Mapping[str, Any], searcher: Searcher) -> Iterator[Mapping[str, Any]]:
    return _known((record["official"] or {}).get("cross_references", ()), searcher)


def _alternatives(record: Mapping[str, Any], searcher: Searcher) -> Iterator[Mapping[str, Any]]:
    """Codes that the section on alternatives writes out, then those that have a name which it mentions."""
    text = _text_of_section(record, "alternatives")
    yield from _known((word for word in _WORD.findall(text) if looks_like_code(word)), searcher)
    names = dict.fromkeys(_ARTICLE.sub("", part.strip()) for part in _BETWEEN_NAMES.split(text))
    for name in [each for each in names if " " in each and len(each) <= _LONGEST_NAME][:_MOST_NAMES]:
        hits = searcher.search(SearchRequest(q=f"{name} ", limit=1, status="active")).hits
        if hits and hits[0].match.tier is Tier.EXACT_NAME:
            yield hits[0].record


def _neighbors(record: Mapping[str, Any], searcher: Searcher) -> list[Mapping[str, Any]]:
    """Codes on either side in the order of codes, from the longest shared beginning that enough others have."""
    code, cards = record["code"], []
    for length in range(len(code) - 1, 0, -1):
        request = SearchRequest(
            q=f"code:{code[:length]}*", limit=MAX_LIMIT, sort="code", filters={"kind": (record["kind"],)}
        )
        found = searcher.search(request)
        if found.total > MAX_LIMIT:
            break
        # What the query language cannot read is searched as words, and may find codes that begin otherwise.
        cards = [hit.record for hit in found.hits if hit.record["code"].startswith(code[:length])]
        if len(cards) > _SHOWN // 2:
            break
    return _around(code, cards)


def _around(code: str, cards: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return as many cards before ``code`` as behind it, or more of one side where the other has not enough."""
    before = [card for card in cards if card["code"] < code]
    after = [card for card in cards if card["code"] > code]
    half = _SHOWN // 2
    near = before[-max(half, _SHOWN - len(after)) :]
    return near + after[: _SHOWN - len(near)]


def _known(codes: Iterable[str], searcher: Searcher) -> Iterator[Mapping[str, Any]]:
    for code in list(dict.fromkeys(codes))[:_MOST_NAMES]:
        try:
            yield searcher.document(code)[0]
        except NotFound:
            continue


def _text_of_section(record: Mapping[str, Any], key: str) -> str:
    blocks = (block for section in record["sections"] if section["key"] == key for block in section["blocks"])
    return "\n".join(block["text"] + "." for block in blocks)
