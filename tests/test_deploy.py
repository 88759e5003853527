"""What `deploy/` ships can be used: units that systemd takes, settings that exist, files that are there, no root."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib

import click
import pytest
import yaml
from click.testing import CliRunner

from indexer.config_file import VARIABLE
from service.cli import cli
from service.config import SETTINGS, load_config
from tests.live.server import ROOT

DEPLOY = ROOT / "deploy"
CONTAINERFILE = (DEPLOY / "Containerfile").read_text()
UNITS = sorted([*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")])
GUIDE = (ROOT / "docs/how-to/deploy.md").read_text()
_KNOWN = {setting.variable for setting in SETTINGS} | {VARIABLE}


def _instructions():
    joined = re.sub(r"\\\n(\s*#.*\n)*", " ", CONTAINERFILE)
    lines = (line.strip() for line in joined.splitlines())
    return [tuple(line.split(None, 1)) for line in lines if line and not line.startswith("#")]


def _given():
    """Every setting that a file names, with its value where it gives one."""
    yield from re.findall(r"(PROCSEARCH_[A-Z_]+)=([^\s\\]+)", CONTAINERFILE)
    for unit in UNITS:
        yield from re.findall(r"(PROCSEARCH_[A-Z_]+)=(\S+)", unit.read_text())
    for file in DEPLOY.glob("compose*.yml"):
        yield from re.findall(r"(PROCSEARCH_[A-Z_]+): \"?([^\"\n]+)", file.read_text())


def test_every_setting_that_is_given_exists_and_can_be_used():
    for variable, value in _given():
        if variable == VARIABLE or (variable not in _KNOWN and "PROCSEARCH_ENGINE" not in _KNOWN):
            continue
        assert variable in _KNOWN, variable
        load_config({variable: value})


def test_the_sample_of_settings_can_be_used(tmp_path):
    path = DEPLOY / "procsearch.toml"
    found = load_config({VARIABLE: str(path)})
    assert (found.workers, found.drain_seconds) == (2, 10)
    assert set(tomllib.loads(path.read_text())) <= {setting.name for setting in SETTINGS}


def test_the_container_runs_without_root_and_without_what_built_it():
    instructions = _instructions()
    names = [name for name, _ in instructions]
    last = len(names) - 1 - names[::-1].index("FROM")
    final = dict(instructions[last:])
    assert names.count("FROM") == 2
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", final["USER"])
    assert {"HEALTHCHECK", "VOLUME", "ENTRYPOINT", "CMD", "STOPSIGNAL"} <= final.keys()
    assert all(":" in value and not value.endswith(":latest") for name, value in instructions if name == "FROM")
    assert [value for name, value in instructions[last:] if name == "COPY"] == [
        "--from=build /opt/procsearch /opt/procsearch"
    ]
    for name, value in instructions[:last]:
        if name == "COPY":
            for source in value.split()[:-1]:
                assert (ROOT / source).exists(), source


def test_the_health_check_of_the_container_works(live_server):
    (command,) = re.findall(r'CMD \["python", "-c", "(.*)"\]', CONTAINERFILE)
    run = [shutil.which("python3") or "python3", "-c", command.replace("http://127.0.0.1:8000", live_server.url)]
    assert subprocess.run(run, timeout=30, check=False).returncode == 0
    assert subprocess.run([*run[:2], command.replace(":8000", ":9")], capture_output=True, check=False).returncode


def test_compose_files_name_what_is_there_and_give_no_rights():
    for file in DEPLOY.glob("compose*.yml"):
        compose = yaml.safe_load(file.read_text())
        for name, service in compose["services"].items():
            build = service.get("build")
            if build:
                assert (DEPLOY / build["context"] / build["dockerfile"]).is_file()
            if service.get("image") == "procsearch":
                assert service["read_only"] is True
                assert service["cap_drop"] == ["ALL"]
                assert service["security_opt"] == ["no-new-privileges:true"]
                assert service["command"][0] in cli.list_commands(click.Context(cli))
            assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ())), name
            for volume in service.get("volumes", ()):
                assert volume.partition(":")[0] in compose["volumes"]


def test_units_run_commands_that_exist():
    for unit in UNITS:
        for line in re.findall(r"^ExecStart=/opt/procsearch/bin/procsearch (.*)$", unit.read_text(), re.MULTILINE):
            done = CliRunner().invoke(cli, [*line.split(), "--help"])
            assert done.exit_code == 0, line


def test_systemd_takes_the_units_and_finds_them_closed(tmp_path):
    analyze = shutil.which("systemd-analyze")
    if not analyze:
        pytest.skip("systemd-analyze is not installed")
    for unit in UNITS:
        # What is installed later is not there yet.
        (tmp_path / unit.name).write_text(
            unit.read_text().replace("/opt/procsearch/bin/procsearch", shutil.which("true") or "")
        )
    paths = [str(tmp_path / unit.name) for unit in UNITS]
    done = subprocess.run([analyze, "verify", "--man=no", *paths], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    run = [analyze, "security", "--offline=true", "--threshold=20", str(tmp_path / "procsearch.service")]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    if "unrecognized option" in done.stderr:
        pytest.skip("this systemd-analyze cannot judge a unit that is not installed")
    assert done.returncode == 0, done.stdout[-2000:]


def test_every_file_is_told_of():
    for path in DEPLOY.iterdir():
        assert path.name in GUIDE, path.name
