"""Hostile texts in every parameter of the compatible search, over real HTTP on the whole official file."""

from __future__ import annotations

import urllib.parse

import pytest

from tests.live.test_hostile import SETS

_TEXTS = sorted({text for texts in SETS.values() for text in texts})
_PARAMETERS = ("terms", "q", "df", "sf", "cf", "ef", "maxList", "count", "offset")


@pytest.mark.parametrize("name", _PARAMETERS)
@pytest.mark.parametrize("table", ["hcpcs", "procedures"])
def test_any_text_gets_an_answer_or_an_error_that_names_its_parameter(official_server, table, name):
    for text in _TEXTS:
        asked = {"terms": "pump", name: text[:3_000]}
        status, body, _ = official_server.get(f"/api/{table}/v3/search?{urllib.parse.urlencode(asked)}")
        if status == 200:
            assert len(body) == 4
        else:
            assert status == 400, (text, body)
            assert body["error"]["details"][0]["parameter"] in (name, "offset")


def test_any_text_in_a_field_gets_suggestions_or_none(official_server):
    for text in _TEXTS:
        asked = urllib.parse.urlencode({"suggest": 1, "field_val": text[:1_000]})
        status, body, _ = official_server.get(f"/api/hcpcs/v3/search?{asked}")
        assert status == 200
        assert len(body[0]) == len(body[1]) == len(body[3]) <= 7


def test_text_that_is_no_utf8_is_an_error(official_server):
    status, body, _ = official_server.get("/api/hcpcs/v3/search?terms=%ff")
    assert (status, body["error"]["details"][0]["parameter"]) == (400, "terms")


def test_wildcards_in_every_place_are_bounded(official_server):
    asked = urllib.parse.urlencode({"q": "*a*e* *i*o* *n*t* *s*r*", "sf": "code,short_desc,long_desc"})
    assert official_server.get(f"/api/hcpcs/v3/search?{asked}")[0] == 200
