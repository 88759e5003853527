"""Which other sites may call the API from a browser (Cross-Origin Resource Sharing, as the Fetch standard has it).

Nothing here lets a browser send cookies or passwords along: the service knows neither. Pages are not shared, only what
programs read.
"""

from __future__ import annotations

from flask import Flask, Response, request

from service.web.exports import TOTAL_HEADER
from service.web.trace import HEADER as REQUEST_ID

ANY = "*"
#: Where the addresses begin that other sites may call.
PATHS = ("/api/", "/fhir/", "/healthz", "/readyz")
#: Those that all sites may call as long as none is named: forms everywhere call the service whose place these take.
OPEN_PATHS = ("/api/hcpcs/", "/api/procedures/", "/fhir/")
_EXPOSED = ", ".join(("ETag", "Retry-After", "Content-Disposition", TOTAL_HEADER, REQUEST_ID))
_MAY_SEND = ", ".join(("Accept", "Content-Type", "If-None-Match", REQUEST_ID))
_PREFLIGHT_SECONDS = 600


def install(app: Flask, origins: tuple[str, ...]) -> None:
    """Let the sites ``origins``, or all where one of them is `ANY`, call the API of ``app``.

    Without any, no other site may call it, except for `OPEN_PATHS`.
    """
    app.after_request(_Sharing(frozenset(origins), PATHS) if origins else _Sharing(frozenset((ANY,)), OPEN_PATHS))


class _Sharing:
    """Adds to an answer what a browser must see before it hands it to another site."""

    def __init__(self, origins: frozenset[str], paths: tuple[str, ...]) -> None:
        self._origins, self._paths = origins, paths

    def __call__(self, response: Response) -> Response:
        if request.path.startswith(self._paths):
            allowed = self._allowed()
            if allowed != ANY:
                # The answer is another for another site, so no cache may give this one to it.
                response.vary.add("Origin")
            if allowed:
                _share(response, allowed)
        return response

    def _allowed(self) -> str | None:
        if ANY in self._origins:
            return ANY
        origin = request.headers.get("Origin")
        return origin if origin in self._origins else None


def _share(response: Response, origin: str) -> None:
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = origin
    if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
        headers["Access-Control-Allow-Methods"] = ", ".join(sorted(response.allow))
        headers["Access-Control-Allow-Headers"] = _MAY_SEND
        headers["Access-Control-Max-Age"] = str(_PREFLIGHT_SECONDS)
    else:
        headers["Access-Control-Expose-Headers"] = _EXPOSED
