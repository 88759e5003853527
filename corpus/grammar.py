"""The lines of a document: what kinds there are and how each is told from the others.

Everything here works on one line or one value, so that the parser (`corpus.format`) and the checks that
keep every document writable (`corpus.model`) share one definition.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum

NAVIGATION_LINE = "Search all medical codes"
NAME_HEADING = "Name of the Procedure:"
COMMON_NAMES = "Common Names"
TECHNICAL_TERMS = "Technical/Medical Terms"
CUT_MARK = "..."


class SectionName(Enum):
    """The thirteen sections in their usual order; the value is the heading as written in a document."""

    SUMMARY = "Summary"
    PURPOSE = "Purpose"
    INDICATIONS = "Indications"
    PREPARATION = "Preparation"
    PROCEDURE_DESCRIPTION = "Procedure Description"
    DURATION = "Duration"
    SETTING = "Setting"
    PERSONNEL = "Personnel"
    RISKS = "Risks and Complications"
    BENEFITS = "Benefits"
    RECOVERY = "Recovery"
    ALTERNATIVES = "Alternatives"
    PATIENT_EXPERIENCE = "Patient Experience"

    @property
    def key(self) -> str:
        """The name used in indexes and answers: ``procedure_description``."""
        return self.name.lower()


#: Labelled items that a reader expects in a section; a document without one is accepted with a warning.
EXPECTED_LABELS: dict[SectionName, tuple[str, ...]] = {
    SectionName.PURPOSE: ("Medical Conditions", "Goals"),
    SectionName.INDICATIONS: ("Symptoms/Conditions", "Patient Criteria"),
    SectionName.PREPARATION: ("Instructions", "Diagnostic Tests"),
    SectionName.PROCEDURE_DESCRIPTION: ("Tools/Equipment", "Anesthesia/Sedation"),
    SectionName.PERSONNEL: ("Healthcare Professionals",),
    SectionName.RISKS: ("Common Risks", "Rare Risks"),
    SectionName.RECOVERY: ("Post-Procedure Care", "Recovery Time", "Restrictions/Follow-ups"),
    SectionName.ALTERNATIVES: ("Other Options", "Pros and Cons"),
    SectionName.PATIENT_EXPERIENCE: ("During Procedure", "After Procedure"),
}

MAX_LABEL_CHARS = 60

_HEADINGS = {section.value.casefold(): section for section in SectionName}
_FIXED_LINES = {NAME_HEADING.rstrip(":").casefold(): NAME_HEADING}
_NAME_LABELS = {label.casefold(): label for label in (COMMON_NAMES, TECHNICAL_TERMS)}
_BLANKS = re.compile(r"\s+")
_BULLET = re.compile(r"^(?:[-*•‣–—·]|\d{1,2}[.)])\s+")
_LABELLED = re.compile(rf"(?P<label>[^:.;!?,]{{1,{MAX_LABEL_CHARS}}}): (?P<text>.+)")
_SENTENCE_END = re.compile(r"[.!?][)\]\"'”’»]*$")
_CUT = re.compile(r"\.{3}|…")
_TITLE = re.compile(r"(?P<title>.*\S) ?\((?P<code>[^()]*)\)")
# Controls other than tab, plus characters that reorder or hide the text around them.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff\ufffd]")


def forbidden_characters(line: str) -> list[tuple[int, str]]:
    """Return (column from 1, character name) of each character that no document may hold."""
    return [
        (m.start() + 1, f"U+{ord(m[0]):04X} {unicodedata.name(m[0], 'control character')}")
        for m in _FORBIDDEN.finditer(line)
    ]


def without_forbidden(text: str) -> str:
    """Return ``text`` without the characters that no document may hold."""
    return _FORBIDDEN.sub("", text)


def clean_line(line: str) -> str:
    """Return ``line`` in Unicode NFC, with each run of blanks as one space and none at the ends."""
    return unicodedata.normalize("NFC", _BLANKS.sub(" ", line).strip())


def canonical_line(line: str) -> str:
    """Return a cleaned line with bullet, heading and label in the spelling that `render` writes.

    Any of ``- * • – 1. 2)`` becomes ``- ``; a heading in other case or with a colon becomes the heading; no blank
    stands before the colon of a label.
    """
    line = _BULLET.sub("- ", line)
    if line.startswith("- "):
        return _canonical_label(line)
    bare = line.removesuffix(":").rstrip().casefold()
    if bare in _FIXED_LINES:
        return _FIXED_LINES[bare]
    section = _HEADINGS.get(bare)
    return section.value if section else line


def _canonical_label(line: str) -> str:
    label, colon, rest = line[2:].partition(":")
    known = _NAME_LABELS.get(label.rstrip().casefold())
    if known and colon:
        return f"- {known}:{rest}"
    labelled = _LABELLED.fullmatch(line[2:])
    return f"- {labelled['label'].rstrip()}: {labelled['text']}" if labelled else line


def section_of(line: str) -> SectionName | None:
    """Return the section whose heading the canonical ``line`` is, or None."""
    section = _HEADINGS.get(line.casefold())
    return section if section and section.value == line else None


def is_item(line: str) -> bool:
    """Say whether a canonical line is a list item."""
    return line == "-" or line.startswith("- ")


def is_subheading(line: str) -> bool:
    """Say whether a canonical line is a heading inside a section: it ends in a colon."""
    return not is_item(line) and len(line) > 1 and line.endswith(":")


def is_sentence(line: str) -> bool:
    """Say whether a canonical line can stand as a paragraph: it ends like a sentence."""
    return not is_item(line) and _SENTENCE_END.search(line) is not None


def split_label(text: str) -> tuple[str | None, str]:
    """Split the text of an item into (label or None, rest)."""
    match = _LABELLED.fullmatch(text)
    return (match["label"], match["text"]) if match else (None, text)


def split_cut(line: str) -> tuple[str, bool]:
    """Split a descriptor line into its text and whether a mark such as ``...`` says that the rest is missing."""
    # By hand, because an expression for the whole of it takes the cube of the time for a long line of dots.
    end = len(line)
    while end and (line[end - 1] in ".…" or line[end - 1].isspace()):
        end -= 1
    mark = _CUT.search(line, end)
    return (line[: mark.start()].rstrip() if mark else line), mark is not None


def split_title(line: str) -> tuple[str, str] | None:
    """Split ``Title (CODE)`` into title and code, or return None where no code in brackets ends the line."""
    match = _TITLE.fullmatch(line)
    return (match["title"], match["code"].strip()) if match else None


def split_names(text: str) -> tuple[str, ...]:
    """Split a list of names at each comma that a blank follows and no bracket encloses.

    ``Vitamin B-12 shot, 1,000 mcg (by muscle, by skin)`` holds two names. Pieces may come out empty.
    """
    pieces, depth, start = [], 0, 0
    for at, char in enumerate(text):
        depth = max(0, depth + (char in "([") - (char in ")]"))
        if char == "," and not depth and text[at + 1 : at + 2] in (" ", ""):
            pieces.append(text[start:at].strip())
            start = at + 1
    pieces.append(text[start:].strip())
    return tuple(pieces)


def brackets_balanced(text: str) -> bool:
    """Say whether every round or square bracket in ``text`` is opened before it is closed, and closed."""
    depth = 0
    for char in text:
        depth += (char in "([") - (char in ")]")
        if depth < 0:
            return False
    return depth == 0
