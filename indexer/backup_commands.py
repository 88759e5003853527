"""The commands `backup` and `restore`."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from indexer.archived import INPUTS, SNAPSHOT, Contents
from indexer.backup import back_up
from indexer.options import data_option, json_option, print_json, wait_option
from indexer.restoration import Restored, restore


@click.command(
    short_help="Back up the published snapshot and all it is built from.",
    epilog="\b\nExamples:\n  procsearch backup /srv/backups/procsearch.tar\n"
    "  procsearch backup --corpus ~/procedures procsearch.tar",
)
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--corpus",
    "folders",
    type=click.Path(path_type=Path, file_okay=False),
    multiple=True,
    metavar="DIR",
    help="Folder of your own documents outside the data folder; give it once for each folder.",
)
@wait_option
@json_option
@data_option
def backup(target: Path, folders: tuple[Path, ...], wait: float, as_json: bool, data: Path) -> None:
    """Write the published snapshot, imports, vocabulary and own documents to TARGET, a tar with checksums.

    A service goes on meanwhile; builds and imports wait. An older TARGET is replaced once the new one is whole.
    """
    contents = back_up(data, target, folders, wait)
    counts = {name: len(contents.below(name)) for name in (SNAPSHOT, *INPUTS)}
    if as_json:
        print_json({"snapshot": contents.snapshot, "bytes": contents.size, "files": counts})
    else:
        click.echo(f"{target}: snapshot {contents.snapshot}, {_told(contents)}")


@click.command(
    "restore",
    short_help="Restore a backup and publish its snapshot.",
    epilog="\b\nExamples:\n  procsearch restore procsearch.tar\n  procsearch restore --inputs-only procsearch.tar",
)
@click.argument("source", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--inputs-only", is_flag=True, help="Restore what a build reads, and no snapshot.")
@click.option("--replace", is_flag=True, help="Let other imports and documents give way; they are kept, renamed.")
@wait_option
@json_option
@data_option
def restore_command(source: Path, inputs_only: bool, replace: bool, wait: float, as_json: bool, data: Path) -> None:
    """Restore the backup SOURCE into the data folder, and publish its snapshot once all of it is verified.

    A running service takes it over within two seconds. A file that is damaged, foreign or of another version changes
    nothing (exit code 4).
    """
    done = restore(data, source, inputs_only=inputs_only, replace=replace, wait=wait)
    if as_json:
        print_json(dataclasses.asdict(done))
    else:
        _print(done)


def _print(done: Restored) -> None:
    if done.folders:
        click.echo(f"restored {', '.join(done.folders)}")
    for name in done.kept:
        click.echo(f"what was there before is kept in {name}; remove it once you are sure")
    for folder in done.corpus:
        click.echo(f"documents from elsewhere are in {folder}: pass --corpus {folder} to builds")
    click.echo(f"published {done.snapshot}" if done.snapshot else "Run 'procsearch build' to index what was restored.")


def _told(contents: Contents) -> str:
    counts = ((name, len(contents.below(name))) for name in INPUTS)
    files = (
        ", ".join(f"{count} files of {name}" for name, count in counts if count) or "no imports and no own documents"
    )
    return f"{files}; {contents.size:,} bytes"
