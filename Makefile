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

.DEFAULT_GOAL := help
.PHONY: help setup run build test test-quick lint format typecheck browser widget fuzz-api relevance bench bench-quick dist clean

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
test: $(VENV)/.installed-dev browser widget ## All checks: lint, types and every test
	$(MAKE) lint typecheck
	$(BIN)/python -m pytest

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

fuzz-api: $(VENV)/.installed-dev ## Ten minutes of requests made up from the OpenAPI document (FUZZ_SECONDS=600)
	FUZZ_SECONDS=$(FUZZ_SECONDS) $(BIN)/python -m pytest -q tests/live/test_fuzz.py

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

$(VENV)/.installed-dev: $(VENV)/bin/python setup.cfg pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/.installed
