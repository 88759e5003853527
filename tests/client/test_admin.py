"""The client of administration against the real server.

1. Every method does what the API does, and its answers are typed. 2. What is sent twice is done once. 3. Lines of a
bulk request and their answers are not held in memory. 4. The token is shown nowhere.
"""

from __future__ import annotations

import json
import re
import shutil
import traceback
import tracemalloc
from pathlib import Path

import pytest

from corpus.store import SHIPPED
from indexer.locks import write_lock
from service.client import (
    AdminClient,
    Bulk,
    BulkLine,
    Client,
    ClientError,
    Conflict,
    ConnectionFailed,
    Denied,
    InvalidRequest,
    NotFound,
    Stale,
    Task,
    TimedOut,
    UnexpectedAnswer,
    Written,
)
from tests.client.misbehaving import answers, drops, scripted, whole
from tests.corpus.samples import document_text
from tests.live.server import running
from tests.service.admin import token_for
from tests.test_docs import CLIENT

TOKEN = "ps_" + "x" * 43
TASK = {
    "id": "t1",
    "state": "queued",
    "reason": "request",
    "created": "2026-01-31T00:00:00Z",
    "started": None,
    "ended": None,
    "phase": None,
    "done": 0,
    "steps": 0,
    "rate": None,
    "cancelling": False,
    "snapshot": None,
    "published": False,
    "changes": {},
    "problems": [],
    "failure": None,
}
ERROR = {"message": "no", "details": [], "request_id": "r"}


@pytest.fixture(scope="module")
def served(documents_data, twelve_documents, tmp_path_factory):
    """A server over a data folder that may be changed, that folder, and a token for everything."""
    data = shutil.copytree(documents_data, tmp_path_factory.mktemp("admin") / "data")
    token = token_for(data)
    settings = {"PROCSEARCH_CORPUS": str(twelve_documents), "PROCSEARCH_SHIPPED": "off", "PROCSEARCH_ANALYTICS": "on"}
    with running(data, settings=settings) as server:
        yield server, data, token


@pytest.fixture
def client(served):
    server, _, token = served
    with AdminClient(server.url, token=token) as client:
        yield client


def quick(server, **options):
    return AdminClient(server.url, token=TOKEN, **{"backoff": 0.01, "timeout": 5, **options})


def ended(client):
    """Wait until no build is at work, so that the next test can start one."""
    for task in client.tasks():
        client.wait_for(task)


def test_a_document_is_written_searched_changed_and_removed(client):
    written = client.put_document("A9999", document_text(), wait=True)
    assert isinstance(written, Written)
    assert (written.code, written.created, written.task.state, written.task.published) == (
        *("A9999", True, "succeeded", True),
    )
    assert client.document("a9999").title.startswith("Example Repair")
    source = client.document_source("A9999")
    assert (source.text, source.etag) == (document_text(), written.etag)
    other = document_text(title="Example Mending")
    with pytest.raises(Stale, match="412") as caught:
        client.put_document("A9999", other, only_new=True)
    assert isinstance(caught.value, InvalidRequest)
    changed = client.put_document("A9999", other, if_match=source.etag)
    assert (changed.created, changed.etag == source.etag) == (False, False)
    with pytest.raises(Stale):
        client.delete_document("A9999", if_match=f'"{source.etag}"')
    assert client.wait_for(changed.task).state == "succeeded"
    removed = client.delete_document("A9999", if_match=changed.etag, wait=True)
    assert (removed.etag, removed.task.changes["removed"]) == (None, 1)
    with pytest.raises(NotFound):
        client.delete_document("A9999")


def test_a_document_as_values_and_one_with_errors(client):
    with pytest.raises(InvalidRequest) as caught:
        client.put_document("A9998", document_text("A9998").replace("Benefits\n", "Benefit\n"))
    assert caught.value.code == "invalid_document"
    assert caught.value.details[0]["rule"]
    with pytest.raises(InvalidRequest, match="422"):
        client.put_document("A9998", {"code": "A9998"})
    record = client.document("H0015")
    values = {
        "code": "H0015",
        "code_system": record.code_system,
        "descriptor": record.descriptor,
        "title": record.title,
        "common_names": list(record.common_names),
        "technical_terms": list(record.technical_terms),
        "sections": client.get("/documents/H0015")["sections"],
    }
    assert client.put_document("H0015", values).created
    assert client.delete_document("H0015", wait=True).code == "H0015"


