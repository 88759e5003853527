"""Real OpenSearch clusters on this machine, for tests and measurements: see docs/how-to/test-cluster.md."""
