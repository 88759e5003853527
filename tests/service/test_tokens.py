"""Admin tokens: what is kept of them, when they are taken, and what a request without a valid one is told."""

from __future__ import annotations

import datetime
import json
import logging
import stat

import pytest
from click.testing import CliRunner

from service.admin.errors import AdminError, NoSuchToken, TokenExists, TokensDamaged
from service.admin.tokens import FILE, PATTERN, SCOPES, Tokens
from service.app import create_app
from service.cli import cli
from service.config import load_config
from service.web.admin.desk import MOST_ATTEMPTS
from tests.service.admin import Operator


@pytest.fixture
def tokens(tmp_path):
    return Tokens(tmp_path)


@pytest.fixture
def client(tmp_path):
    app = create_app(load_config({}, data=tmp_path))
    yield app.test_client()
    app.extensions["procsearch"].close()


def _age(path, hours):
    """Move every moment of the file so many hours into the past."""
    values = json.loads(path.read_text())
    for each in values["tokens"]:
        for secret in each["secrets"]:
            if secret["until"]:
                moment = datetime.datetime.fromisoformat(secret["until"]) - datetime.timedelta(hours=hours)
                secret["until"] = moment.isoformat()
    path.write_text(json.dumps(values))


def test_a_token_is_kept_as_a_hash_that_only_its_owner_can_read(tokens, tmp_path):
    text = tokens.create("nightly", ["reindex"])
    assert PATTERN.fullmatch(text)
    kept = (tmp_path / FILE).read_text()
    assert text not in kept
    assert text[3:] not in kept
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert tokens.find(text).name == "nightly"


def test_a_changed_token_is_refused(tokens):
    text = tokens.create("nightly", ["reindex"])
    for at in range(len(text)):
        other = "A" if text[at] != "A" else "B"
        assert tokens.find(text[:at] + other + text[at + 1 :]) is None


def test_a_token_ends_and_a_rotated_one_is_taken_for_a_while(tokens, tmp_path):
    short = tokens.create("short", ["documents"], days=1)
    old = tokens.create("nightly", ["reindex"])
    new = tokens.rotate("nightly", grace_hours=2)
    assert [tokens.find(each).name for each in (short, old, new)] == ["short", "nightly", "nightly"]
    _age(tmp_path / FILE, 3)
    assert tokens.find(old) is None
    assert tokens.find(short).name == "short"
    _age(tmp_path / FILE, 22)
    assert tokens.find(short) is None
    assert tokens.find(new).name == "nightly"


def test_rotation_never_makes_an_old_token_last_longer(tokens, tmp_path):
    old = tokens.create("short", ["documents"], days=1)
    tokens.rotate("short", grace_hours=700, days=60)
    _age(tmp_path / FILE, 25)
    assert tokens.find(old) is None
    with pytest.raises(AdminError, match="--expires"):
        tokens.rotate("short", grace_hours=1)


def test_a_revoked_token_is_refused_at_once(tokens):
    text = tokens.create("nightly", ["reindex"])
    tokens.revoke("nightly")
    assert tokens.find(text) is None
    with pytest.raises(NoSuchToken, match="none"):
        tokens.revoke("nightly")


@pytest.mark.parametrize("name", ["", "a b", "../up", "x" * 65, "line\nbreak", "é"])
def test_names_are_plain(tokens, name):
    with pytest.raises(AdminError, match="expected a name"):
        tokens.create(name, ["reindex"])


def test_a_name_is_given_once_and_scopes_are_known(tokens):
    tokens.create("nightly", ["reindex"])
    with pytest.raises(TokenExists, match="nightly"):
        tokens.create("nightly", ["reindex"])
    with pytest.raises(AdminError, match="scopes of reindex"):
        tokens.create("other", ["everything"])
    with pytest.raises(AdminError, match="got none"):
        tokens.create("other", [])


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 9, "tokens": []}', '{"version": 1, "tokens": [{}]}'])
def test_a_damaged_file_lets_nobody_in_and_names_the_remedy(tokens, tmp_path, client, text):
    (tmp_path / FILE).write_text(text)
    with pytest.raises(TokensDamaged, match="create tokens anew"):
        tokens.all()
    answer = client.post("/api/v1/reindex", headers={"Authorization": "Bearer x"})
    assert (answer.status_code, answer.json["error"]["code"]) == (503, "tokens_damaged")
    assert str(tmp_path) not in answer.text


