"""The way to a cluster: TLS, credentials, nodes that fail, and what is told where nothing helps.

1. A certificate counts only where its authority is named and the host is right. 2. A password is asked of nobody and
shown to nobody. 3. A node that fails is left for another; tries are bounded. 4. A refusal names its remedy.
"""

from __future__ import annotations

import builtins
import ssl
import time

import pytest
import trustme

from indexer.errors import ClusterError, ClusterUnreachable
from indexer.opensearch.connection import TRIES, Access, Cluster
from service.config import ConfigError, load_config
from service.opening import access
from tests.opensearch.gateway import gateway

CUT = "cut"


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def ca(authority, tmp_path):
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


@pytest.fixture
def guarded(authority, opensearch):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(tls)
    with gateway(opensearch.urls[0], tls=tls, user="search", password="pass:wörd") as gate:
        yield gate


def test_tls_with_the_right_authority_and_password(guarded, connect, ca):
    cluster = connect(guarded.url, user="search", password="pass:wörd", ca=ca)
    assert cluster.ask("GET", "/")["version"]["distribution"] == "opensearch"


def test_an_unknown_authority_is_refused(guarded, connect):
    with pytest.raises(ClusterUnreachable, match=r"(?i)certificate"):
        connect(guarded.url, user="search", password="pass:wörd").ask("GET", "/")


def test_a_certificate_of_another_host_is_refused(guarded, connect, ca):
    with pytest.raises(ClusterUnreachable, match=r"(?i)certificate|match"):
        connect(guarded.url.replace("localhost", "127.0.0.1"), ca=ca).ask("GET", "/")


def test_a_wrong_password_is_refused_at_once_and_not_shown(guarded, connect, ca):
    with pytest.raises(ClusterError, match=r"401 Unauthorized.*PROCSEARCH_OPENSEARCH_USER") as caught:
        connect(guarded.url, user="search", password="secret-guess", ca=ca).ask("GET", "/")
    assert len(guarded.seen) == 1
    assert "secret-guess" not in str(caught.value)


def test_a_file_that_holds_no_certificates(tmp_path):
    (tmp_path / "ca.pem").write_text("nothing of the kind")
    with pytest.raises(ClusterError, match="Correct PROCSEARCH_OPENSEARCH_CA"):
        Cluster(Access(("https://localhost:1",), ca=tmp_path / "ca.pem"))


def test_the_password_from_a_file(tmp_path):
    file = tmp_path / "password"
    file.write_text("from the file\nnot this\n")
    config = load_config({"PROCSEARCH_OPENSEARCH_PASSWORD_FILE": str(file), "PROCSEARCH_OPENSEARCH_USER": "me"})
    found = access(config)
    assert (found.user, found.password) == ("me", "from the file")
    assert "from the file" not in repr(found)
    assert "hidden" not in repr(load_config({"PROCSEARCH_OPENSEARCH_PASSWORD": "hidden"}))
    with pytest.raises(ConfigError, match="PROCSEARCH_OPENSEARCH_PASSWORD_FILE: expected a text file"):
        access(load_config({"PROCSEARCH_OPENSEARCH_PASSWORD_FILE": str(tmp_path / "none")}))


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("PROCSEARCH_ENGINE", "elastic"),
        ("PROCSEARCH_OPENSEARCH_HOSTS", "node1:9200"),
        ("PROCSEARCH_OPENSEARCH_HOSTS", "http://a:1,https://b:1"),
        ("PROCSEARCH_OPENSEARCH_HOSTS", "https://user:password@node1:9200"),
        ("PROCSEARCH_OPENSEARCH_ALIAS", "../_all"),
        ("PROCSEARCH_OPENSEARCH_REPLICAS", "2"),
    ],
)
def test_settings_that_cannot_be_used(variable, text):
    with pytest.raises(ConfigError, match=f"{variable}: expected"):
        load_config({variable: text})


@pytest.mark.parametrize("fault", [CUT, (503, b"{}"), (429, b"{}"), (502, b"<html>")])
def test_a_node_that_fails_is_left_for_another(opensearch, connect, fault):
    with gateway(opensearch.urls[0]) as bad, gateway(opensearch.urls[0]) as good:
        bad.rule = lambda _method, _path: fault
        cluster = connect(bad.url, good.url)
        for _ in range(6):
            assert cluster.ask("GET", "/")["tagline"]
        assert len(bad.seen) < 4


def test_an_answer_that_is_no_json_is_none(opensearch, connect):
    with gateway(opensearch.urls[0]) as bad:
        bad.rule = lambda _method, _path: (200, b"no json")
        with pytest.raises(ClusterUnreachable):
            connect(bad.url).ask("GET", "/")


def test_a_node_that_hangs_is_left_for_another(opensearch, connect):
    with gateway(opensearch.urls[0]) as slow, gateway(opensearch.urls[0]) as good:
        slow.rule = lambda _method, _path: 20.0
        cluster = connect(slow.url, good.url, timeout_seconds=0.5)
        started = time.monotonic()
        assert all(cluster.ask("GET", "/", timeout=0.5)["tagline"] for _ in range(4))
        assert time.monotonic() - started < 15


def test_tries_are_bounded(opensearch, connect):
    with gateway(opensearch.urls[0]) as bad:
        bad.rule = lambda _method, _path: CUT
        cluster = connect(bad.url)
        with pytest.raises(ClusterUnreachable, match="expected an answer of the OpenSearch cluster"):
            cluster.ask("GET", "/")
        assert len(bad.seen) == TRIES
        assert cluster.failures == 1


def test_a_missing_library_is_named(monkeypatch):
    real = builtins.__import__

    def without(name, *rest):
        if name == "opensearchpy":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ClusterError, match=r"pip install 'procsearch\[opensearch\]'"):
        Cluster(Access(("http://localhost:1",)))
