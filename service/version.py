"""Which version of the product is this?"""

from __future__ import annotations

from functools import cache
from importlib import metadata


@cache
def product_version() -> str:
    """Return the version that is installed; "unpackaged" where the code runs without being installed."""
    try:
        return metadata.version("procsearch")
    except metadata.PackageNotFoundError:
        return "unpackaged"
