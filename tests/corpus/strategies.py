"""Hypothesis strategies for documents: every value they give can be written and read back."""

from __future__ import annotations

from hypothesis import strategies as st

from corpus import grammar
from corpus.codes import CODE_SYSTEMS, CodeSystem
from corpus.grammar import SectionName
from corpus.model import Block, Item, Paragraph, Procedure, Section, Subheading

_CHARS = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"])
_SOUP = st.text(st.one_of(st.sampled_from(list(" :.,;-()[]…'\"!?*•1")), _CHARS), min_size=1, max_size=40)
_WORDS = st.lists(
    st.sampled_from(["pain", "relief", "Summary", "common", "names:", "(IOP)", "1,000", "mg.", "hip-joint", "Risks"]),
    max_size=6,
)
TEXT = st.one_of(_SOUP, _WORDS.map(" ".join)).map(grammar.clean_line)


def _valid(make, *parts):  # type: ignore[no-untyped-def]
    """Build values with ``make``, leaving out those that the model refuses."""

    def build(values):  # type: ignore[no-untyped-def]
        try:
            return make(*values)
        except ValueError:
            return None

    return st.tuples(*parts).map(build).filter(lambda value: value is not None)


PARAGRAPHS = _valid(
    lambda text, end: Paragraph(grammar.clean_line(text + end)), TEXT, st.sampled_from([".", "!", "?)"])
)
SUBHEADINGS = _valid(Subheading, TEXT)
ITEMS = st.one_of(_valid(Item, TEXT), _valid(lambda label, text: Item(text, label), TEXT, TEXT))
BLOCKS: st.SearchStrategy[Block] = st.one_of(PARAGRAPHS, SUBHEADINGS, ITEMS)
NAMES = st.lists(TEXT, min_size=1, max_size=4).map(tuple)


def sections() -> st.SearchStrategy[tuple[Section, ...]]:
    """All thirteen sections in any order."""
    pool = st.lists(BLOCKS, min_size=1, max_size=6)
    picks = st.lists(st.integers(0, 5), min_size=13, max_size=13)
    order = st.permutations(list(SectionName))
    return st.tuples(order, picks, pool).map(_dealt)


def _dealt(drawn: tuple[list[SectionName], list[int], list[Block]]) -> tuple[Section, ...]:
    order, picks, pool = drawn
    return tuple(
        Section(name, tuple(pool[(at + more) % len(pool)] for more in range(1 + pick % 3)))
        for at, (name, pick) in enumerate(zip(order, picks, strict=True))
    )


def _codes(system: CodeSystem) -> st.SearchStrategy[tuple[str, str]]:
    return st.from_regex(system.pattern, fullmatch=True).map(lambda code: (system.name, code))


def procedures() -> st.SearchStrategy[Procedure]:
    """Documents of every code system."""
    coded = st.sampled_from(CODE_SYSTEMS).flatmap(_codes)
    return _valid(
        lambda descriptor, coded, title, common, terms, body, cut: Procedure(
            descriptor, *coded, title, common, terms, body, cut
        ),
        *(TEXT, coded, TEXT, NAMES, NAMES, sections(), st.booleans()),
    )
