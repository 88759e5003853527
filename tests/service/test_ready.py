"""Hits that the kernel writes whole are those that Python puts together, to the byte: random records, and real ones."""

from __future__ import annotations

import re
from contextlib import closing

import numpy as np
import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks.relevance.judgements import read_judgements
from indexer.snapshots import SnapshotStore
from service.opening import open_embedded
from service.search.corrections import relabelled
from service.search.engines import kernel_hits
from service.search.engines.evaluate import Conditions, Evaluator, Factors, TextReader
from service.search.engines.plan import make_plan
from service.search.engines.planner import Planner
from service.search.model import STEPS, Hit, Match, Page, SearchRequest, Tier
from service.search.query.expand import expand
from service.search.query.parser import as_given
from service.search.reading import Reading
from service.web import metrics, render
from tests.service.test_planner import TUNING
from tests.service.test_showing import _engine, _row

_word = st.sampled_from(
    "pump pumps insulin wheel chair wheelchair foot drop self sugar the general each absent".split()
)
#: What two words are made a query of.
_SYNTAX = ('"{0} {1}"', "{0} AND {1}", "{1} -{0}", "title:{0} {1}", "({0} OR {1}) pump")
_text = st.lists(_word, min_size=1, max_size=4).map(" ".join)


class _Answering:
    """What reads texts and writes hits, over the records of an engine in memory."""

    def __init__(self, engine):
        self._engine = engine
        self._evaluator = Evaluator(engine.index, engine.shower._machine)
        planner = Planner(engine.shower._machine, engine.index, engine.lexicon, lambda *_: ())
        self._reader = TextReader(planner, self._plan, engine.shower)

    def _plan(self, query):
        return make_plan(query, expand(query, self._engine.lexicon), self._engine.lexicon)

    def found(self, request, active):
        factors = Factors(np.where(active, 1.0, 0.5), np.array(active))
        return self._evaluator.best_read(self._reader, as_given(request.q), request, Conditions(factors))

    def by_python(self, found, request):
        best, engine = found.best, self._engine
        rows = zip(best.numbers, best.tiers, best.fractions, best.active, strict=True)
        matches = [Match(number, Tier(tier), round(tier + more, 4), bool(used)) for number, tier, more, used in rows]
        matches = matches[request.offset :]
        shown = engine.shower.shown(matches, found.planned, found.planned.query, None)
        lines = engine.lines([match.number for match in matches])
        assert None not in shown
        return b",".join(render.hit(Hit(*each)) for each in zip(lines, matches, shown, strict=True))


@settings(max_examples=150, deadline=None)
@given(st.lists(_row, min_size=1, max_size=6), st.lists(_text, min_size=1, max_size=5), st.data())
def test_hits_are_written_as_they_are_put_together(rows, texts, data):
    with _engine(rows) as engine:
        answering = _Answering(engine)
        active = data.draw(st.lists(st.booleans(), min_size=len(rows), max_size=len(rows)))
        for text in texts:
            request = SearchRequest(text, limit=data.draw(st.integers(1, 4)), offset=data.draw(st.integers(0, 3)))
            found = answering.found(request, active)
            if found is not None and found.ready is not None:
                assert found.ready.hits == answering.by_python(found, request), text


def test_usual_hits_are_written():
    with _engine([("Pump", "A <pump>", ["Insulin pump"], ["It runs. A pump."]), ("Wheelchair", "", [], [])]) as engine:
        answering = _Answering(engine)
        for text in ("pump", "insulin pumps", "wheel chair", "sugar", "pum"):
            request = SearchRequest(text)
            found = answering.found(request, [True, False])
            assert found.ready.hits == answering.by_python(found, request)
            assert orjson.loads(b"[%b]" % found.ready.hits)


def test_what_python_has_to_tell_is_left_to_it():
    with _engine([("Pump", "A pump", [], ["word " * 14_000 + "pump"]), ("Bed a0000", "", [], [])]) as engine:
        answering = _Answering(engine)
        # A word beyond what the index keeps; a code among the words; a word that nothing matches, to be corrected.
        for text in ("pump", "absent bed"):
            assert answering.found(SearchRequest(text), [True, True]).ready is None


@settings(max_examples=2_000)
@given(st.integers(1, 8), st.floats(0, 1, exclude_max=True), st.booleans())
@example(4, 0.00005, False)
@example(3, 0.12345, True)
@example(8, 0.99999, False)
@example(1, 0.0, True)
@example(5, 0.5, False)
def test_scores_are_written_as_python_writes_them(tier, fraction, corrected):
    wanted = round(tier + fraction, 4)
    if corrected:
        (match,) = relabelled(Page(1, (Match(1, Tier(tier), wanted, True),))).matches
        wanted = match.score
    out = np.zeros(16, np.uint8)
    end = kernel_hits._put_score.py_func(np.float64(tier + fraction), corrected, out, 0)
    if end < 0:
        scaled = [(tier + fraction) * 10_000, (Tier.FUZZY + round(tier + fraction, 4) / STEPS) * 10_000]
        assert any(abs(each % 1 - 0.5) < 2e-6 for each in scaled[: 1 + corrected])
    else:
        assert out[:end].tobytes() == orjson.dumps(wanted)


def _told(result):
    """Return the answer as it is sent, but for the time that it took."""
    return re.sub(rb'"took_ms":[0-9.e-]+', b"", orjson.dumps(render.answer(result, None)))


@pytest.mark.slow
def test_real_answers_are_the_same_ready_or_not(documents_data):
    store = SnapshotStore(documents_data)
    with closing(open_embedded(store, str(store.current_name()))) as engine:
        reading, ready = Reading(engine, 0), 0
        texts = [judged.query for judged in read_judgements(TUNING)]
        texts += [shape.format(*text.split(" ")) for text in texts[::5] if text.count(" ") for shape in _SYNTAX]
        shapes = [{}, {"limit": 30, "offset": 4}, {"filters": {"kind": ("modifier",)}}]
        for text in texts:
            for shape in shapes:
                request = SearchRequest(text, status="active" if ready % 2 else None, **shape)
                wanted, found = reading.search(request), reading.search(request, ready=True)
                assert _told(found) == _told(wanted)
                assert metrics.outcome(found) == metrics.outcome(wanted)
                assert (found.last, found.total, found.best) == (wanted.last, wanted.total, wanted.best)
                ready += found.ready is not None
        # Of few records most queries have a word that none holds, and want a correction.
        assert ready > 200
