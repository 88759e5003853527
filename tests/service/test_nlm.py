"""The compatible search, checked against the contract of the Clinical Tables Search Service.

1. The answer is [total, codes, extra or null, rows of strings]; of suggestions [codes, rows, extra, code systems].
2. Every word has to be found, as a beginning, in the fields of ``sf``; a blank at the end makes the last one whole.
3. An exact code is first. 4. Numbers that are none count as not given, and larger ones as the largest.
5. What cannot be read is an error that names the parameter; unknown parameters are passed over.
"""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis.tokenizer import stem, words
from service.app import create_app
from service.config import load_config
from service.search.query.syntax import Dates
from service.web.nlm_arguments import MAX_CHARS, MAX_FIELDS
from service.web.nlm_tables import HCPCS, PROCEDURES
from tests.service import nlm_data

HCPCS_URL, PROCEDURES_URL = "/api/hcpcs/v3/search", "/api/procedures/v3/search"


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    app = create_app(load_config({}, data=nlm_data.make(tmp_path_factory.mktemp("nlm"))))
    yield app.test_client()
    app.extensions["procsearch"].close()


@pytest.fixture(scope="module")
def get(client):
    def get(url=HCPCS_URL, **parameters):
        response = client.get(url, query_string=parameters)
        assert response.status_code == 200, response.text
        assert response.mimetype == "application/json"
        return response.json

    return get


@pytest.fixture(scope="module")
def codes(get):
    return lambda terms, **parameters: get(terms=terms, **parameters)[1]


# -- shape ----------------------------------------------------------------------------------------------


def test_the_answer_has_four_elements_and_cells_are_strings(get):
    assert get(terms="insulin pum") == [
        2,
        ["A0001", "A0002"],
        None,
        [["A0001", "Infusion pump, insulin"], ["A0002", "Infusion pump, insulin, old"]],
    ]
    assert get(terms="nosuchword") == [0, [], None, []]


def test_every_field_of_hcpcs(get):
    (row,) = get(terms="A0001 ", sf="code", df=",".join(HCPCS.fields))[3]
    assert dict(zip(HCPCS.fields, row, strict=True)) == {
        "code": "A0001",
        "short_desc": "Infusion pump, insulin",
        "long_desc": "Infusion pump, insulin",
        "display": "Infusion pump, insulin",
        "add_dt": "20010101",
        "term_dt": "",
        "act_eff_dt": "20020202",
        "obsolete": "false",
        "is_noc": "false",
        "common_names": "",
        "technical_terms": "",
        "drug_names": "",
    }


def test_a_code_that_has_ended_and_one_for_what_has_no_other_code(get):
    assert get(terms="A0002", df="term_dt,obsolete,is_noc")[3] == [["20151231", "true", "false"]]
    assert get(terms="A0006", df="term_dt,obsolete,is_noc")[3] == [["", "false", "true"]]
    assert get(terms="AP", sf="code", df="is_noc")[3] == [["false"]]


def test_extra_fields_are_arrays_beside_the_codes_under_their_aliases(get):
    _, codes, extra, _ = get(terms="insulin pum", ef="long_desc:text,obsolete, term_dt : ended")
    assert extra == {
        "text": ["Infusion pump, insulin", "Infusion pump, insulin, old"],
        "obsolete": ["false", "true"],
        "ended": ["", "20151231"],
    }
    assert len(codes) == 2
    assert get(terms="A9999", ef="common_names")[2] == {"common_names": [["Example Repair (EXR)", "Mending"]]}


def test_the_field_that_stands_for_the_code_may_be_another(get):
    assert get(terms="a0001", sf="code", cf="display")[1] == ["Infusion pump, insulin"]


def test_display_shows_a_title_where_there_is_no_short_descriptor(get):
    assert get(terms="A9998")[3] == [["A9998", "Another Repair"]]


def test_procedures_have_names_and_synonyms(get):
    total, codes, extra, rows = get(PROCEDURES_URL, terms="mend")
    assert (total, extra, sorted(codes)) == (2, None, ["A9998", "A9999"])
    assert sorted(rows) == [["Another Repair"], ["Example Repair"]]
    fields = "key_id,consumer_name,primary_name,synonyms,info_link_data,term_icd9_code,code_system"
    assert get(PROCEDURES_URL, terms="A9999", df=fields)[3] == [
        [
            "A9999",
            "Example Repair",
            "Repair of a worn example, each",
            "Example Repair (EXR),Mending,exemplum restitutum",
            "/codes/A9999,Example Repair",
            "",
            "HCPCS",
        ]
    ]
    extra = get(PROCEDURES_URL, terms="A9999", ef="synonyms,word_synonyms,info_link_data")[2]
    assert extra["synonyms"] == [["Example Repair (EXR)", "Mending", "exemplum restitutum"]]
    assert extra["word_synonyms"] == [[]]
    assert extra["info_link_data"] == [[["/codes/A9999", "Example Repair"]]]


