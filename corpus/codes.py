"""Code systems: how a code of each looks, and how a typed code is brought to its official shape."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CodeSystem:
    """One code system.

    ``name`` is its short name in requests and answers, ``line`` the line that names it in a document,
    ``pattern`` matches a whole code in official spelling, ``shape`` says it in words.
    """

    name: str
    line: str
    pattern: re.Pattern[str]
    shape: str

    def accepts(self, code: str) -> bool:
        """Say whether ``code`` has the shape of this system; it need not exist."""
        return self.pattern.fullmatch(code) is not None


# D codes are dental (CDT) and belong to the American Dental Association although they look like HCPCS.
HCPCS = CodeSystem("HCPCS", "HCPCS code", re.compile(r"[A-CE-V][0-9]{4}"), "a letter A to V except D, then four digits")
CPT = CodeSystem("CPT", "CPT code", re.compile(r"[0-9]{4}[0-9A-Z]"), "five digits, or four digits and a letter")
CDT = CodeSystem("CDT", "CDT code", re.compile(r"D[0-9]{4}"), "the letter D, then four digits")
ICD10PCS = CodeSystem(
    "ICD-10-PCS",
    "ICD-10-PCS code",
    re.compile(r"[0-9A-HJ-NP-Z]{7}"),
    "seven letters or digits, without I and O",
)

#: Every system that a document may name. Only HCPCS Level II texts may be shipped with the product;
#: the others are for documents that a user is licensed to hold.
CODE_SYSTEMS: tuple[CodeSystem, ...] = (HCPCS, CPT, CDT, ICD10PCS)

_SEPARATORS = re.compile(r"[\s.\-_]+")
_CODE_SHAPED = re.compile(r"[A-Z][0-9]{4}|[0-9]{4}[0-9A-Z]")
_MODIFIER_SHAPED = re.compile(r"[A-Z][0-9A-Z]|[0-9][A-Z]")
_MODIFIER = re.compile(r"[A-Z][0-9A-Z]|[0-9][A-Z]")
_CODE_WITH_MODIFIERS = re.compile(r"(?P<code>[A-Z][0-9]{4})(?P<rest>(?:[\s-]*(?:[A-Z][0-9A-Z]|[0-9][A-Z])){1,4})")
_PREFIX_SHAPED = re.compile(r"[A-Z][0-9]{1,3}")


def system_of_line(line: str) -> CodeSystem | None:
    """Return the system whose name a document line such as ``HCPCS code`` is, in any case, or None."""
    wanted = " ".join(line.split()).casefold()
    return next((system for system in CODE_SYSTEMS if system.line.casefold() == wanted), None)


def system_named(name: str) -> CodeSystem | None:
    """Return the system called ``name`` (``HCPCS``), in any case, or None."""
    return next((system for system in CODE_SYSTEMS if system.name.casefold() == name.casefold()), None)


def normalise_code(text: str) -> str:
    """Return ``text`` as an official code is written: upper case, without blanks, dots and dashes."""
    return _SEPARATORS.sub("", text).upper()


def looks_like_code(text: str) -> bool:
    """Say whether ``text``, once normalised, has the shape of a whole five-character procedure code."""
    return _CODE_SHAPED.fullmatch(normalise_code(text)) is not None


def split_modifiers(text: str) -> tuple[str, ...]:
    """Return the code and modifiers of ``E0260RR`` or ``A4253-KX-NU``, or nothing where ``text`` is not so written."""
    match = _CODE_WITH_MODIFIERS.fullmatch(text.strip().upper())
    return (match["code"], *_MODIFIER.findall(match["rest"])) if match else ()


def looks_like_code_prefix(text: str) -> bool:
    """Say whether ``text``, once normalised, is a letter and one to three digits (``H00``)."""
    return _PREFIX_SHAPED.fullmatch(normalise_code(text)) is not None


def looks_like_modifier(text: str) -> bool:
    """Say whether ``text``, once normalised, has the two-character shape of a modifier."""
    return _MODIFIER_SHAPED.fullmatch(normalise_code(text)) is not None
