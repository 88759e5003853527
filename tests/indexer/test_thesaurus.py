"""The thesaurus finds what a walk through all rules finds, in memory and from the folder of a snapshot."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from indexer import vocabularies
from indexer.analysis.vocabulary import Rule, merged
from indexer.compiled import layout
from indexer.thesaurus import FILE, Meaning, Thesaurus, open_thesaurus, thesaurus_arrays

_words = st.sampled_from(["knee", "hip", "wheel", "chair", "pump", "a", "é", "x1"])
_phrase = st.lists(_words, min_size=1, max_size=4).map(" ".join)
_rules = st.lists(
    st.builds(Rule, _phrase, _phrase, st.sampled_from([0.95, 0.9, 0.6]), st.sampled_from(["Knee", "HIP", "é x1"])),
    max_size=40,
)


def _by_phrase(rules):
    """What every phrase means, by the rules themselves."""
    found = {}
    for rule in rules:
        terms = tuple(dict.fromkeys(rule.meaning.split()))
        found.setdefault(tuple(rule.phrase.split()), []).append(Meaning(terms, rule.weight, rule.text))
    return found


def _node(thesaurus, phrase):
    node = 0
    for word in phrase:
        number = thesaurus.number(word)
        node = thesaurus.child(node, number) if number >= 0 and node >= 0 else -1
    return node


@given(_rules, st.lists(_phrase, max_size=5))
def test_every_phrase_means_what_its_rules_say(rules, others):
    thesaurus, expected = Thesaurus.of(rules), _by_phrase(rules)
    for phrase, meanings in expected.items():
        assert thesaurus.meanings(_node(thesaurus, phrase)) == tuple(meanings)
        if len(phrase) == 1:
            assert thesaurus.readings(phrase[0]) == tuple(dict.fromkeys(each.text for each in meanings))
    for phrase in (tuple(other.split()) for other in others):
        node = _node(thesaurus, phrase)
        begun = any(known[: len(phrase)] == phrase for known in expected)
        assert (node >= 0) == begun
        assert phrase in expected or node < 0 or thesaurus.meanings(node) == ()
    assert thesaurus.readings("nowhere") == ()


@given(_rules)
def test_phrases_are_found_by_their_two_rarest_terms(rules):
    thesaurus = Thesaurus.of(rules)
    phrases = list(_by_phrase(rules))
    frequency = Counter(word for phrase in phrases for word in set(phrase))
    expected = {}
    for phrase in phrases:
        rarest = sorted(set(phrase), key=lambda word: (frequency[word], word))[:2]
        if len(rarest) == 2:
            expected.setdefault(tuple(rarest), set()).add(phrase)
    words = list(thesaurus.terms)
    for one in words:
        number = thesaurus.number(one)
        assert thesaurus.is_rare(number) == any(pair[0] == one for pair in expected)
        for other in words:
            found = list(thesaurus.phrases(number, thesaurus.number(other)))
            read = {tuple(words[term] for term in terms) for terms, _ in found}
            assert read == expected.get((one, other), set())
            assert all(_node(thesaurus, [words[term] for term in terms]) == node for terms, node in found)


@given(_rules)
def test_texts_are_numbered_by_terms_and_as_written(rules):
    thesaurus = Thesaurus.of(rules)
    texts = {(each.terms, each.text) for some in _by_phrase(rules).values() for each in some}
    numbers = {thesaurus.text(*text): text for text in texts}
    assert sorted(numbers) == list(range(thesaurus.text_count)) == list(range(len(texts)))
    assert all(thesaurus.name(number) == " ".join(terms) for number, (terms, _) in numbers.items())
    assert thesaurus.text(("nowhere",), "Knee") == -1


def test_what_is_written_is_read_back_the_same(tmp_path):
    rules = [
        Rule("heart attack", "myocardi infarct", 0.95, "myocardial infarction", "heart attacks"),
        Rule("", "a", 0.9, "a"),
    ]
    content = vocabularies.dump(merged(rules))
    parts, typed = vocabularies.load(content)
    layout.write(tmp_path, thesaurus_arrays(parts, typed), FILE)
    opened, made = open_thesaurus(tmp_path), thesaurus_arrays(parts, typed)
    assert all((opened.arrays[name] == values).all() for name, values in made.items())
    assert opened.typed == {"heart", "attacks"}
    assert opened.meanings(_node(opened, ["heart", "attack"])) == (
        Meaning(("myocardi", "infarct"), 0.95, "myocardial infarction"),
    )


def test_no_rules_at_all(tmp_path):
    layout.write(tmp_path, thesaurus_arrays([], []), FILE)
    opened = open_thesaurus(tmp_path)
    assert (list(opened.terms), opened.typed, opened.text_count, opened.child(0, 0)) == ([], frozenset(), 0, -1)
    assert opened.meanings(0) == ()