def test_the_commands(tmp_path):
    def run(*words):
        return CliRunner().invoke(cli, ["token", *words, "--data", str(tmp_path)])

    made = run("create", "nightly", "--scope", "reindex", "--scope", "documents", "--expires", "30")
    text = made.stdout.strip()
    assert PATTERN.fullmatch(text)
    (row,) = json.loads(run("list", "--json").stdout)
    assert row["scopes"] == ["reindex", "documents"]
    assert row["expires"] > row["created"]
    assert "nightly" in run("list").stdout
    rotated = run("rotate", "nightly", "--grace", "0", "--expires", "1").stdout.strip()
    assert rotated != text
    assert Tokens(tmp_path).find(text) is None
    assert Tokens(tmp_path).find(rotated)
    assert run("revoke", "nightly").exit_code == 0
    failed = run("revoke", "nightly")
    assert (failed.exit_code, "expected the name of a token" in failed.stderr) == (1, True)
    assert "nothing can be changed" in run("list").stdout


ROUTES = [
    ("POST", "/api/v1/reindex", "reindex"),
    ("GET", "/api/v1/tasks", "reindex"),
    ("GET", "/api/v1/tasks/x", "reindex"),
    ("DELETE", "/api/v1/tasks/x", "reindex"),
    ("PUT", "/api/v1/documents/H0015", "documents"),
    ("DELETE", "/api/v1/documents/H0015", "documents"),
    ("GET", "/api/v1/documents/H0015/source", "documents"),
    ("POST", "/api/v1/documents/_bulk", "documents"),
    ("GET", "/api/v1/synonyms", "synonyms"),
    ("POST", "/api/v1/synonyms", "synonyms"),
    ("DELETE", "/api/v1/synonyms", "synonyms"),
    ("GET", "/api/v1/analytics", "analytics"),
]


@pytest.mark.parametrize(("method", "path", "scope"), ROUTES)
def test_every_route_is_closed_until_a_token_with_its_scope_comes(client, tokens, method, path, scope):
    def ask(**headers):
        answer = client.open(path, method=method, headers=headers)
        assert "Access-Control-Allow-Origin" not in answer.headers
        return answer.status_code, answer.json["error"]["code"], answer

    status, code, answer = ask(Authorization="Bearer ps_x")
    assert (status, code) == (403, "admin_off")
    assert f"token create NAME --scope {scope}" in answer.json["error"]["message"]
    others = [each for each in SCOPES if each != scope]
    wrong, right = tokens.create("wrong", others), tokens.create("right", [scope])
    for header in ({}, {"Authorization": wrong}, {"Authorization": "Basic abc"}, {"Authorization": f"Bearer {wrong}x"}):
        status, code, answer = ask(**header)
        assert (status, code) == (401, "unauthorized")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert ask(Authorization=f"Bearer {wrong}")[:2] == (403, "scope_missing")
    answer = Operator(client, right).ask(method, path)
    assert answer.status_code not in (401, 403, 500)


def test_the_table_of_routes_is_complete(client):
    known = {(method, path.replace("H0015", "<code>").replace("/x", "/<task_id>")) for method, path, _ in ROUTES}
    admin = ("builds_v1.", "bulk_v1.", "documents_v1.", "synonyms_v1.", "analytics_v1.")
    rules = [rule for rule in client.application.url_map.iter_rules() if rule.endpoint.startswith(admin)]
    found = {(method, rule.rule) for rule in rules for method in rule.methods - {"HEAD", "OPTIONS"}}
    assert found - {("POST", "/api/v1/seen"), ("GET", "/operator")} == known


def test_failed_attempts_are_logged_without_the_token_and_limited(client, tokens, caplog):
    text = tokens.create("nightly", ["reindex"])
    wrong = f"{text[:-1]}{'A' if text[-1] != 'A' else 'B'}"
    with caplog.at_level(logging.INFO):
        codes = [
            client.get("/api/v1/tasks", headers={"Authorization": f"Bearer {wrong}"}).status_code
            for _ in range(MOST_ATTEMPTS + 5)
        ]
    assert codes == [401] * MOST_ATTEMPTS + [429] * 5
    assert wrong not in caplog.text
    assert len([each for each in caplog.messages if each.startswith("refused")]) == MOST_ATTEMPTS
    limited = client.get("/api/v1/tasks")
    assert limited.headers["Retry-After"] == "60"
    # Whoever has a token is not kept out by those who have none.
    assert Operator(client, text).get("/api/v1/tasks").status_code == 200


def test_no_token_is_taken_from_pages_of_other_sites(tmp_path):
    app = create_app(load_config({}, data=tmp_path, cors_origins=("https://other.example",)))
    asked = {"Origin": "https://other.example", "Access-Control-Request-Method": "PUT"}
    answer = app.test_client().options("/api/v1/documents/H0015", headers=asked)
    assert "authorization" not in answer.headers["Access-Control-Allow-Headers"].lower()
    app.extensions["procsearch"].close()
