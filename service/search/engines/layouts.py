"""Names for the numbers that pass between Python and the compiled kernel, in one place for both sides."""

from __future__ import annotations

#: What the kernel is given once: sizes, addresses of the arrays of the index, and of scratch arrays (a value a record).
ARRAYS = (
    "count",
    "postings",
    "docs",
    "impacts",
    "bits",
    "position_starts",
    "first_position",
    "packed",
    "lengths",
    "sections",
    "stamp",
    "total",
    "found",
    "cores",
    "held",
    "heads",
    "tiers",
    "touched",
    "slot_stamp",
    "slot_best",
    "slot_core",
    "slot_found",
)

#: The head of a plan: how many parts it has, what is asked for, and where each kind of part begins.
HEADER = (
    "slots",
    "terms",
    "raises",
    "chains",
    "limit",
    "everything",
    "mask",
    "within",
    "section_bit",
    "required",
    "epoch",
    "factors",
    "active",
    "slot_at",
    "leaf_at",
    "term_at",
    "raise_at",
    "chain_at",
)

#: Kinds of leaves: the postings of one stem; those of one completion; records that hold several terms together.
LIST, PREFIX, TOGETHER = 1, 2, 3

#: The results: addresses of records, tiers, fractions and whether in use; then two numbers that come back.
RESULTS = ("docs", "tiers", "fractions", "active", "kept", "strongest")
