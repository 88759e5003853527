"""The FHIR terminology service: resources and operations, every answer valid R4."""

from __future__ import annotations

import json

import pytest

from service.app import create_app
from service.config import load_config
from tests.service import fhir_data, fhir_r4
from tests.service.fhir_data import ALL_HCPCS, HCPCS, ICD


@pytest.fixture(scope="module")
def fhir_app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fhir")
    app = create_app(load_config({}, data=fhir_data.write(folder / "data", folder / "corpus")))
    yield app
    app.extensions["procsearch"].close()


@pytest.fixture
def get(fhir_app):
    """Ask below /fhir; every answer has to be valid R4."""
    client = fhir_app.test_client()

    def ask(path, status=200, /, **query):
        response = client.get(f"/fhir/{path}", query_string=query)
        assert response.status_code == status, response.text
        assert response.content_type == "application/fhir+json; charset=utf-8"
        return fhir_r4.check(json.loads(response.data))

    return ask


@pytest.fixture
def post(fhir_app):
    client = fhir_app.test_client()

    def ask(path, resource, status=200, /, content_type="application/fhir+json", **query):
        data = json.dumps(resource)
        response = client.post(f"/fhir/{path}", data=data, content_type=content_type, query_string=query)
        assert response.status_code == status, response.text
        return fhir_r4.check(json.loads(response.data))

    return ask


def _parameters(**values):
    parts = [{"name": name.replace("_", "-"), **value} for name, value in values.items()]
    return {"resourceType": "Parameters", "parameter": parts}


def _value(resource, name):
    """The values of the parameters called ``name``."""
    found = [each for each in resource["parameter"] if each["name"] == name]
    return [next(value for key, value in each.items() if key.startswith("value")) for each in found]


def _properties(resource):
    """Properties of a $lookup by code: a list of (value, description)."""
    found = {}
    for each in resource["parameter"]:
        if each["name"] == "property":
            parts = {part["name"]: next(value for key, value in part.items() if key != "name") for part in each["part"]}
            found.setdefault(parts["code"], []).append((parts["value"], parts.get("description")))
    return found


def _designations(resource):
    parts = [each["part"] for each in resource["parameter"] if each["name"] == "designation"]
    return [part["valueString"] for each in parts for part in each if part["name"] == "value"]


def _codes(value_set):
    return [each["code"] for each in value_set["expansion"].get("contains", [])]


def _composed(*includes, **more):
    return {"resourceType": "ValueSet", "status": "active", "compose": {"include": list(includes), **more}}


def test_the_official_schema_was_asked_too():
    if not fhir_r4.has_schema():
        pytest.skip("HL7's JSON schema is not at hand: npm could not fetch it, and FHIR_R4_SCHEMA names no file")


# -- what the service says of itself -------------------------------------------------------------------


def test_the_capability_statement_names_what_there_is(get, fhir_app):
    (rest,) = get("metadata")["rest"]
    named = {(each["type"], operation["name"]) for each in rest["resource"] for operation in each["operation"]}
    routes = {rule.rule for rule in fhir_app.url_map.iter_rules() if "$" in rule.rule}
    assert {f"/fhir/{kind}/${name}" for kind, name in named} == {rule for rule in routes if "<" not in rule}
    assert get("metadata", mode="full") == get("metadata", mode="normative")


def test_the_terminology_capabilities_name_systems_versions_and_parameters(get):
    found = get("metadata", mode="terminology")
    assert [each["uri"] for each in found["codeSystem"]] == [HCPCS, ICD]
    versions = found["codeSystem"][0]["version"]
    assert [(each["code"], each["isDefault"]) for each in versions] == [
        ("2021-04", True),
        ("2020", False),
        ("2019", False),
    ]
    assert "version" not in found["codeSystem"][1]
    named = {each["name"] for each in found["expansion"]["parameter"]}
    assert {"activeOnly", "count", "offset", "filter", "date", "system-version"} <= named


