"""All settings in one table. They are read once, at start; a wrong value stops the start and names itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any


class ConfigError(Exception):
    """A setting has a value that cannot be used."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its name in `Config`, environment variable, default, reader of its text, and help."""

    name: str
    variable: str
    default: Any
    read: Callable[[str], Any]
    help: str


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not low <= int(text[:12]) <= high:
            raise ValueError(f"a number from {low} to {high}")
        return int(text)

    return read


def _one_of(*choices: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(f"one of {', '.join(choices)}")
        return text

    return read


def _origins(text: str) -> tuple[str, ...]:
    origins = tuple(each.strip().lower() for each in text.split(","))
    if not all(each == "*" or _ORIGIN.fullmatch(each) for each in origins):
        raise ValueError("*, or origins like https://ehr.example:8443 separated by commas")
    return origins


#: As a browser tells it: scheme, host and perhaps port, and nothing behind.
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/?#@,]+")

SETTINGS: tuple[Setting, ...] = (
    Setting("data", "PROCSEARCH_DATA", Path("var"), Path, "Folder of imports and snapshots."),
    Setting("host", "PROCSEARCH_HOST", "127.0.0.1", str, "Address that the server listens on."),
    Setting("port", "PROCSEARCH_PORT", 8000, _whole(1, 65_535), "Port that the server listens on."),
    Setting("workers", "PROCSEARCH_WORKERS", 1, _whole(1, 64), "Server processes; one a core is plenty."),
    Setting(
        "threads",
        "PROCSEARCH_THREADS",
        4,
        _whole(2, 256),
        "Threads of each process; more of them wait for more slow clients, and take turns less quickly.",
    ),
    Setting(
        "max_body_bytes",
        "PROCSEARCH_MAX_BODY_BYTES",
        64 * 1024,
        _whole(1024, 64 * 1024 * 1024),
        "Longest request body that is read.",
    ),
    Setting(
        "answer_bytes",
        "PROCSEARCH_ANSWER_BYTES",
        8 * 1024 * 1024,
        _whole(0, 1024 * 1024 * 1024),
        "Answers that each process keeps for who asks the same again, in bytes; 0 keeps none.",
    ),
    Setting(
        "time_limit_ms",
        "PROCSEARCH_TIME_LIMIT_MS",
        1_000,
        _whole(1, 600_000),
        "Milliseconds after which a search stops and answers with what it has found.",
    ),
    Setting(
        "batch_time_limit_ms",
        "PROCSEARCH_BATCH_TIME_LIMIT_MS",
        10_000,
        _whole(1, 600_000),
        "Milliseconds after which the rest of a batch is left unanswered.",
    ),
    Setting("cors_origins", "PROCSEARCH_CORS_ORIGINS", (), _origins, "Sites whose pages may call the API; *: all."),
    Setting("metrics", "PROCSEARCH_METRICS", "on", _one_of("on", "off"), "Whether /metrics is counted and shown."),
    Setting("log", "PROCSEARCH_LOG", "json", _one_of("json", "text", "off"), "Form of the log; off: no requests."),
)


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one process; `SETTINGS` says what each means."""

    data: Path
    host: str
    port: int
    workers: int
    threads: int
    max_body_bytes: int
    answer_bytes: int
    time_limit_ms: int
    batch_time_limit_ms: int
    cors_origins: tuple[str, ...]
    metrics: str
    log: str


def load_config(environment: Mapping[str, str], **given: Any) -> Config:
    """Return the settings: ``given`` values that are not None win over ``environment``, that over the defaults.

    ConfigError where a value cannot be read; it names the variable, what was expected and what came.
    """
    values = {setting.name: _value(setting, environment) for setting in SETTINGS}
    values |= {name: value for name, value in given.items() if value is not None}
    unknown = values.keys() - {field.name for field in fields(Config)}
    if unknown:
        raise ConfigError(f"expected settings of the table in service/config.py; got {sorted(unknown)}.")
    return Config(**values)


def _value(setting: Setting, environment: Mapping[str, str]) -> Any:
    text = environment.get(setting.variable)
    if text is None or text == "":
        return setting.default
    try:
        return setting.read(text)
    except ValueError as error:
        raise ConfigError(
            f"{setting.variable}: expected {error}; got {text!r}. {setting.help} Default: {setting.default}."
        ) from error
