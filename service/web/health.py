"""Liveness and readiness, for whoever starts and stops the service."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from service.web.context import searcher

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Answer 200 as long as the process can answer at all."""
    return _uncached({"status": "ok"})


@blueprint.get("/readyz")
def readyz() -> Response:
    """Answer 200 where a snapshot is served, else 503; ``degraded`` where it is not the published one."""
    status = searcher().status
    state = "unavailable" if status.serving is None else "degraded" if status.problem else "ok"
    response = _uncached({"status": state, "snapshot": status.serving, "published": status.published})
    response.status_code = 200 if status.serving else 503
    return response


def _uncached(values: dict[str, str | None]) -> Response:
    # What was so a minute ago helps nobody who asks whether the service is well.
    response = jsonify(values)
    response.headers["Cache-Control"] = "no-store"
    return response
