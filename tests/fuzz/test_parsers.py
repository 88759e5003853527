"""A few hundred inputs for each parser, the same ones every time. `make fuzz` makes a million."""

from __future__ import annotations

import pytest

from tests.fuzz.mutation import inputs
from tests.fuzz.run import limited
from tests.fuzz.targets import TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_no_input_breaks_a_parser(name):
    target = TARGETS[name]
    for data in inputs(target.seeds(), target.quick, 1, target.longest):
        with limited():
            target.feed(data)
