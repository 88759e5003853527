"""Which part of a document a question is about: "recovery time after ...", "side effects of ..."."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.analysis.tokenizer import name_key

#: Phrases by the section that they ask for. The words of a phrase found need not stand in a record.
_PHRASES: dict[str, tuple[str, ...]] = {
    "recovery": (
        "recovery time",
        "recovery",
        "recover",
        "heal",
        "healing time",
        "downtime",
        "aftercare",
        "after care",
        "follow up",
        "back to work",
        "return to work",
        "restrictions",
        "what to do after",
    ),
    "risks": (
        "side effects",
        "side effect",
        "risks",
        "risk",
        "complications",
        "complication",
        "dangers",
        "dangerous",
        "adverse reaction",
        "is it safe",
    ),
    "preparation": ("how to prepare", "prepare", "preparation", "getting ready", "what to bring", "eat before", "prep"),
    "duration": ("how long", "duration", "length of time", "how many hours", "how many weeks"),
    "setting": ("where is", "where does", "where can"),
    "personnel": ("who does", "who performs", "who gives", "who provides", "which doctor", "what kind of doctor"),
    "procedure_description": (
        "how is it done",
        "steps",
        "step by step",
        "what happens during",
        "anesthesia",
        "sedation",
    ),
    "benefits": ("benefits", "benefit", "advantages"),
    "alternatives": ("alternatives", "alternative", "instead of", "other options", "other option"),
    "patient_experience": ("does it hurt", "hurt", "painful", "what does it feel like", "feel like"),
    "indications": ("who needs", "who should get", "when is it needed", "am i eligible", "eligibility"),
    "purpose": ("what is it for", "why is it done", "purpose"),
}
#: Every phrase by its stems, with its rank: the longest first, then as listed.
_BY_STEMS: dict[tuple[str, ...], tuple[int, str]] = {}
for _section, _some in _PHRASES.items():
    for _phrase in _some:
        _BY_STEMS.setdefault(tuple(name_key(_phrase).split()), (len(_BY_STEMS), _section))
#: Every phrase has one of these words at its end.
_TELLING = frozenset(phrase[-1] for phrase in _BY_STEMS)
_LENGTHS = sorted({len(phrase) for phrase in _BY_STEMS}, reverse=True)


#: How many words the longest phrase has.
LONGEST = _LENGTHS[0]


def phrases() -> list[tuple[tuple[str, ...], str]]:
    """Return all phrases by their stems with their sections, in the order in which the first one found counts."""
    ordered = sorted(_BY_STEMS.items(), key=lambda each: (-len(each[0]), each[1]))
    return [(stems, section) for stems, (_, section) in ordered]


def is_telling(stem: str) -> bool:
    """Say whether a phrase ends in this stem."""
    return stem in _TELLING


def asked_section(stems: Sequence[str]) -> tuple[str | None, frozenset[str]]:
    """Return the section that a question asks for, or None, and the stems of the phrase that says so.

    A question that is nothing but such a phrase asks for no section: "recovery" alone is a word like any other.
    """
    if _TELLING.isdisjoint(stems):
        return None, frozenset()
    for length in _LENGTHS:
        runs = (tuple(stems[at : at + length]) for at in range(len(stems) - length + 1))
        found = [(*_BY_STEMS[run], run) for run in runs if run in _BY_STEMS and len(stems) > length]
        if found:
            _, section, phrase = min(found)
            return section, frozenset(phrase)
    return None, frozenset()
