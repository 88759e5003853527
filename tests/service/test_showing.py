"""What the kernel shows of why records match is what reading their texts shows, to the byte.

Random texts are made of words that join and split, of characters that HTML or JSON escapes, of white space of all
kinds and of letters beyond ASCII, in sentences longer and shorter than a passage.
"""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.grammar import SectionName
from indexer.analysis.vocabulary import Rule
from indexer.compiled.reader import CompiledIndex
from indexer.documents import CARD
from indexer.schema import SECTION_FIELDS
from indexer.thesaurus import Thesaurus
from service.search import reading
from service.search.engines import showing
from service.search.engines.evidence import Witness
from service.search.engines.lexicon import Lexicon
from service.search.engines.machine import machine_for
from service.search.engines.plan import make_plan
from service.search.engines.showing import Shower
from service.search.model import Match, Page, Tier
from service.search.query.expand import expand
from service.search.query.parser import parse_query
from tests.service.planning import write_index

_WORDS = [
    "pump",
    "pumps",
    "Pumping",
    "insulin",
    "wheel",
    "chair",
    "wheelchair",
    "foot",
    "drop",
    "self",
    "s",
    "the",
    "10mg",
]
_WORDS += [
    "Ménière’s",
    "naïve",
    "x1",
    "1,000",
    ".5",
    "general",
    "ization",
    "<b>",
    "&",
    '"',
    "'",
    "\\",
    "\x07",
    "🦿",
    "ﬁt",
]
_GAPS = [
    " ",
    " ",
    " ",
    "-",
    "/",
    "\u2011",
    ". ",
    "! ",
    ".\u00a0",
    "?\u2003 ",
    ";\u3000",
    "\n",
    ".\n\n",
    ", ",
    ".",
    "\u2028",
]
_piece = st.tuples(st.sampled_from(_WORDS), st.sampled_from(_GAPS)).map("".join)
_text = st.lists(_piece, max_size=12).map("".join)
_long = st.lists(_piece, min_size=1, max_size=80).map("".join)
_names = st.lists(_text.map(lambda text: text.replace("\n", " ")), max_size=3)
_query = st.lists(
    st.sampled_from([*_WORDS, "footdrop", "selfs", "selfless", "absent", "whe", "sugar", "A0001", "a00"]),
    min_size=1,
    max_size=6,
)
_asked = st.sampled_from([None, "summary", "risks"])
_RULES = [Rule("sugar", "insulin", 0.95, "insulin"), Rule("drop", "wheel chair", 0.9, "wheel chair")]


def _record(number, title, descriptor, names, sections):
    return {
        "code": f"A{number:04}",
        "code_system": "HCPCS Level II",
        "kind": "procedure",
        "family": "A",
        "title": title or "each",
        "descriptor": descriptor or title or "each",
        "short_descriptor": title[:9],
        "has_document": bool(sections),
        "common_names": names,
        "technical_terms": [],
        "drug_names": names[:1],
        "ends": None,
        "sections": [
            {
                "key": name.key,
                "heading": name.value,
                "blocks": [{"type": "paragraph", "text": sections[at % len(sections)]}],
            }
            for at, name in enumerate(SectionName)
        ]
        if sections
        else [],
    }


_row = st.tuples(_text, _text, _names, st.lists(_long, max_size=4))


class _Engine:
    """What `reading` asks of an engine, over records in memory."""

    def __init__(self, folder, records):
        self.records, self.index = records, CompiledIndex(folder)
        self.lexicon = Lexicon(self.index, Thesaurus.of(_RULES))
        machine = machine_for(self.index)
        self.witness = Witness(self.index, machine)
        self.shower = Shower(folder, self.index, machine, self.witness)
        self.record, self.spans = records.__getitem__, self.witness.spans

    def card(self, number):
        return {name: self.records[number][name] for name in CARD}

    def lines(self, numbers):
        return [orjson.dumps(self.card(number)) for number in numbers]

    def evidence(self, page):
        return self.witness.evidence(page.matches, page.plan)

    def shown(self, page, query, section):
        return self.shower.shown(page.matches, page.plan, query, section)


