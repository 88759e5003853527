"""Names for the numbers that pass between Python and the compiled kernel, in one place for both sides."""

from __future__ import annotations

from service.search.query.parser import MAX_WORDS

#: What the kernel is given once: sizes, addresses of the arrays of the index, and of its scratch arrays.
ARRAYS = (
    "count",
    "postings",
    "docs",
    "impacts",
    "bits",
    "position_starts",
    "first_position",
    "packed",
    "shares",
    "sections",
    "arena_size",
    "arena_docs",
    "arena_values",
    "arena_cores",
    "bitsets",
    "sums",
    "held",
    "tail",
    "best",
    "cursors",
    "dense",
    "text_starts",
    "text_widths",
    "text_first",
    "text_before",
)

#: Places in the table of arrays.
(
    AT_COUNT, AT_POSTINGS, AT_DOCS, AT_IMPACTS, AT_BITS, AT_POSITION_STARTS, AT_FIRST_POSITION, AT_PACKED, AT_SHARES,
    AT_SECTIONS, AT_ARENA_SIZE, AT_ARENA_DOCS, AT_ARENA_VALUES, AT_ARENA_CORES, AT_BITSETS, AT_SUMS, AT_HELD, AT_TAIL,
    AT_BEST, AT_CURSORS, AT_DENSE, AT_TEXT_STARTS, AT_TEXT_WIDTHS, AT_TEXT_FIRST, AT_TEXT_BEFORE,
) = range(len(ARRAYS))  # fmt: skip

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
    "factors",
    "active",
    "deadline",
    "lazy",
    "slot_at",
    "leaf_at",
    "term_at",
    "raise_at",
    "chain_at",
)

#: Places in the head of a plan.
(
    H_SLOTS, H_TERMS, H_RAISES, H_CHAINS, H_LIMIT, H_EVERYTHING, H_MASK, H_WITHIN, H_SECTION_BIT, H_FACTORS, H_ACTIVE,
    H_DEADLINE, H_LAZY, H_SLOT_AT, H_LEAF_AT, H_TERM_AT, H_RAISE_AT, H_CHAIN_AT,
) = range(len(HEADER))  # fmt: skip

#: How many numbers a slot has (leaves, required), a leaf (kind, start, end, form, role of the term that it counts for
#: coverage, number of its bitsets or -1), a term (start, end, role where no leaf counts it, number), a raise (first
#: record, end, tier).
SLOT, LEAF, TERM, RAISE = 2, 6, 4, 3

#: Kinds of leaves: the postings of one stem; those of one completion; records that hold several terms together.
LIST, PREFIX, TOGETHER = 1, 2, 3

#: What a term is for beyond its slot: nothing, the first word of the query, or another one.
NOTHING, FIRST_WORD, OTHER_WORD = 0, 1, 2

#: Records that are ranked at a time: their sums and counts stay in the processor's second cache.
WINDOW = 4096
#: Each slot has a bitset, of which there are as many as words in a query at most; these come behind them.
FOUND, COMPLETE, RAISED, ADMITTED, SLOT_CORE, CANDIDATES = range(MAX_WORDS, MAX_WORDS + 6)
BITSETS = MAX_WORDS + 6
#: Leaves and terms of a query, at most: words with their completions and alternatives.
MAX_CURSORS = 4096

#: The results: addresses of records, tiers, fractions and whether in use; then three numbers that come back.
RESULTS = ("docs", "tiers", "fractions", "active", "kept", "strongest", "late")
RESULTS_KEPT, RESULTS_STRONGEST, RESULTS_LATE = range(4, len(RESULTS))

#: The head of a request for evidence: records, terms, groups of terms, completions, room for keys. Then come records,
#: terms and completions (`SIGHTED` numbers each: start, end, number; whether it counts by itself, or the bit of its
#: form), and the groups (how many terms, then their places).
W_HITS, W_TERMS, W_GROUPS, W_COMPLETIONS, W_ROOM = range(5)
WITNESS, SIGHTED = 5, 4
#: The parts of a key, by their lowest bits: field, start of the token, `bits.WIDEST` less its width; the place of its
#: term is at the bottom. In order of keys the longest of several tokens with one start is first. `HELD_FIELD` stands
#: for the record itself.
KEY_FIELD, KEY_START, KEY_WIDTH = 40, 24, 16
HELD_FIELD = 31

#: The head of a phrase: how many terms, and the bits of the fields; then start, end and number of each term.
P_TERMS, P_FIELDS = range(2)
PHRASE, PHRASED = 2, 3
