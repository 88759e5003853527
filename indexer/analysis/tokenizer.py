"""From text to tokens, the same way for indexing and for searching.

A token keeps where it stood in the text, so that a highlight can mark the original characters.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import re
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from typing import NamedTuple

import Stemmer

#: Raise it when `tokenize` gives other tokens than before; snapshots of another version are then refused.
ANALYSIS_VERSION = 3

# Units that stand behind a number without a blank as often as with one: "10mg" is "10 mg".
_UNITS = "mg|mcg|g|gm|kg|ml|cc|l|iu|meq|mci|uci|mm|cm|in|ft|lbs?|oz|hrs?|mins?|yrs?|mo|lpm|kcal|sq|v"
# Digits grouped by commas or holding a decimal point are one token ("1,000", "0.5", ".5"); a word keeps an inner
# apostrophe until its possessive is cut. Hyphens and slashes separate.
_NUMBER = r"(?:\d+(?:[.,]\d+)*|(?<![^\W_])\.\d+)"
_TOKEN = re.compile(
    rf"{_NUMBER}(?=(?:{_UNITS})(?![^\W_]))|(?:\d+(?:[.,]\d+)+|(?<![^\W_])\.\d+)(?![^\W_])|[^\W_]+(?:['’][^\W_]+)*",
    re.IGNORECASE,
)
#: For `re.Pattern.split`, which gives all tokens and all that stands between them in one call.
_TOKEN_KEPT = re.compile(f"({_TOKEN.pattern})", _TOKEN.flags)
JOINERS = frozenset("-/‐‑–")
#: So many tokens make a compound at most.
MOST_PARTS = 3
_POSSESSIVE = re.compile(r"['’]s$")
LONGEST_TOKEN = 64
#: Abbreviations that the stemmer would take for plurals or past tenses of other words: TENS is not ten, AED not "a".
_UNSTEMMED = frozenset(("aed", "aids", "als", "bls", "cros", "pers", "tens", "ins", "ots", "fos", "mds", "ems"))
_local = threading.local()


class Token(NamedTuple):
    """One word of a text.

    ``word`` is folded (lower case, no accents), ``term`` its stem; ``start`` and ``end`` are character
    offsets in the text, ``position`` counts tokens from 0.
    """

    word: str
    term: str
    start: int
    end: int
    position: int


def fold(text: str) -> str:
    """Return ``text`` in lower case, without accents, compatibility forms and apostrophes.

    >>> fold("Ménière’s")
    'menieres'
    """
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(char for char in decomposed if not unicodedata.combining(char))
    return text.casefold().replace("'", "").replace("’", "")


def tokenize(text: str) -> Iterator[Token]:
    """Yield the tokens of ``text`` in order. Overlong words are cut to 64 characters, never lost."""
    return tokenize_from(text, 0)


def tokenize_from(text: str, start: int) -> Iterator[Token]:
    """Yield the tokens from the offset ``start`` on, at which one begins; positions count from there."""
    position = 0
    for match in _TOKEN.finditer(text, start):
        word = folded_word(match[0])
        if word:
            yield Token(word, stem(word), match.start(), match.end(), position)
            position += 1


def compounds(tokens: Sequence[Token], text: str) -> Iterator[Token]:
    """Yield, for each run of two or three ``tokens`` with only a hyphen or slash between them, the word they join to.

    "foot-drop" gives "footdrop" at the position of "foot", so that either spelling finds the other.
    """
    for at in range(len(tokens) - 1):
        for last in range(at + 1, min(at + MOST_PARTS, len(tokens))):
            if text[tokens[last - 1].end : tokens[last].start] not in JOINERS:
                break
            word = "".join(token.word for token in tokens[at : last + 1])[:LONGEST_TOKEN]
            yield Token(word, stem(word), tokens[at].start, tokens[last].end, tokens[at].position)


def index_tokens(text: str) -> list[Token]:
    """Return the tokens and compounds of ``text`` in the order of positions."""
    return _with_compounds(list(tokenize(text)), text)


class IndexWords(NamedTuple):
    """The words and positions of `index_tokens`, and where the token at each position begins and how long it is."""

    words: list[str]
    positions: list[int]
    starts: list[int]
    widths: list[int]


def index_words(text: str) -> IndexWords:
    """Return the words of a text to be indexed.

    Most texts hold no hyphen or slash, and then no compounds; for those no token object is made, which is several times
    faster.
    """
    if any(joiner in text for joiner in JOINERS):
        tokens = list(tokenize(text))
        everything = _with_compounds(tokens, text)
        starts, widths = [token.start for token in tokens], [token.end - token.start for token in tokens]
        return IndexWords(
            [token.word for token in everything], [token.position for token in everything], starts, widths
        )
    pieces = _TOKEN_KEPT.split(text)
    raw = pieces[1::2]
    found = list(map(_FOLDED.__getitem__, raw))
    starts, widths = list(itertools.accumulate(map(len, pieces)))[:-1:2], list(map(len, raw))
    if not all(found):
        found, starts, widths = (list(itertools.compress(each, found)) for each in (found, starts, widths))  # type: ignore[assignment]
    return IndexWords(found, list(range(len(found))), starts, widths)


def _with_compounds(tokens: list[Token], text: str) -> list[Token]:
    return sorted([*tokens, *compounds(tokens, text)], key=lambda token: token.position)


def words(text: str) -> list[str]:
    """Return the folded words of ``text`` in order, unstemmed."""
    return [word for word in map(folded_word, _TOKEN.findall(text)) if word]


def name_key(text: str) -> str:
    """Return a name as it is compared with a whole query: its stems in order, joined by blanks."""
    return " ".join(map(stem, words(text)))


@functools.lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Return the Snowball English stem of a folded word; a word with a digit in it stays whole."""
    if not word.isascii() or not word.isalpha() or word in _UNSTEMMED:
        return word
    stemmer = getattr(_local, "stemmer", None)
    if stemmer is None:
        # A Stemmer may not be shared between threads.
        stemmer = _local.stemmer = Stemmer.Stemmer("english", 0)
    return str(stemmer.stemWord(word))


def fingerprint() -> str:
    """Return 16 hex digits that change when index and query terms would no longer agree."""
    parts = f"{ANALYSIS_VERSION}|PyStemmer {version('PyStemmer').split('.')[0]}|english|{_TOKEN.pattern}"
    return hashlib.sha256(parts.encode()).hexdigest()[:16]


@functools.lru_cache(maxsize=65_536)
def folded_word(raw: str) -> str:
    """Return the word of a token as it stands in a text: folded, without its possessive; maybe nothing is left."""
    bare = _POSSESSIVE.sub("", raw)
    if raw[0].isdigit() or raw[0] == ".":
        bare = bare.replace(",", "")
        bare = f"0{bare}" if bare.startswith(".") else bare
    return fold(bare)[:LONGEST_TOKEN]


class _Folded(dict[str, str]):
    """`folded_word` of what texts to be indexed hold: a third of the time that a cache by last use takes."""

    def __missing__(self, raw: str) -> str:
        if len(self) >= _MOST_FOLDED:
            self.clear()
        word = self[raw] = folded_word(raw)
        return word


_MOST_FOLDED = 1 << 18
_FOLDED = _Folded()