# -- resources -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resource_id", "version", "count"), [("hcpcs", "2021-04", 6), ("hcpcs-2020", "2020", 6), ("hcpcs-2019", "2019", 5)]
)
def test_a_release_is_a_code_system_that_counts_its_codes_and_lists_none(get, resource_id, version, count):
    found = get(f"CodeSystem/{resource_id}")
    assert (found["id"], found["url"], found["version"]) == (resource_id, HCPCS, version)
    assert (found["content"], found["count"], found["caseSensitive"]) == ("not-present", count, True)
    assert "concept" not in found
    total = get("ValueSet/$expand", url=ALL_HCPCS, valueSetVersion=version, count=0)["expansion"]["total"]
    assert total == count


def test_documents_of_another_system_are_a_fragment_that_lists_them(get):
    found = get("CodeSystem/icd-10-pcs")
    assert (found["url"], found["content"]) == (ICD, "fragment")
    assert not {"count", "version"} & set(found)
    (concept,) = found["concept"]
    assert (concept["code"], concept["display"]) == (fhir_data.OTHER_SYSTEM, "Repair of a worn example, each")
    assert "Mending" in [each["value"] for each in concept["designation"]]


def test_without_a_release_hcpcs_is_a_fragment_too(tmp_path):
    data = fhir_data.write(tmp_path / "data", tmp_path / "corpus", releases=False)
    app = create_app(load_config({}, data=data))
    client = app.test_client()
    found = fhir_r4.check(json.loads(client.get("/fhir/CodeSystem/hcpcs").data))
    assert (found["content"], [each["code"] for each in found["concept"]]) == ("fragment", [fhir_data.UNLISTED])
    asked = {"url": HCPCS, "code": "E0001"}
    told = json.loads(client.get("/fhir/CodeSystem/$validate-code", query_string=asked).data)
    assert _value(told, "result") == [False]
    assert "1 codes and no release" in _value(told, "message")[0]
    assert client.get("/fhir/ValueSet/hcpcs/$expand?date=2020").status_code == 400
    app.extensions["procsearch"].close()


def test_a_value_set_says_what_it_is_made_of(get):
    found = get("ValueSet/hcpcs")
    assert (found["url"], found["version"]) == (ALL_HCPCS, "2021-04")
    assert found["compose"]["include"] == [{"system": HCPCS, "version": "2021-04"}]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ({}, ["hcpcs", "hcpcs-2020", "hcpcs-2019", "icd-10-pcs"]),
        ({"url": HCPCS}, ["hcpcs", "hcpcs-2020", "hcpcs-2019"]),
        ({"url": f"{HCPCS}|2019"}, ["hcpcs-2019"]),
        ({"url": "urn:oid:2.16.840.1.113883.6.285", "version": "2020"}, ["hcpcs-2020"]),
        ({"version": "2019,2020"}, ["hcpcs-2020", "hcpcs-2019"]),
        ({"name": "hcpcslevel"}, ["hcpcs", "hcpcs-2020", "hcpcs-2019"]),
        ({"name:exact": "hcpcslevel"}, []),
        ({"title:contains": "procedure codes"}, ["icd-10-pcs"]),
        ({"status": "active", "_id": "hcpcs"}, ["hcpcs"]),
        ({"status": "retired"}, []),
        ({"_count": "1"}, ["hcpcs"]),
        ({"_summary": "count"}, []),
    ],
)
def test_code_systems_are_found(get, query, ids):
    found = get("CodeSystem", **query)
    assert [each["resource"]["id"] for each in found.get("entry", [])] == ids
    if not {"_count", "_summary"} & set(query):
        assert found["total"] == len(ids)
    for each in found.get("entry", []):
        assert each["fullUrl"] == f"http://localhost/fhir/CodeSystem/{each['resource']['id']}"


