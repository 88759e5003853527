"""Makes the packages importable under their folder names, then starts the command line.

Inside a wheel all packages lie below one folder, so that nothing called ``service`` reaches site-packages; that
folder has to be on the path before anything of ours is imported.
"""

import os
import sys
from pathlib import Path

_FOLDER = str(Path(__file__).resolve().parent.parent)
if _FOLDER not in sys.path:
    sys.path.insert(0, _FOLDER)

#: What names an engine, or a file that may name one.
_SETTINGS = {"PROCSEARCH_ENGINE", "PROCSEARCH_CONFIG", "--config"}


def main() -> None:
    """Run the ``procsearch`` command. One that writes needs nothing of the service, whose loading takes longest."""
    from indexer.cli import cli as writing

    # Where a cluster searches, as environment or settings file may say, a build has one more thing to do.
    may_push = sys.argv[1:2] == ["build"] and bool(_SETTINGS & {*os.environ, *sys.argv})
    if sys.argv[1:2] and sys.argv[1] in writing.commands and not may_push:
        writing(prog_name="procsearch")
    from service.cli import cli

    cli(prog_name="procsearch")
