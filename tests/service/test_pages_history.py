"""The history that a code page shows: by year, and word by word."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.web.history import Piece, word_diff, years

_TEXTS = st.text(alphabet="ab ,.-é\n", max_size=60) | st.lists(
    st.sampled_from(["each", "per", "day", "injection,", "10", "mg"]), max_size=30
).map(" ".join)


def _event(release, kind="changed", changes=(), date=None):
    return {"release": release, "event": kind, "date": date, "changes": list(changes)}


@given(_TEXTS, _TEXTS)
def test_a_diff_holds_both_wordings_whole(before, after):
    pieces = word_diff(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == after
    assert all(piece.text for piece in pieces)
    kinds = [piece.kind for piece in pieces]
    assert all(one != other for one, other in itertools.pairwise(kinds))
    assert ("added", "removed") not in itertools.pairwise(kinds)


@given(_TEXTS)
def test_equal_wordings_have_no_change(text):
    assert {piece.kind for piece in word_diff(text, text)} <= {"same"}


def test_a_diff_marks_whole_words_and_keeps_what_is_longer():
    assert word_diff("Injection, iron, 50 mg each", "Injection, iron dextran, 50 mg each") == [
        Piece("same", "Injection, iron"),
        Piece("added", " dextran"),
        Piece("same", ", 50 mg each"),
    ]


def test_short_words_between_two_changes_do_not_chop_up_a_diff():
    pieces = word_diff("for use of patients with pain", "in care of people with pain")
    assert pieces == [
        Piece("removed", "for use of patients"),
        Piece("added", "in care of people"),
        Piece("same", " with pain"),
    ]


def test_an_enormous_text_is_replaced_whole():
    before, after = "a " * 5_000, "b " * 5_000
    assert word_diff(before, after) == [Piece("removed", before), Piece("added", after)]


def test_years_run_from_the_newest_with_quiet_ones_between():
    history = [_event("2018", "listed"), _event("2020", "reworded"), _event("2020-07", "ended", date="2020-06-30")]
    found = years(history, ["2017", "2018", "2019", "2020", "2020-07", "2021"])
    assert [(year.year, [event.heading for event in year.events]) for year in found] == [
        ("2021", []),
        ("2020", ["Ended", "Reworded"]),
        ("2019", []),
        ("2018", ["Listed in the oldest file imported"]),
    ]
    assert [event.release for event in found[1].events] == ["2020-07", None]


def test_a_code_that_was_dropped_has_no_quiet_years_until_it_is_listed_again():
    history = [_event("2016", "added"), _event("2018", "dropped"), _event("2021", "relisted")]
    found = years(history, [str(year) for year in range(2015, 2023)])
    assert [year.year for year in found] == ["2022", "2021", "2018", "2017", "2016"]


@pytest.mark.parametrize(
    ("field", "before", "after", "heading", "texts"),
    [
        (
            "coverage",
            "D",
            "C",
            "Medicare coverage",
            ["D covered under special instructions", "C covered at the contractor's discretion"],
        ),
        ("statute", "", "1862", "Statute", ["1862"]),
        ("types_of_service", "P, R", "P", "Type of service", ["P ", "; R ", "P "]),
        ("short_descriptor", "Old word", "New word", "Short descriptor", ["Old", "New", " word"]),
    ],
)
def test_a_changed_field_is_told_with_the_meaning_of_its_values(field, before, after, heading, texts):
    change = {"field": field, "before": before, "after": after}
    ((event,),) = [year.events for year in years([_event("2020", changes=[change])], [])]
    assert event.changes[0].heading == heading
    shown = " | ".join(piece.text for piece in event.changes[0].pieces)
    assert all(text in shown for text in texts)


def test_every_code_of_the_official_files_can_be_shown(official_data):
    """Every history that really came up has headings for all that it says."""
    import orjson

    from indexer.snapshots import SnapshotStore

    store = SnapshotStore(official_data)
    lines = (official_data / "snapshots" / str(store.current_name()) / "documents.jsonl").read_bytes().splitlines()
    changed = 0
    for line in lines:
        for year in years(orjson.loads(line)["history"], ["2019", "2020"]):
            changed += any(event.changes for event in year.events)
    assert changed > 50
