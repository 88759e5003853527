"""The fixed-width HCPCS file, and the rules that its records keep whichever file they come from.

``read_records`` turns bytes into records and knows about lines; ``assemble`` turns records into codes
and knows about order, shapes and completeness. The workbook reader shares ``assemble``.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NoReturn

from corpus.codes import CDT, CPT, HCPCS
from indexer.errors import ImportRefused
from indexer.importers.hcpcs_layout import (
    CONTINUATION_WIDTH,
    FIRST_LINE_WIDTH,
    MODIFIER_FIRST,
    MODIFIER_MORE,
    PROCEDURE_FIRST,
    PROCEDURE_MORE,
    RECORD_WIDTH,
    Record,
    detail_values,
    parse_record,
)
from indexer.official import Kind, OfficialCode

AGAIN = "Download the file again from CMS and import it unchanged."
COPYRIGHT = (
    "CPT and CDT are copyrighted by the AMA and the ADA and procsearch never imports them; "
    "take the alpha-numeric file from CMS, which has none."
)
#: CMS's lists end here; a list that ends in an earlier family lost its tail.
LAST_FAMILY = "V"
#: The real files have 8 and 9 lines before the first record.
MAX_PREAMBLE_LINES = 1000

_ENCODING = "cp1252"
_SOUND_RECORD = re.compile(rb"(?:   [A-Z0-9]{2}|[A-Z0-9]{5})[0-9]{5}[3478]")
# A line with a damaged code is a record all the same; it must not pass for part of the preamble.
_RECORD = re.compile(rb"[^\r\n]{5}[0-9]{5}[3478]")
# The added and the effective date stand side by side: no disclaimer has sixteen digits in a row.
_RECORD_TAIL = re.compile(rb"[0-9]{16}")
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
_MODIFIER = re.compile(r"   (?:[A-Z][0-9A-Z]|[0-9][A-Z])")
_CPT_MODIFIER = re.compile(r"   [0-9]{2}")
_FIRST_OF = {PROCEDURE_MORE: PROCEDURE_FIRST, MODIFIER_MORE: MODIFIER_FIRST}


def has_records(data: bytes) -> bool:
    """Say whether a record of HCPCS, CPT or CDT shape stands in the first 1,000 lines of ``data``."""
    return any(_SOUND_RECORD.match(line) for line in islice(io.BytesIO(data), MAX_PREAMBLE_LINES))


def preamble(data: bytes) -> str:
    """Return the lines before the first record, with a mark for each byte that is not cp1252."""
    lines: list[str] = []
    for line in islice(io.BytesIO(data), MAX_PREAMBLE_LINES):
        if _RECORD.match(line):
            break
        lines.append(line.decode(_ENCODING, "replace"))
    return "".join(lines)


def read_records(data: bytes, where: str) -> Iterator[Record]:
    """Yield the records of a fixed-width file, in order, each checked on its own.

    Raises ImportRefused with the line for a file without records, a line that is no record after the
    first one, a cut or overlong line, bytes that are not text, and a last line without a line end.
    """
    begun = False
    for number, line in enumerate(io.BytesIO(data), 1):
        if not begun:
            begun = _begins(line, number, where)
        if begun:
            yield parse_record(number, _checked(line, number, where))
        elif number >= MAX_PREAMBLE_LINES:
            break
    if not begun:
        _refuse_foreign(data, where)


def _begins(line: bytes, number: int, where: str) -> bool:
    if _RECORD.match(line):
        return True
    if _RECORD_TAIL.search(line):
        raise ImportRefused(where, number, "a line of a disclaimer or a whole record", _shown(line), AGAIN)
    return False


def _checked(line: bytes, number: int, where: str) -> str:
    """Return one line as text without its line end, or refuse it."""
    body = line.removesuffix(b"\n").removesuffix(b"\r")
    if not line.endswith(b"\n"):
        got = f"the end of the file after {len(body)} columns of the line"
        raise ImportRefused(where, number, "a line end after the last record", got, AGAIN)
    if not _RECORD.match(body):
        expected = "a record: five columns of code, five digits of sequence, then 3, 4, 7 or 8"
        raise ImportRefused(where, number, expected, _shown(body), AGAIN)
    _check_width(body, number, where)
    if _CONTROL.search(body):
        raise ImportRefused(where, number, "printable text", "a control character", AGAIN)
    try:
        return body.decode(_ENCODING)
    except UnicodeDecodeError as error:
        got = f"the byte {body[error.start]:#04x} in column {error.start + 1}"
        raise ImportRefused(where, number, "text in Windows-1252", got, AGAIN) from error


def _check_width(body: bytes, number: int, where: str) -> None:
    first = body[10:11] in (b"3", b"7")
    least = FIRST_LINE_WIDTH if first else CONTINUATION_WIDTH
    if not least <= len(body) <= RECORD_WIDTH:
        got = f"{len(body)}; it was cut or joined" if body.strip() else "none"
        raise ImportRefused(where, number, f"{least} to {RECORD_WIDTH} columns", got, AGAIN)
    if not first and body[CONTINUATION_WIDTH:].strip():
        expected = f"nothing after column {CONTINUATION_WIDTH} of a continuation"
        raise ImportRefused(where, number, expected, _shown(body[CONTINUATION_WIDTH:].strip()), AGAIN)


def _refuse_foreign(data: bytes, where: str) -> NoReturn:
    line = next((line for line in data[:400].splitlines() if line.strip()), b"")
    got = _shown(line) if data else "an empty file"
    remedy = "Import the alpha-numeric HCPCS zip from CMS, or the HCPC<year>_..._ANWEB file in it."
    raise ImportRefused(where, 1, "CMS's fixed-width HCPCS file", got, remedy)


def _shown(line: bytes) -> str:
    """Return the start of a line, printable in one line of a message."""
    text = ascii(line[:40].decode(_ENCODING, "replace").rstrip())
    return f"{text}..." if len(line) > 40 else text


def assemble(records: Iterable[Record], where: str) -> tuple[OfficialCode, ...]:
    """Join the records of each code and return all codes, in order.

    Codes must be strictly ascending as published (modifiers, after three blanks, come first), the lines
    of a code numbered 100, 200, ... with the kind of its first line, and the list complete: modifiers,
    then procedures up to family V. Raises ImportRefused with the line of the record to blame.
    """
    codes: list[OfficialCode] = []
    last = 0
    for lines in _grouped(records, where):
        codes.append(_official(lines, where))
        last = lines[-1].line
    _check_complete(codes, last, where)
    return tuple(codes)


def _grouped(records: Iterable[Record], where: str) -> Iterator[list[Record]]:
    group: list[Record] = []
    for record in records:
        if not record.is_first:
            _check_continuation(group, record, where)
            group.append(record)
            continue
        _check_first(group, record, where)
        if group:
            yield group
        group = [record]
    if group:
        yield group


def _check_first(previous: list[Record], record: Record, where: str) -> None:
    _check_code(record, where)
    _check_sequence(record, 100, where)
    if not previous:
        return
    before = previous[0].code
    if record.code == before:
        got = f"{record.code.strip()} again"
        raise ImportRefused(where, record.line, "each code once", got, AGAIN)
    if record.code < before:
        expected = f"codes in ascending order, so one after {before.strip()}"
        raise ImportRefused(where, record.line, expected, record.code.strip(), AGAIN)


def _check_continuation(group: list[Record], record: Record, where: str) -> None:
    if not group:
        got = f"a continuation of {record.code.strip()!r}"
        raise ImportRefused(where, record.line, "the first line of a code", got, AGAIN)
    first = group[0]
    if record.code != first.code:
        got = f"one of {record.code.strip()!r}"
        raise ImportRefused(where, record.line, f"a continuation of {first.code.strip()}", got, AGAIN)
    if _FIRST_OF[record.record_id] != first.record_id:
        expected = f"a continuation of the kind of record {first.record_id}"
        raise ImportRefused(where, record.line, expected, f"record {record.record_id}", AGAIN)
    _check_sequence(record, 100 * (len(group) + 1), where)


def _check_sequence(record: Record, expected: int, where: str) -> None:
    if record.sequence != expected:
        got = f"{record.sequence}; a line is missing or out of place"
        raise ImportRefused(where, record.line, f"sequence number {expected}", got, AGAIN)


def _check_code(record: Record, where: str) -> None:
    code, line = record.code, record.line
    if CPT.accepts(code) or CDT.accepts(code) or _CPT_MODIFIER.fullmatch(code):
        raise ImportRefused(where, line, "HCPCS codes", f"{code.strip()}, a CPT or CDT code", COPYRIGHT)
    is_modifier = _MODIFIER.fullmatch(code) is not None
    if not is_modifier and not HCPCS.accepts(code):
        expected = f"a code of {HCPCS.shape}, or a modifier of two characters at the right"
        raise ImportRefused(where, line, expected, ascii(code), AGAIN)
    if is_modifier != (record.record_id == MODIFIER_FIRST):
        right = MODIFIER_FIRST if is_modifier else PROCEDURE_FIRST
        raise ImportRefused(where, line, f"record {right} for {code.strip()}", record.record_id, AGAIN)


def _official(lines: list[Record], where: str) -> OfficialCode:
    first = lines[0]
    # Plain joining is right: a word broken at the end of a piece fills it, and any other piece ends in
    # blanks, which become the one blank between words.
    long_descriptor = _collapsed("".join(record.piece for record in lines))
    if not long_descriptor:
        got = f"none for {first.code.strip()}"
        raise ImportRefused(where, first.line, "a long description", got, AGAIN)
    try:
        values = detail_values(first.details)
    except ValueError as error:
        field, element, reason = error.args
        got = f"{element!r}, {reason}"
        raise ImportRefused(where, first.line, f"{field.shape} as {field.name}", got, AGAIN) from error
    values["short_descriptor"] = _collapsed(values["short_descriptor"] or "")
    kind: Kind = "modifier" if first.record_id == MODIFIER_FIRST else "procedure"
    return OfficialCode(first.code.strip(), kind, long_descriptor, **values)


def _collapsed(text: str) -> str:
    return " ".join(text.split())


def _check_complete(codes: list[OfficialCode], last: int, where: str) -> None:
    remedy = "The file was cut or filtered. " + AGAIN
    if not codes or not codes[-1].code.startswith(LAST_FAMILY) or codes[-1].kind != "procedure":
        got = f"the end after {codes[-1].kind} {codes[-1].code}" if codes else "no codes"
        expected = f"codes up to family {LAST_FAMILY}"
        raise ImportRefused(where, last, expected, got, remedy)
    if codes[0].kind != "modifier":
        got = f"{codes[0].code} first and no modifier"
        raise ImportRefused(where, last, "modifiers before the procedures", got, remedy)
