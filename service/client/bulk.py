"""Many documents in one request, in bounded memory: lines and answers go by way of files.

A request in a file can be sent again where a connection is cut off, and its answer holds no connection while somebody
works on it. The server as well takes all lines before it changes anything, so nothing comes later for that.
"""

from __future__ import annotations

import json
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import TracebackType
from typing import IO, Any, Self

from .admin_model import BulkLine, BulkSummary
from .decode import decode
from .errors import UnexpectedAnswer

#: What is kept in memory; more goes to the disk.
_MEMORY_BYTES = 1 << 20

Line = Mapping[str, Any] | str | bytes


class Bulk(Iterator[BulkLine]):
    """The answers to the lines, in order, once; ``summary`` is there from the beginning.

    Its file is removed behind the last line, at the end of a ``with``, or by `close`.
    """

    def __init__(self, file: IO[bytes], hide: Callable[[bytes], bytes]) -> None:
        """``hide`` takes out of a line what must not be shown."""
        self._file, self._close, self._hide = file, weakref.finalize(self, file.close), hide
        lines, last = 0, b""
        while line := hide(file.readline()):
            lines, last = lines + 1, line
        self._left = lines - 1
        self.summary = decode(BulkSummary, _values(last).get("summary"))
        file.seek(0)

    def __next__(self) -> BulkLine:
        if self._left <= 0:
            self.close()
            raise StopIteration
        self._left -= 1
        return decode(BulkLine, _values(self._hide(self._file.readline())))

    def close(self) -> None:
        """Remove the file; no more lines are told."""
        self._left = 0
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def spool() -> IO[bytes]:
    """Return a file without a name, which is one only where much is written to it."""
    return tempfile.SpooledTemporaryFile(_MEMORY_BYTES)


def spooled(lines: Iterable[Line]) -> IO[bytes]:
    """Return a file of the lines as NDJSON; ValueError for what is no line."""
    file = spool()
    try:
        for line in lines:
            # `writelines` would take all of them into memory before it looks at their length.
            file.write(_bytes(line))
    except BaseException:
        file.close()
        raise
    return file


def quoted(tag: str) -> str:
    """Return an entity tag as headers have it; ValueError for what cannot be one."""
    inner = tag.removeprefix("W/").strip('"')
    if inner == "*":
        return inner
    if not inner or not inner.isascii() or not inner.isprintable() or set(inner) & set(' "'):
        raise ValueError(f"if_match: expected the etag of a document, or *; got {tag[:40]!r}.")
    return f'"{inner}"'


def _bytes(line: Line) -> bytes:
    if isinstance(line, Mapping):
        tag = {"if_match": quoted(line["if_match"])} if isinstance(line.get("if_match"), str) else {}
        return json.dumps({**line, **tag}, ensure_ascii=False).encode() + b"\n"
    data = line.encode() if isinstance(line, str) else line
    if not isinstance(data, bytes):
        raise ValueError(f"lines: expected mappings or lines of JSON; got {type(line).__name__}.")
    return data if data.endswith(b"\n") else data + b"\n"


def _values(line: bytes) -> dict[str, Any]:
    try:
        values = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UnexpectedAnswer("expected lines of JSON; got others. Does another program answer there?") from error
    if not isinstance(values, dict):
        raise UnexpectedAnswer(f"expected lines of JSON objects; got {type(values).__name__}.")
    return values
