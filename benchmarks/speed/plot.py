"""One picture of p50 and p95 by engine and number of records, from the JSON of `inprocess` runs, as an SVG.

    python -m benchmarks.speed.plot [RESULTS.json ...] --to docs/speed.svg

Each engine has a row in each panel; a bar goes from p50 to p95 on a logarithmic scale, a dot marks p50.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from benchmarks.speed.report import RESULTS, milliseconds

_WIDTH, _LEFT, _RIGHT = 860, 170, 130
_ROW, _HEAD, _FOOT = 24, 34, 30
_OURS, _THEIRS, _INK, _GRID = "#0b6e4f", "#8a94a6", "#222222", "#dddddd"
_SIZED = ("real", "200000", "1000000")


def main(arguments: list[str] | None = None) -> None:
    """Read results and write the picture."""
    parser = argparse.ArgumentParser(description="Draw p50 and p95 of inprocess runs as an SVG.")
    default = [RESULTS / f"speed-inprocess-{size}.json" for size in _SIZED]
    parser.add_argument("results", nargs="*", type=Path, default=[path for path in default if path.exists()])
    parser.add_argument("--to", type=Path, default=RESULTS / "speed.svg")
    options = parser.parse_args(arguments)
    if not options.results:
        parser.error("expected results of inprocess runs; got none. Run 'python -m benchmarks.speed.run inprocess'.")
    options.to.write_text(draw([json.loads(path.read_text("utf-8"))["figures"] for path in options.results]), "utf-8")


def draw(runs: Sequence[Mapping[str, Any]]) -> str:
    """Return the SVG of some runs, one panel each."""
    values = [each["all"][part] for run in runs for each in run["engines"].values() for part in ("p50", "p95")]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    scale = _Scale(low, max(high, low + 1))
    parts, top = [], 0
    for run in runs:
        parts += _panel(run, scale, top)
        top += _HEAD + _ROW * len(run["engines"]) + _FOOT
    label = "Time of a query by engine and number of records: p50 and p95 in milliseconds"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {top}" width="{_WIDTH}" height="{top}" '
            f'font-family="sans-serif" font-size="12" role="img" aria-label="{label}">',
            f'<rect width="{_WIDTH}" height="{top}" fill="#ffffff"/>',
            *parts,
            "</svg>\n",
        ]
    )


class _Scale:
    """Milliseconds as places from left to right, in powers of ten."""

    def __init__(self, low: int, high: int) -> None:
        self.powers = range(low, high + 1)
        self._low, self._step = low, (_WIDTH - _LEFT - _RIGHT) / (high - low)

    def place(self, value: float) -> float:
        """Return where a value lies."""
        return round(_LEFT + (math.log10(value) - self._low) * self._step, 1)


def _panel(run: Mapping[str, Any], scale: _Scale, top: int) -> Iterator[str]:
    bottom = top + _HEAD + _ROW * len(run["engines"])
    yield _text(8, top + 20, run["title"], weight="bold")
    for power in scale.powers:
        x = scale.place(10.0**power)
        yield f'<line x1="{x}" y1="{top + _HEAD - 6}" x2="{x}" y2="{bottom}" stroke="{_GRID}"/>'
        yield _text(x, bottom + 14, f"{10.0**power:g} ms", anchor="middle")
    for at, (name, row) in enumerate(run["engines"].items()):
        yield from _bar(row, scale, top + _HEAD + _ROW * at + _ROW // 2, _OURS if name == "procsearch" else _THEIRS)


def _bar(row: Mapping[str, Any], scale: _Scale, y: int, colour: str) -> Iterator[str]:
    p50, p95 = row["all"]["p50"], row["all"]["p95"]
    left, right = scale.place(p50), scale.place(p95)
    yield _text(8, y + 4, row["name"])
    yield f'<line x1="{left}" y1="{y}" x2="{right}" y2="{y}" stroke="{colour}" stroke-width="8"/>'
    yield f'<circle cx="{left}" cy="{y}" r="6" fill="{colour}"/>'
    yield _text(right + 10, y + 4, f"{milliseconds(p50)} / {milliseconds(p95)}")


def _text(x: float, y: float, text: str, *, anchor: str = "start", weight: str = "normal") -> str:
    return f'<text x="{x}" y="{y}" fill="{_INK}" text-anchor="{anchor}" font-weight="{weight}">{escape(text)}</text>'


if __name__ == "__main__":
    main()
