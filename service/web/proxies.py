"""Who asks, and by which scheme, where a proxy stands between: told by its headers, believed only of trusted proxies.

``X-Forwarded-For`` lists addresses, each proxy adding at the end from whom it has the request. Read from the end, those
of trusted proxies are passed over; the first other one is the client. Whatever stands before it the client may have
written itself. Of ``X-Forwarded-Proto`` the last value counts, which the nearest proxy wrote.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

from service.web.trace import StartResponse

Networks = Sequence[IPv4Network | IPv6Network]
_SCHEMES = ("http", "https")
#: No chain of proxies is longer; what stands before is not looked at.
_MOST_HOPS = 20


class Proxies:
    """The WSGI application ``inner``, told of clients what proxies in the networks ``trusted`` say of them."""

    def __init__(self, inner: Callable[..., Iterable[bytes]], trusted: Networks) -> None:
        self._inner = inner
        self._trusts = functools.lru_cache(1024)(functools.partial(_is_in, tuple(trusted)))

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        if self._trusts(environ.get("REMOTE_ADDR", "")):
            scheme = environ.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip().lower()
            if scheme in _SCHEMES:
                environ["wsgi.url_scheme"] = scheme
            environ["REMOTE_ADDR"] = self._client(environ)
        return self._inner(environ, start_response)

    def _client(self, environ: dict[str, Any]) -> str:
        """Return the nearest address that is no trusted proxy's, as far as the addresses can be read."""
        nearest: str = environ["REMOTE_ADDR"]
        hops = environ.get("HTTP_X_FORWARDED_FOR", "").rsplit(",", _MOST_HOPS)
        for hop in reversed(hops):
            address = _plain(hop)
            if address is None:
                break
            nearest = address
            if not self._trusts(address):
                break
        return nearest


def _plain(text: str) -> str | None:
    """Return an address as it is written in full, without a port; None where it is none."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ip_address(text))
    except ValueError:
        return None


def _is_in(networks: Networks, text: str) -> bool:
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return any(address in network for network in networks)
