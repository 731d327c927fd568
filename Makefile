# Most people only need `make run` and `make test`. Every command does its own set-up.
# Recipes call the environment's Python, never its scripts, so that the folder may have spaces in its path or be moved.

SHELL := /bin/sh
PORT ?=
export PORT

VENV_PYTHON := .venv/bin/python
LINTERS := lint-python lint-format lint-types lint-static lint-templates
PYTEST := $(VENV_PYTHON) -m pytest -n auto --durations=20 --durations-min=0.1
STATIC_SOURCES := $(shell find static -type f 2>/dev/null)

.PHONY: run dev test test-postgres test-pythons chaos bench lint $(LINTERS) format audit requirements pictures architecture setup help clean

help:
	@echo "make run           set up if needed, then serve Quo Admin (PORT=9000 moves it)"
	@echo "make dev           for developers: the demo, on a server that reloads what you change"
	@echo "make test          set up if needed, then run every test, on all cores (ARGS=\"-x tests/pages\")"
	@echo "make test-postgres the tests whose results can differ on PostgreSQL, on one of their own"
	@echo "make chaos         the fault table: everything that can go wrong, with real processes (ARGS=\"--only 429\")"
	@echo "make bench         how fast it is, compared with what its bytes cost (ARGS=\"1000 10000\")"
	@echo "make lint          the linters of Python, JavaScript, CSS and templates, and the type checker"
	@echo "make format        rewrites the code as the linters want it"
	@echo "make audit         known vulnerabilities, risky code, secrets in the files of this checkout"
	@echo "make test-pythons  a quick selection of the tests on every other Python of this machine"
	@echo "make requirements  compiles requirements*.in to requirements*.txt (ARGS=\"--upgrade-package django\" upgrades)"
	@echo "make pictures      makes the pictures in docs/ again, from the demo"
	@echo "make architecture  draws docs/architecture.svg from the code"
	@echo "make setup         set up only (PYTHON=python3.12 chooses the Python)"
	@echo "make clean         undo the set-up; the data stays"


run: setup
	@exec $(VENV_PYTHON) manage.py run

# The demo with its own data. Ignores .env.
dev: .venv/installed
	@export ENV_FILE=/dev/null DEBUG=on DATA_DIR="$${DATA_DIR:-data/dev}"; \
	$(VENV_PYTHON) -m quo_admin.prepare && exec $(VENV_PYTHON) manage.py dev

test: setup .venv/installed-dev
	@CHROMIUM=$$(sh bin/find-chromium) && export CHROMIUM && exec $(PYTEST) $(ARGS)

test-postgres: setup .venv/installed-dev
	@exec bin/with-postgres $(PYTEST) -m both_databases $(ARGS)

test-pythons: setup
	@$(VENV_PYTHON) bin/test-pythons

chaos: setup .venv/installed-dev
	@exec $(VENV_PYTHON) -m tests.chaos $(ARGS)

# Without a Chromium it measures everything else.
bench: setup .venv/installed-dev
	@CHROMIUM=$$(sh bin/find-chromium); export CHROMIUM; exec $(VENV_PYTHON) -m bench $(ARGS)

# Runs every linter, in parallel, even after one fails. GNU make 3.81 (macOS) has no --output-sync and mixes their output.
lint: .venv/installed-dev
	@$(MAKE) --no-print-directory --keep-going --jobs=5 $(if $(filter output-sync,$(.FEATURES)),--output-sync) $(LINTERS)

lint-python: .venv/installed-dev
	$(VENV_PYTHON) -m ruff check .

lint-format: .venv/installed-dev
	$(VENV_PYTHON) -m ruff format --check .

lint-types: .venv/installed-dev
	$(VENV_PYTHON) -m mypy

lint-static: node_modules/.package-lock.json
	node_modules/.bin/biome check --error-on-warnings --diagnostic-level=warn static

lint-templates: .venv/installed-dev
	$(VENV_PYTHON) -m djlint --lint --quiet templates

format: .venv/installed-dev node_modules/.package-lock.json
	$(VENV_PYTHON) -m ruff check --fix .
	$(VENV_PYTHON) -m ruff format .
	node_modules/.bin/biome check --write static

audit: .venv/installed-audit
	@$(VENV_PYTHON) bin/audit

# Keeps all pins except those that ARGS upgrades: --upgrade, or --upgrade-package NAME.
requirements: .venv/installed-dev
	@for name in requirements requirements-dev requirements-audit; do \
		UV_CUSTOM_COMPILE_COMMAND="make requirements" $(VENV_PYTHON) -m uv pip compile --quiet --universal \
			--python-version 3.11 --no-build --no-python-downloads --generate-hashes $(ARGS) \
			--output-file $$name.txt $$name.in || exit 1; \
	done

pictures: setup .venv/installed-dev
	@CHROMIUM=$$(sh bin/find-chromium) && export CHROMIUM && exec $(VENV_PYTHON) -m tests.browser.pictures

architecture: .venv/installed-dev
	@$(VENV_PYTHON) -m tests.support.architecture

setup: .venv/installed build/collected
	@$(VENV_PYTHON) -m quo_admin.prepare

# Runs only if the file is missing or links to a Python that no longer exists.
$(VENV_PYTHON):
	@sh bin/make-venv

.venv/installed: requirements.txt $(VENV_PYTHON)
	@sh bin/make-venv
	@echo "Installing what Quo Admin needs (a minute, once) ..."
	@sh bin/install requirements.txt
	@touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	@echo "Installing what the tests need (a minute, once) ..."
	@sh bin/install requirements-dev.txt
	@touch $@

.venv/installed-audit: requirements-audit.txt .venv/installed-dev
	@echo "Installing what the audit needs (a minute, once) ..."
	@sh bin/install requirements-audit.txt
	@touch $@

node_modules/.package-lock.json: package.json package-lock.json .npmrc
	@command -v npm >/dev/null || { echo "Linting JavaScript and CSS needs npm, which comes with Node.js: https://nodejs.org/" >&2; exit 1; }
	@echo "Installing what lints JavaScript and CSS (seconds, once) ..."
	@npm ci --loglevel=error --no-audit --no-fund --ignore-scripts >/dev/null
	@touch $@

build/collected: .venv/installed $(STATIC_SOURCES)
	@$(VENV_PYTHON) -m quo_admin.prepare
	@$(VENV_PYTHON) manage.py collect
	@touch $@

clean:
	rm -rf .venv build node_modules
