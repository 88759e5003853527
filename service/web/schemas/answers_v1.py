"""Schemas of the answers of version 1: OpenAPI describes answers by them, and a test holds real answers to them."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

from service.search.model import STATUSES, Tier
from service.web.errors import ERROR_CODES
from service.web.facts import facet_values


class AnswerSchema(Schema):
    """Base of all answers: every field is there, but for those marked ``optional``, and others may be added later."""

    class Meta:
        unknown = EXCLUDE

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Take a field for required."""
        field_obj.required = not field_obj.metadata.get("optional")


def _text(what: str, nullable: bool = False, **given: Any) -> fields.String:
    return fields.String(allow_none=nullable, metadata={"description": what}, **given)


def _texts(what: str, **given: Any) -> fields.List[str]:
    return fields.List(fields.String(), metadata={"description": what}, **given)


def _one_of(values: tuple[str, ...], what: str) -> fields.String:
    return fields.String(validate=validate.OneOf(values), metadata={"description": what})


class PassageSchema(AnswerSchema):
    """The section that matches best and where in it."""

    key = _text("Key of the section.")
    heading = _text("Heading of the section.")
    snippet = _text("HTML: text escaped, `<mark>` the only tag.")


class PartSchema(AnswerSchema):
    """One summand of a score."""

    part = _text("What it is for.")
    word = _text("The word that it is about.", nullable=True)
    value = fields.Float()


class FacetValueSchema(AnswerSchema):
    """One value of a facet."""

    value = _text("The value, to be given back as a filter.")
    label = _text("What it means.")
    count = fields.Integer(metadata={"description": "How many records have it."})


def _explanation(hit: Any) -> list[dict[str, Any]] | None:
    parts = hit.match.parts
    return [{"part": each.name, "word": each.word, "value": round(each.value, 6)} for each in parts] or None


class HitSchema(AnswerSchema):
    """One hit; ``highlights`` and ``section.snippet`` are HTML with ``<mark>`` as the only tag."""

    code = _text("The code.", attribute="record.code")
    code_system = _text("Its system.", attribute="record.code_system")
    kind = _text("`procedure` or `modifier`.", attribute="record.kind")
    family = _text("Heading of its HCPCS family, in our words.", nullable=True, attribute="record.family")
    title = _text("Title of the document, or beginning of the descriptor.", attribute="record.title")
    descriptor = _text("The official wording.", attribute="record.descriptor")
    has_document = fields.Boolean(attribute="record.has_document")
    status = fields.Function(
        lambda hit: STATUSES[not hit.match.active], metadata={"type": "string", "enum": list(STATUSES)}
    )
    score = fields.Float(attribute="match.score", metadata={"description": "The tier of the match plus a fraction."})
    match = fields.Function(
        lambda hit: hit.match.tier.key, metadata={"type": "string", "enum": [tier.key for tier in Tier]}
    )
    matched_fields = _texts("Where the words are.", attribute="matched_fields")
    highlights = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata={"description": "HTML of matching fields: text escaped, `<mark>` the only tag."},
    )
    section = fields.Nested(PassageSchema, allow_none=True)
    explanation = fields.Function(_explanation, metadata={"shape": [PartSchema], "or_null": True})


class CorrectionSchema(AnswerSchema):
    """A word that the index does not know, and the word searched in its place."""

    typed = fields.String()
    searched = fields.String()


class ReadingSchema(AnswerSchema):
    """What an abbreviation of the query may mean."""

    word = fields.String()
    meanings = fields.List(fields.String())


class SearchResponse(AnswerSchema):
    """The answer to a search."""

    query = _text("What was asked.")
    corrected = _text("The query that was searched instead.", nullable=True)
    total = fields.Integer(metadata={"description": "How many records match, on all pages."})
    is_partial = fields.Boolean(
        data_key="partial", attribute="partial", metadata={"description": "Whether time was up before all was found."}
    )
    took_ms = fields.Float()
    snapshot = _text("The index that answered.")
    notes = _texts("What was left out of the query.")
    corrections = fields.List(fields.Nested(CorrectionSchema))
    readings = fields.List(fields.Nested(ReadingSchema))
    facets = fields.Function(
        lambda result: {name: facet_values(name, counts) for name, counts in result.facets.items()},
        metadata={"shape": {"": [FacetValueSchema]}},
    )
    cursor = _text("Where the next page begins; null on the last.", nullable=True)
    hits = fields.List(fields.Nested(HitSchema))


class BriefSchema(AnswerSchema):
    """A record in a list of suggestions."""

    code = fields.String()
    code_system = fields.String()
    kind = fields.String()
    title = fields.String()
    has_document = fields.Boolean()


class NameSchema(BriefSchema):
    """A record that has a matching name."""

    name_text = _text("The name that matches.", data_key="text")
    highlight = _text("The same in HTML, with `<mark>`.")


class SuggestResponse(AnswerSchema):
    """Suggestions for what was typed."""

    query = fields.String()
    took_ms = fields.Float()
    snapshot = fields.String()
    completions = _texts("The query with its last word made whole.")
    codes = fields.List(fields.Nested(BriefSchema), metadata={"description": "Records whose code begins so."})
    names = fields.List(fields.Nested(NameSchema), metadata={"description": "Records by name."})


class SnapshotResponse(AnswerSchema):
    """What the served snapshot holds and where it came from."""

    snapshot = fields.String()
    created = fields.String(metadata={"format": "date-time"})
    content_hash = fields.String()
    format_version = fields.Integer()
    analysis = _text("Version of the analysis of texts.")
    fields_version = _text("Version of the fields.", data_key="schema")
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    releases = fields.List(fields.Dict(keys=fields.String(), values=fields.String()))
    drug_tables = fields.List(fields.Dict(keys=fields.String(), values=fields.String()))


class HealthResponse(AnswerSchema):
    """A sign of life."""

    status = _one_of(("ok",), "Always the same.")


class ReadyResponse(AnswerSchema):
    """Whether searches are answered."""

    status = _one_of(
        ("ok", "degraded", "unavailable", "draining"),
        "`degraded`: not the published snapshot; `draining`: about to stop.",
    )
    snapshot = _text("The snapshot that is served.", nullable=True)
    published = _text("The snapshot that is published.", nullable=True)


class DetailSchema(AnswerSchema):
    """One thing that is wrong with a request."""

    parameter = _text("Which parameter, header or part of the request.")
    expected = fields.String()
    got = fields.String()
    line = fields.Integer(metadata={"description": "Of a document: the line, from 1.", "optional": True})
    column = fields.Integer(metadata={"description": "The character in the line, from 1.", "optional": True})
    severity = fields.String(metadata={"description": "`error` or `warning`.", "optional": True})
    rule = fields.String(metadata={"description": "A stable name.", "optional": True})
    remedy = fields.String(metadata={"optional": True})


class ProblemSchema(AnswerSchema):
    """What went wrong."""

    code = _one_of(tuple(ERROR_CODES), "Stable: clients may test for it.")
    status = fields.Integer(metadata={"description": "The HTTP status."})
    message = _text("What was expected and what came.")
    details = fields.List(fields.Nested(DetailSchema))


class ErrorSchema(ProblemSchema):
    """What went wrong with a whole request."""

    request_id = _text("The number of the request in the log.", nullable=True)


class ErrorResponse(AnswerSchema):
    """The body of every error."""

    error = fields.Nested(ErrorSchema)
