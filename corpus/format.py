"""Reading and writing the text of one document. `FORMAT.md` explains the format to people.

Normalisation, the only change that ``render(parse(text))`` makes to a text:

1. a byte order mark is dropped, every line end becomes LF, the last line gets one;
2. each line is in Unicode NFC, runs of blanks are one space, blanks at the ends and empty lines are dropped;
3. the navigation line of the site before the descriptor is dropped;
4. a cut mark (``...``, ``…``) behind the descriptor becomes ``...``;
5. bullets become ``- ``; headings and the two name labels get the spelling of `corpus.grammar`;
6. the code system line gets its usual spelling, and one blank stands before the code in the title;
7. names are separated by a comma and one blank, without a comma behind the last.
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus import grammar
from corpus.errors import FormatError, Problem
from corpus.lines import normalised_lines, split_lines
from corpus.model import Procedure
from corpus.parser import DocumentParser

#: A document has a few kilobytes; these bounds keep a wrong file from costing time and memory.
MAX_BYTES = 1 << 20
MAX_LINES = 5_000


def parse(text: str, path: str = "<text>") -> Procedure:
    """Return the document that ``text`` holds; FormatError with all problems where it holds errors."""
    document, problems = examine(text, path)
    if document is None:
        raise FormatError(problems)
    return document


def examine(text: str, path: str = "<text>") -> tuple[Procedure | None, tuple[Problem, ...]]:
    """Return the document, or None where there are errors, and every problem in the order of lines."""
    oversize = _size_problems(text, path)
    if oversize:
        return None, oversize
    raw = _raw_problems(text, path)
    broken = any(problem.severity == "error" for problem in raw)
    # A text with forbidden characters is refused, but its other problems are to be told in the same run.
    readable = grammar.without_forbidden(text) if broken else text
    document, problems = DocumentParser(path, normalised_lines(readable)).run()
    found = sorted([*raw, *problems], key=lambda each: (each.line, each.column))
    return None if broken else document, tuple(found)


def render(document: Procedure) -> str:
    """Return the text of ``document`` in the format, ending in a line end."""
    return "\n".join(_lines_of(document)) + "\n"


def normalise(text: str) -> str:
    """Return ``text`` as ``render(parse(text))`` would write it, without checking that it is a document."""
    return "".join(f"{line.text}\n" for line in normalised_lines(text))


def _lines_of(document: Procedure) -> Iterator[str]:
    yield document.descriptor_line
    yield document.system.line
    yield f"{document.title} ({document.code})"
    yield grammar.NAME_HEADING
    yield f"- {grammar.COMMON_NAMES}: {', '.join(document.common_names)}"
    yield f"- {grammar.TECHNICAL_TERMS}: {', '.join(document.technical_terms)}"
    for section in document.sections:
        yield section.name.value
        yield from (block.line for block in section.blocks)


def _size_problems(text: str, path: str) -> tuple[Problem, ...]:
    expected = f"at most {MAX_BYTES:,} characters and {MAX_LINES:,} lines"
    lines = text.count("\n") + text.count("\r") - text.count("\r\n")
    if len(text) <= MAX_BYTES and lines <= MAX_LINES:
        return ()
    got = f"{len(text):,} characters, {lines:,} line ends"
    remedy = "This is no procedure document; move it out of the corpus folder."
    return (Problem(path, 1, 1, "error", "too-large", expected, got, remedy),)


def _raw_problems(text: str, path: str) -> list[Problem]:
    """Findings that normalising would hide: the mark, the line ends and forbidden characters."""
    problems = []
    if text.startswith("\ufeff"):
        got, remedy = "a byte order mark", "It is ignored; save the file as UTF-8 without it."
        problems.append(Problem(path, 1, 1, "warning", "byte-order-mark", "plain UTF-8", got, remedy))
        text = text[1:]
    if "\r" in text:
        got, remedy = "CR or CRLF", "They are read as LF; save the file with Unix line ends."
        line = text[: text.index("\r")].count("\n") + 1
        problems.append(Problem(path, line, 1, "warning", "line-ends", "LF line ends", got, remedy))
    return problems + _forbidden(text, path)


def _forbidden(text: str, path: str) -> list[Problem]:
    """One finding for each line that holds forbidden characters, at the first of them."""
    remedy = "Remove it; an editor that shows invisible characters helps to find it."
    problems = []
    for number, line in enumerate(split_lines(text), 1):
        found = grammar.forbidden_characters(line)
        if found:
            column, name = found[0]
            got = name if len(found) == 1 else f"{name} and {len(found) - 1} more on this line"
            rule = "forbidden-character"
            problems.append(Problem(path, number, column, "error", rule, "printable text", got, remedy))
    return problems
