"""What signals do to a real server under load: it drains, ends what it has, takes new settings, and fails nobody."""

from __future__ import annotations

import http.client
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from tests.live.server import running

_PATH = "/api/v1/search?q=iop&limit=5"


class _Asker:
    """Asks without pause over one connection, until it is told to stop; notes what was not answered with 200."""

    def __init__(self, server):
        self.address = urlsplit(server.url)
        self.failures, self.count, self.stop = [], 0, threading.Event()

    def run(self):
        connection = None
        while not self.stop.is_set():
            try:
                connection = connection or http.client.HTTPConnection(self.address.hostname, self.address.port, 20)
                connection.request("GET", _PATH)
                response = connection.getresponse()
                response.read()
                if response.status != 200:
                    self.failures.append(response.status)
                self.count += 1
            except (OSError, http.client.HTTPException) as error:
                # A server may close a connection that is kept between two requests; clients ask again then.
                if self.count and isinstance(error, ConnectionResetError | http.client.RemoteDisconnected):
                    connection = None
                    self._again(error)
                else:
                    self.failures.append(repr(error))
        if connection:
            connection.close()

    def _again(self, first):
        try:
            connection = http.client.HTTPConnection(self.address.hostname, self.address.port, 20)
            connection.request("GET", _PATH)
            if connection.getresponse().status != 200:
                self.failures.append("second try")
            connection.close()
        except (OSError, http.client.HTTPException) as error:
            self.failures.append(repr((first, error)))


def _load(server, pool, count=4):
    askers = [_Asker(server) for _ in range(count)]
    return askers, [pool.submit(asker.run) for asker in askers]


def _wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_draining_server_answers_all_until_balancers_went_elsewhere(documents_data, tmp_path):
    settings = {"PROCSEARCH_DRAIN_SECONDS": "3"}
    with running(documents_data, 2, tmp_path / "log", settings=settings) as server, ThreadPoolExecutor(4) as pool:
        askers, tasks = _load(server, pool)
        _wait_for(lambda: all(asker.count > 20 for asker in askers))
        before = sum(asker.count for asker in askers)
        server.process.send_signal(signal.SIGTERM)
        # As a balancer does: ask until it says no, then send nothing more.
        _wait_for(lambda: server.get("/readyz")[0] == 503)
        assert server.get("/readyz")[1]["status"] == "draining"
        assert server.get("/healthz")[0] == 200
        _wait_for(lambda: sum(asker.count for asker in askers) > before + 20)
        for asker in askers:
            asker.stop.set()
        for task in tasks:
            task.result()
        assert [asker.failures for asker in askers] == [[]] * 4
        assert server.process.wait(20) == 0


def test_a_second_signal_ends_the_wait(documents_data, tmp_path):
    settings = {"PROCSEARCH_DRAIN_SECONDS": "600"}
    with running(documents_data, 1, tmp_path / "log", settings=settings) as server:
        server.process.send_signal(signal.SIGTERM)
        _wait_for(lambda: server.get("/readyz")[0] == 503)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(20) == 0


def test_a_request_in_flight_is_answered_when_the_server_stops(documents_data, tmp_path):
    with running(documents_data, 1, tmp_path / "log") as server:
        address = urlsplit(server.url)
        connection = http.client.HTTPConnection(address.hostname, address.port, 20)
        connection.putrequest("POST", "/api/v1/search")
        connection.putheader("Content-Type", "application/json")
        connection.putheader("Content-Length", "12")
        connection.endheaders(b'{"q":')
        time.sleep(0.3)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        connection.send(b' "iop"}')
        response = connection.getresponse()
        assert (response.status, b"H0015" in response.read()) == (200, True)
        assert server.process.wait(20) == 0


@pytest.mark.slow
def test_new_settings_are_taken_over_under_load_and_wrong_ones_are_not(documents_data, tmp_path):
    file = tmp_path / "procsearch.toml"
    file.write_text('cors_origins = ["https://one.example"]\n')
    settings = {"PROCSEARCH_CONFIG": str(file)}
    log = tmp_path / "log"
    with running(documents_data, 2, log, settings=settings) as server, ThreadPoolExecutor(4) as pool:
        askers, tasks = _load(server, pool)
        _wait_for(lambda: all(asker.count > 20 for asker in askers))
        file.write_text("workers = many\n")
        server.process.send_signal(signal.SIGHUP)
        _wait_for(lambda: "settings not taken over" in log.read_text())
        file.write_text('cors_origins = ["https://two.example"]\n')
        server.process.send_signal(signal.SIGHUP)
        _wait_for(lambda: log.read_text().count("Stopped old worker") == 2)
        assert {_shared_with(server) for _ in range(12)} == {"https://two.example"}
        for asker in askers:
            asker.stop.set()
        for task in tasks:
            task.result()
    assert [asker.failures for asker in askers] == [[]] * 4


def _shared_with(server):
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection(address.hostname, address.port, 20)
    connection.request("GET", _PATH, headers={"Origin": "https://two.example"})
    allowed = connection.getresponse().headers["Access-Control-Allow-Origin"]
    connection.close()
    return allowed
