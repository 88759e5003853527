"""What can be asked of the API: every route with its parameters, answers, errors and examples, as one table.

`openapi.py` makes the OpenAPI document of it, and `/docs` shows that. Tests hold it to the routes that there are, run
every example, and hold the answers to the schemas.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema

from service.web.schemas import answers_v1 as answers
from service.web.schemas.batch_v1 import MAX_ITEMS, BatchArguments
from service.web.schemas.documents_v1 import BatchResponse, DocumentResponse
from service.web.schemas.search_v1 import MAX_EXPORT, ExportArguments, SuggestArguments


@dataclass(frozen=True, slots=True)
class Example:
    """A request that is answered with 200: ``values`` are parameters, of the path, the query string or the body."""

    name: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one route.

    ``endpoint`` is Flask's name of the view. ``arguments`` describes the query string, or the body where ``method`` is
    ``post`` and they are not said to be ``in_query``. ``bodies`` maps other media types of the body to a schema, None
    for mere text, and ``content`` those of the answer. ``successes`` are the statuses of good answers with their
    meaning, ``errors`` those that it may have beside 500. ``headers`` are those of a good answer, names of
    `openapi.HEADERS`, and ``conditions`` those of the request, names of `openapi.CONDITIONS`. ``scope`` is what its
    token must be allowed, None where it needs none.
    """

    endpoint: str
    method: str
    tag: str
    summary: str
    description: str
    content: Mapping[str, type[Schema] | None]
    errors: tuple[int, ...] = ()
    arguments: Schema | None = None
    path: Mapping[str, str] = field(default_factory=dict)
    headers: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()
    bodies: Mapping[str, Schema | None] = field(default_factory=dict)
    successes: Mapping[int, str] = field(default_factory=lambda: {200: "Done."})
    conditions: tuple[str, ...] = ()
    scope: str | None = None
    in_query: bool = False

    @property
    def takes_json(self) -> bool:
        """Whether its arguments are a JSON body."""
        return self.method == "post" and self.arguments is not None and not self.in_query


_SEARCHES = (
    Example("plain_words", {"q": "sleep apnea machine", "limit": 3}),
    Example("abbreviation", {"q": "IOP"}),
    Example("code", {"q": "h0015", "status": "active", "on": "2020-01-31"}),
    Example("filters_and_facets", {"q": "drug", "kind": ["procedure"], "facets": ["kind", "family"], "limit": 1}),
    Example("section", {"q": "home", "section": "recovery", "explain": True}),
    Example("export", {"q": "blood", "format": "csv", "sort": "code", "limit": 500}),
)
_RESULTS: dict[str, type[Schema] | None] = {
    "application/json": answers.SearchResponse,
    "text/csv": None,
    "application/x-ndjson": None,
}
_TAGGED = ("ETag", "Cache-Control")
_EXPORTED = ("X-Total-Count", "Content-Disposition")
_SEARCH = (
    "Ranked hits, a page at a time, as JSON. With `format` or `Accept` for CSV or NDJSON all results are streamed, "
    f"at most {MAX_EXPORT}, a row or line each: the columns of CSV, or a hit of the JSON answer. `X-Total-Count` tells "
    "how many there are. Cells of CSV that a spreadsheet would take for a formula begin with an apostrophe. `facets` "
    "is for JSON only."
)

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        endpoint="search_v1.search_by_query_string",
        method="get",
        tag="search",
        summary="Search",
        description=_SEARCH,
        arguments=ExportArguments(),
        content=_RESULTS,
        errors=(400, 406, 503),
        headers=(*_TAGGED, *_EXPORTED, "Vary"),
        examples=_SEARCHES,
    ),
    Operation(
        endpoint="search_v1.search_by_body",
        method="post",
        tag="search",
        summary="Search, with the parameters in a JSON object",
        description=f"The same as GET, for what is too long for an address or should stand in no log. {_SEARCH}",
        arguments=ExportArguments(),
        content=_RESULTS,
        errors=(400, 406, 413, 415, 503),
        headers=_EXPORTED,
        examples=_SEARCHES,
    ),
    Operation(
        endpoint="search_v1.suggest",
        method="get",
        tag="search",
        summary="Suggest while someone types",
        description="Every word is taken for a beginning.",
        arguments=SuggestArguments(),
        content={"application/json": answers.SuggestResponse},
        errors=(400, 503),
        headers=_TAGGED,
        examples=(Example("two_beginnings", {"q": "sle ap", "limit": 5}),),
    ),
    Operation(
        endpoint="batch_v1.batch",
        method="post",
        tag="search",
        summary="Look up many codes, or search many queries",
        description=f"Up to {MAX_ITEMS} at once. Each is answered for itself, in order, and all from one index. Where "
        "the time for the batch was up, the rest have status 503 and `partial` is true.",
        arguments=BatchArguments(),
        content={"application/json": BatchResponse},
        errors=(400, 413, 415, 503),
        examples=(
            Example("codes", {"codes": ["H0015", "e0601", "Z9999"], "on": "2020-01-31"}),
            Example("whole_records", {"codes": ["H0015"], "whole": True}),
            Example("queries", {"queries": ["cpap", "b12 shot"], "limit": 1, "status": "active"}),
        ),
    ),
    Operation(
        endpoint="search_v1.document",
        method="get",
        tag="documents",
        summary="One record whole",
        description="Names, sections, official facts with their meanings, and history by release.",
        path={"code": "A code, in any case."},
        content={"application/json": DocumentResponse},
        errors=(400, 404, 503),
        headers=_TAGGED,
        examples=(Example("code", {"code": "H0015"}),),
    ),
    Operation(
        endpoint="search_v1.snapshot",
        method="get",
        tag="documents",
        summary="What is served and where it came from",
        description="Counts, versions and imported files of the served index.",
        content={"application/json": answers.SnapshotResponse},
        errors=(400, 503),
        headers=_TAGGED,
        examples=(Example("snapshot", {}),),
    ),
    Operation(
        endpoint="openapi.description",
        method="get",
        tag="service",
        summary="This description",
        description="OpenAPI 3.1 of the API.",
        content={"application/json": None},
        errors=(400,),
        headers=_TAGGED,
        examples=(Example("description", {}),),
    ),
    Operation(
        endpoint="health.healthz",
        method="get",
        tag="service",
        summary="Whether the process lives",
        description="Answers as long as it can answer at all.",
        content={"application/json": answers.HealthResponse},
        errors=(400,),
        examples=(Example("healthz", {}),),
    ),
    Operation(
        endpoint="health.readyz",
        method="get",
        tag="service",
        summary="Whether searches are answered",
        description="503 with the same body where no index can be served.",
        content={"application/json": answers.ReadyResponse},
        errors=(400,),
        examples=(Example("readyz", {}),),
    ),
    Operation(
        endpoint="metrics.metrics",
        method="get",
        tag="service",
        summary="Metrics for Prometheus",
        description="Those of all workers together, in the form that the Accept header prefers.",
        content={"text/plain": None, "application/openmetrics-text": None},
        errors=(400,),
        headers=("Cache-Control",),
        examples=(Example("metrics", {}),),
    ),
)
