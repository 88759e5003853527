"""The settings file: TOML with one ``name = value`` a line, as text and with the line where each stands.

What the names mean is known to the service; the commands that write need only ``data``, ``corpus`` and ``shipped``.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from indexer.errors import ConfigError

#: The environment variable that names the file.
VARIABLE = "PROCSEARCH_CONFIG"
MAX_BYTES = 1 << 20


class Entry(NamedTuple):
    """The value of one name, as texts, of which only a list has another number than one, and its ``file:line``."""

    texts: list[str]
    where: str


def read_config(path: Path) -> dict[str, Entry]:
    """Return the entries of a settings file by name; ConfigError where it cannot be read or is no such file."""
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise ConfigError(f"{path}: expected at most {MAX_BYTES} bytes of settings; got more. Name another file.")
        text = data.decode()
        values = tomllib.loads(text)
    except OSError as error:
        raise ConfigError(
            f"{path}: expected a settings file; got {error.strerror}. Correct --config or {VARIABLE}."
        ) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"{path}: expected TOML in UTF-8; got {error}. {_FORM}") from error
    return {name: _entry(path, text, name, value) for name, value in values.items()}


def data_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the data folder that the settings file of ``environment`` names, by default ``var``."""
    entry = _named("data", environment)
    return Path(entry.texts[0]) if entry and entry.texts and entry.texts[0] else Path("var")


def own_folders(environment: Mapping[str, str] = os.environ) -> list[Path]:
    """Return the folders of own documents that the settings file names, by default none."""
    entry = _named("corpus", environment)
    texts = entry.texts if entry else []
    # One text may name several, as the environment does.
    return [Path(folder) for text in texts for folder in text.split(os.pathsep) if folder]


def with_shipped(environment: Mapping[str, str] = os.environ) -> bool:
    """Return whether the settings file wants the shipped documents, by default True."""
    entry = _named("shipped", environment)
    if entry and entry.texts not in (["on"], ["off"]):
        raise ConfigError(f"{entry.where}: shipped: expected on or off; got {', '.join(entry.texts)!r}.")
    return entry is None or entry.texts == ["on"]


def _named(name: str, environment: Mapping[str, str]) -> Entry | None:
    path = environment.get(VARIABLE)
    return read_config(Path(path)).get(name) if path else None


_FORM = "Write each setting as name = value on a line of its own, texts in quotes."


def _entry(path: Path, text: str, name: str, value: Any) -> Entry:
    found = re.search(rf"""^[ \t]*\[*["']?{re.escape(name)}["']?[ \t]*[=.\]]""", text, re.MULTILINE)
    where = f"{path}:{text.count(chr(10), 0, found.start()) + 1}" if found else str(path)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return Entry(value, where)
    if isinstance(value, bool):
        return Entry(["on" if value else "off"], where)
    if isinstance(value, str | int):
        return Entry([str(value)], where)
    got = "a table" if isinstance(value, dict) else f"{type(value).__name__} {value!r}"[:80]
    raise ConfigError(
        f"{where}: {name}: expected a text, a whole number, true, false or a list of texts; got {got}. {_FORM}"
    )
