"""Errors of the write side.

IndexerError            base; ``exit_code`` is what the command line returns for it
├── ConfigError         a setting has a value that cannot be used
├── ImportRefused       an official file is damaged, foreign, a duplicate or unsafe; nothing was imported
├── VocabularyRefused   a synonym or abbreviation file has errors; carries every problem
├── DataError           the data folder cannot be used as it is
│   ├── LockHeld        another build or import is at work
│   └── SnapshotError   a snapshot is missing, damaged or of another format version
├── BackupRefused       a backup is damaged, foreign or of another version; nothing was restored
├── DocumentRefused     a document cannot be started
├── ClusterError        an OpenSearch cluster refuses what is asked, or holds something else than expected
│   └── ClusterUnreachable  no host of the cluster answers, or all are overloaded
└── BuildError          a build could not be finished; the published snapshot is untouched
"""

from __future__ import annotations

from collections.abc import Iterable


class IndexerError(Exception):
    """Base of every exception that the indexer raises on purpose."""

    exit_code = 1


class ConfigError(IndexerError):
    """A setting, or the file of settings, cannot be used; the message says where it stands and the remedy."""


class ImportRefused(IndexerError):
    """A file was not imported.

    The message reads ``path:line: expected ...; got ... . remedy``; ``line`` counts from 1 in the file
    that holds the text (a member of a zip is written ``a.zip!member``), 0 where no line is to blame.
    """

    exit_code = 4

    def __init__(self, path: str, line: int, expected: str, got: str, remedy: str) -> None:
        self.path, self.line, self.expected, self.got, self.remedy = path, line, expected, got, remedy
        where = f"{path}:{line}" if line else path
        super().__init__(f"{where}: expected {expected}; got {got}. {remedy}")


class DocumentRefused(IndexerError):
    """A document was not started: its code is unknown, or its file exists."""


class VocabularyRefused(IndexerError):
    """A vocabulary file was not taken. ``problems`` are lines ``path:line: expected ...; got ... . remedy``."""

    exit_code = 4

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class BackupRefused(IndexerError):
    """A backup was not restored; the message says why and the remedy."""

    exit_code = 4


class DataError(IndexerError):
    """The data folder cannot be used; the message says why and the remedy."""

    exit_code = 5


class LockHeld(DataError):
    """Another process holds the write lock of the data folder."""

    exit_code = 6


class SnapshotError(DataError):
    """A snapshot is missing, damaged or not of a format that this version reads."""

    exit_code = 7


class BuildError(IndexerError):
    """A build stopped before it published anything."""

    exit_code = 8


class ClusterError(IndexerError):
    """An OpenSearch cluster refused a request; ``status`` is its HTTP status, 0 where it was none."""

    exit_code = 9

    def __init__(self, message: str, status: int = 0) -> None:
        self.status = status
        super().__init__(message)


class ClusterUnreachable(ClusterError):
    """No host of the cluster gives an answer now; asking again later may help."""
