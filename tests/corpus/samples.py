"""A small valid document, and edits of it."""

from __future__ import annotations

from corpus.grammar import SectionName

HEADER = """\
Repair of a worn example, each
HCPCS code
Example Repair (A9999)
Name of the Procedure:
- Common Names: Example Repair (EXR), Mending
- Technical/Medical Terms: exemplum restitutum
"""

LABELLED = {
    "Purpose": "- Medical Conditions: Worn examples.\n- Goals: To make them whole.\n",
    "Indications": "- Symptoms/Conditions: Wear.\n- Patient Criteria: Willing to wait.\n",
    "Preparation": "- Instructions: Bring the example.\n- Diagnostic Tests: A look at it.\n",
    "Procedure Description": (
        "Step-by-Step Process:\n- Opening: It is lifted.\n- Tools/Equipment: Thread.\n- Anesthesia/Sedation: None.\n"
    ),
    "Personnel": "- Healthcare Professionals: A mender.\n",
    "Risks and Complications": "- Common Risks: A scratch.\n- Rare Risks: A crack.\n",
    "Recovery": (
        "- Post-Procedure Care: Keep it dry.\n- Recovery Time: One day.\n- Restrictions/Follow-ups: No washing.\n"
    ),
    "Alternatives": "- Other Options: A new one.\n- Pros and Cons: New ones cost more.\n",
    "Patient Experience": "- During Procedure: Calm.\n- After Procedure: Joy.\n",
}


def section_text(name: SectionName) -> str:
    """Heading and body of one section."""
    return f"{name.value}\n{LABELLED.get(name.value, f'Some text about {name.value.lower()}.')}".rstrip("\n") + "\n"


def document_text(code: str = "A9999", title: str = "Example Repair") -> str:
    """A valid document without warnings."""
    header = HEADER.replace("Example Repair (A9999)", f"{title} ({code})")
    return header + "".join(section_text(name) for name in SectionName)
