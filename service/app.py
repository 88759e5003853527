"""`create_app`: the only way to an application; importing this module makes none."""

from __future__ import annotations

import ctypes
import os
from contextlib import suppress
from pathlib import Path

from flask import Flask, Response

from indexer.errors import SnapshotError
from indexer.snapshots import SnapshotStore
from service.config import Config, load_config
from service.search.engines.embedded import EmbeddedEngine
from service.search.searcher import Searcher
from service.web import (
    answers,
    arguments,
    batch,
    compare,
    context,
    cors,
    docs,
    errors,
    health,
    json,
    logs,
    metrics,
    nlm,
    observer,
    openapi,
    pages,
    search_v1,
)
from service.web.bodies import Bodies
from service.web.fhir import views as fhir
from service.web.gauges import Gauges
from service.web.logs import RequestLog

#: The variable by which `procsearch serve` tells its workers where they count together; no setting for people.
METRICS_FOLDER = "PROCSEARCH_METRICS_FOLDER"

#: The number of glibc's option for the number of pools.
_ARENA_MAX = -8
_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

# A query about health is nobody else's business: no other site may learn it from a referrer.
_HEADERS = {
    "Content-Security-Policy": _CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def create_app(
    config: Config | None = None, log: RequestLog | None = None, metrics_folder: Path | None = None
) -> Flask:
    """Return the web application that serves the snapshots of ``config.data``, by default as the environment says.

    It starts one thread, which follows the pointer to the published snapshot. Without a snapshot it starts all the
    same and answers 503 until one is published. Requests are logged to ``log``, and metrics are those of all processes
    that were given the same ``metrics_folder``.
    """
    config = config or load_config(os.environ)
    app = Flask("service", root_path=os.path.dirname(__file__))
    app.config["MAX_CONTENT_LENGTH"] = config.max_body_bytes
    app.config[batch.TIME_LIMIT] = config.batch_time_limit_ms
    searcher = Searcher(SnapshotStore(config.data), open_embedded, config.time_limit_ms)
    context.attach(app, searcher)
    json.install(app)
    kept = answers.install(app, config.answer_bytes)
    errors.install(app)
    arguments.install(app)
    pages.install(app)
    blueprints = (search_v1, batch, openapi, docs, nlm, fhir, health, pages, compare)
    for blueprint in (each.blueprint for each in blueprints):
        app.register_blueprint(blueprint)
    app.after_request(_with_headers)
    app.wsgi_app = Bodies(app.wsgi_app, config.max_body_bytes, config.threads)  # type: ignore[method-assign]
    cors.install(app, config.cors_origins)
    meters = metrics.install(app, metrics_folder) if config.metrics == "on" else None
    observer.install(app, meters, log)
    if meters:
        meters.watch(Gauges(meters, searcher, kept, log).refresh, lambda: searcher.status.serving)
        searcher.follow(meters.refresh)
    else:
        searcher.follow()
    return app


def create_worker_app() -> Flask:
    """Return the application of one server process, which also sets up its log."""
    _share_memory_among_threads()
    config = load_config(os.environ)
    logs.setup(config.log)
    folder = os.environ.get(METRICS_FOLDER)
    return create_app(config, logs.request_log(config.log), Path(folder) if folder else None)


def _share_memory_among_threads() -> None:
    """Let all threads allocate from two pools; glibc gives each its own, and memory grows with every thread."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 2)


def open_embedded(store: SnapshotStore, name: str) -> EmbeddedEngine:
    """Open a snapshot with the embedded engine; SnapshotError for whatever keeps it from being opened."""
    snapshot = store.open(name)
    try:
        return EmbeddedEngine(snapshot)
    except SnapshotError:
        raise
    except Exception as error:
        # Its checksums may fit and Whoosh still stumble over it, with any of a dozen kinds of error.
        raise SnapshotError(
            f"{snapshot.path}: expected a snapshot that can be opened; got {type(error).__name__}: {error}. "
            "Run 'procsearch rollback' or 'procsearch build'."
        ) from error


def _with_headers(response: Response) -> Response:
    headers = response.headers
    for name, value in _HEADERS.items():
        # Headers.setdefault would check and replace, on every answer.
        if name not in headers:
            headers.add(name, value)
    return response
