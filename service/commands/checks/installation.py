"""Checks of what is installed: Python, packages, the compiled kernel."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from importlib import metadata, util
from itertools import zip_longest

from service.commands.checks.finding import Finding, Setup, ok, problem, warning
from service.search.engines import native

_LOWEST_PYTHON = (3, 11)
_REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9._-]+)\s*(?P<bounds>[<>=!~0-9.,\s]*)$")
_BOUND = re.compile(r"(>=|<=|==|<|>)\s*([0-9.]+)")
_REINSTALL = "Install it with its requirements: pip install --upgrade procsearch (in a checkout: make setup)."


def python(_setup: Setup) -> Iterator[Finding]:
    """Is Python new enough?"""
    found = sys.version.split()[0]
    if sys.version_info < _LOWEST_PYTHON:
        yield problem(
            "python", f"Python {found}; 3.11 or newer is needed", "Install a newer Python and procsearch in it."
        )
    else:
        yield ok("python", f"Python {found}")


def packages(_setup: Setup) -> Iterator[Finding]:
    """Is every package that procsearch needs there, in a version that it was tested with?"""
    try:
        required = metadata.requires("procsearch") or []
    except metadata.PackageNotFoundError:
        yield warning("packages", "procsearch runs without being installed; what it needs is not known", _REINSTALL)
        return
    wanted = [match for each in required if "extra ==" not in each and (match := _REQUIREMENT.match(each))]
    wrong = [text for match in wanted if (text := _unmet(match["name"], match["bounds"]))]
    for text in wrong:
        yield problem("packages", text, _REINSTALL)
    if not wrong:
        yield ok("packages", f"all {len(wanted)} in versions that fit")


def _unmet(name: str, bounds: str) -> str | None:
    """Return what is wrong with a required package, or None."""
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        return f"{name}{bounds} is needed; it is not installed"
    if all(_fits(version, *bound) for bound in _BOUND.findall(bounds)):
        return None
    return f"{name}{bounds} is needed; {version} is installed"


def _fits(version: str, relation: str, bound: str) -> bool:
    pairs = list(zip_longest(_numbers(version), _numbers(bound), fillvalue=0))
    order = next((one - other for one, other in pairs if one != other), 0)
    return {">=": order >= 0, "<=": order <= 0, "==": order == 0, "<": order < 0, ">": order > 0}[relation]


def _numbers(version: str) -> list[int]:
    """The release of a version: what comes before any letter (PEP 440)."""
    release = re.match(r"[0-9.]*", version)
    return [int(part) for part in release[0].split(".") if part] if release else []


def kernel(_setup: Setup) -> Iterator[Finding]:
    """Is the ranking kernel compiled, or can it be?"""
    if native.is_compiled():
        yield ok("kernel", "compiled for this processor")
    elif util.find_spec("numba") is None:
        yield problem(
            "kernel", "not compiled, and numba is not installed: searches are several times slower", _REINSTALL
        )
    else:
        yield warning(
            "kernel",
            "not compiled yet for this processor and version",
            "The next 'procsearch serve' or 'procsearch search' compiles it, once, in some seconds.",
        )
    if not any(shutil.which(name) for name in ("cc", "ld")):
        yield warning(
            "linker",
            "neither cc nor ld is on the path: each worker needs 30 to 50 MB more",
            "Install a linker (Debian: apt install binutils) before the kernel is compiled.",
        )
