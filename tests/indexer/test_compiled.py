"""The compiled index: what is written is found again, whatever the runs, and a damaged container is refused."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.store import Corpus
from indexer.analysis.tokenizer import index_tokens, index_words, tokenize
from indexer.compiled import bits, layout
from indexer.compiled.dictionary import Dictionary, dictionary_arrays
from indexer.compiled.reader import CompiledIndex
from indexer.compiled.restore import Restored
from indexer.compiled.writer import CompiledWriter
from indexer.errors import SnapshotError
from indexer.records import make_records, names_of, text_of
from tests.indexer.records import code, release


def _records(*descriptors):
    codes = (code(f"A{at:04}", text) for at, text in enumerate(descriptors))
    return make_records(Corpus(), [release("2020", *codes)])[0]


def _index(folder, records, **options):
    folder.mkdir(exist_ok=True)
    writer = CompiledWriter(folder, **options)
    for record in records:
        writer.add(record)
    writer.finish()
    return CompiledIndex(folder)


TEXTS = (
    "Pump, insulin; pumps",
    "Wheel-chair 10mg",
    "pump with foot-drop brace, foot/ankle",
    "Ménière’s device",
    "pumping",
)


def test_postings_hold_fields_forms_heads_and_positions(tmp_path):
    records = _records(*TEXTS)
    index = _index(tmp_path / "i", records)
    for number, record in enumerate(records):
        for field in bits.FIELDS:
            tokens = index_tokens(text_of(record, field.name))
            for token in tokens:
                start, end = index.bounds(token.term)
                at = start + index.docs[start:end].tolist().index(number)
                assert index.bits[at] >> bits.NUMBERS[field.name] & 1
                places = [
                    each & 0xFFFF for each in index.positions(token.term, at) if each >> 16 == bits.NUMBERS[field.name]
                ]
                assert places == [each.position for each in tokens if each.term == token.term]
                word = index.words.find(token.word)
                assert index.bits[at] & index.word(word)[1]
        own = index.postings(record["code"].lower())
        assert own.docs.tolist() == [number]
        assert own.bits[0] == 1 << bits.CODE_FIELD
        for name in names_of(record):
            assert number in index.named(name)
    assert index.named("no such name") == []
    assert len(index.postings("absent")) == len(index.completions("absent", 5)) == 0


def test_runs_of_any_size_give_the_same_index(tmp_path):
    records = _records(*TEXTS * 4)
    _index(tmp_path / "one", records)
    _index(tmp_path / "many", records, run_words=3)
    one, many = (layout.Container(tmp_path / name) for name in ("one", "many"))
    assert [path.name for path in (tmp_path / "many").iterdir()] == [layout.FILE]
    for name in one._table:
        assert one[name].tolist() == many[name].tolist(), name


_EDITS = st.lists(st.sampled_from([*TEXTS, None]), min_size=1, max_size=12)


@given(_EDITS, _EDITS)
def test_an_index_made_from_an_older_one_is_the_one_made_anew(tmp_path_factory, before, after):
    """Record number n may come, go, change or stay; None stands for none."""
    old, new = (
        {each["code"]: each for each in _records(*(text or "" for text in texts)) if each["descriptor"]}
        for texts in (before, after)
    )
    if not new:
        return
    root = tmp_path_factory.mktemp("edits")
    _index(root / "old", old.values())
    _index(root / "cold", new.values())
    (root / "made").mkdir()
    places = {name: number for number, name in enumerate(new)}
    numbers = np.array([places[name] if new.get(name) == record else -1 for name, record in old.items()], np.int64)
    writer = CompiledWriter(root / "made")
    for name in new:
        if old.get(name) != new[name]:
            writer.add(new[name], places[name])
    writer.finish(root / "old", numbers)
    assert (root / "made" / layout.FILE).read_bytes() == (root / "cold" / layout.FILE).read_bytes()
    assert [path.name for path in (root / "made").iterdir()] == [layout.FILE]


def test_forms_without_a_bit_are_counted_and_found_again(tmp_path):
    words = ["connect", *(f"connect{ending}" for ending in ("s", "ed", "ing", "ion", "ions", "ive", "ively"))]
    records = _records(*(" ".join(f"{word} {word}'s x{at}" for word in words) for at in range(3)), "connect")
    index = _index(tmp_path / "i", records)
    restored = Restored(tmp_path / "i")
    held = {}
    for part in restored.parts(1):
        for word, doc in zip(part.words.tolist(), part.word_docs.tolist(), strict=True):
            held.setdefault(restored.words[word], []).append(doc)
    assert held == {
        word: [number for number, each in enumerate(records) if word in index_words(each["descriptor"])[0]]
        for word in index.words
    }
    assert {word: index.frequency(word) for word in held} == {word: len(docs) for word, docs in held.items()}


def test_an_index_of_nothing_can_be_asked(tmp_path):
    index = _index(tmp_path / "i", _records("x"))
    assert index.completions("", 3)
    assert index.codes.beginning("Z") == range(1, 1)


@given(st.sets(st.text(max_size=6), max_size=60), st.text(max_size=3))
def test_a_dictionary_finds_what_it_holds_and_nothing_else(tmp_path_factory, texts, other):
    strings = sorted(texts, key=lambda text: text.encode("utf-8", "surrogatepass"))
    strings = [text for text in strings if text.isprintable()]
    folder = tmp_path_factory.mktemp("dictionary")
    layout.write(folder, dictionary_arrays("d", strings))
    found = Dictionary(layout.Container(folder), "d")
    assert list(found) == strings
    assert [found.find(text) for text in strings] == list(range(len(strings)))
    assert found.find(other + "\0") == -1
    begun = found.beginning(other)
    assert [strings[at] for at in begun] == [text for text in strings if text.startswith(other)]
    assert [found.length(at) for at in range(len(found))] == [len(text.encode()) for text in strings]


@given(st.text(alphabet="abs-/ é1.,'m", max_size=40))
def test_the_fast_way_to_words_is_the_slow_one(text):
    words, positions, starts, widths = index_words(text)
    tokens = index_tokens(text)
    assert list(zip(words, positions, strict=True)) == [(token.word, token.position) for token in tokens]
    first = {token.position: (token.start, token.end - token.start) for token in tokenize(text)}
    assert list(zip(starts, widths, strict=True)) == [first[at] for at in range(len(starts))]


@pytest.mark.parametrize("damage", ["magic", "version", "cut", "empty"])
def test_a_damaged_container_is_refused_by_name(tmp_path, damage):
    layout.write(tmp_path, {"numbers": np.arange(100, dtype=np.uint32)})
    path = tmp_path / layout.FILE
    whole = path.read_bytes()
    damaged = {
        "magic": b"X" + whole[1:],
        "version": whole[:8] + struct.pack("<I", 999) + whole[12:],
        "cut": whole[:70],
        "empty": b"",
    }
    path.write_bytes(damaged[damage])
    with pytest.raises(SnapshotError, match=layout.FILE):
        layout.Container(tmp_path)["numbers"]
    path.write_bytes(whole)
    assert layout.Container(tmp_path)["numbers"].tolist() == list(range(100))
