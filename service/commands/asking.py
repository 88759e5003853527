"""What commands that search have in common: their options, and who answers: the index of this machine or a service."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import orjson
from marshmallow import ValidationError

from service.client import Client, ClientError, InvalidRequest, NotFound
from service.client.client import document_path
from service.client.decode import decode
from service.client.model import Document, SearchAnswer
from service.opening import searcher_here
from service.search.model import SORTS, STATUSES, SearchRequest
from service.search.searcher import Searcher
from service.web import cursor, render
from service.web.schemas.search_v1 import to_request

Command = Callable[..., Any]

EXIT_NOT_FOUND = 1
_EXIT_REMOTE = 9
_SEVERAL = "Several are separated by commas."


class RemoteFailure(Exception):
    """The service that was asked did not answer, or answered with an error."""

    def __init__(self, message: str, exit_code: int) -> None:
        self.exit_code = exit_code
        super().__init__(message)


def filter_options(command: Command) -> Command:
    """Add what narrows and orders a search, named as in the API; a command gets them by the API's names."""
    for option in reversed(_FILTERS):
        command = option(command)
    return command


_FILTERS = (
    click.option("--code-system", metavar="NAMES", help=f"Only codes of these systems, such as HCPCS. {_SEVERAL}"),
    click.option("--kind", metavar="KINDS", help="Only these: procedure, modifier."),
    click.option("--status", type=click.Choice(STATUSES), help="Only codes in use, or no longer in use."),
    click.option("--on", metavar="DATE", help="The day for which status is told, as 2020-01-31; today by default."),
    click.option("--family", metavar="LETTERS", help="Only HCPCS codes with these first letters, as E,K."),
    click.option("--coverage", metavar="VALUES", help=f"Only codes with these Medicare coverage codes. {_SEVERAL}"),
    click.option("--betos", metavar="VALUES", help=f"Only codes of these BETOS categories. {_SEVERAL}"),
    click.option("--type-of-service", metavar="VALUES", help=f"Only codes with these types of service. {_SEVERAL}"),
    click.option(
        "--has-document",
        type=click.Choice(["true", "false"]),
        help="Only codes with, or without, a full description.",
    ),
    click.option("--section", metavar="NAME", help="Only matches in this section, as recovery."),
    click.option("--sort", type=click.Choice(SORTS), default="relevance", show_default=True, help="The order of hits."),
)


def _checked_url(_context: click.Context, _option: click.Parameter, url: str | None) -> str | None:
    if url is not None:
        try:
            Client(url).close()
        except ValueError as error:
            raise click.BadParameter(str(error)) from error
    return url


url_option = click.option(
    "--url",
    callback=_checked_url,
    metavar="URL",
    help="Ask the service at this address, as http://127.0.0.1:8000, instead of the index of this machine.",
)


def given(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that were given, as parameters of the API."""
    return {name: value for name, value in options.items() if value is not None and value is not False}


def request_of(values: Mapping[str, Any]) -> SearchRequest:
    """Return the request that parameters of the API make; a wrong use of the command line where one is wrong."""
    try:
        return to_request(values)
    except ValidationError as error:
        messages = error.messages if isinstance(error.messages, dict) else {"search": error.messages}
        wrong = "; ".join(f"{name}: expected {' '.join(map(str, texts))}" for name, texts in messages.items())
        raise click.UsageError(wrong) from error


def open_searcher(data: Path) -> Searcher:
    """Open what is published, by the engine that the settings name."""
    return searcher_here(data)


def answer_of(values: Mapping[str, Any], data: Path, url: str | None) -> dict[str, Any]:
    """Return the answer of the API to a search, from the service at ``url`` or else from the index in ``data``."""
    if url is not None:
        with _service(url) as client:
            return _of(SearchAnswer, client.get("/search", values))
    request = request_of(values)
    result = open_searcher(data).search(request)
    answer: dict[str, Any] = orjson.loads(orjson.dumps(render.answer(result, cursor.encode(request, result.last))))
    return answer


def record_of(code: str, data: Path, url: str | None) -> dict[str, Any]:
    """Return one record whole, from the service at ``url`` or else from the index in ``data``."""
    if url is not None:
        with _service(url) as client:
            return _of(Document, client.get(document_path(code)))
    record, _ = open_searcher(data).document(code)
    return record


def _of(kind: type[Any], value: dict[str, Any]) -> dict[str, Any]:
    """Return ``value``, in which everything is of the type that the API promises; UnexpectedAnswer where it is not."""
    decode(kind, value)
    return value


@contextmanager
def _service(url: str) -> Iterator[Client]:
    try:
        with Client(url) as client:
            yield client
    except InvalidRequest as error:
        raise click.UsageError(str(error)) from error
    except NotFound as error:
        raise RemoteFailure(str(error), EXIT_NOT_FOUND) from error
    except ClientError as error:
        raise RemoteFailure(f"{url}: {error}", _EXIT_REMOTE) from error
    except ValueError as error:
        raise click.UsageError(str(error)) from error
