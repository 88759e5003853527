"""Gets the widget autocomplete-lhc, as npm publishes it, into a folder that git ignores: `python -m tests.live.widget`.

The version and the hash of its package are pinned; the package is never changed and never committed. It comes from the
registry that npm is configured for. Where npm is not installed, that is the one that the environment or `.npmrc` names.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".cache" / "autocomplete-lhc-20.1.2"
_VERSION = "20.1.2"
_INTEGRITY = "JqeHVl14npf5DrtTp6HNe9Ucm+yJaXz0XGCxmf9JW2+umaFR0wzFBE+K005iPtZWycODUfSXroA9ywANTipSHA=="
_SECONDS = 60
_MOST_BYTES = 4 * 1024 * 1024


class Unreachable(Exception):
    """The package cannot be had; the message says why."""


def fetch() -> Path:
    """Return the folder of the unpacked package, fetched if it is not there yet; Unreachable where that fails."""
    if not (FOLDER / "package.json").exists():
        with tempfile.TemporaryDirectory() as scratch:
            packed = _by_npm(scratch) if shutil.which("npm") else _by_address(scratch)
            _check(packed)
            _unpack(packed)
    return FOLDER


def _by_npm(scratch: str) -> Path:
    command = ["npm", "pack", f"autocomplete-lhc@{_VERSION}", "--silent", "--pack-destination", scratch]
    try:
        subprocess.run(command, cwd=scratch, check=True, capture_output=True, timeout=_SECONDS)
    except (subprocess.SubprocessError, OSError) as error:
        raise Unreachable(f"npm could not fetch autocomplete-lhc {_VERSION}: {error}") from error
    return next(Path(scratch).glob("*.tgz"))


def _by_address(scratch: str) -> Path:
    registry = _registry()
    if registry is None:
        raise Unreachable("npm is not installed, and neither NPM_CONFIG_REGISTRY nor .npmrc names a registry")
    address = f"{registry.rstrip('/')}/autocomplete-lhc/-/autocomplete-lhc-{_VERSION}.tgz"
    packed = Path(scratch) / "package.tgz"
    try:
        with urllib.request.urlopen(address, timeout=_SECONDS) as stream:
            packed.write_bytes(stream.read(_MOST_BYTES))
    except (OSError, ValueError) as error:
        raise Unreachable(f"the registry that npm is configured for does not answer: {error}") from error
    return packed


def _registry() -> str | None:
    """Return the registry as npm would read it: the environment first, then the file of the user."""
    settings = {name.lower(): value for name, value in os.environ.items()}
    named = settings.get("npm_config_registry")
    file = Path(settings.get("npm_config_userconfig", Path.home() / ".npmrc"))
    if named or not file.exists():
        return named
    match = re.search(r"^\s*registry\s*=\s*(\S+)", file.read_text(errors="replace"), re.MULTILINE)
    return match[1] if match else None


def _check(packed: Path) -> None:
    got = base64.b64encode(hashlib.sha512(packed.read_bytes()).digest()).decode()
    if got != _INTEGRITY:
        raise RuntimeError(f"autocomplete-lhc {_VERSION}: expected a package with SHA-512 {_INTEGRITY}; got {got}.")


def _unpack(packed: Path) -> None:
    FOLDER.parent.mkdir(exist_ok=True)
    # Two test runs may fetch at once: each unpacks aside, and the first to rename wins.
    with tempfile.TemporaryDirectory(dir=FOLDER.parent) as aside:
        with tarfile.open(packed) as archive:
            archive.extractall(aside, filter="data")
        if not FOLDER.exists():
            (Path(aside) / "package").rename(FOLDER)


def main() -> int:
    """Fetch the package; where it cannot be had, say so, which is no error."""
    try:
        fetch()
    except Unreachable as why:
        print(f"no widget: {why}; its tests will be skipped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
