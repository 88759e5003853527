"""The engine of one machine: a Whoosh index on disk, scored in numpy.

Posting lists are read from Whoosh when a term is first asked for and kept as arrays, newest used last, within a bound.
Whoosh keeps one file position a reader, so reading holds a lock; scoring does not.
"""

from __future__ import annotations

import bisect
import datetime
import threading
from collections import OrderedDict
from collections.abc import Iterable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer import schema
from indexer.analysis.tokenizer import stem
from indexer.documents import DocumentReader
from indexer.locks import lease
from indexer.snapshots import MANIFEST, Snapshot, verify_files
from indexer.targets.whoosh import open_index
from service.search import ranking
from service.search.model import Match, Page, SearchRequest, Tier
from service.search.query.parser import Query

_CACHED_POSTINGS = 4_000_000
_MAX_EXPANSIONS = 256
_FIELDS = tuple(sorted(schema.TEXT_FIELDS.values(), key=lambda field: -field.weight))


@dataclass(frozen=True, slots=True)
class Postings:
    """The records that hold one term in one field, ascending, and how often each does."""

    numbers: NDArray[np.int64]
    frequencies: NDArray[np.float64]


class EmbeddedEngine:
    """One snapshot opened through Whoosh. See `service.search.engines.base.Engine` for the contract."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._lock = threading.Lock()
        with ExitStack() as files:
            # Leased before it is read: from here on nobody prunes it.
            files.enter_context(lease(snapshot.path / MANIFEST))
            verify_files(snapshot)
            index = files.enter_context(closing(open_index(snapshot.path / "index")))
            self._reader = files.enter_context(closing(index.reader()))
            self._documents = files.enter_context(closing(DocumentReader(snapshot.path)))
            self._read_columns()
            self._files = files.pop_all()

    def _read_columns(self) -> None:
        self._cache: OrderedDict[tuple[str, str], Postings] = OrderedDict()
        self._cached = 0
        self._count = len(self._documents)
        self._words = [word.decode() for word in self._reader.lexicon("words")]
        self._lengths = {field.name: self._field_lengths(field.name) for field in _FIELDS}
        self._ends = self._last_days()

    @property
    def snapshot(self) -> str:
        """The name of the snapshot that is open."""
        return self._snapshot.name

    @property
    def manifest(self) -> dict[str, Any]:
        """Its manifest."""
        return self._snapshot.manifest

    def record(self, number: int) -> dict[str, Any]:
        """Return record ``number``."""
        return self._documents[number]

    def find(self, code: str) -> dict[str, Any] | None:
        """Return the record whose code is exactly ``code``, or None."""
        numbers = self._postings("code", code).numbers
        return self._documents[int(numbers[0])] if len(numbers) else None

    def close(self) -> None:
        """Close all files and give the snapshot free for pruning."""
        with self._lock:
            self._files.close()

    def search(self, request: SearchRequest, query: Query) -> Page:
        """Return the page of matches that ``request`` asks for."""
        admitted = self._admitted(request)
        if not request.q.strip():
            return self._browse(request, admitted)
        scores = _Scores(self._count)
        self._score_words(query, scores)
        self._raise_tiers(query, scores)
        active = self._active(request.today)
        factor = np.where(active, 1.0, ranking.TERMINATED_FACTOR)
        numbers = np.flatnonzero((scores.tiers > 0) & admitted)
        fractions = ranking.fraction(scores.words[numbers] * factor[numbers], scores.best)
        order = ranking.ranked(scores.tiers[numbers], fractions, active[numbers], numbers)
        page = order[request.offset : request.offset + request.limit]
        fields = self._matched_fields(numbers[page], query)
        matches = (
            self._match(int(numbers[at]), Tier(int(scores.tiers[numbers[at]])), float(fractions[at]), held)
            for at, held in zip(page, fields, strict=True)
        )
        return Page(len(numbers), tuple(matches))

    # -- scoring --------------------------------------------------------------------------------------

    def _score_words(self, query: Query, scores: _Scores) -> None:
        for at, term in enumerate(query.terms):
            frequency = self._summed_frequency(term)
            if query.prefix is not None and at == len(query.terms) - 1:
                frequency = np.maximum(frequency, self._prefix_frequency(query.prefix))
            found = frequency > 0
            weight = ranking.inverse_document_frequency(self._count, int(found.sum()))
            scores.add_term(found, weight, ranking.saturate(frequency))
        scores.set_word_tiers(len(query.terms))

    def _summed_frequency(self, term: str) -> NDArray[np.float64]:
        total = np.zeros(self._count)
        for field in _FIELDS:
            postings = self._postings(field.name, term)
            if len(postings.numbers):
                lengths, average = self._lengths[field.name]
                total[postings.numbers] += ranking.field_frequency(
                    postings.frequencies, lengths[postings.numbers], average, field.weight
                )
        code = self._postings("code", term.upper()).numbers
        total[code] += schema.TEXT_FIELDS["title"].weight
        return total

    def _prefix_frequency(self, prefix: str) -> NDArray[np.float64]:
        total = np.zeros(self._count)
        for word in self._expansions(prefix):
            total[self._postings("words", word).numbers] = ranking.PREFIX_WEIGHT
        return total

    def _expansions(self, prefix: str) -> list[str]:
        first = bisect.bisect_left(self._words, prefix)
        last = bisect.bisect_left(self._words, prefix + "\U0010ffff")
        # Shorter completions come first, so that a bound on a very common beginning leaves out the far-fetched.
        return sorted(self._words[first:last], key=len)[:_MAX_EXPANSIONS]

    def _raise_tiers(self, query: Query, scores: _Scores) -> None:
        if query.name:
            scores.raise_to(Tier.EXACT_NAME, self._postings("names", query.name).numbers)
        if query.code_prefix:
            scores.raise_to(Tier.CODE_PREFIX, self._with_code_prefix(query.code_prefix))
        for code in query.codes:
            scores.raise_to(Tier.EXACT_CODE, self._postings("code", code).numbers)

    def _with_code_prefix(self, prefix: str) -> NDArray[np.int64]:
        with self._lock:
            codes = [term.decode() for term in self._reader.expand_prefix("code", prefix)]
        found = [self._postings("code", code).numbers for code in codes]
        return np.concatenate(found) if found else np.empty(0, np.int64)

    @staticmethod
    def _match(number: int, tier: Tier, fraction: float, fields: list[str]) -> Match:
        by_code = tier in (Tier.EXACT_CODE, Tier.CODE_PREFIX) and "code" not in fields
        return Match(number, tier, round(tier + fraction, 4), ("code", *fields) if by_code else tuple(fields))

    def _matched_fields(self, numbers: NDArray[np.int64], query: Query) -> list[list[str]]:
        """For each of a page's records, the fields that hold a word of the query or one that its prefix begins."""
        terms = set(query.terms) | self._completing_stems(numbers, query.prefix)
        held: list[list[str]] = [[] for _ in numbers]
        codes = [self._postings("code", term.upper()) for term in query.terms]
        for name, lists in (("code", codes), *((field.name, self._lists(field.name, terms)) for field in _FIELDS)):
            found = _holding(numbers, lists)
            for at in np.flatnonzero(found):
                held[int(at)].append(name)
        return held

    def _lists(self, field: str, terms: Iterable[str]) -> list[Postings]:
        return [self._postings(field, term) for term in terms]

    def _completing_stems(self, numbers: NDArray[np.int64], prefix: str | None) -> set[str]:
        if prefix is None:
            return set()
        words = (word for word in self._expansions(prefix) if _holding(numbers, self._lists("words", [word])).any())
        return {stem(word) for word in words}

    # -- filters --------------------------------------------------------------------------------------

    def _browse(self, request: SearchRequest, admitted: NDArray[np.bool_]) -> Page:
        numbers = np.flatnonzero(admitted)
        page = numbers[request.offset : request.offset + request.limit]
        return Page(len(numbers), tuple(Match(int(number), Tier.BROWSE, 0.0, ()) for number in page))

    def _admitted(self, request: SearchRequest) -> NDArray[np.bool_]:
        mask = np.ones(self._count, bool)
        for field, value in (("code_system", request.code_system), ("kind", request.kind)):
            if value is not None:
                mask &= _mask(self._count, self._postings(field, value).numbers)
        if request.status is not None:
            mask &= self._active(request.today) == (request.status == "active")
        return mask

    def _active(self, today: datetime.date) -> NDArray[np.bool_]:
        active: NDArray[np.bool_] = self._ends >= int(today.strftime("%Y%m%d"))
        return active

    # -- reading Whoosh -------------------------------------------------------------------------------

    def _postings(self, field: str, term: str) -> Postings:
        key = (field, term)
        with self._lock:
            found = self._cache.get(key)
            if found is None:
                found = self._read_postings(field, term)
                self._cache[key] = found
                self._cached += len(found.numbers) + 1
                self._evict()
            else:
                self._cache.move_to_end(key)
            return found

    def _evict(self) -> None:
        while self._cached > _CACHED_POSTINGS and len(self._cache) > 1:
            _, old = self._cache.popitem(last=False)
            self._cached -= len(old.numbers) + 1

    def _read_postings(self, field: str, term: str) -> Postings:
        numbers, frequencies = [], []
        if (field, term) in self._reader:
            matcher = self._reader.postings(field, term)
            while matcher.is_active():
                numbers.append(matcher.id())
                frequencies.append(matcher.weight())
                matcher.next()
        return Postings(np.array(numbers, np.int64), np.array(frequencies, np.float64))

    def _field_lengths(self, field: str) -> tuple[NDArray[np.float64], float]:
        lengths = np.array([self._reader.doc_field_length(number, field) for number in range(self._count)], np.float64)
        filled = lengths[lengths > 0]
        return lengths, float(filled.mean()) if len(filled) else 0.0

    def _last_days(self) -> NDArray[np.int64]:
        """The last day of use of each record as a number like 20191231."""
        days = np.zeros(self._count, np.int64)
        for term in self._reader.lexicon("ends"):
            value = term.decode()
            days[self._read_postings("ends", value).numbers] = int(value.replace("-", ""))
        return days


