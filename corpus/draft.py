"""Starts a document: everything official filled in, and a place for each text that its author has to write."""

from __future__ import annotations

import re
import unicodedata

from corpus.codes import HCPCS
from corpus.grammar import SectionName

#: Stands where text has to be written; the linter tells each line that still holds it.
PLACEHOLDER = "To be written."
_SLUG_WORDS = 6
_NOT_SLUG = re.compile(r"[^a-z0-9]+")

#: The items of each section that has some; the others are a paragraph. "Step-by-Step Process:" is a heading.
_ITEMS: dict[SectionName, tuple[str, ...]] = {
    SectionName.PURPOSE: ("Medical Conditions", "Goals"),
    SectionName.INDICATIONS: ("Symptoms/Conditions", "Patient Criteria"),
    SectionName.PREPARATION: ("Instructions", "Diagnostic Tests"),
    SectionName.PROCEDURE_DESCRIPTION: ("First Step", "Tools/Equipment", "Anesthesia/Sedation"),
    SectionName.PERSONNEL: ("Healthcare Professionals",),
    SectionName.RISKS: ("Common Risks", "Rare Risks"),
    SectionName.RECOVERY: ("Post-Procedure Care", "Recovery Time", "Restrictions/Follow-ups"),
    SectionName.ALTERNATIVES: ("Other Options", "Pros and Cons"),
    SectionName.PATIENT_EXPERIENCE: ("During Procedure", "After Procedure"),
}


def draft(code: str, descriptor: str, title: str) -> str:
    """Return the text of a new document of a HCPCS code, in the format of documents."""
    lines = [descriptor, HCPCS.line, f"{title} ({code})", "Name of the Procedure:"]
    lines += [f"- Common Names: {PLACEHOLDER}", f"- Technical/Medical Terms: {PLACEHOLDER}"]
    for section in SectionName:
        lines.append(section.value)
        if section is SectionName.PROCEDURE_DESCRIPTION:
            lines.append("Step-by-Step Process:")
        lines += [f"- {label}: {PLACEHOLDER}" for label in _ITEMS.get(section, ())] or [PLACEHOLDER]
    return "\n".join(lines) + "\n"


def file_name(code: str, title: str) -> str:
    """Return where in a corpus folder a document belongs: ``H/H0015-intensive-outpatient-program.txt``."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = [word for word in _NOT_SLUG.split(plain) if word][:_SLUG_WORDS]
    return f"{code[0]}/{'-'.join([code, *words])}.txt"
