"""Builds small PDFs with text at given places, byte by byte: no library, so that damage is easy to make."""

from __future__ import annotations

from collections.abc import Sequence

#: Where the columns of a table stand, in points from the left.
COLUMNS = (40, 260, 380, 470)
_TOP, _STEP = 760, 14


def pdf(pages: Sequence[Sequence[Sequence[str] | str]]) -> bytes:
    """Return a PDF of pages of lines; a line is text at the left, or a list of cells."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>")
    kids = []
    for lines in pages:
        stream = _stream(lines)
        content = len(objects) + 1
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        kids.append(f"{content + 1} 0 R")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {content} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    return _file(objects)


def _stream(lines: Sequence[Sequence[str] | str]) -> str:
    parts = ["BT /F1 9 Tf"]
    for at, line in enumerate(lines):
        cells = [line] if isinstance(line, str) else line
        for column, cell in zip(COLUMNS, cells, strict=False):
            if cell:
                escaped = cell.replace("\\", r"\\\\").replace("(", r"\(").replace(")", r"\)")
                parts.append(f"1 0 0 1 {column} {_TOP - at * _STEP} Tm ({escaped}) Tj")
    return "\n".join([*parts, "ET"])


def _file(objects: Sequence[str]) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    out += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(out)
