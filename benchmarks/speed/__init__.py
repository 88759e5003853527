"""How fast Procsearch is beside other engines: `python -m benchmarks.speed.run --help`."""
