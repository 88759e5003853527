"""The hashes by which records are found by what they are called.

The hash of a name is put together from those of its terms, one after the other, so that who has the hashes of the words
of a query needs no text to know what the whole query would be called.
"""

from __future__ import annotations

import functools
import hashlib

#: Multiplies what was hashed so far: 2^64 over the golden ratio, odd, as in Fibonacci hashing (Knuth, TAOCP 3, 6.4).
MULTIPLIER = 0x9E3779B97F4A7C15
SHIFT = 29
_ALL = (1 << 64) - 1


@functools.lru_cache(maxsize=65_536)
def term_hash(term: str) -> int:
    """Return the 64-bit hash of one term."""
    return int.from_bytes(hashlib.blake2b(term.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def name_hash(key: str) -> int:
    """Return the 64-bit hash by which a name key, terms joined by blanks, is found."""
    found = 0
    for term in key.split(" "):
        found = ((found ^ term_hash(term)) * MULTIPLIER) & _ALL
        found ^= found >> SHIFT
    return found
