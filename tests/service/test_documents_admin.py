"""Documents over HTTP: what is written is searched after the next build, nothing is lost, and errors name lines."""

from __future__ import annotations

import json
import shutil

import pytest
from hypothesis import given

from corpus.format import parse, render
from corpus.values import from_values, to_values
from indexer.locks import file_lock
from service.app import create_app
from service.config import load_config
from tests.corpus.samples import document_text
from tests.corpus.strategies import procedures
from tests.service.admin import Operator, token_for

BULK = "/api/v1/documents/_bulk"
AT = "/api/v1/documents/A9999"


@pytest.fixture(scope="module")
def served(documents_data, twelve_documents, tmp_path_factory):
    """One application for all tests: what each of them writes is removed after it."""
    data = shutil.copytree(documents_data, tmp_path_factory.mktemp("admin") / "data")
    app = create_app(load_config({}, data=data, corpus=(twelve_documents,), shipped="off"))
    yield Operator(app.test_client(), token_for(data))
    app.extensions["procsearch"].close()


@pytest.fixture
def operator(served):
    yield served
    data = served.client.application.extensions["procsearch_admin"].data
    for name in ("documents", "tasks", "idempotency"):
        path = data / name
        path.unlink() if path.is_file() else shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def data(operator):
    return operator.client.application.extensions["procsearch_admin"].data


@pytest.fixture
def quiet(operator, monkeypatch):
    """The same where builds are queued and never run, which is quicker."""
    monkeypatch.setattr("indexer.task_runner.start", lambda data, program: None)
    return operator


def _bulk(operator, *lines, headers=None, path=BULK):
    body = b"".join(line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in lines)
    answer = operator.post(path, data=body, content_type="application/x-ndjson", headers=headers)
    return answer, [json.loads(line) for line in answer.text.splitlines()] if answer.status_code == 200 else []


def test_a_document_is_found_once_it_is_published_and_gone_once_it_is_removed(operator):
    put = operator.put(f"{AT}?wait=true", document_text())
    assert put.status_code == 201
    assert put.json["task"]["state"] == "succeeded"
    assert operator.get(AT).json["title"] == "Example Repair"
    assert operator.get("/api/v1/search?q=exemplum+restitutum").json["hits"][0]["code"] == "A9999"
    again = operator.put(f"{AT}?wait=true", document_text(title="Example Mending"))
    assert again.status_code == 200
    assert operator.get(AT).json["title"] == "Example Mending"
    assert operator.delete(f"{AT}?wait=true").status_code == 200
    assert operator.get(AT).status_code == 404
    assert operator.delete(AT).json["error"]["code"] == "document_not_found"


def test_an_own_document_takes_the_place_of_a_shipped_one_and_gives_it_back(operator):
    shipped = operator.get("/api/v1/documents/H0015/source")
    text = shipped.text.replace(shipped.text.splitlines()[2], "Day Programme (H0015)")
    put = operator.put("/api/v1/documents/h0015?wait=true", text, headers={"If-Match": shipped.headers["ETag"]})
    assert (put.status_code, put.json["code"]) == (201, "H0015")
    assert operator.get("/api/v1/documents/H0015").json["title"] == "Day Programme"
    assert operator.get("/api/v1/documents/H0015/source").headers["ETag"] == put.headers["ETag"]
    operator.delete("/api/v1/documents/H0015?wait=true")
    assert operator.get("/api/v1/documents/H0015").json["title"] in shipped.text


def test_without_waiting_the_answer_names_the_task(quiet, data):
    put = quiet.put(AT, document_text())
    assert put.status_code == 202
    task = quiet.get(put.headers["Location"]).json
    assert (task["id"], task["state"], task["reason"]) == (put.json["task"]["id"], "queued", "documents")
    # Changes that come before it starts are taken with it.
    assert quiet.put("/api/v1/documents/A9998", document_text("A9998")).json["task"]["id"] == task["id"]
    assert (data / "documents/A/A9999.txt").read_text() == render(parse(document_text()))
    busy = quiet.post("/api/v1/reindex")
    assert (busy.status_code, busy.json["error"]["code"]) == (409, "task_exists")
    assert busy.json["error"]["details"][0]["got"] == task["id"]
    assert quiet.delete(f"/api/v1/tasks/{task['id']}").json["state"] == "cancelled"
    assert quiet.post("/api/v1/reindex").status_code == 202


