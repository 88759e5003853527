"""The commands for authors of documents: check, new."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import click

from corpus.codes import HCPCS, normalise_code
from corpus.draft import draft, file_name
from indexer import report
from indexer.errors import DocumentRefused
from indexer.history import histories
from indexer.imports import ImportStore
from indexer.inspection import examine
from indexer.options import as_dict, chosen_folders, corpus_options, data_option, json_option, print_json

_QUALIFIED = re.compile("[;(]")
#: The exit code where documents were rejected.
EXIT_REJECTED = 3


@click.command(
    short_help="Check documents without building.",
    epilog="\b\nExamples:\n  procsearch check\n  procsearch check --no-shipped --corpus ~/procedures --json",
)
@corpus_options
@json_option
@data_option
def check(folders: tuple[Path, ...], shipped: bool, as_json: bool, data: Path) -> None:
    """Report every problem of every document, as file:line:column, and compare with the imported codes.

    Warnings tell also what a linter can: length, names, reading grade of the summary, spelling, text that several
    documents share. Exits with 3 where a document has an error; warnings alone exit with 0.
    """
    corpus, problems = examine(data, chosen_folders(folders, shipped, data))
    if as_json:
        print_json(
            {"files": corpus.files, "documents": len(corpus.documents), "problems": list(map(as_dict, problems))}
        )
    else:
        report.print_check(corpus, problems)
    if corpus.rejected:
        sys.exit(EXIT_REJECTED)


@click.command(
    short_help="Start a document of an imported code.",
    epilog="\b\nExamples:\n  procsearch new H0020 --corpus ~/procedures\n  procsearch check --corpus ~/procedures",
)
@click.argument("code")
@click.option(
    "--corpus",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    metavar="DIR",
    help="Folder of your documents; the file goes into the folder of its family in it.",
)
@data_option
def new(code: str, folder: Path, data: Path) -> None:
    """Write the start of a document: official descriptor, code, title and all sections, with places to fill in.

    The code must stand in an imported release. An existing file is never overwritten.
    """
    code = normalise_code(code)
    known = histories(ImportStore(data).load_all()).get(code)
    if known is None or not HCPCS.accepts(code):
        raise DocumentRefused(
            f"expected a HCPCS code of the imported releases; got {code[:20]!r}. "
            "Correct it, or run 'procsearch import hcpcs FILE' first."
        )
    # The author will shorten it further; what a descriptor says first is what the thing is.
    title = _QUALIFIED.split(known.latest.long_descriptor)[0].strip(" ,")
    path = folder / file_name(code, title)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(draft(code, known.latest.long_descriptor, title))
    except FileExistsError as error:
        raise DocumentRefused(f"{path}: expected no such file; got one. Edit it, or remove it.") from error
    click.echo(f"wrote {path}")
