"""Documentation keeps up with the code: every setting, command, route, parameter and error is described, links lead
somewhere, and the commands of the README run."""

from __future__ import annotations

import inspect
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from corpus.codes import CODE_SYSTEMS
from indexer.cli import cli as indexer_cli
from indexer.command_group import EXIT_CODES
from indexer.schema import TEXT_FIELDS
from service import client
from service.app import create_app
from service.cli import cli
from service.config import SETTINGS, load_config
from service.search.model import Tier
from service.web.errors import ERROR_CODES
from service.web.exports import COLUMNS
from service.web.schemas.answers_v1 import HitSchema, SearchResponse
from service.web.schemas.batch_v1 import BRIEF, BatchArguments
from service.web.schemas.documents_v1 import BatchResponse, BatchResultSchema
from service.web.schemas.search_v1 import SearchArguments
from tests.live.server import free_port

ROOT = Path(__file__).resolve().parents[1]
API = (ROOT / "docs/http-api.md").read_text()
COMMANDS = (ROOT / "docs/command-line.md").read_text()
CLIENT = (ROOT / "docs/client.md").read_text()
OPERATIONS = (ROOT / "docs/operations.md").read_text()
README = (ROOT / "README.md").read_text()
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("corpus/*.md")])


def test_every_setting_is_described_with_its_default():
    for setting in SETTINGS:
        row = next(line for line in OPERATIONS.splitlines() if f"`{setting.variable}`" in line)
        default = "none" if setting.default in ((), None) else setting.default
        if isinstance(default, tuple):
            default = ",".join(default)
        assert f"`{default}`" in row


def test_every_command_is_described():
    for name in cli.list_commands(click.Context(cli)):
        assert re.search(rf"`{name}[` ]", COMMANDS), name


def test_every_command_is_listed_under_its_name():
    context = click.Context(cli)
    loaded = {name: cli.get_command(context, name) for name in cli.list_commands(context)}
    assert all(name == command.name for name, command in loaded.items())
    assert set(indexer_cli.commands) == {name for name in loaded if name in indexer_cli.commands}
    modules = {path.stem for path in (ROOT / "service/commands").glob("*.py")}
    own = {name for name in loaded if name not in indexer_cli.commands}
    assert own == {"cluster", "completion", "config", "doctor", "export", "search", "serve", "show", "token"}
    assert own - {"show"} <= modules
    assert cli.get_command(context, "nothing") is None


def test_every_exit_code_is_described():
    for number in re.findall(r"^  (\d)  ", EXIT_CODES, re.MULTILINE):
        assert f"| {number} |" in COMMANDS


def test_every_check_of_the_doctor_is_described(documents_data):
    done = CliRunner().invoke(cli, ["doctor", "--json", "--data", str(documents_data)])
    for finding in json.loads(done.stdout)["findings"]:
        assert f"`{finding['check']}`" in COMMANDS, finding["check"]


def test_every_method_argument_and_exception_of_the_client_is_described():
    methods = [name for name, _ in inspect.getmembers(client.AdminClient, inspect.isfunction) if name[0] != "_"]
    for name in {*methods, *inspect.signature(client.AdminClient).parameters} - {"close"}:
        assert re.search(rf"`(\w+\(.*?\)`, `)?{name}[`(]", CLIENT), name
    for name in client.SearchOptions.__annotations__:
        assert f"`{name}`" in CLIENT
    for name in client.__all__:
        if isinstance(getattr(client, name), type) and issubclass(getattr(client, name), Exception):
            assert f" {name} " in CLIENT or f"\n{name}\n" in CLIENT, name


def test_every_route_is_described(tmp_path):
    app = create_app(load_config({}, data=tmp_path))
    hidden = {"/static/<path:filename>", "/favicon.ico", "/robots.txt"}
    for rule in app.url_map.iter_rules():
        if rule.rule not in hidden:
            assert f"`{rule.rule.replace('<', '{').replace('>', '}')}`" in API, rule.rule
    app.extensions["procsearch"].close()


def test_every_parameter_field_match_and_error_is_described():
    schemas = SearchArguments(), SearchResponse(), HitSchema(), BatchArguments(), BatchResponse(), BatchResultSchema()
    names = {each.data_key or name for schema in schemas for name, each in schema.fields.items()}
    names |= {*ERROR_CODES, *COLUMNS, *BRIEF}
    names |= {tier.key for tier in Tier} | {system.name for system in CODE_SYSTEMS}
    names |= {name for name, field in TEXT_FIELDS.items() if not field.section}
    for name in names:
        assert f"`{name}`" in API, name
    for code, (status, _) in ERROR_CODES.items():
        assert f"| `{code}` | {status} |" in API


def test_the_example_error_is_what_the_service_answers(client):
    (block,) = re.findall(r"```json\n(.*?)```", API, re.DOTALL)
    assert client.get("/api/v1/search?limit=0", headers={"X-Request-ID": "example-1"}).json == json.loads(block)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text()):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


def test_every_module_is_in_the_architecture():
    text = (ROOT / "docs/architecture.md").read_text()
    for package in (
        "corpus",
        "indexer",
        "service/search",
        "service/web",
        "service/client",
        "service/commands",
        "service/admin",
    ):
        for path in (ROOT / package).rglob("*.py"):
            if path.stem not in ("__init__", "__main__"):
                assert path.name in text or f"`{path.stem}`" in text, path


@pytest.mark.slow
def test_the_commands_of_the_readme_run(tmp_path, hcpcs_data):
    """Every procsearch command of the README, in order, in a folder that has what the README says one has."""
    (tmp_path / "my-procedures").mkdir()
    for download in hcpcs_data.glob("20*"):
        shutil.copy(download, tmp_path)
    # "make run", which comes first there, has built an index already.
    commands = ["build", *re.findall(r"^\.venv/bin/procsearch (.*)$", README, re.MULTILINE)]
    assert len(commands) >= 9
    # The doctor would find fault with a service of another folder that runs on the usual port of this machine.
    settings = {**os.environ, "PROCSEARCH_PORT": str(free_port())}
    for line in commands:
        run = [sys.executable, "-c", _LAUNCH, str(ROOT), *shlex.split(line)]
        done = subprocess.run(run, cwd=tmp_path, env=settings, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, (line, done.stderr)


_LAUNCH = "import sys; sys.path.insert(0, sys.argv.pop(1)); from service.cli import cli; cli(prog_name='procsearch')"


def test_the_makefile_lists_its_targets():
    make = shutil.which("make")
    assert make
    text = subprocess.run([make], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in ("run", "test", "setup", "build", "lint"):
        assert f"make {target} " in text
