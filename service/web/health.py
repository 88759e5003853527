"""Liveness and readiness, for whoever starts and stops the service."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, jsonify

from service import draining
from service.web.context import searcher

blueprint = Blueprint("health", __name__)
_SHARED = "procsearch_shared_folder"


def install(app: Flask, shared: Path | None) -> None:
    """Let ``app`` tell when the server stops that shares this folder with its workers."""
    app.extensions[_SHARED] = shared


@blueprint.get("/healthz")
def healthz() -> Response:
    """Answer 200 as long as the process can answer at all."""
    return _uncached({"status": "ok"})


@blueprint.get("/readyz")
def readyz() -> Response:
    """Answer 200 where a snapshot is served, else 503; ``degraded`` where it is not the published one.

    A server that is about to stop is ``draining``, with 503, and goes on answering everything else.
    """
    status = searcher().status
    stopping = draining.is_draining(current_app.extensions[_SHARED])
    state = "unavailable" if status.serving is None else "degraded" if status.problem else "ok"
    state = "draining" if stopping else state
    response = _uncached({"status": state, "snapshot": status.serving, "published": status.published})
    response.status_code = 200 if status.serving and not stopping else 503
    return response


def _uncached(values: dict[str, str | None]) -> Response:
    # What was so a minute ago helps nobody who asks whether the service is well.
    response = jsonify(values)
    response.headers["Cache-Control"] = "no-store"
    return response