def test_bulk_answers_every_line(client):
    lines = [
        {"code": "A9001", "text": document_text("A9001")},
        json.dumps({"code": "A9002", "text": document_text("A9002")}),
        b"\n",
        {"code": "A9003", "text": "no document"},
        {"code": "A9001", "delete": True, "if_match": "0123"},
        b"{",
    ]
    answer = client.bulk(lines, wait=True)
    assert isinstance(answer, Bulk)
    assert (answer.summary.written, answer.summary.removed, answer.summary.failed) == (2, 0, 3)
    assert answer.summary.task
    assert answer.summary.task.published
    told = list(answer)
    assert all(isinstance(line, BulkLine) for line in told)
    assert [(line.line, line.status) for line in told] == [(1, 201), (2, 201), (4, 422), (5, 412), (6, 400)]
    assert told[2].error
    assert told[2].error["code"] == "invalid_document"
    assert told[0].etag == client.document_source("A9001").etag
    with client.bulk({"code": f"A900{number}", "delete": True} for number in (1, 2, 7)) as answer:
        assert next(answer).status == 200
        assert answer.summary.removed == 2
    assert list(answer) == []
    empty = client.bulk([])
    assert (list(empty), empty.summary.task) == ([], None)
    with pytest.raises(ValueError, match="lines: expected mappings"):
        client.bulk([3])
    ended(client)


def test_many_lines_come_from_a_file_and_go_to_one(client, tmp_path):
    path = tmp_path / "documents.ndjson"
    with path.open("w") as stream:
        stream.writelines(json.dumps({"code": "A9999", "text": "x" * 4_000}) + "\n" for _ in range(8_000))
    assert path.stat().st_size > 30 * 1024 * 1024
    tracemalloc.start()
    try:
        with path.open("rb") as stream:
            answer = client.bulk(stream)
        assert sum(line.status == 422 for line in answer) == answer.summary.failed == 8_000
        assert tracemalloc.get_traced_memory()[1] < 8 * 1024 * 1024
    finally:
        tracemalloc.stop()


def test_builds_are_started_told_of_waited_for_and_cancelled(client, served):
    ended(client)
    _, data, _ = served
    with write_lock(data):
        task = client.reindex()
        assert isinstance(task, Task)
        assert not task.is_over
        with pytest.raises(Conflict, match="task_exists") as caught:
            client.reindex()
        assert caught.value.details[0]["got"] == task.id
        with pytest.raises(TimedOut, match=f"task {task.id}: expected it to end within 0.7 seconds"):
            client.wait_for(task, timeout=0.7)
        assert client.tasks()[0].id == task.id
        client.cancel_task(task.id)
        assert client.wait_for(task.id).state == "cancelled"
    assert client.task(task.id).is_over
    assert client.reindex(wait=True).state == "succeeded"
    for wrong in ("20260131T093000123-9f86d081", "a/b"):
        with pytest.raises(NotFound):
            client.task(wrong)
    with pytest.raises(ValueError, match="task_id: expected"):
        client.task("..")


def test_a_key_makes_a_change_be_done_once(client):
    first = client.put_document("A9997", document_text("A9997"), idempotency_key="once")
    again = client.put_document("A9997", document_text("A9997"), idempotency_key="once")
    assert (again.created, again.etag, again.task.id) == (True, first.etag, first.task.id)
    with pytest.raises(InvalidRequest, match="key_reused"):
        client.put_document("A9996", document_text("A9996"), idempotency_key="once")
    for wrong in ("", "x" * 201, "ü", "a\nb"):
        with pytest.raises(ValueError, match="idempotency_key: expected"):
            client.reindex(idempotency_key=wrong)
    for wrong in ("", 'a"b', "a b", "ü"):
        with pytest.raises(ValueError, match="if_match: expected"):
            client.delete_document("A9997", if_match=wrong)
    client.delete_document("A9997", if_match="*")
    ended(client)


def test_synonyms_and_analytics(client):
    added = client.add_synonym("wobblyframe", "walker", both_ways=True)
    assert added.changed
    assert added.task
    assert client.synonyms() == (added.rule,)
    assert client.wait_for(added.task).state == "succeeded"
    again = client.add_synonym("wobblyframe", "walker", both_ways=True)
    assert (again.changed, again.task) == (False, None)
    assert client.remove_synonym(added.rule).changed
    assert client.synonyms() == ()
    with pytest.raises(NotFound, match="synonym_not_found"):
        client.remove_synonym(added.rule)
    with pytest.raises(InvalidRequest):
        client.add_synonym("", "walker")
    counts = client.analytics()
    assert (counts.threshold, counts.days, len(counts.click_positions)) == (5, 90, 11)
    ended(client)


def test_who_may_not(served, documents_data, live_server):
    server, data, _ = served
    with AdminClient(server.url, token=TOKEN) as client:
        with pytest.raises(Denied, match="unauthorized"):
            client.tasks()
        # Long enough that the server has answered before all of it was sent.
        with pytest.raises(Denied, match="unauthorized"):
            client.bulk({"code": "A9999", "text": "x" * 100_000} for _ in range(200))
        # What only reads is answered, and no token goes with it.
        assert client.search("iop").total == 1
    with AdminClient(server.url, token=token_for(data, "reindex")) as client, pytest.raises(Denied, match="scope"):
        client.delete_document("A9999")
    with AdminClient(live_server.url, token=TOKEN) as client, pytest.raises(Denied, match="admin_off"):
        client.reindex()