class _Scores:
    """What is known of every record while one query is scored; all arrays are one value a record."""

    def __init__(self, count: int) -> None:
        self.words = np.zeros(count)
        self.matched = np.zeros(count, np.int64)
        self.tiers = np.zeros(count, np.int64)
        self.best = 0.0

    def add_term(self, found: NDArray[np.bool_], weight: float, saturated: NDArray[np.float64]) -> None:
        self.words += weight * saturated
        self.matched += found
        self.best += weight

    def set_word_tiers(self, terms: int) -> None:
        self.tiers[self.matched > 0] = Tier.SOME_WORDS
        self.tiers[(self.matched == terms) & (self.matched > 0)] = Tier.ALL_WORDS

    def raise_to(self, tier: Tier, numbers: NDArray[np.int64]) -> None:
        self.tiers[numbers] = np.maximum(self.tiers[numbers], tier)


def _mask(count: int, numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
    mask = np.zeros(count, bool)
    mask[numbers] = True
    return mask


def _holding(numbers: NDArray[np.int64], lists: Iterable[Postings]) -> NDArray[np.bool_]:
    """Say for each of ``numbers`` whether any of the posting lists holds it."""
    found = np.zeros(len(numbers), bool)
    for postings in lists:
        if len(postings.numbers):
            at = np.minimum(np.searchsorted(postings.numbers, numbers), len(postings.numbers) - 1)
            found |= postings.numbers[at] == numbers
    return found
