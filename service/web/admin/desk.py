"""What the views of administration share: stores, who may do what, errors, and answers given once."""

from __future__ import annotations

import functools
import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, ParamSpec, cast

from flask import Flask, Response, current_app, g, request

from corpus.store import SHIPPED
from indexer import task_runner
from indexer.errors import DataError
from indexer.own_documents import OwnDocuments
from indexer.tasks import Task, TaskStore
from service.admin.documents import Documents
from service.admin.idempotency import MAX_KEY_CHARS, Keys
from service.admin.tokens import PATTERN, Token, Tokens
from service.config import Config
from service.search.errors import BadRequest, Unavailable
from service.task_program import task_program
from service.web.context import searcher

_log = logging.getLogger(__name__)
_KEY = "procsearch_admin"
_KEPT_HEADERS = ("Content-Type", "ETag", "Location")
#: Failed attempts a minute that each process looks at and logs.
MOST_ATTEMPTS = 20
_MINUTE = 60.0
#: How long an answer waits for publication at most.
WAIT_SECONDS = 25.0
_POLL_SECONDS = 0.1
_CHUNK = 1 << 16

Parameters = ParamSpec("Parameters")
View = Callable[Parameters, Response]


class Refused(Exception):
    """Who asks may not: the error code, and what is told."""

    def __init__(self, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        self.code, self.headers = code, headers or {}
        super().__init__(message)


class Attempts:
    """Counts failed attempts, of everybody together: no address is remembered, and a valid token is never counted."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._since, self._count = 0.0, 0

    def are_too_many(self) -> bool:
        """Count one, and say whether there were too many within this minute."""
        with self._lock:
            moment = time.monotonic()
            if moment - self._since > _MINUTE:
                self._since, self._count = moment, 0
            self._count += 1
            return self._count > MOST_ATTEMPTS


class Desk:
    """The stores of one application."""

    def __init__(self, config: Config) -> None:
        self.config, self.data = config, config.data
        self.tokens, self.keys = Tokens(config.data), Keys(config.data)
        self.tasks, self.attempts = TaskStore(config.data), Attempts()
        self.documents = Documents(OwnDocuments(config.data), _source_of)
        self.folders = [*([SHIPPED] if config.shipped == "on" else []), *config.corpus]
        # One thread at least is left for everybody else.
        self.waiting = threading.BoundedSemaphore(max(config.threads // 2, 1))
        self.receiving = threading.BoundedSemaphore(1)

    def start(self, reason: str) -> Task:
        """Queue a build, or take the one that is queued already, and see to it that it is run."""
        task, _ = self.tasks.submit(reason, self.folders)
        self.run()
        return task

    def run(self) -> None:
        """Start a process that runs queued tasks; Unavailable where the system does not let one start."""
        try:
            task_runner.start(self.data, task_program(self.config))
        except OSError as error:
            raise DataError(
                f"expected to start a process; got {error.strerror}. Free memory, then ask again."
            ) from error

    def wait_for(self, task: Task) -> Task:
        """Return a task once it is over, or as it is when it takes too long or too many wait already."""
        if not self.waiting.acquire(blocking=False):
            return task
        try:
            until = time.monotonic() + WAIT_SECONDS
            while not task.is_over and time.monotonic() < until:
                time.sleep(_POLL_SECONDS)
                task = self.tasks.get(task.id) or task
        finally:
            self.waiting.release()
        if task.published:
            searcher().reload()
        return task


def install(app: Flask, config: Config) -> None:
    """Give ``app`` its desk, and have tasks run that a server before this one left queued."""
    made = app.extensions[_KEY] = Desk(config)
    try:
        if made.tasks.has_queued():
            made.run()
    except (DataError, OSError) as error:
        _log.error("tasks that wait cannot be run: %s", error)


def desk() -> Desk:
    """Return the desk of the app that handles this request."""
    return cast(Desk, current_app.extensions[_KEY])


def requires(scope: str) -> Callable[[View[Parameters]], View[Parameters]]:
    """Let only those ask a view whose token has this scope."""

    def decorate(view: View[Parameters]) -> View[Parameters]:
        @functools.wraps(view)
        def guarded(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Response:
            g.token = _token_with(scope)
            return view(*args, **kwargs)

        return guarded

    return decorate


def note(action: str, what: str) -> None:
    """Log who changed what; both words hold nothing that a client could choose freely."""
    _log.info("token %s: %s %s", g.token.name, action, what)


def once(answer: Callable[[], Response], digest: str | None = None) -> Response:
    """Return what ``answer`` answers, or with an Idempotency-Key what it answered before to the same request.

    ``digest`` is that of the body, where that is not read whole into memory.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return answer()
    if not 1 <= len(key) <= MAX_KEY_CHARS or not key.isascii() or not key.isprintable():
        raise BadRequest("Idempotency-Key", f"1 to {MAX_KEY_CHARS} printable ASCII characters", repr(key[:40]))
    digest = digest or hashlib.sha256(request.get_data()).hexdigest()
    named = (request.method, request.full_path, request.headers.get("If-Match"), request.headers.get("If-None-Match"))
    whole = hashlib.sha256(repr((*named, request.mimetype, digest)).encode()).hexdigest()
    with desk().keys.slot(g.token.name, key, whole) as slot:
        if slot.kept:
            return streamed(slot.kept.body, slot.kept.status, {**slot.kept.headers, "Idempotency-Replayed": "true"})
        response = answer()
        headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
        with response:
            kept = slot.keep(response.status_code, headers, response.iter_encoded())
        return streamed(kept.body, kept.status, kept.headers)


def streamed(body: IO[bytes], status: int, headers: Mapping[str, str]) -> Response:
    """Return a response of what a file holds from where it stands; the file is closed with it."""
    response = Response(_chunks(body), status, headers)
    # A client may leave before anything is read.
    response.call_on_close(body.close)
    return response


def _chunks(body: IO[bytes]) -> Iterator[bytes]:
    with body:
        while chunk := body.read(_CHUNK):
            yield chunk


def shown(task: Task) -> dict[str, Any]:
    """Return what is told of a task."""
    failure = {"kind": task.failure, "message": task.message} if task.failure else None
    return {
        "id": task.id,
        "state": task.state,
        "reason": task.reason,
        "created": task.created,
        "started": task.started,
        "ended": task.ended,
        "phase": task.phase,
        "done": task.done,
        "steps": task.steps,
        "rate": task.rate,
        "cancelling": task.cancelling,
        "snapshot": task.snapshot,
        "published": task.published,
        "changes": task.changes,
        "problems": list(task.problems),
        "failure": failure,
    }


def _token_with(scope: str) -> Token:
    tokens = desk().tokens
    if not tokens.is_configured():
        raise Refused(
            "admin_off",
            "expected an admin token to be configured; got none. Create one on the machine of the service: "
            f"procsearch token create NAME --scope {scope} --data FOLDER.",
        )
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    text = text.strip()
    found = tokens.find(text) if kind.casefold() == "bearer" and PATTERN.fullmatch(text) else None
    if found is None:
        raise _failed_attempt(scope)
    if scope not in found.scopes:
        raise Refused(
            "scope_missing", f"expected a token with the scope {scope}; got one with {', '.join(found.scopes)}."
        )
    return found


def _failed_attempt(scope: str) -> Refused:
    if desk().attempts.are_too_many():
        message = "expected fewer failed attempts; got too many within a minute. Try again later."
        return Refused("too_many_attempts", message, {"Retry-After": str(int(_MINUTE))})
    _log.warning("refused: a request for %s without a token that is valid", scope)
    given = "one that is not valid" if request.headers.get("Authorization") else "none"
    message = f"expected a token in 'Authorization: Bearer TOKEN'; got {given}."
    return Refused("unauthorized", message, {"WWW-Authenticate": 'Bearer realm="procsearch"'})


def _source_of(code: str) -> Path | None:
    """Return the file that the served index has the document of a code from."""
    try:
        documents = searcher().manifest()["sources"]["documents"]
    except Unavailable:
        return None
    return next((Path(each["path"]) for each in documents if each["code"] == code), None)
