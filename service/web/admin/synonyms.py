"""`/api/v1/synonyms`: rules that an operator adds, as for a query that found nothing."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, url_for

from service.admin.synonyms import OperatorSynonyms
from service.web import arguments
from service.web.admin import desk as desks
from service.web.admin import failures
from service.web.admin.desk import desk, requires, shown
from service.web.schemas.admin_v1 import no_arguments, rule_argument, to_synonym

blueprint = Blueprint("synonyms_v1", __name__, url_prefix="/api/v1")
failures.install(blueprint)


@blueprint.get("/synonyms")
@requires("synonyms")
def synonyms() -> Response:
    """List the rules that were added here."""
    no_arguments(arguments.of_query_string())
    return jsonify({"rules": _store().rules()})


@blueprint.post("/synonyms")
@requires("synonyms")
def add_synonym() -> Response:
    """Add a rule and build."""
    no_arguments(arguments.of_query_string())
    typed, means, both_ways = to_synonym(arguments.of_body())
    return desks.once(lambda: _add(typed, means, both_ways))


@blueprint.delete("/synonyms")
@requires("synonyms")
def remove_synonym() -> Response:
    """Remove a rule and build."""
    rule = rule_argument(arguments.of_query_string())
    return desks.once(lambda: _remove(rule))


def _add(typed: str, means: str, both_ways: bool) -> Response:
    rule, is_new = _store().add(typed, means, both_ways=both_ways)
    return _changed("add a synonym", rule, is_new)


def _remove(rule: str) -> Response:
    _store().remove(rule)
    return _changed("remove a synonym", rule, True)


def _changed(action: str, rule: str, is_changed: bool) -> Response:
    task = desk().start("synonyms") if is_changed else None
    desks.note(action, task.id if task else "that is there")
    response = jsonify({"rule": rule, "changed": is_changed, "task": shown(task) if task else None})
    response.status_code = 202 if task else 200
    if task:
        response.headers["Location"] = url_for("builds_v1.task", task_id=task.id)
    return response


def _store() -> OperatorSynonyms:
    return OperatorSynonyms(desk().data)
