"""Whoosh keeps parts of an index as pickles, which could run any program when they are read. Here none can.

An index may come from elsewhere, and checksums tell only that it is whole. So every pickle of an index is read as plain
values (numbers, texts, bytes, tuples, lists, dicts) and may name nothing that is imported. The one exception is the
list of segments: the names that Whoosh's own writer puts there become harmless stand-ins, and the segment is made anew
from the facts that they hold.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import whoosh.codec.whoosh3
import whoosh.columns
import whoosh.formats
from whoosh.codec.whoosh3 import W3Codec, W3Segment
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile

from indexer.errors import SnapshotError

_REMEDY = "This index was not made by procsearch: remove the folder of the snapshot, then run 'procsearch build'."
_TOC = ".toc"


class UnsafePickle(SnapshotError):
    """A pickle names what no index of ours holds."""


def _latin1(text: str, _encoding: str) -> bytes:
    """Stand for `codecs.encode`, by which pickles of protocol 2 write bytes."""
    return text.encode("latin-1")


def _empty() -> bytes:
    """Stand for `bytes`, by which these pickles write bytes without content."""
    return b""


#: What plain values may name -> what stands for it.
_BYTES: Mapping[tuple[str, str], Any] = {("_codecs", "encode"): _latin1, ("__builtin__", "bytes"): _empty}


class _Facts:
    """Stands for a segment or its codec: whatever the pickle says of it lies in its ``__dict__`` and does nothing."""


def _no_totals(*_: object) -> dict[str, int]:
    """Stand for `collections.defaultdict`, whatever it is called with."""
    return {}


#: The same of the list of segments.
_SEGMENT_NAMES: Mapping[tuple[str, str], Any] = {
    ("whoosh.codec.whoosh3", "W3Segment"): _Facts,
    ("whoosh.codec.whoosh3", "W3Codec"): _Facts,
    ("collections", "defaultdict"): _no_totals,
    ("builtins", "int"): None,
}


class _PlainUnpickler(pickle.Unpickler):
    """Reads plain values; UnsafePickle for everything else."""

    names = _BYTES

    def find_class(self, module: str, name: str) -> Any:
        """Return the stand-in of what a pickle names."""
        if (module, name) not in self.names:
            raise UnsafePickle(f"expected plain values in a pickle of the index; got {module}.{name}. {_REMEDY}")
        return self.names[module, name]

    def persistent_load(self, pid: Any) -> Any:
        """Refuse what lies outside of the pickle."""
        raise UnsafePickle(f"expected plain values in a pickle of the index; got a reference outside. {_REMEDY}")


class _SegmentUnpickler(_PlainUnpickler):
    """Reads the list of segments."""

    names = _SEGMENT_NAMES


def loads(data: bytes) -> Any:
    """Return the plain values of a pickle; UnsafePickle where it holds anything else."""
    return load(io.BytesIO(data))


def load(stream: BinaryIO) -> Any:
    """Return the plain values of the next pickle of a stream; UnsafePickle where it holds anything else."""
    return _PlainUnpickler(stream).load()


def guard_whoosh() -> None:
    """Let the parts of Whoosh that read an index of codec W3 read pickles by `loads`, in the whole process."""
    for module in (whoosh.codec.whoosh3, whoosh.formats, whoosh.columns):
        module.loads = loads


class SafeStorage(FileStorage):  # type: ignore[misc]
    """The files of one index folder: none outside of it, and no pickle of them is more than plain values."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder), readonly=True)
        self._opened: list[BinaryIO] = []

    def open_file(self, name: str, **options: Any) -> StructFile:
        """Open a file of the folder itself."""
        if name != name.rpartition("/")[2] or name in ("", ".", ".."):
            raise UnsafePickle(f"expected the name of a file of the index; got {name[:80]!r}. {_REMEDY}")
        self._opened.append(open(self._fpath(name), "rb"))  # noqa: SIM115 - closed by close_files
        return _SafeFile(self._opened[-1], name=name, **options)

    def close_files(self) -> None:
        """Close every file; where Whoosh fails to open an index, it leaves some open."""
        for file in self._opened:
            file.close()


class _SafeFile(StructFile):  # type: ignore[misc]
    def read_pickle(self) -> Any:
        """Return plain values, or of a table of contents its segments."""
        if self._name.endswith(_TOC):
            return _segments(_SegmentUnpickler(self.file).load())
        return load(self.file)


def _segments(read: Any) -> list[W3Segment]:
    """Make the segments anew of which the facts were read."""
    if not isinstance(read, list) or not all(isinstance(each, _Facts) for each in read):
        raise UnsafePickle(f"expected a list of segments; got {type(read).__name__}. {_REMEDY}")
    return [_segment(vars(each)) for each in read]


def _segment(facts: Mapping[str, Any]) -> W3Segment:
    index, name, count, totals = (facts.get(each) for each in ("indexname", "segid", "_doccount", "_fieldlengths"))
    plain = all(isinstance(each, str) and each.isalnum() for each in (index, name)) and isinstance(count, int)
    if not plain or not isinstance(totals, dict) or facts.get("_deleted") or facts.get("compound"):
        raise UnsafePickle(f"expected one whole segment in files of its own; got {index!r}, {name!r}. {_REMEDY}")
    segment = W3Segment(W3Codec(), index, doccount=count, segid=name)
    segment._fieldlengths = totals
    return segment
