"""How a snapshot lies in a cluster: names, mapping and settings of its index, and the numbers that it ranks by.

An index ``<alias>-<snapshot>`` holds one document a record, with the code as its ``_id``. Our analysis has made the
tokens, and our formulas the impacts; OpenSearch keeps and adds them. ``<alias>-<snapshot>-data`` holds in pieces the
files that a search node needs beside: words, names, suggestions, vocabulary, manifest. The alias points to one of the
indexes. An index that was finished is never written to again.

Rank features keep 8 bits of a number behind its first one. So each number is kept as two features, what the first cuts
off in the second, and their sum is right to one part in 65,536.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from indexer.columns import DATES, FACETS
from indexer.compiled import bits
from indexer.compiled.layout import Array
from indexer.snapshots import versions

#: Raise it when the mapping or a document changes its meaning; indexes of another version are then not searched.
INDEX_VERSION = 1

#: No number that two features keep is wrong by more than this share of it, nor one that the first keeps alone.
PRECISE, COARSE = 2.0**-16, 2.0**-8
#: Results that may be asked for at once, which bounds what OpenSearch holds of them in memory.
RESULT_WINDOW = 120_000
#: Codes that one query may name.
MOST_TERMS = 1_000_000

_DATA = "-data"
_CUT = np.uint32(0xFFFF8000)
_KEYWORD = {"type": "keyword", "doc_values": False, "norms": False}
_VALUE = {"type": "keyword", "norms": False}
_TEXT = {
    "type": "text",
    "analyzer": "positions",
    "search_analyzer": "whitespace",
    "norms": False,
    "index_options": "positions",
}
#: The parts of a checksum over all documents, each below `CHECK_SPAN`, so that sums of a billion stay exact.
CHECKS = ("check_a", "check_b", "check_c")
CHECK_SPAN = 1 << 20


def feature(term: str) -> str:
    """Return the name of a term's rank feature, which may hold no dot; no term holds an underscore."""
    return term.replace(".", "_")


def split(values: NDArray[np.float32]) -> tuple[list[float], list[float]]:
    """Return what the first feature keeps of each value, and what is left for the second."""
    high = (values.view(np.uint32) & _CUT).view(np.float32)
    low = values - high
    return high.tolist(), low.tolist()


def text_token(terms: Sequence[str]) -> str:
    """Return the terms that stand at one place of a text as one token of the analyzer ``positions``."""
    return "|".join(terms)


def checks(code: str, record_hash: str) -> tuple[int, ...]:
    """Return what a record adds to each part of the checksum."""
    digest = int.from_bytes(hashlib.blake2b(f"{code}|{record_hash}".encode(), digest_size=8).digest(), "little")
    return tuple((digest >> (20 * at)) % CHECK_SPAN for at in range(len(CHECKS)))


def mapping() -> dict[str, Any]:
    """Return the mapping of an index; nothing is indexed that it does not name."""
    features = {"type": "rank_features"}
    texts = [field.name for field in bits.FIELDS]
    shares = {f"{name}{part}": features for name in bits.SINGLE for part in ("", "_low")}
    return {
        "dynamic": "strict",
        # The snapshot is where documents are changed; here they are only read.
        "_source": {"enabled": False},
        "properties": {
            "code": _VALUE,
            "facets": {"properties": dict.fromkeys(FACETS, _VALUE)},
            "dates": {"properties": {name: {"type": "integer"} for name in DATES}},
            "impacts": features,
            "impacts_low": features,
            "shares": {"properties": shares},
            **dict.fromkeys(("core", "heads", "sections", "pairs", "near"), _KEYWORD),
            "words": {"properties": dict.fromkeys(("any", *texts), _KEYWORD)},
            "text": {"properties": dict.fromkeys(texts, _TEXT)},
            **{name: {"type": "integer", "index": False} for name in CHECKS},
            "card": {"type": "binary", "doc_values": True},
            "held": {"type": "binary", "doc_values": True},
            "record": {"type": "binary", "store": True},
        },
    }


def settings(shards: int, replicas: str) -> dict[str, Any]:
    """Return the settings of an index that is being filled; ``replicas`` as ``0-1`` or ``0-all``."""
    return {
        "number_of_shards": shards,
        "auto_expand_replicas": replicas,
        "refresh_interval": "-1",
        "max_result_window": RESULT_WINDOW,
        "max_terms_count": MOST_TERMS,
        "analysis": {
            # Several tokens at one place: a compound stands where its first word does.
            "filter": {"apart": {"type": "pattern_capture", "preserve_original": False, "patterns": ["([^|]+)"]}},
            "analyzer": {"positions": {"type": "custom", "tokenizer": "whitespace", "filter": ["apart"]}},
        },
    }


DATA_MAPPING = {
    "dynamic": "strict",
    "_source": {"enabled": False},
    "properties": {"part": {"type": "binary", "store": True}},
}


def cluster_versions() -> dict[str, Any]:
    """Return what an index must agree with to be searched by this program."""
    shape = hashlib.sha256(orjson.dumps(mapping())).hexdigest()[:16]
    return {"index_version": INDEX_VERSION, "mapping": shape, **versions()}


def index_name(alias: str, snapshot: str) -> str:
    """Return the name of the index of a snapshot; where it is pushed anew, a number goes behind."""
    return f"{alias}-{snapshot}"


def data_name(index: str) -> str:
    """Return the name of the index of the files that go with an index."""
    return f"{index}{_DATA}"


def owner_of(name: str) -> str | None:
    """Return the index that an index of files goes with, or None where ``name`` is no such index."""
    return name.removesuffix(_DATA) if name.endswith(_DATA) else None


def snapshot_of(alias: str, index: str) -> str | None:
    """Return the name of the snapshot that an index holds, or None where it is no index of ours."""
    found = re.fullmatch(rf"{re.escape(alias)}-(\d{{6,}}-[0-9a-f]{{12}}(-\d+)?)", index)
    return found[1] if found else None


def averages(before: Array, first: Array) -> list[float]:
    """Return the mean number of tokens of each text field over the records that have any.

    ``before`` and ``first`` are ``text.before`` (records x fields) and ``text.first`` of the compiled index.
    """
    before = np.asarray(before, np.int64).reshape(-1, len(bits.FIELDS))
    sizes = np.column_stack([before[:, 1:], np.diff(np.asarray(first, np.int64))]) - before
    found: list[float] = (sizes.sum(axis=0) / np.maximum((sizes > 0).sum(axis=0), 1)).tolist()
    return found
