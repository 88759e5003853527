"""Reads free text. Every text is a query: nothing here raises, and work is bounded by `MAX_WORDS`."""

from __future__ import annotations

import itertools
import re
from functools import cached_property
from typing import NamedTuple

from corpus.codes import (
    looks_like_code,
    looks_like_code_prefix,
    looks_like_modifier,
    normalise_code,
    split_modifiers,
)
from indexer.analysis.tokenizer import Token, tokenize
from service.search.query.intent import asked_section
from service.search.query.syntax import Node, Reading, read

#: Words beyond this many are left out, with a note; no question that a person asks is longer.
MAX_WORDS = 32
#: A shorter word is not taken for a beginning.
SHORTEST_PREFIX = 2
_MODIFIER_CHARS = 2
_DIGIT = re.compile(r"[0-9]")
MODIFIER_WORDS = frozenset(("mod", "modifier", "modifiers"))
#: Who has this stem in the query looks for modifiers as much as for procedures.
MODIFIER_TERM = "modifi"

#: Words that carry the grammar of a question, or nothing that tells one procedure from another. They are searched like
#: any other ("vitamin a"), but count less, and a record without them still has all the words of the question.
LIGHT_WORDS = frozenset(
    """
    a an the of for in on to at by from and or my your is are be was do does did how what when where which who why
    can could should i me we you it this that get need want have has about as into if so because while they he she his
    her them their its am been being will would
    machine thing things something stuff gadget kind sort someone person people dad mom mother father grandma grandpa
    husband wife guy help helps helping keep keeps make makes put puts go goes going wear wears wearing use uses using
    used bad little old called say says tell
    """.split()
)


class Slot(NamedTuple):
    """One word of a query: folded, its stem, and whether a record needs it to have all words."""

    word: str
    term: str
    required: bool


class Query(NamedTuple):
    """What a text asks for.

    ``text`` is what ranks; ``demand`` is what a record has to meet beside, or None. ``slots`` are distinct words in
    order, ``terms`` their stems. ``prefix`` is the last word, unstemmed, where the text ends in it (someone may still
    be typing), else None; it is the word of the last slot. ``codes`` are official spellings that the text, or a word of
    it, may be; ``whole_code`` says that the text is a code and nothing else; ``code_prefix`` is the start of a code;
    ``name`` is the whole text as a name key; ``section`` is the key of the section that it asks about. ``beginnings``
    says that the words before the last are beginnings, too.
    """

    text: str
    slots: tuple[Slot, ...]
    terms: tuple[str, ...]
    prefix: str | None = None
    codes: tuple[str, ...] = ()
    whole_code: bool = False
    code_prefix: str | None = None
    name: str = ""
    demand: Node | None = None
    section: str | None = None
    notes: tuple[str, ...] = ()
    beginnings: bool = False

    @property
    def whole(self) -> Query:
        """The query itself; see `Unread`."""
        return self

    @property
    def has_readings(self) -> bool:
        """Whether a word may mean several things; of this nothing is known."""
        return True


class Given(NamedTuple):
    """A text as it was given, the words of it that rank, and what it demands beside; see `Query`."""

    text: str
    words: str
    demand: Node | None = None
    #: Which section is asked about is told by the words, which nobody read yet.
    section: None = None


def as_given(text: str) -> Given | None:
    """Return what a text is as far as its syntax goes; None where something of that has to be told."""
    reading = read(text)
    return None if reading.notes else Given(text, reading.text, reading.demand)


class Unread:
    """A text whose words an engine read by itself: what is shown needs no more of it than this.

    ``prefix`` and ``section`` are those of `Query`; ``has_readings`` says that a word may mean several things; `whole`
    is the query, which is read when it is asked for.
    """

    notes: tuple[str, ...] = ()

    def __init__(self, given: Given, prefix: str | None, section: str | None, *, has_readings: bool) -> None:
        self._given, self.text, self.demand = given.text, given.words, given.demand
        self.prefix, self.section, self.has_readings = prefix, section, has_readings

    @cached_property
    def whole(self) -> Query:
        """The query."""
        return parse_query(self._given)


