"""The commands `search` and `show`: the same search as the service's, in the shell."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from indexer.options import data_option, json_option, print_json
from service.commands.asking import EXIT_NOT_FOUND, answer_of, filter_options, given, record_of, url_option
from service.commands.completion import complete_codes
from service.commands.printing import color_option, console, print_answer, print_record
from service.search.model import MAX_LIMIT, MAX_OFFSET


@click.command(
    short_help="Search from the command line.",
    epilog='\b\nExamples:\n  procsearch search "insulin pump"\n  procsearch search --status active --json iop\n'
    "  procsearch search --explain iop\n  procsearch search --url http://127.0.0.1:8000 iop",
)
@click.argument("words", nargs=-1, shell_complete=complete_codes)
@click.option(
    "--limit", type=click.IntRange(1, MAX_LIMIT), default=10, show_default=True, help="How many hits to print."
)
@click.option(
    "--offset", type=click.IntRange(0, MAX_OFFSET), default=0, show_default=True, help="How many hits to pass over."
)
@click.option("--cursor", metavar="TEXT", help="The cursor of the page before (see --json), in the place of --offset.")
@filter_options
@click.option("--facets", metavar="NAMES", help="Count values of these facets, as family,kind (with --json).")
@click.option("--explain", is_flag=True, help="Tell the parts of each score.")
@color_option
@json_option
@url_option
@data_option
def search(words: tuple[str, ...], as_json: bool, color: str, url: str | None, data: Path, **options: Any) -> None:
    """Search for WORDS and print ranked hits. Without words, list everything by code.

    Exits with 1 where nothing was found.
    """
    answer = answer_of({"q": " ".join(words), **given(options)}, data, url)
    if as_json:
        print_json(answer)
    else:
        print_answer(console(color), answer, options["explain"])
    if not answer["total"]:
        sys.exit(EXIT_NOT_FOUND)


@click.command(
    short_help="Show one code.", epilog="\b\nExamples:\n  procsearch show H0015\n  procsearch show e0784 --json"
)
@click.argument("code", shell_complete=complete_codes)
@color_option
@json_option
@url_option
@data_option
def show(code: str, as_json: bool, color: str, url: str | None, data: Path) -> None:
    """Show the record of CODE: descriptor, names, sections and official facts. Exits with 1 where there is none."""
    record = record_of(code, data, url)
    if as_json:
        print_json(record)
    else:
        print_record(console(color), record)
