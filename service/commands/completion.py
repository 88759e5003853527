"""The command `completion`, and what a shell completes beside commands and options: codes of the published index."""

from __future__ import annotations

import bisect
import os
from pathlib import Path

import click
from click.shell_completion import CompletionItem, get_completion_class

from corpus.codes import normalise_code
from indexer.compiled.reader import CompiledIndex
from indexer.documents import CARDS, DocumentReader
from indexer.errors import IndexerError
from indexer.snapshots import SnapshotStore

_PROGRAM = "procsearch"
_VARIABLE = "_PROCSEARCH_COMPLETE"
_MOST = 60
_TITLE_CHARS = 60


@click.command(
    short_help="Print what a shell needs to complete commands and codes.",
    epilog='\b\nExamples:\n  eval "$(procsearch completion bash)"          in ~/.bashrc\n'
    '  eval "$(procsearch completion zsh)"           in ~/.zshrc\n'
    "  procsearch completion fish > ~/.config/fish/completions/procsearch.fish",
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script that makes SHELL complete commands, options and the codes of the published index."""
    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"expected a shell that click knows; got {shell}.")
    click.echo(found(context.find_root().command, {}, _PROGRAM, _VARIABLE).source())


def complete_codes(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the codes that begin with what was typed, with their titles for shells that show them.

    None where there is no index: a shell that completes has no place for errors.
    """
    begin = normalise_code(incomplete)
    if not begin:
        return []
    data = context.params.get("data") or os.environ.get("PROCSEARCH_DATA") or "var"
    try:
        return _beginning(Path(data), begin)
    except (IndexerError, OSError, ValueError):
        return []


def _beginning(data: Path, begin: str) -> list[CompletionItem]:
    snapshot = SnapshotStore(data).current()
    if snapshot is None:
        return []
    codes = CompiledIndex(snapshot.path).codes
    first = bisect.bisect_left(codes, begin)
    numbers = range(first, min(first + _MOST, len(codes)))
    cards = DocumentReader(snapshot.path, CARDS)
    try:
        return [
            CompletionItem(codes[number], help=cards[number]["title"][:_TITLE_CHARS])
            for number in numbers
            if codes[number].startswith(begin)
        ]
    finally:
        cards.close()
