"""Documents written and removed over HTTP, with the checks that keep one author from undoing another's work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus import format as document_format
from corpus.errors import FormatError, Problem
from corpus.lint import Known, lint
from corpus.model import Procedure
from corpus.store import StoredDocument, read
from indexer.own_documents import OwnDocuments, official_spelling
from service.admin.errors import AdminError, Stale

#: Of the SHA-256 of a document in hex.
_TAG_DIGITS = 24

#: Where the served index has the document of a code from, or None.
SourceOf = Callable[[str], Path | None]


class NoOwnDocument(AdminError):
    """The service was given no document of this code."""


class WrongCode(AdminError):
    """A code has no right shape, or is another than the document's; carries what was expected and what came."""

    def __init__(self, expected: str, got: str) -> None:
        self.expected, self.got = expected, got
        super().__init__(f"code: expected {expected}; got {got}.")


@dataclass(frozen=True, slots=True)
class Condition:
    """What must be so before a change: ``match`` holds the tags of which one must be the current, None for any;
    ``absent``: there must be no document."""

    match: tuple[str, ...] | None = None
    absent: bool = False

    @property
    def is_none(self) -> bool:
        """Whether anything may be there."""
        return self.match is None and not self.absent


@dataclass(frozen=True, slots=True)
class Written:
    """A document that was written: its code and tag, whether there was none of the service's own, and findings."""

    code: str
    tag: str
    created: bool
    problems: tuple[Problem, ...]


def tag_of(stored: StoredDocument) -> str:
    """Return the entity tag of a document: two have the same only where their normalised texts are the same."""
    return stored.sha256[:_TAG_DIGITS]


def official(code: str) -> str:
    """Return a code as it is written officially; WrongCode where it has the shape of none."""
    found = official_spelling(code)
    if found is None:
        raise WrongCode("a code like H0015", repr(code[:40]))
    return found


def parsed(text: str) -> tuple[Procedure, tuple[Problem, ...]]:
    """Return the document of a text and what could be better; FormatError with all problems where it has errors."""
    document, problems = document_format.examine(text, "body")
    if document is None:
        raise FormatError(problems)
    return document, problems


class Documents:
    """The service's own documents, over those that the served index has from elsewhere."""

    def __init__(self, own: OwnDocuments, source_of: SourceOf) -> None:
        self._own, self._source_of = own, source_of

    def current(self, code: str) -> StoredDocument | None:
        """Return the document of a code that the next build will take, or None."""
        stored = self._own.get(code)
        source = None if stored else self._source_of(code)
        return read(source)[0] if source else stored

    def put(self, code: str, document: Procedure, condition: Condition, problems: Sequence[Problem] = ()) -> Written:
        """Write a document for ``code``. Stale where the condition is not met."""
        code = official(code)
        if document.code != code:
            raise WrongCode(f"the document's code {document.code}", repr(code))
        with self._own.changing():
            self._require(condition, code)
            created = self._own.get(code) is None
            stored = self._own.put(document)
        found = (*problems, *lint([stored], Known()))
        return Written(code, tag_of(stored), created, found)

    def remove(self, code: str, condition: Condition) -> None:
        """Remove the service's own document of a code; NoOwnDocument where there is none, Stale as above."""
        code = official(code)
        with self._own.changing():
            self._require(condition, code)
            if not self._own.remove(code):
                raise NoOwnDocument(
                    f"expected a document that was put here; got none of {code}. Shipped ones cannot be removed."
                )

    def _require(self, condition: Condition, code: str) -> None:
        if condition.is_none:
            return
        current = self.current(code)
        tag = tag_of(current) if current else None
        if condition.absent and current:
            raise Stale(f"If-None-Match: expected no document of {code}; got one with the tag {tag}.")
        if condition.match is not None and (tag is None or (tag not in condition.match and "*" not in condition.match)):
            raise Stale(
                f"If-Match: expected the tag {tag or 'of a document, and there is none'}; got another. "
                "Get the document again, and change that."
            )
