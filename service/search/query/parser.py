"""Reads free text. Every text is a query: nothing here raises, and work is bounded by `MAX_WORDS`."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.codes import looks_like_code, looks_like_code_prefix, looks_like_modifier, normalise_code
from indexer.analysis.tokenizer import Token, name_key, tokenize

#: Words beyond this many are left out, with a note; no question that a person asks is longer.
MAX_WORDS = 32
_SHORTEST_PREFIX = 2

#: Words that carry the grammar of a question. They are searched like any other ("vitamin a"), but a record without
#: them still has all the words of the question.
LIGHT_WORDS = frozenset(
    """
    a an the of for in on to at by from and or my your is are be was do does did how what when where which who why
    can could should i me we you it this that get need want have has about as into
    """.split()
)


@dataclass(frozen=True, slots=True)
class Slot:
    """One word of a query: folded, its stem, and whether a record needs it to have all words."""

    word: str
    term: str
    required: bool


@dataclass(frozen=True, slots=True)
class Query:
    """What a text asks for.

    ``slots`` are distinct words in order. ``prefix`` is the last word, unstemmed, where the text ends in it (someone
    may still be typing), else None; it is the word of the last slot. ``codes`` are official spellings that the text,
    or a word of it, may be; ``code_prefix`` is the start of a code; ``name`` is the whole text as a name key.
    """

    slots: tuple[Slot, ...]
    prefix: str | None
    codes: tuple[str, ...]
    code_prefix: str | None
    name: str
    notes: tuple[str, ...] = ()

    @property
    def terms(self) -> tuple[str, ...]:
        """The stems of all slots."""
        return tuple(slot.term for slot in self.slots)


def parse_query(text: str) -> Query:
    """Read ``text`` as free text."""
    tokens = list(tokenize(text))
    kept = tokens[:MAX_WORDS]
    whole = normalise_code(text) if len(text) <= MAX_WORDS else ""
    if looks_like_code(whole):
        # "h 0015" is one code, not the words "h" and "0015".
        return Query((Slot(whole.lower(), whole.lower(), True),), None, (whole,), None, name_key(text))
    return Query(
        slots=_slots(kept),
        prefix=_prefix(text, tokens) if len(kept) == len(tokens) else None,
        codes=_codes(whole, kept),
        code_prefix=whole if looks_like_code_prefix(whole) else None,
        name=name_key(text) if len(kept) == len(tokens) else "",
        notes=tuple(_notes(text, tokens)),
    )


def _slots(tokens: list[Token]) -> tuple[Slot, ...]:
    # The last occurrence counts: the word being typed has to stay last.
    last = {token.term: token for token in tokens}
    distinct = sorted(last.values(), key=lambda token: token.position)
    heavy = any(token.word not in LIGHT_WORDS for token in distinct)
    return tuple(Slot(each.word, each.term, not heavy or each.word not in LIGHT_WORDS) for each in distinct)


def _prefix(text: str, tokens: list[Token]) -> str | None:
    if not tokens or tokens[-1].end != len(text):
        return None
    word = tokens[-1].word
    return word if len(word) >= _SHORTEST_PREFIX and not looks_like_code(word) else None


def _codes(whole: str, tokens: list[Token]) -> tuple[str, ...]:
    found = [whole] if looks_like_modifier(whole) else []
    found += [token.word.upper() for token in tokens if looks_like_code(token.word)]
    return tuple(dict.fromkeys(found))


def _notes(text: str, tokens: list[Token]) -> list[str]:
    if len(tokens) > MAX_WORDS:
        return [f"Only the first {MAX_WORDS} of {len(tokens)} words were searched."]
    if text.strip() and not tokens:
        return ["The query holds no letter or digit, so there is nothing to search for."]
    return []
