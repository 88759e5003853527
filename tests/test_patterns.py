"""No regular expression of ours can be made to run for ever: none repeats what repeats itself, and long hostile texts
are gone through."""

from __future__ import annotations

import ast
import importlib
import json
import re
import subprocess
import sys
from re import _constants, _parser  # type: ignore[attr-defined]

import pytest

from tests.live.server import ROOT

_PACKAGES = ("corpus", "indexer", "service")
_FUNCTIONS = {"compile", "match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"}
_REPEATS = {_constants.MAX_REPEAT, _constants.MIN_REPEAT}
#: Repeating something up to so often is as good as a fixed number of times.
_FEW = 64
#: What takes time in the square of it is done at once, what takes the cube is not.
_LENGTH = 600


def _files():
    for package in _PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def _written(path):
    """Patterns that stand in calls of `re` as they are."""
    for node in ast.walk(ast.parse(path.read_text())):
        called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _FUNCTIONS
        if called and isinstance(node.func.value, ast.Name) and node.func.value.id == "re" and node.args:
            given = node.args[0]
            if isinstance(given, ast.Constant):
                yield given.value, 0


def _made(path):
    """Patterns that a module holds, however it put them together."""
    module = importlib.import_module(path.relative_to(ROOT).with_suffix("").as_posix().replace("/", "."))
    for value in list(vars(module).values()):
        held = value.values() if isinstance(value, dict) else value if isinstance(value, tuple | list) else (value,)
        yield from ((each.pattern, each.flags) for each in held if isinstance(each, re.Pattern))


def _patterns():
    found = {}
    for path in _files():
        if path.name == "__main__.py":
            continue
        for pattern, flags in (*_written(path), *_made(path)):
            found[pattern, flags & ~re.UNICODE.value] = path.relative_to(ROOT).as_posix()
    return found


def _ambiguous(parsed, inside=False):
    """Say whether something that repeats without bound repeats without bound what it is made of, and nothing else.

    ``(a+)+`` can share out a text in more ways than there are atoms; ``(a+b)+`` only in one.
    """
    for code, argument in parsed:
        if code in _REPEATS:
            _, most, body = argument
            unbounded = most is _constants.MAXREPEAT or most > _FEW
            if unbounded and inside and len(parsed) == 1:
                return True
            if _ambiguous(body, inside or unbounded):
                return True
        elif code is _constants.SUBPATTERN:
            if _ambiguous(argument[3], inside):
                return True
        elif code is _constants.BRANCH:
            if any(_ambiguous(branch, inside) for branch in argument[1]):
                return True
        elif code in (_constants.ASSERT, _constants.ASSERT_NOT) and _ambiguous(argument[1]):
            return True
    return False


def test_the_check_knows_a_bad_pattern():
    for bad in (r"(a+)+$", r"(?:a*)*b", r"((?:\w+)|x)*!", r"(a{1,}){2,}"):
        assert _ambiguous(_parser.parse(bad)), bad
    for good in (r"a+b+", r"(?:a+,)+", r"(?:ab){1,3}c*", r"[a-z]+(?:-[a-z]+)*"):
        assert not _ambiguous(_parser.parse(good)), good


@pytest.mark.parametrize("key", sorted(_patterns(), key=str), ids=lambda key: str(key[0])[:40])
def test_no_pattern_repeats_what_repeats_itself(key):
    pattern, flags = key
    assert not _ambiguous(_parser.parse(pattern, flags)), _patterns()[key]


def test_long_hostile_texts_are_gone_through():
    """In a process of its own, because nothing stops a regular expression that runs for ever."""
    given = [(pattern, flags) for pattern, flags in _patterns() if isinstance(pattern, str)]
    assert len(given) > 40
    run = [sys.executable, "-c", _TRY, str(_LENGTH)]
    done = subprocess.run(run, input=json.dumps(given), capture_output=True, text=True, timeout=600, check=True)
    assert int(done.stdout) == len(given)


_TRY = r"""
import json, re, sys
length = int(sys.argv[1])
units = [*"a1 \t-.,(:=|\n", '"', "a ", "a-", "a.", "1,", "A1", ". ", "a=", "\u00e9"]
tried = 0
for pattern, flags in json.loads(sys.stdin.read()):
    compiled = re.compile(pattern, flags & ~re.DEBUG)
    for unit in units:
        text = (unit * length)[:length]
        for hostile in (text + "\0", "x" + text + "!"):
            compiled.match(hostile)
            compiled.fullmatch(hostile)
            compiled.search(hostile)
    tried += 1
print(tried)
"""
