"""A document as plain values, as JSON has them, in the shape in which the API tells records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from corpus.codes import HCPCS
from corpus.errors import ValuesError
from corpus.grammar import SectionName
from corpus.model import Block, Item, Paragraph, Procedure, Section, Subheading

Value = TypeVar("Value")

_SHOWN = 60
_TEXTS = ("descriptor", "title")
_LISTS = ("common_names", "technical_terms")
_KNOWN = {"code", "code_system", "descriptor_cut", "sections", *_TEXTS, *_LISTS}
_SECTIONS = {section.key: section for section in SectionName}


def to_values(document: Procedure) -> dict[str, Any]:
    """Return a document as JSON values."""
    return {
        "code": document.code,
        "code_system": document.code_system,
        "descriptor": document.descriptor,
        "descriptor_cut": document.descriptor_cut,
        "title": document.title,
        "common_names": list(document.common_names),
        "technical_terms": list(document.technical_terms),
        "sections": [
            {"key": section.name.key, "blocks": [_block_values(block) for block in section.blocks]}
            for section in document.sections
        ],
    }


def from_values(values: object) -> Procedure:
    """Return the document that JSON values are; ValuesError at the first that does not fit."""
    given = _mapping("body", values, _KNOWN)
    texts = {name: _text(name, given.get(name)) for name in _TEXTS}
    lists = {name: _texts(name, given.get(name)) for name in _LISTS}
    sections = _list("sections", given.get("sections"))
    made = tuple(_section(f"sections[{at}]", each) for at, each in enumerate(sections))
    cut = given.get("descriptor_cut", False)
    if not isinstance(cut, bool):
        raise ValuesError("descriptor_cut", "true or false", _shown(cut))
    code, system = _text("code", given.get("code")), _text("code_system", given.get("code_system", HCPCS.name))
    return _made(
        "body",
        lambda: Procedure(**texts, **lists, code_system=system, code=code, sections=made, descriptor_cut=cut),  # type: ignore[arg-type]
    )


def _section(place: str, values: object) -> Section:
    given = _mapping(place, values, {"key", "heading", "blocks"})
    key = given.get("key")
    name = _SECTIONS.get(key) if isinstance(key, str) else None
    if name is None:
        raise ValuesError(f"{place}.key", f"one of {', '.join(_SECTIONS)}", _shown(key))
    blocks = _list(f"{place}.blocks", given.get("blocks"))
    made = tuple(_block(f"{place}.blocks[{at}]", each) for at, each in enumerate(blocks))
    return _made(place, lambda: Section(name, made))


def _block(place: str, values: object) -> Block:
    given = _mapping(place, values, {"type", "text", "label"})
    kind, text = given.get("type"), _text(f"{place}.text", given.get("text"))
    label = given.get("label")
    if kind == "item":
        label = None if label is None else _text(f"{place}.label", label)
        return _made(place, lambda: Item(text, label))
    if kind not in ("paragraph", "subheading"):
        raise ValuesError(f"{place}.type", "paragraph, item or subheading", _shown(kind))
    if label is not None:
        raise ValuesError(f"{place}.label", "none but in an item", _shown(label))
    return _made(place, lambda: Paragraph(text) if kind == "paragraph" else Subheading(text))


def _block_values(block: Block) -> dict[str, str]:
    if isinstance(block, Item):
        return {"type": "item", "text": block.text} | ({"label": block.label} if block.label else {})
    return {"type": "paragraph" if isinstance(block, Paragraph) else "subheading", "text": block.text}


def _made(place: str, make: Callable[[], Value]) -> Value:
    try:
        return make()
    except ValueError as error:
        expected, _, got = str(error).removeprefix("expected ").partition("; got ")
        raise ValuesError(place, expected, got[:_SHOWN] or "another") from error


def _mapping(place: str, value: object, known: set[str]) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValuesError(place, "a JSON object", _shown(value))
    unknown = sorted(value.keys() - known)
    if unknown:
        raise ValuesError(place, f"names of {', '.join(sorted(known))}", _shown(unknown[0]))
    return value


def _list(place: str, value: object) -> list[Any]:
    if not isinstance(value, list):
        raise ValuesError(place, "a list", _shown(value))
    return value


def _texts(place: str, value: object) -> tuple[str, ...]:
    return tuple(_text(f"{place}[{at}]", each) for at, each in enumerate(_list(place, value)))


def _text(place: str, value: object) -> str:
    if not isinstance(value, str):
        raise ValuesError(place, "text", _shown(value))
    return value


def _shown(value: object) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
