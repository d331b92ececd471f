# make            what there is to make
# make setup      everything the other targets need, in .venv; does nothing when nothing changed
# make serve      run the server with its data in ./data (ARGS="--port 9000")
# make test       all tests (ARGS="-k upload"); says at the end what was skipped and why
# make check      lint, formats, types, import contracts
# make format     bring the sources into shape
# make docs       the pages that are made from the program
# make console    build what browsers load, when its sources changed (Node.js 18 or newer)
# make screenshots  the pictures of the user guide, taken anew (ARGS="doctor" for some)
# make texts      bring the console's catalogues up to date with its sources
# make clients    install the real clients and servers that the end-to-end tests drive
# make demo       the main job, from a push to a pull secret in Kubernetes, step by step (after make clients)
# make bench      measure against other registries, into benchmarks/results.md
# make wheel      build the package into dist/

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
CONSOLE := kangaroo/entrypoints/console
BUILT := $(CONSOLE)/static/manifest.json
MODULES := node_modules/.ready

.DEFAULT_GOAL := help
.PHONY: help setup serve test check lint format docs console screenshots texts clients demo bench wheel

help:
	@sed -n 's/^# \{0,1\}//p' Makefile | sed '/^$$/q'

setup: $(READY) $(BUILT)

$(READY): pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make setup PYTHON=...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@VIRTUAL_ENV= $(BIN)/uv sync --frozen --inexact --quiet
	@touch $@

console: $(BUILT)

# Rules and icons are kept when a page uses them, so pages are sources, too.
$(BUILT): $(MODULES) $(shell find $(CONSOLE) -type f \( -name '*.html' -o -name '*.py' -o -path '*/assets/*' \))
	@npm run --silent build

$(MODULES): package.json package-lock.json
	@command -v npm >/dev/null || { echo "Node.js 18 or newer is needed to build the console: install nodejs and npm"; exit 1; }
	@npm ci --silent
	@touch $@

serve: $(READY) $(BUILT)
	$(BIN)/kangaroo serve $(ARGS)

test: $(READY) $(BUILT)
	$(BIN)/python -m pytest -n auto $(ARGS)

check: lint

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY)
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

docs: $(READY)
	$(BIN)/kangaroo settings > docs/settings.md
	$(BIN)/kangaroo reference > docs/cli.md

texts: $(READY)
	$(BIN)/python -m kangaroo.entrypoints.console.extracting

screenshots: $(READY) $(BUILT)
	$(BIN)/python -m tests.guide $(ARGS)

clients:
	.ci/clients

demo: $(READY) $(BUILT)
	$(BIN)/python -m tests.e2e.main_job

bench: $(READY)
	$(BIN)/python -m benchmarks.run $(ARGS)

wheel: $(READY) $(BUILT)
	VIRTUAL_ENV= $(BIN)/uv build --wheel