@pytest.mark.parametrize("table", [HCPCS, PROCEDURES], ids=lambda table: table.name)
def test_every_field_can_be_shown_and_those_of_text_searched(get, table):
    url = f"/api/{table.name}/v3/search"
    for name, field in table.fields.items():
        _, codes, extra, rows = get(url, terms="", df=name, ef=name, cf=name)
        assert len(codes) == len(rows) == len(extra[name]) > 0
        assert all(type(cell) is str for row in rows for cell in row)
        if field.indexed is not None:
            get(url, terms="example", sf=name)


def test_the_documentation_names_everything_and_its_requests_are_answered(client):
    text = (Path(__file__).resolve().parents[2] / "docs/nlm.md").read_text()
    for name in ("terms", "maxList", "count", "offset", "df", "sf", "cf", "ef", "q", "suggest", "field_val"):
        assert f"`{name}`" in text
    for table in (HCPCS, PROCEDURES):
        assert f"`/api/{table.name}/v3/search`" in text
        assert all(f"`{name}`" in text for name in table.fields)
    requests = re.findall(r"^curl 'http://127.0.0.1:8000(.*)'$", text, re.MULTILINE)
    assert len(requests) == 3
    assert all(client.get(request).status_code == 200 for request in requests)


# -- terms ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("terms", "found"),
    [
        ("A0001", ["A0001", "A0011"]),
        ("a0001", ["A0001", "A0011"]),
        ("A 0001", ["A0001", "A0011"]),
        ("a0001 ", ["A0001", "A0011"]),
        ("INSULIN, (pum", ["A0001", "A0002"]),
        ("pum insulin", ["A0001", "A0002"]),
        ("ins inf", ["A0001", "A0002"]),
        ("insulin wheel", []),
        ("noc", ["A0006"]),
        ('NOT "insulin', []),
        ("code:A0001", []),
        ("!!", []),
        ("—", []),
        ("Ínsulín pum", ["A0001", "A0002"]),
    ],
)
def test_what_is_found(codes, terms, found):
    assert codes(terms) == found


def test_a_blank_at_the_end_makes_the_last_word_whole(codes):
    assert sorted(codes("wheel")) == ["A0011", "A0012"]
    assert codes("wheel ") == ["A0012"]
    assert codes("pumpk") == ["A0005"]
    assert codes("pumpk ") == []
    assert codes("a001 ") == []
    assert codes("a001") == ["A0010", "A0011", "A0012"]


def test_a_word_is_found_in_its_other_forms(codes):
    assert codes("breast pumps") == ["A0007"]


def test_words_are_looked_for_in_the_fields_of_sf_alone(codes):
    assert codes("A0001", sf="code") == ["A0001"]
    assert codes("A0001", sf="long_desc") == ["A0011"]
    assert codes("classified", sf="short_desc") == []
    assert codes("classified", sf="short_desc,long_desc") == ["A0006"]
    assert codes("mending") == []
    assert codes("mending", sf="code,common_names") == ["A9999", "A9998"]


@pytest.mark.parametrize("parameters", [{}, {"terms": ""}, {"terms": "  "}])
def test_without_terms_everything_is_listed_in_the_order_of_codes(get, parameters):
    total, codes, _, _ = get(**parameters)
    assert total == len(nlm_data.CODES) + 1
    assert codes == [f"A000{number}" for number in range(1, 8)]


def test_codes_of_other_systems_are_not_of_the_table(get):
    assert {row[0] for row in get(PROCEDURES_URL, df="code_system")[3]} == {"HCPCS"}


# -- count, offset, maxList -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "shown"),
    [
        ({}, 7),
        ({"maxList": "3"}, 3),
        ({"maxList": ""}, 15),
        ({"maxList": "100000000000"}, 15),
        ({"maxList": "0"}, 0),
        ({"maxList": "-1"}, 7),
        ({"maxList": "x"}, 7),
        ({"count": "2"}, 2),
        ({"count": ""}, 7),
        ({"count": "9999"}, 15),
        ({"count": "2", "maxList": "5"}, 2),
        ({"offset": "0", "maxList": "5"}, 7),
        ({"offset": "12"}, 3),
        ({"offset": "x", "count": "4"}, 4),
        ({"offset": "15", "count": "4"}, 0),
    ],
)
def test_how_many_are_shown(get, parameters, shown):
    total, codes, _, rows = get(terms="", **parameters)
    assert (total, len(codes), len(rows)) == (15, shown, shown)


def test_pages_follow_each_other(codes):
    whole = codes("pump", maxList="")
    pages = [codes("pump", count=3, offset=start) for start in range(0, len(whole), 3)]
    assert [code for page in pages for code in page] == whole
    assert len(whole) == 10


