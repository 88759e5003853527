"""A vocabulary and an index in memory, with what plans queries on them by Python and by the kernel."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path

from indexer.compiled.reader import CompiledIndex
from indexer.compiled.writer import CompiledWriter
from indexer.documents import CARDS, LineWriter, card
from indexer.thesaurus import Thesaurus
from service.search.engines.layouts import O_USED
from service.search.engines.lexicon import Lexicon
from service.search.engines.machine import machine_for
from service.search.engines.plan import make_plan
from service.search.engines.planner import Planned, Planner
from service.search.engines.raises import add_raises, raises
from service.search.query.expand import expand

VALUES = (10, 0, 0, 0, -1, 11, 12, 0)


def _record(number, title, names):
    return {
        "code": f"A{number:04}",
        "title": title,
        "descriptor": title,
        "short_descriptor": title[:9],
        "common_names": names,
        "technical_terms": [],
        "drug_names": [],
        "sections": [],
        "ends": None,
        "official": None,
    }


class Both:
    """A vocabulary and an index, with what plans queries on them by either way."""

    def __init__(self, folder, rules, records):
        self.folder, self.index = folder, CompiledIndex(folder)
        self.machine = machine_for(self.index)
        self.lexicon = Lexicon(self.index, Thesaurus.of(rules))
        self._record_of = records.__getitem__
        self.planner = Planner(self.machine, self.index, self.lexicon, self._raises)

    def _raises(self, query, alternatives):
        return raises(query, alternatives, self.index, self._record_of)

    def readings(self, term):
        return self.lexicon.thesaurus.readings(term)

    def by_python(self, query):
        alternatives = expand(query, self.lexicon)
        plan = make_plan(query, alternatives, self.lexicon)
        if query.slots:
            add_raises(plan, query, alternatives, self.index, self._record_of)
        return plan

    def by_kernel(self, query):
        """Return numbers and weights of the plan, and the plan itself; None where Python has to plan."""
        question = self.planner.question(query)
        made = question and self.planner.plan(question, VALUES)
        if made is None:
            return None
        numbers = self.planner._numbers[: self.planner._out[O_USED]].tolist()
        return numbers, self.planner._weights, Planned(question, made, self.by_python)


class Served(Both):
    """The same of an engine that serves."""

    def __init__(self, engine):
        self.folder = engine._snapshot.path
        self.index, self.machine, self.lexicon = engine.index, engine._machine, engine.lexicon
        self.planner, self._record_of = engine._planner, engine.record


def write_index(folder, records):
    """Write the compiled index of records, and their cards, where an engine maps them."""
    writer = CompiledWriter(folder)
    for record in records:
        writer.add(record)
    writer.finish()
    with LineWriter(folder, CARDS) as lines:
        for record in records:
            lines.add(
                card({"code_system": "HCPCS", "kind": "procedure", "family": "A", "has_document": False, **record})
            )


@contextmanager
def both(rows, rules):
    records = [_record(number, *row) for number, row in enumerate(rows)]
    with tempfile.TemporaryDirectory() as name:
        write_index(Path(name), records)
        yield Both(Path(name), rules, records)
