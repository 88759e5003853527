"""How whoever builds is told how far it is."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told what a build does: ``phase`` once a phase with its number of steps, ``step`` after each of them."""

    def phase(self, name: str, steps: int) -> None: ...

    def step(self) -> None: ...


class Silent:
    """Progress that shows nothing."""

    def phase(self, name: str, steps: int) -> None:
        """Ignore it."""

    def step(self) -> None:
        """Ignore it."""