def test_value_sets_are_found_by_every_address(get):
    for address in (ALL_HCPCS, f"{HCPCS}?fhir_vs", "urn:oid:2.16.840.1.113883.1.11.19394"):
        assert get("ValueSet", url=address, _total="accurate")["total"] == 1
    assert get("ValueSet", url="http://example.org/other")["total"] == 0


@pytest.mark.parametrize("summary", ["true", "text", "data", "false"])
def test_summaries_leave_elements_out_and_say_so(get, summary):
    whole = get("CodeSystem/icd-10-pcs")
    if summary != "data":
        read = get("CodeSystem/icd-10-pcs", _summary=summary)
        is_short = summary in ("true", "text")
        assert ("concept" in read) != is_short
        assert ("tag" in read["meta"]) == is_short
    entry = get("CodeSystem", _id="icd-10-pcs", _summary=summary)["entry"][0]["resource"]
    assert set(entry) <= set(whole)


# -- $lookup -------------------------------------------------------------------------------------------


def test_lookup_tells_facts_as_properties_and_names_as_designations(get):
    found = get("CodeSystem/$lookup", system=HCPCS, code="E0002")
    assert _value(found, "version") == ["2021-04"]
    assert _value(found, "display") == ["Invented cane, wooden"]
    properties = _properties(found)
    assert properties["inactive"] == [(False, None)]
    assert properties["kind"] == [("procedure", None)]
    assert properties["coverage"][0][0] == "C"
    assert properties["coverage"][0][1]
    assert properties["cross_references"] == [("E0001", None)]
    assert properties["added"] == [("2001-01-01", None)]


def test_lookup_of_a_document_tells_its_names_and_on_demand_its_summary(get):
    asked = {"system": ICD, "code": fhir_data.OTHER_SYSTEM}
    found = get("CodeSystem/$lookup", **asked)
    assert {"Mending", "Example Mending", "exemplum restitutum"} <= set(_designations(found))
    assert "definition" not in _properties(found)
    defined = get("CodeSystem/$lookup", **asked, property="definition")
    assert _properties(defined)["definition"][0][0].startswith("Some text about")
    assert not _designations(defined)


def test_lookup_tells_only_properties_that_are_asked_for(get):
    found = get("CodeSystem/$lookup", system=HCPCS, code="E0001", property=["coverage", "designation"])
    assert set(_properties(found)) == {"coverage"}
    assert _designations(found)


@pytest.mark.parametrize(
    ("when", "display", "coverage", "pricing", "betos"),
    [
        ({"version": "2019"}, "Invented pump, insulin", "D", ["32", "36"], "D1E"),
        ({"date": "2019-12-31"}, "Invented pump, insulin", "D", ["32", "36"], "D1E"),
        ({"date": "2020"}, "Invented pump for insulin, with dial", "M", ["32"], "D1E"),
        ({"date": "2021-03-31T10:00:00Z"}, "Invented pump for insulin, with dial", "M", ["32"], "D1E"),
        ({"date": "2021-04"}, "Invented pump for insulin, silent", "M", [], "D1F"),
        ({}, "Invented pump for insulin, silent", "M", [], "D1F"),
    ],
)
def test_a_date_or_version_picks_the_release_that_was_in_force(get, when, display, coverage, pricing, betos):
    found = get("CodeSystem/$lookup", system=HCPCS, code="E0001", **when)
    properties = _properties(found)
    assert _value(found, "display") == [display]
    assert properties["coverage"][0][0] == coverage
    assert [value for value, _ in properties.get("pricing", [])] == pricing
    assert properties["betos"][0][0] == betos
    # Of earlier releases it is not known what took effect when.
    assert ("effective" in properties) == (display.endswith("silent"))
    assert properties["release"] == [(_value(found, "version")[0], None)]


