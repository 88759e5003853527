"""Imports go one way: service -> indexer -> corpus; and some modules may not know some libraries."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CLIENT = ROOT / "service/client"
STANDARD_ONLY = ["corpus/errors.py", "indexer/errors.py", "service/search/errors.py"]
MAY_IMPORT_WHOOSH = {f"indexer/targets/{name}.py" for name in ("whoosh", "segment", "blocks", "pickles")}
FORBIDDEN = {
    "corpus": {"indexer", "service", "flask", "whoosh", "numpy", "marshmallow"},
    "indexer": {"service", "flask", "marshmallow"},
    "service/search": {"flask", "marshmallow", "werkzeug", "whoosh", "service.web", "service.app", "service.cli"},
    "service/admin": {"flask", "marshmallow", "werkzeug", "whoosh", "service.web", "service.app", "service.cli"},
    "service/web": {"whoosh", "indexer.build", "indexer.targets"},
}


def _modules():
    for package in ("corpus", "indexer", "service"):
        yield from sorted((ROOT / package).rglob("*.py"))


def _imports(path):
    """Every module that a file imports, at its top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            # The client is imported by other programs, under the name that it has in a wheel.
            assert node.level == 0 or path.is_relative_to(CLIENT), f"{path}: relative import"
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _is_below(name, module):
    return name == module or name.startswith(f"{module}.")


@pytest.mark.parametrize("path", list(_modules()), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_go_down_only(path):
    place = path.relative_to(ROOT).as_posix()
    found = list(_imports(path))
    for folder, forbidden in FORBIDDEN.items():
        if place.startswith(f"{folder}/"):
            assert not [name for name in found for module in forbidden if _is_below(name, module)]
    if place not in MAY_IMPORT_WHOOSH:
        assert not [name for name in found if _is_below(name, "whoosh")]


@pytest.mark.parametrize("place", STANDARD_ONLY)
def test_error_modules_import_nothing_of_ours(place):
    allowed = {"__future__", "collections", "dataclasses", "typing"}
    assert {name.partition(".")[0] for name in _imports(ROOT / place)} <= allowed


@pytest.mark.parametrize("path", sorted(CLIENT.glob("*.py")), ids=lambda path: path.name)
def test_the_client_imports_nothing_but_itself_and_the_standard_library(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            assert {alias.name.partition(".")[0] for alias in node.names} <= sys.stdlib_module_names
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 1 or str(node.module).partition(".")[0] in sys.stdlib_module_names


def test_functions_are_short_and_files_not_long():
    lengths, longest = [], 0
    for path in _modules():
        text = path.read_text()
        longest = max(longest, text.count("\n"))
        functions = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef))
        lengths += [(node.end_lineno or 0) - node.lineno + 1 for node in functions]
    assert sorted(lengths)[len(lengths) // 2] < 10
    assert longest <= 400
