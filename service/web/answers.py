"""Answers of the search API as bytes, kept for those who ask the same again.

An answer depends on the snapshot, the day and the query string, and on nothing else; these are its key, and its entity
tag is made of them, so that a client that holds it already is told so in a few bytes, by whichever worker. What is kept
is bounded in bytes, the answers least recently asked for go first.
"""

from __future__ import annotations

import datetime
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple

import orjson
from flask import Flask, Response, current_app, request

from service.search.engines import native
from service.version import product_version
from service.web import metrics
from service.web.context import searcher

#: What an answer takes in memory beside its bytes.
_OVERHEAD = 300
_TAG_CHARS = 24
#: Raise it when answers look otherwise than before, which neither the version nor the code that ranks may tell.
_FORM = 1
_KEY = "procsearch_answers"
_CACHE_CONTROL = "private, no-cache"


class Answer(NamedTuple):
    """The body of an answer, its entity tag, for a search what is counted of it, and whether the tag is a weak one.

    A weak tag stands for all answers that say the same, however long they took.
    """

    body: bytes
    tag: str
    outcome: metrics.Outcome | None = None
    weak: bool = False


class Made(NamedTuple):
    """An answer just made: its JSON, the snapshot that it is from, None where it is not to be kept, and its outcome."""

    body: bytes
    snapshot: str | None
    outcome: metrics.Outcome | None = None


class Answers:
    """Answers by key; safe for many threads."""

    def __init__(self, max_bytes: int) -> None:
        self.hits = self.misses = 0
        self._max_bytes, self._held = max_bytes, 0
        self._answers: OrderedDict[Any, Answer] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._answers)

    @property
    def held_bytes(self) -> int:
        """How much memory the answers take."""
        return self._held

    def answer(self, serving: str | None, path: str, query_string: bytes, make: Callable[[], Made]) -> Answer:
        """Return the answer kept for who asks this of the snapshot ``serving``, else what ``make`` makes of it."""
        asked = (path, query_string, datetime.date.today())
        found = self.get((serving, *asked))
        if found is not None:
            return found
        body, snapshot, outcome = make()
        self.misses += 1
        if snapshot is None:
            return _answer(body, outcome)
        answer = Answer(body, _tag_of(snapshot, *asked), outcome, weak=True)
        self.put((snapshot, *asked), answer)
        return answer

    def get(self, key: Any) -> Answer | None:
        """Return a kept answer, or None."""
        with self._lock:
            found = self._answers.get(key)
            if found is not None:
                self.hits += 1
                self._answers.move_to_end(key)
            return found

    def put(self, key: Any, answer: Answer) -> None:
        """Keep an answer, and give up others where there is no room."""
        with self._lock:
            old = self._answers.pop(key, None)
            self._held -= len(old.body) + _OVERHEAD if old else 0
            self._answers[key] = answer
            self._held += len(answer.body) + _OVERHEAD
            while self._held > self._max_bytes and self._answers:
                self._held -= len(self._answers.popitem(last=False)[1].body) + _OVERHEAD


def install(app: Flask, max_bytes: int) -> Answers:
    """Let ``app`` keep so many bytes of answers, and return where they are kept."""
    kept_answers = app.extensions[_KEY] = Answers(max_bytes)
    return kept_answers


def kept() -> Answers:
    """Return the answers of the app that handles this request."""
    answers: Answers = current_app.extensions[_KEY]
    return answers


def respond(make: Callable[[], Made]) -> Response:
    """Return the kept answer to the query string of this request, or what ``make`` makes of it."""
    answer = kept().answer(searcher().status.serving, request.path, request.query_string, make)
    metrics.count_search(answer.outcome)
    return _response(answer)


def tagged(values: Any) -> Response:
    """Return ``values`` as JSON with an entity tag; it is not kept."""
    return _response(_answer(orjson.dumps(values)))


def _tag_of(snapshot: str, path: str, query_string: bytes, day: datetime.date) -> str:
    """Return the tag of what this is answered with, by every worker and after every restart."""
    asked = f"{_FORM}|{product_version()}|{native.key()}|{snapshot}|{day}|{path}|".encode() + query_string
    return hashlib.sha256(asked).hexdigest()[:_TAG_CHARS]


def _answer(body: bytes, outcome: metrics.Outcome | None = None) -> Answer:
    return Answer(body, hashlib.sha256(body).hexdigest()[:_TAG_CHARS], outcome)


def entity_headers(answer: Answer) -> list[tuple[str, str]]:
    """Return the headers by which a client may keep an answer."""
    return [("ETag", f'{"W/" if answer.weak else ""}"{answer.tag}"'), ("Cache-Control", _CACHE_CONTROL)]


def _response(answer: Answer) -> Response:
    headers = entity_headers(answer)
    if "If-None-Match" in request.headers and request.if_none_match.contains_weak(answer.tag):
        return Response(status=304, headers=headers)
    return Response(answer.body, mimetype="application/json", headers=headers)
