"""Queries of the log, which are written in our query language, in the words of other engines."""

from __future__ import annotations

from benchmarks.speed.texts import parted, words_of


def for_tantivy(text: str) -> str:
    """Return a phrase or boolean query in Tantivy's words; in its AND NOT, the latter would match nothing."""
    wanted, _, banned = text.partition(" AND NOT ")
    return f"+{wanted.replace(' AND ', ' +')} -{banned}" if banned else text


def for_fts(text: str, kind: str) -> str:
    """Return a query in FTS5's words."""
    if kind == "phrase":
        return text
    if kind == "boolean":
        quoted = "".join(_quoted(part) for part in text.replace("AND NOT", "NOT").split(" "))
        return quoted.strip()
    words, family = parted(text, kind)
    either = " OR ".join(f'"{word}"' for word in words_of(words)) or '""'
    if kind == "prefix":
        return f"{either}*"
    return f'family : "family{family}" AND ({either})' if family else either


def _quoted(part: str) -> str:
    if part in ("AND", "OR", "NOT"):
        return f" {part} "
    word = part.strip("()")
    return part.replace(word, f'"{word}"')


def for_whoosh(text: str, kind: str) -> str:
    """Return a query in Whoosh's words."""
    if kind in ("phrase", "boolean"):
        return text
    plain = [f"{word}~1" for word in words_of(text)] if kind == "typo" else words_of(text)
    return " ".join(plain) + ("*" if kind == "prefix" else "")
