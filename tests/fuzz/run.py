"""Feeds one parser with many inputs: ``python -m tests.fuzz.run TARGET --inputs 1000000``.

Atheris, where it is installed, looks for inputs that reach code which no earlier one reached; without it, inputs are
made from seeds by chance. An input that fails is kept in ``.cache/fuzz/TARGET`` and repeated with ``--repeat FILE``.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import FrameType

from tests.fuzz.mutation import inputs

ROOT = Path(__file__).resolve().parents[2]
#: No input of a few kilobytes has any business taking longer, on however busy a machine.
SECONDS = 20
_MOST_MEMORY = 2048 << 20
#: Numba compiles these from their bytecode, which must be as it was written.
_COMPILED = "kernel"


@contextmanager
def limited(seconds: int = SECONDS) -> Iterator[None]:
    """Raise TimeoutError where the block takes longer."""
    signal.signal(signal.SIGALRM, _late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


def _late(_number: int, _frame: FrameType | None) -> None:
    raise TimeoutError(f"expected an answer within {SECONDS} s")


def main() -> None:
    """Run as the command line says; exit with 1 where an input fails."""
    options = _options()
    if options.target == "all":
        sys.exit(_all(options))
    folder = ROOT / ".cache/fuzz" / options.target
    folder.mkdir(parents=True, exist_ok=True)
    if options.repeat:
        _target(options.target).feed(Path(options.repeat).read_bytes())
    elif options.engine == "atheris":
        _with_atheris(options, folder)
    else:
        _by_chance(options, folder)


def _all(options: argparse.Namespace) -> int:
    """Run every target in a process of its own, so that what one leaves behind counts for no other."""
    from tests.fuzz.targets import TARGETS

    given = [
        "--inputs",
        options.inputs,
        "--seconds",
        options.seconds,
        "--seed",
        options.seed,
        "--engine",
        options.engine,
    ]
    lines = [[sys.executable, "-m", "tests.fuzz.run", name, *map(str, given)] for name in TARGETS]
    codes = [subprocess.run(line, check=False).returncode for line in lines]
    return int(any(codes))


def _options() -> argparse.Namespace:
    best = "atheris" if find_spec("atheris") else "chance"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", help="one of tests.fuzz.targets, or all")
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=0, help="stop after so long; 0: never")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--engine", choices=("atheris", "chance"), default=best)
    parser.add_argument("--repeat", metavar="FILE")
    return parser.parse_args()


def _target(name: str):  # type: ignore[no-untyped-def]
    """Return a target that has answered once: what is loaded and compiled for the first input counts for none."""
    from tests.fuzz.targets import TARGETS

    target = TARGETS[name]
    for seed in target.seeds():
        target.feed(seed)
    return target


def _by_chance(options: argparse.Namespace, folder: Path) -> None:
    target, started = _target(options.target), time.monotonic()
    resource.setrlimit(resource.RLIMIT_AS, (2 * _MOST_MEMORY, 2 * _MOST_MEMORY))
    done = 0
    for data in inputs(target.seeds(), options.inputs, options.seed, target.longest):
        try:
            with limited():
                target.feed(data)
        except BaseException:
            failed = folder / f"crash-{options.seed}-{done}"
            failed.write_bytes(data)
            print(f"{options.target}: input {done} fails, kept in {failed}", file=sys.stderr)
            raise
        done += 1
        if options.seconds and time.monotonic() - started > options.seconds:
            break
    _report(options, done, time.monotonic() - started)


def _with_atheris(options: argparse.Namespace, folder: Path) -> None:
    import atheris

    with atheris.instrument_imports(include=["corpus", "indexer", "service"], exclude=_compiled_modules()):
        target = _target(options.target)
    seeds = folder / "inputs"
    seeds.mkdir(exist_ok=True)
    for at, seed in enumerate(target.seeds()):
        (seeds / f"seed-{at}").write_bytes(seed)
    done, started = 0, time.monotonic()

    def feed(data: bytes) -> None:
        nonlocal done
        target.feed(data)
        done += 1
        spent = time.monotonic() - started
        if done == options.inputs or 0 < options.seconds < spent:
            _report(options, done, spent)
            # Libfuzzer ends the process without Python's farewell, so it ends here.
            os._exit(0)

    atheris.Setup(
        [
            *(sys.argv[0], f"-seed={options.seed}", f"-artifact_prefix={folder}/", "-verbosity=0", "-len_control=0"),
            *(f"-max_len={target.longest}", f"-timeout={SECONDS}", f"-rss_limit_mb={_MOST_MEMORY >> 20}", str(seeds)),
        ],
        feed,
    )
    atheris.Fuzz()


def _compiled_modules() -> list[str]:
    folder = ROOT / "service/search/engines"
    return [f"service.search.engines.{path.stem}" for path in folder.glob(f"{_COMPILED}*.py")]


def _report(options: argparse.Namespace, done: int, seconds: float) -> None:
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    told = {"target": options.target, "engine": options.engine, "inputs": done, "seconds": round(seconds)}
    print(json.dumps({**told, "peak_mib": memory}), flush=True)


if __name__ == "__main__":
    main()
