"""The package list names every package on disk, and a wheel holds nothing but `procsearch/`."""

from __future__ import annotations

import configparser
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.side_by_side import SERVING, halves

ROOT = Path(__file__).resolve().parents[1]


def _setup():
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg")
    return parser


def test_the_package_list_is_complete():
    listed = set(_setup()["options"]["packages"].split())
    found = {
        "procsearch." + path.parent.relative_to(ROOT).as_posix().replace("/", ".")
        for package in ("corpus", "indexer", "service")
        for path in (ROOT / package).rglob("__init__.py")
    }
    assert listed == found


def test_every_requirement_has_a_lower_and_an_upper_bound():
    options = _setup()
    lines = options["options"]["install_requires"].split() + options["options.extras_require"]["dev"].split()
    assert all(">=" in line and ",<" in line for line in lines)


@pytest.mark.slow
def test_a_wheel_works_outside_the_checkout(tmp_path):
    """Build the wheel, unpack it as pip would, and search with it from another folder."""
    # Building writes beside the sources, so it gets a copy of them.
    copy = tmp_path / "copy"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "var", "build", "tests", "*.egg-info"))
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), str(copy)]
    subprocess.run([*pip, "--disable-pip-version-check"], check=True, capture_output=True, timeout=300)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {"procsearch", f"procsearch-{_version()}.dist-info"}
    for wanted in ("service/templates/base.html", "service/static/style.css", "corpus/FORMAT.md"):
        assert f"procsearch/{wanted}" in names
    documents = {path.relative_to(ROOT).as_posix() for path in (ROOT / "corpus/documents").rglob("*.*")}
    assert {f"procsearch/{path}" for path in documents} <= set(names)
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    code = f"import sys; sys.path.insert(0, {str(site)!r}); from procsearch.service.launcher import main; main()"
    for arguments in (["build", "--jobs", "2"], ["search", "IOP"]):
        run = [sys.executable, "-P", "-c", code, *arguments, "--data", str(tmp_path / "data")]
        done = subprocess.run(run, cwd=tmp_path, check=True, capture_output=True, text=True, timeout=120)
    assert "H0015" in done.stdout
    assert str(copy) not in done.stdout
    # The client is imported under its name in the wheel, without the launcher that makes ours importable.
    code = (
        "from procsearch.service.client import Client, NotFound; Client().close(); print(NotFound.__mro__[2].__name__)"
    )
    run = [sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, {str(site)!r}); {code}"]
    assert subprocess.run(run, cwd=tmp_path, check=True, capture_output=True, text=True).stdout == "ClientError\n"


def _version():
    return _setup()["metadata"]["version"]


def test_both_halves_together_are_all_tests():
    computing, serving = halves()
    held = [path for name in (*computing, *serving) for path in _test_files(ROOT / name)]
    assert sorted(held) == sorted(_test_files(ROOT / "tests"))
    assert len(serving) == len(SERVING)


def _test_files(place):
    return [place] if place.is_file() else list(place.rglob("test_*.py"))
