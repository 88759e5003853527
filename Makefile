# Everything a person or CI runs. `make` alone lists the targets.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
WORKERS ?= 1
DATA ?= var
# Debian's name of the browser that the tests drive.
CHROMIUM ?= chromium
# How long `make fuzz-api` asks the server.
FUZZ_SECONDS ?= 600
# Which service `make overload` asks.
URL ?= http://$(HOST):$(PORT)
# How many inputs `make fuzz` makes for each parser.
FUZZ_INPUTS ?= 1000000
# How long `make fire` publishes under load, and how many builders and workers it kills.
FIRE_SECONDS ?= 600
FIRE_KILLS ?= 200
# How long `make soak` asks, and by how many clients.
SOAK_SECONDS ?= 600
SOAK_CLIENTS ?= 16
# OpenSearch releases that `make test-cluster` runs.
CLUSTER_VERSIONS ?= 2.19.5 3.4.0

.DEFAULT_GOAL := help
.PHONY: help setup run build test test-quick lint format typecheck browser widget cluster-kit test-cluster fuzz-api test-admin overload audit relevance bench bench-quick fuzz fire soak dist clean

help: ## List the targets
	@awk 'BEGIN { FS = ":.*## " } /^##@/ { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##@ Use it
run: setup build ## Set up, index the shipped documents and serve on http://HOST:PORT (PORT=8123, WORKERS=2)
	$(BIN)/procsearch serve --data $(DATA) --host $(HOST) --port $(PORT) --workers $(WORKERS)

setup: $(VENV)/.installed ## Install procsearch into .venv

build: setup ## Build and publish the index (imports with: .venv/bin/procsearch import hcpcs FILE)
	$(BIN)/procsearch build --data $(DATA)

##@ Work on it
test: $(VENV)/.installed-dev browser widget cluster-kit ## All checks: lint, types and every test
	$(MAKE) lint typecheck
	$(BIN)/python -m tests.side_by_side

test-quick: $(VENV)/.installed-dev ## Tests without browser and slow ones
	$(BIN)/python -m pytest -q -m "not browser and not slow"

lint: $(VENV)/.installed-dev ## Check style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

typecheck: $(VENV)/.installed-dev ## Check types strictly
	$(BIN)/mypy

format: $(VENV)/.installed-dev ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

browser: ## Install the Chromium that page tests need, where it is missing and Debian packages can be had
	@command -v $(CHROMIUM) >/dev/null || { \
	  command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	    chromium fonts-dejavu-core >/dev/null; } || \
	  echo "no Chromium and no right to install it: page tests will be skipped"

widget: $(VENV)/.installed-dev ## Fetch the autocomplete widget from npm that its tests drive, where that can be reached
	@$(BIN)/python -m tests.live.widget

cluster-kit: $(VENV)/.installed-dev ## Fetch OpenSearch, that tests start, by Maven, where that can be had (Debian: installed)
	@command -v mvn >/dev/null || { \
	  command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	    maven >/dev/null; } || \
	  echo "no Maven and no right to install it: tests with an OpenSearch cluster will be skipped"
	@$(BIN)/python -m tests.cluster fetch --optional

test-cluster: $(VENV)/.installed-cluster cluster-kit ## Long tests with real OpenSearch clusters: every kill, every release (CLUSTER_VERSIONS="2.19.5 3.4.0")
	$(BIN)/python -m tests.cluster fetch $(CLUSTER_VERSIONS)
	CLUSTER_REQUIRED=1 CLUSTER_VERSIONS="$(CLUSTER_VERSIONS)" $(BIN)/python -m pytest tests/cluster tests/opensearch tests/contract

fuzz-api: $(VENV)/.installed-dev ## Ten minutes of requests made up from the OpenAPI document (FUZZ_SECONDS=600)
	FUZZ_SECONDS=$(FUZZ_SECONDS) $(BIN)/python -m pytest -q tests/live/test_fuzz.py

overload: $(VENV)/.installed-dev ## Ask a running service for four times what it can answer, for two minutes (URL=http://HOST:PORT)
	$(BIN)/python -m benchmarks.overload $(URL) --factor 4 --seconds 120

audit: $(VENV)/.installed-dev ## Look for known holes in the packages that are installed (asks a database on the web)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'pip-audit>=2.7,<3'
	$(BIN)/pip-audit --skip-editable

fuzz: $(VENV)/.installed-fire ## A million made-up inputs for each parser (FUZZ_INPUTS=1000000)
	$(BIN)/python -m tests.fuzz.run all --inputs $(FUZZ_INPUTS)

fire: $(VENV)/.installed-fire ## Ten minutes of builds under load, 200 kills, damaged disks and files (FIRE_SECONDS=600)
	FIRE_SECONDS=$(FIRE_SECONDS) FIRE_KILLS=$(FIRE_KILLS) $(BIN)/python -m pytest -q -s tests/live/test_fire.py

soak: $(VENV)/.installed-fire ## Ten minutes of a mixed load with builds in between, figures printed (SOAK_SECONDS=600)
	$(BIN)/python -m tests.live.soak --seconds $(SOAK_SECONDS) --clients $(SOAK_CLIENTS)

test-admin: $(VENV)/.installed-dev ## Tests of changes over HTTP that start many servers
	ADMIN_TESTS=1 $(BIN)/python -m pytest -q tests/live/test_admin_live.py

relevance: $(VENV)/.installed-bench ## How often the right code is first, for ours and other engines (needs HCPCS_DATA)
	$(BIN)/python -m benchmarks.relevance.run test --ablations --losses 40
	$(BIN)/python -m benchmarks.relevance.run documents --losses 40

bench: $(VENV)/.installed-bench ## Speed against other engines, in process, over HTTP and building; takes half an hour (needs HCPCS_DATA)
	$(BIN)/python -m benchmarks.speed.run inprocess --records real
	$(BIN)/python -m benchmarks.speed.run inprocess --records 200000
	$(BIN)/python -m benchmarks.speed.run build
	$(BIN)/python -m benchmarks.speed.run build --words 600 --engines whole whoosh
	$(BIN)/python -m benchmarks.speed.run http

bench-quick: $(VENV)/.installed-bench ## The same in small, in two minutes
	$(BIN)/python -m benchmarks.speed.run quick

dist: $(VENV)/.installed-dev ## Build the wheel into dist/
	$(BIN)/python -m pip wheel --no-deps --wheel-dir dist .

clean: ## Remove what was built here, but not the index
	rm -rf build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .cache $(VENV)

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python setup.cfg pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.installed-bench: $(VENV)/.installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,bench]'
	@touch $@

$(VENV)/.installed-fire: $(VENV)/.installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,fire]'
	@touch $@

$(VENV)/.installed-cluster: $(VENV)/.installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,cluster]'
	@touch $@

$(VENV)/.installed-dev: $(VENV)/bin/python setup.cfg pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/.installed
