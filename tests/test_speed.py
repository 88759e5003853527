"""The speed benchmark works on tiny data: nothing here looks at how fast anything is."""

from __future__ import annotations

import json
import shutil
from xml.etree import ElementTree

import pytest

pytest.importorskip("tantivy", reason="tantivy is not installed: pip install '.[bench]'")
pytest.importorskip("bm25s", reason="bm25s is not installed: pip install '.[bench]'")

from benchmarks.speed import builds, engines, inprocess, load, over_http, plot, queries, servers
from benchmarks.speed.corpus import Synthetic, code_of, vocabulary_of, write_lines
from benchmarks.speed.engines import ALL
from benchmarks.speed.measure import in_child, machine, summary
from benchmarks.speed.report import Report, show_inprocess
from corpus.codes import HCPCS, ICD10PCS
from corpus.store import SHIPPED, Corpus
from corpus.store import load as load_documents
from indexer.importers.hcpcs import read_release
from indexer.records import make_records
from indexer.schema import TEXT_FIELDS
from indexer.snapshots import SnapshotStore

RECORDS = make_records(load_documents([SHIPPED]), [])[0]
VOCABULARY = vocabulary_of(RECORDS)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Three hundred made-up records with a log of queries."""
    lines = write_lines(tmp_path_factory.mktemp("corpus") / "lines.jsonl", Synthetic(VOCABULARY, 300))
    log = queries.make_log(queries.source_of(lines, 300), 3)
    return inprocess.Corpus("300 records", lines, [record["code"] for record in lines], log)


@pytest.fixture(scope="module")
def built(corpus, tmp_path_factory):
    """The index of every engine over them."""
    root = tmp_path_factory.mktemp("engines")
    for name, engine in ALL.items():
        (root / name).mkdir()
        engine.build(root / name, corpus.lines)
    return root


@pytest.mark.parametrize("words", [60, 600])
def test_made_up_records_are_the_same_for_the_same_seed(words):
    once, twice = (list(Synthetic(VOCABULARY, 40, words)) for _ in range(2))
    assert once == twice != list(Synthetic(VOCABULARY, 40, words, seed=8))
    assert set(once[0]) == set(RECORDS[0])
    assert {section["key"] for record in once for section in record["sections"]} <= set(TEXT_FIELDS)
    assert all(bool(record["sections"]) == (words == 600) for record in once)


@pytest.mark.parametrize(("count", "system"), [(1_000, HCPCS), (210_001, ICD10PCS)])
def test_made_up_codes_are_unique_sorted_and_of_valid_shape(count, system):
    codes = [code_of(number, count) for number in range(0, count, 7)]
    assert codes == sorted(set(codes))
    assert all(system.accepts(code) for code in codes)


def test_a_log_is_the_same_for_the_same_records_and_has_every_kind(corpus):
    again = queries.make_log(queries.source_of(corpus.lines, 300), 3)
    assert again == corpus.log
    assert {query.kind for query in (*again, *queries.asked(5))} == set(queries.KINDS)
    assert len(queries.asked(5)) == 5
    assert queries.typed_beginnings(["abc"]) == ["ab", "abc"]


@pytest.mark.parametrize("name", ALL)
def test_an_engine_answers_every_kind_that_it_says_it_does(name, corpus, built, monkeypatch):
    monkeypatch.setattr(engines, "BM25S_BACKEND", "numpy")
    engine = ALL[name](built / name, corpus.codes)
    counts: dict[str, int] = {}
    for query in corpus.log:
        if engine.kinds is None or query.kind in engine.kinds:
            hits = engine.search(query.text, query.kind)
            assert len(hits) <= 10
            assert {code for code, _ in hits} <= set(corpus.codes)
            assert [score for _, score in hits] == sorted((score for _, score in hits), reverse=True)
            if query.kind == "filter":
                assert {code[0] for code, _ in hits} <= {query.text[-1]}
            counts[query.kind] = counts.get(query.kind, 0) + len(hits)
    assert all(counts.values())
    assert engine.size() > 0
    engine.close()


def test_engines_that_know_phrases_and_operators_find_the_same(corpus, built):
    opened = [ALL[name](built / name, corpus.codes) for name in ("procsearch", "tantivy", "sqlite")]
    for query in corpus.log:
        if query.kind in ("phrase", "boolean"):
            assert len({bool(engine.search(query.text, query.kind)) for engine in opened}) == 1, query
    for engine in opened:
        engine.close()


def test_a_run_measures_every_engine_and_is_shown_saved_and_drawn(corpus, tmp_path):
    (tmp_path / "engines").mkdir()
    found = inprocess.run(corpus, tmp_path / "engines", ["sqlite"], 1)
    assert set(found["engines"]) == {"procsearch", "sqlite"}
    assert found["engines"]["procsearch"]["times_ours"]["p50"] == 1.0
    assert "typo" not in found["engines"]["sqlite"]["kinds"]
    report = Report(machine())
    show_inprocess(report, found)
    report.save(tmp_path, "test", found)
    assert "SQLite FTS5" in (tmp_path / "speed-test.txt").read_text()
    plot.main([str(tmp_path / "speed-test.json"), "--to", str(tmp_path / "test.svg")])
    assert ElementTree.parse(tmp_path / "test.svg").getroot().tag.endswith("svg")  # noqa: S314
    assert json.loads((tmp_path / "speed-test.json").read_text())["machine"]["cores"]


def test_percentiles_are_milliseconds():
    found = summary([0.001, 0.002, 0.003])
    assert (found["p50"], found["mean"], found["samples"]) == (pytest.approx(2), pytest.approx(2), 3)


def test_one_changed_document_is_still_a_good_one(tmp_path):
    shutil.copytree(SHIPPED, tmp_path / "documents")
    changed = builds.change_one(tmp_path / "documents")
    assert "beforehand" in changed.read_text()
    assert not load_documents([tmp_path / "documents"]).rejected


@pytest.mark.parametrize(("sample", "times"), [(600, 4), (6_000, 1)])
def test_a_slow_peer_is_measured_with_a_sample(tmp_path, monkeypatch, sample, times):
    monkeypatch.setattr(builds, "_SAMPLE_WORDS", sample)
    made = Synthetic(VOCABULARY, 40)
    write_lines(tmp_path / "40.jsonl", made)
    title, measured = builds._of_engine(tmp_path, made, "whoosh")
    assert (measured["records"], measured["measured_records"]) == (40, 40 // times)
    assert ("10 measured x 4" in title) == (times > 1)


def test_a_child_that_fails_says_why():
    with pytest.raises(RuntimeError, match="no-such-command"):
        in_child("procsearch", "no-such-command")


def test_the_real_server_under_load_by_our_own_client(documents_data, tmp_path, monkeypatch):
    monkeypatch.delenv("OPENSEARCH_HOME", raising=False)
    monkeypatch.setattr(load.shutil, "which", lambda name: None)
    monkeypatch.setattr(servers, "SETTLE_SECONDS", 0.2)
    monkeypatch.setattr(over_http, "build_real", lambda *_: SnapshotStore(documents_data))
    found = over_http.run(tmp_path, tmp_path, [2], 0.2, 20)
    for runs in found["servers"]["Procsearch"]["tasks"].values():
        for each in runs:
            assert each["errors"] == 0 < each["requests"]
            assert each["p50"] <= each["p95"] <= each["p99"]
    assert all(each["rss_mb"] >= each["pss_mb"] > 0 for each in found["servers"]["Procsearch"]["memory_after_load"])
    over_http.show(report := Report(machine()), found)
    report.save(tmp_path, "http", found)
    assert "not measured" in (tmp_path / "speed-http.txt").read_text()


@pytest.mark.skipif(not shutil.which("wrk"), reason="wrk is not installed")
def test_the_real_server_under_load_by_wrk(documents_data):
    request = servers.search_request("iop")
    with servers.procsearch(documents_data, 1, request) as server:
        found = load.load(server.port, [request, load.Request("/api/v1/search", '{"q": "iop"}')], 2, 1)
    assert found["errors"] == 0 < found["requests"]


def test_the_vocabulary_of_the_official_file_has_its_words_and_rare_ones(hcpcs_data):
    release = read_release(hcpcs_data / "2020-alpha-numeric-hcpcs-file.zip")
    vocabulary = vocabulary_of(make_records(Corpus(), [release])[0])
    assert {"wheelchair", "injection"} <= set(vocabulary.words[:200])
    assert len(vocabulary.words) == len(set(vocabulary.words)) == len(vocabulary.counts) > 40_000
    assert list(vocabulary.counts) == sorted(vocabulary.counts, reverse=True)
    assert vocabulary.lengths.mean() == pytest.approx(1)
