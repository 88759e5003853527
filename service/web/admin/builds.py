"""`POST /api/v1/reindex` and `/api/v1/tasks`: builds started, watched and cancelled over HTTP."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, url_for

from indexer.tasks import Task
from service.web import arguments
from service.web.admin import desk as desks
from service.web.admin import failures
from service.web.admin.desk import desk, requires, shown
from service.web.admin.failures import answer
from service.web.schemas.admin_v1 import no_arguments, wait_argument

blueprint = Blueprint("builds_v1", __name__, url_prefix="/api/v1")
failures.install(blueprint)


@blueprint.post("/reindex")
@requires("reindex")
def reindex() -> Response:
    """Start a build; 409 with the task that waits or runs where there is one."""
    wait = wait_argument(arguments.of_query_string())
    return desks.once(lambda: _reindex(wait))


@blueprint.get("/tasks")
@requires("reindex")
def tasks() -> Response:
    """List the tasks that are remembered, newest first."""
    no_arguments(arguments.of_query_string())
    return jsonify({"tasks": [shown(task) for task in desk().tasks.all()]})


@blueprint.get("/tasks/<task_id>")
@requires("reindex")
def task(task_id: str) -> Response:
    """Tell of one task."""
    no_arguments(arguments.of_query_string())
    found = desk().tasks.get(task_id)
    return jsonify(shown(found)) if found else _no_task()


@blueprint.delete("/tasks/<task_id>")
@requires("reindex")
def cancel_task(task_id: str) -> Response:
    """Cancel a task: nothing of it is published. One that is over stays as it is."""
    no_arguments(arguments.of_query_string())
    found = desk().tasks.cancel(task_id)
    if found is None:
        return _no_task()
    desks.note("cancel", found.id)
    return jsonify(shown(found))


def _reindex(wait: bool) -> Response:
    found, is_new = desk().tasks.start_one("request", desk().folders)
    # Also where there was one: it may have been left queued by a process that could not start another.
    desk().run()
    if not is_new:
        message = f"expected no other task; got task {found.id}, which is {found.state}."
        detail = {"parameter": "task", "expected": "none that waits or runs", "got": found.id}
        return _located(answer("task_exists", message, [detail]), found)
    desks.note("reindex", found.id)
    return accepted(desk().wait_for(found) if wait else found)


def accepted(found: Task) -> Response:
    """Return the answer that tells of a task: 202 as long as it is not over."""
    response = jsonify(shown(found))
    response.status_code = 200 if found.is_over else 202
    return _located(response, found)


def _located(response: Response, found: Task) -> Response:
    response.headers["Location"] = url_for("builds_v1.task", task_id=found.id)
    return response


def _no_task() -> Response:
    return answer("task_not_found", "expected the id of a task that is remembered; got another. See /api/v1/tasks.")
