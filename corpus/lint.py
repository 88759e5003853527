"""What a program can tell of the writing of documents, beyond their format.

Everything found here is a warning: a document with such findings is still indexed. Lengths and grades are those that
the shipped documents keep.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.codes import HCPCS
from corpus.draft import PLACEHOLDER
from corpus.errors import Problem, StoreError
from corpus.grammar import SectionName
from corpus.model import Procedure, split_abbreviation
from corpus.store import StoredDocument

if TYPE_CHECKING:
    from spellchecker import SpellChecker

FEWEST_WORDS, MOST_WORDS = 350, 900
FEWEST_NAMES = 4
#: A reader of twelve years understands texts of this grade.
HIGHEST_GRADE = 8.0
#: So many words in a row are a sentence that was copied, and no two documents share one by chance.
RUN_WORDS = 8
MOST_DOCUMENTS_OF_A_RUN = 2

#: The file in a corpus folder that lists words which are spelled right.
WORDS = "words.lst"

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SENTENCE = re.compile(r"[^.!?]*[.!?]*")
_CODE = re.compile(rf"\b{HCPCS.pattern.pattern}\b")
_SHORTEST_WORD = 5


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beside the documents: official codes, None where none are imported, and words spelled right."""

    codes: Collection[str] | None = None
    words: Collection[str] = frozenset()


def lint(documents: Sequence[StoredDocument], known: Known) -> list[Problem]:
    """Return every finding, document by document in the order given."""
    found: dict[str, list[Problem]] = {each.path: [] for each in documents}
    shared = [*_shared_runs(documents), *_shared_names(documents)]
    common = _words_of_several(documents)
    for each in documents:
        own = (_placeholders, _length, _names, _grade, _other_codes)
        found[each.path] += [problem for check in own for problem in check(each, known)]
        found[each.path] += _misspelt(each, known, common)
    for problem in shared:
        found[problem.path].append(problem)
    return [problem for some in found.values() for problem in some]


def read_words(folder: Path) -> list[str]:
    """Return the words of the file `WORDS` in a corpus folder, one a line; lines that begin with # are comments."""
    try:
        lines = (folder / WORDS).read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{folder / WORDS}: expected a file of words in UTF-8; got {error}. Correct it.") from error
    return [line.strip().lower() for line in lines if line.strip() and not line.startswith("#")]


def reading_grade(text: str) -> float:
    """Return the school grade that a text asks of its reader: 0.39 words a sentence + 11.8 syllables a word - 15.59.

    Kincaid, Fishburne, Rogers and Chissom, "Derivation of new readability formulas", 1975. Syllables are the places
    where a word may be hyphenated, and one more.
    """
    words = _WORD.findall(text)
    sentences = sum(1 for each in _SENTENCE.findall(text) if _WORD.search(each))
    if not words:
        return 0.0
    return 0.39 * len(words) / sentences + 11.8 * sum(map(_syllables, words)) / len(words) - 15.59


@lru_cache(maxsize=1)
def _hyphenation() -> object:
    import pyphen

    return pyphen.Pyphen(lang="en_US")


@lru_cache(maxsize=65_536)
def _syllables(word: str) -> int:
    return len(_hyphenation().positions(word.lower())) + 1  # type: ignore[attr-defined]


def _placeholders(stored: StoredDocument, _known: Known) -> Iterator[Problem]:
    names = (*stored.document.common_names, *stored.document.technical_terms)
    count = sum(PLACEHOLDER in text for text in (*names, *_texts(stored.document)))
    if count:
        expected, remedy = "every place of a draft to be filled in", "Write the text, then check again."
        yield _warning(stored, "placeholder", expected, f"{count} that are not", remedy, PLACEHOLDER)


def _length(stored: StoredDocument, _known: Known) -> Iterator[Problem]:
    count = sum(len(text.split()) for text in _texts(stored.document))
    if not FEWEST_WORDS <= count <= MOST_WORDS:
        expected, remedy = f"{FEWEST_WORDS} to {MOST_WORDS} words in the sections", "Say more, or say it shorter."
        yield _warning(stored, "length", expected, str(count), remedy)


def _names(stored: StoredDocument, _known: Known) -> Iterator[Problem]:
    count = len(stored.document.common_names)
    if count < FEWEST_NAMES:
        remedy = "Add the names that patients, nurses and billers use."
        yield _warning(stored, "few-names", f"at least {FEWEST_NAMES} common names", str(count), remedy, "Common Names")


def _grade(stored: StoredDocument, _known: Known) -> Iterator[Problem]:
    summary = next(each for each in stored.document.sections if each.name is SectionName.SUMMARY)
    grade = reading_grade(" ".join(block.text for block in summary.blocks))
    if grade > HIGHEST_GRADE:
        remedy = "Use shorter sentences and plainer words."
        expected = f"a summary of reading grade {HIGHEST_GRADE:.0f} or lower"
        yield _warning(stored, "reading-grade", expected, f"{grade:.1f}", remedy, summary.blocks[0].text)


