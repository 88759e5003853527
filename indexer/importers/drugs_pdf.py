"""The text of a PDF as lines with their columns, within bounds that no honest table reaches."""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING

from indexer.errors import ImportRefused

if TYPE_CHECKING:
    from pypdf import PdfReader

MAX_FILE_BYTES = 16 << 20
MAX_PAGES = 200
MAX_CHARS = 2_000_000
MAX_PAGE_BYTES = 4 << 20
#: The longest line of CMS's tables has some 160; expressions that take a line apart take time by its square.
MAX_LINE_CHARS = 1_000
#: CMS's tables of 35 pages take two seconds.
MAX_SECONDS = 60.0

_REMEDY = "Import the Table of Drugs PDF as CMS published it."


def page_lines(data: bytes, path: str) -> list[list[str]]:
    """Return the lines of each page, columns kept apart by blanks; ImportRefused where it is no sound PDF."""
    if not data.startswith(b"%PDF"):
        raise _refusal(path, "a PDF file", f"one that begins with {data[:8]!r}")
    # Only an import reads PDFs; a service should not carry the library.
    from pypdf import PdfReader

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            raise _refusal(path, "a PDF that is not encrypted", "an encrypted one")
        if len(reader.pages) > MAX_PAGES:
            raise _refusal(path, f"at most {MAX_PAGES} pages", str(len(reader.pages)))
        return _read(reader, path)
    except ImportRefused:
        raise
    except Exception as error:
        # pypdf raises its own errors and whatever its parsing of damaged objects runs into.
        reason = " ".join(str(error).split())[:80]
        raise _refusal(path, "a sound PDF", f"one that cannot be read ({type(error).__name__}: {reason})") from error


def _read(reader: PdfReader, path: str) -> list[list[str]]:
    pages: list[list[str]] = []
    size, deadline = 0, time.monotonic() + MAX_SECONDS
    for number, page in enumerate(reader.pages, 1):
        content = page.get_contents()
        if content is not None and len(content.get_data()) > MAX_PAGE_BYTES:
            raise _refusal(f"{path} page {number}", f"at most {MAX_PAGE_BYTES} bytes of content", "more")
        text = page.extract_text(extraction_mode="layout", layout_mode_space_vertically=False)
        size += len(text)
        lines = text.split("\n")
        if max(map(len, lines)) > MAX_LINE_CHARS:
            raise _refusal(f"{path} page {number}", f"lines of at most {MAX_LINE_CHARS} characters", "a longer one")
        if size > MAX_CHARS or time.monotonic() > deadline:
            raise _refusal(path, f"at most {MAX_CHARS} characters in {MAX_SECONDS:.0f} seconds", "more")
        pages.append(lines)
    return pages


def _refusal(where: str, expected: str, got: str) -> ImportRefused:
    return ImportRefused(where, 0, expected, got, _REMEDY)