def test_a_total_is_told_up_to_a_limit(get, monkeypatch):
    monkeypatch.setattr("service.web.nlm.MAX_TOTAL", 4)
    assert get(terms="pump", df="code", q="NOT code:zzz")[0] == 4


# -- suggestions ----------------------------------------------------------------------------------------


def test_suggestions_are_close_to_what_stands_in_the_field(get):
    codes, rows, extra, systems = get(suggest=1, field_val="infusoin pmup insulin")
    assert (codes[0], rows[0]) == ("A0001", ["A0001", "Infusion pump, insulin"])
    assert extra is None
    assert systems == ["HCPCS"] * len(codes)
    assert len(codes) == len(rows) <= 7


@pytest.mark.parametrize("text", ["", "   ", "xqzxq", "!!"])
def test_suggestions_may_be_none(get, text):
    assert get(suggest=1, field_val=text) == [[], [], None, []]


def test_what_stands_in_a_field_is_no_query_language(get):
    assert get(suggest=1, field_val='insulin -pump "')[0][0] == "A0001"


# -- q --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("obsolete:true", {"A0002"}),
        ("obsolete:false AND insulin", {"A0001"}),
        ("is_noc:true", {"A0006"}),
        ("code:A0003", {"A0003"}),
        ("code:a001?", {"A0010"}),
        ("code:*7", {"A0007"}),
        ("code:[A0001 TO A0003]", {"A0001", "A0002", "A0003"}),
        ("code:[A0001 TO A0003}", {"A0001", "A0002"}),
        ("add_dt:[20100101 TO 20101231]", {"A0003"}),
        ("add_dt:2010", {"A0003"}),
        ("add_dt:>2001", {"A0003"}),
        ("_exists_:term_dt", {"A0002"}),
        ("short_desc:repl", {"A0009"}),
        ("long_desc:brea?t", {"A0007"}),
        ('"water circulating"', {"A0008"}),
        ('"circulating water"', set()),
        ("(insulin OR breast) AND NOT old", {"A0001", "A0007"}),
        ("(insulin OR breast) AND (manual OR old)", {"A0002", "A0007"}),
        ("insulin breast", {"A0001", "A0002", "A0007"}),
        ("+insulin -old", {"A0001"}),
        ("ambul*", {"A0003"}),
        ("*:*", {"A0001", "A0002", "A0003", "A0005", "A0006", "A0007", "A0008", "A0009", "A0010", "AP"}),
    ],
)
def test_constraints(codes, q, found):
    assert set(codes("pump", maxList="", q=q)) == found


def test_a_constraint_does_not_change_the_order(codes):
    everything = codes("pump", maxList="")
    some = codes("pump", maxList="", q="code:A00*")
    assert some == [code for code in everything if code.startswith("A00")]


def test_flags_are_told_as_they_are_asked_for(get):
    for flag in ("obsolete", "is_noc"):
        shown = {row[0]: row[1] for row in get(terms="", maxList="", df=f"code,{flag}")[3]}
        asked = get(terms="", maxList="", q=f"{flag}:true")[1]
        assert {code for code, value in shown.items() if value == "true"} == set(asked)


# -- errors and limits ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        ({"terms": "x" * (MAX_CHARS + 1)}, "terms"),
        ({"suggest": 1, "field_val": "x" * (MAX_CHARS + 1)}, "field_val"),
        ({"df": "code,nosuch"}, "df"),
        ({"sf": "nosuch"}, "sf"),
        ({"sf": "add_dt"}, "sf"),
        ({"cf": "nosuch"}, "cf"),
        ({"ef": "nosuch:alias"}, "ef"),
        ({"ef": ",".join(["code"] * (MAX_FIELDS + 1))}, "ef"),
        ({"df": "c" * 1001}, "df"),
        ({"q": "(a"}, "q"),
        ({"q": "nosuch:a"}, "q"),
        ({"q": "a" * 1001}, "q"),
        ({"offset": "7500", "count": "1"}, "offset"),
    ],
)
def test_errors_name_the_parameter(client, parameters, name):
    response = client.get(HCPCS_URL, query_string={"terms": "x"} | parameters)
    assert response.status_code == 400
    assert response.json["error"]["details"][0]["parameter"] == name
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_unknown_parameters_are_passed_over_and_there_is_no_jsonp(client):
    asked = {"terms": "wheel", "authenticity_token": "", "callback": "f", "_": "1"}
    response = client.get(HCPCS_URL, query_string=asked)
    assert response.mimetype == "application/json"
    assert response.json[0] == 2


def test_any_site_may_ask(client):
    response = client.get(HCPCS_URL, query_string={"terms": "wheel"}, headers={"Origin": "https://forms.example"})
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert "Access-Control-Allow-Origin" not in client.get("/api/v1/search?q=wheel").headers


