"""Other sites may call the API from a browser where the settings say so, and never with passwords or cookies."""

from __future__ import annotations

import pytest

from service.app import create_app
from service.config import ConfigError, load_config

EHR = "https://ehr.example"
CORS = "Access-Control-Allow-Origin"


@pytest.fixture
def client_of(documents_data):
    apps = []

    def make(origins):
        apps.append(create_app(load_config({"PROCSEARCH_CORS_ORIGINS": origins}, data=documents_data)))
        return apps[-1].test_client()

    yield make
    for app in apps:
        app.extensions["procsearch"].close()


def test_no_site_may_by_default(client):
    headers = client.get("/api/v1/search?q=iop", headers={"Origin": EHR}).headers
    assert CORS not in headers
    assert "Origin" not in headers["Vary"]


@pytest.mark.parametrize("path", ["/api/v1/search?q=iop", "/api/v1/nothing", "/api/v1/search?limit=0", "/readyz"])
def test_a_named_site_may_read_answers_and_errors(client_of, path):
    client = client_of(f"{EHR}, https://other.example:8443")
    headers = client.get(path, headers={"Origin": EHR}).headers
    assert headers[CORS] == EHR
    assert "Origin" in headers["Vary"]
    assert "ETag" in headers["Access-Control-Expose-Headers"]
    assert "X-Request-ID" in headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in headers


@pytest.mark.parametrize("origin", ["https://evil.example", "https://ehr.example.evil.example", "null", EHR + ":8443"])
def test_another_site_may_not(client_of, origin):
    headers = client_of(EHR).get("/api/v1/search?q=iop", headers={"Origin": origin}).headers
    assert CORS not in headers
    assert "Origin" in headers["Vary"]


def test_pages_are_not_shared(client_of):
    headers = client_of("*").get("/codes/H0015", headers={"Origin": EHR}).headers
    assert CORS not in headers


def test_all_sites_may_where_the_setting_is_a_star(client_of):
    headers = client_of("*").get("/api/v1/search?q=iop", headers={"Origin": EHR}).headers
    assert headers[CORS] == "*"
    assert "Access-Control-Allow-Credentials" not in headers
    assert "Origin" not in headers["Vary"]


def test_a_browser_is_told_beforehand_what_it_may_send(client_of):
    asked = {"Origin": EHR, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    response = client_of(EHR).options("/api/v1/batch", headers=asked)
    assert response.status_code == 200
    assert response.headers[CORS] == EHR
    assert response.headers["Access-Control-Allow-Methods"] == "OPTIONS, POST"
    assert "Content-Type" in response.headers["Access-Control-Allow-Headers"]
    assert response.headers["Access-Control-Max-Age"] == "600"
    other = client_of(EHR).options("/api/v1/batch", headers={**asked, "Origin": "https://evil.example"})
    assert not [name for name in other.headers.keys() if name.startswith("Access-Control")]  # noqa: SIM118


def test_an_answer_that_is_kept_is_shared_with_each_site_by_itself(client_of):
    client = client_of(EHR)
    assert CORS not in client.get("/api/v1/search?q=iop").headers
    assert client.get("/api/v1/search?q=iop", headers={"Origin": EHR}).headers[CORS] == EHR
    assert CORS not in client.get("/api/v1/search?q=iop").headers


@pytest.mark.parametrize("wrong", ["ehr.example", "https://ehr.example/", "https://", "null", f"{EHR},", "https://a b"])
def test_a_setting_that_is_no_origin_stops_the_start(wrong):
    with pytest.raises(ConfigError, match="PROCSEARCH_CORS_ORIGINS"):
        load_config({"PROCSEARCH_CORS_ORIGINS": wrong})


def test_origins_are_read_as_browsers_write_them():
    assert load_config({"PROCSEARCH_CORS_ORIGINS": "HTTPS://Ehr.Example , *"}).cors_origins == (EHR, "*")
