"""How does a published snapshot come into an OpenSearch cluster, and what lies there?"""
