"""A procedure document as values.

Every value checks, when it is made, that `corpus.format.render` can write it so that `parse` reads the same value
back; what cannot be written (a name with ", " in it, a paragraph that does not end like a sentence) is a ValueError.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus import grammar
from corpus.codes import CODE_SYSTEMS, CodeSystem, system_named
from corpus.grammar import SectionName

_ABBREVIATED = re.compile(r"(?P<name>.*\S)\s*\((?P<short>[^()]{1,40})\)")


def _require(condition: bool, what: str, value: object) -> None:
    if not condition:
        raise ValueError(f"expected {what}; got {value!r}")


def _require_clean(value: str, what: str) -> None:
    clean = grammar.clean_line(value) == value and not grammar.forbidden_characters(value)
    _require(bool(value) and clean, f"{what}: one line of clean, non-empty text", value)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One line of running text; it ends like a sentence."""

    text: str

    def __post_init__(self) -> None:
        _require_clean(self.text, "a paragraph")
        line = grammar.canonical_line(self.text)
        fits = line == self.text and grammar.is_sentence(line)
        _require(fits, "a paragraph that ends in . ! or ? and is no item", self.text)

    @property
    def line(self) -> str:
        """The line that stands for it in a document."""
        return self.text


@dataclass(frozen=True, slots=True)
class Subheading:
    """A heading inside a section, without its colon."""

    text: str

    def __post_init__(self) -> None:
        _require_clean(self.text, "a sub-heading")
        fits = grammar.canonical_line(self.line) == self.line and grammar.is_subheading(self.line)
        _require(fits, "a sub-heading that is neither item nor section heading", self.text)

    @property
    def line(self) -> str:
        """The line that stands for it in a document."""
        return f"{self.text}:"


@dataclass(frozen=True, slots=True)
class Item:
    """A list item, with the label before its colon where it has one."""

    text: str
    label: str | None = None

    def __post_init__(self) -> None:
        _require_clean(self.text, "an item")
        if self.label is not None:
            _require_clean(self.label, "a label")
        fits = grammar.canonical_line(self.line) == self.line
        _require(fits and grammar.split_label(self.line[2:]) == (self.label, self.text), "an item", self.line)
        _require(self.label is not None or not self.text.endswith(":"), "text behind the colon", self.text)

    @property
    def line(self) -> str:
        """The line that stands for it in a document."""
        return f"- {self.label}: {self.text}" if self.label is not None else f"- {self.text}"


Block = Paragraph | Subheading | Item


@dataclass(frozen=True, slots=True)
class Section:
    """One of the thirteen sections with its blocks in order; there is at least one."""

    name: SectionName
    blocks: tuple[Block, ...]

    def __post_init__(self) -> None:
        _require(bool(self.blocks), f"at least one block in {self.name.value}", self.blocks)

    @property
    def text(self) -> str:
        """All text of the section, one line a block, without bullets."""
        return "\n".join(block.line.removeprefix("- ") for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Procedure:
    """A whole document. ``descriptor_cut`` says that the descriptor ended in ``...`` on the page it came from."""

    descriptor: str
    code_system: str
    code: str
    title: str
    common_names: tuple[str, ...]
    technical_terms: tuple[str, ...]
    sections: tuple[Section, ...]
    descriptor_cut: bool = False

    def __post_init__(self) -> None:
        self._check_descriptor()
        _require(self.system.accepts(self.code), f"a code like {self.system.shape}", self.code)
        _require_clean(self.title, "a title")
        split = grammar.split_title(f"{self.title} ({self.code})")
        _require(split == (self.title, self.code), "a title that can be followed by its code", self.title)
        self._check_names(self.common_names, "common names")
        self._check_names(self.technical_terms, "technical terms")
        names = [section.name for section in self.sections]
        _require(set(names) == set(SectionName) and len(names) == 13, "each of the 13 sections once", names)

    @property
    def system(self) -> CodeSystem:
        """The code system; ValueError where the document names one that does not exist."""
        system = system_named(self.code_system)
        known = ", ".join(each.name for each in CODE_SYSTEMS)
        if system is None or system.name != self.code_system:
            raise ValueError(f"expected a code system of {known}; got {self.code_system!r}")
        return system

    @property
    def descriptor_line(self) -> str:
        """The first line of the document."""
        return self.descriptor + grammar.CUT_MARK * self.descriptor_cut

    def section(self, name: SectionName) -> Section:
        """Return the section called ``name``; every document has all thirteen."""
        return next(section for section in self.sections if section.name is name)

    def _check_descriptor(self) -> None:
        _require_clean(self.descriptor, "a descriptor")
        reserved = {grammar.NAVIGATION_LINE, grammar.NAME_HEADING, *(system.line for system in CODE_SYSTEMS)}
        free = grammar.canonical_line(self.descriptor).casefold() not in {line.casefold() for line in reserved}
        split = grammar.split_cut(self.descriptor_line)
        fits = free and split == (self.descriptor, self.descriptor_cut)
        _require(fits, "a descriptor that is no other header line and holds no cut mark", self.descriptor)

    @staticmethod
    def _check_names(names: tuple[str, ...], what: str) -> None:
        for name in names:
            _require_clean(name, f"one of the {what}")
        fits = bool(names) and grammar.split_names(", ".join(names)) == names
        fits = fits and grammar.brackets_balanced(", ".join(names))
        _require(fits, f"{what} without ', ' outside brackets", names)


def split_abbreviation(name: str) -> tuple[str, str | None]:
    """Split ``Intensive Outpatient Program (IOP)`` into the name and what its last brackets hold, or None."""
    match = _ABBREVIATED.fullmatch(name)
    return (match["name"], match["short"]) if match else (name, None)