@pytest.mark.parametrize(
    "address",
    [
        HCPCS,
        f"{HCPCS}|2020",
        "urn:oid:2.16.840.1.113883.6.285",
        "http://clinicaltables.nlm.nih.gov/fhir/CodeSystem/hcpcs",
        "http://terminology.hl7.org/CodeSystem/hcpcs-Level-II",
    ],
)
def test_every_alias_of_the_system_is_understood(get, address):
    assert _value(get("CodeSystem/$lookup", system=address, code="E0004"), "display") == ["Invented lamp, for reading"]
    assert _value(get("CodeSystem/$validate-code", url=address, code="E0004"), "result") == [True]
    expanded = get("ValueSet/$expand", url=f"{address.partition('|')[0]}?fhir_vs", count=1)
    assert expanded["expansion"]["contains"][0]["system"] == HCPCS


def test_lookup_by_coding(post):
    coding = {"system": HCPCS, "code": "E0001", "version": "2019"}
    found = post("CodeSystem/$lookup", _parameters(coding={"valueCoding": coding}, property={"valueCode": "betos"}))
    assert _value(found, "display") == ["Invented pump, insulin"]
    assert set(_properties(found)) == {"betos"}


# -- $expand -------------------------------------------------------------------------------------------


def test_an_expansion_walks_the_codes_in_order_with_exact_totals(get):
    whole = get("ValueSet/$expand", url=ALL_HCPCS)
    assert _codes(whole) == ["A0003", "A0005", "E0001", "E0002", "E0004", "ZL"]
    pages = [get("ValueSet/hcpcs/$expand", count=2, offset=offset) for offset in (0, 2, 4, 6)]
    assert [code for page in pages for code in _codes(page)] == _codes(whole)
    assert {page["expansion"]["total"] for page in pages} == {6}
    assert get("ValueSet/hcpcs/$expand", count=0)["expansion"]["total"] == 6


def test_codes_not_in_use_are_marked_or_left_out(get):
    whole = get("ValueSet/hcpcs/$expand")["expansion"]["contains"]
    assert [each["code"] for each in whole if each.get("inactive")] == ["A0003", "A0005"]
    active = get("ValueSet/hcpcs/$expand", activeOnly="true")
    assert _codes(active) == ["E0001", "E0002", "E0004", "ZL"]
    assert active["expansion"]["total"] == 4


@pytest.mark.parametrize(
    ("date", "codes", "inactive", "display"),
    [
        ("2019-06-01", ["A0003", "A0005", "E0001", "E0002", "ZL"], [], "Invented pump, insulin"),
        ("2020-06-30", ["A0003", "A0005", "E0001", "E0002", "E0004", "ZL"], [], "Invented pump for insulin, with dial"),
        (
            "2020-07-01",
            ["A0003", "A0005", "E0001", "E0002", "E0004", "ZL"],
            ["A0003"],
            "Invented pump for insulin, with dial",
        ),
        (
            "2021-04-01",
            ["A0003", "A0005", "E0001", "E0002", "E0004", "ZL"],
            ["A0003", "A0005"],
            "Invented pump for insulin, silent",
        ),
    ],
)
def test_an_expansion_is_that_of_its_day(get, date, codes, inactive, display):
    found = get("ValueSet/hcpcs/$expand", date=date)
    contains = found["expansion"]["contains"]
    assert _codes(found) == codes
    assert [each["code"] for each in contains if each.get("inactive")] == inactive
    assert next(each for each in contains if each["code"] == "E0001")["display"] == display


def test_a_filter_asks_the_search_core(get, fhir_app):
    searched = fhir_app.test_client().get("/api/v1/search?q=invented+pump").json
    hits = [hit["code"] for hit in searched["hits"]]
    found = get("ValueSet/hcpcs/$expand", filter="invented pump", count=10)
    assert _codes(found) == hits
    assert found["expansion"]["total"] == searched["total"]
    second = get("ValueSet/hcpcs/$expand", filter="invented pump", count=1, offset=1)
    assert _codes(second) == hits[1:2]
    assert get("ValueSet/hcpcs/$expand", filter="invented pump", count=0)["expansion"]["total"] == searched["total"]
    assert _codes(get("ValueSet/hcpcs/$expand", filter="inventd pmup", count=1)) == ["E0001"]


