"""`procsearch cluster`: bring the published snapshot into an OpenSearch cluster, and see to what lies there."""

from __future__ import annotations

import copy
import os
from pathlib import Path
from typing import Any

import click

from indexer.document_commands import EXIT_REJECTED
from indexer.errors import ClusterError
from indexer.opensearch import catalog, push
from indexer.opensearch.connection import Cluster
from indexer.opensearch.layout import data_name
from indexer.opensearch.push import Pushed
from indexer.options import data_option, json_option, print_json, wait_option
from indexer.report import progress_bar
from service.config import Config, load_config
from service.opening import access
from service.task_program import push_published


@click.group(short_help="The index of an OpenSearch cluster.")
def cluster() -> None:
    """Bring the index into an OpenSearch cluster, and see to what lies there.

    \b
    The cluster is the one that the settings PROCSEARCH_OPENSEARCH_... name.
    """


@cluster.command(
    "push",
    short_help="Bring the published snapshot there.",
    epilog="\b\nExamples:\n  procsearch cluster push\n  procsearch cluster push --again --wait 600",
)
@click.option("--again", is_flag=True, help="Send every record, also where the snapshot lies there already.")
@wait_option
@json_option
@data_option
def push_command(again: bool, wait: float, as_json: bool, data: Path) -> None:
    """Bring the published snapshot into the cluster; once all of it is there and verified, it is searched.

    Where the index before it is at hand, only records that changed are sent.
    """
    config = load_config(os.environ, data=data)
    pushed = _push(config, again=again, wait=wait)
    if as_json:
        print_json({name: getattr(pushed, name) for name in pushed.__dataclass_fields__})
    else:
        _tell(pushed)


@cluster.command("status", short_help="List what lies there.")
@json_option
@data_option
def status(as_json: bool, data: Path) -> None:
    """List the indexes in the cluster, oldest first, and say which one is searched."""
    opened = Cluster(access(load_config(os.environ, data=data)))
    found = _rows(opened)
    if as_json:
        print_json(found)
        return
    for row in found:
        mark = "*" if row["published"] else " "
        state = "finished" if row["finished"] else "unfinished: a push is at work, or was killed"
        click.echo(f"{mark} {row['index']}  {row['records']} records  {row['bytes']:,} bytes  {row['health']}  {state}")
    if not found:
        click.echo("Nothing lies there. Run 'procsearch cluster push'.")


@cluster.command(
    "rollback",
    short_help="Search an older index again.",
    epilog="\b\nExamples:\n  procsearch cluster rollback\n  procsearch cluster rollback 000001-0123456789ab",
)
@click.argument("name", required=False)
@wait_option
@data_option
def rollback(name: str | None, wait: float, data: Path) -> None:
    """Search the index of snapshot NAME, by default the one before, after verifying it."""
    target = push.rollback(Cluster(access(load_config(os.environ, data=data))), name, wait)
    click.echo(f"searched now: {target.index}")


@cluster.command("prune", short_help="Remove old indexes.")
@click.option(
    "--keep", type=click.IntRange(1), default=push.KEPT, show_default=True, help="How many of the newest to keep."
)
@wait_option
@data_option
def prune(keep: int, wait: float, data: Path) -> None:
    """Remove all but the newest indexes from the cluster. The one that is searched always stays."""
    removed = push.prune(Cluster(access(load_config(os.environ, data=data))), keep, wait)
    click.echo(f"removed {len(removed)}: {', '.join(removed) or 'none'}")


def build_for_cluster(build: click.Command) -> click.Command:
    """Return the command ``build`` that also brings its snapshot into the cluster, where that is what is searched."""
    command, inner = copy.copy(build), build.callback

    def build_and_push(**options: Any) -> None:
        config, ended = load_config(os.environ, data=options["data"]), None
        try:
            if inner is not None:
                inner(**options)
        except SystemExit as error:
            # Where documents were rejected, the others are published.
            if error.code != EXIT_REJECTED:
                raise
            ended = error
        if config.engine == "opensearch":
            pushed = _push(config, wait=options["wait"])
            if not options["as_json"]:
                _tell(pushed)
        if ended is not None:
            raise ended

    command.callback = build_and_push
    return command


def _push(config: Config, *, again: bool = False, wait: float = 0.0) -> Pushed:
    with progress_bar() as progress:
        return push_published(config, progress, again=again, wait=wait)


def _tell(pushed: Pushed) -> None:
    how = f"{pushed.changed} of {pushed.records} records sent"
    if pushed.copied_from:
        how += f", the others copied from {pushed.copied_from}"
    if not pushed.published:
        click.echo(f"unchanged; searched in the cluster: {pushed.index}")
    else:
        click.echo(f"searched in the cluster: {pushed.index} ({how}; health {pushed.health or 'as it was'})")


def _rows(opened: Cluster) -> list[dict[str, Any]]:
    before = catalog.published(opened)
    searched = before.index if before else None
    return [_row(opened, each, published=each.index == searched) for each in catalog.stored(opened)]


def _row(opened: Cluster, each: catalog.Stored, *, published: bool) -> dict[str, Any]:
    names = f"{each.index},{data_name(each.index)}"
    sizes = opened.ask("GET", f"/{names}/_stats/store", missing=True)
    health = opened.ask("GET", f"/_cluster/health/{each.index}")
    if health is None:
        raise ClusterError(f"{each.index}: expected its health; got none. Ask again.")
    return {
        "index": each.index,
        "snapshot": each.snapshot,
        "published": published,
        "finished": each.is_complete,
        "searchable": each.is_readable,
        "records": each.about.get("count", 0),
        "bytes": sizes["_all"]["total"]["store"]["size_in_bytes"] if sizes else 0,
        "health": health["status"],
    }
