"""`AdminClient`: changes documents, builds and synonyms, by a token."""

from __future__ import annotations

import json
import ssl
import time
import uuid
from collections.abc import Iterable, Mapping
from typing import IO, Any
from urllib.parse import quote, urlencode

from .admin_model import SearchCounts, Source, SynonymChange, Synonyms, Task, Tasks, Written
from .bulk import Bulk, Line, quoted, spool, spooled
from .client import API, Client, document_path, parsed, raise_for_status
from .connection import Answer, Deadline
from .decode import decode
from .errors import Busy, ConnectionFailed, TimedOut

#: How long the server keeps an answer back for publication, at most, beside the time of a call.
_SERVER_WAITS = 25.0
_POLL_SECONDS = 0.5
_MAX_KEY_CHARS = 200


class Secret(str):
    """A text that shows nothing of itself in a traceback or log that prints what holds it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'…'"


class AdminClient(Client):
    """A `Client` that may also change what is searched. Its token goes with requests for changes only.

        with AdminClient("http://127.0.0.1:8000", token=os.environ["TOKEN"]) as client:
            written = client.put_document("A9999", text)
            client.wait_for(written.task)

    Each change is sent with an idempotency key, a new one unless one is given, so that it is done once however often
    it has to be sent. The token is never shown, nor is what a server says of it.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        *,
        token: str,
        timeout: float = 10.0,
        retries: int = 3,
        backoff: float = 0.2,
        headers: Mapping[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """``token`` is one that `procsearch token create` printed; everything else as for `Client`."""
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise ValueError("token: expected it as 'procsearch token create' prints it; got another text.")
        super().__init__(url, timeout=timeout, retries=retries, backoff=backoff, headers=headers, tls=tls)
        self._token = Secret(token)

    def put_document(
        self,
        code: str,
        document: str | Mapping[str, Any],
        *,
        if_match: str | None = None,
        only_new: bool = False,
        wait: bool = False,
        idempotency_key: str | None = None,
    ) -> Written:
        """Write a document, given as text in the format of documents or as values.

        ``if_match``: the etag that it must still have; ``only_new``: only where there is none; else `Stale` is raised.
        ``wait``: answer once it can be searched, or after 25 seconds.
        """
        kind, body = "text/plain; charset=utf-8", document
        if isinstance(body, Mapping):
            kind, body = "application/json", json.dumps(dict(body))
        headers = {"Content-Type": kind, **_conditions(if_match, only_new=only_new)}
        path = document_path(code) + _query(wait=wait)
        return decode(Written, self._change("PUT", path, idempotency_key, body.encode(), headers, wait=wait))

    def delete_document(
        self, code: str, *, if_match: str | None = None, wait: bool = False, idempotency_key: str | None = None
    ) -> Written:
        """Remove a document that was put; a shipped one shows again. NotFound where none was put."""
        path, headers = document_path(code) + _query(wait=wait), _conditions(if_match)
        return decode(Written, self._change("DELETE", path, idempotency_key, None, headers, wait=wait))

    def document_source(self, code: str) -> Source:
        """Return the text of a document as its author wrote it, with its etag."""
        answer = self._ask("GET", f"{document_path(code)}/source", None, {"Accept": "text/plain, application/json"})
        return Source(answer.body.decode("utf-8", "replace"), answer.headers.get("etag", "").strip('"'))

    def bulk(
        self,
        lines: Iterable[Line],
        *,
        wait: bool = False,
        idempotency_key: str | None = None,
        timeout: float = 600.0,
    ) -> Bulk:
        """Write and remove many documents, a line each, and return an iterator over the answers to the lines.

        A line is a mapping with ``code`` and one of ``text``, ``document`` and ``delete``, perhaps ``if_match``; or it
        is such JSON as text or bytes, as a file of NDJSON opened in binary yields them. Neither the lines nor the
        answers are held in memory. ``timeout``: seconds for all of it.
        """
        headers = {"Content-Type": "application/x-ndjson", "Idempotency-Key": _key(idempotency_key)}
        sink = spool()
        try:
            with spooled(lines) as body:
                self._ask("POST", f"/documents/_bulk{_query(wait=wait)}", body, headers, timeout=timeout, sink=sink)
            sink.seek(0)
            return Bulk(sink, self._hide)
        except BaseException:
            sink.close()
            raise

    def reindex(self, *, wait: bool = False, idempotency_key: str | None = None) -> Task:
        """Start a build; Conflict, whose ``details`` name it, where one waits or runs."""
        return decode(Task, self._change("POST", f"/reindex{_query(wait=wait)}", idempotency_key, b"", wait=wait))

    def tasks(self) -> tuple[Task, ...]:
        """Return the builds that are remembered, newest first."""
        return decode(Tasks, parsed(self._ask("GET", "/tasks"))).tasks

    def task(self, task_id: str) -> Task:
        """Return one build as it is now; NotFound where it is not remembered."""
        return decode(Task, parsed(self._ask("GET", _task_path(task_id))))

    def cancel_task(self, task_id: str) -> Task:
        """Have a build end without publishing anything; one that is over stays as it is."""
        return decode(Task, parsed(self._ask("DELETE", _task_path(task_id))))

    def wait_for(self, task: Task | str, *, timeout: float = 600.0) -> Task:
        """Return a build, or that of an id, once it is over, however it ended; TimedOut where it is not in time.

        A server that is started anew meanwhile is waited for.
        """
        task_id, deadline = task if isinstance(task, str) else task.id, Deadline(timeout)
        while True:
            failure: Exception | None = None
            state = "not known"
            try:
                answer = self._ask("GET", _task_path(task_id), timeout=min(self._transport.timeout, deadline.left()))
                found = decode(Task, parsed(answer))
                if found.is_over:
                    return found
                state = found.state
            except (ConnectionFailed, Busy) as error:
                failure = error
            if not deadline.allows(_POLL_SECONDS):
                raise TimedOut(
                    f"task {task_id}: expected it to end within {timeout:g} seconds; got: {state}. Give it more time."
                ) from failure
            time.sleep(_POLL_SECONDS)

    def synonyms(self) -> tuple[str, ...]:
        """Return the rules that operators added."""
        return decode(Synonyms, parsed(self._ask("GET", "/synonyms"))).rules

    def add_synonym(
        self, typed: str, means: str, *, both_ways: bool = False, idempotency_key: str | None = None
    ) -> SynonymChange:
        """Let what people type also mean something else, and build."""
        values = json.dumps({"typed": typed, "means": means, "both_ways": both_ways}).encode()
        return decode(SynonymChange, self._change("POST", "/synonyms", idempotency_key, values))

    def remove_synonym(self, rule: str, *, idempotency_key: str | None = None) -> SynonymChange:
        """Remove a rule, named as `synonyms` lists it, and build; NotFound where there is none."""
        return decode(SynonymChange, self._change("DELETE", f"/synonyms?{urlencode({'rule': rule})}", idempotency_key))

    def analytics(self) -> SearchCounts:
        """Return what was searched, where that is counted; NotFound where it is not."""
        return decode(SearchCounts, parsed(self._ask("GET", "/analytics")))

    def _change(
        self,
        method: str,
        path: str,
        key: str | None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        wait: bool = False,
    ) -> dict[str, Any]:
        sent = {"Idempotency-Key": _key(key), **(headers or {})}
        timeout = self._transport.timeout + (_SERVER_WAITS if wait else 0.0)
        return parsed(self._ask(method, path, body, sent, timeout=timeout))

    def _ask(
        self,
        method: str,
        path: str,
        body: bytes | IO[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        timeout: float | None = None,
        sink: IO[bytes] | None = None,
    ) -> Answer:
        sent = {**(headers or {}), "Authorization": Secret(f"Bearer {self._token}")}
        answer = self._transport.send(method, f"{API}{path}", body, headers=sent, timeout=timeout, sink=sink)
        answer = self._without_token(answer)
        raise_for_status(answer)
        return answer

    def _without_token(self, answer: Answer) -> Answer:
        """Another program at the address may send back what it was sent; errors show what they got."""
        headers = {name: value.replace(self._token, "…") for name, value in answer.headers.items()}
        return Answer(answer.status, headers, self._hide(answer.body))

    def _hide(self, data: bytes) -> bytes:
        return data.replace(self._token.encode(), "…".encode())


def _task_path(task_id: str) -> str:
    if not task_id.strip(" ./"):
        raise ValueError(f"task_id: expected the id of a task; got {task_id!r}.")
    return f"/tasks/{quote(task_id, safe='')}"


def _query(*, wait: bool) -> str:
    return "?wait=true" if wait else ""


def _conditions(if_match: str | None, *, only_new: bool = False) -> dict[str, str]:
    match = {} if if_match is None else {"If-Match": quoted(if_match)}
    return match | ({"If-None-Match": "*"} if only_new else {})


def _key(given: str | None) -> str:
    key = uuid.uuid4().hex if given is None else given
    if not 1 <= len(key) <= _MAX_KEY_CHARS or not key.isascii() or not key.isprintable() or key != key.strip():
        raise ValueError(
            f"idempotency_key: expected 1 to {_MAX_KEY_CHARS} printable ASCII characters; got {key[:40]!r}."
        )
    return key
