"""Names for the numbers that pass between Python and the compiled kernel, in one place for both sides."""

from __future__ import annotations

from service.search.query.expand import MOST_ALTERNATIVES
from service.search.query.intent import LONGEST
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
    "shown",
    "shown_first",
    "shown_before",
    "word_bytes",
    "word_ends",
    "word_table",
    "word_mask",
    "word_stems",
)

#: Places in the table of arrays.
(
    AT_COUNT, AT_POSTINGS, AT_DOCS, AT_IMPACTS, AT_BITS, AT_POSITION_STARTS, AT_FIRST_POSITION, AT_PACKED, AT_SHARES,
    AT_SECTIONS, AT_ARENA_SIZE, AT_ARENA_DOCS, AT_ARENA_VALUES, AT_ARENA_CORES, AT_BITSETS, AT_SUMS, AT_HELD, AT_TAIL,
    AT_BEST, AT_CURSORS, AT_DENSE, AT_TEXT_STARTS, AT_TEXT_WIDTHS, AT_TEXT_FIRST, AT_TEXT_BEFORE, AT_SHOWN,
    AT_SHOWN_FIRST, AT_SHOWN_BEFORE, AT_WORD_BYTES, AT_WORD_ENDS, AT_WORD_TABLE, AT_WORD_MASK, AT_WORD_STEMS,
) = range(len(ARRAYS))  # fmt: skip

#: The head of a plan: how many parts it has, what is asked for, how many terms that are counted a record with
#: neighbours has at least, and where each kind of part begins.
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
    "neighbours",
    "slot_at",
    "leaf_at",
    "term_at",
    "raise_at",
    "chain_at",
)

