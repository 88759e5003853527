"""Text analysis shared by indexing and searching."""
