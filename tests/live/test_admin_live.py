"""Administration of a real server with two workers: changes are served by both, and outlive what is killed."""

from __future__ import annotations

import http.client
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections import Counter
from pathlib import Path

import pytest

from indexer.locks import write_lock
from indexer.tasks import TaskStore
from tests.corpus.samples import document_text
from tests.live.server import ROOT, command, running
from tests.service.admin import token_for

AT = "/api/v1/documents/A9999"
#: Of the tests that start servers again and again one is run each time, the others by `make test-admin`.
only_on_demand = pytest.mark.skipif(not os.environ.get("ADMIN_TESTS"), reason="only with make test-admin")


class Remote:
    """Asks a server with a token."""

    def __init__(self, server, token):
        self.server, self.token = server, token

    def ask(self, method, path, body=None, content_type=None, **headers):
        given = {"Authorization": f"Bearer {self.token}", **headers}
        if content_type:
            given["Content-Type"] = content_type
        request = urllib.request.Request(self.server.url + path, data=body, headers=given, method=method)
        status, answer, _ = self.server.request(request, 60)
        return status, answer


@pytest.fixture
def data(documents_data, tmp_path):
    return shutil.copytree(documents_data, tmp_path / "data")


@pytest.fixture
def settings(twelve_documents):
    return {"PROCSEARCH_CORPUS": str(twelve_documents), "PROCSEARCH_SHIPPED": "off"}


def _until(holds, seconds=60):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_change_is_published_served_by_all_workers_and_kept(data, settings):
    token = token_for(data)
    with running(data, workers=2, settings=settings) as server:
        remote = Remote(server, token)
        text = document_text().encode()
        assert remote.ask("PUT", f"{AT}?wait=true", text, "text/plain")[0] == 201
        # Each worker takes the new snapshot over within half a second.
        _until(lambda: {server.get(AT)[0] for _ in range(20)} == {200})
        many = [{"code": f"A{number}", "text": document_text(f"A{number}")} for number in range(9000, 9060)]
        lines = b"".join(json.dumps(each).encode() + b"\n" for each in many)
        assert len(lines) > 64 * 1024
        status, answer = remote.ask("POST", "/api/v1/documents/_bulk?wait=true", lines, "application/x-ndjson")
        told = [json.loads(line) for line in answer.splitlines()]
        assert (status, Counter(each.get("status") for each in told)) == (200, {201: 60, None: 1})
        assert told[-1]["summary"]["task"]["published"]
    with running(data, settings=settings) as server:
        assert server.get("/api/v1/search?q=A9000..A9059")[1]["total"] == 60
        assert Remote(server, token).ask("DELETE", f"{AT}?wait=true")[0] == 200
        assert server.get(AT)[0] == 404


@only_on_demand
def test_a_bulk_request_in_chunks_is_taken_and_one_that_is_cut_off_changes_nothing(data, settings):
    token = token_for(data)
    with running(data, settings=settings) as server:
        host = server.url.removeprefix("http://")
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"}
        line = json.dumps({"code": "A9999", "text": document_text()}).encode() + b"\n"
        path = "/api/v1/documents/_bulk"
        with socket.create_connection(host.split(":"), timeout=20) as half:
            sent = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\n{sent}Content-Length: {len(line) + 100}\r\n\r\n"
            half.sendall(head.encode() + line)
            time.sleep(0.3)
        time.sleep(0.3)
        assert not (data / "documents").exists()
        connection = http.client.HTTPConnection(host, timeout=60)
        _until(lambda: _sent_in_chunks(connection, path, [line[:100], line[100:], b"\n"] * 3, headers) == 200)
        assert (data / "documents/A/A9999.txt").exists()
        connection.close()


def _sent_in_chunks(connection, path, chunks, headers):
    connection.request("POST", path, iter(chunks), headers, encode_chunked=True)
    with connection.getresponse() as response:
        response.read()
        return response.status


