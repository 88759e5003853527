"""How a view reaches the searcher of its app."""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app

from service.search.searcher import Searcher

_KEY = "procsearch"


def attach(app: Flask, searcher: Searcher) -> None:
    """Give ``app`` its searcher."""
    app.extensions[_KEY] = searcher


def searcher() -> Searcher:
    """Return the searcher of the app that handles this request."""
    return cast(Searcher, current_app.extensions[_KEY])
