"""All settings in one table. They are read once, at start; a wrong value stops the start and names itself.

A value comes from an option of the command line, else from the environment, else from the settings file, else it is the
default.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any, NamedTuple

from indexer import config_file
from indexer.config_file import Entry
from indexer.errors import ConfigError
from service.setting_values import alias, folders, hosts, networks, one_of, origins, rates, replicas, whole

__all__ = ["SETTINGS", "Config", "ConfigError", "Effective", "Setting", "effective", "load_config"]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its name in `Config` and the settings file, environment variable, default, reader of its text, help.

    The value of a ``secret`` is never shown. ``separator`` stands between the parts of one that is a list.
    """

    name: str
    variable: str
    default: Any
    read: Callable[[str], Any]
    help: str
    secret: bool = False
    separator: str = ","


class Effective(NamedTuple):
    """A setting, its value, and where that comes from: ``option``, ``default``, a variable, or ``file:line``."""

    setting: Setting
    value: Any
    source: str


SETTINGS: tuple[Setting, ...] = (
    Setting("data", "PROCSEARCH_DATA", Path("var"), Path, "Folder of imports and snapshots."),
    Setting(
        "corpus",
        "PROCSEARCH_CORPUS",
        (),
        folders,
        "Folders of your own documents for builds, separated by colons; a later one wins.",
        separator=os.pathsep,
    ),
    Setting(
        "shipped", "PROCSEARCH_SHIPPED", "on", one_of("on", "off"), "Whether builds index the shipped documents too."
    ),
    Setting("host", "PROCSEARCH_HOST", "127.0.0.1", str, "Address that the server listens on."),
    Setting("port", "PROCSEARCH_PORT", 8000, whole(1, 65_535), "Port that the server listens on."),
    Setting("workers", "PROCSEARCH_WORKERS", 1, whole(1, 64), "Server processes; one a core is plenty."),
    Setting(
        "threads",
        "PROCSEARCH_THREADS",
        4,
        whole(2, 256),
        "Threads of each process; more of them wait for more slow clients, and take turns less quickly.",
    ),
    Setting(
        "max_body_bytes",
        "PROCSEARCH_MAX_BODY_BYTES",
        64 * 1024,
        whole(1024, 64 * 1024 * 1024),
        "Longest request body that is read.",
    ),
    Setting(
        "max_header_bytes",
        "PROCSEARCH_MAX_HEADER_BYTES",
        128 * 1024,
        whole(8192, 16 * 1024 * 1024),
        "Longest address and headers of a request, together.",
    ),
    Setting(
        "header_seconds",
        "PROCSEARCH_HEADER_SECONDS",
        30,
        whole(1, 600),
        "Seconds in which address and headers of a request must have come; a connection may be idle so long.",
    ),
    Setting(
        "wait_limit_ms",
        "PROCSEARCH_WAIT_LIMIT_MS",
        200,
        whole(0, 60_000),
        "Milliseconds that requests may wait for their turn; beyond, a growing share of them is refused; 0: never.",
    ),
    Setting(
        "rate_limit",
        "PROCSEARCH_RATE_LIMIT",
        (),
        rates,
        "How much one client may ask, as 100/second;3000/minute; beyond, it is told to wait.",
        separator=";",
    ),
    Setting(
        "trusted_proxies",
        "PROCSEARCH_TRUSTED_PROXIES",
        (),
        networks,
        "Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed, as 127.0.0.1 or 10.0.0.0/8.",
    ),
    Setting(
        "drain_seconds",
        "PROCSEARCH_DRAIN_SECONDS",
        0,
        whole(0, 600),
        "Seconds after SIGTERM in which all is answered but /readyz, which says 503, so that balancers go elsewhere.",
    ),
    Setting(
        "stop_seconds",
        "PROCSEARCH_STOP_SECONDS",
        10,
        whole(1, 600),
        "Seconds after which a server process is killed that has not ended the requests it had.",
    ),
    Setting(
        "bulk_bytes",
        "PROCSEARCH_BULK_BYTES",
        64 * 1024 * 1024,
        whole(1024, 16 * 1024 * 1024 * 1024),
        "Longest body of a bulk request, which is kept on the disk while it is worked on.",
    ),
    Setting(
        "answer_bytes",
        "PROCSEARCH_ANSWER_BYTES",
        8 * 1024 * 1024,
        whole(0, 1024 * 1024 * 1024),
        "Answers that each process keeps for who asks the same again, in bytes; 0 keeps none.",
    ),
    Setting(
        "time_limit_ms",
        "PROCSEARCH_TIME_LIMIT_MS",
        1_000,
        whole(1, 600_000),
        "Milliseconds after which a search stops and answers with what it has found.",
    ),
    Setting(
        "batch_time_limit_ms",
        "PROCSEARCH_BATCH_TIME_LIMIT_MS",
        10_000,
        whole(1, 600_000),
        "Milliseconds after which the rest of a batch is left unanswered.",
    ),
    Setting("cors_origins", "PROCSEARCH_CORS_ORIGINS", (), origins, "Sites whose pages may call the API; *: all."),
    Setting(
        "analytics",
        "PROCSEARCH_ANALYTICS",
        "off",
        one_of("on", "off"),
        "Whether queries are counted, without who asked them.",
    ),
    Setting(
        "analytics_threshold",
        "PROCSEARCH_ANALYTICS_THRESHOLD",
        5,
        whole(2, 64),
        "Clients that must ask a query within a week before its text is kept.",
    ),
    Setting(
        "analytics_days",
        "PROCSEARCH_ANALYTICS_DAYS",
        90,
        whole(1, 3650),
        "Days after which the counts of a week are forgotten.",
    ),
    Setting("metrics", "PROCSEARCH_METRICS", "on", one_of("on", "off"), "Whether /metrics is counted and shown."),
    Setting("log", "PROCSEARCH_LOG", "json", one_of("json", "text", "off"), "Form of the log; off: no requests."),
    Setting(
        "engine",
        "PROCSEARCH_ENGINE",
        "embedded",
        one_of("embedded", "opensearch"),
        "What searches: the index of this machine, or an OpenSearch cluster.",
    ),
    Setting(
        "opensearch_hosts",
        "PROCSEARCH_OPENSEARCH_HOSTS",
        ("http://127.0.0.1:9200",),
        hosts,
        "Nodes of the cluster, separated by commas; one that does not answer is left for another.",
    ),
    Setting(
        "opensearch_alias",
        "PROCSEARCH_OPENSEARCH_ALIAS",
        "procsearch",
        alias,
        "Alias of the index that is searched; indexes are named after it.",
    ),
    Setting("opensearch_user", "PROCSEARCH_OPENSEARCH_USER", None, str, "User of the cluster."),
    Setting("opensearch_password", "PROCSEARCH_OPENSEARCH_PASSWORD", None, str, "Password of that user.", secret=True),
    Setting(
        "opensearch_password_file",
        "PROCSEARCH_OPENSEARCH_PASSWORD_FILE",
        None,
        Path,
        "File whose first line is the password, in place of the setting above.",
    ),
    Setting(
        "opensearch_ca",
        "PROCSEARCH_OPENSEARCH_CA",
        None,
        Path,
        "File of certificates (PEM) that the cluster's are signed by; else those that the system trusts.",
    ),
    Setting(
        "opensearch_timeout_ms",
        "PROCSEARCH_OPENSEARCH_TIMEOUT_MS",
        5_000,
        whole(10, 600_000),
        "Milliseconds that one node may take to answer.",
    ),
    Setting(
        "opensearch_shards",
        "PROCSEARCH_OPENSEARCH_SHARDS",
        1,
        whole(1, 1024),
        "Parts of each new index; one for each 5 million records is plenty.",
    ),
    Setting(
        "opensearch_replicas",
        "PROCSEARCH_OPENSEARCH_REPLICAS",
        "0-1",
        replicas,
        "Copies of each part, fewest and most; 0-1: one as soon as there is a second node.",
    ),
)


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one process; `SETTINGS` says what each means."""

    data: Path
    corpus: tuple[Path, ...]
    shipped: str
    host: str
    port: int
    workers: int
    threads: int
    max_body_bytes: int
    max_header_bytes: int
    header_seconds: int
    wait_limit_ms: int
    rate_limit: tuple[str, ...]
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...]
    drain_seconds: int
    stop_seconds: int
    bulk_bytes: int
    answer_bytes: int
    time_limit_ms: int
    batch_time_limit_ms: int
    cors_origins: tuple[str, ...]
    analytics: str
    analytics_threshold: int
    analytics_days: int
    metrics: str
    log: str
    engine: str
    opensearch_hosts: tuple[str, ...]
    opensearch_alias: str
    opensearch_user: str | None
    opensearch_password: str | None = field(repr=False)
    opensearch_password_file: Path | None
    opensearch_ca: Path | None
    opensearch_timeout_ms: int
    opensearch_shards: int
    opensearch_replicas: str


def load_config(environment: Mapping[str, str], **given: Any) -> Config:
    """Return the settings: ``given`` values that are not None win over ``environment``, that over the settings file,
    that over the defaults.

    ConfigError where a value cannot be read; it names variable or line, what was expected and what came.
    """
    return Config(**{each.setting.name: each.value for each in effective(environment, **given)})


def effective(environment: Mapping[str, str], **given: Any) -> list[Effective]:
    """Return every setting with its value and source; ConfigError as for `load_config`."""
    unknown = given.keys() - {each.name for each in fields(Config)}
    if unknown:
        raise ConfigError(f"expected settings of the table in service/config.py; got {sorted(unknown)}.")
    path = environment.get(config_file.VARIABLE)
    written = config_file.read_config(Path(path)) if path else {}
    _refuse_unknown(written)
    return list(_layers(environment, written, given))


def _layers(
    environment: Mapping[str, str], written: Mapping[str, Entry], given: Mapping[str, Any]
) -> Iterator[Effective]:
    for setting in SETTINGS:
        text = environment.get(setting.variable)
        if given.get(setting.name) is not None:
            yield Effective(setting, given[setting.name], "option")
        elif text:
            yield Effective(setting, _value(setting, text, setting.variable), setting.variable)
        elif setting.name in written and any(written[setting.name].texts):
            texts, where = written[setting.name]
            yield Effective(setting, _value(setting, setting.separator.join(texts), f"{where}: {setting.name}"), where)
        else:
            yield Effective(setting, setting.default, "default")


def _refuse_unknown(written: Mapping[str, Entry]) -> None:
    known = [setting.name for setting in SETTINGS]
    for name, entry in written.items():
        if name not in known:
            alike = difflib.get_close_matches(name, known, 1)
            meant = f"Was {alike[0]} meant?" if alike else "docs/operations.md has all settings."
            raise ConfigError(f"{entry.where}: expected the name of a setting; got {name[:60]}. {meant}")


def _value(setting: Setting, text: str, where: str) -> Any:
    try:
        return setting.read(text)
    except ValueError as error:
        got = "another text" if setting.secret else repr(text)
        raise ConfigError(
            f"{where}: expected {error}; got {got}. {setting.help} Default: {setting.default}."
        ) from error
