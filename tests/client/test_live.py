"""The client against the real server: every method, paging over everything, errors, encrypted connections."""

from __future__ import annotations

import datetime
import ssl
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from service.client import Client, InvalidRequest, NotFound
from service.client.model import BriefRecord, Hit, SearchAnswer
from tests.live.server import ROOT


@pytest.fixture
def client(live_server):
    with Client(live_server.url) as client:
        yield client


def test_search_gives_typed_hits(client, live_server):
    answer = client.search("iop", explain=True, facets=["kind"])
    (hit,) = answer.hits
    assert isinstance(answer, SearchAnswer)
    assert isinstance(hit, Hit)
    assert (hit.code, hit.match, hit.status) == ("H0015", "exact_name", "active")
    assert hit.explanation
    assert hit.explanation[0].part == "tier"
    assert sum(part.value for part in hit.explanation) == pytest.approx(hit.score, abs=1e-4)
    assert hit.section
    assert "<mark>" in hit.section.snippet
    assert (answer.facets["kind"][0].value, answer.facets["kind"][0].count) == ("procedure", 1)
    status, body, _ = live_server.get("/api/v1/search?q=iop&explain=true&facets=kind")
    assert status == 200
    assert [body["hits"][0]["code"], body["total"], body["snapshot"]] == [hit.code, answer.total, answer.snapshot]


def test_options_reach_the_server(client):
    assert client.search(status="terminated").total == 0
    assert (
        client.search(on=datetime.date(2020, 1, 31), kind=["procedure"], has_document=True, family=("H", "G")).total > 0
    )
    assert client.search(has_document=False).total == 0
    assert [hit.code for hit in client.search(sort="code", limit=2, offset=1).hits] == [
        hit.code for hit in client.search(limit=3).hits
    ][1:]
    assert client.search("risks of IOP", section="risks").total >= 1


def test_long_queries_go_as_a_body(client):
    assert client.search("☃" * 1_000).query == "☃" * 1_000
    with pytest.raises(InvalidRequest) as caught:
        client.search("x" * 1_001)
    assert caught.value.details[0]["parameter"] == "q"


def test_search_all_yields_everything_once_and_in_order(client):
    everything = [hit.code for hit in client.search(limit=100).hits]
    assert len(everything) == 12
    assert [hit.code for hit in client.search_all(page_size=5)] == everything
    assert [len(page.hits) for page in client.pages(page_size=5)] == [5, 5, 2]


@pytest.mark.slow
def test_search_all_over_the_official_codes(official_server):
    with Client(official_server.url) as client:
        codes = [hit.code for hit in client.search_all("wheelchair", status="active")]
        assert len(codes) == len(set(codes)) == client.search("wheelchair", status="active").total > 200


def test_suggest_document_and_snapshot(client):
    assert "H0015" in {name.code for name in client.suggest("inten").names}
    assert client.suggest("h00", limit=1).codes[0].code.startswith("H00")
    document = client.document("h0015")
    assert document.title.startswith("Intensive Outpatient")
    assert {section.key for section in document.sections} >= {"summary", "risks"}
    assert client.snapshot().counts["records"] == 12
    assert client.readiness().status == "ok"
    assert client.readiness().published == document.snapshot


def test_a_batch_answers_in_order_and_unknown_codes_in_their_place(client):
    batch = client.look_up(["h0015", "Z9999", "H0015"], on=datetime.date(2020, 1, 1))
    assert [(each.code, each.status) for each in batch.results] == [("h0015", 200), ("Z9999", 404), ("H0015", 200)]
    assert isinstance(batch.results[0].record, BriefRecord)
    assert batch.results[1].error
    assert batch.results[1].error["code"] == "document_not_found"
    assert not batch.partial


def test_a_batch_of_queries(client):
    batch = client.search_many(["iop", "xqzzyjkw"], limit=1, status="active")
    assert batch.results[0].answer
    assert batch.results[0].answer.hits[0].code == "H0015"
    assert batch.results[1].answer
    assert batch.results[1].answer.total == 0


@pytest.mark.parametrize("code", ["Z9999", "a/b", "..%2f", "ü", "x" * 500])
def test_unknown_codes_are_not_found(client, code):
    with pytest.raises(NotFound):
        client.document(code)


@pytest.mark.parametrize("code", ["", " ", ".", ".."])
def test_blank_codes_are_refused_before_they_are_sent(client, code):
    with pytest.raises(ValueError, match="code: expected"):
        client.document(code)


def test_the_server_names_wrong_parameters(client):
    with pytest.raises(InvalidRequest, match="limit: expected a whole number from 1 to 100; got 0") as caught:
        client.search("x", limit=0)
    assert caught.value.code == "invalid_parameter"
    assert caught.value.status == 400
    assert caught.value.request_id
    with pytest.raises(InvalidRequest, match="status: expected one of active, terminated"):
        client.search("x", status="sleeping")
    with pytest.raises(ValueError, match="parameter: expected"):
        client.get("/search", {"q": object()})


def test_one_connection_serves_many_calls(client):
    for _ in range(3):
        client.search("iop")
    assert len(client._transport._kept) == 1


def test_encrypted_connections_check_the_certificate(tmp_path):
    """Also below a path, as behind a proxy, with a header that it asks for."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    line = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*line, *names], check=True, capture_output=True)
    seen = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            seen.append((self.path, self.headers["X-Key"]))
            body = b'{"status": "ok", "snapshot": null, "published": null}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"https://localhost:{server.server_address[1]}/codes/"
    try:
        trusted = ssl.create_default_context(cafile=str(certificate))
        with Client(url, tls=trusted, headers={"X-Key": "k"}, timeout=5) as client:
            assert client.readiness() == client.readiness()
        assert seen == [("/codes/readyz", "k")] * 2
        with Client(url, retries=0, timeout=5) as client, pytest.raises(Exception, match="certificate"):
            client.readiness()
    finally:
        server.shutdown()
        server.server_close()


def test_the_client_loads_nothing_of_the_server():
    foreign = ("flask", "numpy", "orjson", "indexer", "corpus")
    code = f"import sys, service.client; print([each for each in {foreign} if each in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
