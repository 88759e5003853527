"""What a check found, and what all checks are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from indexer.snapshots import Snapshot


class State(Enum):
    """How bad it is: nothing to do, worth a look, or something does not work."""

    OK = "OK"
    WARNING = "WARNING"
    PROBLEM = "PROBLEM"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; ``remedy`` says what to do where the state is not OK."""

    check: str
    state: State
    found: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Setup:
    """The set-up that is looked at.

    ``snapshot`` is the published one where it can be read. ``url`` is where a service was said to run; without one it
    is looked for where the settings in ``environment`` say, and need not be there.
    """

    data: Path
    folders: tuple[Path, ...]
    environment: Mapping[str, str]
    url: str | None
    snapshot: Snapshot | None


def ok(check: str, found: str) -> Finding:
    """Return a finding that asks for nothing."""
    return Finding(check, State.OK, found)


def warning(check: str, found: str, remedy: str) -> Finding:
    """Return a finding that is worth a look."""
    return Finding(check, State.WARNING, found, remedy)


def problem(check: str, found: str, remedy: str) -> Finding:
    """Return a finding of something that does not work."""
    return Finding(check, State.PROBLEM, found, remedy)


def from_error(check: str, error: Exception) -> Finding:
    """Return an error of ours as a problem; its message ends with the remedy."""
    return problem(check, str(error), "As the message says.")
