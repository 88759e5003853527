"""`procsearch doctor` over a real cluster, broken in one way after the other: the breach is named, with its remedy.

1. Each host is told of by itself: reached or not, version, credentials, certificate. 2. What is searched is compared
with what was pushed. 3. Every remedy that names a command works. 4. No secret is shown.
"""

from __future__ import annotations

import base64
import socket
import ssl
import subprocess
import sys
import time

import pytest
import trustme

from indexer.opensearch import catalog, layout, push
from indexer.opensearch.lock import Lease, cluster_lock
from indexer.snapshots import SnapshotStore
from tests.live.test_doctor import diagnose, told
from tests.opensearch.conftest import CODES, rebuild
from tests.opensearch.gateway import gateway
from tests.test_docs import COMMANDS

NOBODY = "http://127.0.0.1:9"
SECRET = "p4ss:wörd"  # noqa: S105  (of no real cluster)


@pytest.fixture
def examine(data, alias, opensearch):
    """A function that runs the doctor with these settings beside the node and alias; returns what it finds."""

    def examine(*arguments, hosts=None, **settings):
        environment = {
            "PROCSEARCH_ENGINE": "opensearch",
            "PROCSEARCH_OPENSEARCH_HOSTS": ",".join(hosts or opensearch.urls),
            "PROCSEARCH_OPENSEARCH_ALIAS": alias,
            "PROCSEARCH_OPENSEARCH_TIMEOUT_MS": "60000",
        }
        return diagnose(data, *arguments, **environment, **settings)[1]

    return examine


@pytest.fixture
def pushed(data, cluster):
    """The index of the published snapshot."""
    return push.push(SnapshotStore(data), cluster)


def states(found):
    return {(name, state) for name, state, _ in found if name.startswith("cluster")}


SOUND = {(f"cluster{part}", "OK") for part in ("", " health", " alias", " count", " leftovers", " lock")}


def test_where_no_cluster_is_searched_none_is_looked_at(data):
    assert states(diagnose(data, PROCSEARCH_OPENSEARCH_HOSTS=NOBODY)[1]) == set()


def test_every_check_is_described():
    for name, _ in SOUND:
        assert f"| `{name}` |" in COMMANDS


def test_a_sound_cluster(examine, pushed):
    found = examine()
    assert states(found) == SOUND
    assert "runs OpenSearch 2.19" in told(found, "cluster", "OK")
    assert pushed.index in told(found, "cluster alias", "OK")
    assert "60 records" in told(found, "cluster count", "OK")


def test_the_settings_file_names_it(data, alias, opensearch, pushed, tmp_path, monkeypatch):
    file = tmp_path / "settings.toml"
    file.write_text(
        f'engine = "opensearch"\nopensearch_hosts = ["{opensearch.urls[0]}"]\nopensearch_alias = "{alias}"\n'
    )
    # The option sets the variable, which this puts back.
    monkeypatch.setenv("PROCSEARCH_CONFIG", "")
    for found in (diagnose(data, PROCSEARCH_CONFIG=str(file))[1], diagnose(data, "--config", file)[1]):
        assert states(found) == SOUND
        assert told(found, "settings", "OK")


def test_a_machine_that_only_searches_needs_no_snapshot(data, alias, opensearch, pushed, tmp_path):
    (tmp_path / "node").mkdir()
    settings = {"PROCSEARCH_ENGINE": "opensearch", "PROCSEARCH_OPENSEARCH_HOSTS": opensearch.urls[0]}
    found = diagnose(tmp_path / "node", PROCSEARCH_OPENSEARCH_ALIAS=alias, **settings)[1]
    assert states(found) == SOUND
    assert "the cluster is searched" in told(found, "snapshot", "OK")
    found = diagnose(tmp_path / "new", PROCSEARCH_OPENSEARCH_ALIAS=alias, **settings)[1]
    assert "the service makes it" in told(found, "data folder", "OK")
    assert "PROBLEM" not in {state for _, state, _ in found}


def test_hosts_that_do_not_answer(examine, opensearch, pushed):
    found = examine(hosts=[NOBODY])
    assert states(found) == {("cluster", "PROBLEM")}
    assert "127.0.0.1:9: expected an answer" in told(found, "cluster", "PROBLEM")
    assert "Start it, or correct name, port" in told(found, "cluster", "PROBLEM")
    found = examine(hosts=[NOBODY, opensearch.urls[0]])
    assert states(found) == SOUND | {("cluster", "WARNING")}
    assert told(found, "cluster", "WARNING").endswith("Others answer.")


