"""Inputs made from seeds by chance: what `make test` feeds to the parsers, and `make fuzz` where atheris is missing."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

_TOKENS = (
    *(b"\x00", b"\xff", b"\xef\xbb\xbf", b"\r\n", b"\n\n", b"\x85", b"\xe2\x80\xa8", b"\xc2\xa0", b"\xf0\x9f\x92\x89"),
    *(b'"', b"(", b")", b"[", b"]", b"{", b"}", b":", b"*", b"?", b"\\", b"^2", b"~", b"-", b"|", b"=>", b"=", b"/"),
    *(b" AND ", b" OR ", b" NOT ", b"../", b"0", b"9" * 20, b"-1", b"1e999", b"NaN", b"null", b"A9999", b"E07"),
    *(b"a" * 300, b"(" * 60, b"\xcc\x81" * 40, b"%00", b"<b>", b"&amp;"),
)

Change = Callable[[bytearray, random.Random, Sequence[bytes]], None]


def inputs(seeds: Sequence[bytes], count: int, seed: int, longest: int) -> Iterator[bytes]:
    """Yield ``count`` inputs of at most ``longest`` bytes, the same ones for the same ``seed``."""
    rng = random.Random(seed)
    for _ in range(count):
        data = bytearray(rng.choice(seeds))
        for _ in range(rng.choice((0, 1, 1, 2, 3, 8))):
            rng.choice(_CHANGES)(data, rng, seeds)
        yield bytes(data[:longest])


def _flip(data: bytearray, rng: random.Random, _: Sequence[bytes]) -> None:
    if data:
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def _insert(data: bytearray, rng: random.Random, _: Sequence[bytes]) -> None:
    at = rng.randint(0, len(data))
    data[at:at] = rng.choice(_TOKENS)


def _delete(data: bytearray, rng: random.Random, _: Sequence[bytes]) -> None:
    at = rng.randint(0, len(data))
    del data[at : at + rng.choice((1, 2, 8, 80))]


def _repeat(data: bytearray, rng: random.Random, _: Sequence[bytes]) -> None:
    at = rng.randint(0, len(data))
    data[at:at] = data[at : at + rng.choice((1, 8, 80))] * rng.choice((1, 2, 20))


def _splice(data: bytearray, rng: random.Random, seeds: Sequence[bytes]) -> None:
    other = rng.choice(seeds)
    data[rng.randint(0, len(data)) :] = other[rng.randint(0, len(other)) :]


def _cut(data: bytearray, rng: random.Random, _: Sequence[bytes]) -> None:
    del data[rng.randint(0, len(data)) :]


_CHANGES: tuple[Change, ...] = (_flip, _insert, _insert, _delete, _repeat, _splice, _cut)
