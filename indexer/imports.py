"""Official releases that were imported: one file each below ``<data>/imports/<system>/``.

A file holds one header line and one line a code, both JSON, and ends with the SHA-256 of what stands before.
"""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path
from typing import Any

import orjson

from indexer.errors import DataError, ImportRefused
from indexer.files import names_in, write_atomically
from indexer.official import RELEASE_LABEL, OfficialCode, Release

FORMAT = 1

_TUPLES = tuple(field.name for field in dataclasses.fields(OfficialCode) if str(field.type).startswith("tuple"))


class ImportStore:
    """The imported releases of one data folder."""

    def __init__(self, data: Path) -> None:
        self._root = data / "imports"

    def labels(self, system: str = "HCPCS") -> list[str]:
        """Return the labels of all imported releases of ``system``, oldest first."""
        folder = self._root / system.lower()
        stems = [name.removesuffix(".jsonl") for name in listed(folder, ".jsonl")]
        return sorted(stem for stem in stems if RELEASE_LABEL.fullmatch(stem))

    def refuse_other(self, release: Release, *, replace: bool = False) -> None:
        """Raise ImportRefused where other content was imported under the label of ``release``, unless ``replace``."""
        if replace or not self._path(release.system, release.label).exists():
            return
        present = self.load(release.system, release.label)
        if present.codes != release.codes:
            raise _other_content(release, present)

    def save(self, release: Release, *, replace: bool = False) -> bool:
        """Store ``release``; return False where exactly these codes are stored already.

        ImportRefused where other content was imported under the same label and ``replace`` is not set.
        """
        self.refuse_other(release, replace=replace)
        path = self._path(release.system, release.label)
        if path.exists() and self._holds(release):
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, _dump(release))
        return True

    def _holds(self, release: Release) -> bool:
        try:
            return self.load(release.system, release.label).codes == release.codes
        except DataError:
            return False

    def load(self, system: str, label: str) -> Release:
        """Read one release back; DataError where its file is damaged."""
        path = self._path(system, label)
        try:
            return _parse(path.read_bytes())
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DataError(
                f"{path}: expected an imported release; got {error}. Remove the file and import the release again."
            ) from error

    def load_all(self, system: str = "HCPCS") -> list[Release]:
        """Read every release of ``system``, oldest first."""
        return [self.load(system, label) for label in self.labels(system)]

    def _path(self, system: str, label: str) -> Path:
        return self._root / system.lower() / f"{label}.jsonl"


def listed(folder: Path, ending: str) -> list[str]:
    """Return the names in a folder of imports that end so; DataError where it cannot be listed."""
    try:
        return names_in(folder, ending)
    except OSError as error:
        raise DataError(
            f"{folder}: expected a folder that can be read; got {error.strerror}. Correct its rights, or move it away."
        ) from error


def _other_content(release: Release, present: Release) -> ImportRefused:
    return ImportRefused(
        release.source,
        0,
        f"release {release.label} as imported from {present.source}",
        f"{_differences(release, present)} codes that differ",
        "Pass --replace if this file is the right one, or --release LABEL if it is another release.",
    )


def _differences(release: Release, present: Release) -> int:
    one, two = ({each.code: each for each in side.codes} for side in (release, present))
    return sum(one.get(code) != two.get(code) for code in one.keys() | two.keys())


def _dump(release: Release) -> bytes:
    header = {
        "format": FORMAT,
        "system": release.system,
        "label": release.label,
        "source": release.source,
        "sha256": release.sha256,
        "count": len(release.codes),
    }
    lines = [orjson.dumps(header), *map(_dump_code, release.codes)]
    body = b"\n".join(lines) + b"\n"
    return body + hashlib.sha256(body).hexdigest().encode() + b"\n"


def _dump_code(code: OfficialCode) -> bytes:
    return orjson.dumps(
        {name: value for name in OfficialCode.__slots__ if (value := getattr(code, name)) not in (None, ())}
    )


def _parse(data: bytes) -> Release:
    body, _, digest = data.removesuffix(b"\n").rpartition(b"\n")
    if hashlib.sha256(body + b"\n").hexdigest().encode() != digest:
        raise ValueError("content that does not match its checksum")
    lines = body.split(b"\n")
    header = orjson.loads(lines[0])
    if header["format"] != FORMAT:
        raise ValueError(f"format {header['format']} instead of {FORMAT}")
    codes = tuple(map(_parse_code, lines[1:]))
    if len(codes) != header["count"]:
        raise ValueError(f"{len(codes)} codes instead of {header['count']}")
    return Release(header["system"], header["label"], header["source"], header["sha256"], codes)


def _parse_code(line: bytes) -> OfficialCode:
    values: dict[str, Any] = orjson.loads(line)
    for name in _TUPLES:
        if name in values:
            values[name] = tuple(values[name])
    return OfficialCode(**values)
