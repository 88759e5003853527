"""What a release did to a code: arrival, wording, facts, end, disappearance and return."""

from __future__ import annotations

from indexer.history import Change, Event, histories
from tests.indexer.records import code, release


def _events(*releases):
    return histories(releases)["A0001"].events


def test_the_oldest_release_lists_what_is_older_than_itself():
    assert _events(release("2019", code())) == (Event("2019", "listed", "2001-01-01"),)


def test_a_code_dated_in_the_oldest_release_came_with_it():
    assert _events(release("2019", code(added="2019-01-01"))) == (Event("2019", "added", "2019-01-01"),)


def test_a_code_of_a_later_release_was_added_there():
    found = _events(release("2019", code("A0002")), release("2020", code(added="2020-01-01")))
    assert found == (Event("2020", "added", "2020-01-01"),)


def test_wording_and_facts_are_told_apart():
    after = code(long="Invented supply, each pair", coverage="M", effective="2020-01-01")
    reworded, changed = _events(release("2019", code()), release("2020", after))[1:]
    assert (reworded.kind, reworded.date) == ("reworded", "2020-01-01")
    assert Change("long_descriptor", "Invented supply, each", "Invented supply, each pair") in reworded.changes
    assert changed == Event("2020", "changed", "2020-01-01", (Change("coverage", "C", "M"),))


def test_an_end_and_a_return():
    ended = code(terminated="2019-12-31")
    found = _events(release("2019", code()), release("2020", ended), release("2021", code()))
    assert [(event.release, event.kind, event.date) for event in found[1:]] == [
        ("2020", "ended", "2019-12-31"),
        ("2021", "reinstated", None),
    ]


def test_a_code_that_leaves_the_file_and_comes_back():
    other = code("A0002")
    found = histories([release("2019", code(), other), release("2020", other), release("2021", code(), other)])
    assert [event.kind for event in found["A0001"].events] == ["listed", "dropped", "relisted"]
    assert found["A0001"].listed


def test_the_order_given_does_not_matter_and_the_newest_record_wins():
    releases = [release("2020-04", code(long="Newest")), release("2019", code()), release("2020", code(long="Newer"))]
    history = histories(releases)["A0001"]
    assert (history.latest.long_descriptor, history.release, history.listed) == ("Newest", "2020-04", True)


def test_a_dropped_code_keeps_its_last_record():
    history = histories([release("2019", code(), code("A0002")), release("2020", code("A0002"))])["A0001"]
    assert (history.release, history.listed) == ("2019", False)


def test_a_return_to_the_list_tells_what_changed_since_the_code_was_last_listed():
    after = code(long="Invented supply, each pair", coverage="M")
    found = _events(release("2019", code()), release("2020", code("A0002")), release("2021", after))
    assert [event.kind for event in found] == ["listed", "dropped", "relisted"]
    assert Change("long_descriptor", "Invented supply, each", "Invented supply, each pair") in found[2].changes
    assert Change("coverage", "C", "M") in found[2].changes
