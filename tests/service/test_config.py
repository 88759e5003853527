"""Settings: where each comes from, what is said of wrong ones, and what the command `config` shows."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from corpus.store import SHIPPED
from indexer.config_file import MAX_BYTES, VARIABLE
from service import config
from service.cli import cli
from service.config import SETTINGS, ConfigError, Setting, effective, load_config


@pytest.fixture
def write(tmp_path):
    """A function that writes a settings file and returns the environment that names it."""

    def written(text):
        path = tmp_path / "procsearch.toml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return {VARIABLE: str(path)}

    return written


def test_options_win_over_variables_over_the_file_over_defaults(write):
    environment = write("host = '::'\n\nport = 9000\nworkers = 2\n")
    environment |= {"PROCSEARCH_PORT": "9001", "PROCSEARCH_WORKERS": "3"}
    found = {each.setting.name: each for each in effective(environment, workers=4, data=None)}
    file = environment[VARIABLE]
    assert (found["host"].value, found["host"].source) == ("::", f"{file}:1")
    assert (found["port"].value, found["port"].source) == (9001, "PROCSEARCH_PORT")
    assert (found["workers"].value, found["workers"].source) == (4, "option")
    assert (found["threads"].value, found["threads"].source) == (4, "default")
    assert load_config(environment).host == "::"


def test_texts_numbers_truth_values_and_lists_are_understood(write):
    environment = write(
        'data = "/srv/x"\nmetrics = false\nport = 9_000\n'
        'cors_origins = ["https://a.example", "https://b.example"]\nrate_limit = ["10/second", "100/hour"]\n'
        '"trusted_proxies" = ["127.0.0.1", "fd00::/8"]\n'
    )
    found = load_config(environment)
    assert (found.data, found.metrics, found.port) == (Path("/srv/x"), "off", 9000)
    assert found.cors_origins == ("https://a.example", "https://b.example")
    assert found.rate_limit == ("10/second", "100/hour")
    assert [str(each) for each in found.trusted_proxies] == ["127.0.0.1/32", "fd00::/8"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("port = 70000\n", r":1: port: expected a number from 1 to 65535; got '70000'"),
        ("\n\nport = -1\n", r":3: port: expected a number from 1 to 65535; got '-1'"),
        ("# prot\nprot = 1\n", r":2: expected the name of a setting; got prot\. Was port meant\?"),
        ("zzz = 1\n", r"expected the name of a setting; got zzz\. docs/operations.md"),
        ("log = true\n", r":1: log: expected one of json, text, off; got 'on'"),
        ("port = 1.5\n", r":1: port: expected a text, a whole number.*got float 1\.5"),
        ("[port]\nx = 1\n", r":1: port: expected a text, a whole number.*got a table"),
        ("port.x = 1\n", r":1: port: expected a text, a whole number.*got a table"),
        ("workers = [1]\n", r":1: workers: expected a text, a whole number.*got list"),
        ("port = \n", r"expected TOML in UTF-8; got Invalid value \(at line 1"),
        (b"host = '\xff'\n", r"expected TOML in UTF-8"),
        ("x = " + "[" * 100_000, r"expected TOML in UTF-8"),
        (" " * (MAX_BYTES + 1), r"expected at most \d+ bytes"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_its_line(write, text, said):
    environment = write(text)
    with pytest.raises(ConfigError, match=said) as raised:
        load_config(environment)
    assert environment[VARIABLE] in str(raised.value)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.toml: expected a settings file; got No such file"):
        load_config({VARIABLE: str(tmp_path / "none.toml")})


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("PROCSEARCH_RATE_LIMIT", "10"),
        ("PROCSEARCH_RATE_LIMIT", "0/second"),
        ("PROCSEARCH_RATE_LIMIT", "10/fortnight"),
        ("PROCSEARCH_TRUSTED_PROXIES", "nginx"),
        ("PROCSEARCH_TRUSTED_PROXIES", "10.0.0.1/8"),
        ("PROCSEARCH_WAIT_LIMIT_MS", "-1"),
        ("PROCSEARCH_DRAIN_SECONDS", "soon"),
        ("PROCSEARCH_MAX_HEADER_BYTES", "100"),
    ],
)
def test_a_variable_that_is_wrong_is_refused_by_name(variable, text):
    with pytest.raises(ConfigError, match=f"^{variable}: expected .*; got '{text}'"):
        load_config({variable: text})


@given(st.text(max_size=40))
def test_no_text_of_a_setting_is_more_than_refused(text):
    for setting in SETTINGS:
        try:
            load_config({setting.variable: text})
        except ConfigError as error:
            assert setting.variable in str(error)


def test_the_command_shows_values_and_sources(write):
    environment = write('host = "::1"\nrate_limit = "10/second"\n') | {"PROCSEARCH_PORT": "9001"}
    done = CliRunner().invoke(cli, ["config", "--json"], env=environment)
    rows = {row["setting"]: row for row in json.loads(done.stdout)}
    assert rows["host"] == {
        "setting": "host",
        "variable": "PROCSEARCH_HOST",
        "value": "::1",
        "source": f"{environment[VARIABLE]}:1",
    }
    assert (rows["port"]["source"], rows["rate_limit"]["value"]) == ("PROCSEARCH_PORT", ["10/second"])
    assert set(rows) == {setting.name for setting in SETTINGS}
    shown = CliRunner().invoke(cli, ["config"], env=environment).stdout
    assert "PROCSEARCH_PORT" in shown


def test_the_command_names_what_is_wrong(write, monkeypatch):
    environment = write("port = x\n")
    monkeypatch.delenv(VARIABLE, raising=False)
    done = CliRunner().invoke(cli, ["config", "--config", environment[VARIABLE]])
    os.environ.pop(VARIABLE, None)
    assert done.exit_code == 1
    assert "expected TOML" in done.stderr


def test_a_secret_is_never_shown(monkeypatch, capsys):
    def whole(text):
        raise ValueError("a key of 64 digits")

    table = (Setting("log", "PROCSEARCH_SECRET", "", str, "A secret.", secret=True),)
    monkeypatch.setattr(config, "SETTINGS", table)
    done = CliRunner().invoke(cli, ["config", "--json"], env={"PROCSEARCH_SECRET": "hunter2", VARIABLE: ""})
    assert ("hunter2" in done.output, json.loads(done.stdout)[0]["value"]) == (False, "********")
    monkeypatch.setattr(config, "SETTINGS", (Setting("log", "PROCSEARCH_SECRET", "", whole, "It.", secret=True),))
    with pytest.raises(ConfigError) as raised:
        load_config({"PROCSEARCH_SECRET": "hunter2"})
    assert "hunter2" not in str(raised.value)


def test_commands_take_the_data_folder_of_the_file(write, documents_data):
    environment = write(f"data = '{documents_data}'\n") | {"PROCSEARCH_DATA": ""}
    done = CliRunner().invoke(cli, ["snapshots", "--json"], env=environment)
    assert json.loads(done.stdout)[0]["published"] is True


@pytest.mark.parametrize(
    ("named", "counts"), [('corpus = ["{own}"]\nshipped = false', 1), ('corpus = "{own}:{own}"\nshipped = "off"', 1)]
)
def test_builds_take_the_corpus_of_the_file(named, counts, write, tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    shutil.copy(next(SHIPPED.rglob("H0015*.txt")), own)
    environment = write(f"data = '{tmp_path / 'data'}'\n" + named.replace("{own}", str(own)))
    done = CliRunner().invoke(cli, ["build", "--json"], env=environment)
    assert json.loads(done.stdout)["counts"]["records"] == counts, done.output


def test_a_build_refuses_a_wrong_word_of_the_file(write, tmp_path):
    environment = write(f"data = '{tmp_path / 'data'}'\nshipped = 'perhaps'")
    done = CliRunner().invoke(cli, ["build"], env=environment)
    assert done.exit_code != 0
    assert "procsearch.toml:2: shipped: expected on or off; got 'perhaps'" in done.output
