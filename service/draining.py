"""Whether the server is about to stop: a file in the folder that its processes share, so that every worker knows."""

from __future__ import annotations

from pathlib import Path

_FILE = "draining"


def begin(shared: Path) -> None:
    """Let every worker know that the server is about to stop."""
    (shared / _FILE).touch()


def is_draining(shared: Path | None) -> bool:
    """Say whether the server of this worker is about to stop; without a shared folder there is none."""
    return shared is not None and (shared / _FILE).exists()