def test_where_sites_are_named_no_other_may_ask(tmp_path):
    app = create_app(load_config({}, data=tmp_path, cors_origins=("https://forms.example",)))
    for origin, allowed in (("https://forms.example", "https://forms.example"), ("https://other.example", None)):
        response = app.test_client().get(HCPCS_URL, headers={"Origin": origin})
        assert response.status_code == 503
        assert response.headers.get("Access-Control-Allow-Origin") == allowed
    app.extensions["procsearch"].close()


def test_only_get_is_answered_and_only_known_tables(client):
    assert client.post(HCPCS_URL).status_code == 405
    assert client.get("/api/icd10cm/v3/search?terms=x").status_code == 404


_NAMES = st.sampled_from(["terms", "q", "df", "sf", "cf", "ef", "count", "offset", "maxList", "suggest", "field_val"])
_TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["1", "0", "-1", "code", "code,display:x", "pump", "a*", "(", "short_desc:(a b)", "[a TO b]"]),
)


@given(st.dictionaries(_NAMES, _TEXTS, max_size=6), st.sampled_from([HCPCS_URL, PROCEDURES_URL]))
def test_whatever_is_asked_there_is_an_answer_or_a_named_error(client, parameters, url):
    response = client.get(url, query_string={name: text.encode() for name, text in parameters.items()})
    assert response.status_code in (200, 400)
    if response.status_code == 400:
        assert response.json["error"]["details"][0]["parameter"] in parameters
    else:
        assert isinstance(response.json, list)
        assert len(response.json) == 4


_WORDS = sorted({word for each in nlm_data.CODES for word in [*words(each.long_descriptor), each.code.lower()]})
_BEGINNINGS = st.sampled_from(_WORDS).flatmap(
    lambda word: st.sampled_from([word[:end] for end in range(1, 1 + len(word))])
)


@given(st.lists(_BEGINNINGS, min_size=1, max_size=3), st.booleans())
def test_membership_equals_that_of_a_slow_reading_of_the_texts(get, typed, whole):
    total, codes, _, _ = get(terms=" ".join(typed) + " " * whole, maxList="", sf="code,long_desc")
    distinct = list(dict.fromkeys(reversed(typed)))[::-1]
    expected = {each.code for each in nlm_data.CODES if _has_all(each, distinct, whole)}
    # A document has a code that is not of the release.
    assert set(codes) - {"A9998"} == expected
    assert total == len(codes)


def _has_all(code, typed, whole):
    found = words(code.long_descriptor)
    stems = {stem(word) for word in found}
    for at, word in enumerate(typed):
        begins = not (whole and at == len(typed) - 1)
        in_text = stem(word) in stems or (begins and any(each.startswith(word) for each in found))
        in_code = code.code.lower().startswith(word) if begins else code.code.lower() == word
        if not in_text and not in_code:
            return False
    return True


def test_a_code_is_obsolete_from_the_day_after_its_last():
    assert HCPCS.fields["obsolete"].flag(datetime.date(2016, 1, 1)) == Dates("ends", 1, 20151231)


# -- the official file ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def official(official_data):
    app = create_app(load_config({}, data=official_data, answer_bytes=0))
    client = app.test_client()
    yield lambda **parameters: client.get(HCPCS_URL, query_string=parameters).json
    app.extensions["procsearch"].close()


def test_every_official_code_is_first_for_itself(official):
    codes = [code for start in range(0, 7_500, 500) for code in official(terms="", count=500, offset=start)[1]]
    assert len(codes) == official()[0] == 7_079
    assert codes == sorted(codes)
    for code in [*codes[::97], "RR", "H0015", "E0784"]:
        assert official(terms=code, maxList=1)[1] == [code]
        assert official(terms=code.lower() + " ", sf="code", df="code")[3] == [[code]]


def test_rows_of_the_official_file_differ_and_meet_every_word(official):
    total, codes, extra, rows = official(terms="whee cush", maxList="", ef="long_desc,short_desc")
    assert total == len(codes) > 10
    assert len({" - ".join(row) for row in rows}) == total
    for texts in zip(extra["long_desc"], extra["short_desc"], strict=True):
        found = words(" ".join(texts))
        assert all(any(word.startswith(begun) for word in found) for begun in ("whee", "cush"))


def test_constraints_divide_the_official_file(official):
    whole = official()[0]
    for flag in ("obsolete", "is_noc"):
        met = official(q=f"{flag}:true")[0]
        assert 100 < met < whole
        assert official(q=f"{flag}:false")[0] == official(q=f"NOT ({flag}:true)")[0] == whole - met
    assert official(terms="pump", q="(long_desc:insulin OR long_desc:breast) AND obsolete:false")[0] > 10
