"""Ways to damage a file as disks and people do."""

from __future__ import annotations

from pathlib import Path


def overwrite(path: Path, data: bytes) -> None:
    """Overwrite a sealed file in place."""
    path.chmod(0o644)
    path.write_bytes(data)


def flip(path: Path) -> None:
    """Change one bit in the middle of a file, in place."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x10
    overwrite(path, bytes(data))


def cut(path: Path) -> None:
    """Cut a file short, in place."""
    path.chmod(0o644)
    with path.open("r+b") as stream:
        stream.truncate(path.stat().st_size // 2)
