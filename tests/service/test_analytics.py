"""Counting searches: what is told is right, and whoever reads the files learns nothing of anybody."""

from __future__ import annotations

import datetime
import json
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.admin import analytics as module
from service.admin.analytics import MAX_CHARS, MOST_POSITION, Analytics, normalised
from service.app import create_app
from service.config import load_config
from tests.service.admin import Operator, token_for

KEY = b"k" * 32


def _counting(data, threshold=3, days=30, key=KEY):
    return Analytics(data, threshold, days, key)


def _everything(folder):
    return "".join(path.name + path.read_text() for path in folder.rglob("*") if path.is_file())


def _queries(report, of="queries"):
    return {each["query"]: each["searches"] for each in report[of]}


def test_a_query_is_told_once_enough_clients_asked_it_and_its_text_is_nowhere_before(tmp_path):
    counting = _counting(tmp_path, threshold=3)
    for client in ("10.0.0.1", "10.0.0.1", "10.0.0.1", "10.0.0.2"):
        counting.searched("Snore Box", client, nothing_found=True)
        counting.flush()
    report = counting.report()
    assert (report["searches"], report["nothing_found"], report["queries"]) == (4, 4, [])
    assert "snore" not in _everything(tmp_path)
    for number in range(3, 12):
        counting.searched("snore  BOX?", f"10.0.0.{number}", nothing_found=number % 2 == 0)
    report = counting.report()
    assert _queries(report) == {"snore box": 13}
    (row,) = report["without_result"]
    assert (row["query"], row["nothing_found"]) == ("snore box", 8)
    assert "10.0.0" not in _everything(tmp_path)


def test_files_are_for_their_owner_only(tmp_path):
    counting = _counting(tmp_path)
    counting.searched("a", "x", nothing_found=False)
    counting.flush()
    (path,) = (tmp_path / "analytics").glob("*.json")
    assert path.stat().st_mode & 0o777 == 0o600


EVENTS = st.lists(
    st.tuples(
        st.integers(0, 2), st.sampled_from(["iop", "cane", "b12 shot"]), st.integers(0, 9), st.booleans(), st.booleans()
    ),
    max_size=60,
)


@settings(max_examples=30)
@given(EVENTS)
def test_workers_together_tell_what_all_of_them_counted(events):
    with tempfile.TemporaryDirectory() as folder:
        workers = [_counting(Path(folder), threshold=3) for _ in range(3)]
        searches, nothing, clients = {}, {}, {}
        for worker, query, client, missed, flush in events:
            workers[worker].searched(query, str(client), nothing_found=missed)
            searches[query] = searches.get(query, 0) + 1
            nothing[query] = nothing.get(query, 0) + missed
            clients.setdefault(query, set()).add(client)
            if flush:
                workers[worker].flush()
        for worker in workers:
            worker.flush()
        report = workers[0].report()
        assert report["searches"] == len(events)
        told = _queries(report)
        for query, count in told.items():
            assert count == searches[query]
            # Two clients may share a bit, so that some queries are told later; none is told sooner.
            assert len(clients[query]) >= 3
        for each in report["without_result"]:
            assert each["nothing_found"] == nothing[each["query"]]


def test_servers_with_other_keys_do_not_take_one_client_for_two(tmp_path):
    for number in range(8):
        counting = _counting(tmp_path, threshold=2, key=bytes([number]) * 32)
        counting.searched("iop", "10.0.0.1", nothing_found=False)
        counting.flush()
    assert counting.report()["queries"] == []
    assert counting.report()["searches"] == 8


def test_clicks_are_told_by_position(tmp_path):
    counting = _counting(tmp_path, threshold=2)
    for client in range(9):
        counting.searched("iop", str(client), nothing_found=False)
    for position in (1, 1, 3, 40, 11):
        counting.clicked("iop", position)
    counting.clicked("other", 2)
    report = counting.report()
    assert report["click_positions"] == [2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 2]
    assert len(report["click_positions"]) == MOST_POSITION
    (row,) = report["queries"]
    assert (row["clicks"], row["mean_position"]) == (5, 5.4)


@pytest.mark.parametrize(
    "query",
    ["", "  ", "?!", "x" * (MAX_CHARS + 1), "a b c d e f g h i", "me@example.org", "call 555-123-4567", "mrn 0012345"],
)
def test_what_may_be_about_somebody_is_not_counted_by_its_text(tmp_path, query):
    assert normalised(query) is None
    counting = _counting(tmp_path, threshold=2)
    for client in range(9):
        counting.searched(query, str(client), nothing_found=True)
    report = counting.report()
    assert (report["queries"], report["left_out"], report["searches"]) == ([], 9, 9)


def test_a_code_is_counted():
    assert normalised(" H0015 ") == "h0015"
    assert normalised('"Insulin Pump" -battery') == "insulin pump battery"


def test_weeks_are_forgotten(tmp_path, monkeypatch):
    today = datetime.date(2026, 1, 1)
    monkeypatch.setattr(module, "_today", lambda: today)
    counting = _counting(tmp_path, threshold=2, days=10)
    counting.searched("iop", "1", nothing_found=False)
    counting.flush()
    assert counting.report()["weeks"] == ["2026-W01"]
    today = datetime.date(2026, 1, 6)
    counting.searched("iop", "1", nothing_found=False)
    assert counting.report()["weeks"] == ["2026-W01", "2026-W02"]
    # One client in two weeks is one client.
    assert counting.report()["queries"] == []
    today = datetime.date(2026, 1, 15)
    assert counting.report()["weeks"] == ["2026-W02"]
    counting.searched("iop", "1", nothing_found=False)
    counting.flush()
    assert [path.stem for path in sorted((tmp_path / "analytics").glob("*.json"))] == ["2026-W02", "2026-W03"]