def test_a_build_is_started_watched_and_listed(operator):
    started = operator.post("/api/v1/reindex")
    assert started.status_code == 202
    ended = operator.ended(started.json["id"])
    assert (ended["state"], ended["published"], ended["failure"]) == ("succeeded", False, None)
    assert [task["id"] for task in operator.get("/api/v1/tasks").json["tasks"]] == [started.json["id"]]
    assert operator.post("/api/v1/reindex?wait=true").status_code == 200
    assert operator.get("/api/v1/tasks/20200101T000000000-00000000").json["error"]["code"] == "task_not_found"


def test_a_second_author_cannot_undo_the_work_of_the_first(quiet):
    first = quiet.put(AT, document_text(), headers={"If-None-Match": "*"})
    assert first.status_code == 202
    assert quiet.put(AT, document_text(), headers={"If-None-Match": "*"}).status_code == 412
    tag = first.headers["ETag"]
    assert quiet.put(AT, document_text(title="One"), headers={"If-Match": tag}).status_code == 202
    lost = quiet.put(AT, document_text(title="Two"), headers={"If-Match": tag})
    assert (lost.status_code, lost.json["error"]["code"]) == (412, "stale")
    assert quiet.delete(AT, headers={"If-Match": tag}).status_code == 412
    now = quiet.get(f"{AT}/source")
    assert "One (A9999)" in now.text
    assert quiet.get(f"{AT}/source", headers={"If-None-Match": now.headers["ETag"]}).status_code == 304
    assert quiet.delete(AT, headers={"If-Match": f'"other", {now.headers["ETag"]}'}).status_code == 202
    assert quiet.delete(AT, headers={"If-Match": "*"}).status_code == 412
    assert quiet.put(AT, document_text(), headers={"If-Match": "tag"}).json["error"]["code"] == "invalid_parameter"


def test_errors_of_a_document_are_told_by_line(quiet, data):
    text = document_text().replace("Summary\n", "").replace("HCPCS code", "Other code")
    refused = quiet.put(AT, text)
    assert refused.status_code == 422
    error = refused.json["error"]
    assert error["code"] == "invalid_document"
    assert error["details"][0] == {
        "parameter": "line 2",
        "line": 2,
        "column": 1,
        "severity": "error",
        "rule": "no-code-system",
        "expected": error["details"][0]["expected"],
        "got": "'Other code'",
        "remedy": "Put the code system on the line below the descriptor.",
    }
    assert not (data / "documents").exists()


def test_findings_of_the_linter_are_told_with_the_document(quiet):
    told = quiet.put(AT, document_text()).json["problems"]
    assert {"length", "few-names"} <= {each["rule"] for each in told}
    assert all(each["severity"] == "warning" and each["line"] >= 1 for each in told)


@pytest.mark.parametrize(
    "code",
    ["..%2F..%2Ftokens.json", "A9999%2F..%2F..", "%00", "A999", "D99999", "a b", "_bulk", "A9999.txt", "x" * 300],
)
def test_a_code_names_no_other_file(quiet, data, code):
    before = sorted(path for path in data.rglob("*"))
    assert quiet.put(f"/api/v1/documents/{code}", document_text()).status_code in (404, 405, 422)
    assert quiet.delete(f"/api/v1/documents/{code}").status_code in (404, 405, 422)
    left = {path for path in data.rglob("*") if not path.name.endswith(".lock")}
    assert left - {data / "documents"} <= set(before)