@contextmanager
def _engine(rows):
    records = [_record(number, *row) for number, row in enumerate(rows)]
    with tempfile.TemporaryDirectory() as name:
        write_index(Path(name), records)
        yield _Engine(Path(name), records)


def _page(engine, text, tier, beginnings):
    query = parse_query(text)._replace(beginnings=beginnings)
    plan = make_plan(query, expand(query, engine.lexicon), engine.lexicon)
    matches = tuple(Match(number, tier, tier + 0.5, True) for number in range(len(engine.records)))
    return query, Page(len(matches), matches, plan=plan)


@settings(max_examples=150)
@given(st.lists(_row, min_size=1, max_size=6), st.lists(_query, min_size=1, max_size=5), _asked, _asked, st.data())
def test_the_kernel_shows_what_reading_the_texts_shows(rows, queries, section, asked, data):
    with _engine(rows) as engine:
        for words in queries:
            tier = data.draw(st.sampled_from([Tier.SOME_WORDS, Tier.CODE_PREFIX]))
            query, page = _page(engine, " ".join(words), tier, data.draw(st.booleans()))
            query = query._replace(section=asked)
            shown = engine.shown(page, query, section)
            for match, evidence, why in zip(page.matches, engine.evidence(page), shown, strict=True):
                if why is not None:
                    assert why == reading._read(engine, match.number, evidence, query, section)


def test_most_texts_need_not_be_read():
    rows = [
        (
            "Wheelchair",
            "Foot-drop pump (self-help), the wheel. Wheels-and-pumps, knee-ankle-feet braces",
            ["Insulin pump"],
            ["The pump runs. It's a chair & more."],
        )
    ]
    with _engine(rows) as engine:
        whole = ("pump", "wheel chair insulin", "foot drop", "footdrop", "self", "help the", "A0000", "a00", "pum")
        for text in (*whole, "wheel and", "kneeanklefeet", "kneeankl foot", "wheelsandpump"):
            query, page = _page(engine, text, Tier.SOME_WORDS, False)
            (why,) = engine.shown(page, query, None)
            (evidence,) = engine.evidence(page)
            assert why == reading._read(engine, 0, evidence, query, None), text


@pytest.mark.parametrize("room", [40, 4_000])
def test_what_does_not_fit_is_read(room):
    rows = [("Pump", "A pump", [], ["word. " * 200 + "a pump. " + "word " * 200])] * 3
    with mock.patch.object(showing, "_BYTES", room), _engine(rows) as engine:
        query, page = _page(engine, "pump", Tier.ALL_WORDS, False)
        shown = engine.shown(page, query, None)
        assert None in shown
        hits = reading._hits(engine, page, query, None)
        assert [hit.highlights for hit in hits] == [
            {
                "title": ["<mark>Pump</mark>"],
                "descriptor": ["A <mark>pump</mark>"],
                "short_descriptor": ["<mark>Pump</mark>"],
            }
        ] * 3
        assert [hit.section.key for hit in hits] == ["summary"] * 3
        assert all(hit.section.snippet.startswith("a <mark>pump</mark>.") for hit in hits)


def test_a_word_beyond_what_the_index_keeps_is_read():
    rows = [("Pump", "A pump", [], ["word " * 14_000 + "pump"])]
    with _engine(rows) as engine:
        query, page = _page(engine, "pump", Tier.ALL_WORDS, False)
        assert engine.shown(page, query, None) == [None]
        (hit,) = reading._hits(engine, page, query, None)
        assert "<mark>pump</mark>" in hit.section.snippet
        assert set(hit.matched_fields) - set(SECTION_FIELDS) == {"title", "descriptor", "short_descriptor"}
