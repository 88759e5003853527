"""What compiled code needs of the machine beneath it: arrays at an address, and the time."""

# numba compiles these functions; what it infers needs no annotations, and its decorators have none.
# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator, misc"

from __future__ import annotations

import time

import numpy as np
from numba import carray, njit, types
from numba.extending import intrinsic

_CLOCK = np.int32(time.CLOCK_MONOTONIC)
_SECOND = np.int64(1_000_000_000)
#: Fills a `timespec`, two 64-bit numbers; the same clock as that of `time.monotonic_ns`.
_clock_gettime = types.ExternalFunction("clock_gettime", types.int32(types.int32, types.CPointer(types.int64)))


def pointer(element):
    """Return a function of compiled code that takes an address for a pointer to ``element``."""

    @intrinsic
    def cast(_context, address):
        def generate(context, builder, signature, arguments):
            return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

        return types.CPointer(element)(types.int64), generate

    return cast


u8, u16, u32 = (pointer(each) for each in (types.uint8, types.uint16, types.uint32))
i64, u64 = (pointer(each) for each in (types.int64, types.uint64))
f32, f64 = pointer(types.float32), pointer(types.float64)


@njit(inline="always")
def is_late(deadline, scratch_at):
    """Say whether ``deadline`` has passed (nanoseconds of the monotonic clock; 0: there is none).

    ``scratch_at`` is the address of two numbers to use.
    """
    if deadline == 0:
        return False
    now = carray(i64(scratch_at), (2,))
    _clock_gettime(_CLOCK, i64(scratch_at))
    return now[0] * _SECOND + now[1] > deadline
