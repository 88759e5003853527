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
_BY_STEMS = sorted(
    ((tuple(name_key(phrase).split()), section) for section, phrases in _PHRASES.items() for phrase in phrases),
    key=lambda each: -len(each[0]),
)


def asked_section(stems: Sequence[str]) -> tuple[str | None, frozenset[str]]:
    """Return the section that a question asks for, or None, and the stems of the phrase that says so.

    A question that is nothing but such a phrase asks for no section: "recovery" alone is a word like any other.
    """
    for phrase, section in _BY_STEMS:
        places = range(len(stems) - len(phrase) + 1)
        if len(stems) > len(phrase) and any(tuple(stems[at : at + len(phrase)]) == phrase for at in places):
            return section, frozenset(phrase)
    return None, frozenset()