def test_the_code_of_the_address_is_that_of_the_document(quiet):
    refused = quiet.put("/api/v1/documents/A9998", document_text())
    assert (refused.status_code, refused.json["error"]["details"][0]["parameter"]) == (422, "code")


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"\xff", "text/plain", 400),
        (b"a", "text/plain; charset=latin-1", 415),
        (b"a", "text/html", 415),
        (b"", "text/plain", 422),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 422),
        (b"a" * 70_000, "text/plain", 413),
    ],
)
def test_other_bodies_are_refused(quiet, body, content_type, status):
    assert quiet.ask("PUT", AT, data=body, content_type=content_type).status_code == status


@given(procedures())
def test_a_document_as_values_is_the_same_document(document):
    assert from_values(json.loads(json.dumps(to_values(document)))) == document


def test_a_document_may_come_as_json(quiet):
    values = to_values(parse(document_text()))
    assert quiet.ask("PUT", AT, json=values).status_code == 202
    assert quiet.get(f"{AT}/source").text == document_text()
    # What the API tells of a record is taken as sections.
    sections = quiet.get("/api/v1/documents/H0015").json["sections"]
    assert quiet.ask("PUT", AT, json={**values, "sections": sections}).status_code == 202


@pytest.mark.parametrize(
    ("place", "change"),
    [
        ("title", {"title": 3}),
        ("common_names[0]", {"common_names": [None]}),
        ("sections", {"sections": {}}),
        ("sections[0].key", {"sections": [{"key": "other"}]}),
        ("sections[0].blocks[0].type", {"sections": [{"key": "summary", "blocks": [{"type": "x", "text": "A."}]}]}),
        ("sections[0].blocks[0]", {"sections": [{"key": "summary", "blocks": [{"type": "paragraph", "text": "a"}]}]}),
        ("body", {"sections": []}),
        ("body", {"other": 1}),
        ("descriptor_cut", {"descriptor_cut": "yes"}),
        ("body", {"code": "../x"}),
    ],
)
def test_wrong_values_are_named(quiet, place, change):
    refused = quiet.ask("PUT", AT, json={**to_values(parse(document_text())), **change})
    assert refused.status_code == 422
    assert refused.json["error"]["details"][0]["parameter"] == place


def test_a_request_sent_twice_is_done_once(quiet):
    def put(text, key):
        return quiet.put(AT, text, headers={"Idempotency-Key": key})

    first = put(document_text(), "one")
    quiet.delete(AT)
    again = put(document_text(), "one")
    assert (again.status_code, again.json, again.headers["ETag"]) == (202, first.json, first.headers["ETag"])
    assert again.headers["Idempotency-Replayed"] == "true"
    # It was not written again.
    assert quiet.get(f"{AT}/source").status_code == 404
    other = put(document_text(title="Other"), "one")
    assert (other.status_code, other.json["error"]["code"]) == (422, "key_reused")
    assert put(document_text(title="Other"), "two").status_code == 202
    assert put(document_text(), "").json["error"]["details"][0]["parameter"] == "Idempotency-Key"


def test_a_key_whose_request_was_cut_off_counts_for_none(quiet, data):
    quiet.put(AT, document_text(), headers={"Idempotency-Key": "one"})
    (kept,) = (data / "idempotency").iterdir()
    for text in (b"", kept.read_bytes()[:20], kept.read_bytes().replace(b'"length":"0', b'"length":"------------"#')):
        kept.write_bytes(text)
        again = quiet.put(AT, document_text(), headers={"Idempotency-Key": "one"})
        assert "Idempotency-Replayed" not in again.headers
    with file_lock(kept, 0):
        kept.write_bytes(kept.read_bytes())
        assert quiet.put(AT, document_text(), headers={"Idempotency-Key": "one"}).json["error"]["code"] == "conflict"