@only_on_demand
def test_a_build_outlives_the_server_and_one_that_waits_is_run_by_the_next(data, settings):
    token, store = token_for(data), TaskStore(data)
    with running(data, settings=settings) as server:
        remote = Remote(server, token)
        with write_lock(data):
            _, first = remote.ask("POST", "/api/v1/reindex")
            _until(lambda: store.get(first["id"]).state == "running")
            status, second = remote.ask("PUT", AT, document_text().encode(), "text/plain")
            assert (status, second["task"]["state"]) == (202, "queued")
            runner = int((data / "tasks/runner.lock").read_text())
            server.process.send_signal(signal.SIGTERM)
            server.process.wait(30)
            # The server did not take the build with it; now it is killed as well.
            assert store.get(first["id"]).state == "running"
            os.kill(runner, signal.SIGKILL)
            _until(lambda: store.get(first["id"]).failure == "interrupted")
            # Whoever waited behind it is told to end, too, as by a restart of the machine.
            waiting = int((data / "tasks/runner.lock").read_text())
            if waiting != runner:
                os.kill(waiting, signal.SIGKILL)
    with running(data, settings=settings) as server:
        _until(lambda: store.get(second["task"]["id"]).is_over)
        _until(lambda: server.get(AT)[0] == 200)
        assert Remote(server, token).ask("GET", f"/api/v1/tasks/{first['id']}")[1]["failure"]["kind"] == "interrupted"


@only_on_demand
def test_searches_are_counted_by_all_workers_together(data, settings):
    token = token_for(data)
    counted = {**settings, "PROCSEARCH_ANALYTICS": "on"}
    with running(data, workers=2, settings=counted) as server:
        host, port = server.url.removeprefix("http://").split(":")
        for number in range(2, 42):
            connection = http.client.HTTPConnection(
                host, int(port), timeout=20, source_address=(f"127.0.0.{number}", 0)
            )
            connection.request("GET", "/?q=wobbly+frame")
            connection.getresponse().read()
            connection.close()
    # When it ends, each worker writes what it counted.
    with running(data, settings=counted) as server:
        told = Remote(server, token).ask("GET", "/api/v1/analytics")[1]
    assert told["searches"] == 40
    assert [(each["query"], each["searches"]) for each in told["queries"]] == [("wobbly frame", 40)]
    log = (data / "server.log").read_text()
    assert "wobbly" not in log
    assert "127.0.0.2" not in log


@only_on_demand
def test_a_server_that_watches_builds_what_is_written(data, tmp_path, free_folder):
    settings = {"PROCSEARCH_CORPUS": str(free_folder), "PROCSEARCH_SHIPPED": "off"}
    with running(data, settings=settings, more=["--watch"]) as server:
        (free_folder / "new.txt").write_text(document_text())
        _until(lambda: server.get(AT)[0] == 200)
        watcher = _children(server.process.pid, "watch")
        assert watcher
    _until(lambda: not any(map(_lives, watcher)))


@pytest.fixture
def free_folder(twelve_documents, tmp_path):
    return shutil.copytree(twelve_documents, tmp_path / "own")


def _children(pid, word):
    """The processes that ``pid`` started and that have this word on their command line (Linux)."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found if word in Path(f"/proc/{child}/cmdline").read_text().split("\0")]


def _lives(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@only_on_demand
@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_the_guide_is_true(data, settings, tmp_path):
    """Every command of the guide with curl, in order."""
    text = (ROOT / "docs/how-to/reindex-over-http.md").read_text()
    (make,) = re.findall(r"\$ procsearch (token create .*)", text)
    made = subprocess.run(
        command(*shlex.split(make), "--data", str(data)), cwd=ROOT, capture_output=True, text=True, check=True
    )
    (tmp_path / "H0020.txt").write_text(document_text("H0020"))
    (tmp_path / "documents.ndjson").write_text(json.dumps({"code": "A9998", "text": document_text("A9998")}))
    commands = re.findall(r"^ *(curl .*(?:\\\n.*)*(?:[^\\\n]))$", text, re.MULTILINE)
    answers = []
    with running(data, settings=settings) as server:
        for line in commands:
            typed = line.replace("http://127.0.0.1:8000", server.url).replace("curl", "curl -s -w '\\n%{http_code}'", 1)
            environment = {**os.environ, "TOKEN": made.stdout.strip()}
            done = subprocess.run(
                [shutil.which("bash") or "/bin/bash", "-c", typed],
                cwd=tmp_path,
                env=environment,
                capture_output=True,
                text=True,
                check=True,
            )
            answers.append(done.stdout.rsplit("\n", 1)[1])
            if "reindex" in line:
                _until(lambda: not TaskStore(data).has_queued())
    assert answers == ["201", "200", "412", "200", "202", "200", "404"]
