"""Which words are like a pattern, and which records hold any word of a list."""

from __future__ import annotations

import fnmatch
import re

import numpy as np
from numpy.typing import NDArray

from indexer.compiled import bits
from indexer.compiled.dictionary import Dictionary
from indexer.compiled.reader import CompiledIndex
from service.search.engines.columns import Bools, Ints

_WILD = re.compile(r"[*?]")
_ANY_FORM = 0xFFFFFFFF


def strings_like(pattern: str, strings: Dictionary) -> Ints:
    """Return the numbers of the strings that are like ``pattern`` as a whole, ascending.

    ``*`` stands for any characters, ``?`` for one; every other character but ``[`` stands for itself. Only strings that
    begin with what stands before the first of these are looked at.
    """
    beginning = _WILD.split(pattern, maxsplit=1)[0]
    fits = re.compile(fnmatch.translate(pattern)).match
    return np.array([at for at in strings.beginning(beginning) if fits(strings[at])], np.int64)


def holding_words(numbers: range | Ints, fields: int, index: CompiledIndex) -> Bools:
    """Say of each record whether it holds one of the words ``numbers`` in one of the fields, given as their bits.

    The forms of a stem are known of a record, not of each of its fields: a record with "pump" in one of the fields and
    "pumps" in another holds both in either.
    """
    mask = np.zeros(index.count, bool)
    chosen = slice(numbers.start, numbers.stop) if isinstance(numbers, range) else numbers
    stems, forms = _by_stem(index.word_stems[chosen], index.word_forms[chosen])
    first = np.asarray(index.first)
    begin = first[stems].astype(np.int64)
    counts = first[stems + 1].astype(np.int64) - begin
    # The postings of all stems, end to end.
    places = np.repeat(begin - (counts.cumsum() - counts), counts) + np.arange(counts.sum())
    found = index.bits[places]
    held = ((found & np.uint32(fields)) > 0) & ((found & np.repeat(forms, counts)) > 0)
    mask[index.docs[places[held]]] = True
    return mask


def _by_stem(stems: NDArray[np.integer], forms: NDArray[np.integer]) -> tuple[Ints, NDArray[np.uint32]]:
    """Return the distinct stems of words, ascending, and the bits of the forms wanted of each."""
    if not len(stems):
        return np.empty(0, np.int64), np.empty(0, np.uint32)
    told_apart = np.minimum(forms.astype(np.int64), bits.MAX_FORMS - 1) + bits.FIRST_FORM_BIT
    wanted = np.where(forms < bits.MAX_FORMS, np.left_shift(1, told_apart), _ANY_FORM).astype(np.uint32)
    order = np.argsort(stems, kind="stable")
    distinct, starts = np.unique(stems[order], return_index=True)
    return distinct.astype(np.int64), np.bitwise_or.reduceat(wanted[order], starts)
