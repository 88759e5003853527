"""Schemas of a whole record, as `/api/v1/documents/{code}` answers it."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from service.search.model import STATUSES
from service.web.schemas.answers_v1 import AnswerSchema, ProblemSchema, SearchResponse

_CODED = ("coverage", "multiple_pricing", "betos", "action", "outpatient_policy")
_CODED_LISTS = ("pricing", "types_of_service", "lab_certifications")
_LISTS = ("cross_references", "coverage_manual", "carriers_manual")
_DATES = ("added", "effective", "terminated", "asc_effective", "outpatient_effective")
_TEXTS = ("statute", "processing_note", "asc_group", "outpatient_group")
_EVENTS = ("listed", "added", "reworded", "changed", "ended", "reinstated", "dropped", "relisted")
_OPTIONAL = {"optional": True}


def _day(**given: Any) -> fields.String:
    return fields.String(metadata={"format": "date", **given.pop("metadata", {})}, **given)


class CodedSchema(AnswerSchema):
    """A coded value of the official record."""

    value = fields.String()
    meaning = fields.String(allow_none=True)


class BlockSchema(AnswerSchema):
    """One block of a section."""

    type = fields.String(validate=validate.OneOf(("paragraph", "item", "subheading")))
    text = fields.String()
    label = fields.String(metadata=_OPTIONAL)


class SectionSchema(AnswerSchema):
    """One section of a document."""

    key = fields.String()
    heading = fields.String()
    blocks = fields.List(fields.Nested(BlockSchema))


OfficialSchema = AnswerSchema.from_dict(
    {
        "release": fields.String(),
        "listed": fields.Boolean(metadata={"description": "Whether the newest release still lists the code."}),
        **{name: fields.Nested(CodedSchema, metadata=_OPTIONAL) for name in _CODED},
        **{name: fields.List(fields.Nested(CodedSchema), metadata=_OPTIONAL) for name in _CODED_LISTS},
        **{name: fields.List(fields.String(), metadata=_OPTIONAL) for name in _LISTS},
        **{name: _day(metadata=_OPTIONAL) for name in _DATES},
        **{name: fields.String(metadata=_OPTIONAL) for name in _TEXTS},
        "anesthesia_units": fields.Integer(metadata=_OPTIONAL),
    },
    name="OfficialSchema",
)


class ChangeSchema(AnswerSchema):
    """One field that a release changed."""

    field = fields.String()
    before = fields.String()
    after = fields.String()


class EventSchema(AnswerSchema):
    """What one release did to the code."""

    release = fields.String()
    event = fields.String(validate=validate.OneOf(_EVENTS))
    date = _day(allow_none=True)
    changes = fields.List(fields.Nested(ChangeSchema))


class BriefRecordSchema(AnswerSchema):
    """What the look-up of many codes tells of each."""

    code = fields.String()
    code_system = fields.String()
    kind = fields.String()
    family = fields.String(allow_none=True)
    title = fields.String()
    descriptor = fields.String()
    has_document = fields.Boolean()
    ends = _day(allow_none=True)


class RecordSchema(BriefRecordSchema):
    """Everything that is known of a code."""

    short_descriptor = fields.String(allow_none=True)
    common_names = fields.List(fields.String())
    technical_terms = fields.List(fields.String())
    drug_names = fields.List(fields.String())
    sections = fields.List(fields.Nested(SectionSchema))
    official = fields.Nested(OfficialSchema, allow_none=True)
    history = fields.List(fields.Nested(EventSchema))


class DocumentResponse(RecordSchema):
    """The record of one code."""

    snapshot = fields.String()


def _status() -> fields.String:
    return fields.String(validate=validate.OneOf(STATUSES))


class BatchBriefSchema(BriefRecordSchema):
    """A record in short, and whether its code is in use."""

    status = _status()


class BatchRecordSchema(RecordSchema):
    """A whole record, and whether its code is in use."""

    status = _status()


class BatchResultSchema(AnswerSchema):
    """What came of one code or query: 200 with ``record`` or ``answer``, else ``error``."""

    code = fields.String(metadata=_OPTIONAL)
    query = fields.String(metadata=_OPTIONAL)
    status = fields.Integer(validate=validate.OneOf((200, 404, 503)))
    record = fields.Raw(metadata={**_OPTIONAL, "shape": (BatchRecordSchema, BatchBriefSchema)})
    answer = fields.Nested(SearchResponse, metadata=_OPTIONAL)
    error = fields.Nested(ProblemSchema, metadata=_OPTIONAL)


class BatchResponse(AnswerSchema):
    """The results of a batch, in the order of what was asked."""

    snapshot = fields.String()
    took_ms = fields.Float()
    is_partial = fields.Boolean(
        data_key="partial", metadata={"description": "Whether time was up before all was answered."}
    )
    results = fields.List(fields.Nested(BatchResultSchema))
