"""`Client`: one method for each question that the API answers."""

from __future__ import annotations

import datetime
import json
import ssl
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypedDict, TypeVar, Unpack
from urllib.parse import quote, urlencode

from .connection import Answer
from .decode import decode
from .errors import UnexpectedAnswer, error_of
from .model import (
    BatchOfQueries,
    BatchOfRecords,
    Document,
    Hit,
    Readiness,
    SearchAnswer,
    SnapshotInfo,
    Suggestions,
)
from .transport import Transport, retry_after

T = TypeVar("T")

#: The path below which everything is asked.
API = "/api/v1"
#: A longer address goes as the body of a POST, since servers and proxies limit addresses.
_LONGEST_TARGET = 2_000
_LARGEST_PAGE = 100


class SearchOptions(TypedDict, total=False):
    """What a search may ask for beside its words; `docs/http-api.md` says what each means.

    Several values of one filter are a sequence; any of them will do.
    """

    sort: str
    status: str
    on: datetime.date | str
    section: str
    kind: str | Sequence[str]
    code_system: str | Sequence[str]
    family: str | Sequence[str]
    coverage: str | Sequence[str]
    betos: str | Sequence[str]
    type_of_service: str | Sequence[str]
    has_document: bool
    facets: str | Sequence[str]
    explain: bool


