"""The engine of one machine: a Whoosh index on disk, scored in numpy."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Sequence
from contextlib import ExitStack, closing
from typing import Any

import numpy as np

from indexer import vocabularies
from indexer.analysis.tokenizer import stem
from indexer.analysis.vocabulary import Rule
from indexer.documents import DocumentReader
from indexer.locks import lease
from indexer.snapshots import MANIFEST, Snapshot, verify_files
from indexer.targets.whoosh import open_index
from service.search import ranking
from service.search.engines.postings import FIELDS, Bools, Ints, PostingReader, holding
from service.search.engines.scoring import Scores, score
from service.search.model import Match, Page, SearchRequest, Tier
from service.search.query.expand import Alternative, expand
from service.search.query.parser import Query


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
            reader = files.enter_context(closing(index.reader()))
            self._documents = files.enter_context(closing(DocumentReader(snapshot.path)))
            self.postings = PostingReader(reader, len(self._documents))
            self._ends = self.postings.last_days()
            self.rules: dict[str, list[Rule]] = vocabularies.load(snapshot.path)
            self._files = files.pop_all()

    @property
    def snapshot(self) -> str:
        """The name of the snapshot that is open."""
        return self._snapshot.name

    @property
    def manifest(self) -> dict[str, Any]:
        """Its manifest."""
        return self._snapshot.manifest

    def knows(self, word: str) -> bool:
        """Say whether any record holds the folded ``word``."""
        return self.postings.knows(word)

    def record(self, number: int) -> dict[str, Any]:
        """Return record ``number``."""
        return self._documents[number]

    def find(self, code: str) -> dict[str, Any] | None:
        """Return the record whose code is exactly ``code``, or None."""
        numbers = self.postings.postings("code", code).numbers
        return self._documents[int(numbers[0])] if len(numbers) else None

    def close(self) -> None:
        """Close all files and give the snapshot free for pruning."""
        with self._lock:
            self._files.close()

    def search(self, request: SearchRequest, query: Query) -> Page:
        """Return the page of matches that ``request`` asks for."""
        admitted = self._admitted(request)
        if not request.q.strip():
            return _browse(request, admitted)
        alternatives = expand(query, self)
        scores = score(query, alternatives, self.postings)
        numbers, fractions = self._ranked(scores, admitted, self._active(request.today))
        page = slice(request.offset, request.offset + request.limit)
        matches = self._matches(numbers[page], fractions[page], scores, query, alternatives)
        return Page(len(numbers), matches)

    def _ranked(self, scores: Scores, admitted: Bools, active: Bools) -> tuple[Ints, ranking.Floats]:
        """Return the matching records in ranking order, and the fraction of each."""
        numbers = np.flatnonzero((scores.tiers > 0) & admitted)
        factor = np.where(active[numbers], 1.0, ranking.TERMINATED_FACTOR)
        fractions = ranking.fraction(scores.words[numbers] * factor, scores.best)
        order = ranking.ranked(scores.tiers[numbers], fractions, active[numbers], numbers)
        return numbers[order], fractions[order]

    # -- what a match tells ---------------------------------------------------------------------------

    def _matches(
        self,
        numbers: Ints,
        fractions: ranking.Floats,
        scores: Scores,
        query: Query,
        alternatives: Sequence[Alternative],
    ) -> tuple[Match, ...]:
        terms = self._terms(numbers, query, alternatives)
        fields = self._fields(numbers, terms)
        matches = []
        for number, fraction, held, inside in zip(numbers, fractions, terms, fields, strict=True):
            tier = Tier(int(scores.tiers[number]))
            by_code = tier in (Tier.EXACT_CODE, Tier.CODE_PREFIX) and "code" not in inside
            names = ("code", *inside) if by_code else tuple(inside)
            matches.append(Match(int(number), tier, round(tier + float(fraction), 4), names, frozenset(held)))
        return tuple(matches)

    def _terms(self, numbers: Ints, query: Query, alternatives: Sequence[Alternative]) -> list[set[str]]:
        """For each record, the terms it matches by: words of the query, alternatives it holds whole, completions."""
        terms = [set(query.terms) for _ in numbers]
        for each in alternatives:
            holds = np.all([np.isin(numbers, self.postings.impacts(term).numbers) for term in each.terms], axis=0)
            for at in np.flatnonzero(holds):
                terms[int(at)].update(each.terms)
        for word in self.postings.expansions(query.prefix) if query.prefix else ():
            for at in np.flatnonzero(np.isin(numbers, self.postings.postings("words", word).numbers)):
                terms[int(at)].add(stem(word))
        return terms

    def _fields(self, numbers: Ints, terms: Sequence[set[str]]) -> list[list[str]]:
        """For each record, the fields that hold one of its terms, strongest first."""
        inside: list[list[str]] = [[] for _ in numbers]
        everything = sorted(set().union(*terms)) if terms else []
        for name in ("code", *(field.name for field in FIELDS)):
            for term in everything:
                key = term.upper() if name == "code" else term
                for at in np.flatnonzero(holding(numbers, [self.postings.postings(name, key)])):
                    if term in terms[int(at)] and name not in inside[int(at)]:
                        inside[int(at)].append(name)
        return inside

    # -- filters --------------------------------------------------------------------------------------

    def _admitted(self, request: SearchRequest) -> Bools:
        mask = np.ones(self.postings.count, bool)
        for field, value in (("code_system", request.code_system), ("kind", request.kind)):
            if value is not None:
                held = np.zeros(self.postings.count, bool)
                held[self.postings.postings(field, value).numbers] = True
                mask &= held
        if request.status is not None:
            mask &= self._active(request.today) == (request.status == "active")
        return mask

    def _active(self, today: datetime.date) -> Bools:
        active: Bools = self._ends >= int(today.strftime("%Y%m%d"))
        return active


def _browse(request: SearchRequest, admitted: Bools) -> Page:
    numbers = np.flatnonzero(admitted)
    page = numbers[request.offset : request.offset + request.limit]
    return Page(len(numbers), tuple(Match(int(number), Tier.BROWSE, 0.0, ()) for number in page))