def test_memory_and_disk_are_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_MOST_PENDING", 50)
    monkeypatch.setattr(module, "_MOST_KEPT", 80)
    counting = _counting(tmp_path, threshold=2)
    for round_ in range(4):
        for client in range(6):
            counting.searched("often", str(client), nothing_found=False)
        for number in range(100):
            counting.searched(f"rare {round_} {number}", "1", nothing_found=False)
        assert len(counting._week.entries) <= 50
        counting.flush()
    (path,) = (tmp_path / "analytics").glob("*.json")
    kept = json.loads(path.read_bytes())
    assert len(kept["entries"]) <= 80
    report = counting.report()
    assert _queries(report) == {"often": 24}
    assert report["searches"] == 424
    assert report["left_out"] >= 4 * 51


@pytest.mark.parametrize(
    "text", ["", "{", '{"version": 1}', '{"version": 1, "entries": {"a": 1}}', "[]", '{"version": 2}']
)
def test_a_damaged_file_is_begun_anew(tmp_path, text):
    counting = _counting(tmp_path)
    counting.searched("iop", "1", nothing_found=False)
    counting.flush()
    (path,) = (tmp_path / "analytics").glob("*.json")
    path.write_text(text)
    counting.searched("iop", "1", nothing_found=False)
    assert counting.report()["searches"] == 1


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path):
    (tmp_path / "analytics").write_text("a file")
    counting = _counting(tmp_path)
    counting.searched("iop", "1", nothing_found=False)
    counting.stop()


@pytest.fixture(scope="module")
def operator(documents_data, tmp_path_factory):
    data = shutil.copytree(documents_data, tmp_path_factory.mktemp("analytics") / "data")
    app = create_app(load_config({}, data=data, analytics="on", analytics_threshold=2))
    yield Operator(app.test_client(), token_for(data))
    app.extensions["procsearch"].close()


def _searches(operator):
    return operator.get("/api/v1/analytics").json["searches"]


def _from(operator, address, path, **headers):
    return operator.client.get(path, environ_base={"REMOTE_ADDR": address}, headers=headers)


def test_searches_of_the_page_and_the_api_are_counted(operator):
    before = _searches(operator)
    for number in range(12):
        assert _from(operator, f"10.0.0.{number}", "/?q=xqzx+wobbly").status_code == 200
        assert _from(operator, f"10.0.0.{number}", "/api/v1/search?q=iop").status_code == 200
    report = operator.get("/api/v1/analytics")
    assert report.headers["Cache-Control"] == "no-store"
    assert report.json["searches"] == before + 24
    assert {"xqzx wobbly": 12, "iop": 12}.items() <= _queries(report.json).items()
    assert {each["query"]: each["nothing_found"] for each in report.json["without_result"]} == {"xqzx wobbly": 12}


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/api/v1/search?q=iop", {"DNT": "1"}),
        ("/api/v1/search?q=iop", {"Sec-GPC": "1"}),
        ("/?q=iop", {"X-Procsearch-Typing": "1"}),
        ("/?q=iop&page=2", {}),
        ("/api/v1/search?q=iop&offset=10", {}),
        ("/api/v1/search?q=", {}),
        ("/api/v1/suggest?q=iop", {}),
        ("/", {}),
    ],
)
def test_what_is_no_search_or_must_not_be_counted_is_not(operator, path, headers):
    before = _searches(operator)
    assert _from(operator, "10.0.0.1", path, **headers).status_code == 200
    assert _searches(operator) == before


def test_the_page_says_what_was_seen_only_to_those_who_may_be_counted(operator):
    assert 'data-seen="/api/v1/seen"' in operator.client.get("/").text
    assert "data-seen" not in operator.client.get("/", headers={"DNT": "1"}).text
    before = operator.get("/api/v1/analytics").json
    assert operator.client.post("/api/v1/seen", json={"q": "iop", "position": 2}).status_code == 204
    assert operator.client.post("/api/v1/seen", json={"q": "nosuchword"}).status_code == 204
    assert operator.client.post("/api/v1/seen", json={"q": "iop"}, headers={"Sec-GPC": "1"}).status_code == 204
    after = operator.get("/api/v1/analytics").json
    assert after["click_positions"][1] == before["click_positions"][1] + 1
    assert after["searches"] == before["searches"] + 1
    assert after["nothing_found"] == before["nothing_found"] + 1
    for wrong in ({}, {"q": 1}, {"q": "a", "position": 0}, {"q": "a", "position": True}, {"q": "a", "who": "me"}):
        assert operator.client.post("/api/v1/seen", json=wrong).status_code == 400


def test_it_is_off_by_default(client, documents_data):
    assert "data-seen" not in client.get("/").text
    off = client.post("/api/v1/seen", json={"q": "iop"})
    assert (off.status_code, off.json["error"]["code"]) == (404, "analytics_off")
    client.get("/api/v1/search?q=iop")
    assert not (documents_data / "analytics").exists()


def test_the_page_of_the_operator_holds_no_script_and_is_for_no_crawler(client):
    page = client.get("/operator")
    assert page.status_code == 200
    assert "noindex" in page.text
    assert "<script>" not in page.text
    assert "/operator" in client.get("/robots.txt").text