class Client:
    """Asks a procsearch server. Safe for many threads; connections are kept and used again.

        with Client("http://127.0.0.1:8000") as client:
            for hit in client.search_all("insulin pump", status="active"):
                print(hit.code, hit.title)

    Every method raises the exceptions of `errors`.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        *,
        timeout: float = 10.0,
        retries: int = 3,
        backoff: float = 0.2,
        headers: Mapping[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """``timeout``: seconds for one call with all its tries and waits. ``retries``: further tries where a connection
        fails or the server is busy (429, 502, 503, 504). ``backoff``: the longest wait before the first of them, in
        seconds, doubled with each; a ``Retry-After`` of the server is added to it. ``headers`` go with every request,
        for a proxy that asks for them. ``tls``: certificates other than those that the system trusts. ValueError for a
        wrong argument.
        """
        for name, value, lowest in (("timeout", timeout, 0.001), ("retries", retries, 0), ("backoff", backoff, 0)):
            if not lowest <= value < 1e6:
                raise ValueError(f"{name}: expected a number from {lowest} to 999999; got {value!r}.")
        self._transport = Transport(
            url, timeout=timeout, retries=retries, backoff=backoff, headers=headers or {}, tls=tls
        )

    def search(
        self,
        q: str = "",
        *,
        limit: int = 10,
        offset: int = 0,
        cursor: str | None = None,
        **options: Unpack[SearchOptions],
    ) -> SearchAnswer:
        """Return one page of hits: ``limit`` (1 to 100) of them after ``offset``, or what follows the page that gave
        ``cursor``. Without words, everything by code."""
        page = {"limit": limit} | ({"offset": offset} if offset else {}) | ({"cursor": cursor} if cursor else {})
        return decode(SearchAnswer, self.get("/search", {"q": q, **page, **options}))

    def pages(
        self, q: str = "", *, page_size: int = _LARGEST_PAGE, **options: Unpack[SearchOptions]
    ) -> Iterator[SearchAnswer]:
        """Yield every page of hits in order, each asked for when it is wanted."""
        cursor: str | None = None
        while True:
            page = self.search(q, limit=page_size, cursor=cursor, **options)
            yield page
            if page.cursor is None:
                return
            if page.cursor == cursor or not page.hits:
                raise UnexpectedAnswer(f"expected another page behind cursor {cursor!r}; got the same or none.")
            cursor = page.cursor

    def search_all(
        self, q: str = "", *, page_size: int = _LARGEST_PAGE, **options: Unpack[SearchOptions]
    ) -> Iterator[Hit]:
        """Yield every hit in order, however many there are; only one page is held at a time."""
        for page in self.pages(q, page_size=page_size, **options):
            yield from page.hits

    def suggest(self, q: str, *, limit: int = 8) -> Suggestions:
        """Return completions, codes and names for what was typed so far."""
        return decode(Suggestions, self.get("/suggest", {"q": q, "limit": limit}))

    def document(self, code: str) -> Document:
        """Return the record of ``code``, typed in any case; NotFound where there is none."""
        return decode(Document, self.get(document_path(code)))

    def look_up(self, codes: Sequence[str], *, on: datetime.date | str | None = None) -> BatchOfRecords:
        """Look up 1 to 1,000 codes in one request; unknown ones are answered in their place. ``on``: the day for which
        status is told."""
        return decode(BatchOfRecords, self.post("/batch", {"codes": list(codes), **_given(on=on)}))

    def search_many(
        self,
        queries: Sequence[str],
        *,
        limit: int = 3,
        status: str | None = None,
        on: datetime.date | str | None = None,
    ) -> BatchOfQueries:
        """Search 1 to 1,000 queries in one request, for ``limit`` (1 to 10) hits each."""
        values = {"queries": list(queries), "limit": limit, **_given(status=status, on=on)}
        return decode(BatchOfQueries, self.post("/batch", values))

    def snapshot(self) -> SnapshotInfo:
        """Return what the server serves."""
        return decode(SnapshotInfo, self.get("/snapshot"))

    def readiness(self) -> Readiness:
        """Return whether the server can serve; this is an answer even where it cannot."""
        answer = self._transport.send("GET", "/readyz")
        value = parsed(answer)
        if answer.status >= 400 and "error" in value:
            raise error_of(answer.status, value, retry_after(answer))
        return decode(Readiness, value)

    def get(self, path: str, parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the answer of an address below ``/api/v1`` as plain values, for what no other method asks.

        Parameters are written as the API wants them: booleans, dates, and sequences of values.
        """
        given = {name: _plain(value) for name, value in (parameters or {}).items()}
        text = urlencode(
            {name: json.dumps(value) if isinstance(value, bool) else value for name, value in given.items()}
        )
        target = f"{API}{path}" + (f"?{text}" if text else "")
        if len(target) > _LONGEST_TARGET and path == "/search":
            return self.post(path, given)
        return _checked(self._transport.send("GET", target))

    def post(self, path: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer to a JSON object sent to an address below ``/api/v1`` as plain values."""
        body = json.dumps(dict(values), default=_plain).encode()
        return _checked(self._transport.send("POST", f"{API}{path}", body))

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def document_path(code: str) -> str:
    """Return the address of a record below ``/api/v1``; ValueError where ``code`` is blank."""
    if not code.strip(" ./"):
        raise ValueError(f"code: expected a code such as E0784; got {code!r}.")
    return f"/documents/{quote(code, safe='')}"


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _plain(value: Any) -> Any:
    """Return a parameter as JSON has it."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, str | int | float):
        return value
    if isinstance(value, Sequence):
        return ",".join(value)
    raise ValueError(f"parameter: expected text, a number, a date or a sequence of texts; got {value!r}.")


def _checked(answer: Answer) -> dict[str, Any]:
    raise_for_status(answer)
    return parsed(answer)


def raise_for_status(answer: Answer) -> None:
    """Raise what an answer of status 300 or more means."""
    if 300 <= answer.status < 400:
        to = answer.headers.get("location", "nowhere")
        raise UnexpectedAnswer(
            f"expected an answer; got HTTP {answer.status}, which leads to {to[:100]}. Correct the URL."
        )
    if answer.status >= 400:
        raise error_of(answer.status, _error_body(answer), retry_after(answer))


def _error_body(answer: Answer) -> dict[str, Any]:
    """What an error tells; nothing where a proxy answers with a page."""
    try:
        return parsed(answer)
    except UnexpectedAnswer:
        return {}


def parsed(answer: Answer) -> dict[str, Any]:
    """Return the JSON object of an answer."""
    try:
        value = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        shown = answer.body[:60]
        raise UnexpectedAnswer(
            f"expected JSON; got {shown!r} (HTTP {answer.status}). Does another program than procsearch answer there?"
        ) from error
    if not isinstance(value, dict):
        raise UnexpectedAnswer(f"expected a JSON object; got {type(value).__name__} (HTTP {answer.status}).")
    return value
