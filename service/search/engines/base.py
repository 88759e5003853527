"""What every engine does. One contract suite runs on all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.damage import Damage
from service.search.model import Evidence, Page, SearchRequest, Span
from service.search.query.parser import Query, Unread
from service.search.query.syntax import Node
from service.search.suggest import Suggestions


class Engine(Protocol):
    """One snapshot, open for searching; safe for many threads at once.

    The order of matches is total: tier, then score, then code; equal requests get equal answers. A page past the end
    is empty, with the true total. A request with a blank ``q``, or one that only demands, browses in the order of
    codes; any other query without a single word finds nothing. After `close` no other method may be called; closing
    twice is harmless.
    """

    @property
    def snapshot(self) -> str:
        """The name of the snapshot that is open."""

    @property
    def manifest(self) -> dict[str, Any]:
        """Its manifest; not to be changed."""

    def search(
        self, request: SearchRequest, query: Query, deadline: int = 0, only: NDArray[np.bool_] | None = None
    ) -> Page:
        """Return the page of matches that ``request`` asks for, of records for which ``only`` is true.

        ``only`` has one truth value a record; None admits all. At ``deadline``, in nanoseconds of `time.monotonic_ns`
        (0: never), it returns what it has found, marked as partial.
        """

    def search_text(
        self,
        request: SearchRequest,
        deadline: int = 0,
        only: NDArray[np.bool_] | None = None,
        *,
        ready: bool = False,
        corrected: bool = False,
    ) -> tuple[Query | Unread, Page]:
        """Read the text of a request, and return what it is with the page of matches, see `search`.

        With ``ready`` the page may come with `Page.ready` in place of matches, if no word of it needs a correction. Of
        a text that is ``corrected`` these hits are of the tier ``fuzzy``, as `corrections.relabelled` makes matches.
        """

    def record(self, number: int) -> dict[str, Any]:
        """Return the record that a match numbers."""

    def records(self, numbers: Sequence[int]) -> Iterator[dict[str, Any]]:
        """Yield several records, in this order; faster than one by one where they lie elsewhere."""

    def cards(self, numbers: Sequence[int]) -> Sequence[dict[str, Any]]:
        """Return the cards of several records, in this order."""

    def card(self, number: int) -> dict[str, Any]:
        """Return what a list of hits shows of a record: the keys of `indexer.documents.CARD`."""

    def lines(self, numbers: Sequence[int]) -> list[bytes]:
        """Return the cards of several records as JSON, with their keys in the order of `indexer.documents.CARD`."""

    def shown(self, page: Page, query: Query | Unread, section: str | None) -> Sequence[bytes | None]:
        """Return for each match of ``page`` what is shown of why it matches, as `Hit.why`; None where it does not know.

        ``section`` is the one that the search was restricted to, or None.
        """

    def spans(self, evidence: Evidence, field: str, text: str) -> list[Span] | None:
        """Return where the words that match stand in the text of a field, in order, none overlapping another; None
        where the engine cannot tell.
        """

    def find(self, code: str) -> dict[str, Any] | None:
        """Return the record whose code is exactly ``code``, or None."""

    def suggest(self, text: str, limit: int) -> Suggestions:
        """Return at most ``limit`` completions, codes and names for what was typed so far."""

    def readings(self, term: str) -> tuple[str, ...]:
        """Return what a stem may stand for by the vocabulary, as written there."""

    def knows(self, word: str) -> bool:
        """Say whether any record holds the folded, unstemmed ``word``."""

    def near(self, word: str) -> str | None:
        """Return the word that a folded ``word`` is most likely a misspelling of, or None; never for codes."""

    def meets(self, demand: Node, numbers: Sequence[int]) -> list[bool]:
        """Say of each of some records, by their numbers, whether it meets ``demand``."""

    def unmatched(self, page: Page) -> tuple[int, ...]:
        """Return the places of the slots of the query of ``page`` that nothing matches, neither their word nor what may
        stand for it.
        """

    def evidence(self, page: Page) -> list[Evidence]:
        """Return why each match of ``page`` matches."""

    def damage(self) -> Damage | None:
        """Return what is wrong now with what is open, or None. One thread asks, now and then."""

    def close(self) -> None:
        """Release files and memory."""
