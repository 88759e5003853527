"""A search among given records finds what a search among all finds of them, in the same order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.snapshots import SnapshotStore
from service.opening import open_embedded
from service.search.model import SearchRequest
from service.search.query.parser import parse_query

_QUERIES = st.sampled_from(
    ["", "the", "treatment", "care services", "H0", "H0015", "device -sleep", "recovery:days", "E0100..Q9999", "zzzz"]
)
_SORTS = st.sampled_from(["relevance", "code", "added"])


@pytest.fixture(scope="module")
def engine(documents_data):
    store = SnapshotStore(documents_data)
    opened = open_embedded(store, store.current_name())
    yield opened
    opened.close()


@given(_QUERIES, _SORTS, st.data())
def test_only_some_records(engine, q, sort, data):
    count = engine.manifest["counts"]["records"]
    only = np.array(data.draw(st.lists(st.booleans(), min_size=count, max_size=count)))
    limit, offset = data.draw(st.integers(1, 15)), data.draw(st.integers(0, 5))
    query = parse_query(q)
    whole = engine.search(SearchRequest(q, limit=100, sort=sort), query)
    kept = [match for match in whole.matches if only[match.number]]
    request = SearchRequest(q, limit=limit, offset=offset, sort=sort, facets=("family",))
    page = engine.search(request, query, 0, only)
    assert page.total == len(kept)
    assert [match.number for match in page.matches] == [match.number for match in kept[offset : offset + limit]]
    assert sum(page.facets["family"].values()) == len(kept)
    bare = engine.search(SearchRequest(q, limit=limit, offset=offset, sort=sort), query, 0, only)
    assert [match.number for match in bare.matches] == [match.number for match in page.matches]
    assert bare.total == page.total
