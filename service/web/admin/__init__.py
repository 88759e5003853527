"""Administration over HTTP: who may, builds, documents, synonyms, analytics."""
