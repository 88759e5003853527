"""Who asks and by which scheme, where proxies stand between: what trusted ones say is believed, and nothing else."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.app import create_app
from service.config import load_config
from service.web.proxies import Proxies

_TRUSTED = tuple(map(ip_network, ("10.0.0.0/8", "127.0.0.1", "fd00::/8")))


def _seen(environ):
    """Return address and scheme as the application sees them."""
    seen = {"wsgi.url_scheme": "http"} | environ
    Proxies(lambda environ, start: [], _TRUSTED)(seen, lambda *_: None)
    return seen["REMOTE_ADDR"], seen["wsgi.url_scheme"]


@pytest.mark.parametrize(
    ("peer", "told", "client"),
    [
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "198.51.100.7, 10.1.1.1", "198.51.100.7"),
        ("10.0.0.1", "10.2.2.2, 10.1.1.1", "10.2.2.2"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "evil\nline, 10.1.1.1", "10.1.1.1"),
        ("10.0.0.1", "198.51.100.7:4711", "198.51.100.7"),
        ("10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
        ("::ffff:10.0.0.1", "2001:DB8:0::1", "2001:db8::1"),
        ("fd00::1", "198.51.100.7", "198.51.100.7"),
        ("192.0.2.1", "198.51.100.7", "192.0.2.1"),
        ("", "198.51.100.7", ""),
    ],
)
def test_the_client_is_the_nearest_address_that_is_not_trusted(peer, told, client):
    assert _seen({"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": told})[0] == client


@pytest.mark.parametrize(
    ("peer", "told", "scheme"),
    [
        ("10.0.0.1", "https", "https"),
        ("10.0.0.1", "http, HTTPS", "https"),
        ("10.0.0.1", "javascript", "http"),
        ("10.0.0.1", "", "http"),
        ("192.0.2.1", "https", "http"),
    ],
)
def test_the_scheme_is_that_of_the_nearest_proxy(peer, told, scheme):
    assert _seen({"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_PROTO": told})[1] == scheme


@given(st.text(max_size=60))
def test_whatever_a_header_holds_the_address_is_one(told):
    client = _seen({"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": told})[0]
    assert all(each in "0123456789abcdef.:%" for each in client.partition("%")[0])


def test_a_long_chain_is_not_read_to_its_end():
    told = ", ".join(["10.0.0.2"] * 50_000)
    assert _seen({"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": told})[0] == "10.0.0.2"


@pytest.mark.parametrize(("trusted", "scheme"), [("127.0.0.1", "https"), ("192.0.2.1", "http"), ("", "http")])
def test_the_capability_statement_names_the_address_that_clients_use(documents_data, trusted, scheme):
    app = create_app(load_config({"PROCSEARCH_TRUSTED_PROXIES": trusted}, data=documents_data))
    answer = app.test_client().get("/fhir/metadata", headers={"Host": "codes.example", "X-Forwarded-Proto": "https"})
    app.extensions["procsearch"].close()
    assert answer.json["implementation"]["url"] == f"{scheme}://codes.example/fhir"
