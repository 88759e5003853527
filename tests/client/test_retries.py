"""The client against a server that drops, hangs, trickles, stops half-way, is busy, or is another program."""

from __future__ import annotations

import datetime
import email.utils
import json
import threading
import time

import pytest

from service.client import (
    AnswerError,
    Busy,
    Client,
    ConnectionFailed,
    InvalidRequest,
    NotFound,
    ServerFault,
    TimedOut,
    UnexpectedAnswer,
)
from service.client.connection import MAX_ANSWER_BYTES, Answer
from service.client.transport import retry_after
from tests.client.misbehaving import answers, drops, hangs, read, says, scripted, trickles, whole
from tests.live.server import free_port

READY = {"status": "ok", "snapshot": "s", "published": "s"}
BUSY = {"error": {"code": "no_snapshot", "status": 503, "message": "no index", "details": [], "request_id": "r1"}}


def quick(server, **options):
    return Client(getattr(server, "url", server), **{"backoff": 0.01, "timeout": 5, **options})


def test_dropped_connections_are_tried_again():
    with scripted(drops, drops, answers(READY)) as server, quick(server) as client:
        assert client.readiness().status == "ok"
    assert server.requests == ["GET /readyz HTTP/1.1"] * 3


def test_after_the_last_retry_the_failure_is_told_with_its_remedy():
    with (
        scripted(drops) as server,
        quick(server, retries=2) as client,
        pytest.raises(ConnectionFailed, match=r"expected a whole answer; got .*procsearch serve") as caught,
    ):
        client.readiness()
    assert not isinstance(caught.value, TimedOut)
    assert len(server.requests) == 3


def test_nobody_listens():
    with (
        quick(f"http://127.0.0.1:{free_port()}", retries=1) as client,
        pytest.raises(ConnectionFailed, match="refused"),
    ):
        client.snapshot()


def test_unknown_hosts_are_told():
    with quick("http://no-such-host.invalid", retries=0) as client, pytest.raises(ConnectionFailed):
        client.snapshot()


@pytest.mark.parametrize(
    "cut",
    [
        whole(200, b'{"status": "ok", "snapshot": null, "published": null}')[:-20],
        whole(200, b"x" * 100)[:30],
        b'HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n{"status"',
    ],
)
def test_half_an_answer_is_never_taken_for_a_whole_one(cut):
    with scripted(says(cut), answers(READY)) as server, quick(server) as client:
        assert client.readiness().snapshot == "s"
    with scripted(says(cut)) as server, quick(server, retries=1) as client, pytest.raises(ConnectionFailed):
        client.readiness()


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_busy_servers_are_asked_again(status):
    with scripted(answers(BUSY, status), answers(READY)) as server, quick(server) as client:
        assert client.readiness().status == "ok"


def test_retry_after_is_waited_for():
    with scripted(answers(BUSY, 503, "Retry-After: 1"), answers(READY)) as server, quick(server) as client:
        assert client.readiness().status == "ok"
    assert server.times[1] - server.times[0] >= 1.0


def test_a_wait_beyond_the_time_of_the_call_is_not_begun():
    with scripted(answers(BUSY, 503, "Retry-After: 3600")) as server, quick(server, timeout=30) as client:
        started = time.monotonic()
        with pytest.raises(Busy) as caught:
            client.snapshot()
        assert time.monotonic() - started < 25
    assert caught.value.retry_after == 3600
    assert (caught.value.code, caught.value.status, caught.value.request_id) == ("no_snapshot", 503, "r1")
    assert caught.value.body == BUSY
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "kind"), [(400, InvalidRequest), (404, NotFound), (413, InvalidRequest), (500, ServerFault)]
)
def test_other_errors_are_not_tried_again(status, kind):
    with (
        scripted(answers({"error": {"code": "c", "message": "m", "details": [{"parameter": "q"}]}}, status)) as server,
        quick(server) as client,
        pytest.raises(kind, match=rf"m \(HTTP {status}, c\)") as caught,
    ):
        client.snapshot()
    assert isinstance(caught.value, AnswerError)
    assert caught.value.details == [{"parameter": "q"}]
    assert len(server.requests) == 1


def test_an_error_page_of_a_proxy_is_told_by_its_status():
    with (
        scripted(says(whole(500, b"<h1>Oh</h1>"))) as server,
        quick(server) as client,
        pytest.raises(ServerFault, match="HTTP 500, unknown") as caught,
    ):
        client.snapshot()
    assert caught.value.details == []