def test_what_was_sent_twice_names_one_key():
    conflict = answers({"error": {**ERROR, "code": "conflict"}}, 409, "Retry-After: 0")
    with scripted(drops, conflict, answers(TASK)) as server, quick(server) as client:
        assert client.reindex().id == "t1"
    assert len(server.requests) == 3
    assert len({head for head in server.heads if b"Idempotency-Key" in head}) == 1
    lines = [{"code": "A9999", "delete": True}] * 3
    summary = {"summary": {"written": 0, "removed": 0, "failed": 0, "task": None}}
    with scripted(drops, answers(summary)) as server, quick(server) as client:
        assert client.bulk(lines).summary.failed == 0
    assert server.bodies[0] == server.bodies[1] == b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def test_a_build_that_is_in_the_way_is_not_waited_for():
    exists = answers({"error": {**ERROR, "code": "task_exists"}}, 409)
    with scripted(exists) as server, quick(server) as client, pytest.raises(Conflict):
        client.reindex()
    assert len(server.requests) == 1


def sends(body):
    return lambda connection: connection.sendall(body)


LINE = b'{"line": 1, "status": 200, "code": "A9999"}\n'


def test_half_an_answer_to_a_bulk_request_is_none():
    half = sends(whole(200, LINE * 50)[:-20])
    with scripted(half) as server, quick(server, retries=1) as client, pytest.raises(ConnectionFailed):
        client.bulk([])


@pytest.mark.parametrize("body", [LINE, b"\n", b"[]", b"<html>"])
def test_what_is_no_answer_to_a_bulk_request(body):
    with scripted(sends(whole(200, body))) as server, quick(server) as client, pytest.raises(UnexpectedAnswer):
        client.bulk([])


def test_a_server_that_is_started_anew_is_waited_for():
    busy = answers({"error": {**ERROR, "code": "no_snapshot"}}, 503)
    over = answers({**TASK, "state": "failed", "failure": {"kind": "interrupted", "message": None}})
    with scripted(drops, busy, answers(TASK), over) as server, quick(server, retries=0) as client:
        found = client.wait_for("t1")
    assert (found.state, found.failure.kind) == ("failed", "interrupted")


def echoes(status):
    """Another program, which sends back what it was sent."""
    sent = f"Authorization: Bearer {TOKEN}"
    return lambda connection: connection.sendall(whole(status, sent.encode(), f"Location: http://x/{TOKEN}"))


@pytest.mark.parametrize("step", [*map(echoes, (200, 302, 400, 500)), drops])
def test_the_token_is_shown_nowhere(step):
    """Not even in a traceback with all variables."""
    with scripted(step) as server, quick(server, retries=0) as client:
        shown = [repr(client), repr(vars(client)), repr(vars(client._transport))]
        for ask in (client.tasks, client.reindex, lambda: client.put_document("A9999", "x"), lambda: client.bulk([])):
            with pytest.raises(ClientError) as caught:
                ask()
            kind, error, trace = caught._excinfo
            told = traceback.TracebackException(kind, error, trace.tb_next, capture_locals=True)
            shown += [*told.format(), repr(error), repr(getattr(error, "body", ""))]
    assert "_ask" in "".join(shown)
    assert TOKEN not in "".join(shown)


@pytest.mark.parametrize("token", ["", "a b", "a\nb", "tökén"])
def test_what_is_no_token_is_refused_and_not_shown(token):
    with pytest.raises(ValueError, match="token: expected") as caught:
        AdminClient(token=token)
    assert not token or token not in str(caught.value)


def test_the_examples_of_the_page_run(served, tmp_path, monkeypatch, capsys):
    server, _, token = served
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOKEN", token)
    (shipped,) = SHIPPED.glob("*/H0020-*.txt")
    shutil.copy(shipped, "H0020.txt")
    line = {"code": "A9999", "text": document_text()}
    Path("documents.ndjson").write_text(json.dumps(line) + "\n" + json.dumps({**line, "code": "A9998"}) + "\n")
    examples = re.findall(r"```python\n(.*?)```", CLIENT, re.DOTALL)
    assert len(examples) == 4
    for example in examples:
        text = example.replace("procsearch.service", "service").replace("http://127.0.0.1:8000", server.url)
        exec(compile(text, "docs/client.md", "exec"), {})  # noqa: S102
    told = capsys.readouterr().out
    assert re.search(r"^succeeded \{.*'added': 1", told, re.MULTILINE)
    assert "somebody else" not in told
    assert "\n2 A9998 " in told
    assert "\n1 1\n" in told
    assert "('snore box" in told


def test_a_client_that_only_asks_has_no_such_methods():
    assert not hasattr(Client, "put_document")
