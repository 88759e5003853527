"""Constraints: what each form demands, that what cannot be read is an error for q, and that work is bounded; and which
records hold words of a list, held to a slow reading of the postings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.compiled import bits
from indexer.compiled.reader import CompiledIndex
from indexer.snapshots import SnapshotStore
from service.search.engines.wordlists import holding_words, strings_like
from service.search.errors import BadRequest
from service.search.query.constraint import MAX_PATTERNS, parse_constraint
from service.search.query.constraint_fields import CodeField, DateField, FlagField, TextField
from service.search.query.syntax import All, AnyOf, Codes, Dates, Not, Pattern, Words
from tests.service import nlm_data

ENDED = Dates("ends", 1, 20200101)
FIELDS = {
    "code": CodeField(),
    "text": TextField(("descriptor",)),
    "added": DateField("added"),
    "ended": FlagField(ENDED),
}
DEFAULT = TextField(("descriptor", "title"))
LAST = 99991230


def _parse(text):
    return parse_constraint(text, FIELDS, DEFAULT)


def _word(text, **options):
    return Words(text, DEFAULT.names, **options)


A, B, C = map(_word, "abc")


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("", None),
        (" ", None),
        ("a", A),
        ("a b", AnyOf((A, B))),
        ("a OR b", AnyOf((A, B))),
        ("a || b", AnyOf((A, B))),
        ("a AND b", All((A, B))),
        ("a && b", All((A, B))),
        ("a AND b OR c", AnyOf((All((A, B)), C))),
        ("a AND (b OR c)", All((A, AnyOf((B, C))))),
        ("((a))", A),
        ("NOT a", Not(A)),
        ("!a", Not(A)),
        ("NOT NOT a", A),
        ("a -b", All((A, Not(B)))),
        ("a NOT b", All((A, Not(B)))),
        ("a OR NOT b", AnyOf((A, Not(B)))),
        ("a AND NOT b", All((A, Not(B)))),
        ("+a b -c", All((A, Not(C)))),
        ("+a +b c", All((A, B))),
        ('"a b"^2.5', _word("a b", phrase=True)),
        (r'"a \"b\""', _word('a "b"', phrase=True)),
        ("semi-rigid", _word("semi-rigid")),
        ("and or not", AnyOf((_word("and"), _word("or"), _word("not")))),
        ("*:*", All(())),
        ("text:a", Words("a", ("descriptor",))),
        ("text: a", Words("a", ("descriptor",))),
        ("text:(a b)", AnyOf((Words("a", ("descriptor",)), Words("b", ("descriptor",))))),
        ("text:Wh*r?", Pattern("wh*r?", ("descriptor",))),
        (r"text:wh\*", Words("wh*", ("descriptor",))),
        ("text:self-adh*", All((Words("self", ("descriptor",)), Pattern("adh*", ("descriptor",))))),
        ("text:*", Pattern("*", ("descriptor",))),
        ("_exists_:added", Dates("added", 1, LAST)),
        ("code:*", All(())),
        ("code:e0784", Codes("E0784", "E0784")),
        ('code:"e 0784"', Codes("E0784", "E0784")),
        ("code:E07*", Pattern("E07*", ("code",))),
        ("code:[A0001 TO *]", All((Codes("A0001", "\U0010ffff"),))),
        ("code:{* TO A0009}", All((Codes("", "A0009"), Not(Codes("A0009", "A0009"))))),
        ("code:>A0001", All((Codes("A0001", "\U0010ffff"), Not(Codes("A0001", "A0001"))))),
        ("added:2019", Dates("added", 20190000, 20199999)),
        ("added:2019*", Dates("added", 20190000, 20199999)),
        ("added:2019-02", Dates("added", 20190200, 20190299)),
        ('added:"2019-02-03"', Dates("added", 20190203, 20190203)),
        ("added:[2018 TO 2019]", Dates("added", 20180000, 20199999)),
        ("added:{2018 TO 2020}", Dates("added", 20190000, 20199999)),
        ("added:[* TO 20190101]", Dates("added", 1, 20190101)),
        ("added:>20190101", Dates("added", 20190102, LAST)),
        ("added:<=2019", Dates("added", 1, 20199999)),
        ("added:9999", Dates("added", 99990000, LAST)),
        ("ended:true", ENDED),
        ("ended:FALSE", Not(ENDED)),
    ],
)
def test_what_is_demanded(text, node):
    assert _parse(text) == node


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(a", "a ) for each bracket ("),
        ("a)", "a bracket ( before each )"),
        ("()", "words, a phrase"),
        ("nosuch:a", "a field of code, text, added, ended"),
        ("_exists_:nosuch", "a field of"),
        ("_exists_:", "something behind"),
        ("added:x", "a date like"),
        ("added:[x TO 2019]", "a date like"),
        ("added:٢٠١٩", "a date like"),
        ("ended:maybe", "true or false"),
        ("a AND", "something behind"),
        ("OR a", "words, a phrase"),
        ("a OR", "something behind"),
        ("NOT", "something behind"),
        ('"a', "words, a phrase"),
        ("/a.*/", "words, a phrase or wildcards"),
        ("a~2", "words, a phrase"),
        ("text:[a TO b]", "a range only of dates or codes"),
        ("[a TO b]", "a range only of dates or codes"),
        ("ended:[a TO b]", "a range only of dates or codes"),
        ("text:", "something behind"),
        ("(" * 21 + "a" + ")" * 21, "brackets at most 20 deep"),
        ("a " * 129, "at most 128 parts"),
        ("a* " * (MAX_PATTERNS + 1), "words with * or ?"),
        ("a" * 1001, "at most 1000 characters"),
    ],
)
def test_what_cannot_be_read_says_what_was_expected(text, expected):
    with pytest.raises(BadRequest) as raised:
        _parse(text)
    assert raised.value.parameter == "q"
    assert expected in raised.value.expected
    assert len(str(raised.value)) < 200


@given(st.text(alphabet='ab "()[]{}-+!&|*?\\:<>=^~/ANDORTtext19codeé', max_size=80))
def test_any_text_is_read_or_refused(text):
    try:
        _parse(text)
    except BadRequest as error:
        assert error.parameter == "q"


@given(st.text(max_size=200))
def test_text_of_any_script_is_read_or_refused(text):
    try:
        _parse(text)
    except BadRequest as error:
        assert error.parameter == "q"


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    data = nlm_data.make(tmp_path_factory.mktemp("constraint"))
    return CompiledIndex(SnapshotStore(data).current().path)


def _slowly(numbers, fields, index):
    mask = np.zeros(index.count, bool)
    for number in numbers:
        stem, form = index.word(number)
        found = index.between(index.first[stem], index.first[stem + 1])
        held = (found.bits & np.uint32(fields)) > 0
        mask[found.docs[held & ((found.bits & np.uint32(form)) > 0) if form else held]] = True
    return mask


@given(st.data())
def test_records_that_hold_words_of_a_list(index, data):
    names = data.draw(st.lists(st.sampled_from(["title", "descriptor", "short_descriptor", "summary"]), max_size=3))
    numbers = data.draw(st.lists(st.integers(0, len(index.words) - 1), unique=True, max_size=20).map(sorted))
    fields = bits.field_bits(set(names))
    found = holding_words(np.array(numbers, np.int64), fields, index)
    assert np.array_equal(found, _slowly(numbers, fields, index))


@pytest.mark.parametrize("beginning", ["", "p", "pump", "pumpkins", "repl"])
def test_records_that_hold_words_that_begin_so(index, beginning):
    fields, numbers = bits.field_bits(["descriptor"]), index.words.beginning(beginning)
    assert np.array_equal(holding_words(numbers, fields, index), _slowly(numbers, fields, index))


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("pump*", ["pump", "pumpkin", "pumps"]),
        ("pump?", ["pumps"]),
        ("*kin", ["pumpkin"]),
        ("p*m?k*n", ["pumpkin"]),
        ("pump", ["pump"]),
        ("*a*a*a*a*a*a*b", []),
        ("zz*", []),
    ],
)
def test_words_that_are_like_a_pattern(index, pattern, found):
    assert [index.words[number] for number in strings_like(pattern, index.words)] == found