def test_a_filter_finds_only_what_belongs_to_the_value_set(get):
    assert _codes(get("ValueSet/hcpcs/$expand", filter="lamp", date="2019-06-01")) == []
    assert _codes(get("ValueSet/hcpcs/$expand", filter="lamp", date="2020-06-01")) == ["E0004"]
    assert _codes(get("ValueSet/hcpcs/$expand", filter="spoon", activeOnly="true")) == []
    assert _codes(get("ValueSet/hcpcs/$expand", filter="mending")) == []
    assert _codes(get("ValueSet/icd-10-pcs/$expand", filter="mending")) == [fhir_data.OTHER_SYSTEM]


def test_a_document_whose_code_no_release_lists_is_no_code_of_hcpcs(get):
    assert _value(get("CodeSystem/$validate-code", url=HCPCS, code=fhir_data.UNLISTED), "result") == [False]
    get("CodeSystem/$lookup", 404, system=HCPCS, code=fhir_data.UNLISTED)


def test_designations_come_where_they_are_wanted(get):
    (plain,) = get("ValueSet/icd-10-pcs/$expand")["expansion"]["contains"]
    assert "designation" not in plain
    for wanted in (
        {"includeDesignations": "true"},
        {"designation": "http://snomed.info/sct|900000000000013009"},
        {"designation": "urn:ietf:bcp:47|en"},
    ):
        (entry,) = get("ValueSet/icd-10-pcs/$expand", **wanted)["expansion"]["contains"]
        assert "Mending" in [each["value"] for each in entry["designation"]]
    (other,) = get("ValueSet/icd-10-pcs/$expand", designation="urn:ietf:bcp:47|de")["expansion"]["contains"]
    assert "designation" not in other


def test_an_expansion_says_by_which_parameters_and_versions(get):
    given = {"filter": "pump ", "count": 3, "activeOnly": "true", "date": "2020", "displayLanguage": "en"}
    expansion = get("ValueSet/hcpcs/$expand", **given)["expansion"]
    told = {
        each["name"]: next(value for key, value in each.items() if key != "name") for each in expansion["parameter"]
    }
    assert told == {
        "filter": "pump",
        "count": 3,
        "offset": 0,
        "activeOnly": True,
        "date": "2020-01-01",
        "displayLanguage": "en",
        "used-codesystem": f"{HCPCS}|2020",
        "version": f"{HCPCS}|2020",
    }
    assert "compose" in get("ValueSet/hcpcs/$expand", includeDefinition="true")


def test_versions_of_systems(get):
    for name in ("system-version", "force-system-version"):
        found = get("ValueSet/$expand", **{"url": ALL_HCPCS, name: f"{HCPCS}|2019"})
        assert found["version"] == "2019"
    pinned = {"url": f"{ALL_HCPCS}|2020"}
    assert get("ValueSet/$expand", **pinned, **{"system-version": f"{HCPCS}|2019"})["version"] == "2020"
    assert get("ValueSet/$expand", **pinned, **{"force-system-version": f"{HCPCS}|2019"})["version"] == "2019"
    assert get("ValueSet/$expand", **pinned, **{"check-system-version": f"{HCPCS}|2020"})["version"] == "2020"
    get("ValueSet/$expand", 400, **pinned, **{"check-system-version": f"{HCPCS}|2019"})
    assert _codes(get("ValueSet/$expand", **{"url": ALL_HCPCS, "exclude-system": HCPCS})) == []


