"""The operator's synonyms: a rule that is added finds, one that is removed does not, and none breaks a build."""

from __future__ import annotations

import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis.vocabulary import read_synonyms
from indexer.errors import VocabularyRefused
from indexer.locks import write_lock
from service.admin.synonyms import OperatorSynonyms
from service.app import create_app
from service.config import load_config
from tests.service.admin import Operator, token_for

AT = "/api/v1/synonyms"


@pytest.fixture(scope="module")
def operator(documents_data, twelve_documents, tmp_path_factory):
    """One application for all tests: none leaves a rule behind."""
    data = shutil.copytree(documents_data, tmp_path_factory.mktemp("synonyms") / "data")
    app = create_app(load_config({}, data=data, corpus=(twelve_documents,), shipped="off"))
    yield Operator(app.test_client(), token_for(data))
    app.extensions["procsearch"].close()


def test_a_query_that_found_nothing_finds_what_it_means(operator):
    def found():
        operator.client.application.extensions["procsearch"].reload()
        hits = operator.get("/api/v1/search?q=wobblyjuice").json["hits"]
        return [hit["code"] for hit in hits if hit["match"] != "fuzzy"]

    assert found() == []
    added = operator.post(AT, json={"typed": "wobblyjuice", "means": "vitamin b12"})
    assert added.status_code == 202
    assert (added.json["rule"], added.json["changed"]) == ("wobblyjuice => vitamin b12", True)
    assert operator.ended(added.json["task"]["id"])["published"]
    assert "J3420" in found()
    assert operator.get(AT).json == {"rules": ["wobblyjuice => vitamin b12"]}
    same = operator.post(AT, json={"typed": "wobblyjuice", "means": "vitamin  b12"})
    assert (same.status_code, same.json["task"]) == (200, None)
    removed = operator.delete(AT, query_string={"rule": added.json["rule"]})
    assert operator.ended(removed.json["task"]["id"])["state"] == "succeeded"
    assert found() == []
    again = operator.delete(AT, query_string={"rule": added.json["rule"]})
    assert (again.status_code, again.json["error"]["code"]) == (404, "synonym_not_found")


@pytest.mark.parametrize(
    "rule",
    [
        {"typed": "a # b", "means": "c"},
        {"typed": "a\nb", "means": "c"},
        {"typed": "a = b", "means": "c"},
        {"typed": "a, b", "means": "c"},
        {"typed": "a\u2028b", "means": "c"},
        {"typed": "?", "means": "c"},
        {"typed": " ", "means": "c"},
        {"typed": "one two three four five six seven eight nine", "means": "c"},
        {"typed": "<script>", "means": "c"},
    ],
)
def test_what_is_no_rule_is_refused_and_nothing_is_written(operator, rule):
    refused = operator.post(AT, json=rule)
    assert (refused.status_code, refused.json["error"]["code"]) == (422, "invalid_synonym")
    assert operator.get(AT).json == {"rules": []}


def test_rules_that_contradict_each_other_are_refused(tmp_path):
    store = OperatorSynonyms(tmp_path)
    store.add("one", "two", both_ways=False)
    with pytest.raises(VocabularyRefused, match="leads back"):
        store.add("two", "one", both_ways=False)
    with pytest.raises(VocabularyRefused, match="one direction"):
        store.add("one", "two", both_ways=True)
    assert store.rules() == ["one => two"]


@given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40), st.booleans())
def test_whatever_is_taken_can_be_built(tmp_path_factory, typed, means, both_ways):
    store = OperatorSynonyms(tmp_path_factory.mktemp("synonyms"))
    try:
        rule, _ = store.add(typed, means, both_ways=both_ways)
    except VocabularyRefused:
        assert store.rules() == []
        return
    assert store.rules() == [rule]
    read_synonyms("\n".join(store.rules()), "x")
    store.remove(rule)
    assert store.rules() == []


def test_a_build_at_work_is_waited_for_and_then_told(operator, monkeypatch):
    monkeypatch.setattr("service.admin.synonyms._WAIT_SECONDS", 0.1)
    data = operator.client.application.extensions["procsearch_admin"].data
    with write_lock(data):
        busy = operator.post(AT, json={"typed": "a", "means": "b"})
    assert (busy.status_code, busy.json["error"]["code"]) == (503, "busy")