#: Places in the head of a plan.
(
    H_SLOTS, H_TERMS, H_RAISES, H_CHAINS, H_LIMIT, H_EVERYTHING, H_MASK, H_WITHIN, H_SECTION_BIT, H_FACTORS, H_ACTIVE,
    H_DEADLINE, H_LAZY, H_NEIGHBOURS, H_SLOT_AT, H_LEAF_AT, H_TERM_AT, H_RAISE_AT, H_CHAIN_AT,
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
#: Leaves and terms of a plan, at most: words with their completions and alternatives. Where every word is a beginning
#: that are more than 8,000.
MAX_CURSORS = 1 << 14

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

#: What the kernel needs beside to show why records match: addresses of room for keys, spans and characters, of what is
#: written, of the names of fields, of the cards of records, of where each begins, and of labels; how many bytes there
#: is room for; the sections to pick a passage from, as bits of fields (-1: those in which the record matches), and the
#: field of the section that was asked for, or -1; the address of the results whose hits are written whole (0: none
#: are), which of them is the first, and whether they are of a corrected text. Behind come `SPELLED` numbers a term: the
#: first term with the same stem, the length of the stem, then two words that have it, each by its length and its 16
#: characters; the length is 0 where there is no such word.
S_KEYS, S_SPANS, S_CHARS, S_OUT, S_NAMES, S_CARDS, S_CARD_ENDS, S_LABELS, S_ROOM = range(9)
S_SECTIONS, S_ASKED, S_RESULTS, S_FIRST, S_CORRECTED = range(9, 14)
SHOW, SPELLED, SPELLED_CHARS = 14, 8, 16
#: Bytes of a label: how many it has, then the name of a field or tier in quotes.
LABEL = 32
#: Characters of a text, and spans in it, for which there is room.
MOST_CHARS, MOST_SPANS = 1 << 16, 1 << 12
#: Of each field: what it is, and where the start of its entry lies in the names.
NAMED_KIND, NAMED_START, NAMED_END = range(3)
NAMED = 3
ONE_TEXT, TEXT_LIST, SECTION_TEXT = range(3)

#: The head of a phrase: how many terms, and the bits of the fields; then start, end and number of each term.
P_TERMS, P_FIELDS = range(2)
PHRASE, PHRASED = 2, 3

#: The vocabulary as the kernel reads it, and what it needs of stems: addresses of arrays, and sizes of tables less one.
#: A *node* stands for the first words of phrases, 0 for none; a *meaning* for one that a phrase has.
RULES = (
    "trie_keys",
    "trie_nodes",
    "trie_mask",
    "node_first",
    "node_meanings",
    "pair_keys",
    "pair_first",
    "pair_end",
    "pair_mask",
    "phrase_first",
    "phrase_terms",
    "phrase_node",
    "meaning_first",
    "meaning_terms",
    "meaning_weight",
    "meaning_text",
    "term_stem",
    "term_rare",
    "term_spelled",
    "named_at",
    "named",
    "first",
    "dense",
    "peaks",
)
(
    R_TRIE_KEYS, R_TRIE_NODES, R_TRIE_MASK, R_NODE_FIRST, R_NODE_MEANINGS, R_PAIR_KEYS, R_PAIR_FIRST, R_PAIR_END,
    R_PAIR_MASK, R_PHRASE_FIRST, R_PHRASE_TERMS, R_PHRASE_NODE, R_MEANING_FIRST, R_MEANING_TERMS, R_MEANING_WEIGHT,
    R_MEANING_TEXT, R_TERM_STEM, R_TERM_RARE, R_TERM_SPELLED, R_NAMED_AT, R_NAMED, R_FIRST, R_DENSE, R_PEAKS,
) = range(len(RULES))  # fmt: skip

#: A query to be planned: slots, slots that are denied (as bits), raises, other spellings, completions of the last slot,
#: addresses of their leaves, weights and of what is shown of them; then what `HEADER` has from the limit to the
#: deadline. Behind come the slots (`ASKED_SLOT` numbers each: term, stem or -1, the seven numbers by which it is
#: spelled, see `SPELLED`, form, and whether required), other spellings (`RESPELLED` numbers each: the slots that it
#: covers as bits, how many terms, text of the vocabulary or -1, and two terms, each as the first numbers of a slot),
#: and the raises. Terms that the vocabulary does not have are numbered below 0, those with one text alike.
Q_SLOTS, Q_DENIED, Q_RAISES, Q_RESPELLED, Q_COMPLETIONS, Q_NUMBERS, Q_WEIGHTS, Q_EXTRA, Q_ASKED = range(9)
ASKED_VALUES = H_DEADLINE - H_LIMIT + 1
QUERY = Q_ASKED + ASKED_VALUES
QS_TERM, QS_STEM, QS_SPELLED = range(3)
QS_FORM = QS_SPELLED + SPELLED - 1
QS_REQUIRED = QS_FORM + 1
ASKED_SLOT, ASKED_TERM = QS_REQUIRED + 1, QS_FORM
RS_MASK, RS_SIZE, RS_TEXT, RS_TERMS = range(4)
RESPELLED = RS_TERMS + 2 * ASKED_TERM

#: What the kernel reads a text by: keys of words (`KEY` numbers each: the letters as three numbers, and the number of
#: the word from 1 on, 0 where no key is) and their size less one; what is known of words (`KNOWN` numbers each);
#: spellings of words in two parts (how many of them, then `RESPELLED` numbers each); phrases that ask for a section
#: (`ASKING` numbers each: how many words, the section, then the words by their numbers from 1 on) and how many there
#: are; hashes of names, their records, how many; the words of the index as above; room for letters, and for words
#: (where each begins in the letters, then what it is); and whether the last word is no beginning. Then come back: the
#: section that is asked about, or -1, and the last word; where it may go on, how long it is, else 0, and where it
#: begins in the letters; and whether a word has several meanings.
READER = (
    "keys",
    "key_mask",
    "known",
    "splits",
    "phrases",
    "phrase_count",
    "name_hash",
    "name_doc",
    "name_count",
    "word_bytes",
    "word_ends",
    "word_table",
    "word_mask",
    "letters",
    "words",
    "closed",
    "section",
    "last",
    "open",
    "open_at",
    "readings",
)
(
    RD_KEYS, RD_KEY_MASK, RD_KNOWN, RD_SPLITS, RD_PHRASES, RD_PHRASE_COUNT, RD_NAME_HASH, RD_NAME_DOC, RD_NAME_COUNT,
    RD_WORD_BYTES, RD_WORD_ENDS, RD_WORD_TABLE, RD_WORD_MASK, RD_LETTERS, RD_WORDS, RD_CLOSED, RD_SECTION, RD_LAST,
    RD_OPEN, RD_OPEN_AT, RD_READINGS,
) = range(len(READER))  # fmt: skip
KEY, KEY_CHARS = 4, 24
#: Multiply the parts of a key, whose sum without its lowest 32 bits is its place in the table.
KEY_FACTORS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)
#: What is known of a word: what it is (`IS_...` as bits), its number among the words of phrases that ask (0: in none),
#: the hash of its term, where its spellings in two parts are (-1: nowhere), its text in the vocabulary where it stands
#: for several words (-1: none), completions with the addresses of their leaves, weights and letters, and its numbers as
#: a slot of a query.
K_FLAGS, K_ASKING, K_HASH, K_SPLITS, K_TEXT, K_COMPLETIONS = range(6)
K_SLOT = K_COMPLETIONS + Q_ASKED - Q_COMPLETIONS
KNOWN = K_SLOT + ASKED_SLOT
IS_LIGHT, IS_DENYING, IS_TELLING, IS_UNUSUAL, IS_READ, IS_COMPLETED = (1 << bit for bit in range(6))
ASKING_SIZE, ASKING_SECTION, ASKING_WORDS = range(3)
ASKING = ASKING_WORDS + LONGEST
#: A longer text is not read by the kernel; a query of more numbers is not, either.
MOST_TEXT, MOST_READ = 512, 1 << 12
#: Why a text is not read: Python has to, always; or a word of it was not looked up yet.
NOT_READ, NOT_KNOWN = -1, -2

