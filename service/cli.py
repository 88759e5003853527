"""The `procsearch` command: all commands of the indexer, and those that read: serve, search, show."""

from __future__ import annotations

import html
import logging
import os
import re
import socket
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import orjson
from marshmallow import ValidationError
from rich.console import Console
from rich.text import Text

from indexer import cli as indexer_cli
from indexer.options import data_option, json_option
from indexer.snapshots import SnapshotStore
from service.app import METRICS_FOLDER, create_app, open_embedded
from service.config import Config, ConfigError, load_config
from service.search.engines import native
from service.search.errors import SearchError
from service.search.model import MAX_LIMIT, MAX_OFFSET, SORTS, STATUSES, SearchRequest, SearchResult
from service.search.searcher import Searcher
from service.web import cursor, logs, render
from service.web.schemas.search_v1 import to_request

_log = logging.getLogger(__name__)

_BACKLOG = 1024
_KILL_SECONDS = 10


class ServiceGroup(indexer_cli.ErrorGroup):
    """The group that also explains errors of searching and of settings."""

    @staticmethod
    def extra_errors() -> tuple[type[Exception], ...]:
        """Errors of the read side."""
        return (SearchError, ConfigError)


@click.group(cls=ServiceGroup, epilog=indexer_cli.EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="procsearch")
def cli() -> None:
    """Full-text search for medical procedure documents and official codes.

    \b
    First steps:
      procsearch build                 index the shipped documents
      procsearch search "IOP"          search from the command line
      procsearch serve                 search page and API on http://127.0.0.1:8000
    """


for _name, _command in indexer_cli.cli.commands.items():
    cli.add_command(_command, _name)


@cli.command(
    short_help="Serve the search page and the API.",
    epilog="\b\nExamples:\n  procsearch serve\n  procsearch serve --host 0.0.0.0 --port 80 --workers 2",
)
@click.option("--host", help="Address to listen on.  [env var: PROCSEARCH_HOST; default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65_535), help="[env var: PROCSEARCH_PORT; default: 8000]")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes.  [env var: PROCSEARCH_WORKERS; default: 1]")
@click.option("--debug", is_flag=True, help="Flask's own server with its debugger; never for others to reach.")
@data_option
def serve(host: str | None, port: int | None, workers: int | None, debug: bool, data: Path) -> None:
    """Serve the published snapshot until interrupted, and each newer one as soon as it is published."""
    config = load_config(os.environ, host=host, port=port, workers=workers, data=data.absolute())
    _require_free(config)
    # Server processes read their settings from the environment.
    os.environ["PROCSEARCH_DATA"] = str(config.data)
    logs.setup(config.log)
    _log.info("procsearch on http://%s:%s (data: %s)", config.host, config.port, config.data)
    _prepare_kernel()
    if debug:
        create_app(config, logs.request_log(config.log)).run(config.host, config.port, debug=True, use_reloader=False)
    else:
        _serve_with_granian(config)


@cli.command(
    short_help="Search from the command line.",
    epilog='\b\nExamples:\n  procsearch search "insulin pump"\n  procsearch search --status active --json iop',
)
@click.argument("words", nargs=-1)
@click.option("--limit", type=click.IntRange(1, MAX_LIMIT), default=10, show_default=True)
@click.option("--offset", type=click.IntRange(0, MAX_OFFSET), default=0, show_default=True)
@click.option("--code-system", help="Only codes of this system, such as HCPCS.")
@click.option("--kind", type=click.Choice(["procedure", "modifier"]))
@click.option("--status", type=click.Choice(STATUSES))
@click.option("--on", metavar="DATE", help="The day for which status is told, as 2020-01-31; today by default.")
@click.option("--family", help="Only codes with these first letters, as E,K.")
@click.option("--section", help="Only matches in this section, as recovery.")
@click.option("--sort", type=click.Choice(SORTS), default="relevance", show_default=True)
@click.option("--explain", is_flag=True, help="Tell the parts of each score (with --json).")
@json_option
@data_option
def search(words: tuple[str, ...], as_json: bool, data: Path, **options: Any) -> None:
    """Search for WORDS and print ranked hits. Without words, list everything by code."""
    given = {name: value for name, value in options.items() if value is not None and value is not False}
    request = _request({"q": " ".join(words), **given})
    result = _open(data).search(request)
    if as_json:
        answer = render.answer(result, cursor.encode(request, result.last))
        click.echo(orjson.dumps(answer, option=orjson.OPT_INDENT_2).decode())
    else:
        _print_result(result)


