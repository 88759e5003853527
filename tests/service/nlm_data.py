"""A small HCPCS release and one document, as the tables hcpcs and procedures of the compatible search."""

from __future__ import annotations

from pathlib import Path

from indexer.build import build
from indexer.imports import ImportStore
from tests.corpus.samples import document_text
from tests.indexer.records import code, release

CODES = (
    code("A0001", "Infusion pump, insulin", added="2001-01-01", effective="2002-02-02"),
    code("A0002", "Infusion pump, insulin, old", terminated="2015-12-31"),
    code("A0003", "Infusion pump, ambulatory", added="2010-07-01"),
    code("A0004", "Insulin, per unit"),
    code("A0005", "Pumpkin seed extract"),
    code("A0006", "Infusion pump, not otherwise classified", short_descriptor="Inf pump noc"),
    code("A0007", "Breast pump, manual <b>any</b> type & size"),
    code("A0008", "Pump for water circulating pad"),
    code("A0009", "Pumps, replacement", short_descriptor="Repl of pumps"),
    code("A0010", "Programmable pump supply"),
    code("A0011", "Wheelchair, see also A0001", short_descriptor="Wheelchair"),
    code("A0012", "Wheel lock", short_descriptor="Whl lock"),
    code("A9999", "Repair of a worn example, each", short_descriptor="Repair worn example"),
    code("AP", "Invented modifier for unlisted pumps"),
)


def make(data: Path) -> Path:
    """Build the data folder ``data`` and return it."""
    folder = data / "own"
    folder.mkdir()
    (folder / "one.txt").write_text(document_text())
    (folder / "two.txt").write_text(document_text("A9998", "Another Repair"))
    ImportStore(data).save(release("2020", *CODES))
    build(data, [folder])
    return data