@pytest.mark.parametrize(
    "step",
    [
        hangs,
        trickles(whole(200, json.dumps(READY).encode())),
        trickles(b"HTTP/1.1 200 X\r\n" + b"X-Header: 1\r\n" * 50),
        trickles(b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\n \r\n" * 50),
    ],
    ids=["hangs", "trickles", "endless headers", "endless chunks"],
)
def test_the_timeout_holds_for_the_whole_call(step):
    """A byte every 50 ms would keep a socket with a timeout of its own alive for the whole answer."""
    with (
        scripted(step) as server,
        quick(server, timeout=0.4, retries=5) as client,
        pytest.raises(TimedOut, match=r"within 0\.4 seconds"),
    ):
        client.readiness()
    assert len(server.requests) == 1


def test_a_connection_that_the_server_closed_is_replaced_and_costs_no_retry():
    with scripted(answers(READY), answers(READY)) as server, quick(server, retries=0) as client:
        assert client.readiness() == client.readiness()
    assert len(server.requests) == 2


def test_a_connection_that_breaks_when_it_is_used_again_costs_no_retry():
    def once_then_closes(connection):
        answers(READY)(connection)
        read(connection)

    with scripted(once_then_closes, answers(READY)) as server, quick(server, retries=0) as client:
        assert client.readiness() == client.readiness()


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        whole(200, b"<html>hello</html>"),
        whole(200, b"[1, 2]"),
        whole(200, b"[" * 100_000),
        whole(200, b'{"status": 3, "snapshot": null, "published": null}'),
        whole(200, b'{"status": "ok"}'),
        b"HTTP/1.1 200 X\r\n" + b"X: " + b"y" * 70_000 + b"\r\n\r\n",
    ],
)
def test_another_program_is_told_apart(data):
    with scripted(says(data)) as server, quick(server) as client, pytest.raises(UnexpectedAnswer):
        client.readiness()
    assert len(server.requests) == 1


def test_redirects_are_told_and_not_followed():
    with (
        scripted(says(whole(301, b"", "Location: https://elsewhere.example/"))) as server,
        quick(server) as client,
        pytest.raises(UnexpectedAnswer, match=r"leads to https://elsewhere\.example/\. Correct the URL"),
    ):
        client.snapshot()


def test_answers_without_end_are_not_kept():
    def floods(connection):
        connection.sendall(b"HTTP/1.1 200 X\r\n\r\n")
        for _ in range(MAX_ANSWER_BYTES // 2**20 + 2):
            connection.sendall(b" " * 2**20)

    with (
        scripted(floods) as server,
        quick(server, timeout=60) as client,
        pytest.raises(UnexpectedAnswer, match="at most"),
    ):
        client.snapshot()


def test_cursors_that_lead_nowhere_end_the_paging():
    page = {
        **{key: [] for key in ("notes", "corrections", "readings", "hits")},
        **dict.fromkeys(("query", "snapshot"), ""),
        "corrected": None,
        "total": 9,
        "partial": False,
        "took_ms": 1,
        "facets": {},
        "cursor": "again",
    }
    with (
        scripted(answers(page)) as server,
        quick(server) as client,
        pytest.raises(UnexpectedAnswer, match="another page"),
    ):
        list(client.search_all("x"))


def test_threads_share_a_client():
    failures = []

    def ask(client):
        try:
            client.readiness()
        except Exception as error:
            failures.append(error)

    with scripted(answers(READY)) as server, quick(server) as client:
        threads = [threading.Thread(target=ask, args=(client,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not failures
    assert len(server.requests) == 8


def test_a_closed_client_says_so():
    client = Client()
    client.close()
    with pytest.raises(ValueError, match="closed"):
        client.snapshot()


def test_retry_after_as_number_and_as_date():
    later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=90)
    assert retry_after(_with("120")) == 120
    assert 80 < (retry_after(_with(email.utils.format_datetime(later, usegmt=True))) or 0) <= 90
    assert retry_after(_with("Sun, 06 Nov 1994 08:49:37 GMT")) == 0
    for text in ("", "soon", "-5", "1.5", "٣", "9" * 400 + "x"):
        assert retry_after(_with(text)) is None


def _with(text):
    return Answer(503, {"retry-after": text}, b"")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "127.0.0.1:8000",
        "ftp://x",
        "http://",
        "http://x:port",
        "http://x/?a=1",
        "http://u:p@x",
        "http://x/\r\nA: b",
        "http://ü",
    ],
)
def test_wrong_addresses_are_refused(url):
    with pytest.raises(ValueError, match="url: expected an address like http"):
        Client(url)


@pytest.mark.parametrize("name", ["timeout", "retries", "backoff"])
def test_wrong_numbers_are_refused(name):
    for value in (-1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match=f"{name}: expected a number"):
            Client(**{name: value})
