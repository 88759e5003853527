"""The operator's own synonyms: one file among the imported ones, changed a rule at a time."""

from __future__ import annotations

import re
from pathlib import Path

from indexer.analysis.vocabulary import MAX_FILE_BYTES, read_synonyms
from indexer.errors import VocabularyRefused
from indexer.files import write_atomically
from indexer.locks import write_lock
from service.admin.errors import AdminError

FILE = "operator.txt"
MAX_PHRASE_CHARS = 200
_WAIT_SECONDS = 10.0
#: What would make of a phrase another rule, or another line.
_MARKS = re.compile(r"[#=>,|\x00-\x1f\x7f-\x9f\u2028\u2029]")


class NoSuchRule(AdminError):
    """The operator's file has no such rule."""


class OperatorSynonyms:
    """The rules below a data folder that were added over HTTP; builds read them as they read imported ones."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._path = data / "imports" / "synonyms" / FILE

    def rules(self) -> list[str]:
        """Return the rules as they stand in the file, oldest first."""
        try:
            lines = self._path.read_text("utf-8").splitlines()
        except FileNotFoundError:
            return []
        return [line.strip() for line in lines if line.partition("#")[0].strip()]

    def add(self, typed: str, means: str, *, both_ways: bool) -> tuple[str, bool]:
        """Add a rule, and return it and whether it is new. VocabularyRefused where it cannot be taken."""
        rule = f"{_phrase(typed)} {'=' if both_ways else '=>'} {_phrase(means)}"
        with write_lock(self._data, _WAIT_SECONDS):
            rules = self.rules()
            if rule in rules:
                return rule, False
            self._write([*rules, rule])
        return rule, True

    def remove(self, rule: str) -> None:
        """Remove a rule as `rules` tells it; NoSuchRule where there is none."""
        with write_lock(self._data, _WAIT_SECONDS):
            rules = self.rules()
            if rule not in rules:
                raise NoSuchRule(f"expected a rule of the operator's; got {rule[:80]!r}.")
            rules.remove(rule)
            self._write(rules)

    def _write(self, rules: list[str]) -> None:
        text = "".join(f"{rule}\n" for rule in ("# Written by the service; see /operator.", *rules))
        if len(text.encode()) > MAX_FILE_BYTES:
            raise VocabularyRefused([f"{FILE}: expected at most {MAX_FILE_BYTES} bytes; got more. Remove rules."])
        read_synonyms(text, FILE)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(self._path, text.encode())


def _phrase(text: str) -> str:
    found = _MARKS.search(text)
    if found or not text.strip():
        got = repr(found[0]) if found else "nothing"
        raise VocabularyRefused([f"{FILE}: expected a phrase of words; got {got} in it. Write words only."])
    return " ".join(text.split())
