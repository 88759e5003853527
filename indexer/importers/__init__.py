"""Readers of official files that users download; each turns one file format into our records."""
