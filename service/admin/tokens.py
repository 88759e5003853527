"""Admin tokens: ``<data>/tokens.json`` holds their names, scopes and hashes, and never a token.

A token is 256 random bits in base64url behind ``ps_``. Nobody can guess one or find it from its SHA-256, so no slow
hash is needed; hashes are compared in constant time. A token that is rotated has two secrets for a while.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson

from indexer.files import write_atomically
from indexer.locks import file_lock
from service.admin.errors import AdminError, NoSuchToken, TokenExists, TokensDamaged

FILE = "tokens.json"
#: What a token may be allowed, and what that is.
SCOPES = {
    "reindex": "start, watch and cancel builds",
    "documents": "write and remove documents",
    "synonyms": "add and remove the operator's synonyms",
    "analytics": "read what was searched",
}
#: The characters of a token, for those who look for one that leaked.
PATTERN = re.compile(r"ps_[A-Za-z0-9_-]{43}")

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_PREFIX = "ps_"
_SECRET_BYTES = 32
_MOST_BYTES = 1 << 20
_VERSION = 1
_WAIT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Secret:
    """The SHA-256 (hex) of a token, and the moment (ISO 8601) from which it is not taken any more, None for never."""

    sha256: str
    until: str | None

    def is_valid(self, moment: datetime.datetime) -> bool:
        """Say whether it is taken at a moment."""
        return self.until is None or moment < datetime.datetime.fromisoformat(self.until)


@dataclass(frozen=True, slots=True)
class Token:
    """What is kept of a token. Its newest secret comes first; a second one is that before the last rotation."""

    name: str
    scopes: tuple[str, ...]
    created: str
    secrets: tuple[Secret, ...]

    @property
    def is_valid(self) -> bool:
        """Whether any of its secrets is taken now."""
        return any(secret.is_valid(_now()) for secret in self.secrets)

    def expires(self) -> str | None:
        """Return when the newest secret ends, None for never."""
        return self.secrets[0].until


class Tokens:
    """The tokens of a data folder. Every question reads the file, so that a revoked token is refused at once."""

    def __init__(self, data: Path) -> None:
        self._path = data / FILE
        self._lock = data / "tokens.lock"

    def all(self) -> list[Token]:
        """Return all tokens by name; TokensDamaged where the file cannot be read."""
        try:
            if self._path.stat().st_size > _MOST_BYTES:
                raise ValueError("a file that is too long")
            values = orjson.loads(self._path.read_bytes())
            if values["version"] != _VERSION:
                raise ValueError(f"version {values['version']!r}")
            return [_token(each) for each in values["tokens"]]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError, KeyError, IndexError) as error:
            raise TokensDamaged(
                f"{self._path}: expected tokens of version {_VERSION}; got {type(error).__name__}: {error}. "
                "Put back a copy, or remove the file and create tokens anew."
            ) from error

    def is_configured(self) -> bool:
        """Say whether there is any token."""
        return bool(self.all())

    def find(self, text: str) -> Token | None:
        """Return the token that ``text`` is, where it is taken now, else None."""
        given = hashlib.sha256(text.encode()).hexdigest()
        moment = _now()
        found = None
        for token in self.all():
            for secret in token.secrets:
                # No early end: how long it takes tells nothing of how near a guess came.
                if hmac.compare_digest(secret.sha256, given) and secret.is_valid(moment):
                    found = token
        return found

    def create(self, name: str, scopes: Sequence[str], days: float | None = None) -> str:
        """Make a token of this name and return it; it is told this once and kept nowhere."""
        _check(name, scopes)
        text = _new()
        with self._changing() as tokens:
            if any(token.name == name for token in tokens):
                raise TokenExists(f"expected a new name; got {name}, which a token has. Revoke or rotate that one.")
            secret = Secret(_hash(text), _after(days))
            created = _now().isoformat(timespec="seconds")
            tokens.append(Token(name, tuple(scope for scope in SCOPES if scope in scopes), created, (secret,)))
        return text

    def rotate(self, name: str, grace_hours: float, days: float | None = None) -> str:
        """Give a token a new secret and return it; the one before is taken for ``grace_hours`` more."""
        text = _new()
        with self._changing() as tokens:
            at, token = _named(tokens, name)
            grace = _after(grace_hours / 24)
            old = token.secrets[0]
            if old.until and days is None:
                raise AdminError(
                    f"expected --expires DAYS, since {name} was to end; got none. Say how long the new one is."
                )
            ends = min(filter(None, (old.until, grace)), key=datetime.datetime.fromisoformat)
            fresh = Secret(_hash(text), _after(days))
            tokens[at] = dataclasses.replace(token, secrets=(fresh, Secret(old.sha256, ends)))
        return text

    def revoke(self, name: str) -> None:
        """Remove a token; it is refused from the next request on."""
        with self._changing() as tokens:
            del tokens[_named(tokens, name)[0]]

    @contextmanager
    def _changing(self) -> Iterator[list[Token]]:
        with file_lock(self._lock, _WAIT_SECONDS):
            tokens = self.all()
            yield tokens
            values = {"version": _VERSION, "tokens": [dataclasses.asdict(token) for token in tokens]}
            # Made with these rights before it gets its name, so that it is never readable for others.
            before = os.umask(0o077)
            try:
                write_atomically(self._path, orjson.dumps(values, option=orjson.OPT_INDENT_2))
            finally:
                os.umask(before)


def _token(values: dict[str, object]) -> Token:
    secrets_ = tuple(Secret(each["sha256"], each["until"]) for each in values["secrets"])  # type: ignore[attr-defined]
    if not secrets_:
        raise ValueError("a token without a secret")
    return Token(str(values["name"]), tuple(values["scopes"]), str(values["created"]), secrets_)  # type: ignore[arg-type]


def _check(name: str, scopes: Sequence[str]) -> None:
    if not _NAME.fullmatch(name):
        raise AdminError(f"expected a name of 1 to 64 letters, digits, dots and dashes; got {name[:80]!r}.")
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        raise AdminError(f"expected scopes of {', '.join(SCOPES)}; got {', '.join(unknown) or 'none'}.")


def _named(tokens: Sequence[Token], name: str) -> tuple[int, Token]:
    for at, token in enumerate(tokens):
        if token.name == name:
            return at, token
    known = ", ".join(token.name for token in tokens) or "none"
    raise NoSuchToken(f"expected the name of a token; got {name[:80]!r}. There are: {known}.")


def _new() -> str:
    return _PREFIX + base64.urlsafe_b64encode(secrets.token_bytes(_SECRET_BYTES)).rstrip(b"=").decode()


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def _after(days: float | None) -> str | None:
    return None if days is None else (_now() + datetime.timedelta(days=days)).isoformat(timespec="seconds")
