"""Makes the packages importable under their folder names, then starts the command line.

Inside a wheel all packages lie below one folder, so that nothing called ``service`` reaches site-packages; that
folder has to be on the path before anything of ours is imported.
"""

import sys
from pathlib import Path

_FOLDER = str(Path(__file__).resolve().parent.parent)
if _FOLDER not in sys.path:
    sys.path.insert(0, _FOLDER)


def main() -> None:
    """Run the ``procsearch`` command."""
    from service.cli import cli

    cli(prog_name="procsearch")