def parse_query(text: str) -> Query:
    """Read what a person typed."""
    reading = read(text)
    if len(reading.text) <= MAX_WORDS and _DIGIT.search(reading.text):
        query = _as_code(reading)
        if query is not None:
            return query
    tokens = list(tokenize(reading.text))
    kept = tokens[:MAX_WORDS]
    section, asking = asked_section([token.term for token in kept])
    complete = len(kept) == len(tokens)
    slots = _slots(kept, asking)
    codes, code_prefix = _codes(reading.text, kept)
    notes = reading.notes
    if not complete or not tokens:
        notes = (*notes, *_notes(text, tokens, reading))
    return Query(
        text=reading.text,
        slots=slots,
        terms=tuple([slot.term for slot in slots]),
        prefix=_prefix(reading.text, tokens) if complete and reading.text == text else None,
        codes=codes,
        code_prefix=code_prefix,
        name=" ".join([token.term for token in tokens]) if complete else "",
        demand=reading.demand,
        section=section,
        notes=notes,
    )


def _as_code(reading: Reading) -> Query | None:
    """Read a text that is a code, or a code with its modifiers, and nothing else."""
    billed = split_modifiers(reading.text)
    whole = normalise_code(reading.text)
    if not billed and not looks_like_code(whole):
        return None
    # "h 0015" is one code, not the words "h" and "0015".
    found = billed or (whole,)
    slots = tuple(Slot(each.lower(), each.lower(), True) for each in found)
    terms = tuple(slot.term for slot in slots)
    return Query(
        reading.text, slots, terms, codes=found, whole_code=not billed, demand=reading.demand, notes=reading.notes
    )


def _slots(tokens: list[Token], asking: frozenset[str]) -> tuple[Slot, ...]:
    # The last occurrence counts: the word being typed has to stay last.
    distinct = list({token.term: token for token in tokens}.values())
    if len(distinct) < len(tokens):
        distinct.sort(key=lambda token: token.position)
    light = {token.word for token in distinct if token.word in LIGHT_WORDS or token.term in asking}
    heavy = len(light) < len(distinct)
    return tuple([Slot(each.word, each.term, not heavy or each.word not in light) for each in distinct])


def _prefix(text: str, tokens: list[Token]) -> str | None:
    if not tokens or tokens[-1].end != len(text):
        return None
    word = tokens[-1].word
    return word if len(word) >= SHORTEST_PREFIX and not looks_like_code(word) else None


def _codes(text: str, tokens: list[Token]) -> tuple[tuple[str, ...], str | None]:
    """Return the codes that a text names, and the beginning of a code that it may be."""
    words, digit = [token.word for token in tokens], _DIGIT.search(text)
    # Most queries are several words without a digit, and name nothing.
    readable = len(text) <= MAX_WORDS and (digit or len(words) <= _MODIFIER_CHARS)
    whole = normalise_code(text) if readable else ""
    found = [whole] if len(whole) == _MODIFIER_CHARS and looks_like_modifier(whole) else []
    if not MODIFIER_WORDS.isdisjoint(words):
        pairs = itertools.pairwise(words)
        found += [word.upper() for before, word in pairs if before in MODIFIER_WORDS and looks_like_modifier(word)]
    if not digit:
        return tuple(found), None
    found += [token.word.upper() for token in tokens if _DIGIT.search(token.word) and looks_like_code(token.word)]
    return tuple(dict.fromkeys(found)), whole if looks_like_code_prefix(whole) else None


def _notes(text: str, tokens: list[Token], reading: Reading) -> list[str]:
    if len(tokens) > MAX_WORDS:
        return [f"Only the first {MAX_WORDS} of {len(tokens)} words were searched."]
    if text.strip() and not tokens and reading.demand is None:
        return ["The query holds no letter or digit, so there is nothing to search for."]
    return []
