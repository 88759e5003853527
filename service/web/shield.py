"""What every answer tells browsers to allow: no foreign script, frame, guess of a type, referrer or device.

It is a WSGI layer, because that costs a tenth of adding headers to an object of the framework, and sees every answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from service.web.trace import StartResponse

#: No script or style that stands in a page itself, nothing from elsewhere, and in nobody's frame.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: Devices and powers of a browser that no page here needs; the clipboard is not among them.
_POWERS = "camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), serial=(), usb=()"
HEADERS = (
    ("Content-Security-Policy", _POLICY),
    ("X-Content-Type-Options", "nosniff"),
    # A query about health is nobody else's business: no other site may learn it from a referrer.
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", _POWERS),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    # Sites that may call the API do so with CORS, which this leaves alone.
    ("Cross-Origin-Resource-Policy", "same-origin"),
)


class Shield:
    """The WSGI application ``inner`` with `HEADERS` on every answer."""

    def __init__(self, inner: Callable[..., Iterable[bytes]]) -> None:
        self._inner = inner

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            headers.extend(HEADERS)
            return start_response(status, headers, *rest)

        return self._inner(environ, start)
