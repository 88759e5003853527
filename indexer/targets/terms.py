"""The file of terms of a Whoosh segment: term -> where its postings lie and what they come to.

It is what `whoosh.filedb.filetables.OrderedHashReader` reads: a head; for each key, in order, the lengths of key and
value, the key and the value; 256 hash tables by the lowest byte of the hash of the key, each with twice as many places
as keys; the position and size of each table; a pickled dict, here with the numbers of fields; the position of each key.
A key is the number of its field in two bytes, then the term. Whoosh's own writer takes one key a call.
"""

from __future__ import annotations

import array
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from pickle import dumps
from typing import BinaryIO

import numpy as np

from indexer.compiled import groups
from indexer.compiled.layout import Array
from indexer.targets.blocks import TERM_INFO
from indexer.targets.pickles import loads

_HEAD = struct.Struct("!4sBii")
_MAGIC, _CRC32 = b"HSH3", 1
_LENGTHS = struct.Struct("!ii")
_FIELD = struct.Struct("!H")
_PLACE = np.dtype([("hash", ">u4"), ("position", ">i8")])
_TABLE = np.dtype([("position", ">i8"), ("places", ">i4")])
_TABLES = 256
#: Term infos by field, then term.
Terms = Mapping[str, Mapping[bytes, bytes]]


def write_terms(path: Path, terms: Terms) -> None:
    """Write a file of terms; the values are `TERM_INFO` as bytes."""
    fields = {name: number for number, name in enumerate(sorted(name for name in terms if terms[name]))}
    hashes, positions = array.array("I"), array.array("q")
    with path.open("wb") as stream:
        stream.write(_HEAD.pack(_MAGIC, _CRC32, 0, 0))
        at = _HEAD.size
        for name, number in fields.items():
            at = _write_field(stream, at, _FIELD.pack(number), terms[name], hashes, positions)
        order = np.frombuffer(positions, np.int64)
        stream.write(_hash_tables(np.frombuffer(hashes, np.uint32).astype(np.int64), order, at))
        extras = dumps({"fieldmap": fields, "indextype": "q", "indexlen": len(order)}, 4)
        stream.write(extras + order.astype(">i8").tobytes())
        stream.write(struct.pack("!i", len(extras) + 8 * len(order)))


def _write_field(
    stream: BinaryIO,
    at: int,
    prefix: bytes,
    terms: Mapping[bytes, bytes],
    hashes: array.array[int],
    positions: array.array[int],
) -> int:
    """Write the terms of one field from ``at`` on; return where they end."""
    for text in sorted(terms):
        key = prefix + text
        entry = _LENGTHS.pack(len(key), TERM_INFO.itemsize) + key + terms[text]
        stream.write(entry)
        hashes.append(zlib.crc32(key))
        positions.append(at)
        at += len(entry)
    return at


def read_terms(path: Path) -> dict[str, dict[bytes, bytes]]:
    """Read back what `write_terms` wrote."""
    data = path.read_bytes()
    behind = len(data) - 4
    begin = behind - struct.unpack_from("!i", data, behind)[0]
    extras = loads(data[begin:behind])
    numbers: dict[str, int] = extras["fieldmap"]
    found: dict[str, dict[bytes, bytes]] = {name: {} for name in numbers}
    by_number = [found[name] for name in sorted(numbers, key=numbers.__getitem__)]
    count = extras["indexlen"]
    for position in np.frombuffer(data, ">i8", count, behind - 8 * count).tolist():
        size, length = _LENGTHS.unpack_from(data, position)
        start = position + _LENGTHS.size
        end = start + size
        field = data[start] << 8 | data[start + 1]
        by_number[field][data[start + _FIELD.size : end]] = data[end : end + length]
    return found


def _hash_tables(hashes: Array, positions: Array, begin: int) -> bytes:
    """Return the tables, which lie from ``begin`` on, and where each lies."""
    which = hashes & (_TABLES - 1)
    places = 2 * np.bincount(which, minlength=_TABLES)
    first = groups.starts(places)
    whole = np.zeros(int(first[-1]), _PLACE)
    at = _free_places(hashes >> 8, first[which], places[which])
    whole["hash"][at], whole["position"][at] = hashes, positions
    directory = np.zeros(_TABLES, _TABLE)
    directory["position"], directory["places"] = begin + first[:-1] * _PLACE.itemsize, places
    return whole.tobytes() + directory.tobytes()


def _free_places(hashes: Array, first: Array, places: Array) -> Array:
    """Return a place of its own for each hash: the wanted one, or the next that is free, round its table."""
    taken = np.zeros(int((first + places).max(initial=0)), bool)
    found = np.zeros(len(hashes), np.int64)
    left, step = np.arange(len(hashes)), 0
    while len(left):
        wanted = first[left] + (hashes[left] + step) % places[left]
        _, chosen = np.unique(wanted, return_index=True)
        chosen = chosen[~taken[wanted[chosen]]]
        found[left[chosen]] = wanted[chosen]
        taken[wanted[chosen]] = True
        left, step = np.delete(left, chosen), step + 1
    return found
