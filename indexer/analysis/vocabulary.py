"""Synonyms and abbreviations: files that people write, and the rules that they become.

A vocabulary file has one rule a line; ``#`` starts a comment::

    heart attack = myocardial infarction          two-way: every phrase means every other
    rollator, wheeled walker => walker            one-way: who types the left also means the right

An abbreviation file has one abbreviation a line, with every reading that it may have::

    MS : multiple sclerosis | morphine sulfate

A file with an error is refused as a whole, with every problem by line.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from indexer.analysis.tokenizer import name_key
from indexer.errors import VocabularyRefused

#: Folder of the files that come with the product.
SHIPPED = Path(__file__).resolve().parent / "data"
SYNONYMS, ABBREVIATIONS = "vocabulary*.txt", "abbreviations.txt"

#: What a match by synonym counts against one by the word that was typed.
TWO_WAY_WEIGHT = 0.95
ONE_WAY_WEIGHT = 0.9
#: An abbreviation with several readings may mean another one.
AMBIGUOUS_WEIGHT = 0.6

MAX_FILE_BYTES = 4 << 20
MAX_PHRASE_WORDS = 8

_PHRASE = re.compile(r"[^\W_](?:[^\W_]|[ '’./&+-])*")
_KEY = re.compile(r"[^\W_](?:[^\W_]|[/&.+-]){0,11}")


@dataclass(frozen=True, slots=True)
class Rule:
    """Who types ``phrase`` also means ``meaning``, both name keys; ``typed`` and ``text`` are the two as written."""

    phrase: str
    meaning: str
    weight: float
    text: str
    typed: str = ""


@dataclass(slots=True)
class _Reading:
    """The rules of one file while it is read, and what is wrong with it."""

    path: str
    rules: dict[tuple[str, str], tuple[Rule, int]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def refuse(self, line: int, expected: str, got: str, remedy: str) -> None:
        self.problems.append(f"{self.path}:{line}: expected {expected}; got {got}. {remedy}")

    def add(self, phrase: str, meaning: str, weight: float, line: int) -> None:
        rule = Rule(name_key(phrase), name_key(meaning), weight, meaning, phrase)
        if rule.phrase == rule.meaning:
            # "brace, braces" is harmless: the stems are equal already.
            return
        known = self.rules.get((rule.phrase, rule.meaning))
        if known and known[0].weight != weight:
            got = f"another direction on line {known[1]} for {phrase!r} and {meaning!r}"
            self.refuse(line, "each pair of phrases in one direction", got, "Keep one of the two lines.")
        self.rules.setdefault((rule.phrase, rule.meaning), (rule, line))

    def finish(self) -> list[Rule]:
        if self.problems:
            raise VocabularyRefused(self.problems)
        return [rule for rule, _ in self.rules.values()]


def read_synonyms(text: str, path: str) -> list[Rule]:
    """Return the rules of a vocabulary file; VocabularyRefused with all problems where there are any."""
    reading = _Reading(path)
    for number, line in _content(text):
        _synonym_line(line, number, reading)
    _refuse_cycles(reading)
    return reading.finish()


def read_abbreviations(text: str, path: str) -> list[Rule]:
    """Return the rules of an abbreviation file; VocabularyRefused with all problems where there are any."""
    reading = _Reading(path)
    seen: dict[str, int] = {}
    for number, line in _content(text):
        key, colon, readings = (part.strip() for part in line.partition(":"))
        if not colon or not _KEY.fullmatch(key):
            expected = "'KEY : reading | reading' with a key of at most 12 letters, digits and / & - . +"
            reading.refuse(number, expected, repr(line[:60]), "Correct the line.")
            continue
        if key.casefold() in seen:
            got = f"{key} again (first on line {seen[key.casefold()]})"
            reading.refuse(number, "each abbreviation once", got, "Join the readings with '|'.")
        seen.setdefault(key.casefold(), number)
        phrases = _phrases(readings, "|", number, reading)
        weight = TWO_WAY_WEIGHT if len(phrases) == 1 else AMBIGUOUS_WEIGHT
        for phrase in phrases:
            reading.add(key, phrase, weight, number)
    return reading.finish()


@functools.lru_cache(maxsize=1)
def shipped_rules() -> tuple[Rule, ...]:
    """Return the rules of the files that come with the product; they are read once."""
    files = sorted(SHIPPED.glob(SYNONYMS))
    synonyms = [rule for path in files for rule in read_synonyms(path.read_text("utf-8"), path.name)]
    short = read_abbreviations((SHIPPED / ABBREVIATIONS).read_text("utf-8"), ABBREVIATIONS)
    return (*synonyms, *short)


def merged(rules: Iterable[Rule]) -> dict[str, list[Rule]]:
    """Return rules by phrase, each meaning once with its highest weight, in a stable order."""
    best: dict[tuple[str, str], Rule] = {}
    for rule in rules:
        known = best.get((rule.phrase, rule.meaning))
        if known is None or known.weight < rule.weight:
            best[rule.phrase, rule.meaning] = rule
    by_phrase: dict[str, list[Rule]] = {}
    for rule in sorted(best.values(), key=lambda each: (each.phrase, -each.weight, each.meaning)):
        by_phrase.setdefault(rule.phrase, []).append(rule)
    return by_phrase


def _content(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        bare = line.partition("#")[0].strip()
        if bare:
            yield number, bare


def _synonym_line(line: str, number: int, reading: _Reading) -> None:
    left, arrow, right = line.partition("=>")
    if arrow:
        pairs = itertools.product(_phrases(left, ",", number, reading), _phrases(right, ",", number, reading))
        for phrase, meaning in pairs:
            reading.add(phrase, meaning, ONE_WAY_WEIGHT, number)
        return
    if line.count("=") > 1 or ("=" not in line and "," not in line):
        reading.refuse(number, "'a, b = c' or 'a, b => c'", repr(line[:60]), "Write one = or one => on the line.")
        return
    phrases = [phrase for side in line.split("=") for phrase in _phrases(side, ",", number, reading)]
    for phrase, meaning in itertools.permutations(phrases, 2):
        reading.add(phrase, meaning, TWO_WAY_WEIGHT, number)


def _phrases(text: str, separator: str, number: int, reading: _Reading) -> list[str]:
    phrases = [" ".join(phrase.split()) for phrase in text.split(separator)]
    for phrase in phrases:
        if not _PHRASE.fullmatch(phrase) or not 1 <= len(name_key(phrase).split()) <= MAX_PHRASE_WORDS:
            expected = f"a phrase of 1 to {MAX_PHRASE_WORDS} words of letters and digits"
            reading.refuse(number, expected, repr(phrase[:60]), "Correct the phrase, or a comma too many.")
    return [phrase for phrase in phrases if name_key(phrase)]


def _refuse_cycles(reading: _Reading) -> None:
    """One-way rules that lead back to where they began would make every direction two-way."""
    onward: dict[str, list[str]] = {}
    for rule, _ in reading.rules.values():
        if rule.weight == ONE_WAY_WEIGHT:
            onward.setdefault(rule.phrase, []).append(rule.meaning)
    for (phrase, meaning), (rule, line) in reading.rules.items():
        if rule.weight == ONE_WAY_WEIGHT and phrase in _reachable(meaning, onward):
            got = f"one that leads back to {phrase!r}"
            reading.refuse(line, "a one-way rule without a way back", got, "Use = for phrases that mean the same.")


def _reachable(start: str, onward: dict[str, list[str]]) -> set[str]:
    seen, todo = {start}, [start]
    while todo:
        for following in onward.get(todo.pop(), ()):
            if following not in seen:
                seen.add(following)
                todo.append(following)
    return seen
