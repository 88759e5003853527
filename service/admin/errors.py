"""Errors of administration.

AdminError              base
├── TokensDamaged       the file of tokens cannot be read
├── NoSuchToken         no token has this name
├── TokenExists         a token has this name already
├── Conflict            something else is at work, or stands there already
├── Stale               what was to be changed is not what the client saw last
└── KeyReused           an idempotency key came with another request before
"""

from __future__ import annotations


class AdminError(Exception):
    """Base of every error that administration raises on purpose."""

    exit_code = 1


class TokensDamaged(AdminError):
    """The file of tokens cannot be read, so nobody can be let in; the message says the remedy."""

    exit_code = 5


class NoSuchToken(AdminError):
    """No token has this name."""


class TokenExists(AdminError):
    """A token has this name already."""


class Conflict(AdminError):
    """It cannot be done beside what is there or at work; the message says what that is."""


class Stale(AdminError):
    """An If-Match or If-None-Match does not fit what is there now."""


class KeyReused(AdminError):
    """The same idempotency key came with another request."""
