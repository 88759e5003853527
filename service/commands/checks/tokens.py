"""Check of the admin tokens: whether they can be read, by their owner only, and which have ended."""

from __future__ import annotations

import stat
from collections.abc import Iterator

from service.admin.errors import TokensDamaged
from service.admin.tokens import FILE, Tokens
from service.commands.checks.finding import Finding, Setup, ok, problem, warning


def tokens(setup: Setup) -> Iterator[Finding]:
    """Can the tokens be read, and only by who runs the service?"""
    path = setup.data / FILE
    try:
        found = Tokens(setup.data).all()
    except TokensDamaged as error:
        yield problem("tokens", str(error), "As the message says.")
        return
    if not found:
        yield ok("tokens", "none: nothing can be changed over HTTP")
        return
    ended = [token.name for token in found if not token.is_valid]
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        yield problem("tokens", f"{path} has mode {mode:o}: others can read or change it", f"Run 'chmod 600 {path}'.")
    if ended:
        yield warning(
            "tokens", f"ended: {', '.join(ended)}", "Run 'procsearch token rotate' or 'token revoke' for them."
        )
    if not ended and not mode & 0o077:
        yield ok("tokens", f"{len(found)}, for their owner only")