@cli.command(
    short_help="Show one code.", epilog="\b\nExamples:\n  procsearch show H0015\n  procsearch show e0784 --json"
)
@click.argument("code")
@json_option
@data_option
def show(code: str, as_json: bool, data: Path) -> None:
    """Show the record of CODE: descriptor, names, sections and official facts. Exits with 1 where there is none."""
    record, _ = _open(data).document(code)
    if as_json:
        click.echo(orjson.dumps(record, option=orjson.OPT_INDENT_2).decode())
    else:
        _print_record(record)


def _request(values: dict[str, Any]) -> SearchRequest:
    try:
        return to_request(values)
    except ValidationError as error:
        wrong = "; ".join(f"{name}: expected {' '.join(map(str, texts))}" for name, texts in _texts_of(error).items())
        raise click.UsageError(wrong) from error


def _texts_of(error: ValidationError) -> dict[str, list[Any]]:
    return error.messages if isinstance(error.messages, dict) else {"search": error.messages}


def _open(data: Path) -> Searcher:
    return Searcher(SnapshotStore(data), open_embedded)


def _require_free(config: Config) -> None:
    """Fail before any process starts where the address cannot be had."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((config.host, config.port))
    except OSError as error:
        raise ConfigError(
            f"expected to listen on {config.host}:{config.port}; got {error.strerror}. Choose another with --port."
        ) from error


def _serve_with_granian(config: Config) -> None:
    from granian.constants import Interfaces
    from granian.server import Server

    server = Server(
        "service.app:create_worker_app",
        address=config.host,
        port=config.port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=config.workers,
        # Python runs one request at a time in a process, and the more threads wait for their turn, the longer a switch
        # takes; they are for clients that send their bodies slowly.
        blocking_threads=config.threads,
        workers_kill_timeout=_KILL_SECONDS,
        websockets=False,
        backlog=_BACKLOG,
        respawn_failed_workers=True,
        log_access=False,
        log_dictconfig=logs.setup(config.log),
    )
    with TemporaryDirectory(prefix="procsearch-metrics-") as folder:
        os.environ[METRICS_FOLDER] = folder
        server.serve()


def _prepare_kernel() -> None:
    """Compile what ranks before any worker starts: once after an installation, and not once in each of them."""
    if not native.is_compiled():
        _log.info("Compiling the ranking kernel for this processor; this takes some seconds, once.")
    # Where it cannot be done, the workers say so and rank in numpy.
    with suppress(native.NativeUnavailable):
        native.load()


def _print_result(result: SearchResult) -> None:
    console = Console(highlight=False)
    for fix in result.corrections:
        console.print(Text(f"Searched for {fix.searched!r} instead of {fix.typed!r}.", style="yellow"))
    for note in result.notes:
        console.print(Text(note, style="yellow"))
    for hit in result.hits:
        record = hit.record
        line = Text.assemble((f"{record['code']:<7}", "bold cyan"), (record["title"], "bold"))
        line.append("" if hit.match.active else "  (no longer in use)", style="red")
        console.print(line)
        console.print(Text(f"       {record['descriptor']}", style="dim"), no_wrap=True, overflow="ellipsis")
        if hit.section:
            console.print(Text.assemble(f"       {hit.section.heading}: ", *_styled(hit.section.snippet)))
    console.print(f"{result.total:,} found in {result.took_ms:.1f} ms, snapshot {result.snapshot}")


def _styled(snippet: str) -> list[tuple[str, str]]:
    pieces = re.split(r"<mark>(.*?)</mark>", snippet)
    return [(html.unescape(piece), "bold" if at % 2 else "") for at, piece in enumerate(pieces)]


def _print_record(record: dict[str, Any]) -> None:
    console = Console(highlight=False)
    console.print(Text(f"{record['title']} ({record['code']})", style="bold"))
    console.print(Text(record["descriptor"]))
    for heading, names in (("Common names", record["common_names"]), ("Technical terms", record["technical_terms"])):
        if names:
            console.print(Text(f"{heading}: {', '.join(names)}"))
    for section in record["sections"]:
        console.print(Text(f"\n{section['heading']}", style="bold"))
        for block in section["blocks"]:
            console.print(Text(_block_line(block)))
    _print_facts(console, record)


def _block_line(block: dict[str, Any]) -> str:
    if block["type"] == "item":
        label = f"{block['label']}: " if "label" in block else ""
        return f"- {label}{block['text']}"
    return f"{block['text']}:" if block["type"] == "subheading" else str(block["text"])


def _print_facts(console: Console, record: dict[str, Any]) -> None:
    from service.web.facts import fact_rows

    rows = fact_rows(record["official"] or {})
    if rows:
        console.print(Text("\nOfficial facts", style="bold"))
    for row in rows:
        values = "; ".join(f"{value} {text}" if value else text for value, text, _ in row.values)
        console.print(Text(f"{row.heading}: {values}"))