#: What becomes of it: addresses of the plan's numbers and weights, of what asks for evidence (terms, groups), of what
#: shows it, and of room to work in; then counts that come back: of all these numbers, of terms and of groups, and
#: as bits which slots find anything by themselves, and for which several words together may stand.
O_NUMBERS, O_WEIGHTS, O_TERMS, O_GROUPS, O_EXTRA, O_WORK, O_FLOATS = range(7)
O_USED, O_TERM_COUNT, O_GROUP_COUNT, O_GROUP_NUMBERS, O_FOUND, O_GROUPED, O_NAMES = range(7, 14)
OUTCOME = 14
#: Phrases that a query may fire, and numbers that a plan may come to.
MOST_FIRED, MOST_NUMBERS = 256, 1 << 14
#: A fired phrase: its key, which orders it, its node, and whether its words stand in their order. An alternative: the
#: slots that it covers as bits, its meaning, or below 0 the number of its spelling from -1 on, how many terms it has,
#: its text, and the place of its term, or of the first of its group; the weight stands by itself. A term: its number,
#: stem or -1, role, whether it stands for a word by itself, and where in the query stands how it is spelled, or -1.
FIRED, ALTERNATIVE, PLANNED_TERM = 3, 5, 5
MOST_TERMS, MOST_IN_CHAIN = 768, 2 * MAX_WORDS
#: Where these lie in the room to work in, and how large that is: behind them places of groups, and one chain. Texts of
#: which it is not known which records are called so lie where the places of groups will.
ALTERNATIVES_AT = FIRED * MOST_FIRED
TERMS_AT = ALTERNATIVES_AT + ALTERNATIVE * MOST_ALTERNATIVES
PLACES_AT = NAMES_AT = TERMS_AT + PLANNED_TERM * MOST_TERMS
ONE_CHAIN_AT = PLACES_AT + MOST_TERMS
WORK, FLOATS = ONE_CHAIN_AT + MOST_IN_CHAIN, MOST_ALTERNATIVES
