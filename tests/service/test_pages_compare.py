"""The page that compares codes, and the codes that a page calls related."""

from __future__ import annotations

import pytest

from indexer.build import build
from service.app import create_app
from service.config import load_config
from service.web.compare import rows
from service.web.related import related
from tests.corpus.samples import document_text
from tests.service.test_pages import get


@pytest.fixture(scope="module")
def official(official_data):
    app = create_app(load_config({}, data=official_data))
    yield app
    app.extensions["procsearch"].close()


def _searcher(app):
    return app.extensions["procsearch"]


def test_codes_stand_side_by_side_in_the_order_given(client):
    text = get(client, "/compare?code=h0015&code=E0601&code=H-0015")
    assert text.index('<span class="code">H0015</span>') < text.index('<span class="code">E0601</span>')
    assert text.count('<th scope="col">') == 2
    assert "CPAP Machine" in text
    assert 'href="/compare?code=E0601">Remove' in text


def test_at_most_three_codes_are_compared(client):
    text = get(client, "/compare?code=H0015&code=E0601&code=J3420&code=T1019", 400)
    assert "at most 3 codes to compare; got 4" in text
    assert "Three codes are the most" in get(client, "/compare?code=H0015&code=E0601&code=J3420")


def test_unknown_and_blank_codes_are_told_or_passed_over(client):
    text = get(client, "/compare?code=Z9999&code=&code=H0015")
    assert "There is no code Z9999 here" in text
    assert text.count('<th scope="col">') == 1
    assert "Give two or three codes" in get(client, "/compare")


@pytest.mark.parametrize("code", ["<script>x</script>", "%00", "a" * 5_000, "..%2F..%2Fetc", "%F0%9F%A9%BA"])
def test_hostile_codes_are_escaped_and_answered(client, code):
    assert "<script>x" not in get(client, f"/compare?code={code}")


def test_rows_say_whether_codes_differ_and_empty_ones_are_left_out(official):
    records = [_searcher(official).document(code)[0] for code in ("E0601", "E0470")]
    made = {row.heading: row for row in rows(records)}
    assert not made["Status"].differs
    assert not made["Family"].differs
    assert made["Official descriptor"].differs
    assert made["Common names"].cells[1] == []
    assert "Statute" not in made
    assert "Drug names" not in made
    assert made["Medicare coverage"].cells[0][0].startswith("D ")
    assert any(line.startswith("Common Risks") for line in made["Risks and Complications"].cells[0])


def test_neighbors_stand_next_to_the_code_and_are_of_its_kind(official):
    for code in ("E0601", "A0021", "V5364", "GD", "J3420"):
        record = _searcher(official).document(code)[0]
        (group,) = [each for each in related(record, _searcher(official)) if each.heading.startswith("Next")]
        codes = [card["code"] for card in group.cards]
        assert codes == sorted(codes)
        assert code not in codes
        assert {len(each) for each in codes} == {len(code)}
        assert {each[0] for each in codes} == {code[0]}
    record = _searcher(official).document("E0604")[0]
    assert {"E0603", "E0605"} <= {card["code"] for card in related(record, _searcher(official))[-1].cards}


def test_cross_references_of_the_official_record_are_related(official):
    record = _searcher(official).document("B4105")[0]
    first = related(record, _searcher(official))[0]
    assert first.heading == "The official record refers to"
    assert [card["code"] for card in first.cards] == ["Q9994"]


def test_alternatives_name_codes_and_procedures(tmp_path):
    folder = tmp_path / "own"
    folder.mkdir()
    text = document_text()
    heading = text.index("Alternatives\n") + len("Alternatives\n")
    text = text[:heading] + "- Other Options: A sleep apnea machine, or H0015 and Z0001.\n" + text[heading:]
    (folder / "one.txt").write_text(text)
    from corpus.store import SHIPPED

    build(tmp_path, [SHIPPED, folder])
    app = create_app(load_config({}, data=tmp_path))
    found = related(_searcher(app).document("A9999")[0], _searcher(app))
    (group,) = [each for each in found if each.heading == "Among the alternatives"]
    assert [card["code"] for card in group.cards] == ["H0015", "E0601"]
    assert '<a href="/codes/E0601">' in get(app.test_client(), "/codes/A9999")
    _searcher(app).close()


def test_no_code_is_related_twice_or_to_itself(official):
    for code in ("P9016", "E0970", "H0015", "B4105"):
        groups = related(_searcher(official).document(code)[0], _searcher(official))
        codes = [card["code"] for group in groups for card in group.cards]
        assert len(codes) == len(set(codes))
        assert code not in codes
