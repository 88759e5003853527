"""The command `export`: all records, or those that a search finds, as NDJSON or CSV, one after the other.

NDJSON has each record whole, as `show --json` does. CSV has what fits a table, as RFC 4180 says, with cells made
harmless for spreadsheets.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import click
import orjson

from indexer.errors import IndexerError
from indexer.files import replacing
from indexer.options import data_option
from service.commands.asking import filter_options, given, open_searcher, request_of
from service.search.model import SearchRequest
from service.search.reading import Reading
from service.web.exports import cell

#: The columns of CSV, in order.
COLUMNS = (
    *("code", "code_system", "kind", "family", "title", "descriptor", "short_descriptor", "has_document", "status"),
    *("common_names", "technical_terms", "drug_names", "ends"),
    *("added", "effective", "coverage", "betos", "types_of_service"),
)
_OFFICIAL = ("added", "effective", "coverage", "betos", "types_of_service")

#: A record with the status that its code has on the day asked for.
Row = tuple[dict[str, Any], str]


class OutputRefused(IndexerError):
    """The file for the export cannot be written."""


@click.command(
    short_help="Write records as NDJSON or CSV.",
    epilog="\b\nExamples:\n  procsearch export --format csv --output codes.csv\n"
    '  procsearch export --format ndjson --status active "wheelchair" | jq .title',
)
@click.argument("words", nargs=-1)
@click.option("--format", "form", type=click.Choice(["ndjson", "csv"]), required=True, help="The form of the records.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write into FILE, which is replaced only when all is written; standard output by default.",
)
@click.option("--limit", type=click.IntRange(1), metavar="NUMBER", help="At most so many records; all by default.")
@filter_options
@data_option
def export(
    words: tuple[str, ...], form: str, output: Path | None, limit: int | None, data: Path, **options: Any
) -> None:
    """Write all records in the order of codes, or those that WORDS find, best first, all from one snapshot."""
    request = dataclasses.replace(request_of({"q": " ".join(words), **given(options)}), limit=limit or sys.maxsize)
    searcher = open_searcher(data)
    with searcher.reading() as reading, _stream(output) as stream:
        count = 0
        for row in _FORMS[form](_rows(reading, request)):
            stream.write(row)
            count += 1
    if output is not None:
        records = count - (form == "csv")
        click.echo(
            f"{records:,} record{'' if records == 1 else 's'} of snapshot {reading.snapshot} written to {output}"
        )


def _rows(reading: Reading, request: SearchRequest) -> Iterator[Row]:
    for page in reading.pages(request):
        for hit in page.hits:
            yield reading.document(hit.record["code"]), "active" if hit.match.active else "terminated"


def _ndjson(rows: Iterator[Row]) -> Iterator[bytes]:
    for record, status in rows:
        yield orjson.dumps({**record, "status": status}, option=orjson.OPT_APPEND_NEWLINE)


def _csv(rows: Iterator[Row]) -> Iterator[bytes]:
    yield _line(COLUMNS)
    for record, status in rows:
        official = {name: _coded(value) for name, value in (record["official"] or {}).items() if name in _OFFICIAL}
        values = {**record, **official, "status": status}
        yield _line([cell(values.get(name)) for name in COLUMNS])


def _coded(value: Any) -> Any:
    """A coded fact by its value alone; what it means is told by the record layout."""
    if isinstance(value, dict):
        return value["value"]
    return [_coded(each) for each in value] if isinstance(value, list) else value


def _line(cells: Any) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()


_FORMS: dict[str, Callable[[Iterator[Row]], Iterator[bytes]]] = {"ndjson": _ndjson, "csv": _csv}


@contextmanager
def _stream(output: Path | None) -> Iterator[BinaryIO]:
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.flush()
        return
    target = output.resolve()
    if target.exists() and not target.is_file():
        raise OutputRefused(f"{output}: expected a file; got a device or pipe. Leave --output out and use '>'.")
    try:
        with replacing(target) as stream:
            yield stream
    except OSError as error:
        raise OutputRefused(
            f"{output}: expected a file that can be written; got {error.strerror or error}. "
            "Name another with --output; nothing was changed."
        ) from error
