"""The search of the Clinical Tables Search Service: `/api/hcpcs/v3/search` and `/api/procedures/v3/search`.

Forms made for that service, among them those with the widget autocomplete-lhc, work with this one after a change of the
address alone. `docs/nlm.md` is the contract.
"""

from __future__ import annotations

import datetime
from functools import partial
from typing import Any

import orjson
from flask import Blueprint, Response, request

from service.search.model import Listing, SearchRequest
from service.search.query.constraint import parse_constraint
from service.search.query.constraint_fields import TextField
from service.search.query.lookup import NOTHING, lookup_query, plain
from service.search.query.parser import Query
from service.web import answers, metrics
from service.web.answers import Made
from service.web.context import searcher
from service.web.nlm_arguments import Arguments, read_arguments
from service.web.nlm_tables import TABLES, Table

blueprint = Blueprint("nlm", __name__)

#: No total is told beyond it.
MAX_TOTAL = 10_000


def search(table: Table) -> Response:
    """Answer one request to ``table``."""
    return answers.respond(partial(_made, table))


for _table in TABLES:
    blueprint.add_url_rule(f"/api/{_table.name}/v3/search", _table.name, partial(search, _table))


def _made(table: Table) -> Made:
    asked = read_arguments(request.args, table)
    listing = _listing(table, asked)
    tiers = [listing.best.key] if listing.best is not None else []
    outcome = metrics.Outcome.of(tiers, listing.total, listing.corrected, listing.partial)
    snapshot = None if listing.partial else listing.snapshot
    return Made(orjson.dumps(_answer(table, asked, listing)), snapshot, outcome)


def _listing(table: Table, asked: Arguments) -> Listing:
    today = datetime.date.today()
    text = plain(asked.text) if asked.suggest else asked.text
    fields = {name: table.fields[name] for name in _named(asked)}
    flags = {name: field.flag(today) for name, field in fields.items() if field.flag}
    asked_for = SearchRequest(text, asked.count, asked.offset, table.filters, today=today)
    query = None if asked.suggest and text else _query(table, asked, today)
    whole = any(field.whole for field in fields.values())
    with searcher().reading() as reading:
        return reading.listing(asked_for, query, flags, whole=whole)


def _query(table: Table, asked: Arguments, today: datetime.date) -> Query:
    if asked.suggest:
        return lookup_query("", (), NOTHING)
    searched = tuple(dict.fromkeys(each for name in asked.searched for each in table.fields[name].indexed or ()))
    constraint = parse_constraint(asked.constraint, table.constrained(today), TextField(searched))
    return lookup_query(asked.text, searched, constraint)


def _named(asked: Arguments) -> tuple[str, ...]:
    """Return the fields that an answer holds values of."""
    return tuple(dict.fromkeys((asked.code, *asked.shown, *(asked.extra or {}).values())))


def _answer(table: Table, asked: Arguments, listing: Listing) -> list[Any]:
    """Return the arrays of the answer; one of suggestions has no total, and names code systems."""
    values = {name: _values(name, table, listing) for name in _named(asked)}
    codes = list(map(_cell, values[asked.code]))
    rows = [list(map(_cell, row)) for row in zip(*(values[name] for name in asked.shown), strict=True)]
    extra = {alias: values[name] for alias, name in asked.extra.items()} if asked.extra else None
    if asked.suggest:
        return [codes, rows, extra, [record["code_system"] for record in listing.records]]
    return [min(listing.total, MAX_TOTAL), codes, extra, rows]


def _values(name: str, table: Table, listing: Listing) -> list[Any]:
    value = table.fields[name].value
    if value is None:
        return ["true" if met else "false" for met in listing.flags[name]]
    return list(map(value, listing.records))


def _cell(value: Any) -> str:
    """Return a value as the widget shows it: a list with commas between, lists in it likewise."""
    return value if isinstance(value, str) else ",".join(map(_cell, value))