def test_certificates_credentials_and_no_secret_shown(data, examine, opensearch, pushed, tmp_path, capfd):
    authority, tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(tls)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    (tmp_path / "password").write_text(SECRET)
    user = {"PROCSEARCH_OPENSEARCH_USER": "searcher"}
    ca = {"PROCSEARCH_OPENSEARCH_CA": str(tmp_path / "ca.pem")}
    with gateway(opensearch.urls[0], tls=tls, user="searcher", password=SECRET) as gate:
        right = examine(hosts=[gate.url], **user, **ca, PROCSEARCH_OPENSEARCH_PASSWORD_FILE=str(tmp_path / "password"))
        wrong = examine(hosts=[gate.url], **user, **ca, PROCSEARCH_OPENSEARCH_PASSWORD=SECRET + "x")
        unknown = examine(hosts=[gate.url], **user, PROCSEARCH_OPENSEARCH_PASSWORD=SECRET)
        plain = examine(hosts=[gate.url.replace("https:", "http:")], PROCSEARCH_OPENSEARCH_PASSWORD=SECRET, **user)
    assert states(right) == SOUND
    assert "its certificate is good; user searcher is let in" in told(right, "cluster", "OK")
    assert "401" in told(wrong, "cluster", "PROBLEM")
    assert "PROCSEARCH_OPENSEARCH_PASSWORD" in told(wrong, "cluster", "PROBLEM")
    assert "PROCSEARCH_OPENSEARCH_CA" in told(unknown, "cluster", "PROBLEM")
    assert "http: or https:" in told(plain, "cluster", "PROBLEM")
    unencrypted = examine(hosts=[opensearch.urls[0].replace("http:", "https:")], **ca)
    assert "Write http: or https:" in told(unencrypted, "cluster", "PROBLEM")
    shown = f"{right}{wrong}{unknown}{plain}{capfd.readouterr()}"
    for secret in (SECRET, base64.b64encode(f"searcher:{SECRET}".encode()).decode()):
        assert secret not in shown


def test_files_of_settings_that_cannot_be_read(examine, tmp_path):
    found = examine(PROCSEARCH_OPENSEARCH_PASSWORD_FILE=str(tmp_path / "none"))
    assert "PROCSEARCH_OPENSEARCH_PASSWORD_FILE: expected" in told(found, "cluster", "PROBLEM")
    (tmp_path / "ca.pem").write_text("nothing of the kind")
    found = examine(hosts=["https://localhost:9"], PROCSEARCH_OPENSEARCH_CA=str(tmp_path / "ca.pem"))
    assert "Correct PROCSEARCH_OPENSEARCH_CA" in told(found, "cluster", "PROBLEM")


def test_rights_that_the_user_has_not(examine, opensearch, pushed):
    def forbidden(_method, path):
        withheld = path == "/" or path.startswith("/_cluster/health")
        return (403, b'{"error": {"type": "security_exception"}}') if withheld else None

    with gateway(opensearch.urls[0]) as gate:
        gate.rule = forbidden
        found = examine(hosts=[gate.url])
    assert "cluster:monitor/main" in told(found, "cluster", "WARNING")
    assert "cluster:monitor/health" in told(found, "cluster health", "WARNING")
    assert {state for _, state in states(found)} == {"OK", "WARNING"}


@pytest.mark.parametrize(
    ("body", "state", "words"),
    [
        (b"{}", "PROBLEM", "another program than OpenSearch answers"),
        (b"[]", "PROBLEM", "another program than OpenSearch answers"),
        (b'{"version": {"distribution": "opensearch", "number": "1.3.2"}}', "WARNING", "was not tested"),
        (b'{"version": {"distribution": "opensearch", "number": "4.0.0"}}', "WARNING", "Use OpenSearch 2.19 or 3.x"),
    ],
)
def test_what_answers_is_no_opensearch_or_another_release(examine, opensearch, body, state, words):
    with gateway(opensearch.urls[0]) as gate:
        gate.rule = lambda _method, path: (200, body) if path == "/" else None
        assert words in told(examine(hosts=[gate.url]), "cluster", state)


def test_hosts_of_two_clusters(examine, opensearch):
    other = b'{"cluster_uuid": "other", "version": {"distribution": "opensearch", "number": "2.19.1"}}'
    with gateway(opensearch.urls[0]) as gate:
        gate.rule = lambda _method, path: (200, other) if path == "/" else None
        assert "belong to 2 clusters" in told(examine(hosts=[gate.url, *opensearch.urls]), "cluster", "PROBLEM")


def test_nothing_was_pushed_or_something_else_since(data, examine, cluster):
    found = examine()
    assert "points to no index: nothing is searched" in told(found, "cluster alias", "PROBLEM")
    assert "procsearch cluster push" in told(found, "cluster alias", "PROBLEM")
    push.push(SnapshotStore(data), cluster)
    rebuild(data, *CODES[:20])
    assert "which has other content" in told(examine(), "cluster alias", "WARNING")
    push.push(SnapshotStore(data), cluster)
    assert states(examine()) == SOUND


def test_an_alias_of_several_indexes(data, examine, cluster, pushed):
    second = push.push(SnapshotStore(data), cluster, again=True)
    cluster.ask("POST", "/_aliases", {"actions": [{"add": {"index": pushed.index, "alias": cluster.alias}}]})
    found = told(examine(), "cluster alias", "PROBLEM")
    assert f"points to 2 indexes: {pushed.index}, {second.index}" in found
    assert f"Run 'procsearch cluster rollback {second.snapshot}-2'" in found
    push.rollback(cluster, f"{second.snapshot}-2")
    assert states(examine()) == SOUND


