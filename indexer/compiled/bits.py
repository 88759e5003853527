"""The 32 bits that go with a posting: the fields that hold the term, whether it leads one, and its forms.

Bits 0 to 18 are the text fields, heaviest first; bit 19 says that the term is the code itself; bit 20 that it is among
the first words of the title or descriptor; bits 21 to 31 which forms of the stem the record holds ("pump", "pumps").
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from indexer.schema import TEXT_FIELDS, Field

#: Text fields in the order of their bits, heaviest first.
FIELDS: tuple[Field, ...] = tuple(sorted(TEXT_FIELDS.values(), key=lambda field: -field.weight))
NUMBERS: dict[str, int] = {field.name: number for number, field in enumerate(FIELDS)}
CODE_FIELD = len(FIELDS)
HEAD_BIT = CODE_FIELD + 1
FIRST_FORM_BIT = HEAD_BIT + 1
#: Forms of one stem that are told apart, the most frequent ones; a further form never counts as the one that was typed.
MAX_FORMS = 32 - FIRST_FORM_BIT
NO_FORM = 255

#: A descriptor begins with what the thing is: "Cushion, wheelchair ...".
HEAD_WORDS = 2
#: Fields of one text that covers what the procedure is; their length tells how much of it a query covers.
SINGLE = ("title", "descriptor", "short_descriptor")
#: Fields in which the order of words tells something; in a whole section it hardly does.
NAMING = ("title", "common_names", "technical_terms", "descriptor", "short_descriptor")

#: A packed position: field << `FIELD_SHIFT` | place of the word in the field; no field is longer than `SPAN`. Where the
#: record goes with it, that stands above `RECORD_SHIFT`.
FIELD_SHIFT, RECORD_SHIFT = 16, 24
SPAN = 1 << FIELD_SHIFT
#: The largest offset and length of a token that are kept; they stand for anything beyond, too.
FARTHEST, WIDEST = 0xFFFF, 0xFF


def fields_of_positions(positions: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the number of the field of each position that goes with a record."""
    return (positions >> FIELD_SHIFT) & ((1 << (RECORD_SHIFT - FIELD_SHIFT)) - 1)


def field_bits(names: Iterable[str]) -> int:
    """Return the bits of these fields; ``code`` is one of them here."""
    return sum(1 << (CODE_FIELD if name == "code" else NUMBERS[name]) for name in names)


def form_bit(form: int) -> int:
    """Return the bit of a form, or 0 where it is not told apart."""
    return 1 << (FIRST_FORM_BIT + form) if form < MAX_FORMS else 0


#: A word in one of these says what the procedure is; in another section only what it has to do with.
CORE = field_bits(
    ["code", *(field.name for field in FIELDS if not field.section or field.name in ("summary", "purpose"))]
)
NAMING_BITS = field_bits(NAMING)
