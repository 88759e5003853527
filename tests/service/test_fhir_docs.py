"""docs/fhir.md is true: its commands and its client run on a real server, and it names all that there is."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from service.app import create_app
from service.config import load_config
from service.web.fhir.identity import SYSTEMS
from service.web.fhir.operations import OPERATIONS
from service.web.fhir.outcome import ISSUE_TYPES
from tests.service import fhir_r4

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/fhir.md").read_text()
API = (ROOT / "docs/http-api.md").read_text()
HERE = "http://127.0.0.1:8000"
COMMANDS = re.findall(r"^curl .*$", PAGE, re.MULTILINE)


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_run(official_server, command):
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    words = shlex.split(command.replace(HERE, official_server.url))
    done = subprocess.run(
        [*words, "--globoff", "--silent", "--fail-with-body"], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stdout
    resource = fhir_r4.check(json.loads(done.stdout))
    assert resource.get("expansion", {}).get("total", 1) > 0


@pytest.mark.slow
def test_the_client_runs(official_server):
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    run = [sys.executable, "-c", program.replace(HERE, official_server.url)]
    done = subprocess.run(run, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("E0601 ")
    assert lines[-1].startswith("True")


def test_every_address_parameter_and_issue_type_is_described(tmp_path):
    app = create_app(load_config({}, data=tmp_path))
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/fhir"):
            shown = f"`{rule.rule.replace('<', '{').replace('>', '}')}`"
            assert shown in PAGE
            assert shown in API
    app.extensions["procsearch"].close()
    for name in {name for operation in OPERATIONS for name in operation.parameters}:
        assert f"`{name}`" in PAGE, name
    for issue_type in ISSUE_TYPES.values():
        assert f"`{issue_type}`" in PAGE, issue_type
    for system in SYSTEMS:
        assert f"| `{system.id}` | `{system.url}` | `{system.value_set}` |" in PAGE


@pytest.mark.slow
def test_real_codes_of_both_releases(official_server):
    """A code that came with 2020, one reworded there, and the whole list in pages, over real HTTP."""
    asked = (
        "/fhir/CodeSystem/hcpcs/$validate-code?code=B4185&display=Parenteral+nutrition+solution%2C+per+10+grams+lipids"
    )
    results = {}
    for date in ("2019-06-01", "2020-06-01"):
        status, body, _ = official_server.get(f"{asked}&date={date}")
        results[date] = status, json.loads(body)["parameter"][0]["valueBoolean"]
    assert results == {"2019-06-01": (200, True), "2020-06-01": (200, False)}
    codes: list[str] = []
    total = 1
    while len(codes) < total:
        _, body, _ = official_server.get(f"/fhir/ValueSet/hcpcs/$expand?count=1000&offset={len(codes)}")
        expansion = fhir_r4.check(json.loads(body))["expansion"]
        total = expansion["total"]
        codes += [each["code"] for each in expansion["contains"]]
    _, system, _ = official_server.get("/fhir/CodeSystem/hcpcs")
    assert len(codes) == len(set(codes)) == total == json.loads(system)["count"]
    assert codes == sorted(codes)
