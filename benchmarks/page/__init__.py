"""How fast the pages come up in a browser."""
