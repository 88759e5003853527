"""The commands that write: import, build, snapshots, verify, rollback, prune."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from indexer import report, vocabularies
from indexer.backup_commands import backup, restore_command
from indexer.build import Summary, build, verify
from indexer.command_group import EXIT_CODES, ErrorGroup
from indexer.document_commands import EXIT_REJECTED, check, new
from indexer.drugs import DrugStore
from indexer.errors import ImportRefused, SnapshotError
from indexer.imports import ImportStore
from indexer.inbox import REFUSED, import_new
from indexer.indexing import MOST_JOBS
from indexer.locks import write_lock
from indexer.options import as_dict, chosen_folders, corpus_options, data_option, json_option, print_json, wait_option
from indexer.snapshots import Snapshot, SnapshotStore
from indexer.task_commands import run_tasks, tasks_command, watch


@click.group(cls=ErrorGroup, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Build and keep the search index of procedure documents and official codes."""


@cli.group("import", short_help="Import official code files.")
def import_group() -> None:
    """Import official code files that you downloaded. The next build indexes them."""


@import_group.command(
    "hcpcs",
    short_help="Import HCPCS Level II files of CMS.",
    epilog="\b\nExamples:\n  procsearch import hcpcs 2020-alpha-numeric-hcpcs-file.zip\n"
    "  procsearch import hcpcs HCPC2019_CONTR_ANWEB.txt HCPC2020_ANWEB.txt\n"
    "  procsearch import hcpcs --release 2020 codes.txt",
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--release", metavar="LABEL", help="The release, as 2020 or 2024-04, where the file name does not tell.")
@click.option("--replace", is_flag=True, help="Replace a release that was imported from a file of other content.")
@wait_option
@json_option
@data_option
def import_hcpcs(
    files: tuple[Path, ...], release: str | None, replace: bool, wait: float, as_json: bool, data: Path
) -> None:
    """Import one or more releases: CMS's zip, its fixed-width text or its workbook (.xlsx).

    All FILES are read before any is stored, so that a wrong one imports nothing. Import several years to keep the
    history of each code.
    """
    if release and len(files) > 1:
        raise click.UsageError("--release goes with one file; the names of several files have to tell their releases.")
    # Loading what reads a workbook takes as long as many a build.
    from indexer.importers.hcpcs import read_release

    read = [read_release(path, release) for path in files]
    labels = [each.label for each in read]
    twice = {label for label in labels if labels.count(label) > 1}
    if twice:
        raise click.UsageError(f"expected each release once; got release {min(twice)} from more than one file.")
    with write_lock(data, wait):
        store = ImportStore(data)
        for each in read:
            store.refuse_other(each, replace=replace)
        stored = [(each, store.save(each, replace=True)) for each in read]
    if as_json:
        print_json([report.release_json(each, new) for each, new in stored])
    else:
        report.print_releases(stored)


@import_group.command(
    "drugs",
    short_help="Import CMS's Table of Drugs.",
    epilog="\b\nExamples:\n  procsearch import drugs 2019-Table-of-Drugs.pdf\n"
    "  procsearch import drugs --release 2019 table.pdf",
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--release", metavar="YEAR", help="The year, where the file name does not tell.")
@click.option("--replace", is_flag=True, help="Replace a table of the same year.")
@wait_option
@json_option
@data_option
def import_drugs(
    files: tuple[Path, ...], release: str | None, replace: bool, wait: float, as_json: bool, data: Path
) -> None:
    """Import one or more Tables of Drugs (PDF), so that brand names find their codes.

    All FILES are read before any is stored.
    """
    if release and len(files) > 1:
        raise click.UsageError("--release goes with one file.")
    from indexer.importers.drugs import read_drug_table

    tables = [read_drug_table(path, release) for path in files]
    with write_lock(data, wait):
        stored = [(table, DrugStore(data).save(table, replace=replace)) for table in tables]
    facts = [report.drug_table_json(table, new) for table, new in stored]
    if as_json:
        print_json(facts)
    else:
        report.print_drug_tables(facts)


@import_group.command(
    "synonyms",
    short_help="Import your own synonyms.",
    epilog="\b\nExamples:\n  procsearch import synonyms our-words.txt\n\n"
    "\b\nA line of the file:\n  heart attack = myocardial infarction      both ways\n"
    "  rollator, wheeled walker => walker        one way",
)
@click.argument("file", type=click.Path(path_type=Path))
@wait_option
@data_option
def import_synonyms(file: Path, wait: float, data: Path) -> None:
    """Check FILE and keep a copy of it for builds; a file of the same name replaces it."""
    _import_vocabulary("synonyms", file, wait, data)


@import_group.command(
    "abbreviations",
    short_help="Import your own abbreviations.",
    epilog="\b\nExamples:\n  procsearch import abbreviations our-short-forms.txt\n\n"
    "\b\nA line of the file:\n  MS : multiple sclerosis | morphine sulfate",
)
@click.argument("file", type=click.Path(path_type=Path))
@wait_option
@data_option
def import_abbreviations(file: Path, wait: float, data: Path) -> None:
    """Check FILE and keep a copy of it for builds; a file of the same name replaces it."""
    _import_vocabulary("abbreviations", file, wait, data)


@import_group.command(
    "folder",
    short_help="Import what is new in a folder.",
    epilog="\b\nExamples:\n  procsearch import folder /srv/cms && procsearch build",
)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@json_option
@data_option
def import_folder(folder: Path, as_json: bool, data: Path) -> None:
    """Import the releases (.zip, .txt, .xlsx) and Tables of Drugs (.pdf) in FOLDER that were not looked at before.

    Exits with 4 where any is refused; the others are imported all the same.
    """
    taken = import_new(data, folder)
    if as_json:
        print_json([{"name": each.name, "state": each.state, "told": each.told} for each in taken])
    else:
        for each in taken:
            click.echo(f"{each.state}: {each.name} ({each.told})")
        click.echo(f"{len(taken)} new files. Run 'procsearch build' to index what was imported.")
    if any(each.state == REFUSED for each in taken):
        sys.exit(ImportRefused.exit_code)


def _import_vocabulary(kind: str, file: Path, wait: float, data: Path) -> None:
    vocabularies.read_file(kind, file)
    with write_lock(data, wait):
        count = vocabularies.store_file(data, kind, file)
    click.echo(f"{file.name}: {count} rules imported. Run 'procsearch build' to use them.")


@cli.command(
    "build",
    short_help="Build the index and publish it.",
    epilog="\b\nExamples:\n  procsearch build\n  procsearch build --corpus ~/procedures --wait 60",
)
@corpus_options
@click.option("--strict", is_flag=True, help="Publish nothing where any document is rejected.")
@click.option(
    "--jobs",
    type=click.IntRange(1, MOST_JOBS),
    metavar="N",
    help="Processes that share the work; by default one for each core where there is enough of it, else one.",
)
@wait_option
@json_option
@data_option
def build_command(
    folders: tuple[Path, ...],
    shipped: bool,
    strict: bool,
    jobs: int | None,
    wait: float,
    as_json: bool,
    data: Path,
) -> None:
    """Index all documents and imported codes, verify the new snapshot and publish it.

    A running service takes it over within two seconds. Unchanged input publishes nothing. A document with errors is
    left out (exit code 3); its official record stays searchable.
    """
    with report.progress_bar() as progress:
        chosen = chosen_folders(folders, shipped, data)
        summary = build(data, chosen, progress=progress, wait=wait, strict=strict, jobs=jobs)
    if as_json:
        print_json(_summary_json(summary))
    else:
        report.print_summary(summary)
    if summary.rejected:
        sys.exit(EXIT_REJECTED)


@cli.command(
    short_help="List snapshots.", epilog="\b\nExamples:\n  procsearch snapshots\n  procsearch snapshots --json"
)
@json_option
@data_option
def snapshots(as_json: bool, data: Path) -> None:
    """List all snapshots, oldest first, and which one is published."""
    store = SnapshotStore(data)
    current = store.current_name()
    rows = [_snapshot_row(store, name, name == current) for name in store.names()]
    if as_json:
        print_json(rows)
    else:
        report.print_snapshots(rows)


@cli.command(
    "verify",
    short_help="Check snapshots to the last byte.",
    epilog="\b\nExamples:\n  procsearch verify\n  procsearch verify --all\n  procsearch verify 000001-0123456789ab",
)
@click.argument("name", required=False)
@click.option("--all", "every", is_flag=True, help="Check all snapshots instead of the published one.")
@data_option
def verify_command(name: str | None, every: bool, data: Path) -> None:
    """Check the published snapshot, or the one called NAME, against its checksums and its index."""
    store = SnapshotStore(data)
    names = store.names() if every else [name or _published(store)]
    failures = [error for error in map(_verify_error, (store for _ in names), names) if error]
    for error in failures:
        click.echo(f"error: {error}", err=True)
    if failures:
        sys.exit(SnapshotError.exit_code)
    click.echo(f"{len(names)} snapshot{'s' if len(names) != 1 else ''} verified: {', '.join(names)}")


@cli.command(
    short_help="Publish an older snapshot.",
    epilog="\b\nExamples:\n  procsearch rollback\n  procsearch rollback 000001-0123456789ab",
)
@click.argument("name", required=False)
@wait_option
@data_option
def rollback(name: str | None, wait: float, data: Path) -> None:
    """Publish the snapshot called NAME, by default the one before the published one, after verifying it."""
    with write_lock(data, wait):
        store = SnapshotStore(data)
        target = store.open(name or store.rollback_target())
        verify(target)
        store.publish(target.name)
    click.echo(f"published {target.name}")


@cli.command(
    short_help="Remove old snapshots.", epilog="\b\nExamples:\n  procsearch prune\n  procsearch prune --keep 10"
)
@click.option("--keep", type=click.IntRange(1), default=3, show_default=True, help="How many of the newest to keep.")
@wait_option
@data_option
def prune(keep: int, wait: float, data: Path) -> None:
    """Remove all but the newest snapshots. The published one, and any that a service still reads, always stays."""
    with write_lock(data, wait):
        store = SnapshotStore(data)
        store.remove_leftovers()
        removed, spared = store.prune(keep)
    click.echo(f"removed {len(removed)}: {', '.join(removed) or 'none'}")
    if spared:
        click.echo(f"still in use, kept: {', '.join(spared)}")


def _published(store: SnapshotStore) -> str:
    name = store.current_name()
    if name is None:
        raise SnapshotError(f"{store.data}: expected a published snapshot; got none. Run 'procsearch build'.")
    return name


def _verify_error(store: SnapshotStore, name: str) -> str | None:
    try:
        verify(store.open(name))
    except (SnapshotError, OSError) as error:
        return str(error)
    return None


def _snapshot_row(store: SnapshotStore, name: str, published: bool) -> dict[str, Any]:
    row: dict[str, Any] = {"snapshot": name, "published": published}
    try:
        snapshot: Snapshot = store.open(name)
    except SnapshotError as error:
        return row | {"error": str(error)}
    size = sum(entry["bytes"] for entry in snapshot.manifest["files"].values())
    return row | {"created": snapshot.manifest["created"], "counts": snapshot.manifest["counts"], "bytes": size}


def _summary_json(summary: Summary) -> dict[str, Any]:
    return {**as_dict(summary), "problems": list(map(as_dict, summary.problems))}


for _command in (backup, check, new, restore_command, tasks_command, run_tasks, watch):
    cli.add_command(_command)
