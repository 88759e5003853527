"""The HTTP edge: one blueprint a file, schemas and one error shape."""
