"""The shape of a document as JSON, as OpenAPI tells it; `corpus.values` reads it and judges what is in it."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from corpus.codes import CODE_SYSTEMS, HCPCS
from corpus.grammar import SectionName

_SYSTEMS = tuple(system.name for system in CODE_SYSTEMS)
_KEYS = tuple(section.key for section in SectionName)


def _texts(what: str) -> fields.List[str]:
    return fields.List(fields.String(), required=True, validate=validate.Length(1), metadata={"description": what})


class BlockBody(Schema):
    """A paragraph, an item or a sub-heading."""

    type = fields.String(required=True, validate=validate.OneOf(("paragraph", "item", "subheading")))
    text = fields.String(required=True, metadata={"description": "One line; a paragraph ends like a sentence."})
    label = fields.String(allow_none=True, metadata={"description": "Of an item: what stands before its colon."})


class SectionBody(Schema):
    """One section."""

    key = fields.String(required=True, validate=validate.OneOf(_KEYS))
    heading = fields.String(metadata={"description": "Passed over."})
    blocks = fields.List(fields.Nested(BlockBody), required=True, validate=validate.Length(1))


class DocumentBody(Schema):
    """A document."""

    code = fields.String(required=True, metadata={"description": "As it is written officially."})
    code_system = fields.String(load_default=HCPCS.name, validate=validate.OneOf(_SYSTEMS))
    descriptor = fields.String(required=True, metadata={"description": "The official wording."})
    descriptor_cut = fields.Boolean(load_default=False, metadata={"description": "Whether the wording is cut."})
    title = fields.String(required=True)
    common_names = _texts("What people call it.")
    technical_terms = _texts("What professionals call it.")
    sections = fields.List(
        fields.Nested(SectionBody), required=True, metadata={"description": "Each of the 13 sections once."}
    )
