"""What every engine does. One contract suite runs on all of them."""

from __future__ import annotations

from typing import Any, Protocol

from service.search.model import Page, SearchRequest
from service.search.query.parser import Query


class Engine(Protocol):
    """One snapshot, open for searching; safe for many threads at once.

    The order of matches is total: tier, then score, then code; equal requests get equal answers. A page past the end
    is empty, with the true total. A request with a blank ``q`` browses in the order of codes; a query without a
    single word finds nothing. After `close` no other method may be called; closing twice is harmless.
    """

    @property
    def snapshot(self) -> str:
        """The name of the snapshot that is open."""

    @property
    def manifest(self) -> dict[str, Any]:
        """Its manifest; not to be changed."""

    def search(self, request: SearchRequest, query: Query) -> Page:
        """Return the page of matches that ``request`` asks for."""

    def record(self, number: int) -> dict[str, Any]:
        """Return the record that a match numbers."""

    def find(self, code: str) -> dict[str, Any] | None:
        """Return the record whose code is exactly ``code``, or None."""

    def close(self) -> None:
        """Release files and memory."""
