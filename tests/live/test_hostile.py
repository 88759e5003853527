"""Seven sets of hostile queries over real HTTP on the whole official file: each gets 200 or a clear 4xx, quickly."""

from __future__ import annotations

import json
import time
import urllib.parse

import pytest

LIMIT_SECONDS = 0.1

SETS = {
    "empty": ["", " ", "\t\n", "\u00a0", "%20%20"],
    "long": ["a" * 10_000, "pump " * 2_000, "é" * 10_000, " ".join(f"w{n}" for n in range(180)), "x " * 499],
    "operators": [
        "AND",
        "OR",
        "NOT OR x",
        "NOT",
        "AND OR NOT",
        "&& || !",
        "+ - ~ ^",
        "*",
        "?",
        "a*",
        "*a",
        "code:",
        ":",
        "a:b:c",
    ],
    "unbalanced": ['"', '"insulin pump', "(", ")))((", "[", "{insulin", "(((insulin", '"""""', "[A TO", "'"],
    "control": [
        "\x00",
        "insulin\x00pump",
        "😀",
        "😀 pump",
        "\u202epump",
        "\ufeff",
        "\x1b[31m",
        "\ud7ff",
        "a\u0301" * 50,
    ],
    "injection": [
        "'; DROP TABLE documents; --",
        "1 OR 1=1",
        "<script>alert(1)</script>",
        "{{7*7}}",
        "${jndi:ldap://x}",
        "../../etc/passwd",
        "%s%s%n",
    ],
    "common": [
        "of the and or with each for",
        "e" * 60,
        "a",
        "or or or or or",
        "not otherwise classified",
        "1 2 3 4 5 6 7 8 9",
    ],
}


#: Queries that could make an engine work hard, which may take half as long.
HEAVY = [
    " ".join(f"word{number}" for number in range(140)),
    " OR ".join(["a"] * 240),
    " OR ".join(f"w{number}" for number in range(140)),
    "(" * 50 + "pump" + ")" * 50,
    "(" * 50 + "a AND b" + ")" * 50,
    "a*",
    "a* OR b* OR c* OR d* OR e*",
    '"of the and"',
    "section:a OR section:the",
    "-a -b -c",
    "insulin pump with battery for patient each per day of the and not including supply kit system type any device",
]


@pytest.mark.parametrize("query", HEAVY, ids=lambda query: query[:20])
def test_heavy_queries_are_bounded(official_server, query):
    path = "/api/v1/search?" + urllib.parse.urlencode({"q": query})
    # The first time, posting lists come from disk.
    official_server.get(path)
    _assert_answered(lambda: official_server.get(path), query, LIMIT_SECONDS / 2)


@pytest.mark.parametrize("name", SETS)
def test_hostile_queries_are_answered_in_time(official_server, name):
    official_server.get("/api/v1/search?q=warm+up")
    for query in SETS[name]:
        path = "/api/v1/search?" + urllib.parse.urlencode({"q": query})
        _assert_answered(lambda path=path: official_server.get(path), query)
        body = b'{"q": ' + _json_text(query) + b', "limit": 100}'
        _assert_answered(lambda body=body: official_server.post("/api/v1/search", body), query)


def _assert_answered(ask, query, limit=LIMIT_SECONDS):
    status, body, seconds = ask()
    if seconds > limit:
        # A machine that is busy with something else gets a second try; a slow query is slow twice.
        time.sleep(0.2)
        status, body, seconds = ask()
    assert status in (200, 400, 413, 414), (query[:60], status)
    assert seconds <= limit, (query[:60], seconds)
    if status != 200:
        assert body["error"]["code"] in ("invalid_parameter", "malformed_request", "payload_too_large")
        assert body["error"]["message"]


def _json_text(text):
    return json.dumps(text).encode()


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/search?q=%ff%fe",
        "/api/v1/search?q=%00",
        "/api/v1/search?%",
        "/api/v1/search?q",
        "/api/v1/search?=&=&",
        "/api/v1/documents/%2e%2e%2fCURRENT",
        "/codes/%00",
        "/codes/" + "%41" * 2000,
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/?page=1&page=2&q=%ff",
    ],
)
def test_hostile_addresses_are_answered(official_server, path):
    status, body, _ = official_server.get(path)
    assert status in (200, 400, 404, 414), (path, status)
    assert "create_app" not in str(body)


@pytest.mark.parametrize("q", ["H0015", "h0015", "IOP", "intensive outpatient", "alcohol counselling"])
def test_the_first_answer_on_the_whole_official_file(official_server, q):
    body = official_server.get("/api/v1/search?" + urllib.parse.urlencode({"q": q}))[1]
    assert body["hits"][0]["code"] == "H0015"


@pytest.mark.parametrize(
    ("q", "code"),
    [
        ("insulin pump", "E0784"),
        ("rehab for drinking without staying overnight", "H0015"),
        ("footdrop splint", "L4398"),
        ("wheel chair cusion", "E2610"),
        ("cpap machine", "E0601"),
    ],
)
def test_the_code_that_was_meant_is_first(official_server, q, code):
    body = official_server.get("/api/v1/search?" + urllib.parse.urlencode({"q": q}))[1]
    assert body["hits"][0]["code"] == code


def test_insulin_pump_finds_its_code_and_word_order_does_not_matter(official_server):
    for q in ("insulin+pump", "pump+ambulatory+insulin"):
        body = official_server.get(f"/api/v1/search?q={q}")[1]
        assert "E0784" in [hit["code"] for hit in body["hits"]]


def test_official_records_are_whole(official_server):
    body = official_server.get("/api/v1/documents/e0784")[1]
    assert body["descriptor"] == "External ambulatory infusion pump, insulin"
    assert body["official"]["betos"]["value"] == "D1E"
    assert body["official"]["coverage"]["value"] == "D"
    assert body["history"][0]["release"] == "2019"
    counts = official_server.get("/api/v1/snapshot")[1]["counts"]
    assert (counts["procedures"], counts["modifiers"], counts["documents"]) == (6710, 369, 12)
