"""What the text of a setting may be: each reads one, and raises ValueError with what is expected of another."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path


def whole(low: int, high: int) -> Callable[[str], int]:
    """Return a reader of whole numbers in a range."""

    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not low <= int(text[:12]) <= high:
            raise ValueError(f"a number from {low} to {high}")
        return int(text)

    return read


def one_of(*choices: str) -> Callable[[str], str]:
    """Return a reader of one of some words."""

    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(f"one of {', '.join(choices)}")
        return text

    return read


def folders(text: str) -> tuple[Path, ...]:
    """Read folders, separated as in PATH."""
    return tuple(Path(each) for each in text.split(os.pathsep) if each)


def origins(text: str) -> tuple[str, ...]:
    """Read origins of web pages."""
    origins = tuple(each.strip().lower() for each in text.split(","))
    if not all(each == "*" or _ORIGIN.fullmatch(each) for each in origins):
        raise ValueError("*, or origins like https://ehr.example:8443 separated by commas")
    return origins


def networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Read addresses or networks."""
    try:
        return tuple(ip_network(each.strip()) for each in text.split(","))
    except ValueError as error:
        raise ValueError("addresses or networks like 127.0.0.1 or 10.0.0.0/8, separated by commas") from error


def rates(text: str) -> tuple[str, ...]:
    """Read rates of requests."""
    rates = tuple(" ".join(each.split()) for each in text.replace(",", ";").split(";"))
    if not all(_RATE.fullmatch(each) for each in rates):
        raise ValueError("rates like 100/second or 3000/minute, separated by semicolons")
    return rates


_RATE = re.compile(r"[1-9][0-9]{0,8}/(second|minute|hour|day)")
#: As a browser tells it: scheme, host and perhaps port, and nothing behind.
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/?#@,]+")


def hosts(text: str) -> tuple[str, ...]:
    """Read the addresses of nodes."""
    hosts = tuple(each.strip().rstrip("/") for each in text.split(","))
    if not all(_HOST.fullmatch(each) for each in hosts) or len({each.partition(":")[0] for each in hosts}) > 1:
        raise ValueError("addresses like https://node1:9200 separated by commas, all http or all https, no password")
    return hosts


_HOST = re.compile(r"https?://[^\s/?#@,]+(/[^\s?#@,]*)?")


def alias(text: str) -> str:
    """Read the name of an alias."""
    if not _ALIAS.fullmatch(text):
        raise ValueError("a name of small letters, digits, - and _, with a letter first, of 40 characters at most")
    return text


_ALIAS = re.compile(r"[a-z][a-z0-9_-]{0,39}")


def replicas(text: str) -> str:
    """Read how many copies there are."""
    if not re.fullmatch(r"\d{1,2}-(\d{1,2}|all)", text):
        raise ValueError("the fewest and the most copies, as 0-1, 1-2 or 0-all")
    return text
