"""The compiled kernel and the numpy reference agree to the last bit: the same records, tiers, fractions and order.

Random records hold few different words in many fields, so that ties, neighbours, several forms of a stem and words that
stand in sections only come up all the time. Queries have synonyms, groups, completions and words that need not match.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.analysis.tokenizer import tokenize
from indexer.analysis.vocabulary import Rule
from indexer.compiled.reader import CompiledIndex
from indexer.compiled.writer import CompiledWriter
from indexer.thesaurus import Thesaurus
from service.search.engines import demands, evidence, machine, native
from service.search.engines import plan as plans
from service.search.engines.evaluate import Conditions, Evaluator, Factors
from service.search.engines.evidence import Witness
from service.search.engines.lexicon import Lexicon
from service.search.engines.machine import machine_for
from service.search.engines.plan import make_plan
from service.search.model import Match, Tier
from service.search.query.expand import expand
from service.search.query.parser import parse_query

ROOT = Path(__file__).parents[2]
_WORDS = ["pump", "pumps", "pumping", "insulin", "wheel", "chair", "wheelchair", "foot-drop", "knee", "the", "10mg"]
_RULES = {
    "sugar": [Rule("sugar", "insulin", 0.95, "insulin")],
    "knee pump": [Rule("knee pump", "wheel chair", 0.9, "wheel chair"), Rule("knee pump", "insulin", 0.6, "insulin")],
    "pump": [Rule("pump", "the pump", 0.8, "the pump")],
    "chair": [Rule("chair", "wheel knee insulin", 0.9, "wheel knee insulin")],
}
_text = st.lists(st.sampled_from(_WORDS), max_size=7).map(" ".join)
_query = st.lists(st.sampled_from([*_WORDS, "sugar", "absent", "whe", "for"]), min_size=1, max_size=6).map(" ".join)


def _record(number, title, descriptor, names, purpose):
    sections = (
        [{"key": "summary", "heading": "", "blocks": [{"type": "paragraph", "text": purpose}]}] if purpose else []
    )
    return {
        "code": f"A{number:04}",
        "title": title or descriptor or "each",
        "descriptor": descriptor or "each",
        "short_descriptor": title[:9],
        "common_names": names,
        "technical_terms": [],
        "drug_names": [],
        "sections": sections,
    }


def _lexicon(index):
    return Lexicon(index, Thesaurus.of(rule for some in _RULES.values() for rule in some))


_records = st.lists(st.tuples(_text, _text, st.lists(_text, max_size=2), _text), min_size=1, max_size=30)


@settings(max_examples=120)
@given(_records, st.lists(_query, min_size=1, max_size=6), st.data())
def test_the_kernel_equals_the_reference(rows, queries, data):
    records = [_record(number, *row) for number, row in enumerate(rows)]
    with tempfile.TemporaryDirectory() as name:
        writer = CompiledWriter(Path(name), run_words=data.draw(st.sampled_from([10, 100, 10_000])))
        for record in records:
            writer.add(record)
        writer.finish()
        index = CompiledIndex(Path(name))
        evaluator = Evaluator(index, machine_for(index))
        assert evaluator._machine
        lexicon = _lexicon(index)
        for text in queries:
            query = parse_query(text)._replace(beginnings=data.draw(st.booleans()))
            plan = make_plan(query, expand(query, lexicon), lexicon)
            first = data.draw(st.integers(0, len(rows) - 1))
            plan.raises.append((first, min(first + 2, len(rows)), Tier.EXACT_NAME))
            with mock.patch.object(plans, "LAZY_FROM", data.draw(st.sampled_from([-1, 20_000]))):
                _compare(evaluator, plan, _conditions(data, len(rows)), data.draw(st.integers(1, 12)))


@settings(max_examples=120)
@given(_records, st.lists(_query, min_size=1, max_size=6), st.sampled_from([1 << 16, 8]), st.booleans())
def test_the_kernel_tells_why_records_match_like_the_reference(rows, queries, room, beginnings):
    with _indexed(rows) as index, mock.patch.object(evidence, "_ROOM", room):
        lexicon, witness = _lexicon(index), Witness(index, machine_for(index))
        for text in queries:
            query = parse_query(text)._replace(beginnings=beginnings)
            plan = make_plan(query, expand(query, lexicon), lexicon)
            matches = [Match(number, Tier.SOME_WORDS, 3.5, True) for number in range(len(rows))]
            fast, slow = witness.evidence(matches, plan), witness.by_reference(matches, plan)
            assert fast == slow
            assert witness.evidence([], plan) == []


@settings(max_examples=120)
@given(_records, st.lists(st.sampled_from(_WORDS), min_size=2, max_size=4), st.sampled_from([0xFFFFF, 1, 0b1100]))
def test_the_kernel_finds_phrases_like_the_reference(rows, words, fields):
    with _indexed(rows) as index:
        terms = [token.term for word in words for token in tokenize(word)]
        found = demands._phrase(terms, fields, index, machine_for(index))
        assert found.tolist() == demands.by_reference(terms, fields, index).tolist()


def test_phrases_in_long_lists_are_found_like_in_short_ones(many):
    evaluator, lexicon, _ = many
    for words in ("insulin pump", "pump insulin pump", "10mg the", "pump pump"):
        terms = [token.term for token in tokenize(words)]
        found = demands._phrase(terms, 0xFFFFF, lexicon._index, evaluator._machine)
        assert found.any()
        assert found.tolist() == demands.by_reference(terms, 0xFFFFF, lexicon._index).tolist()


def test_a_search_that_comes_late_stops_and_says_so(many):
    evaluator, lexicon, count = many
    query = parse_query("knee pump chair insulin")
    plan = make_plan(query, expand(query, lexicon), lexicon)
    factors = Factors(np.ones(count), np.ones(count, bool))
    late = evaluator.best(plan, Conditions(factors, deadline=1), 10)
    assert (late.late, late.numbers, late.matching) == (True, [], 0)
    ahead = time.monotonic_ns() + 10**12
    in_time = evaluator.best(plan, Conditions(factors, deadline=ahead), 10)
    assert not in_time.late
    assert in_time == evaluator.best(plan, Conditions(factors), 10)
    assert evaluator.everything(plan, Conditions(factors, deadline=1)).late


@contextmanager
def _indexed(rows):
    with tempfile.TemporaryDirectory() as name:
        writer = CompiledWriter(Path(name))
        for number, row in enumerate(rows):
            writer.add(_record(number, *row))
        writer.finish()
        yield CompiledIndex(Path(name))


def _conditions(data, count):
    def flags():
        return np.array(data.draw(st.lists(st.booleans(), min_size=count, max_size=count)), bool)

    factors = Factors(np.where(flags(), 1.0, 0.5), flags())
    mask = flags() if data.draw(st.booleans()) else None
    within = flags() if data.draw(st.booleans()) else None
    return Conditions(factors, mask, within, data.draw(st.sampled_from([-1, 0, 3])))


def _compare(evaluator, plan, conditions, limit):
    slow = evaluator.by_reference(plan, conditions)
    whole, page = evaluator.everything(plan, conditions), evaluator.best(plan, conditions, limit)
    for name in ("numbers", "tiers", "fractions", "active"):
        assert getattr(whole, name).tolist() == getattr(slow, name).tolist(), name
        assert getattr(page, name) == getattr(slow, name)[:limit].tolist(), name
    for fast in (whole, page):
        assert (fast.matching, fast.strongest) == (slow.matching, slow.strongest)


@pytest.mark.parametrize(
    "text",
    [
        "insulin",
        "knee pump chair",
        "the wheel",
        "foot drop pumping wh",
        "sugar absent",
        "the",
        # No record has all of these, so that the lighter ones by themselves reach no page.
        "absent insulin pump knee wheel",
        "pump wheelchair absent 10mg sugar knee the",
        "absent pumps foot-drop chair insulin wheel for",
    ],
)
def test_many_windows_of_records_are_ranked_like_one(many, text):
    evaluator, lexicon, count = many
    rng = np.random.default_rng(3)
    query = parse_query(text)
    plan = make_plan(query, expand(query, lexicon), lexicon)
    plan.raises.append((4090, 4100, Tier.EXACT_NAME))
    factors = Factors(np.where(rng.random(count) < 0.3, 0.5, 1.0), rng.random(count) < 0.5)
    for mask in (None, rng.random(count) < 0.5, rng.random(count) < 0.002):
        for limit in (1, 10, 100):
            _compare(evaluator, plan, Conditions(factors, mask), limit)


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    folder, rng = tmp_path_factory.mktemp("many"), np.random.default_rng(5)
    writer, rare = CompiledWriter(folder), 1 / np.arange(1, len(_WORDS) + 1) ** 2
    for number in range(9_000):
        title, descriptor, name, purpose = (
            " ".join(rng.choice(_WORDS, rng.integers(0, size), p=rare / rare.sum())) for size in (4, 9, 3, 6)
        )
        writer.add(_record(number, title, descriptor, [name], purpose))
    writer.finish()
    index = CompiledIndex(folder)
    return Evaluator(index, machine_for(index)), _lexicon(index), index.count


def test_where_groups_of_terms_find_too_much_the_reference_answers(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "_SMALLEST_ARENA", 1)
    writer = CompiledWriter(tmp_path)
    for number in range(2):
        writer.add(_record(number, "insulin wheel chair", "knee", [], ""))
    writer.finish()
    index = CompiledIndex(tmp_path)
    evaluator, lexicon = Evaluator(index, machine_for(index)), _lexicon(index)
    query = parse_query("knee pump chair")
    plan = make_plan(query, expand(query, lexicon), lexicon)
    _compare(evaluator, plan, Conditions(Factors(np.ones(2), np.ones(2, bool))), 5)


def test_without_a_compiler_the_reference_answers_and_says_so(tmp_path, monkeypatch, caplog):
    def unavailable():
        raise native.NativeUnavailable("no compiler")

    monkeypatch.setattr(native, "load", unavailable)
    writer = CompiledWriter(tmp_path)
    writer.add(_record(1, "insulin pump", "pump", [], ""))
    writer.finish()
    index = CompiledIndex(tmp_path)
    evaluator, lexicon = Evaluator(index, machine_for(index)), Lexicon(index, Thesaurus.of([]))
    assert evaluator._machine is None
    assert "no compiler" in caplog.text
    plan = make_plan(parse_query("insulin"), (), lexicon)
    assert evaluator.best(plan, Conditions(Factors(np.ones(1), np.ones(1, bool))), 10).numbers == [0]


@pytest.fixture(scope="module")
def machine_code():
    """The kernel as an object file, compiled now."""
    return native._machine_code()


@pytest.mark.slow
@pytest.mark.parametrize("linker", ["cc", None])
def test_the_kernel_is_compiled_and_loaded_with_and_without_a_linker(tmp_path, monkeypatch, machine_code, linker):
    monkeypatch.setattr(native, "_folders", lambda: (tmp_path,))
    monkeypatch.setattr(native, "_machine_code", lambda: machine_code)
    if linker is None:
        monkeypatch.setattr(native, "_LINKERS", ())
    path = native.compile_kernel()
    assert path.parent == tmp_path
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    # A server process loads it without numba.
    code = "import sys, pathlib; from service.search.engines import native; "
    code += f"native._loaded(pathlib.Path({str(path)!r})); sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT).returncode == 0


@pytest.mark.parametrize(("program", "where"), [("raise SystemExit(3)", "here"), ("pass", "here"), (None, "beside")])
def test_what_another_process_does_not_translate_is_translated_here(program, where, monkeypatch):
    def start(folder):
        given = (
            program or f"import pathlib; [pathlib.Path({folder!r}, name).write_text('beside') for name in {names!r}]"
        )
        return subprocess.Popen([sys.executable, "-c", given])

    names = native._BESIDE
    monkeypatch.setattr(native, "_assembly", lambda _: "here")
    monkeypatch.setattr(native, "_start_beside", start)
    monkeypatch.setattr(native.os, "cpu_count", lambda: 2)
    assert native._translated() == {name: where if name in names else "here" for name in native._FUNCTIONS}
    monkeypatch.setattr(native.os, "cpu_count", lambda: 1)
    assert set(native._translated().values()) == {"here"}
