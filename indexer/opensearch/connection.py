"""The one way to a cluster: hosts, credentials, certificates, retries, and its errors in our words.

Requests go to one host after another; one that does not answer is left alone for a while. A request is tried on at
most `TRIES` hosts.
"""

from __future__ import annotations

import base64
import ssl
import threading
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import orjson

from indexer.errors import ClusterError, ClusterUnreachable

TRIES = 3
#: How long a host that failed is left alone at first, and at most, in seconds.
_DEAD_SECONDS, _LONGEST_DEAD = 1, 30
_OVERLOADED = (429, 502, 503, 504)


@dataclass(frozen=True, slots=True)
class Access:
    """Where a cluster is, and how to be let in; a password is never shown."""

    hosts: tuple[str, ...]
    alias: str = "procsearch"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca: Path | None = None
    timeout_seconds: float = 5.0


def _library() -> ModuleType:
    try:
        import opensearchpy
    except ImportError as error:
        raise ClusterError(
            "expected the library opensearch-py; got none. Install it with: pip install 'procsearch[opensearch]'."
        ) from error
    return opensearchpy


class Cluster:
    """A connection to a cluster; safe for many threads."""

    def __init__(self, access: Access) -> None:
        library = _library()
        self.access = access
        self._errors = library.exceptions
        self._transport = library.OpenSearch(**_options(access, library)).transport
        self._lock = threading.Lock()
        #: How many requests failed, those that another host answered included.
        self.failures = 0

    @property
    def alias(self) -> str:
        """The alias of the index that is searched."""
        return self.access.alias

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        timeout: float | None = None,
        missing: bool = False,
        within: str | None = None,
        **params: Any,
    ) -> Any:
        """Return the answer to one request as plain values.

        ``timeout`` is for each host, in seconds; ``within`` is the cluster's own, as ``30s``, sent as it is.
        With ``missing`` None is returned where what is asked for is not there. ClusterUnreachable where no host gives
        an answer, or only that it is overloaded; ClusterError for any other refusal.
        """
        if within:
            params["timeout"] = within
        seconds = timeout or self.access.timeout_seconds
        data = body if body is None or isinstance(body, bytes) else orjson.dumps(body)
        try:
            return self._transport.perform_request(method, path, params=params, body=data, timeout=seconds)
        except self._errors.NotFoundError as error:
            if missing:
                return None
            raise self._refusal(method, path, error) from error
        except (self._errors.ConnectionError, self._errors.SerializationError) as error:
            raise self._silence(error) from error
        except self._errors.TransportError as error:
            if error.status_code in _OVERLOADED:
                raise self._silence(error) from error
            raise self._refusal(method, path, error) from error

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def _silence(self, error: Exception) -> ClusterUnreachable:
        with self._lock:
            self.failures += 1
        hosts = ", ".join(self.access.hosts)
        return ClusterUnreachable(
            f"{hosts}: expected an answer of the OpenSearch cluster; got {_reason(error)}. "
            "See that it runs and that PROCSEARCH_OPENSEARCH_HOSTS names it."
        )

    def _refusal(self, method: str, path: str, error: Any) -> ClusterError:
        return ClusterError(
            f"expected the OpenSearch cluster to take {method} {path}; got {error.status_code} {_reason(error)}. "
            f"{_REMEDIES.get(error.status_code, 'See the log of the cluster.')}",
            error.status_code,
        )


_REMEDIES = {
    401: "Give the right PROCSEARCH_OPENSEARCH_USER and PROCSEARCH_OPENSEARCH_PASSWORD.",
    403: "Give the user the rights that docs/how-to/opensearch.md names.",
    404: "Run 'procsearch cluster status' to see what there is.",
}


def _reason(error: Any) -> str:
    """Return the reason that a cluster gives, without the request, which holds what people typed."""
    info = getattr(error, "info", None)
    if isinstance(info, dict):
        told = info.get("error", info)
        if isinstance(told, dict):
            return f"{told.get('type', 'an error')}: {str(told.get('reason', ''))[:200]}"
        return str(told)[:200]
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return f"status {status}"
    return f"{type(error).__name__}: {str(info or error)[:200]}"


def _options(access: Access, library: ModuleType) -> dict[str, Any]:
    options: dict[str, Any] = {
        "hosts": list(access.hosts),
        "max_retries": TRIES - 1,
        "retry_on_timeout": True,
        "retry_on_status": _OVERLOADED,
        "dead_timeout": _DEAD_SECONDS,
        "timeout_cutoff": 5,
        "pool_maxsize": 16,
        "serializer": _serializer(library),
    }
    if access.user is not None:
        # The library would encode them as Latin-1; clusters read UTF-8.
        pair = base64.b64encode(f"{access.user}:{access.password or ''}".encode()).decode()
        options["headers"] = {"authorization": f"Basic {pair}"}
    if any(host.startswith("https:") for host in access.hosts):
        options["ssl_context"] = _tls(access.ca)
    return options


def _tls(ca: Path | None) -> ssl.SSLContext:
    """Return a context that checks certificates and names, always."""
    try:
        return ssl.create_default_context(cafile=None if ca is None else str(ca))
    except (OSError, ssl.SSLError) as error:
        raise ClusterError(
            f"{ca}: expected certificates in PEM form; got {error}. Correct PROCSEARCH_OPENSEARCH_CA."
        ) from error


def _serializer(library: ModuleType) -> Any:
    class Fast(library.serializer.JSONSerializer):  # type: ignore[misc, name-defined]
        """JSON by orjson: answers hold base64 of some hundred kilobytes."""

        def loads(self, s: Any) -> Any:
            try:
                return orjson.loads(s)
            except ValueError as error:
                raise library.exceptions.SerializationError(s[:100], error) from error

        def dumps(self, data: Any) -> Any:
            return data if isinstance(data, bytes | str) else orjson.dumps(data)

    return Fast()
