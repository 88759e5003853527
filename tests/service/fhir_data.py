"""A data folder with a history: three invented releases, a document whose code no release lists, and one of another
code system."""

from __future__ import annotations

from pathlib import Path

from indexer.build import build
from indexer.imports import ImportStore
from tests.corpus.samples import document_text
from tests.indexer.records import code, release

HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
ALL_HCPCS = "http://terminology.hl7.org/ValueSet/v3-HealthCareCommonProcedureCodingSystem"
ICD = "http://www.cms.gov/Medicare/Coding/ICD10"

PUMP = code("E0001", "Invented pump, insulin", coverage="D", betos="D1E", pricing=("32", "36"))
CANE = code("E0002", "Invented cane, wooden", types_of_service=("P",), cross_references=("E0001",))
SPOON = code("A0003", "Invented spoon, bent")
LEFT = code("ZL", "Invented side, left")
LAMP = code("E0004", "Invented lamp, for reading", added="2020-01-01")
#: Not in the release of April 2021 any more.
DROPPED = code("A0005", "Invented cup, cracked")

RELEASES = (
    release("2019", PUMP, CANE, SPOON, LEFT, DROPPED),
    release(
        "2020",
        code("E0001", "Invented pump for insulin, with dial", coverage="M", betos="D1E", pricing=("32",)),
        CANE,
        code("A0003", "Invented spoon, bent", terminated="2020-06-30"),
        LEFT,
        LAMP,
        DROPPED,
    ),
    release(
        "2021-04",
        code("E0001", "Invented pump for insulin, silent", coverage="M", betos="D1F", effective="2021-04-01"),
        CANE,
        code("A0003", "Invented spoon, bent", terminated="2020-06-30"),
        LEFT,
        LAMP,
    ),
)
UNLISTED, OTHER_SYSTEM = "A9999", "0ABCDEF"


def write(data: Path, corpus: Path, *, releases: bool = True) -> Path:
    """Build the folder ``data`` from the releases and from documents below ``corpus``; return it."""
    corpus.mkdir(parents=True)
    (corpus / "own.txt").write_text(document_text(UNLISTED))
    other = document_text(OTHER_SYSTEM, "Example Mending").replace("HCPCS code", "ICD-10-PCS code")
    (corpus / "other.txt").write_text(other)
    for each in RELEASES if releases else ():
        ImportStore(data).save(each)
    build(data, [corpus])
    return data
