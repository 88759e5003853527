"""How much one client may ask: the rates of the settings, counted by the library `limits` for all workers together.

A client is an address, of IPv6 a network of 64 bits: who has one address there has all. Behind a proxy it is the
address that the proxy tells, where that is trusted (`proxies`). What supervisors and Prometheus ask is not counted.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Sequence
from pathlib import Path

from flask import Flask, request
from limits import parse
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from service.web import windows

_UNCOUNTED = frozenset(("health", "metrics"))
_NET_BITS = 64


class TooFast(Exception):
    """A client asks more than ``rate`` allows, and may ask again after so many ``seconds``."""

    def __init__(self, rate: str, seconds: int) -> None:
        self.rate, self.seconds = rate, seconds
        super().__init__(rate)


class Rates:
    """Holds clients to all of some rates, as ``100/second``; clients of another ``scope`` are counted apart.

    ``shared`` is the folder of the server's processes; without it this process counts for itself.
    """

    def __init__(self, scope: str, rates: Sequence[str], shared: Path | None) -> None:
        self._scope, self._rates = scope, [parse(rate) for rate in rates]
        self._counts = FixedWindowRateLimiter(storage_from_string(windows.storage_uri(shared)))

    def spend(self, who: str) -> None:
        """Count one more request of a client; TooFast where that is more than a rate allows."""
        for rate in self._rates:
            if not self._counts.hit(rate, self._scope, who):
                ends = self._counts.get_window_stats(rate, self._scope, who).reset_time
                raise TooFast(str(rate), max(1, int(ends - time.time()) + 1))


def install(app: Flask, rates: Sequence[str], shared: Path | None) -> None:
    """Hold every client of ``app`` to ``rates``; without any nothing is counted, and nothing costs time."""
    if not rates:
        return
    counted = Rates("requests", rates, shared)

    def spend() -> None:
        if request.blueprint not in _UNCOUNTED and request.endpoint != "static":
            counted.spend(client())

    app.before_request(spend)


def client() -> str:
    """Return who sent the request that is handled: an address, or a network of IPv6."""
    address: str = request.environ.get("REMOTE_ADDR", "")
    if ":" not in address:
        return address
    try:
        found = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    network = ipaddress.IPv6Network((found, _NET_BITS), strict=False)
    return str(found.ipv4_mapped or network.network_address)
