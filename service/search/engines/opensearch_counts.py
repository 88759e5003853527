"""How many records hold something for each word of a query: what the rarity of a word is made of."""

from __future__ import annotations

import threading
from collections import OrderedDict

import orjson

from service.search.engines.layouts import LIST
from service.search.engines.opensearch_index import ClusterIndex
from service.search.engines.opensearch_query import Builder, found_leaves, some
from service.search.engines.plan import Plan, PlannedSlot

_KEPT = 32_768


class Frequencies:
    """Knows of a single word from the words of the index; asks the cluster once of several that may stand for one.

    An index never changes, so that an answer holds for good.
    """

    def __init__(self, index: ClusterIndex, builder: Builder) -> None:
        self._index, self._builder = index, builder
        self._known: OrderedDict[bytes, int] = OrderedDict()
        self._lock = threading.Lock()

    def holding(self, plan: Plan, deadline: int) -> tuple[list[int], bool]:
        """Return how many records hold something for each slot of a plan; and whether some may have been missed."""
        keys = [self._key(slot, plan) for slot in plan.slots]
        with self._lock:
            known = {key: self._known[key] for key in keys if isinstance(key, bytes) and key in self._known}
        missing = list(dict.fromkeys(key for key in keys if isinstance(key, bytes) and key not in known))
        partial = False
        if missing:
            found, partial = self._index.counted([orjson.loads(key) for key in missing], deadline)
            counted = dict(zip(missing, found, strict=True))
            known |= counted
            if not partial:
                self._keep(counted)
        return [known[key] if isinstance(key, bytes) else key for key in keys], partial

    def _key(self, slot: PlannedSlot, plan: Plan) -> int | bytes:
        """Return the number, where it is known here, or else the clause to be counted, as JSON."""
        found = list(found_leaves(slot))
        if not found:
            return 0
        if len(found) == 1 and found[0].kind == LIST:
            return found[0].end - found[0].start
        return orjson.dumps(some(self._builder.holding(found, plan)))

    def _keep(self, counted: dict[bytes, int]) -> None:
        with self._lock:
            self._known |= counted
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
