"""The command `config`: which settings hold, and where each comes from."""

from __future__ import annotations

import os
from typing import Any

import click
from rich.table import Table

from indexer.options import config_option, json_option, print_json
from service.commands.printing import clean, color_option, console, print_table
from service.config import Effective, effective

_MASK = "********"


@click.command(
    "config",
    short_help="Show the settings and where each comes from.",
    epilog="\b\nExamples:\n  procsearch config\n  procsearch config --config /etc/procsearch.toml --json",
)
@color_option
@json_option
@config_option
def config_command(color: str, as_json: bool) -> None:
    """Check all settings, and show each with its source: a variable, a line of the file of settings, or the default.

    Secrets are not shown. Exits with 1 where a setting cannot be used, and says which. Options of `serve` win over
    what is shown.
    """
    found = effective(os.environ)
    if as_json:
        print_json([_as_dict(each) for each in found])
        return
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    for each in found:
        shown = _as_dict(each)
        table.add_row(clean(shown["setting"], "bold"), clean(_text(shown["value"])), clean(shown["source"]))
    print_table(console(color), table)


def _as_dict(each: Effective) -> dict[str, Any]:
    value = _MASK if each.setting.secret and each.value else _plain(each.value)
    return {
        "setting": each.setting.name,
        "variable": each.setting.variable,
        "value": value,
        "source": each.source,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value if isinstance(value, str | int) else str(value)


def _text(value: Any) -> str:
    return (", ".join(map(str, value)) or "none") if isinstance(value, list) else str(value)