def test_an_alias_that_is_something_else(examine, cluster, alias):
    cluster.ask("PUT", f"/{alias}")
    assert "Choose another PROCSEARCH_OPENSEARCH_ALIAS" in told(examine(), "cluster alias", "PROBLEM")


def test_an_index_of_another_version_or_not_finished(examine, cluster, pushed):
    about = dict(catalog.published(cluster).about)
    cluster.ask("PUT", f"/{pushed.index}/_mapping", {"_meta": {**about, "versions": {"index_version": 0}}})
    assert "Push with this procsearch" in told(examine(), "cluster alias", "PROBLEM")
    cluster.ask("PUT", f"/{pushed.index}/_mapping", {"_meta": {**about, "finished": "no"}})
    assert "which no push has finished" in told(examine(), "cluster alias", "PROBLEM")


def test_documents_or_files_that_were_lost(examine, cluster, pushed):
    cluster.ask("PUT", f"/{pushed.index}/_settings", {"index": {"blocks.write": None}})
    cluster.ask("DELETE", f"/{pushed.index}/_doc/A0007", refresh="true")
    found = told(examine(), "cluster count", "PROBLEM")
    assert "expected 60 documents" in found
    assert "got 59" in found
    cluster.ask("DELETE", f"/{layout.data_name(pushed.index)}")
    assert "which every service needs; got no such index → Run 'procsearch cluster push --again'" in told(
        examine(), "cluster count", "PROBLEM"
    )


def test_an_index_without_its_copies_and_one_without_its_parts(examine, cluster, alias, pushed):
    settings = {"index": {"auto_expand_replicas": "false", "number_of_replicas": 1}}
    cluster.ask("PUT", f"/{pushed.index}/_settings", settings)
    found = told(examine(), "cluster health", "WARNING")
    assert "yellow: 1 nodes, 1 shards that no node holds → Bring missing nodes back, or add one" in found
    cluster.ask("DELETE", f"/{pushed.index}")
    nowhere = {"settings": {"index.routing.allocation.require._name": "nobody"}, "aliases": {alias: {}}}
    cluster.ask("PUT", f"/{pushed.index}", nowhere, wait_for_active_shards="0")
    assert "Bring the missing nodes back" in told(examine(), "cluster health", "PROBLEM")


def test_what_killed_pushes_left_and_old_indexes(data, examine, cluster, pushed):
    for number in range(push.KEPT):
        rebuild(data, *CODES[: 50 - number])
        last = push.push(SnapshotStore(data), cluster)
    unfinished = layout.index_name(cluster.alias, "000099-0123456789ab")
    lone = layout.data_name(layout.index_name(cluster.alias, "000098-0123456789ab"))
    for each in (unfinished, lone):
        cluster.ask("PUT", f"/{each}")
    found = told(examine(), "cluster leftovers", "WARNING")
    assert f"of killed pushes: {unfinished}, {lone} → Run 'procsearch cluster prune'" in found
    assert f"old indexes: {pushed.index}" in found
    with cluster_lock(cluster, 0.0):
        assert unfinished not in told(examine(), "cluster leftovers", "WARNING")
    assert {unfinished, lone, pushed.index} <= set(push.prune(cluster, push.KEPT))
    assert states(examine()) == SOUND
    assert catalog.published(cluster).index == last.index


def test_locks(examine, cluster, pushed):
    with cluster_lock(cluster, 0.0):
        assert "a push is at work → Wait for it" in told(examine(), "cluster lock", "WARNING")
    assert Lease(cluster, f"{cluster.alias}-lock", lease_seconds=0.01).take() is None
    time.sleep(0.1)
    assert "that push was killed → Nothing waits for it" in told(examine(), "cluster lock", "WARNING")
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    entry = {"owner": "x", "host": socket.gethostname(), "pid": ended.pid, "until": time.time() + 50}
    cluster.ask("PUT", f"/{cluster.alias}-lock/_doc/writer", entry)
    assert f"process {ended.pid} on {entry['host']}, this machine, held it and is gone" in told(
        examine(), "cluster lock", "WARNING"
    )
    cluster.ask(
        "PUT", f"/{cluster.alias}-lock/_doc/writer", {**entry, "host": "elsewhere", "until": entry["until"] * 2}
    )
    assert "clocks disagree → Set the clocks" in told(examine(), "cluster lock", "WARNING")
    cluster.ask("DELETE", f"/{cluster.alias}-lock/_doc/writer")
    assert told(examine(), "cluster lock", "OK") == "nobody pushes → None"


def test_the_doctor_changes_nothing_in_the_cluster(examine, cluster, pushed):
    def state():
        return cluster.ask("GET", f"/{cluster.alias}*/_settings"), cluster.ask("GET", f"/{cluster.alias}*/_alias")

    before = state()
    examine()
    assert state() == before