def _other_codes(stored: StoredDocument, known: Known) -> Iterator[Problem]:
    if known.codes is None:
        return
    for text in _texts(stored.document):
        for code in _CODE.findall(text):
            if code not in known.codes and code != stored.document.code:
                remedy = "Correct the code, or import the release that has it."
                yield _warning(stored, "mentioned-code", "a code of the imported releases", code, remedy, text)


def _misspelt(stored: StoredDocument, known: Known, common: Collection[str]) -> Iterator[Problem]:
    """Yield words that nobody knows and that are one letter away from a word that everybody knows."""
    if not known.words:
        return
    places: dict[str, str] = {}
    for text in _texts(stored.document):
        for word in _WORD.findall(text):
            if len(word) >= _SHORTEST_WORD and word.islower() and word.isascii() and word.isalpha():
                places.setdefault(word, text)
    strange = {word for word in places if word not in known.words and word not in common}
    for word, right in sorted(_corrections(frozenset(strange)).items()):
        remedy = "Correct it; a right word that is rare may stand in a second document or a name."
        yield _warning(stored, "spelling", f"{right!r} or a word of the word list", repr(word), remedy, places[word])


def _corrections(words: frozenset[str]) -> dict[str, str]:
    """Return the misspelt ones of ``words`` with the likely right spelling."""
    if not words:
        return {}
    checker = _checker()
    found = {word: checker.candidates(word) or set() for word in checker.unknown(words)}
    # Of several that are as frequent the first by letters, so that the same is told each time.
    best = {
        word: min(some - {word}, key=lambda each: (-checker[each], each), default=None) for word, some in found.items()
    }
    return {word: right for word, right in best.items() if right is not None}


@lru_cache(maxsize=1)
def _checker() -> SpellChecker:
    """Return the dictionary, which takes a sixth of a second to load: once, and only where a word is strange."""
    from spellchecker import SpellChecker

    return SpellChecker(distance=1)


def _words_of_several(documents: Sequence[StoredDocument]) -> set[str]:
    """Return the words that stand in more than one document, or in a name."""
    seen: dict[str, int] = defaultdict(int)
    for each in documents:
        for word in {word for text in _texts(each.document) for word in _WORD.findall(text)}:
            seen[word] += 1
    names = {word.lower() for each in documents for name in _all_names(each.document) for word in _WORD.findall(name)}
    return {word for word, count in seen.items() if count > 1} | names


def _shared_runs(documents: Sequence[StoredDocument]) -> Iterator[Problem]:
    """Yield one finding for each document that shares a run of eight words with more than one other."""
    holders: dict[tuple[str, ...], dict[str, str]] = defaultdict(dict)
    for each in documents:
        for text in _texts(each.document):
            for run in _runs(text):
                holders[run].setdefault(each.path, text)
    told: set[str] = set()
    by_path = {each.path: each for each in documents}
    for run, places in holders.items():
        for path, text in places.items() if len(places) > MOST_DOCUMENTS_OF_A_RUN else ():
            if path not in told:
                told.add(path)
                others = ", ".join(sorted(set(places) - {path})[:3])
                expected = f"no run of {RUN_WORDS} words that stands in more than {MOST_DOCUMENTS_OF_A_RUN} documents"
                got = f"{' '.join(run)!r}, also in {others}"
                yield _warning(by_path[path], "shared-text", expected, got, "Say it in other words.", text)


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    for sentence in _SENTENCE.findall(text):
        words = [word.lower() for word in _WORD.findall(sentence)]
        for at in range(len(words) - RUN_WORDS + 1):
            yield tuple(words[at : at + RUN_WORDS])


def _shared_names(documents: Sequence[StoredDocument]) -> Iterator[Problem]:
    """Yield one finding for each name that a document of an earlier path has already.

    Abbreviations in brackets may have several meanings: a search lists them all.
    """
    first: dict[str, StoredDocument] = {}
    for each in documents:
        for name in each.document.common_names:
            key = " ".join(split_abbreviation(name)[0].lower().split())
            other = first.setdefault(key, each)
            if other is not each:
                remedy = "Use a name that tells the two apart."
                yield _warning(each, "shared-name", "a name of this document only", f"{name!r}, also in {other.path}",
                               remedy, name)  # fmt: skip


def _all_names(document: Procedure) -> Iterable[str]:
    return (document.title, document.descriptor, *document.common_names, *document.technical_terms)


def _texts(document: Procedure) -> Iterator[str]:
    for section in document.sections:
        for block in section.blocks:
            yield block.text


def _warning(
    stored: StoredDocument, rule: str, expected: str, got: str, remedy: str, near: str | None = None
) -> Problem:
    """Return a finding; ``near`` is text of the line that it is about, where it is about one."""
    line = 1
    if near is not None:
        lines = Path(stored.path).read_text("utf-8").splitlines()
        line = next((at for at, each in enumerate(lines, 1) if near in each), 1)
    return Problem(stored.path, line, 1, "warning", rule, expected, got, remedy)
