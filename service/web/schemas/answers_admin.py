"""Schemas of the answers of administration."""

from __future__ import annotations

from marshmallow import fields, validate

from indexer.tasks import REASONS, STATES
from service.web.schemas.answers_v1 import AnswerSchema


def _text(what: str, nullable: bool = False) -> fields.String:
    return fields.String(allow_none=nullable, metadata={"description": what})


def _moment(what: str, nullable: bool = True) -> fields.String:
    return fields.String(allow_none=nullable, metadata={"description": what, "format": "date-time"})


def _number(what: str) -> fields.Integer:
    return fields.Integer(metadata={"description": what})


def _one_of(values: tuple[str, ...], what: str) -> fields.String:
    return fields.String(validate=validate.OneOf(values), metadata={"description": what})


class FailureSchema(AnswerSchema):
    """Why a task failed."""

    kind = _text("`interrupted`, or the name of the error.")
    message = _text("What was expected, what came, and the remedy.")


class TaskResponse(AnswerSchema):
    """A build."""

    id = fields.String()
    state = _one_of(STATES, "`queued` and `running` tasks are not over.")
    reason = _one_of(REASONS, "What it is for.")
    created = _moment("When it was asked for.", nullable=False)
    started = _moment("When it began.")
    ended = _moment("When it ended.")
    phase = _text("What it does, or did last.", nullable=True)
    done = _number("Steps of the phase that are done.")
    steps = _number("Steps of the phase.")
    rate = fields.Float(allow_none=True, metadata={"description": "Steps a second."})
    cancelling = fields.Boolean(metadata={"description": "Whether it was asked to end."})
    snapshot = _text("The snapshot that it made or found.", nullable=True)
    published = fields.Boolean(metadata={"description": "Whether it published another snapshot."})
    changes = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata={"description": "How many codes were `added`, `changed` and `removed`, and documents `rejected`."},
    )
    problems = fields.List(fields.String(), metadata={"description": "The first problems of documents."})
    failure = fields.Nested(FailureSchema, allow_none=True)


class TasksResponse(AnswerSchema):
    """Tasks, newest first."""

    tasks = fields.List(fields.Nested(TaskResponse))


class FindingSchema(AnswerSchema):
    """A finding in a document."""

    line = _number("Line, from 1.")
    column = _number("Character in the line, from 1.")
    severity = _one_of(("error", "warning"), "Errors keep a document out.")
    rule = _text("A stable name.")
    expected = fields.String()
    got = fields.String()
    remedy = fields.String()


class WrittenResponse(AnswerSchema):
    """A document that was written or removed."""

    code = fields.String()
    etag = _text("The entity tag of the document; null once it is removed.", nullable=True)
    created = fields.Boolean(metadata={"description": "Whether the service had no document of its own before."})
    problems = fields.List(fields.Nested(FindingSchema), metadata={"description": "What could be better."})
    task = fields.Nested(TaskResponse)


class SynonymsResponse(AnswerSchema):
    """The operator's synonyms."""

    rules = fields.List(fields.String(), metadata={"description": "Rules as in a vocabulary file."})


class SynonymResponse(AnswerSchema):
    """A rule that was added or removed."""

    rule = fields.String()
    changed = fields.Boolean(metadata={"description": "False where the rule was there already."})
    task = fields.Nested(TaskResponse, allow_none=True)


class QuerySchema(AnswerSchema):
    """What is counted of one query."""

    query = _text("Its words.")
    searches = fields.Integer()
    nothing_found = _number("Searches without a result.")
    clicks = fields.Integer()
    mean_position = fields.Float(allow_none=True, metadata={"description": "Mean place of the hits that were chosen."})


class AnalyticsResponse(AnswerSchema):
    """What was searched in the weeks that are kept."""

    threshold = _number("Clients that must have asked a query within a week before it is told.")
    days = _number("Days after which a week is forgotten.")
    weeks = fields.List(fields.String(), metadata={"description": "The weeks, as 2026-W05."})
    searches = fields.Integer()
    nothing_found = fields.Integer()
    left_out = _number("Searches whose query is too long, may be about somebody, or found no room.")
    queries = fields.List(fields.Nested(QuerySchema), metadata={"description": "Searched most."})
    without_result = fields.List(fields.Nested(QuerySchema), metadata={"description": "Without a result most often."})
    click_positions = fields.List(
        fields.Integer(), metadata={"description": "Clicks on the hits 1 to 10, and on those behind."}
    )
