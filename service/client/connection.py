"""One connection to the server, on which no read or write outlasts the time of the call.

A timeout of a socket is one of each single read, so a server that sends a byte now and then could hold a caller for
ever. Here every read and write asks the deadline of the call how long it may take.
"""

from __future__ import annotations

import http.client
import io
import select
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any, NamedTuple, cast

from .errors import ConnectionFailed, TimedOut, UnexpectedAnswer

#: Longest answer that is read, in bytes; the longest that the API gives are below 10 MB.
MAX_ANSWER_BYTES = 64 * 1024 * 1024
#: The same where it goes to a file.
MAX_SINK_BYTES = 4 * 1024 * 1024 * 1024
_FIRST_ERROR = 300
_CHUNK = 64 * 1024
_NO_HTTP = (http.client.BadStatusLine, http.client.LineTooLong, http.client.UnknownProtocol)
_OTHER = "Does another program than procsearch answer there?"


class Deadline:
    """The moment when the time of a call is up."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds left; TimedOut where there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise self.expired()
        return left

    def allows(self, wait: float) -> bool:
        """Say whether there is time left after waiting for ``wait`` seconds."""
        return time.monotonic() + wait < self._end

    def expired(self) -> TimedOut:
        """Return the exception to be raised when time is up."""
        return TimedOut(
            f"expected a whole answer within {self.seconds:g} seconds; got none. Give more time, or ask less."
        )


class _Timed(socket.socket):
    """A socket all of whose reads and writes end by ``deadline``."""

    deadline: Deadline

    def recv_into(self, *arguments: Any, **options: Any) -> int:
        self.settimeout(self.deadline.left())
        return super().recv_into(*arguments, **options)

    def sendall(self, *arguments: Any, **options: Any) -> None:
        self.settimeout(self.deadline.left())
        return super().sendall(*arguments, **options)


class _TimedTls(ssl.SSLSocket):
    """The same over TLS."""

    deadline: Deadline

    def recv_into(self, *arguments: Any, **options: Any) -> int:
        self.settimeout(self.deadline.left())
        return super().recv_into(*arguments, **options)

    def sendall(self, *arguments: Any, **options: Any) -> None:
        self.settimeout(self.deadline.left())
        return super().sendall(*arguments, **options)


def timed(context: ssl.SSLContext) -> ssl.SSLContext:
    """Return ``context``, whose sockets from now on heed deadlines."""
    context.sslsocket_class = _TimedTls
    return context


class Request(NamedTuple):
    """One request, ready to be sent; a body in a file is sent from its beginning, without being read into memory.

    The body of an answer that is no error goes to ``sink``, where there is one.
    """

    method: str
    target: str
    body: bytes | IO[bytes] | None
    headers: Mapping[str, str]
    sink: IO[bytes] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, read whole; ``headers`` by their names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class Connection:
    """A connection that is opened when first used and kept while the server keeps it."""

    def __init__(self, host: str, port: int, tls: ssl.SSLContext | None) -> None:
        self._host, self._port, self._tls = host, port, tls
        self._http = http.client.HTTPConnection(host, port, blocksize=_CHUNK)
        self._socket: _Timed | _TimedTls | None = None

    @property
    def is_open(self) -> bool:
        """Whether it can be used again."""
        return self._socket is not None

    def is_stale(self) -> bool:
        """Say whether the server has closed it, or said what nobody asked for, since it was last used."""
        if self._socket is None:
            return False
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return bool(poll.poll(0))

    def exchange(self, request: Request, deadline: Deadline) -> Answer:
        """Send a request and read its answer.

        ConnectionFailed where no whole answer came, TimedOut where it did not by ``deadline``.
        """
        try:
            self._open(deadline)
            is_sent = self._send(request)
            response = self._http.getresponse()
            body = _body(response, request.sink if response.status < _FIRST_ERROR else None)
        except TimeoutError as error:
            self.close()
            raise deadline.expired() from error
        except _NO_HTTP as error:
            self.close()
            if isinstance(error, http.client.RemoteDisconnected):
                raise ConnectionFailed(self._failure(error)) from error
            raise UnexpectedAnswer(f"{self._host}:{self._port}: expected HTTP; got {error!r}. {_OTHER}") from error
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise ConnectionFailed(self._failure(error)) from error
        except BaseException:
            self.close()
            raise
        if response.will_close or not is_sent:
            self.close()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, body)

    def close(self) -> None:
        """Close it; the next exchange opens it again."""
        self._http.close()
        self._socket = None

    def _send(self, request: Request) -> bool:
        """Send a request; return False where the server took only a part of it: perhaps it has answered already."""
        headers, body = dict(request.headers), request.body
        if body is not None and not isinstance(body, bytes):
            headers["Content-Length"] = str(body.seek(0, io.SEEK_END))
            body.seek(0)
        try:
            self._http.request(request.method, request.target, body, headers)
        except (BrokenPipeError, ConnectionResetError):
            return False
        return True

    def _open(self, deadline: Deadline) -> None:
        if self._socket is None:
            self._socket = self._connected(deadline)
            self._http.sock = self._socket
        self._socket.deadline = deadline

    def _connected(self, deadline: Deadline) -> _Timed | _TimedTls:
        plain = self._first_reached(deadline)
        if self._tls is None:
            return plain
        plain.settimeout(deadline.left())
        try:
            wrapped = self._tls.wrap_socket(plain, server_hostname=self._host)
        except BaseException:
            plain.close()
            raise
        return cast(_TimedTls, wrapped)

    def _first_reached(self, deadline: Deadline) -> _Timed:
        """Return a connection to the first address of the host that takes one."""
        failure: OSError | None = None
        for family, kind, protocol, _, address in socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM):
            reached = _Timed(family, kind, protocol)
            try:
                reached.settimeout(deadline.left())
                reached.connect(address)
                reached.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            except OSError as error:
                reached.close()
                failure = error
            else:
                return reached
        raise failure or OSError(f"no address of {self._host} is known")

    def _failure(self, error: Exception) -> str:
        why = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return (
            f"{self._host}:{self._port}: expected a whole answer; got {type(error).__name__}: {why}. "
            "Is 'procsearch serve' running there?"
        )


def _body(response: http.client.HTTPResponse, sink: IO[bytes] | None) -> bytes:
    """Return the body of an answer; nothing where it was written to ``sink``."""
    into = io.BytesIO() if sink is None else sink
    # An earlier try may have left a part.
    into.seek(0)
    into.truncate()
    size, most = 0, MAX_ANSWER_BYTES if sink is None else MAX_SINK_BYTES
    while chunk := response.read(_CHUNK):
        into.write(chunk)
        size += len(chunk)
        if size > most:
            raise UnexpectedAnswer(f"expected at most {most} bytes; got more. {_OTHER}")
    if response.length:
        # What was cut off would pass for a short answer otherwise.
        raise http.client.IncompleteRead(b"", response.length)
    if not size and response.length is None and not response.chunked:
        # Cut off within its headers: every answer of the API has a body.
        raise http.client.IncompleteRead(b"")
    return into.getvalue() if isinstance(into, io.BytesIO) else b""
