"""Look-ups: what a text demands that is typed into a form, where every word has to be found in chosen fields.

Other than in a search, a record without one of the words is no match, however well the others fit. Every word is a
beginning, except that a blank behind the last one says that it is whole. The records that match are ranked as a search
for the same text ranks them.
"""

from __future__ import annotations

from corpus.codes import looks_like_code, normalise_code
from indexer.analysis.tokenizer import tokenize
from service.search.query.parser import Query, parse_query
from service.search.query.syntax import All, AnyOf, Codes, Node, Words

#: Longer texts are no codes, however they are spelled.
_MAX_CODE_CHARS = 32
_BEHIND = "\U0010ffff"
#: What no record meets.
NOTHING = AnyOf(())


def lookup_query(text: str, fields: tuple[str, ...], constraint: Node | None = None) -> Query:
    """Return the query that finds the records with all words of ``text`` in ``fields`` which meet ``constraint``.

    ``fields`` are names of `indexer.schema`, ``code`` among them where codes are to be found. A word is found in any of
    its forms, and as the beginning of a longer word or code. A blank text demands the constraint alone; a text without
    a letter or digit finds nothing.
    """
    words, typing = _words(text)
    parts: list[Node] = [] if constraint is None else [constraint]
    if text.strip() and not words:
        parts.append(NOTHING)
    last = len(words) - 1
    parts += [_found(word, fields, beginning=at < last or typing) for at, word in enumerate(words)]
    # Nothing of the query language is left in folded words: brackets, quotes and NOT are text in a form.
    query = parse_query(" ".join(words) + ("" if typing else " "))
    return query._replace(demand=All(tuple(parts)) if parts else None, beginnings=True)


def plain(text: str) -> str:
    """Return the words of a text alone, so that nothing in it is taken for the query language."""
    return " ".join(token.word for token in tokenize(text))


def _words(text: str) -> tuple[list[str], bool]:
    """Return the distinct words of a text, and whether the last may still be typed."""
    code = normalise_code(text) if len(text) <= _MAX_CODE_CHARS else ""
    if looks_like_code(code):
        return [code.lower()], text == text.rstrip()
    tokens = list(tokenize(text))
    # The last occurrence counts: the word being typed has to stay last.
    words = list(dict.fromkeys([token.word for token in reversed(tokens)]))[::-1]
    return words, bool(tokens) and tokens[-1].end == len(text)


def _found(word: str, fields: tuple[str, ...], *, beginning: bool) -> Node:
    texts = tuple(name for name in fields if name != "code")
    ways: list[Node] = [Words(word, texts)] if texts else []
    if texts and beginning:
        ways.append(Words(word, texts, prefix=True))
    if len(texts) < len(fields):
        code = word.upper()
        ways.append(Codes(code, code + _BEHIND if beginning else code))
    return AnyOf(tuple(ways))
