"""Write side of each engine: where a build puts its index."""
