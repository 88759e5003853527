"""The command `token`: who may change what over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from indexer.options import data_option, json_option, print_json
from service.admin.tokens import SCOPES, Token, Tokens

_MOST_DAYS = 3650
_EXPIRES = click.option(
    "--expires", type=click.FloatRange(0, _MOST_DAYS, min_open=True), metavar="DAYS", help="Days until it ends."
)


@click.group("token", short_help="Create, list, rotate and revoke tokens for changes over HTTP.")
def token() -> None:
    """Create, list, rotate and revoke the tokens that changes over HTTP need. Without any, nothing can be changed."""


@token.command(
    epilog="\b\nScopes:\n" + "\n".join(f"  {name:<10} {what}" for name, what in SCOPES.items()) + "\n\n"
    "\b\nExamples:\n  procsearch token create nightly --scope reindex\n"
    "  procsearch token create editor --scope documents --scope reindex --expires 90"
)
@click.argument("name")
@click.option(
    "--scope", "scopes", multiple=True, required=True, type=click.Choice(list(SCOPES)), help="May be given again."
)
@_EXPIRES
@data_option
def create(name: str, scopes: tuple[str, ...], expires: float | None, data: Path) -> None:
    """Create a token called NAME and print it, this once: only its hash is kept."""
    click.echo(Tokens(data).create(name, scopes, expires))
    click.echo("This token is not shown again. Send it as 'Authorization: Bearer TOKEN'.", err=True)


@token.command("list", epilog="\b\nExamples:\n  procsearch token list\n  procsearch token list --json")
@json_option
@data_option
def list_tokens(as_json: bool, data: Path) -> None:
    """List tokens: name, scopes, when each was made and ends."""
    rows = [_row(each) for each in Tokens(data).all()]
    if as_json:
        print_json(rows)
        return
    table = Table("Name", "Scopes", "Created", "Expires", "Old secret until", box=None)
    for row in rows:
        cells = (row["name"], ", ".join(row["scopes"]), row["created"], row["expires"], row["old_until"])
        table.add_row(*(Text(each or "") for each in cells))
    Console().print(table if rows else "No token: nothing can be changed over HTTP.")


@token.command(epilog="\b\nExamples:\n  procsearch token rotate nightly\n  procsearch token rotate nightly --grace 0")
@click.argument("name")
@click.option(
    "--grace",
    type=click.FloatRange(0, 24 * 30),
    default=24.0,
    show_default=True,
    metavar="HOURS",
    help="How long the old one is still taken.",
)
@_EXPIRES
@data_option
def rotate(name: str, grace: float, expires: float | None, data: Path) -> None:
    """Print a new token for NAME; the old one is taken for a while longer."""
    click.echo(Tokens(data).rotate(name, grace, expires))
    click.echo(f"The old token is taken for {grace:g} more hours.", err=True)


@token.command(epilog="\b\nExamples:\n  procsearch token revoke nightly")
@click.argument("name")
@data_option
def revoke(name: str, data: Path) -> None:
    """Remove the token called NAME; a running service refuses it from the next request on."""
    Tokens(data).revoke(name)
    click.echo(f"revoked {name}")


def _row(each: Token) -> dict[str, Any]:
    old = each.secrets[1].until if len(each.secrets) > 1 else None
    return {
        "name": each.name,
        "scopes": list(each.scopes),
        "created": each.created,
        "expires": each.expires(),
        "old_until": old,
    }