@pytest.mark.parametrize(
    ("value_set", "codes"),
    [
        (_composed({"system": HCPCS, "filter": [{"property": "kind", "op": "=", "value": "modifier"}]}), ["ZL"]),
        (
            _composed({"system": HCPCS, "filter": [{"property": "betos", "op": "in", "value": "D1F,XXX"}]}),
            ["E0001"],
        ),
        (
            _composed({"system": HCPCS, "filter": [{"property": "coverage", "op": "not-in", "value": "C"}]}),
            ["E0001"],
        ),
        (
            _composed({"system": HCPCS, "filter": [{"property": "inactive", "op": "=", "value": "true"}]}),
            ["A0003", "A0005"],
        ),
        (_composed({"system": HCPCS, "concept": [{"code": "E0002"}, {"code": "A0003"}]}), ["A0003", "E0002"]),
        (_composed({"system": HCPCS, "concept": [{"code": "A0003"}]}, inactive=False), []),
        (_composed({"valueSet": [ALL_HCPCS]}, exclude=[{"system": HCPCS, "concept": [{"code": "ZL"}]}]), None),
        (_composed({"system": ICD}, {"system": HCPCS, "concept": [{"code": "ZL"}]}), [fhir_data.OTHER_SYSTEM, "ZL"]),
        (_composed({"system": HCPCS, "version": "2019", "valueSet": [f"{ALL_HCPCS}|2019"]}), None),
    ],
)
def test_composed_value_sets_are_expanded_and_validated(post, value_set, codes):
    found = post("ValueSet/$expand", value_set, content_type="application/json")
    if codes is None:
        assert _codes(found) == ["A0003", "A0005", "E0001", "E0002"] + ["E0004"] * (
            "exclude" in value_set["compose"]
        ) + ["ZL"] * ("exclude" not in value_set["compose"])
    else:
        assert _codes(found) == codes
    again = post("ValueSet/$expand", _parameters(valueSet={"resource": value_set}))
    assert again["expansion"].get("contains") == found["expansion"].get("contains")
    for entry in found["expansion"].get("contains", []):
        coding = {"system": entry["system"], "code": entry["code"]}
        asked = _parameters(valueSet={"resource": value_set}, coding={"valueCoding": coding})
        assert _value(post("ValueSet/$validate-code", asked), "result") == [True]


def test_a_value_set_may_call_a_code_otherwise(post):
    value_set = _composed({"system": HCPCS, "concept": [{"code": "E0002", "display": "Walking stick"}]})
    value_set |= {"url": "http://example.org/sticks", "title": "Sticks"}
    found = post("ValueSet/$expand", value_set, filter="wooden")
    assert [each["display"] for each in found["expansion"]["contains"]] == ["Walking stick"]
    assert (found["url"], found["title"]) == ("http://example.org/sticks", "Sticks")


# -- $validate-code, $subsumes -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "result", "message"),
    [
        ({"code": "E0001"}, True, None),
        ({"code": "e0001"}, False, "not a code"),
        ({"code": "E9998"}, False, "not a code"),
        ({"code": "E0001", "display": "invented  PUMP for insulin, silent"}, True, None),
        ({"code": "E0001", "display": "Invented pump, insulin", "version": "2019"}, True, None),
        ({"code": "E0001", "display": "Invented pump, insulin"}, False, "no name"),
        ({"code": "A0003"}, True, "not in use"),
        ({"code": "A0003", "date": "2020-06-30"}, True, None),
        ({"code": "A0003", "date": "2020-07-01"}, False, "not in use"),
        ({"code": "A0005", "date": "2021-04-01"}, False, "not in use"),
        ({"code": "A0005", "date": "2021-03-31"}, True, None),
        ({"code": "E0004", "version": "2019"}, False, "not a code"),
        ({"code": "E0004", "date": "2019-12-31"}, False, "not a code"),
        ({"code": "E0004", "date": "2020-01-01"}, True, None),
    ],
)
def test_validation_in_the_code_system_and_in_the_value_set(get, asked, result, message):
    for found in (
        get("CodeSystem/$validate-code", url=HCPCS, **asked),
        get(
            "ValueSet/$validate-code",
            url=ALL_HCPCS,
            system=HCPCS,
            **{"systemVersion" if name == "version" else name: value for name, value in asked.items()},
        ),
    ):
        assert _value(found, "result") == [result], asked
        told = _value(found, "message")
        assert (message in told[0]) if message else not told


