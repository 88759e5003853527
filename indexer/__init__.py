"""The write side: importers, analysis, builds and snapshots of the index."""