def test_a_bulk_request_answers_each_line(quiet):
    tag = quiet.put(AT, document_text()).headers["ETag"]
    answer, lines = _bulk(
        quiet,
        {"code": "a9998", "text": document_text("A9998")},
        {"code": "A9997", "document": to_values(parse(document_text("A9997")))},
        b"\n",
        {"code": "A9998", "delete": True},
        {"code": "A9998", "delete": True},
        {"code": "A9999", "text": document_text(title="New"), "if_match": tag},
        {"code": "A9999", "text": document_text(title="Newer"), "if_match": tag},
        {"code": "A9996", "text": "no document"},
        {"code": "../../x", "delete": True},
        b"{\n",
        b'"text"\n',
        {"code": "A9996", "delete": False},
        {"code": "A9996", "text": 1},
        {"code": "A9996", "other": 1},
        {"code": "A9999", "delete": True, "if_match": "x"},
        b'{"code": "' + b"A" * (3 << 20) + b'"}\n',
        {"code": "A9995", "text": document_text("A9995")},
    )
    assert answer.mimetype == "application/x-ndjson"
    statuses = [(line["line"], line["status"]) for line in lines[:-1]]
    assert [status for _, status in statuses] == [
        201,
        201,
        200,
        404,
        200,
        412,
        422,
        422,
        *[400] * 3,
        422,
        *[400] * 3,
        201,
    ]
    assert [number for number, _ in statuses] == [1, 2, *range(4, 18)]
    assert lines[0]["code"] == "A9998"
    assert lines[6]["error"]["details"][0]["line"] == 1
    summary = lines[-1]["summary"]
    assert (summary["written"], summary["removed"], summary["failed"]) == (4, 1, 11)
    assert summary["task"]["state"] == "queued"
    assert "New (A9999)" in quiet.get(f"{AT}/source").text


def test_a_bulk_request_is_found_once_it_is_published(operator):
    many = [{"code": f"A{number}", "text": document_text(f"A{number}")} for number in range(9000, 9020)]
    _, lines = _bulk(operator, *many, path=f"{BULK}?wait=true")
    assert lines[-1]["summary"]["task"]["state"] == "succeeded"
    assert operator.get("/api/v1/search?q=A9000..A9019").json["total"] == 20


def test_a_bulk_request_sent_twice_is_done_once(quiet):
    lines = [{"code": "A9999", "text": document_text()}]
    _, told = _bulk(quiet, *lines, headers={"Idempotency-Key": "bulk"})
    again, same = _bulk(quiet, *lines, headers={"Idempotency-Key": "bulk"})
    assert told == same
    assert again.headers["Idempotency-Replayed"] == "true"
    other, _ = _bulk(quiet, *lines, *lines, headers={"Idempotency-Key": "bulk"})
    assert other.status_code == 422


def test_a_bulk_request_with_nothing_done_starts_no_build(quiet):
    _, lines = _bulk(quiet, {"code": "A9999", "delete": True})
    assert lines[-1]["summary"]["task"] is None
    assert quiet.get("/api/v1/tasks").json["tasks"] == []


def test_a_bulk_request_that_is_too_long_changes_nothing(data, twelve_documents):
    app = create_app(load_config({}, data=data, corpus=(twelve_documents,), bulk_bytes=2000))
    operator = Operator(app.test_client(), token_for(data, "documents"))
    answer, _ = _bulk(operator, *[{"code": "A9999", "text": document_text()}] * 3)
    assert (answer.status_code, answer.json["error"]["code"]) == (413, "payload_too_large")
    assert not (data / "documents").exists()
    app.extensions["procsearch"].close()


def test_a_change_while_another_one_lasts_waits_and_then_says_so(quiet, data, monkeypatch):
    monkeypatch.setattr("indexer.own_documents._WAIT_SECONDS", 0.1)
    with file_lock(data / "documents.lock", 0):
        busy = quiet.put(AT, document_text())
    assert (busy.status_code, busy.json["error"]["code"], busy.headers["Retry-After"]) == (503, "busy", "5")


def test_a_disk_that_takes_nothing_is_told_as_such(quiet, data):
    (data / "documents").write_text("a file where the folder should be")
    failed = quiet.put(AT, document_text())
    assert (failed.status_code, failed.json["error"]["code"]) == (507, "storage_failed")
    assert str(data) not in failed.text
