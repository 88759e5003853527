"""Errors of the search core.

SearchError             base
├── BadRequest          a request that cannot be answered as it is; names the parameter
├── NotFound            no record has that code
├── TimedOut            the time for an answer was up before it was whole
└── Unavailable         there is no snapshot that can be served
"""

from __future__ import annotations


class SearchError(Exception):
    """Base of every exception that the search core raises on purpose."""


class BadRequest(SearchError):
    """A parameter is wrong: which, what was expected and what came."""

    def __init__(self, parameter: str, expected: str, got: str) -> None:
        self.parameter, self.expected, self.got = parameter, expected, got
        super().__init__(f"{parameter}: expected {expected}; got {got}.")


class NotFound(SearchError):
    """No record of the snapshot has this code."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(
            f"expected a code of the index; got {code!r}. Search for it, or import the release that holds it."
        )


class TimedOut(SearchError):
    """Time was up, and what was found so far would not do as an answer; says what was not finished."""

    def __init__(self, what: str) -> None:
        super().__init__(f"expected time enough for {what}; got to its end. Ask for less, or again later.")


class Unavailable(SearchError):
    """Nothing can be served now; the message says why and the remedy."""

    exit_code = 7
