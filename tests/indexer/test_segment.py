"""The Whoosh index that we write is, posting by posting, the one that Whoosh writes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.store import SHIPPED, Corpus
from corpus.store import load as load_documents
from indexer.compiled.writer import CompiledWriter
from indexer.importers.hcpcs import read_release
from indexer.records import make_records
from indexer.targets.blocks import TERM_INFO
from indexer.targets.terms import read_terms, write_terms
from indexer.targets.whoosh import check_index, write_index
from indexer.values import values_of
from tests.indexer.plain_whoosh import all_of, write_plain
from tests.indexer.records import code, release

_WORDS = st.sampled_from(
    ["pump", "pumps", "pumping", "foot-drop", "10mg", "a0001", "Ménière’s", "insulin/insulin", "'s"]
)
_TEXTS = st.lists(st.lists(_WORDS, min_size=1, max_size=40).map(" ".join), min_size=1, max_size=12)


def _ours(folder, records):
    folder.mkdir()
    writer = CompiledWriter(folder)
    for record in records:
        writer.add(record)
    writer.finish()
    write_index(folder / "index", folder, values_of(records))
    check_index(folder / "index", len(records))
    return all_of(folder / "index")


def _plain(folder, records):
    write_plain(folder, records)
    return all_of(folder)


@given(_TEXTS)
def test_random_records(tmp_path_factory, texts):
    folder = tmp_path_factory.mktemp("segment")
    codes = (code(f"A{at:04}", text, short_descriptor=text[::-1]) for at, text in enumerate(texts))
    records = make_records(Corpus(), [release("2020", *codes)])[0]
    assert _ours(folder / "ours", records) == _plain(folder / "plain", records)


def test_lists_of_many_blocks(tmp_path):
    codes = (code(f"A{at:04}", "pump " * (1 + at % 5) + f"x{at % 3}") for at in range(600))
    records = make_records(Corpus(), [release("2020", *codes)])[0]
    assert _ours(tmp_path / "ours", records) == _plain(tmp_path / "plain", records)


def test_the_shipped_documents(tmp_path):
    records = make_records(load_documents([SHIPPED]), [])[0]
    assert _ours(tmp_path / "ours", records) == _plain(tmp_path / "plain", records)


def test_the_official_codes(tmp_path, hcpcs_data):
    read = read_release(hcpcs_data / "2020-alpha-numeric-hcpcs-file.zip")
    records = make_records(load_documents([SHIPPED]), [read])[0]
    assert _ours(tmp_path / "ours", records) == _plain(tmp_path / "plain", records)


@pytest.mark.parametrize("count", [0, 1, 2_000])
def test_a_file_of_terms_is_read_back(tmp_path, count):
    terms: dict[str, dict[bytes, bytes]] = {}
    for number in range(count):
        info = number.to_bytes(TERM_INFO.itemsize, "big")
        terms.setdefault(f"field{number % 7}", {})[f"term {number}".encode()] = info
    write_terms(tmp_path / "terms", terms)
    assert read_terms(tmp_path / "terms") == terms