def test_validation_of_one_resource(get):
    assert _value(get("CodeSystem/hcpcs-2019/$validate-code", code="E0004"), "result") == [False]
    assert _value(get("CodeSystem/hcpcs/$validate-code", code="E0004"), "result") == [True]
    named_then = {"code": "E0001", "date": "2019-06-01", "display": "Invented pump, insulin"}
    assert _value(get("CodeSystem/hcpcs/$validate-code", **named_then), "result") == [True]
    assert _value(get("ValueSet/hcpcs/$validate-code", code="E0004", valueSetVersion="2019"), "result") == [False]
    assert _value(get("ValueSet/icd-10-pcs/$validate-code", code=fhir_data.OTHER_SYSTEM), "result") == [True]
    wrong = get("ValueSet/hcpcs/$validate-code", code="E0004", system="http://loinc.org")
    assert (_value(wrong, "result"), "http://loinc.org" in _value(wrong, "message")[0]) == ([False], True)


def test_one_right_coding_of_a_concept_is_enough(post):
    concept = {"coding": [{"system": "http://loinc.org", "code": "1-8"}, {"system": HCPCS, "code": "ZL"}]}
    for path in ("CodeSystem/$validate-code", "ValueSet/$validate-code"):
        url = {"valueUri": HCPCS if path.startswith("Code") else ALL_HCPCS}
        found = post(path, _parameters(url=url, codeableConcept={"valueCodeableConcept": concept}))
        assert (_value(found, "result"), _value(found, "display")) == ([True], ["Invented side, left"])


def test_a_code_subsumes_itself_only(get, post):
    assert _value(get("CodeSystem/$subsumes", system=HCPCS, codeA="ZL", codeB="ZL"), "outcome") == ["equivalent"]
    found = get("CodeSystem/hcpcs/$subsumes", codeA="ZL", codeB="E0001")
    assert _value(found, "outcome") == ["not-subsumed"]
    codings = {f"coding{each}": {"valueCoding": {"system": HCPCS, "code": "ZL"}} for each in "AB"}
    assert _value(post("CodeSystem/$subsumes", _parameters(**codings)), "outcome") == ["equivalent"]


# -- how it is said ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "query", "status"),
    [
        ("application/fhir+json", "", 200),
        ("application/fhir+json; fhirVersion=4.0", "", 200),
        ("application/json;q=0.5, text/html", "", 200),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "", 200),
        ("*/*", "?_format=json", 200),
        ("application/fhir+xml", "?_format=application/fhir+json", 200),
        ("application/fhir+xml", "?_format=application/fhir%2Bjson", 200),
        ("application/fhir+xml", "", 406),
        ("application/fhir+json; fhirVersion=3.0", "", 406),
        ("application/fhir+json;q=0", "", 406),
        ("*/*", "?_format=xml", 406),
        ("*/*", "?_format=application/fhir%2Bxml", 406),
    ],
)
def test_negotiation(fhir_app, accept, query, status):
    response = fhir_app.test_client().get(f"/fhir/CodeSystem/hcpcs{query}", headers={"Accept": accept})
    assert response.status_code == status
    fhir_r4.check(json.loads(response.data))


def test_pretty_answers_are_in_lines(fhir_app):
    client = fhir_app.test_client()
    assert b'\n  "resourceType"' in client.get("/fhir/metadata?_pretty=true").data
    assert b"\n" in client.get("/fhir/ValueSet/hcpcs/$expand?_pretty=true").data


def test_answers_to_operations_have_tags_and_are_kept(fhir_app):
    client = fhir_app.test_client()
    first = client.get("/fhir/ValueSet/hcpcs/$expand?count=2")
    again = client.get("/fhir/ValueSet/hcpcs/$expand?count=2", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
