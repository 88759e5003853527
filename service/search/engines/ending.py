"""The words that complete a query, as the kernel reads them."""

from __future__ import annotations

from array import array
from typing import NamedTuple


class Ending(NamedTuple):
    """The words that complete a query, as the kernel reads them: how many, their leaves and weights; what asks for
    evidence of them; and the letters that show it (stem, first of them with this stem, then as `spelled` has it).
    """

    size: int
    numbers: array[int]
    weights: array[float]
    asked: array[int]
    extra: array[int]

    @property
    def addresses(self) -> tuple[int, int, int]:
        """Where leaves, weights and letters lie."""
        return self.numbers.buffer_info()[0], self.weights.buffer_info()[0], self.extra.buffer_info()[0]


NO_ENDING = Ending(0, array("q"), array("d"), array("q"), array("q"))
