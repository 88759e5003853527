"""Words of many texts at once are those of each text by itself."""

from __future__ import annotations

import itertools

from hypothesis import example, given
from hypothesis import strategies as st

from corpus.store import SHIPPED
from corpus.store import load as load_documents
from indexer.analysis.batches import index_batch
from indexer.analysis.tokenizer import index_words
from indexer.compiled import bits
from indexer.importers.hcpcs import read_release
from indexer.records import make_records, text_of, texts_of

_SIGNS = st.sampled_from([*"abZ09 -/'.,_\n(", "ß", "é", "’", "‑", "mg", "\x1c", "\ud800"])
_TEXTS = st.lists(st.lists(_SIGNS, max_size=14).map("".join), max_size=8)
_FIELD_NAMES = [field.name for field in bits.FIELDS]


def _same(texts):
    numbers: dict[str, int] = {}
    made = index_batch(texts, lambda word: numbers.setdefault(word, len(numbers)))
    words = list(numbers)
    read = [index_words(text) for text in texts]
    assert [words[each] for each in made.words.tolist()] == list(itertools.chain(*(each.words for each in read)))
    assert made.positions.tolist() == list(itertools.chain(*(each.positions for each in read)))
    assert made.starts.tolist() == list(itertools.chain(*(each.starts for each in read)))
    assert made.widths.tolist() == list(itertools.chain(*(each.widths for each in read)))
    assert made.word_counts.tolist() == [len(each.words) for each in read]
    assert made.token_counts.tolist() == [len(each.starts) for each in read]


@given(_TEXTS)
@example(["a-b/c-d", "", "x" * 70 + "-" + "y" * 70 + "/z", "1,000 and 1.5mg", "J0123. Then 10 mg", "don't", "-", "'s"])
@example([])
@example([""])
def test_any_texts(texts):
    _same(texts)


def test_the_official_codes_and_the_shipped_documents(hcpcs_data):
    read = read_release(hcpcs_data / "2020-alpha-numeric-hcpcs-file.zip")
    records = make_records(load_documents([SHIPPED]), [read])[0]
    texts = [texts_of(record, _FIELD_NAMES) for record in records]
    assert texts == [[text_of(record, name) for name in _FIELD_NAMES] for record in records]
    for at in range(0, len(texts), 500):
        _same(list(itertools.chain(*texts[at : at + 500])))


def test_the_shipped_documents():
    records = make_records(load_documents([SHIPPED]), [])[0]
    _same([text for record in records for text in texts_of(record, _FIELD_NAMES)])
